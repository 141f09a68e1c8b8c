import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { BookingActivities } from '../contract/booking.ts';

// What a repeat cannot help is marked as final by the activity itself.

/** After this long a vendor that is down becomes an attention; the booking hears everything meanwhile. */
const VENDOR_TOTAL = '10 minutes';

/**
 * An outage of hours is waited out: the default link is in the visitor's hands, and the real one follows when it can be
 * made. The provider makes a new link on each call, so an attempt whose answer was lost leaves one that nobody was
 * handed; repeats of an activity write no history. It is called off once nobody needs the link, and the run does not
 * wait for the attempt under way.
 */
export const makeLink = proxyActivities<Pick<BookingActivities, 'makeBookingLinkOf'>>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '24 hours',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** Reads, and a cancellation that is a success when it was done already: both may be repeated soon. */
export const askAndCancel = proxyActivities<Pick<BookingActivities, 'askProviderOf' | 'cancelAppointmentOf'>>(
  {
    startToCloseTimeout: '20 seconds',
    scheduleToCloseTimeout: VENDOR_TOTAL,
    retry: { initialInterval: '1 second', backoffCoefficient: 1.5, maximumInterval: '15 seconds' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  },
);

/** While PostgreSQL is away it is repeated for as long as it takes: what is recorded is what others are shown. */
export const recordUntilDone = proxyActivities<Pick<BookingActivities, 'recordBooking'>>({
  startToCloseTimeout: '5 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
});
