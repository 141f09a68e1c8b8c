import type { Instant } from '../../../contract/values.ts';
import type { BookingState } from '../state.ts';
import { type BookingCourse, courseOf } from './course.ts';
import { type Draft, emit, forget, forgetKind, nextStep, patch } from './draft.ts';
import { failedLook, release } from './release.ts';

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

/** How long what is heard may still change it. A stopped booking waits for its provider only. */
function settleUntilOf(state: BookingState, now: Instant): Instant {
  const { settleUntil, stopped, input } = state;
  const unanswered = failedLook(state);
  if (unanswered) return (unanswered.since + input.policy.settleMs) as Instant;
  if (stopped) return Math.min(settleUntil ?? now, now) as Instant;
  return settleUntil ?? ((now + input.policy.settleMs) as Instant);
}

/** Whoever has booked has had the link, and what is over needs none. */
function dropLink(draft: Draft, link: 'done' | 'skipped'): void {
  forgetKind(draft, ['make-booking-link']);
  patch(draft, { link });
}

/** Brings the booking in line with its facts and with the clock. */
export function follow(draft: Draft): void {
  if (draft.state.ended) return;
  const course = courseOf(draft.state.appointments);
  const { status, reason } = standOf(draft.state, course, draft.now);
  const { search, link } = draft.state;
  const settles = status === 'completed' || status === 'cancelled';
  patch(draft, { status, reason, settleUntil: settles ? settleUntilOf(draft.state, draft.now) : null });
  if (search && (settles || course.standing)) {
    forget(draft, search.step);
    patch(draft, { search: null });
  }
  if (link !== 'done' && (course.standing || course.lost)) dropLink(draft, 'done');
  else if (link !== 'done' && settles) dropLink(draft, 'skipped');
  askAtEnd(draft, course);
  release(draft, course);
}
