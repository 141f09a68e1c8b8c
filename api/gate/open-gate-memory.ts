import type { Database } from '../../db/connect.ts';
import { gateFacts, publishedGate, raiseAttention } from '../../db/queries/gate.ts';
import { confirmedByAll } from '../../db/queries/replicas.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ReadinessCheck } from '../health.ts';
import { createAcknowledgements } from './acknowledge.ts';
import { createDelivery } from './deliver-revocations.ts';
import type { SessionEngine } from './engine.ts';
import { createLooks } from './look.ts';
import type { GateMemory } from './memory.ts';
import { createPulse } from './pulse.ts';
import type { GateReport } from './read-gate.ts';
import { startRecheck } from './recheck.ts';
import { startReplica } from './replica.ts';
import type { GateEvent } from './report.ts';
import type { Revocations } from './revocations.ts';
import { createRevocations } from './revoke.ts';
import { createRevokedMemory } from './revoked.ts';
import { type ClockOffset, isBeyond } from './skew.ts';
import { createSessionChanges, type SessionChanges } from './session-changes.ts';
import { createSnapshots } from './snapshots.ts';

/** All times in milliseconds. */
export interface GateSettings {
  readonly heartbeatMs: number;
  /** How long memory is believed after a heartbeat was sent that came back. */
  readonly freshMs: number;
  /** How long a revocation waits for a replica that says nothing; more than `freshMs`. */
  readonly leaseMs: number;
  /** A connection on which no heartbeat came back for this long is dead. */
  readonly silenceMs: number;
  readonly reconnectMs: number;
  /** For each statement on the listening connection. */
  readonly statementMs: number;
  /** For a look's statements; the gateway waits for two seconds, and the workflow may take one of them. */
  readonly storeWithinMs: number;
  readonly snapshots: number;
  /** Versions remembered of sessions without a snapshot. */
  readonly floors: number;
  /** Between two snapshots about which the workflow is asked again; 0 for never. */
  readonly recheckEveryMs: number;
  readonly recheckEachMs: number;
  /** Between two looks at the leases while a revocation waits. */
  readonly confirmPollMs: number;
  /** A revocation that waited for this long is `unconfirmed`; more than `leaseMs`. */
  readonly confirmWithinMs: number;
  /** Between two looks for revocations that workflows are owed; 0 leaves it to the revocations of this process. */
  readonly deliverEveryMs: number;
  readonly deliveryLeaseMs: number;
  readonly deliveriesAtOnce: number;
  readonly deliveryRetry: { readonly firstMs: number; readonly longestMs: number };
  /** Further than this from PostgreSQL's clock is not ready. Infinity where the clock is not the system's. */
  readonly skewLimitMs: number;
  /** How long opening waits for the first heartbeat before it goes on without; readiness tells. */
  readonly openWithinMs: number;
}

export const gateSettings: GateSettings = {
  heartbeatMs: 500,
  freshMs: 2000,
  leaseMs: 3000,
  silenceMs: 2000,
  reconnectMs: 1000,
  statementMs: 2000,
  storeWithinMs: 1000,
  snapshots: 50_000,
  floors: 20_000,
  recheckEveryMs: 100,
  recheckEachMs: 60_000,
  confirmPollMs: 100,
  confirmWithinMs: 5000,
  deliverEveryMs: 1000,
  deliveryLeaseMs: 15_000,
  deliveriesAtOnce: 16,
  deliveryRetry: { firstMs: 500, longestMs: 15_000 },
  skewLimitMs: 2000,
  openWithinMs: 5000,
};

export interface GateMemoryDeps {
  /** For the one connection that listens: straight to PostgreSQL, not through a transaction pooler. */
  readonly databaseUrl: string;
  readonly db: Database;
  readonly engine: SessionEngine;
  readonly clock: Clock;
  /** What this process is called in the table of replicas. It need not be unique: each opening adds to it. */
  readonly replicaName: string;
  /** Sessions whose workflow did not answer; `reportGates` logs them. */
  readonly report: (report: GateReport) => void;
  /** What became of the listening connection and the clock; `logGateEvents` logs it. */
  readonly onEvent: (event: GateEvent) => void;
  /** How long a revocation waited for the replicas, in milliseconds, and whether all confirmed it. */
  readonly onRevoked?: (state: 'confirmed' | 'unconfirmed', ms: number) => void;
  readonly settings?: Partial<GateSettings>;
  /** Milliseconds that never go back. @default performance.now */
  readonly monotonic?: () => number;
}

/** For metrics. Counts are since the start. */
export interface GateStats {
  readonly hits: number;
  /** Slugs that were not in memory. */
  readonly misses: number;
  /** Questions while memory might have been behind. */
  readonly stale: number;
  readonly looks: number;
  readonly failedLooks: number;
  readonly engineQueries: number;
  readonly snapshots: number;
  readonly revokedIds: number;
  readonly heldSessions: number;
  /** How long memory is still believed; 0 when it is not. */
  readonly freshForMs: number;
  /** Since something was heard on the listening connection; Infinity before. */
  readonly silentMs: number;
  /** Since the snapshot that was checked longest ago was; 0 without any. */
  readonly uncheckedMs: number;
  readonly losses: number;
  /** The newest revocation up to which none is missing in memory. */
  readonly revocation: number;
  readonly revocationsWaiting: number;
  readonly deliveriesUnderWay: number;
  readonly clockOffset: ClockOffset | null;
}

export interface OpenGateMemory {
  readonly replicaId: string;
  readonly memory: GateMemory;
  readonly revocations: Revocations;
  /** Told after memory knows of it. */
  readonly changes: SessionChanges;
  readonly readiness: readonly ReadinessCheck[];
  stats(): GateStats;
  /** First of all it answers no more from memory, then its lease ends. */
  close(): Promise<void>;
}

