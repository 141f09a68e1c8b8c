import type { BookingRefusal, BookingVerdict } from '../../../contract/booking.ts';
import type { StepId } from '../../../contract/values.ts';
import { type Draft, emit, forget, patch } from './draft.ts';
import { goOnWithout } from './outcomes.ts';

const done: BookingVerdict = { accepted: true, next: 'none' };
const refuse = (reason: BookingRefusal): BookingVerdict => ({ accepted: false, reason, at: null });

/** The run was cancelled. What is over already is only closed sooner. */
export function stop(draft: Draft): void {
  const { status, ended } = draft.state;
  if (ended) return;
  if (status === 'pending' || status === 'scheduled') patch(draft, { stopped: true });
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
