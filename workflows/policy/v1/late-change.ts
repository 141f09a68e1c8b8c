import type { Actor, Instant, Millis } from '../../contract/values.ts';
import type { LateChange, SessionState, Standing } from '../state.ts';
import { type LateCourse, standingKey } from './course.ts';
import { look } from './attention.ts';
import { type Draft, emit, forgetKind, nextStep, patch } from './draft.ts';
import { makeBookingLink } from './booking-link.ts';
import { moveAppointment } from './move.ts';
import { isMovable } from './provider.ts';
import { lateNoteOf, write } from './ticket.ts';

const MINUTE: Millis = 60_000;

/**
 * When a late change gets its default answer: before the session begins at its old or its new time, whatever the
 * policy allows. The margin is a minute, and less where the policy itself is a matter of minutes.
 */
export function lateDeadline({ now, state }: Draft, requestedAt: Instant, wanted: Standing | null): Instant {
  const { lateDeadlineMs } = state.input.policy;
  const margin = Math.min(MINUTE, lateDeadlineMs / 10);
  const starts = [state.standing, wanted].flatMap((one) => (one ? [one.startsAt] : []));
  return Math.max(now, Math.floor(Math.min(requestedAt + lateDeadlineMs, ...starts) - margin)) as Instant;
}

/** Half-way to the deadline; null when that has passed, because what is told now need not be repeated. */
function reminderOf(requestedAt: Instant, deadline: Instant, now: Instant): Instant | null {
  const at = Math.floor((requestedAt + deadline) / 2);
  return at > now ? (at as Instant) : null;
}

/** Names a late change to whoever keeps the graces: the same through every change of mind. */
function graceKeyOf({ requestedAt }: LateChange): string {
  return `late@${requestedAt}`;
}

type Opened = Omit<LateChange, 'deadline' | 'remindAt'>;

/** Raises the ticket, and asks for the client's grace where the deal has one. */
function open(draft: Draft, opened: Opened, before: LateChange | null): void {
  const { state, now } = draft;
  const deadline = lateDeadline(draft, opened.requestedAt, opened.wanted);
  const wasReminded = before !== null && before.remindAt === null;
  const remindAt = wasReminded ? null : reminderOf(opened.requestedAt, deadline, now);
  const late: LateChange = { ...opened, deadline, remindAt };
  patch(draft, { late });
  write(draft, 'late-change-requested', { reason: late.kind, late: lateNoteOf(draft.state, late) });
  const wasClaimed = before?.by === 'client';
  const mayClaim = state.input.policy.lateGrace === 'once' && late.by === 'client' && !wasClaimed;
  // Too near the start it is answered by its deadline at once: no grace is spent on that.
  if (!mayClaim || deadline <= now) return;
  const step = nextStep(draft, 'claim-grace');
  emit(draft, 'money', step, { kind: 'claim-grace', lateChange: graceKeyOf(late) });
}

/** Nobody is asked any more, and no grace is needed. */
export function dropLate(draft: Draft): void {
  patch(draft, { late: null });
  forgetKind(draft, ['claim-grace']);
}

/** The client asked on our page; nothing has moved yet. */
export function openRequest(draft: Draft, by: Actor): void {
  const { state, now } = draft;
  const key = `${standingKey(state.standing)}>?${now}`;
  open(draft, { key, kind: 'request', requestedAt: now, by, wanted: null }, null);
}

/** Follows what the facts say: a late change that appeared, turned into another, or is no longer one. */
export function followLate(draft: Draft, course: LateCourse | null): void {
  const { late } = draft.state;
  if (!course) {
    if (late && late.kind !== 'request') dropLate(draft);
    return;
  }
  if (late?.key === course.key) {
    // Its new time may have moved closer without a new name.
    const latest = lateDeadline(draft, late.requestedAt, course.wanted);
    const deadline = Math.min(late.deadline, latest) as Instant;
    patch(draft, { late: { ...late, wanted: course.wanted, deadline } });
    return;
  }
  // A change of mind does not buy more time.
  const requestedAt = late?.requestedAt ?? draft.now;
  open(draft, { ...course, requestedAt, by: 'client' }, late);
}

/** Half of the time is over and nobody has answered. */
export function remindOfLate(draft: Draft, late: LateChange): void {
  patch(draft, { late: { ...late, remindAt: null } });
  write(draft, 'late-change-reminder', { reason: late.kind, late: lateNoteOf(draft.state, late) });
}

/**
 * What was declined has already happened at the provider. Calendly's API moves no appointment, so a person must; a
 * provider whose API does is asked here.
 */
function putProviderRight(draft: Draft, late: LateChange, reason: string): void {
  const { standing } = draft.state;
  const made = late.kind === 'move' ? late.wanted : null;
  if (standing && made && isMovable(made.appointment) && made.startsAt !== standing.startsAt) {
    write(draft, 'late-change-declined', { toClient: true, reason });
    write(draft, 'late-change-set-back', { reason: late.kind, late: lateNoteOf(draft.state, late) });
    moveAppointment(draft, made.appointment, standing.startsAt);
    return;
  }
  look(draft, 'late-change-declined-but-moved');
  write(draft, 'late-change-declined-but-moved', { toClient: true, reason });
  write(draft, 'late-change-declined-but-moved', {
    reason: late.kind,
    late: lateNoteOf(draft.state, late),
  });
}

/** The time that an approval is about. */
function approvedTime(state: SessionState, late: LateChange): Standing | null {
  return late.kind === 'request' ? state.standing : late.wanted;
}

/** A person's answer, the grace, or at the deadline the default. */
export function decideLate(draft: Draft, late: LateChange, approve: boolean, reason: string): void {
  const { state, now } = draft;
  const { standing } = state;
  dropLate(draft);
  if (late.kind !== 'request')
    patch(draft, {
      decided: { ...state.decided, [late.key]: { approve, at: now, to: late.wanted?.appointment ?? null } },
    });
  if (!approve) {
    if (late.kind === 'request') write(draft, 'late-change-declined', { toClient: true, reason });
    else putProviderRight(draft, late, reason);
    return;
  }
  write(draft, 'late-change-approved', { toClient: true, reason, about: approvedTime(state, late) });
  if (late.kind !== 'request' || !standing) return;
  const of = standingKey(standing);
  patch(draft, {
    authorised: [...state.authorised, { of, at: now, until: standing.startsAt, by: 'person' }],
  });
  if (standing.appointment === null) makeBookingLink(draft);
}
