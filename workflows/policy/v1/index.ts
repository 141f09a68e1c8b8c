import type { SessionEvent } from '../../contract/events.ts';
import type { Instant, StepId } from '../../contract/values.ts';
import type { Decision, Rules } from '../rules.ts';
import type { SessionState } from '../state.ts';
import { advance, nextDue, nextInstant } from './clock.ts';
import { hasEnded, removeRoute } from './closing.ts';
import { type Draft, draftOf, emit, patch, record } from './draft.ts';
import { gateOf, keepRoute } from './gate.ts';
import { handOver } from './hand-over.ts';
import { initial } from './initial.ts';
import { mailLink } from './link.ts';
import { confirmPayment, finishOpening } from './opening.ts';
import {
  correctEmail,
  moveCutoff,
  reissueLink,
  resendLink,
  restoreAccess,
  retry,
  retryFailed,
  revokeAccess,
  revokeLink,
  skip,
} from './operator.ts';
import { hearOutcome } from './outcomes.ts';
import { hearOutside } from './outside.ts';
import { phaseOf } from './phase.ts';
import { decideRefund } from './refund.ts';
import { cancel, decideLateChange, requestLateChange, reschedule } from './requests.ts';
import { followCourse } from './sync.ts';
import { pump } from './ticket.ts';
import { accept, type Finding, refuse, silent, told } from './verdicts.ts';
import { recordOf, viewOf } from './view.ts';

function open(draft: Draft): Finding {
  if (draft.state.seq > 0) return told('repeated', false);
  confirmPayment(draft);
  // Nothing that others look at has changed yet: the entry rides along with what Saleor answers.
  return told('opened', false);
}

/** One event, whatever the phase. The clock's part is already applied. */
function apply(draft: Draft, event: SessionEvent): Finding {
  switch (event.type) {
    case 'clock.opened':
      return open(draft);
    case 'clock.due':
      return silent('due');
    case 'request.reschedule':
      return reschedule(draft, event.by, event.startsAt ?? null);
    case 'request.cancel':
      return cancel(draft, event.by, event.refund);
    case 'request.late-change':
      return requestLateChange(draft, event.by);
    case 'operator.cancel':
      return { ...cancel(draft, 'operator', 'policy'), answer: null };
    case 'operator.decide-late-change':
      return decideLateChange(draft, event.approve);
    case 'operator.decide-refund':
      return decideRefund(draft, event.approve);
    case 'operator.move-cutoff':
      return moveCutoff(draft, event.cutoffMs);
    case 'operator.hand-over':
      return handOver(draft, event.provider, event.eventType);
    case 'operator.correct-email':
      return correctEmail(draft);
    case 'operator.reissue-link':
      return reissueLink(draft);
    case 'operator.resend-link':
      return resendLink(draft);
    case 'operator.revoke-link':
      return revokeLink(draft, event.linkId);
    case 'operator.revoke-access':
      return revokeAccess(draft);
    case 'operator.restore-access':
      return restoreAccess(draft);
    case 'operator.retry':
      return retry(draft, event.step);
    case 'operator.skip':
      return skip(draft, event.step);
    case 'operator.retry-failed':
      return retryFailed(draft);
    case 'operator.adopt-rules':
      return event.rulesVersion === draft.state.rulesVersion
        ? accept('rules-adopted')
        : refuse('unknown-rules');
    case 'effect.done':
    case 'effect.failed':
      return hearOutcome(draft, event);
    case 'appointment.booked':
    case 'appointment.moved':
    case 'appointment.cancelled':
    case 'appointment.reschedule-pending':
    case 'appointment.no-show':
    case 'appointment.no-show-cleared':
    case 'appointment.ended':
    case 'ticket.action':
    case 'ticket.moved':
    case 'payment.refunded':
    case 'order.cancelled':
      return hearOutside(draft, event);
    default:
      return told('unknown-event', false);
  }
}

/** What follows from the event without being its subject: in the order in which a reader would expect it. */
function followUp(draft: Draft): void {
  followCourse(draft);
  const { phase } = draft.state;
  if (finishOpening(draft, draft.now)) record(draft, 'opening.over', phase, 'opened', true);
  else patch(draft, { phase: phaseOf(draft.state, draft.now) });
  mailLink(draft);
}

/**
 * What others look at, but for the version that counts it. That a gate could not be published needs attention, and
 * saying so must not publish it again.
 */
function shown(state: SessionState): string {
  const attention = state.attention.filter(({ step }) => step !== 'publish');
  return JSON.stringify([{ ...gateOf(state), version: 0 }, recordOf({ ...state, attention })]);
}

/** Publishes what others look at, at most once a decision. */
function publish(draft: Draft, before: SessionState): void {
  if (!draft.publish && shown(before) === shown(draft.state)) return;
  const version = Math.max(draft.state.version + 1, draft.now);
  const { phase, finalVersion } = draft.state;
  patch(draft, { version, finalVersion: phase === 'ended' ? (finalVersion ?? version) : null });
  emit(draft, 'gate', 'publish' as StepId, { kind: 'publish' });
}

function decide(state: SessionState, event: SessionEvent, now: Instant): Decision {
  const draft = draftOf(state, now);
  advance(draft);
  const from = draft.state.phase;
  const finding = apply(draft, event);
  const phase = phaseOf(draft.state, now);
  const moved = phase !== from;
  if (moved) patch(draft, { phase });
  if (!finding.silent || moved) record(draft, event.type, from, finding.reason, finding.changed || moved);
  followUp(draft);
  advance(draft);
  keepRoute(draft);
  removeRoute(draft);
  pump(draft);
  publish(draft, state);
  return { state: draft.state, effects: draft.effects, answer: finding.answer };
}

/** The rules of version 1. */
export const rules: Rules = {
  initial,
  decide,
  nextInstant,
  nextDue,
  hasEnded,
  gateOf,
  viewOf,
  recordOf,
  unpublished: (state) => state.timeline.filter(({ seq }) => seq > state.publishedSeq),
};
