import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { CarryingActivities } from '../contract/activities.ts';

/** Codes of `platform/failures.ts` that a repeat cannot help: a person must act first. */
export const FINAL_CODES = [
  'vendor-unauthorized',
  'vendor-forbidden',
  'vendor-rejected',
  'vendor-not-found',
  'vendor-conflict',
  'not-configured',
  'row-missing',
  'refund-failed',
];

/** After this long a vendor that is down becomes `NeedsAttention`; the session hears everything meanwhile. */
const VENDOR_TOTAL = '10 minutes';

/**
 * Ticket and route: each looks before it acts, so a repeat after an unknown outcome is safe. One attempt
 * is a handful of bounded requests; a worker that dies in the middle costs one attempt's bound.
 */
export const lookUpAndAct = proxyActivities<
  Pick<
    CarryingActivities,
    | 'openTicket'
    | 'writeTicket'
    | 'remind'
    | 'putRoute'
    | 'deleteRoute'
    | 'cancelAppointment'
    | 'moveAppointment'
    | 'handOver'
    | 'claimGrace'
  >
>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: VENDOR_TOTAL,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    nonRetryableErrorTypes: FINAL_CODES,
  },
  // A newer route waits until the older attempt is really over, or the older PUT could land last.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Reads change nothing, so they are repeated sooner. */
export const readProvider = proxyActivities<Pick<CarryingActivities, 'askProvider'>>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: VENDOR_TOTAL,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 1.5,
    maximumInterval: '15 seconds',
    nonRetryableErrorTypes: FINAL_CODES,
  },
});

/**
 * The provider makes a new scheduling link on each call and cannot delete one: its attempts begin further apart than
 * others. Time bounds them, not their number: during an outage most are parked before they reach the provider.
 */
export const actAtProvider = proxyActivities<Pick<CarryingActivities, 'makeBookingLink'>>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: VENDOR_TOTAL,
  retry: {
    initialInterval: '5 seconds',
    backoffCoefficient: 2,
    maximumInterval: '3 minutes',
    nonRetryableErrorTypes: FINAL_CODES,
  },
});

/**
 * Money: the shop is asked before anything is granted, and patiently. A payment provider that is settling takes
 * longer than one that is down, so the waits grow further.
 */
export const money = proxyActivities<Pick<CarryingActivities, 'confirmPayment' | 'refund'>>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: VENDOR_TOTAL,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    nonRetryableErrorTypes: FINAL_CODES,
  },
});

/**
 * A closed gate that is not published is an open one, so it is repeated each second and has no total bound. A newer gate
 * waits for the attempt under way: while the store is away neither could be written, and afterwards it is next.
 */
export const publishUntilDone = proxyActivities<Pick<CarryingActivities, 'publish'>>({
  startToCloseTimeout: '5 seconds',
  retry: {
    initialInterval: '200 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '1 second',
    nonRetryableErrorTypes: FINAL_CODES,
  },
});

/** A link's row. It is never called off: what a link revokes must end. */
export const storeLink = proxyActivities<Pick<CarryingActivities, 'issueLink'>>({
  startToCloseTimeout: '5 seconds',
  scheduleToCloseTimeout: VENDOR_TOTAL,
  retry: {
    initialInterval: '200 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    nonRetryableErrorTypes: FINAL_CODES,
  },
});
