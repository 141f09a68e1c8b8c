import type { Database } from '../../db/connect.ts';
import type { Delivery } from '../../db/queries/inbox.ts';
import type { Clock } from '../../platform/clock.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { currentTraceparent } from '../../platform/tracing/traceparent.ts';
import type { IntakeLog } from '../intake/log.ts';
import { keep } from '../intake/store.ts';
import type { IntakeObserver } from '../metrics/observers.ts';
import { type Outcome, refusal, reply } from '../operations/routes.ts';

export interface TakeInDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: IntakeLog;
  /** Called after a webhook was kept, before the answer; must return at once. */
  readonly onStored: () => void;
  readonly observer?: Pick<IntakeObserver, 'received'>;
}

/** In seconds: when Saleor and Zammad come again anyway. */
const RETRY_AFTER = '10';

/** What makes the sender repeat: our own fault, never its. */
export const laterPlease = (code: 'keys-unavailable' | 'store-unavailable'): Outcome =>
  refusal(code, {}, { 'retry-after': RETRY_AFTER });

/** Nothing says who sent it, so nothing is kept. @param why for the log; holds nothing of the request. */
export function refuseUnsigned(log: IntakeLog, source: Delivery['source'], why?: string): Outcome {
  log.warn({ source, code: 'bad-signature', ...(why === undefined ? {} : { why }) }, 'webhook refused');
  return refusal('bad-signature');
}

/** Answers a webhook that was verified: 200 once it is kept, 503 where it could not be. */
export async function takeIn(
  deps: TakeInDeps,
  delivery: Omit<Delivery, 'receivedAt' | 'traceparent'>,
): Promise<Outcome> {
  try {
    const status = await keep(deps.db, {
      ...delivery,
      receivedAt: new Date(deps.clock()),
      traceparent: currentTraceparent(),
    });
    deps.observer?.received(delivery.source, status);
    if (status === 'stored') deps.onStored();
    return reply(200, { status });
  } catch (error) {
    if (!(error instanceof CodedFailure) || error.code !== 'store-unavailable') throw error;
    deps.observer?.received(delivery.source, 'not-kept');
    deps.log.warn({ source: delivery.source, code: error.code }, 'webhook not kept');
    return laterPlease('store-unavailable');
  }
}
