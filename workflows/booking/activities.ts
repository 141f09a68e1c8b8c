import { proxyActivities } from '@temporalio/workflow';
import type { BookingActivities } from '../contract/booking.ts';

// What a repeat cannot help is marked as final by the activity itself.

/** After this long a vendor that is down becomes an attention; the booking hears everything meanwhile. */
const VENDOR_TOTAL = '10 minutes';

/**
 * The provider makes a new scheduling link on each call and cannot delete one: few attempts, well apart, then a
 * person. Waits of 5, 25 and 125 seconds.
 */
export const makeLink = proxyActivities<Pick<BookingActivities, 'makeBookingLinkOf'>>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: VENDOR_TOTAL,
  retry: { initialInterval: '5 seconds', backoffCoefficient: 5, maximumAttempts: 4 },
});

/** Reads, and a cancellation that is a success when it was done already: both may be repeated soon. */
export const askAndCancel = proxyActivities<Pick<BookingActivities, 'askProviderOf' | 'cancelAppointmentOf'>>(
  {
    startToCloseTimeout: '20 seconds',
    scheduleToCloseTimeout: VENDOR_TOTAL,
    retry: { initialInterval: '1 second', backoffCoefficient: 1.5, maximumInterval: '15 seconds' },
  },
);

/** While PostgreSQL is away it is repeated for as long as it takes: what is recorded is what others are shown. */
export const recordUntilDone = proxyActivities<Pick<BookingActivities, 'recordBooking'>>({
  startToCloseTimeout: '5 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
});
