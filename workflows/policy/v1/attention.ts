import type { Attention } from '../../contract/session.ts';
import type { StepId } from '../../contract/values.ts';
import { type Draft, patch } from './draft.ts';

/** A fact that a person must look at. It stands until an operator skips its code. */
export function look(draft: Draft, code: string): void {
  if (draft.state.attention.some((one) => one.step === null && one.code === code)) return;
  const attention: Attention = { step: null, code, since: draft.now, requestId: null };
  patch(draft, { attention: [...draft.state.attention, attention] });
  draft.publish = true;
}

export function lookedAt(draft: Draft, code: string): boolean {
  const attention = draft.state.attention.filter((one) => one.step !== null || one.code !== code);
  if (attention.length === draft.state.attention.length) return false;
  patch(draft, { attention });
  draft.publish = true;
  return true;
}

/** A step that failed for good. `since` stays the first time. */
export function failStep(draft: Draft, step: StepId, code: string, requestId: string | null): void {
  const { steps, attention } = draft.state;
  const failed = steps[step];
  if (!failed) return;
  const since = attention.find((one) => one.step === step)?.since ?? draft.now;
  patch(draft, {
    steps: { ...steps, [step]: { ...failed, status: 'failed' } },
    attention: [...attention.filter((one) => one.step !== step), { step, code, since, requestId }],
  });
  // A gate that cannot be published must not be published again by saying so.
  if (failed.call.kind !== 'publish') draft.publish = true;
}
