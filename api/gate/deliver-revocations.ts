import type { Database } from '../../db/connect.ts';
import { publishedGate } from '../../db/queries/gate.ts';
import {
  claimOwedRevocations,
  type OwedRevocation,
  postponeRevocation,
  settleRevocation,
} from '../../db/queries/revocations.ts';
import type { LinkId } from '../../workflows/contract/values.ts';
import type { SessionEngine, UpdateAnswer } from './engine.ts';
import type { GateReport } from './read-gate.ts';
import { readGateValue } from './reading.ts';

export interface DeliveryDeps {
  readonly db: Database;
  readonly engine: Pick<SessionEngine, 'gate' | 'update'>;
  readonly report: (report: GateReport) => void;
  /** Between two looks for what is due, in milliseconds; 0 leaves it to `kick`. */
  readonly intervalMs: number;
  /** A claimed revocation comes back by itself after this long: longer than an Update may take. */
  readonly leaseMs: number;
  /** Updates under way at once. */
  readonly most: number;
  /** After a failure: the first wait, doubled each time up to the longest. In milliseconds. */
  readonly retry: { readonly firstMs: number; readonly longestMs: number };
}

export interface Delivery {
  /** Something is due now. Never throws. */
  kick(): void;
  underWay(): number;
  /** No new work; resolves when what is under way is done. */
  stop(): Promise<void>;
}

type Outcome = 'heard' | 'again';

/** A repeat of the same revocation's Update gets the first answer. */
export function revocationUpdateId(seq: number): string {
  return `revocation-${seq}`;
}

/**
 * Brings revocations to the workflows that are owed them, until each has heard. Every replica does; a claim keeps two
 * from doing the same.
 */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const delivering = new Set<Promise<void>>();
  let claiming: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  function update(owed: OwedRevocation): Promise<UpdateAnswer> {
    const id = revocationUpdateId(owed.seq);
    return owed.kind === 'access'
      ? deps.engine.update(owed.sessionKey, 'revokeAccess', {}, id)
      : deps.engine.update(owed.sessionKey, 'revokeLink', { linkId: owed.subject as LinkId }, id);
  }

  /** A run that returned or is gone will never answer; its published gate says whether all is over. */
  async function afterRun(owed: OwedRevocation): Promise<Outcome> {
    const row = await publishedGate(deps.db, owed.sessionKey);
    if (row?.startState === 'ended' || readGateValue(row?.gate)?.state === 'over') return 'heard';
    // Not started yet, or gone: the hold stays, so nobody passes meanwhile.
    if (row?.startState === 'started')
      deps.report({ sessionKey: owed.sessionKey, kind: 'attention', why: 'revocation not delivered' });
    return 'again';
  }

  /**
   * A refusal says that it was revoked already, which need not be published yet: only an accepted Update waits for
   * that. What the workflow says now is, once it is published, all that the hold stood for.
   */
  async function afterRefusal(owed: OwedRevocation): Promise<Outcome> {
    if (owed.kind !== 'access') return 'heard';
    const answer = await deps.engine.gate(owed.sessionKey);
    switch (answer.kind) {
      case 'answer': {
        const published = readGateValue((await publishedGate(deps.db, owed.sessionKey))?.gate);
        return published !== undefined && published.version >= answer.value.version ? 'heard' : 'again';
      }
      case 'unavailable':
        return 'again';
      case 'not-found':
      case 'ended-uncleanly':
        return afterRun(owed);
    }
  }

  async function attempt(owed: OwedRevocation): Promise<Outcome> {
    const answer = await update(owed);
    switch (answer.kind) {
      case 'answer':
        return answer.verdict.accepted ? 'heard' : afterRefusal(owed);
      case 'not-found':
        return afterRun(owed);
      case 'unknown':
      case 'unavailable':
        return 'again';
    }
  }

  async function deliver(owed: OwedRevocation): Promise<void> {
    const outcome = await attempt(owed);
    if (outcome === 'heard') {
      await settleRevocation(deps.db, owed.seq);
      return;
    }
    const wait = deps.retry.firstMs * 2 ** Math.min(owed.attempts - 1, 20);
    await postponeRevocation(deps.db, owed.seq, Math.min(wait, deps.retry.longestMs));
  }

  function start(owed: OwedRevocation): void {
    // What could not even be written down comes back when its claim runs out.
    const work: Promise<void> = deliver(owed)
      .catch(() => undefined)
      .finally(() => {
        delivering.delete(work);
        if (again) kick();
      });
    delivering.add(work);
  }

  async function claim(limit: number): Promise<void> {
    const rows = await claimOwedRevocations(deps.db, { leaseMs: deps.leaseMs, limit });
    for (const owed of rows) start(owed);
    if (rows.length === limit) again = true;
  }

  function kick(): void {
    if (stopped) return;
    const limit = deps.most - delivering.size;
    again = claiming !== undefined || limit <= 0;
    if (again) return;
    claiming = claim(limit)
      .catch(() => undefined)
      .finally(() => {
        claiming = undefined;
        if (again) kick();
      });
  }

  const timer = deps.intervalMs > 0 ? setInterval(kick, deps.intervalMs) : undefined;
  return {
    kick,
    underWay: () => delivering.size,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await claiming;
      await Promise.all(delivering);
    },
  };
}
