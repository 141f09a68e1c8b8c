import type { RulesVersion } from './session.ts';
import type { Actor, AppointmentUri, Instant, LinkId, Millis, Provider, StepId } from './values.ts';

/**
 * `occurredAt` is the provider's own instant, capped at `receivedAt`: a move made before the cutoff and heard
 * after it is in time.
 */
interface Heard {
  readonly occurredAt: Instant;
  readonly receivedAt: Instant;
}

/** What a scheduling provider tells, normalised at the edge. In any order, any number of times. */
export type AppointmentEvent =
  | (Heard & {
      readonly type: 'appointment.booked';
      readonly appointment: AppointmentUri;
      readonly startsAt: Instant;
      readonly endsAt: Instant;
    })
  | (Heard & {
      readonly type: 'appointment.moved';
      readonly appointment: AppointmentUri;
      readonly replaces: AppointmentUri;
      readonly startsAt: Instant;
      readonly endsAt: Instant;
    })
  | (Heard & {
      readonly type: 'appointment.cancelled';
      readonly appointment: AppointmentUri;
      readonly by: 'client' | 'host';
    })
  | (Heard & {
      /** The old half of a reschedule, or a host's request to reschedule. Never a cancellation. */
      readonly type: 'appointment.reschedule-pending';
      readonly appointment: AppointmentUri;
      /** Null when the host asked the client to choose a new time. */
      readonly replacedBy: AppointmentUri | null;
    })
  | (Heard & { readonly type: 'appointment.no-show'; readonly appointment: AppointmentUri })
  | (Heard & { readonly type: 'appointment.no-show-cleared'; readonly appointment: AppointmentUri })
  | (Heard & { readonly type: 'appointment.ended'; readonly appointment: AppointmentUri });

export type TicketAction =
  | 'cancel'
  | 'cancel_no_refund'
  | 'approve_change'
  | 'decline_change'
  | 'resend_link';

/** A session has another ticket than before: agents merged its own into that one, or somebody deleted it. */
export interface TicketMove {
  readonly why: 'merged' | 'deleted';
  readonly ticketNumber: string;
}

/** Housekeeping has found that the ticket moved. */
export type TicketMovedEvent = Heard & TicketMove & { readonly type: 'ticket.moved' };

/** What an agent chose in the ticket's `session_action` field. */
export type TicketEvent = Heard & { readonly type: 'ticket.action'; readonly action: TicketAction };

/** `unclear`: a refund that does not name this unit; a person must look. */
export type ShopEvent =
  | (Heard & { readonly type: 'payment.refunded'; readonly scope: 'order' | 'unit' | 'unclear' })
  | (Heard & { readonly type: 'order.cancelled' });

/** Everything that arrives as a signal. */
export type OutsideEvent = AppointmentEvent | TicketEvent | TicketMovedEvent | ShopEvent;

/** Everything that arrives as an Update and is answered with a verdict. */
export type RequestEvent =
  | {
      readonly type: 'request.reschedule';
      readonly by: Actor;
      /** The new start, where the asker names one: it is moved to there if the provider's API moves appointments. */
      readonly startsAt?: Instant;
    }
  | { readonly type: 'request.cancel'; readonly by: Actor; readonly refund: 'policy' | 'full' | 'none' }
  | { readonly type: 'request.late-change'; readonly by: Actor }
  | { readonly type: 'operator.decide-late-change'; readonly by: Actor; readonly approve: boolean }
  | { readonly type: 'operator.decide-refund'; readonly approve: boolean }
  | { readonly type: 'operator.move-cutoff'; readonly cutoffMs: Millis }
  | { readonly type: 'operator.hand-over'; readonly provider: Provider; readonly eventType: string }
  | { readonly type: 'operator.correct-email' }
  | { readonly type: 'operator.reissue-link' }
  | { readonly type: 'operator.resend-link' }
  | { readonly type: 'operator.revoke-link'; readonly linkId: LinkId }
  | { readonly type: 'operator.revoke-access' }
  | { readonly type: 'operator.restore-access' }
  | { readonly type: 'operator.retry'; readonly step: StepId }
  | { readonly type: 'operator.skip'; readonly step: StepId }
  | { readonly type: 'operator.adopt-rules'; readonly rulesVersion: RulesVersion };

/** The run was cancelled from Temporal UI. */
export type OperatorCancel = { readonly type: 'operator.cancel' };

/** Every failed step is to be repeated: a vendor that was away answers again. */
export type OperatorRetryFailed = { readonly type: 'operator.retry-failed' };

/** `clock.due`: an instant that the core asked to be woken at was reached. */
export type ClockEvent = { readonly type: 'clock.opened' } | { readonly type: 'clock.due' };

/** What a scheduling provider answered when it was asked for the truth. */
export interface ProviderTruth {
  /**
   * Before the first question, by the clock of whoever asked: what was heard since is newer. Left out where nothing is
   * said.
   */
  readonly askedAt?: Instant;
  readonly appointments: readonly AppointmentTruth[];
}

export interface AppointmentTruth {
  readonly appointment: AppointmentUri;
  readonly createdAt: Instant;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly replaces: AppointmentUri | null;
  readonly noShow: boolean;
  readonly end:
    | { readonly kind: 'none' }
    | { readonly kind: 'cancelled'; readonly by: 'client' | 'host'; readonly at: Instant }
    | { readonly kind: 'replaced'; readonly replacedBy: AppointmentUri | null; readonly at: Instant };
}

/** What an activity brought back. Ids and instants only. */
export type EffectResult =
  | { readonly kind: 'confirm-payment'; readonly verdict: 'paid' | 'not-paid' | 'cancelled' }
  | { readonly kind: 'issue-link' }
  | { readonly kind: 'open-ticket'; readonly ticketId: number; readonly ticketNumber: string }
  /** `moved`: the ticket was not there any more, and the note stands in another one. */
  | { readonly kind: 'write-ticket'; readonly moved?: TicketMove }
  | {
      readonly kind: 'remind';
      readonly truth: ProviderTruth;
      readonly sent: boolean;
      readonly moved?: TicketMove;
    }
  | { readonly kind: 'put-route'; readonly leaseUntil: Instant }
  | { readonly kind: 'delete-route' }
  | { readonly kind: 'publish'; readonly version: number; readonly seq: number }
  | { readonly kind: 'make-booking-link' }
  | { readonly kind: 'ask-provider'; readonly truth: ProviderTruth }
  | { readonly kind: 'cancel-appointment' }
  | { readonly kind: 'move-appointment'; readonly truth: ProviderTruth }
  | { readonly kind: 'hand-over' }
  | { readonly kind: 'claim-grace'; readonly granted: boolean }
  | {
      readonly kind: 'refund';
      /** `needs-approval`: above the limit, and nothing was done at the shop. */
      readonly status: 'done' | 'pending' | 'failed' | 'nothing-to-refund' | 'needs-approval';
    };

export type EffectEvent =
  | { readonly type: 'effect.done'; readonly step: StepId; readonly result: EffectResult }
  | {
      readonly type: 'effect.failed';
      readonly step: StepId;
      readonly code: string;
      readonly requestId: string | null;
    };

export type SessionEvent =
  | OutsideEvent
  | RequestEvent
  | OperatorCancel
  | OperatorRetryFailed
  | ClockEvent
  | EffectEvent;
