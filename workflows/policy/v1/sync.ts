import type { Instant } from '../../contract/values.ts';
import type { SessionState, Standing } from '../state.ts';
import { look, lookedAt } from './attention.ts';
import { makeBookingLink } from './booking-link.ts';
import { type Course, courseOf, isSameTime, type LastChange, timeKey } from './course.ts';
import { type Draft, forgetKind, patch } from './draft.ts';
import { isToRebook, leaveOtherProvider } from './hand-over.ts';
import { dropLate, followLate } from './late-change.ts';
import { phaseOf } from './phase.ts';
import { write } from './ticket.ts';

/** The reminders of a time, without those whose instant has passed. */
export function plannedReminders(
  state: SessionState,
  standing: Standing,
  now: Instant,
): SessionState['reminders'] {
  return [...new Set(state.input.policy.remindersMs)]
    .map((beforeMs) => ({ at: (standing.startsAt - beforeMs) as Instant, beforeMs }))
    .filter(({ at }) => at > now)
    .toSorted((a, b) => a.at - b.at);
}

type Freed = NonNullable<Course['freed']>;

/** What changed about the session's time, in one word. */
export type TimeChange =
  | 'none'
  | 'booked'
  | 'moved'
  | 'same-time'
  | 'freed'
  | 'cancel-pending'
  | 'late-change'
  | 'late-change-withdrawn';

/**
 * A late change that somebody had given leave for counts as approved from now on, and its leave as used. That a time
 * was the same under another name is kept too: what its times become later is another matter.
 */
function keep(draft: Draft, last: LastChange, { appointment }: Standing): void {
  const { decided, authorised } = draft.state;
  if (decided[last.key] || (last.how !== 'leave' && last.how !== 'same-time')) return;
  const sameTime = last.how === 'same-time' ? ({ sameTime: true } as const) : {};
  const decision = { approve: true, at: draft.now, to: appointment, ...sameTime };
  patch(draft, {
    decided: { ...decided, [last.key]: decision },
    authorised: last.how === 'leave' ? authorised.filter((one) => one !== last.leave) : authorised,
  });
}

function stand(
  draft: Draft,
  standing: Standing,
  change: 'booked' | 'moved' | 'same-time',
  last: LastChange | null,
): void {
  if (last) keep(draft, last, standing);
  patch(draft, {
    standing,
    freed: null,
    reminders: plannedReminders(draft.state, standing, draft.now),
    expiry: null,
    cancelPending: null,
  });
  patch(draft, { phase: phaseOf(draft.state, draft.now) });
  if (standing.appointment !== null && !isToRebook(draft.state)) forgetKind(draft, ['make-booking-link']);
  // An approved late change was announced by its approval.
  if (change === 'booked' || (change === 'moved' && last?.how !== 'approved'))
    write(draft, change, { toClient: true });
}

function free(draft: Draft, freed: Freed): TimeChange {
  const { state, now } = draft;
  patch(draft, { standing: null, reminders: [], expiry: null, cancelPending: null });
  patch(draft, { phase: phaseOf(draft.state, now) });
  const { cause, appointment } = freed;
  if (cause === 'client' && appointment !== null && state.input.policy.onCancel === 'end') {
    const dueAt = (now + state.input.policy.refundSettleMs) as Instant;
    patch(draft, { cancelPending: { appointment, dueAt, step: null } });
    return 'cancel-pending';
  }
  makeBookingLink(draft);
  if (cause === 'host-asked') write(draft, 'host-asks-reschedule', { toClient: true });
  else write(draft, 'rebook', { toClient: true, reason: cause });
  return 'freed';
}

/** Brings the session's time in line with the facts, with everything that a change of it entails. */
export function followCourse(draft: Draft): TimeChange {
  if (draft.state.ending) return 'none';
  const course = courseOf(draft.state);
  const before = draft.state.standing;
  const lateBefore = draft.state.late?.key;
  let change: TimeChange = 'none';
  if (course.standing === null) {
    // An appointment whose end was heard before its booking was a time too, and its link is spent.
    const freed: Freed | null =
      course.freed ?? (before && { at: draft.now, cause: 'half', appointment: before.appointment });
    const key = freed && `${freed.appointment ?? 'fixed'}@${freed.at}`;
    if (freed && key !== draft.state.freed) {
      patch(draft, { freed: key });
      change = free(draft, freed);
    }
  } else if (course.standing !== null && (before === null || timeKey(before) !== timeKey(course.standing))) {
    if (before === null) change = 'booked';
    else change = isSameTime(before, course.standing) ? 'same-time' : 'moved';
    stand(draft, course.standing, change, course.last);
  } else if (course.standing !== null && before?.endsAt !== course.standing.endsAt) {
    patch(draft, { standing: course.standing });
    change = 'moved';
  }
  const { late } = draft.state;
  // A request about a time that no longer stands is answered by what happened.
  const answered = change !== 'none' && change !== 'same-time';
  if (answered && late?.kind === 'request') dropLate(draft);
  const { late: pending } = draft.state;
  followLate(draft, course.late);
  const withdrawn = pending !== null && draft.state.late === null;
  leaveOtherProvider(draft);
  if (course.rivals) look(draft, 'second-appointment');
  else lookedAt(draft, 'second-appointment');
  if (course.agreed) lookedAt(draft, 'late-change-declined-but-moved');
  if (withdrawn && (change === 'none' || change === 'same-time')) write(draft, 'late-change-withdrawn');
  if (change !== 'none' || draft.state.late?.key === lateBefore) return change;
  if (draft.state.late) return 'late-change';
  return withdrawn ? 'late-change-withdrawn' : 'none';
}
