import type { AppointmentUri, Instant, Interval, LinkId, Millis, Provider, SessionKey } from './values.ts';

/** A released version of the rules is immutable; a session keeps the one it was sold under. */
export type RulesVersion = 1;

export type Phase = 'opening' | 'awaiting-booking' | 'scheduled' | 'locked' | 'settling' | 'ended';

export type Outcome = 'completed' | 'no-show' | 'cancelled' | 'expired' | 'refunded';

/** The deal the client paid for, read from the product at payment and frozen. */
export interface Policy {
  /** Reschedule and cancel until this long before the start. */
  readonly cutoffMs: Millis;
  /** An unbooked session expires this long after the payment. */
  readonly bookingDeadlineMs: Millis;
  /** The join link opens this long before the start … */
  readonly gateOpensMs: Millis;
  /** … and closes this long after the end. */
  readonly gateClosesMs: Millis;
  /** How long before the start the client is reminded. */
  readonly remindersMs: readonly Millis[];
  /** For a cancellation in time, and for an unbooked session that expires. */
  readonly refund: 'full' | 'none';
  /** What a client's cancellation at the provider, in time, does to the session. */
  readonly onCancel: 'rebook' | 'end';
  readonly lateDeadlineMs: Millis;
  readonly lateDefault: 'approve' | 'decline';
  /** `once`: a client's first late change, of all their sessions, needs no person's yes. */
  readonly lateGrace: 'none' | 'once';
  /** After the gate has shut, a no-show may still be set or cleared for this long. */
  readonly settleMs: Millis;
  /** A refund waits this long, and a fresh answer from the provider, before it is asked for. */
  readonly refundSettleMs: Millis;
  /** Half a reschedule waits this long for its other half before the provider is asked. */
  readonly halfRescheduleMs: Millis;
}

/** A value of the shop's that was refused at intake. The refused text itself stays in PostgreSQL. */
export interface IntakeProblem {
  readonly field: string;
  readonly code:
    | 'not-a-duration'
    | 'not-an-instant'
    | 'not-allowed'
    | 'start-in-the-past'
    | 'not-a-number'
    | 'over-capacity';
}

/** The input of `sessionWorkflow`. Ids and instants only: no name, no address, no amount, no token. */
export interface SessionInput {
  readonly rulesVersion: RulesVersion;
  readonly sessionKey: SessionKey;
  readonly tenantId: number;
  readonly policy: Policy;
  readonly paidAt: Instant;
  readonly provider: Provider;
  readonly durationMs: Millis;
  /** The time that came with the order, or null when the client books later. */
  readonly startsAt: Instant | null;
  readonly problems: readonly IntakeProblem[];
  /**
   * What a person must look at is also written on the ticket, and a late change that waits is the `SessionStatus`. Absent
   * in sessions that were started before there was this: their histories have neither.
   */
  readonly attentive?: true;
}

/** Who may pass now, as absolute instants: whoever reads it compares with a clock of their own. */
export interface Gate {
  readonly sessionKey: SessionKey;
  /** max(previous + 1, workflow clock in ms): a retried task or a reset run always publishes higher. */
  readonly version: number;
  /** `over` is final: the URL answers 410. */
  readonly state: 'live' | 'over';
  /** `revoked` shuts every door of this session until an operator restores it. */
  readonly access: 'granted' | 'revoked';
  /** See, book, reschedule, cancel. Null before the payment is confirmed. */
  readonly page: Interval | null;
  /** The join link: one interval, or two while a late change is being decided. */
  readonly join: readonly Interval[];
  /** The only token that opens this session; earlier ones are revoked. Null until one is issued. */
  readonly linkId: LinkId | null;
}

export interface LateChangeView {
  readonly requestedAt: string;
  readonly deadline: string;
  readonly by: string;
}

/** A failed step, or a fact that a person must look at. */
export interface Attention {
  /** The step to retry or skip, or null where there is nothing to retry. */
  readonly step: string | null;
  /** A stable code from the failure table, or a core reason such as `start-in-the-past`. */
  readonly code: string;
  readonly since: Instant;
  /** The vendor's request id, for its support. */
  readonly requestId: string | null;
}

export interface TimelineEntry {
  /** Counts from 1 without gaps. */
  readonly seq: number;
  readonly at: Instant;
  /** The event's type, e.g. `appointment.moved` or `clock.cutoff`. */
  readonly event: string;
  readonly from: Phase;
  readonly to: Phase;
  /** Why it was refused or ignored, or what it did; a stable code. */
  readonly reason: string;
}

/** What the `session` query answers, all times ISO 8601 UTC. */
export interface SessionView {
  readonly sessionKey: SessionKey;
  readonly tenantId: number;
  readonly rulesVersion: RulesVersion;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly provider: Provider;
  readonly appointment: AppointmentUri | null;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly cutoffAt: string | null;
  readonly bookingDeadline: string | null;
  readonly nextInstant: string | null;
  readonly ticketNumber: string | null;
  readonly linkId: LinkId | null;
  readonly lateChange: LateChangeView | null;
  /** The session was handed over, and its appointment is still the other provider's: the client is to book anew. */
  readonly rebook?: true;
  /** Until when a late change may be made that was asked for on our page and approved. */
  readonly moveUntil: string | null;
  readonly attention: readonly Attention[];
  readonly refund: 'none' | 'settling' | 'requested' | 'awaiting-approval' | 'done' | 'failed' | 'skipped';
  readonly gate: Gate;
  readonly timeline: readonly TimelineEntry[];
}

/** What PostgreSQL keeps of a session so that it can be listed and searched. */
export interface SessionRecord {
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  readonly cutoffAt: Instant | null;
  readonly needsAttention: boolean;
  /** What a person must look at, each with the instant at which it was raised. Of attentive sessions only. */
  readonly attention?: readonly Attention[];
  /** A late change that waits for a person's answer, or null. Of attentive sessions only. */
  readonly lateChange?: { readonly requestedAt: Instant; readonly deadline: Instant } | null;
}
