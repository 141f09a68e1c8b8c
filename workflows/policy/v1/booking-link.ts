import { type Draft, emit, forgetKind, nextStep, runs } from './draft.ts';

/** Lets the session's page offer times. A link that is on its way is not made twice: none can be deleted. */
export function makeBookingLink(draft: Draft): void {
  if (runs(draft.state, 'make-booking-link')) return;
  forgetKind(draft, ['make-booking-link']);
  emit(draft, 'provider', nextStep(draft, 'make-booking-link'), { kind: 'make-booking-link' });
}
