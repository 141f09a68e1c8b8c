import type { BookingVerdict } from '../../../contract/booking.ts';
import type { StepId } from '../../../contract/values.ts';
import type { BookingAttention, BookingCall, BookingState } from '../state.ts';
import type { BookingCourse } from './course.ts';
import { type Draft, emit, nextStep, patch } from './draft.ts';
import { done, refuse } from './verdicts.ts';

// What a booking that an operator gave up still does at its provider.

const isLook = (call: BookingCall): boolean => call.kind === 'ask-provider' && call.appointment === null;

function stepsOf({ stopped, steps }: BookingState): BookingState['steps'] {
  const atProvider = Object.entries(steps).filter(
    ([, { call }]) => call.kind === 'cancel-appointment' || isLook(call),
  );
  return stopped ? Object.fromEntries(atProvider) : {};
}

/** An appointment may have been made seconds ago, and its webhook be on its way: the provider is searched once. */
export function look(draft: Draft): void {
  emit(draft, nextStep(draft, 'ask-provider'), { kind: 'ask-provider', appointment: null });
}

/** The search that the provider never answered. Until a person looks, webhooks are still listened to. */
export function failedLook(state: BookingState): BookingAttention | undefined {
  const steps = stepsOf(state);
  return state.attention.find(({ step }) => {
    const known = steps[step];
    return known !== undefined && isLook(known.call);
  });
}

/** An appointment of a booking that an operator cancelled must not keep a slot, nor a host waiting. */
export function release(draft: Draft, { standing, rivals }: BookingCourse): void {
  if (!draft.state.stopped || !standing) return;
  for (const { appointment, booked } of [standing, ...rivals]) {
    if (booked.endsAt <= draft.now || draft.state.released.includes(appointment)) continue;
    patch(draft, { released: [...draft.state.released, appointment] });
    const step = `cancel-appointment:${appointment}` as StepId;
    emit(draft, step, { kind: 'cancel-appointment', appointment });
  }
}

/** True while the booking may not end: an appointment is not cancelled yet, or the search is under way. */
export function isReleasing(state: BookingState): boolean {
  return Object.values(stepsOf(state)).some(({ call, status }) => status === 'running' || !isLook(call));
}

/** What who waits for the cancellation hears; null while the provider has not answered. */
export function cancelAnswer(state: BookingState): BookingVerdict | null {
  const steps = stepsOf(state);
  if (Object.values(steps).some(({ status }) => status === 'running')) return null;
  const failed = state.attention.find(({ step }) => steps[step] !== undefined);
  return failed ? refuse('provider-failed', failed.since) : done;
}
