import type { ProviderTruth } from '../../../contract/events.ts';
import type { StepId } from '../../../contract/values.ts';
import { giveUpHalf, hearTruth } from '../../v1/facts.ts';
import type { BookingResult, BookingState } from '../state.ts';
import { type Draft, fail, forget, patch } from './draft.ts';
import { follow } from './follow.ts';

/** The facts with what the provider answered, as far as it is well-formed. */
export function knowing({ state, now }: Draft, truth: ProviderTruth): BookingState['appointments'] {
  const appointments = truth.appointments.filter(({ createdAt, startsAt, endsAt }) =>
    [createdAt, startsAt, endsAt].every(Number.isFinite),
  );
  const { halfRescheduleMs } = state.input.policy;
  return hearTruth(state.appointments, { ...truth, appointments }, now, halfRescheduleMs);
}

/** What waited for this answer of the provider's goes on as if it had brought nothing. */
export function goOnWithout(draft: Draft, step: StepId): void {
  for (const { appointment, half } of Object.values(draft.state.appointments))
    if (half?.asked === step)
      patch(draft, { appointments: giveUpHalf(draft.state.appointments, appointment) });
  const { search } = draft.state;
  if (search?.step === step) patch(draft, { search: null, givenUp: search.deadline });
}

/** Decides what a done effect changes. An answer that nothing waits for any more stays true all the same. */
export function hearResult(draft: Draft, step: StepId, result: BookingResult): void {
  const known = draft.state.steps[step];
  if (known && known.call.kind !== result.kind) return;
  if (known) forget(draft, step);
  switch (result.kind) {
    case 'make-booking-link':
      if (known) patch(draft, { link: 'done' });
      break;
    case 'ask-provider':
      if (draft.state.ended) break;
      patch(draft, { appointments: knowing(draft, result.truth) });
      // An appointment that was found ends the search; what is left of it below found nothing.
      follow(draft);
      goOnWithout(draft, step);
      break;
    case 'cancel-appointment':
    case 'record-booking':
      break;
  }
}

export function hearFailure(draft: Draft, step: StepId, code: string): void {
  const known = draft.state.steps[step];
  if (!known) return;
  fail(draft, step, code);
  if (known.call.kind === 'make-booking-link') patch(draft, { link: 'failed' });
}
