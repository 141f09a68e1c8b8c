import type { Actor, Instant, Millis } from '../../contract/values.ts';
import { makeBookingLink } from './booking-link.ts';
import { endNow } from './closing.ts';
import { standingKey } from './course.ts';
import { type Draft, patch } from './draft.ts';
import { openHalves } from './facts.ts';
import { bookingDeadlineOf, cutoffAtOf } from './gate.ts';
import { decideLate, openRequest } from './late-change.ts';
import { accept, type Finding, refuse, refuseIfOver } from './verdicts.ts';

/**
 * How long a move that was allowed before the cutoff may take to be made. Without a bound, one request in time
 * would keep the door open until the start.
 */
const MOVE_ALLOWANCE: Millis = 15 * 60_000;

/** What is refused to a client, whatever the phase. */
function refuseToClient({ state }: Draft, by: Actor): Finding | null {
  return by === 'client' && state.access === 'revoked' ? refuse('access-revoked') : null;
}

/** Allowed if and only if `now < startsAt − cutoff`. */
export function reschedule(draft: Draft, by: Actor): Finding {
  const over = refuseIfOver(draft) ?? refuseToClient(draft, by);
  if (over) return over;
  const { state, now } = draft;
  if (state.phase === 'opening') return refuse('opening');
  if (state.cancelPending) return refuse('cancel-pending', state.cancelPending.dueAt);
  const { standing } = state;
  const cutoffAt = cutoffAtOf(state);
  if (!standing || cutoffAt === null) return refuse('not-booked', bookingDeadlineOf(state));
  if (state.late) return refuse('late-change-pending', state.late.deadline);
  if (now >= cutoffAt) {
    const approved = state.authorised.some(
      (one) => one.by === 'person' && one.of === standingKey(standing) && now <= one.until,
    );
    if (!approved) return refuse('after-cutoff', cutoffAt);
    return accept('late-change-was-approved', standing.appointment ? 'provider-page' : 'booking-link');
  }
  if (openHalves(state.appointments).length > 0) return refuse('move-pending');

  const of = standingKey(standing);
  const wasAllowed = state.authorised.some((one) => one.of === of);
  const until = Math.max(cutoffAt, now + MOVE_ALLOWANCE) as Instant;
  const others = state.authorised.filter((one) => one.of !== of || one.until < now);
  patch(draft, { authorised: [...others, { of, at: now, until, by: 'rule' }] });
  if (standing.appointment !== null) return accept('reschedule-allowed', 'provider-page');
  // The link of an earlier request still waits to be used: none can be deleted, so no second one is made.
  if (!wasAllowed) makeBookingLink(draft);
  return accept('reschedule-allowed', 'booking-link');
}

/** Cancelling the session, which is more than cancelling its appointment. */
export function cancel(draft: Draft, by: Actor, wish: 'policy' | 'full' | 'none'): Finding {
  const over = refuseIfOver(draft) ?? refuseToClient(draft, by);
  if (over) return over;
  const { state, now } = draft;
  const cutoffAt = cutoffAtOf(state);
  const inTime = cutoffAt === null || now < cutoffAt;
  if (by === 'client') {
    if (state.phase === 'opening') return refuse('opening');
    if (state.late) return refuse('late-change-pending', state.late.deadline);
    if (!inTime) return refuse('after-cutoff', cutoffAt);
  }
  const byPolicy = inTime ? state.input.policy.refund : 'none';
  const refund = by === 'client' || wish === 'policy' ? byPolicy : wish;
  endNow(draft, 'cancelled', state.payment === 'not-paid' ? 'none' : refund, `cancelled-by-${by}`);
  return accept('session-cancelled');
}

/** After the cutoff a client may still ask; a person decides. */
export function requestLateChange(draft: Draft, by: Actor): Finding {
  const over = refuseIfOver(draft) ?? refuseToClient(draft, by);
  if (over) return over;
  const { state, now } = draft;
  if (state.phase === 'opening') return refuse('opening');
  const { standing } = state;
  const cutoffAt = cutoffAtOf(state);
  if (!standing || cutoffAt === null) return refuse('not-booked', bookingDeadlineOf(state));
  if (state.late) return refuse('late-change-pending', state.late.deadline);
  if (now < cutoffAt) return refuse('before-cutoff', cutoffAt);
  if (now >= standing.startsAt) return refuse('started', standing.startsAt);
  openRequest(draft, by);
  return accept('late-change-requested');
}

export function decideLateChange(draft: Draft, approve: boolean): Finding {
  const over = refuseIfOver(draft);
  if (over) return over;
  const { late } = draft.state;
  if (!late) return refuse('no-late-change');
  const reason = approve ? 'approved' : 'declined';
  decideLate(draft, late, approve, reason);
  return accept(`late-change-${reason}`);
}
