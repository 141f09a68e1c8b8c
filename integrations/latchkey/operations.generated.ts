// Made from the OpenAPI document by `npm run docs`. What is changed here is lost.

import type { Call } from './client.ts';

export type BookWithLink = {
  /** The link’s token. */
  readonly token: string;
  /** With a permanent link, a repeat with the same one is the same booking; without one, each request is a booking of its own. A one-time link does not need it. */
  readonly nonce?: string;
};

export type CreateBookingLink = {
  /** The booking template to use. */
  readonly template_id: number;
  /** The client who will use the link. */
  readonly client_id: number;
  readonly token_purpose: BookingLinkPurpose;
};

/** A one-time link is good for 24 hours and one booking; a permanent one has no expiry and any number of bookings. */
export type BookingLinkPurpose = 'one-time-booking-link' | 'permanent-booking-link';

/** The first that fits of: revoked, spent, expired, active. */
export type BookingLinkState = 'active' | 'revoked' | 'expired' | 'spent';

/** Either `token` or `jti`. */
export type RevokeBookingLink = {
  /** The link’s token, whatever its age. */
  readonly token?: string;
  /** The `jti` of its claims. */
  readonly jti?: string;
};

/** What a visitor gives to ask for a booking. */
export type BookingRequest = {
  readonly firstName: string;
  readonly lastName: string;
  readonly companyName: string;
  readonly companyWebsite: string;
  readonly position: string;
  readonly isDecisionMaker: boolean;
  readonly email: string;
  readonly businessPhone?: BusinessPhone;
  /** Leave it out, or empty. Forms hide this field: only programs fill it in. */
  readonly homepage?: string;
};

export type BusinessPhone = {
  readonly code: string;
  readonly number: string;
};

export type StatusChange = Readonly<Record<string, unknown>> &
  (
    | {
        readonly status: 'scheduled';
        readonly eventData: EventData;
      }
    | {
        readonly status: 'pending' | 'completed' | 'cancelled';
        readonly eventData?: EventData;
      }
  );

/** Names the appointment. Only its address is believed: everything else is asked of Calendly, and what is said of it here must agree. */
export type EventData = {
  readonly inviteeUri: string;
  readonly eventUri?: string;
  readonly scheduledAt?: string;
};

export type StartSession = {
  readonly client: {
    readonly email: string;
    readonly first_name: string;
    readonly last_name: string;
    /** A language tag of BCP 47. It is kept in lower case. */
    readonly language?: string;
  };
  readonly product: string;
  readonly variant?: string;
  readonly duration: string;
  /** Left out: the client books a time. */
  readonly starts_at?: string;
  /** Left out: the tenant’s. */
  readonly time_zone?: string;
  /** What is behind the lock. Left out: the appointment’s join URL. */
  readonly resource?: string;
  readonly provider?: 'calendly' | 'calcom';
  readonly event_type?: string;
  readonly amount: string;
  readonly currency: string;
  /** What the payment is known by, e.g. the number of an invoice. It is shown as the order’s number. */
  readonly payment_reference: string;
  readonly policy?: SessionPolicy;
  /** Why: for the audit, and nowhere else. */
  readonly reason?: string;
};

/** The deal, where it is not the usual one. Durations are ISO 8601. */
export type SessionPolicy = {
  readonly cutoff?: string;
  readonly booking_deadline?: string;
  readonly gate_opens?: string;
  readonly gate_closes?: string;
  readonly reminders?: readonly string[];
  readonly refund?: 'full' | 'none';
  readonly on_cancel?: 'rebook' | 'end';
  readonly late_deadline?: string;
  readonly late_default?: 'approve' | 'decline';
  readonly late_grace?: 'none' | 'once';
  readonly settle?: string;
  readonly refund_settle?: string;
  readonly half_reschedule?: string;
};

/** Everything that is given must fit. */
export type SessionFilter = {
  readonly phase?: 'opening' | 'awaiting-booking' | 'scheduled' | 'locked' | 'settling' | 'ended';
  readonly outcome?: 'completed' | 'no-show' | 'cancelled' | 'expired' | 'refunded';
  /** Starts then or later. */
  readonly starts_from?: string;
  /** Starts before then. */
  readonly starts_to?: string;
  /** Taken in then or later. */
  readonly created_from?: string;
  /** Taken in before then. */
  readonly created_to?: string;
  /** Part of the client’s name or e-mail address, or of the product’s name; or a whole order or ticket number. */
  readonly term?: string;
  /** Whether a person must look at it. */
  readonly attention?: boolean;
  /** Whether a late change waits for its decision, as was last recorded. */
  readonly late_change?: boolean;
};

export type CreateCalendar = {
  /** The user who owns it. */
  readonly user_id: number;
  readonly name: string;
  readonly provider: 'calendly' | 'calcom';
  /** The provider’s id of the event type that is booked. */
  readonly event_type: string;
};

export type CreateClient = {
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  /** A language tag of BCP 47. It is kept in lower case. */
  readonly language?: string;
};

export type CreateTemplate = {
  /** A calendar of the same tenant. */
  readonly calendar_id: number;
  readonly name: string;
  readonly duration_minutes: number;
};

export type EraseClient = {
  /** `refuse`: nothing is done while a session or booking runs. `end`: each is cancelled, with a refund by its policy. */
  readonly running: 'refuse' | 'end';
  /** Why: for the audit, and nowhere else. */
  readonly reason?: string;
};

export type NewWebhookEndpoint = {
  /** https, and on the public internet. Without credentials. */
  readonly url: string;
  readonly events: readonly (
    | 'session.*'
    | 'session.opened'
    | 'session.booked'
    | 'session.moved'
    | 'session.locked'
    | 'session.cancelled'
    | 'session.ended'
    | 'session.attention_raised'
    | 'session.attention_cleared'
    | 'session.late_change_requested'
    | 'session.late_change_decided'
    | 'booking.*'
    | 'booking.created'
    | 'booking.scheduled'
    | 'booking.rescheduled'
    | 'booking.cancelled'
    | 'booking.completed'
    | 'booking.no_show'
    | 'booking.no_show_cleared'
    | 'booking.attention_raised'
    | 'booking.attention_cleared'
    | 'system.*'
    | 'system.webhook_quarantined'
    | 'system.housekeeping_raised'
  )[];
  readonly description?: string | null;
};

export type WebhookEndpointChange = {
  /** https, and on the public internet. Without credentials. */
  readonly url?: string;
  readonly events?: readonly (
    | 'session.*'
    | 'session.opened'
    | 'session.booked'
    | 'session.moved'
    | 'session.locked'
    | 'session.cancelled'
    | 'session.ended'
    | 'session.attention_raised'
    | 'session.attention_cleared'
    | 'session.late_change_requested'
    | 'session.late_change_decided'
    | 'booking.*'
    | 'booking.created'
    | 'booking.scheduled'
    | 'booking.rescheduled'
    | 'booking.cancelled'
    | 'booking.completed'
    | 'booking.no_show'
    | 'booking.no_show_cleared'
    | 'booking.attention_raised'
    | 'booking.attention_cleared'
    | 'system.*'
    | 'system.webhook_quarantined'
    | 'system.housekeeping_raised'
  )[];
  readonly description?: string | null;
  readonly state?: 'enabled' | 'disabled';
};

/** Of messages that were made at this instant or later. */
export type WebhookReplay = {
  readonly since: string;
};

export type SaleorRegistration = {
  /** Opaque; never expires. */
  readonly auth_token: string;
};

export type SaveView = {
  /** What it lists: `/api/v1/admin/sessions`, `…/booking` or `…/inbox`. */
  readonly list: 'sessions' | 'bookings' | 'inbox';
  /** Unique among your own, or among the shared ones, of that list. */
  readonly name: string;
  /** Parameters of that list’s query, all but `limit`, `cursor` and `page`, each as its address writes it. */
  readonly filter: Readonly<Record<string, string>>;
  /** Whether every admin of the tenant has it. */
  readonly shared?: boolean;
};

/** What a booking link is for. */
export type BookingLinkOffer = {
  readonly purpose: BookingLinkPurpose;
  /** Of the booking template. */
  readonly name: string;
  readonly duration_minutes: number;
};

/** RFC 9457, with a stable `code`. */
export type Problem = {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  /** Stable: branch on this. */
  readonly code:
    | 'vendor-unreachable'
    | 'vendor-timeout'
    | 'vendor-unavailable'
    | 'vendor-rate-limited'
    | 'vendor-unauthorized'
    | 'vendor-forbidden'
    | 'vendor-not-found'
    | 'vendor-conflict'
    | 'vendor-rejected'
    | 'vendor-malformed'
    | 'ticket-out-of-reach'
    | 'app-not-installed'
    | 'insufficient-stock'
    | 'credential-unreadable'
    | 'shop-not-allowed'
    | 'app-not-verified'
    | 'shop-keys-missing'
    | 'not-configured'
    | 'row-missing'
    | 'refund-failed'
    | 'refund-by-hand'
    | 'refund-approval'
    | 'refund-pending'
    | 'receiver-unreachable'
    | 'receiver-timeout'
    | 'receiver-rejected'
    | 'receiver-redirected'
    | 'receiver-not-public'
    | 'receiver-gone'
    | 'receiver-busy'
    | 'endpoint-disabled'
    | 'run-lost'
    | 'bad-signature'
    | 'keys-unavailable'
    | 'payload-key-unknown'
    | 'payload-unreadable'
    | 'not-authenticated'
    | 'not-allowed'
    | 'not-found'
    | 'method-not-allowed'
    | 'invalid-request'
    | 'too-large'
    | 'unsupported-media-type'
    | 'precondition-failed'
    | 'key-reused'
    | 'not-acceptable'
    | 'already-exists'
    | 'too-many-requests'
    | 'link-over'
    | 'session-over'
    | 'refused'
    | 'outcome-unknown'
    | 'store-unavailable'
    | 'engine-unavailable'
    | 'internal';
  readonly detail?: string;
  /** A finer reason, of the rules or of the gate. */
  readonly reason?: string;
  /** The instant that the reason is about. */
  readonly at?: string;
  /** What would have been allowed instead. */
  readonly allowed?: readonly string[];
  /** To quote to support. */
  readonly requestId?: string;
};

/** A booking that was made with a link. */
export type BookingWithLink = {
  readonly booking_id: string;
  readonly status: 'pending' | 'scheduled' | 'completed' | 'cancelled';
  /** The provider’s page on which the client chooses a time. */
  readonly scheduling_url: string;
};

/** A booking whose scheduling link is still being made. */
export type WaitingBookingWithLink = {
  readonly booking_id: string;
  readonly status: 'pending' | 'scheduled' | 'completed' | 'cancelled';
  readonly scheduling_url: null;
};

export type CreatedBookingLink = {
  /** The self-contained JWT. It is told here and nowhere else. */
  readonly token: string;
  /** The booking page with the token, relative to the public origin. */
  readonly url: string;
  readonly purpose: BookingLinkPurpose;
  /** Null for a permanent link. */
  readonly expires_at: string | null;
  readonly created_at: string;
};

/** The envelope of the Booking Link API when it refuses. */
export type BookingLinkRefusal = {
  readonly success: false;
  /** Empty where the failure is ours. */
  readonly message: string;
  readonly data: null;
  /** What is wrong with the request, or the id under which the log has a failure of ours. It may be empty. */
  readonly error: string;
};

/** A booking link, without its token. */
export type BookingLink = {
  /** The link’s id: the `jti` of its token’s claims. */
  readonly jti: string;
  readonly purpose: BookingLinkPurpose;
  readonly template_id: number;
  readonly client_id: number;
  readonly created_at: string;
  /** Null for a permanent link. */
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  /** How many bookings were made with it. */
  readonly uses: number;
  readonly state: BookingLinkState;
};

export type RevokedBookingLink = {
  /** The link’s id: the `jti` of its token’s claims. */
  readonly jti: string;
  readonly revoked_at: string;
  /** Confirmed: no process of ours lets the link in any more. */
  readonly state: 'confirmed' | 'unconfirmed';
};

