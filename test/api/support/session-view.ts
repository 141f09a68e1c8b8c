import type { SessionView } from '../../../workflows/contract/session.ts';
import { gateOf, HOUR, KEY, linkId, NOW } from './values.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** A session behind its cutoff, an hour before its start, with a step that failed. */
export function viewOf(more: Partial<SessionView> = {}): SessionView {
  return {
    sessionKey: KEY,
    tenantId: 1,
    rulesVersion: 1,
    phase: 'locked',
    outcome: null,
    provider: 'calendly',
    appointment: null,
    startsAt: iso(NOW + HOUR),
    endsAt: iso(NOW + 2 * HOUR),
    cutoffAt: iso(NOW - HOUR),
    bookingDeadline: null,
    nextInstant: iso(NOW + HOUR),
    ticketNumber: null,
    linkId: linkId(1),
    lateChange: { requestedAt: iso(NOW), deadline: iso(NOW + HOUR), by: 'client' },
    moveUntil: null,
    attention: [{ step: 'open-ticket', code: 'vendor-forbidden', since: NOW, requestId: 'r-1' }],
    refund: 'none',
    gate: gateOf(),
    timeline: [],
    ...more,
  };
}