const OPENING_LOOK_MS = 10;
/** While PostgreSQL is away each request would say the same. */
const FAILURES_SAID_EVERY_MS = 5000;

/**
 * The gates that this process answers from, kept equal to what workflows publish and people revoke. Resolves when
 * memory counts, or without that after `openWithinMs`: until it does, every answer is looked up.
 */
export async function openGateMemory(deps: GateMemoryDeps): Promise<OpenGateMemory> {
  const settings: GateSettings = { ...gateSettings, ...deps.settings };
  if (settings.leaseMs <= settings.freshMs) throw new Error('a lease must outlive the belief in memory');
  const monotonic = deps.monotonic ?? (() => performance.now());
  const { db, engine, report, onEvent } = deps;
  const snapshots = createSnapshots({ snapshots: settings.snapshots, floors: settings.floors });
  const revoked = createRevokedMemory();
  const pulse = createPulse(settings.freshMs);
  const changes = createSessionChanges();
  const isFresh = (): boolean => monotonic() < pulse.freshUntil();
  const counts = { hits: 0, misses: 0, stale: 0 };

  const acknowledgements = createAcknowledgements({
    confirmedByAll: () => confirmedByAll(db),
    pollMs: settings.confirmPollMs,
    withinMs: settings.confirmWithinMs,
  });
  const replica = startReplica({
    url: deps.databaseUrl,
    db,
    name: deps.replicaName,
    snapshots,
    revoked,
    pulse,
    clock: deps.clock,
    monotonic,
    settings,
    onConfirmation: () => acknowledgements.look(),
    onChange: (key) => changes.heard(key),
    onEvent,
  });
  let saidAt = Number.NEGATIVE_INFINITY;
  function onFailure(error: unknown): void {
    const now = monotonic();
    if (now - saidAt < FAILURES_SAID_EVERY_MS) return;
    saidAt = now;
    onEvent({ kind: 'look-failed', error });
  }
  const looks = createLooks({
    rows: {
      facts: (slug, ids) => gateFacts(db, slug, ids),
      published: (key) => publishedGate(db, key),
      raiseAttention: (key) => raiseAttention(db, key),
    },
    engine,
    snapshots,
    revoked,
    report,
    onFailure,
    monotonic,
    storeWithinMs: settings.storeWithinMs,
  });
  const recheck = startRecheck({
    snapshots,
    recheck: (slug) => looks.recheck(slug),
    isFresh,
    monotonic,
    everyMs: settings.recheckEveryMs,
    eachMs: settings.recheckEachMs,
  });
  const delivery = createDelivery({
    db,
    engine,
    report,
    intervalMs: settings.deliverEveryMs,
    leaseMs: settings.deliveryLeaseMs,
    most: settings.deliveriesAtOnce,
    retry: settings.deliveryRetry,
  });

  let wasSkewed = false;
  function isSkewed(): boolean {
    const offset = replica.offset();
    const skewed = offset !== undefined && isBeyond(offset, settings.skewLimitMs);
    if (skewed && !wasSkewed) onEvent({ kind: 'skewed', offset });
    wasSkewed = skewed;
    return skewed;
  }
  const skewTimer = setInterval(isSkewed, settings.silenceMs);

  const opening = performance.now();
  while (!isFresh() && performance.now() - opening < settings.openWithinMs)
    await new Promise((resolve) => setTimeout(resolve, OPENING_LOOK_MS));

  return {
    replicaId: replica.id,
    memory: {
      hit(slug) {
        if (monotonic() >= pulse.freshUntil()) {
          counts.stale += 1;
          return undefined;
        }
        const snapshot = snapshots.bySlug(slug);
        if (snapshot === undefined) counts.misses += 1;
        else counts.hits += 1;
        return snapshot;
      },
      isRevoked: (id) => revoked.isRevoked(id),
      isHeld: (key) => revoked.isHeld(key),
      look: (slug, ids) => looks.look(slug, ids),
    },
    changes,
    revocations: createRevocations({
      db,
      acknowledgements: {
        async confirmed(seq) {
          const begun = monotonic();
          const confirmed = await acknowledgements.confirmed(seq);
          deps.onRevoked?.(confirmed ? 'confirmed' : 'unconfirmed', monotonic() - begun);
          return confirmed;
        },
      },
      onWritten: () => delivery.kick(),
    }),
    readiness: [
      { name: 'gate', check: async () => replica.isLoaded() && isFresh() },
      { name: 'clock', check: async () => !isSkewed() },
    ],
    stats() {
      const { ids, held } = revoked.size();
      const { looks: asked, failedLooks, engineQueries } = looks.counts();
      return {
        ...counts,
        looks: asked,
        failedLooks,
        engineQueries,
        snapshots: snapshots.size(),
        revokedIds: ids,
        heldSessions: held,
        freshForMs: Math.max(0, pulse.freshUntil() - monotonic()),
        silentMs: monotonic() - pulse.heardAt(),
        uncheckedMs: Math.max(0, monotonic() - snapshots.oldestCheck()),
        losses: replica.losses(),
        revocation: revoked.watermark(),
        revocationsWaiting: acknowledgements.waiting(),
        deliveriesUnderWay: delivery.underWay(),
        clockOffset: replica.offset() ?? null,
      };
    },
    async close() {
      clearInterval(skewTimer);
      await Promise.all([recheck.stop(), delivery.stop(), replica.close()]);
      acknowledgements.stop();
    },
  };
}
