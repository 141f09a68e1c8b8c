import { claimDueDeliveries, settleDelivery } from '../../db/queries/inbox.ts';
import { claimIntended } from '../../db/queries/sessions.ts';
import type { InboxRow } from '../../db/tables.ts';
import { causeWritten } from '../../platform/tracing/cause.ts';
import { inSpan, type OpenSpan } from '../../platform/tracing/in-span.ts';
import type { IntakeObserver } from '../metrics/observers.ts';
import { createPasses } from '../passes.ts';
import { deliverRow, reasonOf } from './deliver.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { createInWork } from './in-work.ts';
import { createOutages } from './outages.ts';
import { defaultRetryRules, type RetryRules, settlementOf } from './outcome.ts';
import { startIntended } from './saleor.ts';

export interface SweepDeps extends DeliveryDeps {
  /**
   * Between two passes, in milliseconds; 0 leaves it to `kick` and `runOnce`.
   * @default 1000
   */
  readonly intervalMs?: number;
  /**
   * A claimed row comes back by itself after this long: as long waits, with all that is behind it, what a process held
   * that was killed. One that is only slow is overtaken, which does no harm: each attempt may be repeated.
   * @default 15 000
   */
  readonly leaseMs?: number;
  /** @default 60 000: a session that stayed `intended` for this long is started again */
  readonly intendedAfterMs?: number;
  /** Rows in work at once. @default 16 */
  readonly batch?: number;
  readonly retry?: RetryRules;
  /** From 0 (inclusive) to 1 (exclusive). @default Math.random */
  readonly random?: () => number;
  readonly observer?: Pick<IntakeObserver, 'attempted'>;
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
  const leaseMs = deps.leaseMs ?? 15_000;
  const intendedAfterMs = deps.intendedAfterMs ?? 60_000;
  const batch = deps.batch ?? 16;
  const rules = deps.retry ?? defaultRetryRules;
  const random = deps.random ?? Math.random;
  const outages = createOutages(deps);

  async function deliverAndSettle(row: InboxRow): Promise<void> {
    const attributes = {
      'latchkey.inbox.id': row.id,
      'latchkey.inbox.source': row.source,
      'latchkey.inbox.event': row.event,
      'latchkey.inbox.attempt': row.attempts,
    };
    const cause = causeWritten(row.traceparent, row.received_at.getTime(), deps.clock());
    await inSpan('delivery', `inbox ${row.source}`, attributes, cause, (span) =>
      deliverAndSettleWithin(span, row),
    );
  }

  async function deliverAndSettleWithin(span: OpenSpan<'delivery'>, row: InboxRow): Promise<void> {
    const outcome = await deliverRow(row, deps);
    span.set({
      'latchkey.inbox.outcome': outcome.kind,
      ...(outcome.reason === null ? {} : { 'latchkey.inbox.reason': outcome.reason }),
    });
    if (outcome.kind === 'failed' || outcome.kind === 'quarantine') span.failed(outcome.reason);
    outages.attempted(row, outcome);
    deps.observer?.attempted(row.source, outcome.kind, deps.clock() - row.received_at.getTime());
    const settlement = settlementOf(row, outcome, { now: deps.clock(), random: random(), rules });
    await settleDelivery(deps.db, row, settlement);
    if (settlement.status === 'quarantined')
      deps.log.warn(
        { inboxId: row.id, source: row.source, event: row.event, reason: settlement.reason },
        'webhook quarantined',
      );
  }

  const deliveries = createInWork<InboxRow>({
    atOnce: batch,
    take(limit) {
      const now = deps.clock();
      return claimDueDeliveries(deps.db, { now: new Date(now), leaseUntil: new Date(now + leaseMs), limit });
    },
    // A row that could not be settled comes back when its lease ends; going on would only fail again.
    work: deliverAndSettle,
    isStopped: () => delivering.isStopped(),
  });

  async function startOwed(): Promise<number> {
    if (starting.isStopped()) return 0;
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
        outages.over('temporal');
      } catch (error) {
        const reason = reasonOf(error);
        if (reason === 'engine-unavailable') {
          outages.met('temporal', reason);
          // The others would wait for the same deadline; their turn comes again.
          break;
        }
        deps.log.warn({ sessionKey: session.session_key, reason }, 'session could not be started');
      }
    }
    return owed.length;
  }

  /** What cannot even be begun or written down is PostgreSQL's. */
  async function guarded(part: () => Promise<number>): Promise<number> {
    try {
      const taken = await part();
      outages.over('postgresql');
      return taken;
    } catch (error) {
      outages.met('postgresql', reasonOf(error));
      return 0;
    }
  }

  const intervalMs = deps.intervalMs ?? 1000;
  const delivering = createPasses(intervalMs, () => guarded(() => deliveries.run()));
  // Apart: deliveries may be under way without a pause for as long as somebody is slow.
  const starting = createPasses(intervalMs, () => guarded(startOwed));
  return {
    kick() {
      if (!deliveries.ring()) delivering.kick();
    },
    runOnce: async () => (await delivering.runOnce()) + (await starting.runOnce()),
    async stop() {
      await Promise.all([delivering.stop(), starting.stop()]);
    },
  };
}
