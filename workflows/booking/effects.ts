import type { BookingKey } from '../contract/values.ts';
import type { BookingEffect, BookingResult } from '../policy/booking/state.ts';
import { askAndCancel, makeLink, recordUntilDone } from './activities.ts';

/**
 * Runs one effect as its activity.
 *
 * @throws {TemporalFailure} when it failed for good.
 */
export async function carryOut(
  { step, call }: BookingEffect,
  bookingKey: BookingKey,
): Promise<BookingResult> {
  const summary = { summary: step };
  switch (call.kind) {
    case 'make-booking-link':
      return await makeLink.makeBookingLinkOf.executeWithOptions(summary, [{ bookingKey }]);
    case 'ask-provider': {
      const { appointment } = call;
      return await askAndCancel.askProviderOf.executeWithOptions(summary, [{ bookingKey, appointment }]);
    }
    case 'cancel-appointment': {
      const { appointment } = call;
      return await askAndCancel.cancelAppointmentOf.executeWithOptions(summary, [
        { bookingKey, appointment },
      ]);
    }
    case 'record-booking': {
      const { record } = call;
      return await recordUntilDone.recordBooking.executeWithOptions(
        { summary: `${record.status}, version ${record.version}` },
        [{ bookingKey, record }],
      );
    }
  }
}
