import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { pruneIdempotencyKeys } from '../../db/queries/idempotency.ts';
import { pruneRateLimits } from '../../db/queries/rate-limits.ts';
import { failLostDeliveries } from '../../db/queries/webhook-attempts.ts';
import { pruneDeliveries } from '../../db/queries/webhooks.ts';
import type { Clock } from '../../platform/clock.ts';
import { WEBHOOK_PATIENCE } from '../../workflows/contract/webhook.ts';
import { startHousekeeping } from '../housekeeping.ts';
import type { Passes } from '../passes.ts';
import { describeError } from '../request-log.ts';

const EVERY_MS = 60_000;
const HOUR_MS = 60 * 60 * 1000;
const DELIVERIES_KEPT_MS = 30 * 24 * HOUR_MS;
/** The last hour is for a run that gives up while its stores are slow. */
const DELIVERY_LOST_AFTER_MS = WEBHOOK_PATIENCE.totalMs + HOUR_MS;

/** What every process tidies up; doing it twice does no harm. */
export function composeHousekeeping(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
}): Passes {
  const { db, clock, log } = deps;
  return startHousekeeping({
    everyMs: EVERY_MS,
    jobs: {
      'rate-limits': () => pruneRateLimits(db, clock()),
      'idempotency-keys': () => pruneIdempotencyKeys(db, clock()),
      'webhook-deliveries': () => pruneDeliveries(db, new Date(clock() - DELIVERIES_KEPT_MS)),
      'lost-webhooks': () => {
        const now = clock();
        const startedBefore = new Date(now - DELIVERY_LOST_AFTER_MS);
        return failLostDeliveries(db, { startedBefore, at: new Date(now) });
      },
    },
    report: (job, error) => log.warn({ job, err: describeError(error) }, 'housekeeping failed'),
  });
}