/** A booking request, as its visitor sees it. */
export type PublicBooking = {
  readonly _id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly companyName: string;
  readonly companyWebsite: string;
  readonly position: string;
  readonly isDecisionMaker: boolean;
  readonly email: string;
  readonly businessPhone: {
    readonly code: string;
    readonly number: string;
  } | null;
  /** Where the visitor chooses a time. */
  readonly calendlyLink: string;
  readonly calendlyEventUri: string | null;
  readonly calendlyInviteeUri: string | null;
  readonly status: 'pending' | 'scheduled' | 'completed' | 'cancelled';
  readonly scheduledAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** The envelope of the booking API when it refuses. */
export type BookingApiRefusal = {
  readonly success: false;
  readonly message: string;
  readonly results: null;
  readonly error: {
    /** Stable: branch on this. */
    readonly code:
      | 'vendor-unreachable'
      | 'vendor-timeout'
      | 'vendor-unavailable'
      | 'vendor-rate-limited'
      | 'vendor-unauthorized'
      | 'vendor-forbidden'
      | 'vendor-not-found'
      | 'vendor-conflict'
      | 'vendor-rejected'
      | 'vendor-malformed'
      | 'ticket-out-of-reach'
      | 'app-not-installed'
      | 'insufficient-stock'
      | 'credential-unreadable'
      | 'shop-not-allowed'
      | 'app-not-verified'
      | 'shop-keys-missing'
      | 'not-configured'
      | 'row-missing'
      | 'refund-failed'
      | 'refund-by-hand'
      | 'refund-approval'
      | 'refund-pending'
      | 'receiver-unreachable'
      | 'receiver-timeout'
      | 'receiver-rejected'
      | 'receiver-redirected'
      | 'receiver-not-public'
      | 'receiver-gone'
      | 'receiver-busy'
      | 'endpoint-disabled'
      | 'run-lost'
      | 'bad-signature'
      | 'keys-unavailable'
      | 'payload-key-unknown'
      | 'payload-unreadable'
      | 'not-authenticated'
      | 'not-allowed'
      | 'not-found'
      | 'method-not-allowed'
      | 'invalid-request'
      | 'too-large'
      | 'unsupported-media-type'
      | 'precondition-failed'
      | 'key-reused'
      | 'not-acceptable'
      | 'already-exists'
      | 'too-many-requests'
      | 'link-over'
      | 'session-over'
      | 'refused'
      | 'outcome-unknown'
      | 'store-unavailable'
      | 'engine-unavailable'
      | 'internal';
    readonly reason?: string;
    readonly at?: string;
    readonly allowed?: readonly string[];
    readonly requestId?: string;
  };
};

/** A booking request. */
export type Booking = {
  readonly _id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly companyName: string;
  readonly companyWebsite: string;
  readonly position: string;
  readonly isDecisionMaker: boolean;
  readonly email: string;
  readonly businessPhone: {
    readonly code: string;
    readonly number: string;
  } | null;
  /** Where the visitor chooses a time. */
  readonly calendlyLink: string;
  readonly calendlyEventUri: string | null;
  readonly calendlyInviteeUri: string | null;
  readonly status: 'pending' | 'scheduled' | 'completed' | 'cancelled';
  readonly scheduledAt: string | null;
  readonly meetingNotes: string | null;
  readonly isRead: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Why it was cancelled. */
  readonly reason: ('cancelled-by-client' | 'cancelled-by-host' | 'not-booked' | 'operator') | null;
  /** An admin’s own words. */
  readonly cancelReason: string | null;
  readonly endsAt: string | null;
  readonly noShow: boolean;
  readonly reschedules: number;
  /** The default link was handed out and there is no link of its own yet. */
  readonly degraded: boolean;
  readonly needsAttention: boolean;
  /** The run’s page in Temporal UI. */
  readonly runUrl: string | null;
};

/** A resource of Calendly’s API v2, as Calendly answers it. */
export type CalendlyResource = {
  readonly uri: string;
};

/** A paid session, as it was last recorded. */
export type Session = {
  readonly id: string;
  readonly phase: 'opening' | 'awaiting-booking' | 'scheduled' | 'locked' | 'settling' | 'ended';
  readonly outcome: ('completed' | 'no-show' | 'cancelled' | 'expired' | 'refunded') | null;
  /** `intended`: its run is owed and will be started. */
  readonly start_state: 'intended' | 'started' | 'ended';
  readonly needs_attention: boolean;
  readonly product: string;
  readonly variant: string;
  readonly client_id: number;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly language: string;
  /** Its domain; null for a session that was paid elsewhere. */
  readonly shop: string | null;
  /** The shop’s, or the reference of a payment made elsewhere. */
  readonly order_number: string;
  readonly ticket_number: string | null;
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
  readonly provider: 'calendly' | 'calcom';
  readonly event_type: string;
  readonly time_zone: string;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly cutoff_at: string | null;
  /** When its payment was taken in. */
  readonly created_at: string;
  readonly updated_at: string;
  /** The run’s page in Temporal UI. */
  readonly run_url: string | null;
};

export type StartedSession = {
  readonly id: string;
  /** `intended`: Temporal did not answer; the run is owed and will be started. */
  readonly state: 'intended' | 'started' | 'ended';
  /** The run’s page in Temporal UI. */
  readonly run_url: string | null;
};

export type BulkReply = {
  /** How many sessions of this page fit. */
  readonly matched_page: number;
  readonly results: readonly {
    readonly id: string;
    readonly state: 'done' | 'confirmed' | 'unconfirmed' | 'refused' | 'planned';
    /** Of a refusal. */
    readonly code?:
      | 'vendor-unreachable'
      | 'vendor-timeout'
      | 'vendor-unavailable'
      | 'vendor-rate-limited'
      | 'vendor-unauthorized'
      | 'vendor-forbidden'
      | 'vendor-not-found'
      | 'vendor-conflict'
      | 'vendor-rejected'
      | 'vendor-malformed'
      | 'ticket-out-of-reach'
      | 'app-not-installed'
      | 'insufficient-stock'
      | 'credential-unreadable'
      | 'shop-not-allowed'
      | 'app-not-verified'
      | 'shop-keys-missing'
      | 'not-configured'
      | 'row-missing'
      | 'refund-failed'
      | 'refund-by-hand'
      | 'refund-approval'
      | 'refund-pending'
      | 'receiver-unreachable'
      | 'receiver-timeout'
      | 'receiver-rejected'
      | 'receiver-redirected'
      | 'receiver-not-public'
      | 'receiver-gone'
      | 'receiver-busy'
      | 'endpoint-disabled'
      | 'run-lost'
      | 'bad-signature'
      | 'keys-unavailable'
      | 'payload-key-unknown'
      | 'payload-unreadable'
      | 'not-authenticated'
      | 'not-allowed'
      | 'not-found'
      | 'method-not-allowed'
      | 'invalid-request'
      | 'too-large'
      | 'unsupported-media-type'
      | 'precondition-failed'
      | 'key-reused'
      | 'not-acceptable'
      | 'already-exists'
      | 'too-many-requests'
      | 'link-over'
      | 'session-over'
      | 'refused'
      | 'outcome-unknown'
      | 'store-unavailable'
      | 'engine-unavailable'
      | 'internal';
    /** Of a refusal by the rules. */
    readonly reason?: string;
    /** The run’s page in Temporal UI. */
    readonly run_url: string | null;
  }[];
  /** Null when no more sessions fit. */
  readonly next_cursor: string | null;
};

export type SessionCount = {
  readonly total: number;
  readonly phases: Readonly<Record<string, number>>;
};

/** All that is known of a session. */
export type WholeSession = {
  readonly id: string;
  readonly phase: 'opening' | 'awaiting-booking' | 'scheduled' | 'locked' | 'settling' | 'ended';
  readonly outcome: ('completed' | 'no-show' | 'cancelled' | 'expired' | 'refunded') | null;
  /** `intended`: its run is owed and will be started. */
  readonly start_state: 'intended' | 'started' | 'ended';
  readonly needs_attention: boolean;
  readonly product: string;
  readonly variant: string;
  readonly client_id: number;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly language: string;
  /** Its domain; null for a session that was paid elsewhere. */
  readonly shop: string | null;
  /** The shop’s, or the reference of a payment made elsewhere. */
  readonly order_number: string;
  readonly ticket_number: string | null;
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
  readonly provider: 'calendly' | 'calcom';
  readonly event_type: string;
  readonly time_zone: string;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly cutoff_at: string | null;
  /** When its payment was taken in. */
  readonly created_at: string;
  readonly updated_at: string;
  /** The run’s page in Temporal UI. */
  readonly run_url: string | null;
  readonly order_id: string;
  readonly line_id: string;
  /** Which of the line’s, from 0. */
  readonly unit: number;
  readonly ticket_id: number | null;
  /** Of its route at the gateway, where it has one of its own. */
  readonly route_id: string;
  /** The client’s page, behind the gate. */
  readonly page_url: string;
  /** The ticket in Zammad. */
  readonly ticket_url: string | null;
  /** The order in the shop’s dashboard; null for a session that was paid elsewhere. */
  readonly order_url: string | null;
  /** What the shop said of it that could not be used. */
  readonly refused_values: readonly {
    readonly field: string;
    readonly value: string;
    readonly code: string;
  }[];
  readonly links: readonly {
    readonly id: string;
    readonly state: 'good' | 'revoked';
    readonly issued_at: string;
    readonly revoked_at: string | null;
  }[];
  /** Null when the workflow cannot be asked. */
  readonly live: LiveSession | null;
  readonly timeline: {
    readonly items: readonly TimelineEntry[];
    /** Null on the last page. */
    readonly next_cursor: string | null;
  };
};

/** A session, as its workflow says now. */
export type LiveSession = {
  readonly phase: 'opening' | 'awaiting-booking' | 'scheduled' | 'locked' | 'settling' | 'ended';
  readonly outcome: ('completed' | 'no-show' | 'cancelled' | 'expired' | 'refunded') | null;
  readonly appointment: string | null;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly cutoff_at: string | null;
  readonly booking_deadline: string | null;
  /** When the session does something by itself next. */
  readonly next_instant: string | null;
  readonly link_id: string | null;
  readonly late_change: {
    readonly requested_at: string;
    readonly deadline: string;
    readonly by: string;
  } | null;
  readonly attention: readonly {
    /** What to retry or skip; null: skip the code. */
    readonly step: string | null;
    readonly code: string;
    readonly since: string;
    readonly vendor_request_id: string | null;
    readonly remedy: string | null;
  }[];
  readonly refund: 'none' | 'settling' | 'requested' | 'awaiting-approval' | 'done' | 'failed' | 'skipped';
  readonly gate: {
    readonly version: number;
    readonly state: 'live' | 'over';
    readonly access: 'granted' | 'revoked';
    readonly page: {
      readonly from: string;
      readonly until: string;
    } | null;
    readonly join: readonly {
      readonly from: string;
      readonly until: string;
    }[];
  };
};

/** What happened in a session. */
export type TimelineEntry = Readonly<Record<string, unknown>> & (TimelineDecision | TimelineGatewayEvent);

/** One decision of a session. */
export type TimelineDecision = {
  readonly kind: 'decision';
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: string;
  /** E.g. `appointment.moved` or `request.cancel`. */
  readonly event: string;
  readonly from: 'opening' | 'awaiting-booking' | 'scheduled' | 'locked' | 'settling' | 'ended';
  readonly to: 'opening' | 'awaiting-booking' | 'scheduled' | 'locked' | 'settling' | 'ended';
  /** What it did, or why it was refused. */
  readonly reason: string;
};

/** What the gateway told of the session’s URL: its first opening, and refusals, of which one is kept for each status and minute. */
export type TimelineGatewayEvent = {
  readonly kind: 'gateway';
  readonly at: string;
  readonly event: 'gateway.opened' | 'gateway.refused';
  /** What the client was answered. */
  readonly status: number;
  readonly reason: 'first-opening' | 'not-allowed' | 'too-many-requests' | 'cannot-tell';
};

export type SessionActionReply = {
  /** Of a revocation `confirmed`: every replica refuses from here on; `unconfirmed`: it is written and will be. */
  readonly state: 'done' | 'confirmed' | 'unconfirmed';
  /** The run’s page in Temporal UI. */
  readonly run_url: string | null;
};

export type Calendar = {
  readonly id: number;
  readonly user_id: number;
  readonly name: string;
  readonly provider: 'calendly' | 'calcom';
  readonly event_type: string;
  readonly created_at: string;
};

export type Client = {
  readonly id: number;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  /** A language tag of BCP 47, in lower case. */
  readonly language: string;
  readonly created_at: string;
};

export type Template = {
  readonly id: number;
  readonly calendar_id: number;
  readonly name: string;
  readonly duration_minutes: number;
  /** The product that it was made for at an order’s intake. */
  readonly saleor_product_id: string | null;
  readonly created_at: string;
};

export type Erasure = {
  readonly id: string;
  readonly client_id: number;
  readonly status: 'running' | 'done';
  readonly requested_by: string;
  readonly created_at: string;
  readonly finished_at: string | null;
  /** A compact JWS (RFC 7515), signed with Ed25519; the keys are at `/api/v1/public/certificate-keys`. */
  readonly certificate: string | null;
  /** What the certificate says; null also when the key that signed it is no longer in use. */
  readonly claims: ErasureCertificate | null;
};

export type ErasureCertificate = {
  readonly erasureId: string;
  readonly tenantId: number;
  readonly clientId: number;
  readonly at: string;
  /** What was blanked or deleted, and how much of it. */
  readonly done: readonly {
    readonly what: string;
    readonly count: number;
  }[];
  /** What could not be, and why: it is for a person to do. */
  readonly notDone: readonly {
    readonly what: string;
    readonly count: number;
    readonly reason: string;
  }[];
};

export type ClientExport = {
  readonly exported_at: string;
  readonly client: Readonly<Record<string, unknown>>;
  readonly orders: readonly Readonly<Record<string, unknown>>[];
  readonly sessions: readonly Readonly<Record<string, unknown>>[];
  readonly appointments: readonly Readonly<Record<string, unknown>>[];
  readonly links: readonly Readonly<Record<string, unknown>>[];
  readonly bookings: readonly Readonly<Record<string, unknown>>[];
  readonly webhooks: readonly Readonly<Record<string, unknown>>[];
  readonly audit: readonly Readonly<Record<string, unknown>>[];
};

export type CertificateKeys = {
  readonly keys: readonly {
    readonly kty: string;
    readonly crv: string;
    readonly x: string;
    readonly kid: string;
    readonly alg: string;
    readonly use: string;
  }[];
};

/** A webhook that was verified and stored. */
export type InboxEntry = {
  readonly id: string;
  readonly source: 'saleor' | 'calendly' | 'calcom' | 'zammad';
  /** The vendor’s name for what happened. */
  readonly event: string;
  /** `stored` waits to be delivered, `quarantined` waits for a person. */
  readonly status: 'stored' | 'done' | 'quarantined';
  /** A stable code: why it waits or what became of it. */
  readonly reason: string | null;
  /** What it belongs together with: `session|<key>`, `booking|<id>`, `order|<shop>|<id>`, `ticket|<key>`, … */
  readonly correlation: string;
  /** The same for each repeat of one message. */
  readonly delivery_key: string;
  readonly attempts: number;
  readonly received_at: string;
  /** Null once it is settled. */
  readonly next_attempt_at: string | null;
  readonly settled_at: string | null;
  /** When its body was emptied, as it is some time after it was settled; it can be delivered no more. */
  readonly pruned_at: string | null;
};

export type StoredWebhook = {
  readonly id: string;
  readonly source: 'saleor' | 'calendly' | 'calcom' | 'zammad';
  /** The vendor’s name for what happened. */
  readonly event: string;
  /** `stored` waits to be delivered, `quarantined` waits for a person. */
  readonly status: 'stored' | 'done' | 'quarantined';
  /** A stable code: why it waits or what became of it. */
  readonly reason: string | null;
  /** What it belongs together with: `session|<key>`, `booking|<id>`, `order|<shop>|<id>`, `ticket|<key>`, … */
  readonly correlation: string;
  /** The same for each repeat of one message. */
  readonly delivery_key: string;
  readonly attempts: number;
  readonly received_at: string;
  /** Null once it is settled. */
  readonly next_attempt_at: string | null;
  readonly settled_at: string | null;
  /** When its body was emptied, as it is some time after it was settled; it can be delivered no more. */
  readonly pruned_at: string | null;
  /** What was sent, with everything that is not known to be harmless redacted. Null: pruned, or not JSON. */
  readonly body: unknown;
};

export type MadeWebhookEndpoint = {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly events: readonly (
    | 'session.*'
    | 'session.opened'
    | 'session.booked'
    | 'session.moved'
    | 'session.locked'
    | 'session.cancelled'
    | 'session.ended'
    | 'session.attention_raised'
    | 'session.attention_cleared'
    | 'session.late_change_requested'
    | 'session.late_change_decided'
    | 'booking.*'
    | 'booking.created'
    | 'booking.scheduled'
    | 'booking.rescheduled'
    | 'booking.cancelled'
    | 'booking.completed'
    | 'booking.no_show'
    | 'booking.no_show_cleared'
    | 'booking.attention_raised'
    | 'booking.attention_cleared'
    | 'system.*'
    | 'system.webhook_quarantined'
    | 'system.housekeeping_raised'
  )[];
  readonly state: 'enabled' | 'disabled';
  readonly created_at: string;
  readonly updated_at: string;
  /** As the Standard Webhooks specification writes it. */
  readonly secret: string;
};

/** Where a tenant is told of events. */
export type WebhookEndpoint = {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly events: readonly (
    | 'session.*'
    | 'session.opened'
    | 'session.booked'
    | 'session.moved'
    | 'session.locked'
    | 'session.cancelled'
    | 'session.ended'
    | 'session.attention_raised'
    | 'session.attention_cleared'
    | 'session.late_change_requested'
    | 'session.late_change_decided'
    | 'booking.*'
    | 'booking.created'
    | 'booking.scheduled'
    | 'booking.rescheduled'
    | 'booking.cancelled'
    | 'booking.completed'
    | 'booking.no_show'
    | 'booking.no_show_cleared'
    | 'booking.attention_raised'
    | 'booking.attention_cleared'
    | 'system.*'
    | 'system.webhook_quarantined'
    | 'system.housekeeping_raised'
  )[];
  readonly state: 'enabled' | 'disabled';
  readonly created_at: string;
  readonly updated_at: string;
};

/** One message on its way to one endpoint. */
export type WebhookDelivery = {
  readonly id: string;
  /** `webhook-id`: the same with every attempt and every replay. */
  readonly message_id: string;
  readonly event: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  /** Since it was made, or last replayed. */
  readonly attempts: number;
  /** HTTP status of the last answer. */
  readonly last_status: number | null;
  /** Why the last attempt failed; a code of the failures. */
  readonly last_code: string | null;
  readonly created_at: string;
  readonly settled_at: string | null;
};

/** A delivery with what was sent, and each attempt. */
export type WebhookDeliveryLog = {
  readonly id: string;
  /** `webhook-id`: the same with every attempt and every replay. */
  readonly message_id: string;
  readonly event: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  /** Since it was made, or last replayed. */
  readonly attempts: number;
  /** HTTP status of the last answer. */
  readonly last_status: number | null;
  /** Why the last attempt failed; a code of the failures. */
  readonly last_code: string | null;
  readonly created_at: string;
  readonly settled_at: string | null;
  readonly payload: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Readonly<Record<string, string | number | boolean | null>>;
  };
  /** Every attempt, oldest first. */
  readonly log: readonly WebhookAttempt[];
};

