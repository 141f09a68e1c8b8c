import { pruneAttentions } from '../../db/queries/attention-mails.ts';
import {
  PRUNE_BATCH,
  pruneAudit,
  pruneBodies,
  pruneInbox,
  pruneRevocations,
} from '../../db/queries/prune.ts';
import type { HousekeepingNote } from '../../workflows/contract/housekeeping.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import type { PageOf } from './page.ts';

const DAY = 24 * 3_600_000;

/** Personal data first. */
const STEPS = ['bodies', 'quarantined-bodies', 'inbox', 'audit', 'revocations', 'attentions'] as const;
type Step = (typeof STEPS)[number];

interface Batch {
  readonly count: number;
  /** What a person should know of: nobody looked at it in time. */
  readonly raised: readonly HousekeepingNote[];
}

/** What nobody may keep or read any more, in batches that are transactions of their own. */
export function pruneJob({ db, clock, log, retention }: HousekeepingDependencies): PageOf {
  const { inboxBodyDays, recordDays } = retention;
  const batchOf = (count: number): Batch => ({ count, raised: [] });

  async function prune(step: Step): Promise<Batch> {
    const at = new Date(clock());
    const daysAgo = (days: number): Date => new Date(at.getTime() - days * DAY);
    switch (step) {
      case 'bodies': {
        const wanted = { status: 'done', settledBefore: daysAgo(inboxBodyDays), at } as const;
        return batchOf((await pruneBodies(db, wanted)).length);
      }
      case 'quarantined-bodies': {
        // They wait for a person: twice as long, and that nobody came is told.
        const settledBefore = daysAgo(2 * inboxBodyDays);
        const ids = await pruneBodies(db, { status: 'quarantined', settledBefore, at });
        return {
          count: ids.length,
          raised: ids.map((id) => ({ code: 'quarantine-pruned', id, raised: true as const })),
        };
      }
      case 'inbox':
        return batchOf(await pruneInbox(db, daysAgo(recordDays)));
      case 'audit':
        return batchOf(await pruneAudit(db, daysAgo(recordDays)));
      case 'revocations':
        // A day longer than they matter: replicas' clocks.
        return batchOf(await pruneRevocations(db, daysAgo(1)));
      case 'attentions':
        return batchOf(await pruneAttentions(db, daysAgo(recordDays), PRUNE_BATCH));
    }
  }

  return async ({ cursor }) => {
    const at = Math.max(
      0,
      STEPS.findIndex((step) => step === cursor),
    );
    const step = STEPS[at] ?? STEPS[0];
    const { count, raised } = await prune(step);
    if (count > 0) log.info({ job: 'prune', code: step, count }, 'housekeeping: pruned');
    if (raised.length > 0)
      log.warn({ job: 'prune', code: 'quarantine-pruned', count: raised.length }, 'housekeeping: raised');
    return {
      looked: count,
      repaired: count - raised.length,
      raised: raised.length,
      failed: 0,
      untouched: 0,
      notes: [...(count > 0 ? [{ code: 'pruned', id: step }] : []), ...raised],
      cursor: count === PRUNE_BATCH ? step : (STEPS[at + 1] ?? null),
      halted: null,
    };
  };
}
