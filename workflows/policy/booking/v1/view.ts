import type { BookingRecord, BookingVerdict, BookingView } from '../../../contract/booking.ts';
import type { Instant } from '../../../contract/values.ts';
import type { BookingState } from '../state.ts';
import { nextInstant } from './clock.ts';
import { courseOf } from './course.ts';

/** ISO 8601 UTC, or null for what no calendar knows. */
function iso(at: Instant | null): string | null {
  return at === null || !(Math.abs(at) <= 8.64e15) ? null : new Date(at).toISOString();
}

/** What PostgreSQL is told, but for the version. */
export function recordOf(state: BookingState): Omit<BookingRecord, 'version'> {
  const { standing, last, reschedules } = courseOf(state.appointments);
  const { status, reason, ended } = state;
  return {
    status,
    reason,
    startsAt: standing?.booked.startsAt ?? null,
    endsAt: standing?.booked.endsAt ?? null,
    noShow: standing?.noShow?.set ?? false,
    reschedules,
    appointment: (standing ?? last)?.appointment ?? null,
    // That a record could not be written cannot be written either: saying so would be another record.
    needsAttention:
      state.attention.some(({ step }) => step !== 'record-booking') || rivalry(state).length > 0,
    ended,
  };
}

/** Two appointments alive under one booking: a person must cancel one of them at the provider. */
function rivalry(state: BookingState): BookingView['attention'] {
  const [rival] = courseOf(state.appointments).rivals;
  if (!rival || state.ended) return [];
  return [{ step: 'second-appointment', code: 'second-appointment', since: iso(rival.booked.at) ?? '' }];
}

export function viewOf(state: BookingState): BookingView {
  const { input, status, reason } = state;
  const { standing, reschedules } = courseOf(state.appointments);
  return {
    bookingKey: input.bookingKey,
    tenantId: input.tenantId,
    status,
    reason,
    linkReady: state.link === 'done',
    appointment: standing?.appointment ?? null,
    startsAt: iso(standing?.booked.startsAt ?? null),
    endsAt: iso(standing?.booked.endsAt ?? null),
    noShow: standing?.noShow?.set ?? false,
    reschedules,
    nextInstant: iso(nextInstant(state)),
    attention: [
      ...state.attention.map(({ step, code, since }) => ({ step, code, since: iso(since) ?? '' })),
      ...rivalry(state),
    ],
  };
}

/** What who waits for the scheduling link hears; null while it is on its way. */
export function linkAnswer(state: BookingState): BookingVerdict | null {
  if (state.settleUntil !== null || state.ended) return { accepted: false, reason: 'ended', at: null };
  switch (state.link) {
    case 'done':
      return { accepted: true, next: 'booking-link' };
    case 'failed':
    case 'skipped':
      return { accepted: false, reason: 'link-unavailable', at: null };
    case 'none':
    case 'running':
      return null;
  }
}
