import { claimDueDeliveries, settleDelivery } from '../../db/queries/inbox.ts';
import { claimIntended } from '../../db/queries/sessions.ts';
import type { InboxRow } from '../../db/tables.ts';
import { createPasses } from '../passes.ts';
import { deliverRow, reasonOf } from './deliver.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { defaultRetryRules, type RetryRules, settlementOf } from './outcome.ts';
import { startIntended } from './saleor.ts';

export interface SweepDeps extends DeliveryDeps {
  /**
   * Between two passes, in milliseconds; 0 leaves it to `kick` and `runOnce`.
   * @default 1000
   */
  readonly intervalMs?: number;
  /**
   * A claimed row comes back by itself after this long.
   * @default 60 000, longer than an order's starts take
   */
  readonly leaseMs?: number;
  /** @default 60 000: a session that stayed `intended` for this long is started again */
  readonly intendedAfterMs?: number;
  /** Rows in work at once. @default 16 */
  readonly batch?: number;
  readonly retry?: RetryRules;
  /** From 0 (inclusive) to 1 (exclusive). @default Math.random */
  readonly random?: () => number;
}

export interface Sweep {
  /** Delivers soon, off the caller's path. Never throws. */
  kick(): void;
  /** One whole pass, until nothing is due. Resolves with the number of rows and sessions it took up. */
  runOnce(): Promise<number>;
  /** No new work; resolves when what is under way is done. */
  stop(): Promise<void>;
}

/** Brings stored webhooks to their sessions and gives intended sessions their run, until all is done. */
export function createSweep(deps: SweepDeps): Sweep {
  const leaseMs = deps.leaseMs ?? 60_000;
  const intendedAfterMs = deps.intendedAfterMs ?? 60_000;
  const batch = deps.batch ?? 16;
  const rules = deps.retry ?? defaultRetryRules;
  const random = deps.random ?? Math.random;

  async function deliverAndSettle(row: InboxRow): Promise<void> {
    const outcome = await deliverRow(row, deps);
    const settlement = settlementOf(row, outcome, { now: deps.clock(), random: random(), rules });
    await settleDelivery(deps.db, row, settlement);
    if (settlement.status === 'quarantined')
      deps.log.warn(
        { inboxId: row.id, source: row.source, event: row.event, reason: settlement.reason },
        'webhook quarantined',
      );
  }

  async function deliverDue(): Promise<number> {
    let taken = 0;
    while (!passes.isStopped()) {
      const now = deps.clock();
      const rows = await claimDueDeliveries(deps.db, {
        now: new Date(now),
        leaseUntil: new Date(now + leaseMs),
        limit: batch,
      });
      if (rows.length === 0) break;
      taken += rows.length;
      const results = await Promise.allSettled(rows.map(deliverAndSettle));
      // A row that could not be settled comes back when its lease ends; going on would only fail again.
      const broken = results.find((result) => result.status === 'rejected');
      if (broken) throw broken.reason;
    }
    return taken;
  }

  async function startOwed(): Promise<number> {
    if (passes.isStopped()) return 0;
    const now = deps.clock();
    const owed = await claimIntended(deps.db, {
      now: new Date(now),
      intendedBefore: new Date(now - intendedAfterMs),
      retryBefore: new Date(now - Math.min(intendedAfterMs, rules.longestMs)),
      limit: batch,
    });
    for (const session of owed) {
      try {
        await startIntended(session, deps);
      } catch (error) {
        const reason = reasonOf(error);
        deps.log.warn({ sessionKey: session.session_key, reason }, 'session could not be started');
        // The others would wait for the same deadline; their turn comes again.
        if (reason === 'engine-unavailable') break;
      }
    }
    return owed.length;
  }

  async function pass(): Promise<number> {
    try {
      return (await deliverDue()) + (await startOwed());
    } catch (error) {
      deps.log.warn({ reason: reasonOf(error) }, 'inbox could not be swept');
      return 0;
    }
  }

  const passes = createPasses(deps.intervalMs ?? 1000, pass);
  return passes;
}
