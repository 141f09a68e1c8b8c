import type { BookingRecord } from '../../workflows/contract/booking.ts';
import type { AttentionWebhook, BookingWebhook } from '../../workflows/contract/webhook.ts';

/** What a booking's events are told by. */
export type BookingStand = Pick<BookingRecord, 'status' | 'startsAt' | 'noShow' | 'reschedules'> & {
  /** Its run is known to exist. */
  readonly started: boolean;
};

/** What is told by what the booking comes to; attention is told by itself. */
type Course = Exclude<BookingWebhook, AttentionWebhook>;

const isBooked = ({ status }: BookingStand): boolean => status === 'scheduled' || status === 'completed';

/** A time was lost, with the visitor to choose again, or another took its place. */
function isRescheduled(before: BookingStand, after: BookingStand): boolean {
  if (before.status !== 'scheduled' || after.status === 'cancelled') return false;
  return before.startsAt !== after.startsAt || before.reschedules < after.reschedules;
}

const rules: Readonly<Record<Course, (before: BookingStand, after: BookingStand) => boolean>> = {
  'booking.created': (before, after) => after.started && !before.started,
  'booking.scheduled': (before, after) => isBooked(after) && !isBooked(before),
  'booking.rescheduled': isRescheduled,
  'booking.cancelled': (before, after) => after.status === 'cancelled' && before.status !== 'cancelled',
  'booking.completed': (before, after) => after.status === 'completed' && before.status !== 'completed',
  'booking.no_show': (before, after) => after.noShow && !before.noShow,
  // A no-show that is cancelled is one no more, and needs no clearing.
  'booking.no_show_cleared': (before, after) => before.noShow && !after.noShow && isBooked(after),
};

/**
 * Which events a change of a booking's record makes.
 *
 * @param before what the row said until now.
 */
export function bookingEvents(before: BookingStand, after: BookingStand): readonly BookingWebhook[] {
  return (Object.keys(rules) as Course[]).filter((event) => rules[event](before, after));
}