export type WebhookAttempt = {
  readonly n: number;
  readonly at: string;
  /** HTTP status, or null without an answer. */
  readonly status: number | null;
  /** Null: the receiver has it. */
  readonly code: string | null;
  readonly duration_ms: number;
};

/** What the receiver verifies signatures with. */
export type WebhookSecret = {
  /** As the Standard Webhooks specification writes it. */
  readonly secret: string;
};

export type KeptWebhook = {
  /** `duplicate`: the same message came before. */
  readonly status: 'stored' | 'duplicate';
};

export type SaleorManifest = {
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly about: string;
  readonly author: string;
  readonly permissions: readonly string[];
  readonly appUrl: string;
  readonly tokenTargetUrl: string;
  readonly requiredSaleorVersion: string;
  readonly extensions: readonly unknown[];
  readonly webhooks: readonly {
    readonly name: string;
    readonly asyncEvents: readonly string[];
    readonly query: string;
    readonly targetUrl: string;
    readonly isActive: boolean;
  }[];
};

export type SaleorRegistered = {
  readonly success: true;
};

export type SaleorAppRefusal = {
  readonly success: false;
  readonly error: {
    /** Stable; those of Saleor’s app SDK where it has one. */
    readonly code: string;
    readonly message: string;
  };
};

export type AuditEntry = {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly details: Readonly<Record<string, string | number | boolean | null>> | null;
};

/** A filter of a list, kept under a name. */
export type SavedView = {
  readonly id: string;
  /** What it lists: `/api/v1/admin/sessions`, `…/booking` or `…/inbox`. */
  readonly list: 'sessions' | 'bookings' | 'inbox';
  readonly name: string;
  readonly filter: Readonly<Record<string, string>>;
  /** Every admin of the tenant has it; otherwise its maker alone. */
  readonly shared: boolean;
  readonly created_at: string;
  readonly updated_at: string;
};

export type Backlog = {
  readonly at: string;
  /** Webhooks that were not brought to their session yet, by whom they are from. */
  readonly inbox: readonly {
    readonly source: 'saleor' | 'calendly' | 'calcom' | 'zammad';
    /** `stored`: on its way or waiting; `quarantined`: a person must look. */
    readonly status: 'stored' | 'quarantined';
    readonly count: number;
    /** Since when the oldest waits; null without any. */
    readonly oldest_at: string | null;
  }[];
  /** Webhooks to tenants. */
  readonly webhooks: {
    /** Not received yet. */
    readonly pending: Waiting;
    /** Given up; they can be sent again. */
    readonly failed: Waiting;
  };
  /** Sessions and bookings that have no run yet. */
  readonly starts: Waiting;
  /** They hold at the gate, and their run has not heard of them yet. */
  readonly revocations: Waiting;
};

export type Waiting = {
  readonly count: number;
  /** Since when the oldest waits; null without any. */
  readonly oldest_at: string | null;
};

/** Null: whoever knows it did not answer. */
export type Health = {
  readonly at: string;
  /** What a person should look at, worst first. None: all is well. */
  readonly concerns: readonly {
    readonly code:
      | 'database-away'
      | 'engine-away'
      | 'no-worker'
      | 'tasks-wait'
      | 'vendor-away'
      | 'vendor-failing'
      | 'gateway-not-ready'
      | 'process-silent'
      | 'replica-behind'
      | 'versions-differ';
    /** Which vendor, process, queue; or why. */
    readonly about: string | null;
  }[];
  readonly database: {
    readonly reachable: boolean;
  };
  readonly temporal: {
    readonly reachable: boolean;
    readonly namespace: string;
    readonly queues: readonly TaskQueueHealth[] | null;
  };
  readonly vendors: readonly VendorHealth[] | null;
  /** How far setting APISIX up is, where it is worst. */
  readonly gateway: {
    readonly state: 'pending' | 'ready' | 'failed' | 'stopped';
    /** Why the last attempt failed. */
    readonly code:
      | (
          | 'vendor-unreachable'
          | 'vendor-timeout'
          | 'vendor-unavailable'
          | 'vendor-rate-limited'
          | 'vendor-unauthorized'
          | 'vendor-forbidden'
          | 'vendor-not-found'
          | 'vendor-conflict'
          | 'vendor-rejected'
          | 'vendor-malformed'
          | 'ticket-out-of-reach'
          | 'app-not-installed'
          | 'insufficient-stock'
          | 'credential-unreadable'
          | 'shop-not-allowed'
          | 'app-not-verified'
          | 'shop-keys-missing'
          | 'not-configured'
          | 'row-missing'
          | 'refund-failed'
          | 'refund-by-hand'
          | 'refund-approval'
          | 'refund-pending'
          | 'receiver-unreachable'
          | 'receiver-timeout'
          | 'receiver-rejected'
          | 'receiver-redirected'
          | 'receiver-not-public'
          | 'receiver-gone'
          | 'receiver-busy'
          | 'endpoint-disabled'
          | 'run-lost'
          | 'bad-signature'
          | 'keys-unavailable'
          | 'payload-key-unknown'
          | 'payload-unreadable'
          | 'not-authenticated'
          | 'not-allowed'
          | 'not-found'
          | 'method-not-allowed'
          | 'invalid-request'
          | 'too-large'
          | 'unsupported-media-type'
          | 'precondition-failed'
          | 'key-reused'
          | 'not-acceptable'
          | 'already-exists'
          | 'too-many-requests'
          | 'link-over'
          | 'session-over'
          | 'refused'
          | 'outcome-unknown'
          | 'store-unavailable'
          | 'engine-unavailable'
          | 'internal'
        )
      | null;
  } | null;
  readonly processes: readonly ProcessHealth[] | null;
  readonly replicas: readonly ReplicaHealth[] | null;
};

export type TaskQueueHealth = {
  readonly kind: 'workflow' | 'activity';
  readonly pollers: readonly {
    readonly identity: string;
    readonly last_seen_at: string | null;
  }[];
  /** About how many tasks wait; null: Temporal does not say. */
  readonly backlog: number | null;
  /** How long the oldest of them has waited. */
  readonly backlog_seconds: number | null;
};

/** A vendor, as the processes that live know it from their own calls. */
export type VendorHealth = {
  /** Of a shop with its domain behind it; `gateway`: APISIX as clients meet it. */
  readonly vendor: string;
  /** `away`: at least one process parks its calls. `failing`: the last calls were not answered. `answering`: they were, be it with a refusal. `unasked`: nobody has called it since they started. */
  readonly state: 'unasked' | 'answering' | 'failing' | 'away';
  /** Of the first call without an answer. */
  readonly since: string | null;
  readonly last_answer_at: string | null;
  readonly last_failure: {
    readonly code:
      | 'vendor-unreachable'
      | 'vendor-timeout'
      | 'vendor-unavailable'
      | 'vendor-rate-limited'
      | 'vendor-unauthorized'
      | 'vendor-forbidden'
      | 'vendor-not-found'
      | 'vendor-conflict'
      | 'vendor-rejected'
      | 'vendor-malformed'
      | 'ticket-out-of-reach'
      | 'app-not-installed'
      | 'insufficient-stock'
      | 'credential-unreadable'
      | 'shop-not-allowed'
      | 'app-not-verified'
      | 'shop-keys-missing'
      | 'not-configured'
      | 'row-missing'
      | 'refund-failed'
      | 'refund-by-hand'
      | 'refund-approval'
      | 'refund-pending'
      | 'receiver-unreachable'
      | 'receiver-timeout'
      | 'receiver-rejected'
      | 'receiver-redirected'
      | 'receiver-not-public'
      | 'receiver-gone'
      | 'receiver-busy'
      | 'endpoint-disabled'
      | 'run-lost'
      | 'bad-signature'
      | 'keys-unavailable'
      | 'payload-key-unknown'
      | 'payload-unreadable'
      | 'not-authenticated'
      | 'not-allowed'
      | 'not-found'
      | 'method-not-allowed'
      | 'invalid-request'
      | 'too-large'
      | 'unsupported-media-type'
      | 'precondition-failed'
      | 'key-reused'
      | 'not-acceptable'
      | 'already-exists'
      | 'too-many-requests'
      | 'link-over'
      | 'session-over'
      | 'refused'
      | 'outcome-unknown'
      | 'store-unavailable'
      | 'engine-unavailable'
      | 'internal';
    readonly at: string;
  } | null;
  /** Calls that were not made in the outage that goes on. */
  readonly parked: number;
  /** How many processes take it for away. */
  readonly away_in: number;
  /** How many have a say. */
  readonly processes: number;
};

