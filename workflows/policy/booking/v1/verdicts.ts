import type { BookingRefusal, BookingVerdict } from '../../../contract/booking.ts';
import type { Instant } from '../../../contract/values.ts';

export const done: BookingVerdict = { accepted: true, next: 'none' };

/** @param at since when, where that says something. */
export function refuse(reason: BookingRefusal, at: Instant | null = null): BookingVerdict {
  return { accepted: false, reason, at };
}
