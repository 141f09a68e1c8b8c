import type { Outcome } from '../../contract/session.ts';
import type { Instant, StepId } from '../../contract/values.ts';
import type { SessionState } from '../state.ts';
import { look } from './attention.ts';
import { liveAppointments } from './lives.ts';
import { type Draft, emit, forgetKind, patch } from './draft.ts';
import { overAtOf } from './gate.ts';
import { askForRefund } from './refund.ts';
import { write } from './ticket.ts';

/** What no longer matters once the gate is over. */
const LEFT_BEHIND = [
  'ask-provider',
  'make-booking-link',
  'issue-link',
  'confirm-payment',
  'remind',
  'claim-grace',
  'move-appointment',
  'hand-over',
] as const;

function shut(draft: Draft, ending: NonNullable<SessionState['ending']>): void {
  patch(draft, { phase: 'settling', ending, late: null, reminders: [], expiry: null, cancelPending: null });
  forgetKind(draft, LEFT_BEHIND);
  const { ticket } = draft.state;
  // A ticket that was never asked for is not opened to hear that the session is over.
  const queue = ticket.step === 'none' ? [] : ticket.queue.filter(({ call }) => call.kind !== 'remind');
  patch(draft, { ticket: { ...ticket, queue } });
}

/** An appointment of a session that is over must not keep a slot, nor a host waiting. */
export function releaseAppointments(draft: Draft): void {
  const { ending, steps } = draft.state;
  if (!ending || ending.outcome === null) return;
  const heldBack = ending.outcome === 'completed' || ending.outcome === 'no-show';
  for (const { appointment, booked } of liveAppointments(draft.state)) {
    if (booked.startsAt <= draft.now) continue;
    if (heldBack) {
      look(draft, 'appointment-after-end');
      continue;
    }
    const step = `cancel-appointment:${appointment}` as StepId;
    if (steps[step] || draft.state.released.includes(appointment)) continue;
    patch(draft, { released: [...draft.state.released, appointment] });
    emit(draft, 'provider', step, { kind: 'cancel-appointment', appointment });
  }
}

/** Ends the session before its time: the gate is over at once. */
export function endNow(
  draft: Draft,
  outcome: 'cancelled' | 'expired' | 'refunded',
  refund: 'full' | 'none',
  reason: string,
): void {
  const { now } = draft;
  const tookPlace = draft.state.ending !== null;
  shut(draft, { outcome, at: now, settleUntil: now });
  releaseAppointments(draft);
  if (tookPlace) write(draft, 'refund', { reason });
  else if (outcome === 'expired') write(draft, 'expired', { toClient: true, reason });
  else write(draft, 'cancelled', { toClient: true, reason });
  if (refund === 'none') return;
  askForRefund(draft, false);
}

/** The session's time is over: the gate shuts, and a no-show may still be set or cleared. */
export function settle(draft: Draft): void {
  const { state } = draft;
  if (!state.standing) return;
  const overAt = overAtOf(state, state.standing);
  const settleUntil = (overAt + state.input.policy.settleMs) as Instant;
  shut(draft, { outcome: null, at: overAt, settleUntil });
}

/** How a session that ran its course went. */
export function outcomeOf({ ending, standing, appointments }: SessionState): Outcome {
  if (ending?.outcome) return ending.outcome;
  const facts = standing?.appointment ? appointments[standing.appointment] : undefined;
  return facts?.noShow?.set ? 'no-show' : 'completed';
}

/** The last phase: the ticket closes. */
export function close(draft: Draft): void {
  const { ending } = draft.state;
  if (!ending) return;
  const outcome = outcomeOf(draft.state);
  patch(draft, { phase: 'ended', ending: { ...ending, outcome } });
  releaseAppointments(draft);
  write(draft, 'closed', { closes: true, reason: outcome });
  draft.publish = true;
}

/** Removes the route as soon as the gate is over, which is published first by whoever carries the effect out. */
export function removeRoute(draft: Draft): void {
  const { route, ending } = draft.state;
  if (!ending || route.step === 'none' || route.removal !== 'none') return;
  // The newest of the lane wins, so that a PUT under way is called off and its outcome never heard.
  forgetKind(draft, ['put-route']);
  patch(draft, { route: { ...draft.state.route, removal: 'running' } });
  emit(draft, 'route', 'delete-route' as StepId, { kind: 'delete-route' });
}

/** True when the run may return: every closing effect has an outcome. */
export function hasEnded(state: SessionState): boolean {
  const { phase, finalVersion, publishedVersion, route, ticket, steps } = state;
  if (phase !== 'ended' || finalVersion === null || publishedVersion < finalVersion) return false;
  const routeIsGone = route.step === 'none' || route.removal === 'done' || route.removal === 'skipped';
  const open = Object.values(steps).some(({ call }) => call.kind !== 'publish');
  return routeIsGone && ticket.queue.length === 0 && !open;
}
