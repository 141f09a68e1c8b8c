import { CancellationScope } from '@temporalio/workflow';
import type { BookingInput, BookingStatus } from '../contract/booking.ts';
import { bookingRulesByVersion } from '../policy/booking/versions.ts';
import { Booking, type BookingRulesByVersion } from './booking.ts';
import { registerHandlers } from './handlers.ts';
import { show } from './visibility.ts';

/**
 * One appointment that was not bought in the shop, from the click on a booking link until it is over.
 *
 * Input and history hold ids and instants only. A failed effect never fails the run: it becomes an attention of
 * the booking's, with `retryStep` and `skipStep`.
 *
 * @returns how the booking ended.
 */
export function bookingWorkflow(input: BookingInput): Promise<BookingStatus> {
  return runBooking(input, bookingRulesByVersion);
}

/** `bookingWorkflow` under the given rules. */
export async function runBooking(input: BookingInput, rules: BookingRulesByVersion): Promise<BookingStatus> {
  // The booking exists, and has opened, before the first handler: a message that waits runs inside `setHandler`.
  const booking = new Booking(input, rules);
  booking.hear({ type: 'clock.opened' });
  registerHandlers(booking);

  // A cancelled run closes as any other: its row must say so.
  return await CancellationScope.nonCancellable(async () => {
    for (;;) {
      booking.act();
      show(booking.view(), booking.next());
      if (booking.isOver()) return booking.view().status;
      await booking.change();
    }
  });
}