export type ProcessHealth = {
  readonly id: string;
  readonly kind: 'api' | 'worker';
  readonly version: string;
  /** Of a versioned worker. */
  readonly build_id: string | null;
  readonly started_at: string;
  readonly seen_at: string;
  /** Not heard of for over 30 seconds: it died, or cannot reach PostgreSQL. */
  readonly silent: boolean;
};

export type ReplicaHealth = {
  readonly id: string;
  readonly started_at: string;
  /** Its lease runs: it may answer forward-auth from memory. */
  readonly live: boolean;
  /** Revocations that it has not confirmed yet. */
  readonly behind: number;
};

/** A job of the housekeeping, and how its last runs went. */
export type HousekeepingSchedule = {
  readonly id: 'orders' | 'sessions' | 'tickets' | 'appointments' | 'routes' | 'subscriptions' | 'prune';
  /** Its name in Temporal. */
  readonly schedule_id: string;
  /** `missing`: no worker has made it yet, or somebody deleted it. */
  readonly state: 'active' | 'paused' | 'missing';
  /** What was noted when it was paused. */
  readonly note: string | null;
  readonly next_run_at: string | null;
  readonly last_run: {
    readonly workflow_id: string;
    readonly started_at: string;
    /** Null: Temporal does not keep it any more. */
    readonly state: ('running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out') | null;
    /** Its page in Temporal UI. */
    readonly run_url: string | null;
  } | null;
  /** Of the last run that ended, as long as Temporal keeps it. */
  readonly last_report: HousekeepingReport | null;
};

export type HousekeepingReport = {
  readonly started_at: string;
  readonly looked: number;
  /** Put right without a person. */
  readonly repaired: number;
  /** A person must look. */
  readonly raised: number;
  /** Could not be looked at or put right; the next run tries again. */
  readonly failed: number;
  /** Of somebody else’s: seen, and left alone. */
  readonly untouched: number;
  /** The first of what was found: a code, and the id of what it is about. */
  readonly notes: readonly {
    readonly code: string;
    readonly id: string;
  }[];
};

export type ProblemInvalidRequest = {
  readonly status: 400;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'invalid-request';
  };
};

export type ProblemNotAuthenticated = {
  readonly status: 401;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'not-authenticated';
  };
};

export type ProblemLinkOver = {
  readonly status: 410;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'link-over';
  };
};

export type ProblemInternal = {
  readonly status: 500;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'internal';
  };
};

export type ProblemStoreUnavailable = {
  readonly status: 503;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'store-unavailable';
  };
};

export type ProblemNotAllowed = {
  readonly status: 403;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'not-allowed';
  };
};

export type ProblemTooLarge = {
  readonly status: 413;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'too-large';
  };
};

export type ProblemUnsupportedMediaType = {
  readonly status: 415;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'unsupported-media-type';
  };
};

export type ProblemTooManyRequestsRateLimitLimitRateLimitRemainingRateLimitResetRetryAfter = {
  readonly status: 429;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'too-many-requests';
  };
};

export type ProblemVendorMalformed = {
  readonly status: 502;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'vendor-malformed';
  };
};

export type BookingLinkRefusalInvalidRequest = {
  readonly status: 400;
  readonly type: 'application/json';
  readonly body: BookingLinkRefusal;
};

export type BookingLinkRefusalNotAuthenticatedWWWAuthenticate = {
  readonly status: 401;
  readonly type: 'application/json';
  readonly body: BookingLinkRefusal;
};

export type BookingLinkRefusalNotAllowedWWWAuthenticate = {
  readonly status: 403;
  readonly type: 'application/json';
  readonly body: BookingLinkRefusal;
};

export type BookingLinkRefusalInternal = {
  readonly status: 500;
  readonly type: 'application/json';
  readonly body: BookingLinkRefusal;
};

export type BookingLinkRefusalKeysUnavailableRetryAfter = {
  readonly status: 503;
  readonly type: 'application/json';
  readonly body: BookingLinkRefusal;
};

export type BookingLinkRefusalNotFound = {
  readonly status: 404;
  readonly type: 'application/json';
  readonly body: BookingLinkRefusal;
};

export type BookingLinkRefusalTooLarge = {
  readonly status: 413;
  readonly type: 'application/json';
  readonly body: BookingLinkRefusal;
};

export type BookingLinkRefusalUnsupportedMediaType = {
  readonly status: 415;
  readonly type: 'application/json';
  readonly body: BookingLinkRefusal;
};

export type BookingLinkRefusalTooManyRequestsRateLimitLimitRateLimitRemainingRateLimitResetRetryAfter = {
  readonly status: 429;
  readonly type: 'application/json';
  readonly body: BookingLinkRefusal;
};

export type BookingApiRefusalInvalidRequest = {
  readonly status: 400;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'invalid-request';
    };
  };
};

export type BookingApiRefusalNotFound = {
  readonly status: 404;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'not-found';
    };
  };
};

export type BookingApiRefusalTooLarge = {
  readonly status: 413;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'too-large';
    };
  };
};

export type BookingApiRefusalUnsupportedMediaType = {
  readonly status: 415;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'unsupported-media-type';
    };
  };
};

export type BookingApiRefusalKeyReused = {
  readonly status: 422;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'key-reused';
    };
  };
};

export type BookingApiRefusalTooManyRequestsRateLimitLimitRateLimitRemainingRateLimitResetRetryAfter = {
  readonly status: 429;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'too-many-requests';
    };
  };
};

export type BookingApiRefusalInternal = {
  readonly status: 500;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'internal';
    };
  };
};

export type BookingApiRefusalStoreUnavailable = {
  readonly status: 503;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'store-unavailable';
    };
  };
};

export type BookingApiRefusalOutcomeUnknown = {
  readonly status: 202;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'outcome-unknown';
    };
  };
};

export type BookingApiRefusalNotAuthenticatedWWWAuthenticate = {
  readonly status: 401;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'not-authenticated';
    };
  };
};

export type BookingApiRefusalNotAllowedWWWAuthenticate = {
  readonly status: 403;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'not-allowed';
    };
  };
};

export type BookingApiRefusalRefused = {
  readonly status: 409;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'refused';
    };
  };
};

export type BookingApiRefusalVendorUnreachableVendorUnavailableVendorUnauthorizedVendorForbiddenVendorMalformedVendorRejected =
  {
    readonly status: 502;
    readonly type: 'application/json';
    readonly body: BookingApiRefusal & {
      readonly error: {
        readonly code:
          | 'vendor-unreachable'
          | 'vendor-unavailable'
          | 'vendor-unauthorized'
          | 'vendor-forbidden'
          | 'vendor-malformed'
          | 'vendor-rejected';
      };
    };
  };

export type BookingApiRefusalKeysUnavailableStoreUnavailableEngineUnavailableVendorRateLimited = {
  readonly status: 503;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'keys-unavailable' | 'store-unavailable' | 'engine-unavailable' | 'vendor-rate-limited';
    };
  };
};

export type BookingApiRefusalVendorTimeout = {
  readonly status: 504;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'vendor-timeout';
    };
  };
};

export type BookingApiRefusalKeysUnavailableRetryAfter = {
  readonly status: 503;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'keys-unavailable';
    };
  };
};

export type BookingApiRefusalPreconditionFailed = {
  readonly status: 412;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'precondition-failed';
    };
  };
};

export type BookingApiRefusalVendorRejected = {
  readonly status: 502;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'vendor-rejected';
    };
  };
};

export type BookingApiRefusalKeysUnavailableStoreUnavailableEngineUnavailable = {
  readonly status: 503;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'keys-unavailable' | 'store-unavailable' | 'engine-unavailable';
    };
  };
};

export type BookingApiRefusalVendorUnreachableVendorUnavailableVendorUnauthorizedVendorForbiddenVendorMalformedVendorNotFoundVendorRejected =
  {
    readonly status: 502;
    readonly type: 'application/json';
    readonly body: BookingApiRefusal & {
      readonly error: {
        readonly code:
          | 'vendor-unreachable'
          | 'vendor-unavailable'
          | 'vendor-unauthorized'
          | 'vendor-forbidden'
          | 'vendor-malformed'
          | 'vendor-not-found'
          | 'vendor-rejected';
      };
    };
  };

export type BookingApiRefusalKeysUnavailableVendorRateLimitedNotConfigured = {
  readonly status: 503;
  readonly type: 'application/json';
  readonly body: BookingApiRefusal & {
    readonly error: {
      readonly code: 'keys-unavailable' | 'vendor-rate-limited' | 'not-configured';
    };
  };
};

export type ProblemNotAuthenticatedWWWAuthenticate = {
  readonly status: 401;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'not-authenticated';
  };
};

export type ProblemNotAllowedWWWAuthenticate = {
  readonly status: 403;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'not-allowed';
  };
};

export type ProblemKeysUnavailableRetryAfter = {
  readonly status: 503;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'keys-unavailable';
  };
};

export type ProblemKeyReused = {
  readonly status: 422;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'key-reused';
  };
};

export type ProblemNotFound = {
  readonly status: 404;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'not-found';
  };
};

export type ProblemRefusedAlreadyExists = {
  readonly status: 409;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'refused' | 'already-exists';
  };
};

export type ProblemSessionOver = {
  readonly status: 410;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'session-over';
  };
};

export type ProblemKeysUnavailableEngineUnavailableStoreUnavailable = {
  readonly status: 503;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'keys-unavailable' | 'engine-unavailable' | 'store-unavailable';
  };
};

export type ProblemAlreadyExists = {
  readonly status: 409;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'already-exists';
  };
};

export type ProblemRefused = {
  readonly status: 409;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'refused';
  };
};

export type ProblemVendorUnreachableVendorUnavailableVendorUnauthorizedVendorForbiddenVendorMalformed = {
  readonly status: 502;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code:
      | 'vendor-unreachable'
      | 'vendor-unavailable'
      | 'vendor-unauthorized'
      | 'vendor-forbidden'
      | 'vendor-malformed';
  };
};

export type ProblemKeysUnavailableVendorRateLimited = {
  readonly status: 503;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'keys-unavailable' | 'vendor-rate-limited';
  };
};

export type ProblemVendorTimeout = {
  readonly status: 504;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'vendor-timeout';
  };
};

export type ProblemPreconditionFailed = {
  readonly status: 412;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'precondition-failed';
  };
};

export type ProblemBadSignature = {
  readonly status: 401;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'bad-signature';
  };
};

export type SaleorAppRefusalInvalidRequest = {
  readonly status: 400;
  readonly type: 'application/json';
  readonly body: SaleorAppRefusal;
};

export type SaleorAppRefusalAppNotVerifiedShopKeysMissing = {
  readonly status: 401;
  readonly type: 'application/json';
  readonly body: SaleorAppRefusal;
};

export type SaleorAppRefusalShopNotAllowed = {
  readonly status: 403;
  readonly type: 'application/json';
  readonly body: SaleorAppRefusal;
};

export type SaleorAppRefusalAlreadyExists = {
  readonly status: 409;
  readonly type: 'application/json';
  readonly body: SaleorAppRefusal;
};

export type SaleorAppRefusalTooLarge = {
  readonly status: 413;
  readonly type: 'application/json';
  readonly body: SaleorAppRefusal;
};

export type SaleorAppRefusalUnsupportedMediaType = {
  readonly status: 415;
  readonly type: 'application/json';
  readonly body: SaleorAppRefusal;
};

export type SaleorAppRefusalTooManyRequestsRateLimitLimitRateLimitRemainingRateLimitResetRetryAfter = {
  readonly status: 429;
  readonly type: 'application/json';
  readonly body: SaleorAppRefusal;
};

export type SaleorAppRefusalInternal = {
  readonly status: 500;
  readonly type: 'application/json';
  readonly body: SaleorAppRefusal;
};

export type SaleorAppRefusalStoreUnavailable = {
  readonly status: 503;
  readonly type: 'application/json';
  readonly body: SaleorAppRefusal;
};

export type ProblemKeysUnavailableStoreUnavailable = {
  readonly status: 503;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'keys-unavailable' | 'store-unavailable';
  };
};

export type ProblemAlreadyExistsRefused = {
  readonly status: 409;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'already-exists' | 'refused';
  };
};

export type ProblemKeysUnavailableEngineUnavailable = {
  readonly status: 503;
  readonly type: 'application/problem+json';
  readonly body: Problem & {
    readonly code: 'keys-unavailable' | 'engine-unavailable';
  };
};

/** Each operation by its id: what it asks for, and everything that it can answer. */

