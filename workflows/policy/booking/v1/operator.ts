import type { BookingVerdict } from '../../../contract/booking.ts';
import type { StepId } from '../../../contract/values.ts';
import { type Draft, emit, forget, forgetKind, patch } from './draft.ts';
import { goOnWithout } from './outcomes.ts';
import { look } from './release.ts';
import { done, refuse } from './verdicts.ts';

/** The booking is given up. What is over already is only closed sooner. */
export function stop(draft: Draft): void {
  const { status, stopped, ended } = draft.state;
  if (ended) return;
  if (status === 'pending' || status === 'scheduled') {
    patch(draft, { stopped: true });
    look(draft);
  }
  // Whoever stops it again does not wait for a provider that does not answer.
  if (stopped) forgetKind(draft, ['ask-provider']);
  patch(draft, { settleUntil: draft.now });
}

/** Sends the same effect on its way again. */
export function retry(draft: Draft, step: StepId): BookingVerdict {
  const known = draft.state.steps[step];
  if (!known) return refuse('unknown-step');
  if (known.status === 'running') return refuse('step-running');
  emit(draft, step, known.call);
  if (known.call.kind === 'make-booking-link') patch(draft, { link: 'running' });
  return done;
}

/** Goes on as if a failed step were done. */
export function skip(draft: Draft, step: StepId): BookingVerdict {
  const known = draft.state.steps[step];
  if (!known) return refuse('unknown-step');
  if (known.status === 'running') return refuse('step-running');
  forget(draft, step);
  switch (known.call.kind) {
    case 'make-booking-link':
      patch(draft, { link: 'skipped' });
      break;
    case 'ask-provider':
      goOnWithout(draft, step);
      break;
    case 'cancel-appointment':
    case 'record-booking':
      break;
  }
  return done;
}
