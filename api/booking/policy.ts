import type { BookingPolicy } from '../../workflows/contract/booking.ts';

const DAY = 24 * 60 * 60 * 1000;

/** How long a booking waits: as a session does by default. */
export const BOOKING_POLICY: BookingPolicy = {
  bookingDeadlineMs: 30 * DAY,
  settleMs: DAY,
  halfRescheduleMs: 2 * 60 * 1000,
};
