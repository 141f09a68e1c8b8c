import type { EffectCall } from '../../contract/effects.ts';
import type { Attention } from '../../contract/session.ts';
import type { StepId } from '../../contract/values.ts';
import { type Draft, patch } from './draft.ts';
import { write } from './ticket.ts';

/** What is said on the ticket by a note of its own, with more in it. */
const OWN_NOTES: ReadonlySet<string> = new Set(['late-change-declined-but-moved', 'refund-approval']);

/** Says it on the ticket, unless that is closing: a note would open it again, and nobody would close it. */
function tell(draft: Draft, code: string, step?: StepId): void {
  const { input, phase } = draft.state;
  if (!input.attentive || phase === 'ended' || OWN_NOTES.has(code)) return;
  write(draft, 'attention', { reason: code, ...(step && { step }) });
}

/** What is written to the ticket cannot say there that it failed. */
const OF_THE_TICKET: ReadonlySet<EffectCall['kind']> = new Set(['open-ticket', 'write-ticket', 'remind']);

/** A fact that a person must look at. It stands until an operator skips its code. */
export function look(draft: Draft, code: string): void {
  if (draft.state.attention.some((one) => one.step === null && one.code === code)) return;
  const attention: Attention = { step: null, code, since: draft.now, requestId: null };
  patch(draft, { attention: [...draft.state.attention, attention] });
  draft.publish = true;
  tell(draft, code);
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
  const before = attention.find((one) => one.step === step);
  const since = before?.since ?? draft.now;
  patch(draft, {
    steps: { ...steps, [step]: { ...failed, status: 'failed' } },
    attention: [...attention.filter((one) => one.step !== step), { step, code, since, requestId }],
  });
  // A gate that cannot be published must not be published again by saying so.
  if (failed.call.kind === 'publish') return;
  draft.publish = true;
  // A repeat that fails the same way tells nobody anything new.
  if (before?.code !== code && !OF_THE_TICKET.has(failed.call.kind)) tell(draft, code, step);
}
