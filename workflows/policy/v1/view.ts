import type { SessionRecord, SessionView } from '../../contract/session.ts';
import type { Instant } from '../../contract/values.ts';
import type { Authorisation, SessionState } from '../state.ts';
import { nextInstant } from './clock.ts';
import { standingKey } from './course.ts';
import { bookingDeadlineOf, cutoffAtOf, gateOf } from './gate.ts';
import { isToRebook } from './hand-over.ts';
import { bookedWith } from './provider.ts';

/** ISO 8601 UTC, or null for what no calendar knows. */
function iso(at: Instant | null): string | null {
  return at === null || !(Math.abs(at) <= 8.64e15) ? null : new Date(at).toISOString();
}

function refundView({ refund, cancelPending, input }: SessionState): SessionView['refund'] {
  switch (refund) {
    case 'none':
      return cancelPending && input.policy.refund === 'full' ? 'settling' : 'none';
    case 'requested':
    case 'pending':
      return 'requested';
    case 'done':
      return 'done';
    case 'awaiting-approval':
    case 'failed':
    case 'skipped':
      return refund;
  }
}

/** The leave to move the standing time, given to a late change. */
function approvedMove({ authorised, standing }: SessionState): Authorisation | undefined {
  return standing
    ? authorised.find(({ by, of }) => by === 'person' && of === standingKey(standing))
    : undefined;
}

export function viewOf(state: SessionState): SessionView {
  const { input, standing, ending, late } = state;
  return {
    sessionKey: input.sessionKey,
    tenantId: input.tenantId,
    rulesVersion: state.rulesVersion,
    phase: state.phase,
    outcome: ending?.outcome ?? null,
    provider: bookedWith(state),
    appointment: standing?.appointment ?? null,
    startsAt: iso(standing?.startsAt ?? null),
    endsAt: iso(standing?.endsAt ?? null),
    cutoffAt: iso(cutoffAtOf(state)),
    bookingDeadline: standing || ending ? null : iso(bookingDeadlineOf(state)),
    nextInstant: iso(nextInstant(state)),
    ticketNumber: state.ticket.number,
    linkId: state.link.current,
    lateChange: late && {
      requestedAt: iso(late.requestedAt) ?? '',
      deadline: iso(late.deadline) ?? '',
      by: late.by,
    },
    ...(isToRebook(state) && { rebook: true as const }),
    moveUntil: iso(approvedMove(state)?.until ?? null),
    attention: state.attention,
    refund: refundView(state),
    gate: gateOf(state),
    timeline: state.timeline,
  };
}

export function recordOf(state: SessionState): SessionRecord {
  const { phase, ending, standing, attention, late, input } = state;
  const told = {
    attention,
    lateChange: late && { requestedAt: late.requestedAt, deadline: late.deadline },
  };
  return {
    phase,
    outcome: ending?.outcome ?? null,
    startsAt: standing?.startsAt ?? null,
    endsAt: standing?.endsAt ?? null,
    cutoffAt: cutoffAtOf(state),
    needsAttention: attention.length > 0,
    ...(input.attentive && told),
  };
}
