import type { EffectResult } from '../../contract/events.ts';
import type { StepId } from '../../contract/values.ts';
import type { SessionState, Step } from '../state.ts';
import { failStep } from './attention.ts';
import { type Draft, emit, forget, patch } from './draft.ts';
import { write } from './ticket.ts';
import { accept, type Finding, refuse, told } from './verdicts.ts';

const REFUND = 'refund' as StepId;

/** A session has one refund, whatever asks for it; the run stays open until it is decided. */
export function askForRefund(draft: Draft, approved: boolean): void {
  patch(draft, { refund: 'requested' });
  emit(draft, 'money', REFUND, { kind: 'refund', amount: 'full', approved });
}

export function refundIsOpen({ refund }: SessionState): boolean {
  return refund !== 'none' && refund !== 'done' && refund !== 'skipped';
}

/** Keeps the step, so that it can be repeated or skipped, and says why it stands still. */
function hold(draft: Draft, step: Step | undefined, refund: SessionState['refund'], code: string): Finding {
  patch(draft, { refund, steps: { ...draft.state.steps, ...(step && { [REFUND]: step }) } });
  failStep(draft, REFUND, code, null);
  return told(code);
}

/** @param asked the state before the outcome: the step is forgotten by now. */
export function hearRefund(
  draft: Draft,
  status: Extract<EffectResult, { kind: 'refund' }>['status'],
  asked: SessionState,
): Finding {
  const step = asked.steps[REFUND];
  switch (status) {
    case 'done':
      patch(draft, { refund: 'done' });
      write(draft, 'refund', { toClient: true, reason: 'refund-done' });
      return told('refunded');
    case 'nothing-to-refund':
      patch(draft, { refund: 'done' });
      return told('nothing-to-refund');
    case 'pending':
      return hold(draft, step, 'pending', 'refund-pending');
    case 'failed':
      return hold(draft, step, 'failed', 'refund-failed');
    case 'needs-approval': {
      // A repeat that finds the same limit tells nobody anything new.
      const known = asked.attention.some(({ code }) => code === 'refund-approval');
      const finding = hold(draft, step, 'awaiting-approval', 'refund-approval');
      if (!known) write(draft, 'refund-approval');
      return finding;
    }
  }
}

/** An operator's answer about a refund above the configured amount. */
export function decideRefund(draft: Draft, approve: boolean): Finding {
  if (draft.state.refund !== 'awaiting-approval') return refuse('no-refund-to-decide');
  forget(draft, REFUND);
  if (approve) {
    askForRefund(draft, true);
    return accept('refund-approved');
  }
  patch(draft, { refund: 'skipped' });
  write(draft, 'refund', { toClient: true, reason: 'refund-declined' });
  return accept('refund-declined');
}
