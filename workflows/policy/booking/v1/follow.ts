import type { Instant, StepId } from '../../../contract/values.ts';
import type { BookingState } from '../state.ts';
import { type BookingCourse, courseOf } from './course.ts';
import { type Draft, emit, forget, forgetKind, nextStep, patch } from './draft.ts';

/**
 * Until when a booking without an appointment may be booked. Whoever was asked to choose another time gets at
 * least as long as a booking settles.
 */
export function deadlineOf({ input, appointments }: BookingState): Instant {
  const deadline = input.requestedAt + input.policy.bookingDeadlineMs;
  const { lost } = courseOf(appointments);
  return (lost ? Math.max(deadline, lost.at + input.policy.settleMs) : deadline) as Instant;
}

function standOf(
  state: BookingState,
  { standing, lost }: BookingCourse,
  now: Instant,
): Pick<BookingState, 'status' | 'reason'> {
  if (state.stopped) return { status: 'cancelled', reason: 'operator' };
  if (standing) return { status: now < standing.booked.endsAt ? 'scheduled' : 'completed', reason: null };
  if (lost?.cause === 'client') return { status: 'cancelled', reason: 'cancelled-by-client' };
  if (lost?.cause === 'host') return { status: 'cancelled', reason: 'cancelled-by-host' };
  // A host who asks for another time, or half a reschedule, has cancelled nothing: the client chooses again.
  return state.givenUp === deadlineOf(state)
    ? { status: 'cancelled', reason: 'not-booked' }
    : { status: 'pending', reason: null };
}

/** The webhook of a cancellation may have been lost: the provider is asked whether the appointment took place. */
function askAtEnd(draft: Draft, { standing }: BookingCourse): void {
  if (!standing || draft.state.status !== 'completed') return;
  const key = `${standing.appointment}@${standing.booked.endsAt}`;
  if (draft.state.askedAtEnd === key) return;
  patch(draft, { askedAtEnd: key });
  emit(draft, nextStep(draft, 'ask-provider'), {
    kind: 'ask-provider',
    appointment: standing.appointment,
  });
}

/** An appointment of a booking that an operator cancelled must not keep a slot, nor a host waiting. */
function release(draft: Draft, { standing, rivals }: BookingCourse): void {
  if (!draft.state.stopped || !standing) return;
  for (const { appointment, booked } of [standing, ...rivals]) {
    if (booked.startsAt <= draft.now || draft.state.released.includes(appointment)) continue;
    patch(draft, { released: [...draft.state.released, appointment] });
    const step = `cancel-appointment:${appointment}` as StepId;
    emit(draft, step, { kind: 'cancel-appointment', appointment });
  }
}

/** Brings the booking in line with its facts and with the clock. */
export function follow(draft: Draft): void {
  if (draft.state.ended) return;
  const course = courseOf(draft.state.appointments);
  const { status, reason } = standOf(draft.state, course, draft.now);
  const { settleUntil, search, input } = draft.state;
  const settles = status === 'completed' || status === 'cancelled';
  patch(draft, {
    status,
    reason,
    settleUntil: settles ? (settleUntil ?? ((draft.now + input.policy.settleMs) as Instant)) : null,
  });
  if (search && (settles || course.standing)) {
    forget(draft, search.step);
    patch(draft, { search: null });
  }
  if ((course.standing || course.lost) && draft.state.link !== 'done') {
    // Whoever has booked has had the link.
    forgetKind(draft, ['make-booking-link']);
    patch(draft, { link: 'done' });
  }
  askAtEnd(draft, course);
  release(draft, course);
}
