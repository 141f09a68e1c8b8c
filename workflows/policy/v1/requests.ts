import type { Actor, Instant, Millis } from '../../contract/values.ts';
import type { Standing } from '../state.ts';
import { makeBookingLink } from './booking-link.ts';
import { endNow } from './closing.ts';
import { standingKey } from './course.ts';
import { type Draft, patch, runs } from './draft.ts';
import { openHalves } from './facts.ts';
import { bookingDeadlineOf, cutoffAtOf } from './gate.ts';
import { decideLate, openRequest } from './late-change.ts';
import { isToRebook } from './hand-over.ts';
import { moveAppointment } from './move.ts';
import { isMovable } from './provider.ts';
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

/** Why the time that is asked for cannot be moved to; null where nothing speaks against it here. */
function refuseStart(
  { state, now }: Draft,
  by: Actor,
  standing: Standing,
  startsAt: Instant | null,
): Finding | null {
  if (runs(state, 'move-appointment')) return refuse('move-pending');
  if (startsAt === null) return null;
  // A client goes on at the provider's page; whoever acts for them was to have it moved.
  if (!isMovable(standing.appointment) || isToRebook(state))
    return by === 'client' ? null : refuse('not-movable');
  return startsAt <= now ? refuse('in-the-past', startsAt) : null;
}

/** The way on for who may choose another time. */
function goOn(draft: Draft, reason: string, standing: Standing, startsAt: Instant | null): Finding {
  const { appointment } = standing;
  if (isToRebook(draft.state)) return accept(reason, 'booking-link');
  if (startsAt === null || !isMovable(appointment))
    return accept(reason, appointment ? 'provider-page' : 'booking-link');
  if (startsAt === standing.startsAt) return accept('same-time');
  moveAppointment(draft, appointment, startsAt);
  return accept(reason, 'moving');
}

/**
 * Allowed if and only if `now < startsAt − cutoff`.
 *
 * @param startsAt where it is to be moved to, by the provider's API; null: the asker chooses at the provider.
 */
export function reschedule(draft: Draft, by: Actor, startsAt: Instant | null): Finding {
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
    const wrong = refuseStart(draft, by, standing, startsAt);
    return wrong ?? goOn(draft, 'late-change-was-approved', standing, startsAt);
  }
  if (openHalves(state.appointments).length > 0) return refuse('move-pending');
  const wrong = refuseStart(draft, by, standing, startsAt);
  if (wrong) return wrong;

  const of = standingKey(standing);
  const wasAllowed = state.authorised.some((one) => one.of === of);
  const until = Math.max(cutoffAt, now + MOVE_ALLOWANCE) as Instant;
  const others = state.authorised.filter((one) => one.of !== of || one.until < now);
  patch(draft, { authorised: [...others, { of, at: now, until, by: 'rule' }] });
  if (standing.appointment !== null) return goOn(draft, 'reschedule-allowed', standing, startsAt);
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