export interface Operations {
  /** `GET /booking/book`: What a booking link is for */
  readonly showBookingLink: {
    readonly request: {
      readonly query: {
        /** The link’s token. */
        readonly token: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: BookingLinkOffer }
      | ProblemInvalidRequest
      | ProblemNotAuthenticated
      | ProblemLinkOver
      | ProblemInternal
      | ProblemStoreUnavailable;
  };

  /** `POST /booking/book`: Book with a booking link */
  readonly bookWithLink: {
    readonly request: {
      readonly body: BookWithLink;
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: BookingWithLink }
      | { readonly status: 201; readonly type: 'application/json'; readonly body: BookingWithLink }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: WaitingBookingWithLink }
      | ProblemInvalidRequest
      | ProblemNotAuthenticated
      | ProblemNotAllowed
      | ProblemLinkOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemTooManyRequestsRateLimitLimitRateLimitRemainingRateLimitResetRetryAfter
      | ProblemInternal
      | ProblemVendorMalformed
      | ProblemStoreUnavailable;
  };

  /** `GET /booking/link`: The tenant’s booking links, newest first */
  readonly listBookingLinks: {
    readonly request: {
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
        /** Only links of this booking template. */
        readonly template_id?: number;
        /** Only links of this client. */
        readonly client_id?: number;
        readonly state?: BookingLinkState;
      };
      readonly accept?: 'text/csv';
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly data: {
              readonly items: readonly BookingLink[];
              /** Null on the last page. */
              readonly next_cursor: string | null;
            };
            readonly error: null;
          };
        }
      | { readonly status: 200; readonly type: 'text/csv'; readonly body: string }
      | BookingLinkRefusalInvalidRequest
      | BookingLinkRefusalNotAuthenticatedWWWAuthenticate
      | BookingLinkRefusalNotAllowedWWWAuthenticate
      | BookingLinkRefusalInternal
      | BookingLinkRefusalKeysUnavailableRetryAfter;
  };

  /** `POST /booking/link`: Create a booking link for a client */
  readonly createBookingLink: {
    readonly request: {
      readonly body: CreateBookingLink;
    };
    readonly answer:
      | {
          readonly status: 201;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly data: CreatedBookingLink;
            readonly error: null;
          };
        }
      | BookingLinkRefusalInvalidRequest
      | BookingLinkRefusalNotAuthenticatedWWWAuthenticate
      | BookingLinkRefusalNotAllowedWWWAuthenticate
      | BookingLinkRefusalNotFound
      | BookingLinkRefusalTooLarge
      | BookingLinkRefusalUnsupportedMediaType
      | BookingLinkRefusalTooManyRequestsRateLimitLimitRateLimitRemainingRateLimitResetRetryAfter
      | BookingLinkRefusalInternal
      | BookingLinkRefusalKeysUnavailableRetryAfter;
  };

  /** `POST /booking/link/revoke`: Revoke a booking link */
  readonly revokeBookingLink: {
    readonly request: {
      readonly body: RevokeBookingLink;
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly data: RevokedBookingLink;
            readonly error: null;
          };
        }
      | {
          readonly status: 202;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly data: RevokedBookingLink;
            readonly error: null;
          };
        }
      | BookingLinkRefusalInvalidRequest
      | BookingLinkRefusalNotAuthenticatedWWWAuthenticate
      | BookingLinkRefusalNotAllowedWWWAuthenticate
      | BookingLinkRefusalNotFound
      | BookingLinkRefusalTooLarge
      | BookingLinkRefusalUnsupportedMediaType
      | BookingLinkRefusalInternal
      | BookingLinkRefusalKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/public/booking`: Ask for a booking and get the link to choose a time with */
  readonly createBooking: {
    readonly request: {
      readonly headers?: {
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: BookingRequest;
    };
    readonly answer:
      | {
          readonly status: 201;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly booking: PublicBooking;
              /** Where the visitor chooses a time. */
              readonly calendlyLink: string;
            };
          };
        }
      | BookingApiRefusalInvalidRequest
      | BookingApiRefusalNotFound
      | BookingApiRefusalTooLarge
      | BookingApiRefusalUnsupportedMediaType
      | BookingApiRefusalKeyReused
      | BookingApiRefusalTooManyRequestsRateLimitLimitRateLimitRemainingRateLimitResetRetryAfter
      | BookingApiRefusalInternal
      | BookingApiRefusalStoreUnavailable;
  };

  /** `GET /api/v1/public/booking/{id}`: A booking request, by its unguessable id */
  readonly getBooking: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly booking: PublicBooking;
            };
          };
        }
      | BookingApiRefusalNotFound
      | BookingApiRefusalTooManyRequestsRateLimitLimitRateLimitRemainingRateLimitResetRetryAfter
      | BookingApiRefusalInternal
      | BookingApiRefusalStoreUnavailable;
  };

  /** `PATCH /api/v1/public/booking/{id}/status`: Tell what became of a booking */
  readonly updateBookingStatus: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        readonly 'Idempotency-Key'?: string;
        readonly 'calendly-webhook-signature'?: string;
      };
      readonly body: StatusChange;
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly booking: PublicBooking;
            };
          };
        }
      | BookingApiRefusalOutcomeUnknown
      | BookingApiRefusalInvalidRequest
      | BookingApiRefusalNotAuthenticatedWWWAuthenticate
      | BookingApiRefusalNotAllowedWWWAuthenticate
      | BookingApiRefusalNotFound
      | BookingApiRefusalRefused
      | BookingApiRefusalTooLarge
      | BookingApiRefusalUnsupportedMediaType
      | BookingApiRefusalInternal
      | BookingApiRefusalVendorUnreachableVendorUnavailableVendorUnauthorizedVendorForbiddenVendorMalformedVendorRejected
      | BookingApiRefusalKeysUnavailableStoreUnavailableEngineUnavailableVendorRateLimited
      | BookingApiRefusalVendorTimeout;
  };

  /** `GET /api/v1/admin/booking`: The tenant’s bookings, searched, filtered, sorted */
  readonly listBookings: {
    readonly request: {
      readonly query?: {
        /** Default 1. */
        readonly page?: '' | number;
        /** Bookings per page, 100 at most. Default 10. */
        readonly limit?: '' | number;
        /** Instead of `page`: the `nextCursor` of a page in the same order. */
        readonly cursor?: string;
        /** Words that must all stand somewhere in names, company, e-mail address or position, in whatever case. A search for words of one or two characters alone looks at every booking. */
        readonly term?: string;
        readonly status?: '' | ('pending' | 'scheduled' | 'completed' | 'cancelled');
        readonly isRead?: '' | ('true' | 'false');
        /** Default `createdAt`. */
        readonly sortBy?:
          | ''
          | (
              | 'createdAt'
              | 'updatedAt'
              | 'firstName'
              | 'lastName'
              | 'companyName'
              | 'position'
              | 'email'
              | 'status'
              | 'scheduledAt'
              | 'isRead'
            );
        /** Default `desc`. Bookings without a time stand at the end of either. */
        readonly sortDirection?: '' | ('asc' | 'desc');
      };
      readonly accept?: 'text/csv';
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly bookings: readonly Booking[];
              readonly pagination: {
                /** Null where a cursor was followed. */
                readonly page: number | null;
                readonly limit: number;
                /** Of all pages. */
                readonly total: number;
                readonly totalPages: number;
                /** Null on the last page. */
                readonly nextCursor: string | null;
              };
            };
          };
        }
      | { readonly status: 200; readonly type: 'text/csv'; readonly body: string }
      | BookingApiRefusalInvalidRequest
      | BookingApiRefusalNotAuthenticatedWWWAuthenticate
      | BookingApiRefusalNotAllowedWWWAuthenticate
      | BookingApiRefusalInternal
      | BookingApiRefusalKeysUnavailableRetryAfter;
  };

  /** `PUT /api/v1/admin/booking`: Change a booking’s status, or what an admin keeps about it */
  readonly updateBooking: {
    readonly request: {
      readonly headers?: {
        readonly 'Idempotency-Key'?: string;
        /** The `ETag` of the booking that is to change. */
        readonly 'If-Match'?: string;
      };
      readonly body: {
        readonly _id: string;
        readonly status?: 'pending' | 'scheduled' | 'completed' | 'cancelled';
        readonly isRead?: boolean;
        /** Null erases them. */
        readonly meetingNotes?: string | null;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly booking: Booking;
            };
          };
        }
      | BookingApiRefusalOutcomeUnknown
      | BookingApiRefusalInvalidRequest
      | BookingApiRefusalNotAuthenticatedWWWAuthenticate
      | BookingApiRefusalNotAllowedWWWAuthenticate
      | BookingApiRefusalNotFound
      | BookingApiRefusalRefused
      | BookingApiRefusalPreconditionFailed
      | BookingApiRefusalTooLarge
      | BookingApiRefusalUnsupportedMediaType
      | BookingApiRefusalInternal
      | BookingApiRefusalVendorRejected
      | BookingApiRefusalKeysUnavailableStoreUnavailableEngineUnavailable;
  };

  /** `GET /api/v1/admin/booking/calendly/info`: The account that bookings are made in, live from Calendly */
  readonly getCalendlyAccount: {
    readonly request: Readonly<Record<string, never>>;
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly account: CalendlyResource;
            };
          };
        }
      | BookingApiRefusalNotAuthenticatedWWWAuthenticate
      | BookingApiRefusalNotAllowedWWWAuthenticate
      | BookingApiRefusalInternal
      | BookingApiRefusalVendorUnreachableVendorUnavailableVendorUnauthorizedVendorForbiddenVendorMalformedVendorNotFoundVendorRejected
      | BookingApiRefusalKeysUnavailableVendorRateLimitedNotConfigured
      | BookingApiRefusalVendorTimeout;
  };

  /** `GET /api/v1/admin/booking/{id}`: One booking, with everything that is known of it */
  readonly getBookingAsAdmin: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** The `ETag` of the copy that is there. */
        readonly 'If-None-Match'?: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly booking: Booking;
            };
          };
        }
      | { readonly status: 304; readonly type: null; readonly body: undefined }
      | BookingApiRefusalInvalidRequest
      | BookingApiRefusalNotAuthenticatedWWWAuthenticate
      | BookingApiRefusalNotAllowedWWWAuthenticate
      | BookingApiRefusalNotFound
      | BookingApiRefusalInternal
      | BookingApiRefusalKeysUnavailableRetryAfter;
  };

  /** `DELETE /api/v1/admin/booking/{id}`: Delete one or more bookings */
  readonly deleteBookings: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        readonly 'Idempotency-Key'?: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly outcomes: readonly {
                readonly _id: string;
                readonly outcome: 'deleted' | 'not-found' | 'failed';
                /** Why it failed; then it is there as it was, and the request may be repeated. */
                readonly code?:
                  | 'vendor-unreachable'
                  | 'vendor-timeout'
                  | 'vendor-unavailable'
                  | 'vendor-rate-limited'
                  | 'vendor-unauthorized'
                  | 'vendor-forbidden'
                  | 'vendor-not-found'
                  | 'vendor-conflict'
                  | 'vendor-rejected'
                  | 'vendor-malformed'
                  | 'ticket-out-of-reach'
                  | 'app-not-installed'
                  | 'insufficient-stock'
                  | 'credential-unreadable'
                  | 'shop-not-allowed'
                  | 'app-not-verified'
                  | 'shop-keys-missing'
                  | 'not-configured'
                  | 'row-missing'
                  | 'refund-failed'
                  | 'refund-by-hand'
                  | 'refund-approval'
                  | 'refund-pending'
                  | 'receiver-unreachable'
                  | 'receiver-timeout'
                  | 'receiver-rejected'
                  | 'receiver-redirected'
                  | 'receiver-not-public'
                  | 'receiver-gone'
                  | 'receiver-busy'
                  | 'endpoint-disabled'
                  | 'run-lost'
                  | 'bad-signature'
                  | 'keys-unavailable'
                  | 'payload-key-unknown'
                  | 'payload-unreadable'
                  | 'not-authenticated'
                  | 'not-allowed'
                  | 'not-found'
                  | 'method-not-allowed'
                  | 'invalid-request'
                  | 'too-large'
                  | 'unsupported-media-type'
                  | 'precondition-failed'
                  | 'key-reused'
                  | 'not-acceptable'
                  | 'already-exists'
                  | 'too-many-requests'
                  | 'link-over'
                  | 'session-over'
                  | 'refused'
                  | 'outcome-unknown'
                  | 'store-unavailable'
                  | 'engine-unavailable'
                  | 'internal';
              }[];
            };
          };
        }
      | {
          readonly status: 207;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly outcomes: readonly {
                readonly _id: string;
                readonly outcome: 'deleted' | 'not-found' | 'failed';
                /** Why it failed; then it is there as it was, and the request may be repeated. */
                readonly code?:
                  | 'vendor-unreachable'
                  | 'vendor-timeout'
                  | 'vendor-unavailable'
                  | 'vendor-rate-limited'
                  | 'vendor-unauthorized'
                  | 'vendor-forbidden'
                  | 'vendor-not-found'
                  | 'vendor-conflict'
                  | 'vendor-rejected'
                  | 'vendor-malformed'
                  | 'ticket-out-of-reach'
                  | 'app-not-installed'
                  | 'insufficient-stock'
                  | 'credential-unreadable'
                  | 'shop-not-allowed'
                  | 'app-not-verified'
                  | 'shop-keys-missing'
                  | 'not-configured'
                  | 'row-missing'
                  | 'refund-failed'
                  | 'refund-by-hand'
                  | 'refund-approval'
                  | 'refund-pending'
                  | 'receiver-unreachable'
                  | 'receiver-timeout'
                  | 'receiver-rejected'
                  | 'receiver-redirected'
                  | 'receiver-not-public'
                  | 'receiver-gone'
                  | 'receiver-busy'
                  | 'endpoint-disabled'
                  | 'run-lost'
                  | 'bad-signature'
                  | 'keys-unavailable'
                  | 'payload-key-unknown'
                  | 'payload-unreadable'
                  | 'not-authenticated'
                  | 'not-allowed'
                  | 'not-found'
                  | 'method-not-allowed'
                  | 'invalid-request'
                  | 'too-large'
                  | 'unsupported-media-type'
                  | 'precondition-failed'
                  | 'key-reused'
                  | 'not-acceptable'
                  | 'already-exists'
                  | 'too-many-requests'
                  | 'link-over'
                  | 'session-over'
                  | 'refused'
                  | 'outcome-unknown'
                  | 'store-unavailable'
                  | 'engine-unavailable'
                  | 'internal';
              }[];
            };
          };
        }
      | BookingApiRefusalInvalidRequest
      | BookingApiRefusalNotAuthenticatedWWWAuthenticate
      | BookingApiRefusalNotAllowedWWWAuthenticate
      | BookingApiRefusalNotFound
      | BookingApiRefusalInternal
      | BookingApiRefusalKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/booking/{id}/calendly/event`: A booking’s event, live from Calendly */
  readonly getCalendlyEvent: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly event: CalendlyResource;
            };
          };
        }
      | BookingApiRefusalNotAuthenticatedWWWAuthenticate
      | BookingApiRefusalNotAllowedWWWAuthenticate
      | BookingApiRefusalNotFound
      | BookingApiRefusalRefused
      | BookingApiRefusalInternal
      | BookingApiRefusalVendorUnreachableVendorUnavailableVendorUnauthorizedVendorForbiddenVendorMalformedVendorNotFoundVendorRejected
      | BookingApiRefusalKeysUnavailableVendorRateLimitedNotConfigured
      | BookingApiRefusalVendorTimeout;
  };

  /** `GET /api/v1/admin/booking/{id}/calendly/invitee`: A booking’s invitee, live from Calendly */
  readonly getCalendlyInvitee: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly invitee: CalendlyResource;
            };
          };
        }
      | BookingApiRefusalNotAuthenticatedWWWAuthenticate
      | BookingApiRefusalNotAllowedWWWAuthenticate
      | BookingApiRefusalNotFound
      | BookingApiRefusalRefused
      | BookingApiRefusalInternal
      | BookingApiRefusalVendorUnreachableVendorUnavailableVendorUnauthorizedVendorForbiddenVendorMalformedVendorNotFoundVendorRejected
      | BookingApiRefusalKeysUnavailableVendorRateLimitedNotConfigured
      | BookingApiRefusalVendorTimeout;
  };

  /** `POST /api/v1/admin/booking/{id}/cancel`: Give a booking up, and cancel its event in Calendly */
  readonly cancelBooking: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        /** Kept with the booking, and told to Calendly, which tells the invitee. */
        readonly reason: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly success: true;
            readonly message: string;
            readonly results: {
              readonly booking: Booking;
            };
          };
        }
      | BookingApiRefusalOutcomeUnknown
      | BookingApiRefusalInvalidRequest
      | BookingApiRefusalNotAuthenticatedWWWAuthenticate
      | BookingApiRefusalNotAllowedWWWAuthenticate
      | BookingApiRefusalNotFound
      | BookingApiRefusalRefused
      | BookingApiRefusalTooLarge
      | BookingApiRefusalUnsupportedMediaType
      | BookingApiRefusalInternal
      | BookingApiRefusalVendorRejected
      | BookingApiRefusalKeysUnavailableStoreUnavailableEngineUnavailable;
  };

  /** `GET /api/v1/admin/sessions`: The tenant’s paid sessions */
  readonly listSessions: {
    readonly request: {
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
        /** `created`: the newest first. `starts`: the next first, without a time last. */
        readonly order?: 'created' | 'starts';
        readonly phase?: 'opening' | 'awaiting-booking' | 'scheduled' | 'locked' | 'settling' | 'ended';
        readonly outcome?: 'completed' | 'no-show' | 'cancelled' | 'expired' | 'refunded';
        /** Starts then or later. */
        readonly starts_from?: string;
        /** Starts before then. */
        readonly starts_to?: string;
        /** Taken in then or later. */
        readonly created_from?: string;
        /** Taken in before then. */
        readonly created_to?: string;
        /** Part of the client’s name or e-mail address, or of the product’s name; or a whole order or ticket number. */
        readonly term?: string;
        /** Whether a person must look at it. */
        readonly attention?: 'true' | 'false';
        /** Whether a late change waits for its decision, as was last recorded. */
        readonly late_change?: 'true' | 'false';
      };
      readonly accept?: 'text/csv';
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly Session[];
            /** Null on the last page. */
            readonly next_cursor: string | null;
          };
        }
      | { readonly status: 200; readonly type: 'text/csv'; readonly body: string }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/sessions`: Start a session that was paid elsewhere */
  readonly startSession: {
    readonly request: {
      readonly headers: {
        /** Names the session: the same key is the same session, for ever. */
        readonly 'Idempotency-Key': string;
      };
      readonly body: StartSession;
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: StartedSession }
      | { readonly status: 201; readonly type: 'application/json'; readonly body: StartedSession }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemKeyReused
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/sessions/bulk`: Do the same about every session that fits a filter, page by page */
  readonly actOnSessions: {
    readonly request: {
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        readonly action:
          | 'cancel'
          | 'provider'
          | 'late-change/decide'
          | 'refund/decision'
          | 'cutoff'
          | 'link/reissue'
          | 'link/revoke'
          | 'access/revoke'
          | 'access/restore'
          | 'mail/resend'
          | 'steps/retry'
          | 'steps/skip';
        /** The body of the action itself, without `reason`. */
        readonly arguments?: Readonly<Record<string, unknown>>;
        readonly filter: SessionFilter;
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
        /** Only name the sessions. */
        readonly dry_run?: boolean;
        /** The `next_cursor` of the page before. */
        readonly cursor?: string;
        readonly limit?: number;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: BulkReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemKeyReused
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/sessions/count`: How many sessions fit a filter, by phase */
  readonly countSessions: {
    readonly request: {
      readonly query?: {
        readonly phase?: 'opening' | 'awaiting-booking' | 'scheduled' | 'locked' | 'settling' | 'ended';
        readonly outcome?: 'completed' | 'no-show' | 'cancelled' | 'expired' | 'refunded';
        /** Starts then or later. */
        readonly starts_from?: string;
        /** Starts before then. */
        readonly starts_to?: string;
        /** Taken in then or later. */
        readonly created_from?: string;
        /** Taken in before then. */
        readonly created_to?: string;
        /** Part of the client’s name or e-mail address, or of the product’s name; or a whole order or ticket number. */
        readonly term?: string;
        /** Whether a person must look at it. */
        readonly attention?: 'true' | 'false';
        /** Whether a late change waits for its decision, as was last recorded. */
        readonly late_change?: 'true' | 'false';
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionCount }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/sessions/{id}`: One session: its records, what its workflow says, and its timeline */
  readonly getSession: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: WholeSession }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/sessions/{id}/access/restore`: Open a session again whose access was revoked */
  readonly restoreSessionAccess: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body?: {
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/access/revoke`: Shut every door of a session at once */
  readonly revokeSessionAccess: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body?: {
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/cancel`: Cancel a session, with or without a refund */
  readonly cancelSession: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body?: {
        /** `policy`: what was sold; nothing after the cutoff. */
        readonly refund?: 'policy' | 'full' | 'none';
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/cutoff`: Grant a session another cutoff, once */
  readonly grantCutoff: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        /** How long before its start the session is locked. */
        readonly cutoff: string;
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/email`: Correct the client’s e-mail address */
  readonly correctSessionEmail: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        readonly email: string;
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/late-change/decide`: Approve or decline a late change */
  readonly decideLateChange: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        readonly approve: boolean;
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/link/reissue`: Issue a new link and revoke the old one */
  readonly reissueSessionLink: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body?: {
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/link/revoke`: Revoke a link of a session */
  readonly revokeSessionLink: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body?: {
        /** Which one. Left out: the newest. */
        readonly link_id?: string;
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/mail/resend`: Mail the link once more */
  readonly resendSessionMail: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body?: {
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/provider`: Book a session with another provider from here on */
  readonly handOverSession: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        readonly provider: 'calendly' | 'calcom';
        /** The provider’s id of the event type that is booked from here on. */
        readonly event_type: string;
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/refund/decision`: Approve or decline a refund above the limit */
  readonly decideRefund: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        readonly approve: boolean;
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/reschedule`: Move a session to another time */
  readonly rescheduleSession: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        /** When it is to begin. */
        readonly starts_at: string;
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/steps/retry`: Repeat a failed step */
  readonly retrySessionStep: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        /** As the session’s `attention` names it. `write-ticket` stands for every failed step `write-ticket:…`. */
        readonly step: string;
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `POST /api/v1/admin/sessions/{id}/steps/skip`: Go on without a failed step, or take note of a fact */
  readonly skipSessionStep: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        /** A repeat with the same key is not done a second time. The answer names the key that was used. */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        /** As the session’s `attention` names it. `write-ticket` stands for every failed step `write-ticket:…`. */
        readonly step: string;
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SessionActionReply }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: SessionActionReply }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefusedAlreadyExists
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailableStoreUnavailable;
  };

  /** `GET /api/v1/admin/sessions/{id}/timeline`: What happened in a session, oldest first: its decisions, and what the gateway told */
  readonly getSessionTimeline: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly TimelineEntry[];
            /** Null on the last page. */
            readonly next_cursor: string | null;
          };
        }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/calendars`: The tenant’s calendars, newest first */
  readonly listCalendars: {
    readonly request: {
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
      };
      readonly accept?: 'text/csv';
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly Calendar[];
            /** Null on the last page. */
            readonly next_cursor: string | null;
          };
        }
      | { readonly status: 200; readonly type: 'text/csv'; readonly body: string }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/calendars`: Add a calendar */
  readonly createCalendar: {
    readonly request: {
      readonly body: CreateCalendar;
    };
    readonly answer:
      | { readonly status: 201; readonly type: 'application/json'; readonly body: Calendar }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/calendars/{id}`: One calendar */
  readonly getCalendar: {
    readonly request: {
      readonly path: {
        readonly id: number;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: Calendar }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/clients`: The tenant’s clients, newest first */
  readonly listClients: {
    readonly request: {
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
      };
      readonly accept?: 'text/csv';
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly Client[];
            /** Null on the last page. */
            readonly next_cursor: string | null;
          };
        }
      | { readonly status: 200; readonly type: 'text/csv'; readonly body: string }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/clients`: Add a client */
  readonly createClient: {
    readonly request: {
      readonly body: CreateClient;
    };
    readonly answer:
      | { readonly status: 201; readonly type: 'application/json'; readonly body: Client }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemAlreadyExists
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/clients/{id}`: One client */
  readonly getClient: {
    readonly request: {
      readonly path: {
        readonly id: number;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: Client }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/templates`: The tenant’s templates, newest first */
  readonly listTemplates: {
    readonly request: {
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
      };
      readonly accept?: 'text/csv';
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly Template[];
            /** Null on the last page. */
            readonly next_cursor: string | null;
          };
        }
      | { readonly status: 200; readonly type: 'text/csv'; readonly body: string }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/templates`: Add a template */
  readonly createTemplate: {
    readonly request: {
      readonly body: CreateTemplate;
    };
    readonly answer:
      | { readonly status: 201; readonly type: 'application/json'; readonly body: Template }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/templates/{id}`: One template */
  readonly getTemplate: {
    readonly request: {
      readonly path: {
        readonly id: number;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: Template }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/clients/{id}/erase`: Erase a person */
  readonly eraseClient: {
    readonly request: {
      readonly path: {
        readonly id: number;
      };
      readonly body: EraseClient;
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: Erasure }
      | { readonly status: 202; readonly type: 'application/json'; readonly body: Erasure }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefused
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/clients/{id}/erasures`: A client’s erasures, newest first */
  readonly listErasures: {
    readonly request: {
      readonly path: {
        readonly id: number;
      };
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly Erasure[];
            /** Null on the last page. */
            readonly next_cursor: string | null;
          };
        }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/clients/{id}/erasures/{erasure_id}`: One erasure, with its certificate once it is done */
  readonly getErasure: {
    readonly request: {
      readonly path: {
        readonly id: number;
        readonly erasure_id: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: Erasure }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/clients/{id}/export`: Everything that is known of a person */
  readonly exportClient: {
    readonly request: {
      readonly path: {
        readonly id: number;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: ClientExport }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/public/certificate-keys`: The keys that certificates of erasure are verified with */
  readonly getCertificateKeys: {
    readonly request: Readonly<Record<string, never>>;
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: CertificateKeys }
      | ProblemInternal;
  };

  /** `GET /api/v1/admin/inbox`: The webhooks that came in, newest first */
  readonly listInbox: {
    readonly request: {
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
        readonly status?: 'stored' | 'done' | 'quarantined';
        readonly source?: 'saleor' | 'calendly' | 'calcom' | 'zammad';
        readonly event?: string;
        /** E.g. `unmatched`. */
        readonly reason?: string;
        readonly correlation?: string;
        /** At or after. */
        readonly received_from?: string;
        /** Before. */
        readonly received_to?: string;
      };
      readonly accept?: 'text/csv';
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly InboxEntry[];
            /** Null on the last page. */
            readonly next_cursor: string | null;
          };
        }
      | { readonly status: 200; readonly type: 'text/csv'; readonly body: string }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/inbox/replay`: Deliver many webhooks again, a page at a time, oldest first */
  readonly replayInbox: {
    readonly request: {
      readonly body: {
        readonly filter: {
          readonly status?: 'done' | 'quarantined';
          readonly source?: 'saleor' | 'calendly' | 'calcom' | 'zammad';
          readonly event?: string;
          /** E.g. `unmatched`. */
          readonly reason?: string;
          readonly correlation?: string;
          /** At or after. */
          readonly received_from?: string;
          /** Before. */
          readonly received_to?: string;
        };
        readonly limit?: number;
        /** The `next_cursor` of the page before. */
        readonly cursor?: string;
        /** Why, in words of your own; kept in the audit. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly {
              readonly id: string;
              /** `waiting`: somebody was quicker. `pruned`: its body is gone. */
              readonly outcome: 'replayed' | 'waiting' | 'pruned';
            }[];
            /** Of the next call; null: there is no more. */
            readonly next_cursor: string | null;
          };
        }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/inbox/{id}`: A stored webhook, redacted */
  readonly getInboxEntry: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: StoredWebhook }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/inbox/{id}/adopt`: Give an appointment that fits nothing to a session or a booking */
  readonly adoptAppointment: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly body:
        | {
            readonly session_key: string;
            /** Why, in words of your own; kept in the audit. */
            readonly reason?: string;
          }
        | {
            readonly booking_id: string;
            /** Why, in words of your own; kept in the audit. */
            readonly reason?: string;
          };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: InboxEntry }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefused
      | ProblemSessionOver
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemVendorUnreachableVendorUnavailableVendorUnauthorizedVendorForbiddenVendorMalformed
      | ProblemKeysUnavailableVendorRateLimited
      | ProblemVendorTimeout;
  };

  /** `POST /api/v1/admin/inbox/{id}/replay`: Deliver a webhook again, from the quarantine or once more */
  readonly replayInboxEntry: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly body?: {
        /** Why, in words of your own; kept in the audit. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: InboxEntry }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefused
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/webhooks`: The tenant’s endpoints, oldest first */
  readonly listWebhookEndpoints: {
    readonly request: {
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly WebhookEndpoint[];
            /** Null on the last page. */
            readonly next_cursor: string | null;
          };
        }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/webhooks`: Subscribe to events */
  readonly createWebhookEndpoint: {
    readonly request: {
      readonly body: NewWebhookEndpoint;
    };
    readonly answer:
      | { readonly status: 201; readonly type: 'application/json'; readonly body: MadeWebhookEndpoint }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemRefused
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/webhooks/{id}`: One endpoint */
  readonly getWebhookEndpoint: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: WebhookEndpoint }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `PATCH /api/v1/admin/webhooks/{id}`: Change, disable or enable an endpoint */
  readonly changeWebhookEndpoint: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        readonly 'If-Match'?: string;
      };
      readonly body: WebhookEndpointChange;
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: WebhookEndpoint }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemPreconditionFailed
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `DELETE /api/v1/admin/webhooks/{id}`: Delete an endpoint */
  readonly deleteWebhookEndpoint: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        readonly 'If-Match'?: string;
      };
    };
    readonly answer:
      | { readonly status: 204; readonly type: null; readonly body: undefined }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemPreconditionFailed
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/webhooks/{id}/deliveries`: What was sent to an endpoint, newest first */
  readonly listWebhookDeliveries: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
        readonly status?: 'pending' | 'delivered' | 'failed';
        readonly event?:
          | 'session.opened'
          | 'session.booked'
          | 'session.moved'
          | 'session.locked'
          | 'session.cancelled'
          | 'session.ended'
          | 'session.attention_raised'
          | 'session.attention_cleared'
          | 'session.late_change_requested'
          | 'session.late_change_decided'
          | 'booking.created'
          | 'booking.scheduled'
          | 'booking.rescheduled'
          | 'booking.cancelled'
          | 'booking.completed'
          | 'booking.no_show'
          | 'booking.no_show_cleared'
          | 'booking.attention_raised'
          | 'booking.attention_cleared'
          | 'system.webhook_quarantined'
          | 'system.housekeeping_raised'
          | 'webhook.test';
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly WebhookDelivery[];
            /** Null on the last page. */
            readonly next_cursor: string | null;
          };
        }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/webhooks/{id}/deliveries/replay`: Send again what has failed */
  readonly replayFailedWebhookDeliveries: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly body: WebhookReplay;
    };
    readonly answer:
      | {
          readonly status: 202;
          readonly type: 'application/json';
          readonly body: {
            readonly replayed: number;
            readonly more: boolean;
          };
        }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefused
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/webhooks/{id}/deliveries/{delivery_id}`: One delivery with every attempt */
  readonly getWebhookDelivery: {
    readonly request: {
      readonly path: {
        readonly id: string;
        readonly delivery_id: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: WebhookDeliveryLog }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/webhooks/{id}/deliveries/{delivery_id}/replay`: Send a delivery again */
  readonly replayWebhookDelivery: {
    readonly request: {
      readonly path: {
        readonly id: string;
        readonly delivery_id: string;
      };
    };
    readonly answer:
      | { readonly status: 202; readonly type: 'application/json'; readonly body: WebhookDelivery }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefused
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/webhooks/{id}/secret`: The secret of an endpoint */
  readonly getWebhookSecret: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: WebhookSecret }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/webhooks/{id}/secret/rotate`: Replace the secret of an endpoint */
  readonly rotateWebhookSecret: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: WebhookSecret }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/webhooks/{id}/test`: Send a test message */
  readonly testWebhookEndpoint: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
    };
    readonly answer:
      | { readonly status: 202; readonly type: 'application/json'; readonly body: WebhookDelivery }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefused
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/public/calendly/webhook`: Calendly tells of an appointment */
  readonly receiveCalendlyWebhook: {
    readonly request: {
      readonly headers?: {
        readonly 'calendly-webhook-signature'?: string;
      };
      readonly body: unknown;
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: KeptWebhook }
      | ProblemInvalidRequest
      | ProblemBadSignature
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemStoreUnavailable;
  };

  /** `GET /saleor/manifest`: What a Saleor shop reads to install the app */
  readonly getSaleorManifest: {
    readonly request: Readonly<Record<string, never>>;
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SaleorManifest }
      | ProblemInternal;
  };

  /** `POST /saleor/register`: A Saleor shop hands over the token of the app that it installs */
  readonly registerSaleorApp: {
    readonly request: {
      readonly headers?: {
        /** The shop’s GraphQL endpoint. Compared with the configured ones, never called. */
        readonly 'Saleor-Api-Url'?: string;
      };
      readonly body: SaleorRegistration;
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SaleorRegistered }
      | SaleorAppRefusalInvalidRequest
      | SaleorAppRefusalAppNotVerifiedShopKeysMissing
      | SaleorAppRefusalShopNotAllowed
      | SaleorAppRefusalAlreadyExists
      | SaleorAppRefusalTooLarge
      | SaleorAppRefusalUnsupportedMediaType
      | SaleorAppRefusalTooManyRequestsRateLimitLimitRateLimitRemainingRateLimitResetRetryAfter
      | SaleorAppRefusalInternal
      | SaleorAppRefusalStoreUnavailable;
  };

  /** `POST /webhooks/calcom`: Cal.com tells of an appointment */
  readonly receiveCalcomWebhook: {
    readonly request: {
      readonly headers?: {
        readonly 'x-cal-signature-256'?: string;
      };
      readonly body: unknown;
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: KeptWebhook }
      | ProblemInvalidRequest
      | ProblemBadSignature
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemStoreUnavailable;
  };

  /** `POST /webhooks/saleor`: The shop tells of an order */
  readonly receiveSaleorWebhook: {
    readonly request: {
      readonly headers?: {
        readonly 'saleor-signature'?: string;
      };
      readonly body: unknown;
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: KeptWebhook }
      | ProblemInvalidRequest
      | ProblemBadSignature
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableStoreUnavailable;
  };

  /** `POST /webhooks/zammad`: The help desk tells that an agent acted on a ticket */
  readonly receiveZammadWebhook: {
    readonly request: {
      readonly headers?: {
        readonly 'x-hub-signature'?: string;
      };
      readonly body: unknown;
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: KeptWebhook }
      | ProblemInvalidRequest
      | ProblemBadSignature
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemStoreUnavailable;
  };

  /** `GET /api/v1/admin/audit`: Who did what in this tenant, newest first */
  readonly listAudit: {
    readonly request: {
      readonly query?: {
        /** Items per page. Without it: 50. */
        readonly limit?: number;
        readonly cursor?: string;
        /** Only entries about this. */
        readonly subject?: string;
        /** Only entries of this action. */
        readonly action?: string;
      };
      readonly accept?: 'text/csv';
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly AuditEntry[];
            /** Null on the last page. */
            readonly next_cursor: string | null;
          };
        }
      | { readonly status: 200; readonly type: 'text/csv'; readonly body: string }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/views`: The saved views: your own and the tenant’s, by name */
  readonly listViews: {
    readonly request: {
      readonly query?: {
        readonly list?: 'sessions' | 'bookings' | 'inbox';
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly SavedView[];
          };
        }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `POST /api/v1/admin/views`: Save a view */
  readonly createView: {
    readonly request: {
      readonly body: SaveView;
    };
    readonly answer:
      | { readonly status: 201; readonly type: 'application/json'; readonly body: SavedView }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemAlreadyExistsRefused
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/views/{id}`: One saved view */
  readonly getView: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SavedView }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `PUT /api/v1/admin/views/{id}`: Replace a saved view */
  readonly replaceView: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        readonly 'If-Match'?: string;
      };
      readonly body: SaveView;
    };
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: SavedView }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemAlreadyExists
      | ProblemPreconditionFailed
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `DELETE /api/v1/admin/views/{id}`: Delete a saved view */
  readonly deleteView: {
    readonly request: {
      readonly path: {
        readonly id: string;
      };
      readonly headers?: {
        readonly 'If-Match'?: string;
      };
    };
    readonly answer:
      | { readonly status: 204; readonly type: null; readonly body: undefined }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemPreconditionFailed
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/backlog`: What waits, and since when */
  readonly getBacklog: {
    readonly request: Readonly<Record<string, never>>;
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: Backlog }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/health`: How everything stands: vendors, Temporal, PostgreSQL, the gateway, our own processes */
  readonly getHealth: {
    readonly request: Readonly<Record<string, never>>;
    readonly answer:
      | { readonly status: 200; readonly type: 'application/json'; readonly body: Health }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableRetryAfter;
  };

  /** `GET /api/v1/admin/schedules`: The housekeeping: its schedules, and what their last runs came to */
  readonly listSchedules: {
    readonly request: Readonly<Record<string, never>>;
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly items: readonly HousekeepingSchedule[];
          };
        }
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailable;
  };

  /** `POST /api/v1/admin/schedules/{id}/trigger`: Run a job of the housekeeping now */
  readonly triggerSchedule: {
    readonly request: {
      readonly path: {
        readonly id:
          | 'orders'
          | 'sessions'
          | 'tickets'
          | 'appointments'
          | 'routes'
          | 'subscriptions'
          | 'prune';
      };
      readonly body?: {
        /** Why: for the audit, and nowhere else. */
        readonly reason?: string;
      };
    };
    readonly answer:
      | {
          readonly status: 202;
          readonly type: 'application/json';
          readonly body: {
            readonly id:
              | 'orders'
              | 'sessions'
              | 'tickets'
              | 'appointments'
              | 'routes'
              | 'subscriptions'
              | 'prune';
          };
        }
      | ProblemInvalidRequest
      | ProblemNotAuthenticatedWWWAuthenticate
      | ProblemNotAllowedWWWAuthenticate
      | ProblemNotFound
      | ProblemRefused
      | ProblemTooLarge
      | ProblemUnsupportedMediaType
      | ProblemInternal
      | ProblemKeysUnavailableEngineUnavailable;
  };

  /** `GET /openapi.json`: This document */
  readonly getOpenApiDocument: {
    readonly request: {
      readonly headers?: {
        /** The `ETag` of the copy that is there. */
        readonly 'If-None-Match'?: string;
      };
    };
    readonly answer:
      | {
          readonly status: 200;
          readonly type: 'application/json';
          readonly body: {
            readonly openapi: '3.1.0';
          };
        }
      | { readonly status: 304; readonly type: null; readonly body: undefined }
      | ProblemInvalidRequest
      | ProblemInternal;
  };
}

