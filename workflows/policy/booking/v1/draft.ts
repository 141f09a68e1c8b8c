import type { Instant, StepId } from '../../../contract/values.ts';
import type { BookingCall, BookingEffect, BookingState } from '../state.ts';

/** One decision in the making. The states it goes through are replaced, never mutated. */
export interface Draft {
  readonly now: Instant;
  state: BookingState;
  readonly effects: BookingEffect[];
}

export function patch(draft: Draft, change: Partial<BookingState>): void {
  draft.state = { ...draft.state, ...change };
}

/** Sends an effect on its way, for the first time or again, and remembers it until its outcome is heard. */
export function emit(draft: Draft, step: StepId, call: BookingCall): void {
  const { steps, attention } = draft.state;
  patch(draft, {
    steps: { ...steps, [step]: { call, status: 'running' } },
    attention: attention.filter((one) => one.step !== step),
  });
  draft.effects.push({ step, call });
}

/** A step of its own for something that may happen more than once. */
export function nextStep(draft: Draft, kind: BookingCall['kind']): StepId {
  const n = draft.state.stepCount + 1;
  patch(draft, { stepCount: n });
  return `${kind}:${n}` as StepId;
}

/** Forgets a step: it is done, skipped, or no longer matters. */
export function forget(draft: Draft, step: StepId): void {
  const { [step]: _gone, ...steps } = draft.state.steps;
  patch(draft, { steps, attention: draft.state.attention.filter((one) => one.step !== step) });
}

export function forgetKind(draft: Draft, kinds: readonly BookingCall['kind'][]): void {
  for (const [step, { call }] of Object.entries(draft.state.steps))
    if (kinds.includes(call.kind)) forget(draft, step as StepId);
}

/** A step that failed for good stays, for an operator to retry or to skip. */
export function fail(draft: Draft, step: StepId, code: string): void {
  const { steps, attention } = draft.state;
  const failed = steps[step];
  if (!failed) return;
  patch(draft, {
    steps: { ...steps, [step]: { ...failed, status: 'failed' } },
    attention: [...attention.filter((one) => one.step !== step), { step, code, since: draft.now }],
  });
}
