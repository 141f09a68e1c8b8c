import type { AppointmentUri, Instant, LinkId, Millis, Provider, StepId } from './values.ts';

/**
 * Effects of one lane never overtake each other; lanes never wait for each other.
 *
 * - `gate`: publishes the newest gate, record and timeline; alone, or riding along with an effect of another lane.
 * - `route`: serial, latest wins.
 * - `ticket`: strictly first in, first out.
 * - `link`, `provider`, `money`: first in, first out.
 */
export type Lane = 'gate' | 'route' | 'ticket' | 'link' | 'provider' | 'money';

/** What a note on the ticket is about; the text is written by the activity, from rows. */
export type TicketTopic =
  | 'link'
  | 'booked'
  | 'moved'
  | 'move-refused'
  | 'rebook'
  | 'host-asks-reschedule'
  | 'provider-changed'
  | 'locked'
  | 'late-change-requested'
  | 'late-change-reminder'
  | 'late-change-withdrawn'
  | 'late-change-approved'
  | 'late-change-declined'
  | 'late-change-declined-but-moved'
  | 'late-change-set-back'
  | 'cancelled'
  | 'expired'
  | 'refund'
  | 'refund-approval'
  | 'no-show'
  | 'no-show-cleared'
  | 'attention'
  | 'link-reissued'
  | 'access-revoked'
  | 'access-restored'
  | 'closed';

/** The ticket's field `session_status`. */
export type TicketStatus =
  | 'opening'
  | 'awaiting-booking'
  | 'scheduled'
  | 'locked'
  | 'late-change'
  | 'settling'
  | 'ended';

/** What agents must know of a late change to answer it, or to put the provider right. */
export interface LateNote {
  /** `request`: asked for on our page, nothing was changed at the provider. */
  readonly kind: 'move' | 'cancel' | 'request';
  /** The time that was chosen instead, where one is known. */
  readonly wanted: {
    readonly appointment: AppointmentUri | null;
    readonly startsAt: Instant;
    readonly endsAt: Instant;
  } | null;
  readonly deadline: Instant;
  /** What the deadline answers. */
  readonly byDefault: 'approve' | 'decline';
}

/** A note and the fields that change with it: one PUT, so that a repeat writes nothing twice. */
export interface TicketNote {
  /** max(previous + 1, workflow clock in seconds). A ticket whose `session_rev` is at least this has the note. */
  readonly rev: number;
  readonly topic: TicketTopic;
  readonly status: TicketStatus;
  readonly state: 'open' | 'pending reminder' | 'closed';
  /** True: the note is an e-mail to the client. False: an internal note for agents. */
  readonly toClient: boolean;
  /** Clears the `session_action` field that an agent set. */
  readonly clearAction: boolean;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  readonly cutoffAt: Instant | null;
  /** A stable code that the text explains: a refusal, an outcome, a failure. */
  readonly reason: string | null;
  /** The step that failed, where the note is about one. */
  readonly step?: StepId;
  /** Of a note to agents about a late change only. */
  readonly late?: LateNote;
  readonly linkId: LinkId | null;
}

export type EffectCall =
  | { readonly kind: 'confirm-payment' }
  | { readonly kind: 'issue-link'; readonly linkId: LinkId; readonly revokes: LinkId | null }
  | { readonly kind: 'open-ticket'; readonly rev: number; readonly status: TicketStatus }
  | { readonly kind: 'write-ticket'; readonly note: TicketNote }
  | {
      /** Asks the provider first; mails only when the appointment still stands at this time. */
      readonly kind: 'remind';
      readonly appointment: AppointmentUri | null;
      readonly startsAt: Instant;
      readonly beforeMs: Millis;
      readonly note: TicketNote;
    }
  | { readonly kind: 'put-route'; readonly until: Instant }
  /** Never without a publication before it, so that everyone could hear that the gate is over. */
  | { readonly kind: 'delete-route' }
  | { readonly kind: 'publish' }
  | { readonly kind: 'make-booking-link' }
  | { readonly kind: 'ask-provider'; readonly appointment: AppointmentUri | null }
  | { readonly kind: 'cancel-appointment'; readonly appointment: AppointmentUri }
  | {
      /** Only where the provider's API moves appointments. What takes its place begins at `startsAt`. */
      readonly kind: 'move-appointment';
      readonly appointment: AppointmentUri;
      readonly startsAt: Instant;
    }
  | {
      /** From here on the session's links are made at this provider. */
      readonly kind: 'hand-over';
      readonly provider: Provider;
      readonly eventType: string;
    }
  | { readonly kind: 'claim-grace'; readonly lateChange: string }
  | {
      readonly kind: 'refund';
      readonly amount: 'full';
      /** An operator said yes, whatever the limit is. */
      readonly approved: boolean;
    };

export interface Effect {
  readonly lane: Lane;
  readonly step: StepId;
  readonly call: EffectCall;
}