/** How each operation is sent, and the statuses that it may answer with. */

export const calls = {
  showBookingLink: { method: 'GET', path: '/booking/book', statuses: [200, 400, 401, 410, 500, 503] },
  bookWithLink: {
    method: 'POST',
    path: '/booking/book',
    statuses: [200, 201, 202, 400, 401, 403, 410, 413, 415, 429, 500, 502, 503],
  },
  listBookingLinks: { method: 'GET', path: '/booking/link', statuses: [200, 400, 401, 403, 500, 503] },
  createBookingLink: {
    method: 'POST',
    path: '/booking/link',
    statuses: [201, 400, 401, 403, 404, 413, 415, 429, 500, 503],
  },
  revokeBookingLink: {
    method: 'POST',
    path: '/booking/link/revoke',
    statuses: [200, 202, 400, 401, 403, 404, 413, 415, 500, 503],
  },
  createBooking: {
    method: 'POST',
    path: '/api/v1/public/booking',
    statuses: [201, 400, 404, 413, 415, 422, 429, 500, 503],
  },
  getBooking: { method: 'GET', path: '/api/v1/public/booking/{id}', statuses: [200, 404, 429, 500, 503] },
  updateBookingStatus: {
    method: 'PATCH',
    path: '/api/v1/public/booking/{id}/status',
    statuses: [200, 202, 400, 401, 403, 404, 409, 413, 415, 500, 502, 503, 504],
  },
  listBookings: { method: 'GET', path: '/api/v1/admin/booking', statuses: [200, 400, 401, 403, 500, 503] },
  updateBooking: {
    method: 'PUT',
    path: '/api/v1/admin/booking',
    statuses: [200, 202, 400, 401, 403, 404, 409, 412, 413, 415, 500, 502, 503],
  },
  getCalendlyAccount: {
    method: 'GET',
    path: '/api/v1/admin/booking/calendly/info',
    statuses: [200, 401, 403, 500, 502, 503, 504],
  },
  getBookingAsAdmin: {
    method: 'GET',
    path: '/api/v1/admin/booking/{id}',
    statuses: [200, 304, 400, 401, 403, 404, 500, 503],
  },
  deleteBookings: {
    method: 'DELETE',
    path: '/api/v1/admin/booking/{id}',
    statuses: [200, 207, 400, 401, 403, 404, 500, 503],
  },
  getCalendlyEvent: {
    method: 'GET',
    path: '/api/v1/admin/booking/{id}/calendly/event',
    statuses: [200, 401, 403, 404, 409, 500, 502, 503, 504],
  },
  getCalendlyInvitee: {
    method: 'GET',
    path: '/api/v1/admin/booking/{id}/calendly/invitee',
    statuses: [200, 401, 403, 404, 409, 500, 502, 503, 504],
  },
  cancelBooking: {
    method: 'POST',
    path: '/api/v1/admin/booking/{id}/cancel',
    statuses: [200, 202, 400, 401, 403, 404, 409, 413, 415, 500, 502, 503],
  },
  listSessions: { method: 'GET', path: '/api/v1/admin/sessions', statuses: [200, 400, 401, 403, 500, 503] },
  startSession: {
    method: 'POST',
    path: '/api/v1/admin/sessions',
    statuses: [200, 201, 400, 401, 403, 413, 415, 422, 500, 503],
  },
  actOnSessions: {
    method: 'POST',
    path: '/api/v1/admin/sessions/bulk',
    statuses: [200, 400, 401, 403, 413, 415, 422, 500, 503],
  },
  countSessions: {
    method: 'GET',
    path: '/api/v1/admin/sessions/count',
    statuses: [200, 400, 401, 403, 500, 503],
  },
  getSession: {
    method: 'GET',
    path: '/api/v1/admin/sessions/{id}',
    statuses: [200, 401, 403, 404, 500, 503],
  },
  restoreSessionAccess: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/access/restore',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  revokeSessionAccess: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/access/revoke',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  cancelSession: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/cancel',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  grantCutoff: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/cutoff',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  correctSessionEmail: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/email',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  decideLateChange: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/late-change/decide',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  reissueSessionLink: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/link/reissue',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  revokeSessionLink: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/link/revoke',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  resendSessionMail: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/mail/resend',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  handOverSession: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/provider',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  decideRefund: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/refund/decision',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  rescheduleSession: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/reschedule',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  retrySessionStep: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/steps/retry',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  skipSessionStep: {
    method: 'POST',
    path: '/api/v1/admin/sessions/{id}/steps/skip',
    statuses: [200, 202, 400, 401, 403, 404, 409, 410, 413, 415, 500, 503],
  },
  getSessionTimeline: {
    method: 'GET',
    path: '/api/v1/admin/sessions/{id}/timeline',
    statuses: [200, 400, 401, 403, 404, 500, 503],
  },
  listCalendars: { method: 'GET', path: '/api/v1/admin/calendars', statuses: [200, 400, 401, 403, 500, 503] },
  createCalendar: {
    method: 'POST',
    path: '/api/v1/admin/calendars',
    statuses: [201, 400, 401, 403, 413, 415, 500, 503],
  },
  getCalendar: {
    method: 'GET',
    path: '/api/v1/admin/calendars/{id}',
    statuses: [200, 401, 403, 404, 500, 503],
  },
  listClients: { method: 'GET', path: '/api/v1/admin/clients', statuses: [200, 400, 401, 403, 500, 503] },
  createClient: {
    method: 'POST',
    path: '/api/v1/admin/clients',
    statuses: [201, 400, 401, 403, 409, 413, 415, 500, 503],
  },
  getClient: { method: 'GET', path: '/api/v1/admin/clients/{id}', statuses: [200, 401, 403, 404, 500, 503] },
  listTemplates: { method: 'GET', path: '/api/v1/admin/templates', statuses: [200, 400, 401, 403, 500, 503] },
  createTemplate: {
    method: 'POST',
    path: '/api/v1/admin/templates',
    statuses: [201, 400, 401, 403, 404, 413, 415, 500, 503],
  },
  getTemplate: {
    method: 'GET',
    path: '/api/v1/admin/templates/{id}',
    statuses: [200, 401, 403, 404, 500, 503],
  },
  eraseClient: {
    method: 'POST',
    path: '/api/v1/admin/clients/{id}/erase',
    statuses: [200, 202, 400, 401, 403, 404, 409, 413, 415, 500, 503],
  },
  listErasures: {
    method: 'GET',
    path: '/api/v1/admin/clients/{id}/erasures',
    statuses: [200, 400, 401, 403, 404, 500, 503],
  },
  getErasure: {
    method: 'GET',
    path: '/api/v1/admin/clients/{id}/erasures/{erasure_id}',
    statuses: [200, 401, 403, 404, 500, 503],
  },
  exportClient: {
    method: 'GET',
    path: '/api/v1/admin/clients/{id}/export',
    statuses: [200, 401, 403, 404, 500, 503],
  },
  getCertificateKeys: { method: 'GET', path: '/api/v1/public/certificate-keys', statuses: [200, 500] },
  listInbox: { method: 'GET', path: '/api/v1/admin/inbox', statuses: [200, 400, 401, 403, 500, 503] },
  replayInbox: {
    method: 'POST',
    path: '/api/v1/admin/inbox/replay',
    statuses: [200, 400, 401, 403, 413, 415, 500, 503],
  },
  getInboxEntry: {
    method: 'GET',
    path: '/api/v1/admin/inbox/{id}',
    statuses: [200, 401, 403, 404, 500, 503],
  },
  adoptAppointment: {
    method: 'POST',
    path: '/api/v1/admin/inbox/{id}/adopt',
    statuses: [200, 400, 401, 403, 404, 409, 410, 413, 415, 500, 502, 503, 504],
  },
  replayInboxEntry: {
    method: 'POST',
    path: '/api/v1/admin/inbox/{id}/replay',
    statuses: [200, 400, 401, 403, 404, 409, 413, 415, 500, 503],
  },
  listWebhookEndpoints: {
    method: 'GET',
    path: '/api/v1/admin/webhooks',
    statuses: [200, 400, 401, 403, 500, 503],
  },
  createWebhookEndpoint: {
    method: 'POST',
    path: '/api/v1/admin/webhooks',
    statuses: [201, 400, 401, 403, 409, 413, 415, 500, 503],
  },
  getWebhookEndpoint: {
    method: 'GET',
    path: '/api/v1/admin/webhooks/{id}',
    statuses: [200, 401, 403, 404, 500, 503],
  },
  changeWebhookEndpoint: {
    method: 'PATCH',
    path: '/api/v1/admin/webhooks/{id}',
    statuses: [200, 400, 401, 403, 404, 412, 413, 415, 500, 503],
  },
  deleteWebhookEndpoint: {
    method: 'DELETE',
    path: '/api/v1/admin/webhooks/{id}',
    statuses: [204, 400, 401, 403, 404, 412, 500, 503],
  },
  listWebhookDeliveries: {
    method: 'GET',
    path: '/api/v1/admin/webhooks/{id}/deliveries',
    statuses: [200, 400, 401, 403, 404, 500, 503],
  },
  replayFailedWebhookDeliveries: {
    method: 'POST',
    path: '/api/v1/admin/webhooks/{id}/deliveries/replay',
    statuses: [202, 400, 401, 403, 404, 409, 413, 415, 500, 503],
  },
  getWebhookDelivery: {
    method: 'GET',
    path: '/api/v1/admin/webhooks/{id}/deliveries/{delivery_id}',
    statuses: [200, 401, 403, 404, 500, 503],
  },
  replayWebhookDelivery: {
    method: 'POST',
    path: '/api/v1/admin/webhooks/{id}/deliveries/{delivery_id}/replay',
    statuses: [202, 401, 403, 404, 409, 500, 503],
  },
  getWebhookSecret: {
    method: 'GET',
    path: '/api/v1/admin/webhooks/{id}/secret',
    statuses: [200, 401, 403, 404, 500, 503],
  },
  rotateWebhookSecret: {
    method: 'POST',
    path: '/api/v1/admin/webhooks/{id}/secret/rotate',
    statuses: [200, 401, 403, 404, 500, 503],
  },
  testWebhookEndpoint: {
    method: 'POST',
    path: '/api/v1/admin/webhooks/{id}/test',
    statuses: [202, 401, 403, 404, 409, 500, 503],
  },
  receiveCalendlyWebhook: {
    method: 'POST',
    path: '/api/v1/public/calendly/webhook',
    statuses: [200, 400, 401, 413, 415, 500, 503],
  },
  getSaleorManifest: { method: 'GET', path: '/saleor/manifest', statuses: [200, 500] },
  registerSaleorApp: {
    method: 'POST',
    path: '/saleor/register',
    statuses: [200, 400, 401, 403, 409, 413, 415, 429, 500, 503],
  },
  receiveCalcomWebhook: {
    method: 'POST',
    path: '/webhooks/calcom',
    statuses: [200, 400, 401, 413, 415, 500, 503],
  },
  receiveSaleorWebhook: {
    method: 'POST',
    path: '/webhooks/saleor',
    statuses: [200, 400, 401, 413, 415, 500, 503],
  },
  receiveZammadWebhook: {
    method: 'POST',
    path: '/webhooks/zammad',
    statuses: [200, 400, 401, 413, 415, 500, 503],
  },
  listAudit: { method: 'GET', path: '/api/v1/admin/audit', statuses: [200, 400, 401, 403, 500, 503] },
  listViews: { method: 'GET', path: '/api/v1/admin/views', statuses: [200, 400, 401, 403, 500, 503] },
  createView: {
    method: 'POST',
    path: '/api/v1/admin/views',
    statuses: [201, 400, 401, 403, 409, 413, 415, 500, 503],
  },
  getView: { method: 'GET', path: '/api/v1/admin/views/{id}', statuses: [200, 401, 403, 404, 500, 503] },
  replaceView: {
    method: 'PUT',
    path: '/api/v1/admin/views/{id}',
    statuses: [200, 400, 401, 403, 404, 409, 412, 413, 415, 500, 503],
  },
  deleteView: {
    method: 'DELETE',
    path: '/api/v1/admin/views/{id}',
    statuses: [204, 400, 401, 403, 404, 412, 500, 503],
  },
  getBacklog: { method: 'GET', path: '/api/v1/admin/backlog', statuses: [200, 401, 403, 500, 503] },
  getHealth: { method: 'GET', path: '/api/v1/admin/health', statuses: [200, 401, 403, 500, 503] },
  listSchedules: { method: 'GET', path: '/api/v1/admin/schedules', statuses: [200, 401, 403, 500, 503] },
  triggerSchedule: {
    method: 'POST',
    path: '/api/v1/admin/schedules/{id}/trigger',
    statuses: [202, 400, 401, 403, 404, 409, 413, 415, 500, 503],
  },
  getOpenApiDocument: { method: 'GET', path: '/openapi.json', statuses: [200, 304, 400, 500] },
} as const satisfies Readonly<Record<keyof Operations, Call>>;
