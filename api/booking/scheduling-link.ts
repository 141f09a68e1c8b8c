import { type Booking, bookingByKey, markBookingStarted } from '../../db/queries/bookings.ts';
import type { Database } from '../../db/connect.ts';
import type { Clock } from '../../platform/clock.ts';
import type { IntakeLog } from '../intake/log.ts';
import type { BookingRuns } from './starts.ts';
import { fromStore } from './stored.ts';

export interface SchedulingLinkDeps {
  readonly db: Database;
  readonly runs: Pick<BookingRuns, 'startAndAwaitLink'>;
  readonly clock: Clock;
  readonly log: IntakeLog;
  /** How long a person waits for the link, in milliseconds. */
  readonly linkWaitMs: number;
  /** Tells the sweep that a booking is owed its run; must return at once. */
  readonly onOwed: () => void;
}

/**
 * Gives a booking its run if it is owed one, and waits for its scheduling link as long as a person waits.
 *
 * @returns the stored link; null: not yet, and the booking goes on without us.
 * @throws {CodedFailure} `store-unavailable`.
 */
export async function awaitSchedulingLink(
  booking: Booking,
  deps: SchedulingLinkDeps,
): Promise<string | null> {
  const { booking_key: bookingKey, booking_url: known } = booking;
  const wait = known === null ? await deps.runs.startAndAwaitLink(booking, deps.linkWaitMs) : 'ready';
  if (wait === 'unavailable') {
    deps.log.warn({ bookingKey }, 'booking is owed its run');
    deps.onOwed();
    return null;
  }
  // The link may be there before anyone has written down that its run is.
  if (booking.start_state === 'intended') {
    await fromStore(markBookingStarted(deps.db, bookingKey, new Date(deps.clock())));
    deps.log.info({ bookingKey }, 'booking started');
  }
  if (wait !== 'ready') deps.log.warn({ bookingKey, wait }, 'scheduling link is not there yet');
  // Whatever the run said: what is stored is what counts.
  return known ?? (await fromStore(bookingByKey(deps.db, bookingKey)))?.booking_url ?? null;
}
