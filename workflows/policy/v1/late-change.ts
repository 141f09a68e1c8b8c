import type { Actor, Instant, Millis } from '../../contract/values.ts';
import type { LateChange, Standing } from '../state.ts';
import { type LateCourse, standingKey } from './course.ts';
import { look } from './attention.ts';
import { type Draft, patch } from './draft.ts';
import { makeBookingLink } from './booking-link.ts';
import { write } from './ticket.ts';

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

function open(draft: Draft, late: LateChange): void {
  patch(draft, { late });
  write(draft, 'late-change-requested', {
    reason: late.kind,
    ...(late.wanted ? { about: late.wanted } : {}),
  });
}

/** The client asked on our page; nothing has moved yet. */
export function openRequest(draft: Draft, by: Actor): void {
  const { state, now } = draft;
  const key = `${standingKey(state.standing)}>?${now}`;
  const deadline = lateDeadline(draft, now, null);
  open(draft, { key, kind: 'request', requestedAt: now, deadline, by, wanted: null });
}

/** Follows what the facts say: a late change that appeared, turned into another, or is no longer one. */
export function followLate(draft: Draft, course: LateCourse | null): void {
  const { late } = draft.state;
  if (!course) {
    if (late && late.kind !== 'request') patch(draft, { late: null });
    return;
  }
  if (late?.key === course.key) {
    patch(draft, { late: { ...late, wanted: course.wanted } });
    return;
  }
  // A change of mind does not buy more time.
  const requestedAt = late?.requestedAt ?? draft.now;
  const deadline = lateDeadline(draft, requestedAt, course.wanted);
  open(draft, { ...course, requestedAt, deadline, by: 'client' });
}

/** A person's answer, or at the deadline the default one. */
export function decideLate(draft: Draft, late: LateChange, approve: boolean, reason: string): void {
  const { state, now } = draft;
  const { standing } = state;
  patch(draft, { late: null });
  if (late.kind !== 'request')
    patch(draft, { decided: { ...state.decided, [late.key]: { approve, at: now } } });
  if (!approve) {
    if (late.kind === 'request') {
      write(draft, 'late-change-declined', { toClient: true, reason });
      return;
    }
    look(draft, 'late-change-declined-but-moved');
    write(draft, 'late-change-declined-but-moved', { toClient: true, reason });
    write(draft, 'late-change-declined-but-moved', { reason: late.kind });
    return;
  }
  write(draft, 'late-change-approved', {
    toClient: true,
    reason,
    ...(late.wanted ? { about: late.wanted } : {}),
  });
  if (late.kind !== 'request' || !standing) return;
  const of = standingKey(standing);
  patch(draft, {
    authorised: [...state.authorised, { of, at: now, until: standing.startsAt, by: 'person' }],
  });
  if (standing.appointment === null) makeBookingLink(draft);
}
