import type { Instant, StepId } from '../../contract/values.ts';
import type { SessionState } from '../state.ts';
import { makeBookingLink } from './booking-link.ts';
import { type Draft, emit, patch } from './draft.ts';
import { keepRoute } from './gate.ts';
import { issueLink } from './link.ts';
import { phaseOf } from './phase.ts';
import { plannedReminders } from './sync.ts';
import { openTicket } from './ticket.ts';

/** Saleor is asked again before anything is given. */
export function confirmPayment(draft: Draft): void {
  emit(draft, 'money', 'confirm-payment' as StepId, { kind: 'confirm-payment' });
}

/** The payment stands: everything that opens the session begins, side by side. */
export function openDoors(draft: Draft): void {
  const { state, now } = draft;
  patch(draft, { payment: 'paid' });
  issueLink(draft, 'link');
  openTicket(draft);
  keepRoute(draft);
  const { standing } = state;
  if (standing) patch(draft, { reminders: plannedReminders(state, standing, now) });
  else makeBookingLink(draft);
  draft.publish = true;
}

function hasOutcome(step: SessionState['ticket']['step']): boolean {
  return step === 'done' || step === 'failed' || step === 'skipped';
}

/** Leaves `opening` once ticket, route and link each have an outcome. @returns whether it did. */
export function finishOpening(draft: Draft, now: Instant): boolean {
  const { phase, ending, payment, ticket, route, link } = draft.state;
  if (phase !== 'opening' || ending || payment !== 'paid') return false;
  if (![ticket.step, route.step, link.step].every(hasOutcome)) return false;
  patch(draft, { phase: 'awaiting-booking' });
  patch(draft, { phase: phaseOf(draft.state, now) });
  return true;
}
