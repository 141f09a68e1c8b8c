import type { Instant } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';

const BATCH = 5000;

/**
 * Deletes counters whose window is over, which nobody reads again. At most one batch, so that the sweep that calls
 * it is never held up.
 *
 * @returns how many went; a full batch (5000) means that there may be more.
 */
export async function pruneRateLimits(db: Database, now: Instant): Promise<number> {
  const over = db
    .selectFrom('rate_limits')
    .select('key')
    .where('expire', '<', String(now))
    .orderBy('expire')
    .limit(BATCH)
    .forUpdate()
    .skipLocked();
  const gone = await db
    .deleteFrom('rate_limits')
    .where('key', 'in', over)
    // One that a request just opened again is a new window.
    .where('expire', '<', String(now))
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}
