import type { BookingStatus, BookingVerdict } from '../../../contract/booking.ts';
import type { AppointmentTruth } from '../../../contract/events.ts';
import type { BookingRequest } from '../rules.ts';
import { courseOf } from './course.ts';
import { type Draft, patch } from './draft.ts';
import { stop } from './operator.ts';
import { knowing } from './outcomes.ts';
import { done } from './verdicts.ts';

/** Nobody asks for `completed`: the clock says so at the appointment's end, and before it nothing took place. */
const transitions: Readonly<Record<BookingStatus, readonly BookingStatus[]>> = {
  pending: ['scheduled', 'cancelled'],
  scheduled: ['cancelled'],
  completed: [],
  cancelled: [],
};

/** Where a request may take a booking, once everything that is due has happened to it. */
export function transitionsFrom(status: BookingStatus): readonly BookingStatus[] {
  return transitions[status];
}

function impossible(draft: Draft): BookingVerdict {
  const allowed = transitionsFrom(draft.state.status);
  return { accepted: false, reason: 'impossible-transition', at: null, allowed };
}

/** The booking is given up. What was given up before gets the same answer. */
export function cancel(draft: Draft): BookingVerdict {
  const { status, stopped } = draft.state;
  if (stopped) return done;
  if (!transitionsFrom(status).includes('cancelled')) return impossible(draft);
  stop(draft);
  return done;
}

/** Hears of an appointment as of the provider's own truth, if that makes the booking one that is to take place. */
function schedule(draft: Draft, truth: AppointmentTruth): boolean {
  if (truth.end.kind !== 'none' || truth.endsAt <= draft.now) return false;
  const appointments = knowing(draft, { appointments: [truth] });
  if (courseOf(appointments).standing?.appointment !== truth.appointment) return false;
  patch(draft, { appointments });
  return true;
}

/** Somebody other than the provider's webhook tells what became of the booking. */
export function changeStatus(
  draft: Draft,
  { status: wanted, appointment }: Extract<BookingRequest, { type: 'request.change-status' }>,
): BookingVerdict {
  const { status } = draft.state;
  if (wanted === status) return done;
  if (!transitionsFrom(status).includes(wanted)) return impossible(draft);
  if (wanted === 'cancelled') return cancel(draft);
  return appointment && schedule(draft, appointment) ? done : impossible(draft);
}
