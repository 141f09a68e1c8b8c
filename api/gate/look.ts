import type { GateFacts } from '../../db/queries/gate.ts';
import type { Gate } from '../../workflows/contract/session.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { within } from '../../platform/within.ts';
import type { GateReading } from './decision.ts';
import type { SessionEngine } from './engine.ts';
import { createFreshReads, createSharedCalls } from './flights.ts';
import type { GateMemory, Look } from './memory.ts';
import type { GateReport } from './read-gate.ts';
import { concludeReading, readGateValue } from './reading.ts';
import type { Snapshots, Ticket } from './snapshots.ts';

/** What a look reads in PostgreSQL, and the one thing that it may write. */
export interface LookRows {
  facts(slug: string, ids: readonly string[]): Promise<GateFacts | undefined>;
  published(key: SessionKey): Promise<{ readonly gate: unknown } | undefined>;
  raiseAttention(key: SessionKey): Promise<unknown>;
}

export interface LookDeps {
  readonly rows: LookRows;
  readonly engine: Pick<SessionEngine, 'gate'>;
  readonly snapshots: Snapshots;
  readonly revoked: Pick<GateMemory, 'isRevoked' | 'isHeld'>;
  readonly report: (report: GateReport) => void;
  /** PostgreSQL is away, or something is broken. */
  readonly onFailure: (error: unknown) => void;
  /** Monotonic, in milliseconds. */
  readonly monotonic: () => number;
  /** A store that takes longer is one that is away; in milliseconds. */
  readonly storeWithinMs: number;
}

export interface Looks {
  /** See `GateMemory.look`. */
  look(slug: string, ids: readonly string[]): Promise<Look>;
  /** The same for nobody: only to learn whether the run is still what memory says. Tells of no degraded answers. */
  recheck(slug: string): Promise<Look>;
  counts(): { readonly looks: number; readonly failedLooks: number; readonly engineQueries: number };
}

/** A login's id; a session's link is named by its session's key and a number, and longer. */
const LOGIN_ID = /^[A-Za-z0-9_-]{22}$/;
/** A published gate is committed before it is told, so one more look is enough; more would be a storm. */
const MOST_REREADS = 2;

const LATE = Symbol('late');

class StoreAway extends Error {
  override readonly name = 'StoreAway';
}

/**
 * Asks PostgreSQL, then the workflow. The rows are read for each caller after it came, so that what was acknowledged
 * before it asked is seen; the workflow is asked once for all who wait, because its answer only counts where it is
 * newer than the rows.
 */
export function createLooks(deps: LookDeps): Looks {
  const { snapshots } = deps;
  const counts = { looks: 0, failedLooks: 0, engineQueries: 0 };

  async function inTime<T>(work: Promise<T>): Promise<T> {
    const result = await within<T | typeof LATE>(deps.storeWithinMs, work, () => LATE);
    if (result === LATE) throw new StoreAway('PostgreSQL did not answer in time');
    return result;
  }

  const readFacts = createFreshReads((slug: string, ids: readonly string[]) =>
    inTime(deps.rows.facts(slug, ids)),
  );
  const askEngine = createSharedCalls((key: SessionKey) => {
    counts.engineQueries += 1;
    return deps.engine.gate(key);
  });

  function deadOf(facts: GateFacts, ids: readonly string[]): ReadonlySet<string> {
    const isDead = (id: string): boolean =>
      facts.revoked.includes(id) ||
      deps.revoked.isRevoked(id) ||
      (!LOGIN_ID.test(id) && !facts.goodLinks.includes(id));
    return new Set(ids.filter(isDead));
  }

  /** Never older than what was heard: a notification that overtook the answer is in memory or in the rows. */
  async function newestOf(
    facts: GateFacts,
    found: Gate,
    ticket: Ticket | undefined,
    askedAt: number,
  ): Promise<Gate | undefined> {
    const { slug, sessionKey, tenantId, clientId } = facts;
    let gate = found;
    for (let reread = 0; ; reread += 1) {
      snapshots.offer(ticket, { slug, sessionKey, tenantId, clientId, gate }, askedAt);
      if (gate.version >= snapshots.floor(sessionKey)) return gate;
      const kept = snapshots.byKey(sessionKey);
      if (kept !== undefined) return kept.gate;
      if (reread >= MOST_REREADS) return undefined;
      const row = await inTime(deps.rows.published(sessionKey));
      const published = readGateValue(row?.gate);
      if (published?.sessionKey !== sessionKey) return undefined;
      if (published.version > gate.version) gate = published;
    }
  }

  function shut(key: SessionKey, version: number): void {
    snapshots.shut(key, version);
    deps.rows.raiseAttention(key).catch(deps.onFailure);
  }

  async function readingOf(
    facts: GateFacts,
    ticket: Ticket | undefined,
    quiet: boolean,
  ): Promise<GateReading> {
    const { sessionKey: key, published, startState } = facts;
    const askedAt = deps.monotonic();
    const answer = await askEngine(key);
    const concluded = concludeReading({ key, answer, published: { gate: published, startState } });
    const { reading, gate, report } = concluded;
    const version = readGateValue(published)?.version ?? Number.NEGATIVE_INFINITY;
    const isShut = snapshots.isShut(key, version);
    if (answer.kind === 'answer') snapshots.unshut(key);
    else if (isShut && answer.kind === 'unavailable') return { kind: 'closed' };

    if (report?.kind === 'attention') {
      deps.report({ sessionKey: key, ...report });
      if (!isShut) shut(key, version);
    } else if (report !== null && !quiet) deps.report({ sessionKey: key, ...report });
    if (gate === null) {
      if (reading.kind === 'over') snapshots.distrust(key);
      return reading;
    }
    const newest = await newestOf(facts, gate, ticket, askedAt);
    if (reading.kind !== 'gate') return reading;
    return newest === undefined ? { kind: 'unavailable' } : { kind: 'gate', gate: newest };
  }

  async function examine(slug: string, ids: readonly string[], quiet: boolean): Promise<Look> {
    counts.looks += 1;
    const ticket = snapshots.ticket();
    try {
      const facts = await readFacts(slug, ids);
      if (facts === undefined) return { kind: 'unknown' };
      const reading = await readingOf(facts, ticket, quiet);
      return {
        kind: 'session',
        sessionKey: facts.sessionKey,
        tenantId: facts.tenantId,
        clientId: facts.clientId,
        reading,
        // Memory may have heard something while the workflow was asked.
        held: facts.held || deps.revoked.isHeld(facts.sessionKey),
        dead: deadOf(facts, ids),
      };
    } catch (error) {
      counts.failedLooks += 1;
      deps.onFailure(error);
      return { kind: 'unavailable' };
    }
  }

  return {
    look: (slug, ids) => examine(slug, ids, false),
    recheck: (slug) => examine(slug, [], true),
    counts: () => ({ ...counts }),
  };
}
