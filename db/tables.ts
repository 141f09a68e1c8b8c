import type { ColumnType, Generated, Insertable, Selectable } from 'kysely';
import type { Attention, Gate, Outcome, Phase, SessionInput } from '../workflows/contract/session.ts';
import type { BookingInput } from '../workflows/contract/booking.ts';
import type { BookingKey, LinkId, Provider, SessionKey } from '../workflows/contract/values.ts';
import type { BlankedCounts } from '../workflows/contract/erasure.ts';
import type { WebhookMessage } from '../workflows/contract/webhook.ts';
import type { GatewaySight, ProcessKind } from '../platform/process-report.ts';
import type { VendorSight } from '../platform/vendor-pace/sight.ts';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type CreatedAt = ColumnType<Date, Date | string | undefined, never>;
/** Written as JSON text, read as a value. */
type Json<T> = ColumnType<T, string, string>;

export interface TenantsTable {
  id: Generated<number>;
  name: string;
  time_zone: string;
  /** The Saleor domain whose orders are this tenant's, or null. */
  saleor_domain: string | null;
  created_at: CreatedAt;
}

export interface ClientsTable {
  id: Generated<number>;
  tenant_id: number;
  /** As given; matched by `email_key`. */
  email: string;
  /** The address trimmed and lower-cased. Unique per tenant. */
  email_key: string;
  first_name: string;
  last_name: string;
  language: string;
  /** Zammad's user id, made once under a lock. */
  zammad_customer_id: number | null;
  /** The person was erased: what identifies them is blank, the row stays for what refers to it. */
  erased_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  created_at: CreatedAt;
}

export interface CalendarsTable {
  id: Generated<number>;
  tenant_id: number;
  /** The user who owns the calendar. */
  user_id: number;
  name: string;
  provider: Provider;
  /** Calendly's event type UUID or Cal.com's event type id. */
  event_type: string;
  created_at: CreatedAt;
}

export interface TemplatesTable {
  id: Generated<number>;
  tenant_id: number;
  calendar_id: number;
  name: string;
  duration_minutes: number;
  /** Saleor's product id when the template came with an order. Unique per tenant. */
  saleor_product_id: string | null;
  created_at: CreatedAt;
}

export type InboxSource = 'saleor' | 'calendly' | 'calcom' | 'zammad';
export type InboxStatus = 'stored' | 'done' | 'quarantined';

export interface InboxTable {
  id: Generated<string>;
  source: InboxSource;
  /** Unique per source: only what is really the same delivery collapses. */
  delivery_key: string;
  /** Rows of one correlation are delivered oldest first. */
  correlation: string;
  event: string;
  /** The raw body that the signature covers; empty once it was pruned. */
  body: Buffer;
  received_at: Timestamp;
  status: Generated<InboxStatus>;
  /** Why it waits or was quarantined; a stable code. */
  reason: string | null;
  attempts: Generated<number>;
  next_attempt_at: Timestamp;
  settled_at: Timestamp | null;
  /** When its body was emptied; its key stays, so that a repeat is still a repeat. */
  pruned_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** The span that brought it, as in the W3C's Trace Context; null where nothing was traced. */
  traceparent: ColumnType<string | null, string | null | undefined, string | null>;
}

export interface OrdersTable {
  saleor_domain: string;
  order_id: string;
  tenant_id: number;
  client_id: number;
  number: string;
  currency: string;
  created_at: CreatedAt;
}

/** `intended`: a workflow is owed. `started`: Temporal has it. `ended`: its final gate is committed. */
export type StartState = 'intended' | 'started' | 'ended';

export interface SessionsTable {
  session_key: SessionKey;
  tenant_id: number;
  client_id: number;
  template_id: number;
  saleor_domain: string;
  /** Saleor's ids as they came, e.g. `T3JkZXI6…`. */
  order_id: string;
  line_id: string;
  unit: number;
  /** The unguessable public id in the session's URL. */
  slug: string;
  workflow_id: string;
  start_state: Generated<StartState>;
  intended_at: Timestamp;
  started_at: Timestamp | null;
  input: Json<SessionInput>;
  product_name: string;
  variant_name: string;
  /** What is behind the lock (`session-resource` / `session.join-url`), or null. */
  resource: string | null;
  /** With whom it books now; the input keeps the provider that it was sold with. */
  provider: Generated<Provider>;
  event_type: string;
  time_zone: string;
  language: string;
  /** Decimal text, never a float. */
  amount: string;
  currency: string;
  /** Values of the shop's that were refused, for the ticket. */
  refused: Json<readonly { field: string; value: string; code: string }[]>;
  ticket_id: number | null;
  ticket_number: string | null;
  booking_url: string | null;
  /** Names the link of `booking_url` among the withdrawable links; null for one that cannot be taken back. */
  booking_link: Optional<string>;
  phase: Generated<Phase>;
  outcome: Outcome | null;
  starts_at: Timestamp | null;
  ends_at: Timestamp | null;
  cutoff_at: Timestamp | null;
  needs_attention: Generated<boolean>;
  /** Saleor's id of the variant; null for what was sold before it was kept, or when the product was deleted. */
  variant_id: Optional<string>;
  /** What the shop's order was last told of it: `open`, or its outcome. */
  shop_state: Optional<string>;
  /** When the shop was seen to have its unit as fulfilled. */
  fulfilled_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** What a person must look at; null where only the run knows. */
  attention: ColumnType<readonly Attention[] | null, string | null | undefined, string | null>;
  /** Of a late change that waits for a person's answer. */
  late_requested_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  late_deadline: ColumnType<Date | null, Date | null | undefined, Date | null>;
  created_at: CreatedAt;
  updated_at: Timestamp;
}

/** Our app as a shop has installed it: one row for each shop. */
export interface SaleorAppsTable {
  saleor_domain: string;
  /** The GraphQL endpoint. */
  api_url: string;
  app_id: string;
  /** The key of `CREDENTIAL_KEYS` that the token is encrypted with. */
  token_key_id: string;
  token: Buffer;
  registered_at: Timestamp;
}

/** Every link that was ever issued: a session's own, and those made through the Booking Link API. */
export interface LinksTable {
  /** The token's `jti`. */
  link_id: LinkId;
  /** Null for a link of the Booking Link API. */
  session_key: SessionKey | null;
  tenant_id: number;
  user_id: number;
  calendar_id: number;
  template_id: number;
  client_id: number;
  purpose: 'permanent-booking-link' | 'one-time-booking-link';
  issued_at: Timestamp;
  /** Of a one-time link; null for a permanent one. */
  expires_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  revoked_at: Timestamp | null;
  /** The caller who revoked it through an API. */
  revoked_by: ColumnType<string | null, string | null | undefined, string | null>;
}

export type BookingStatus = 'pending' | 'scheduled' | 'completed' | 'cancelled';

/** A column that a row may leave out, and then is null. */
type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;

/**
 * One row is one `bookingWorkflow`: made with a booking link, or asked for by a visitor. What `kind` says decides which
 * columns are set; the table checks it.
 */
export interface BookingsTable {
  /**
   * A one-time link's `jti`; of a permanent link, 22 characters of a hash of `jti` and nonce; of a request, 22 random
   * characters.
   */
  booking_key: BookingKey;
  kind: ColumnType<'link' | 'request', 'link' | 'request' | undefined, never>;
  link_id: LinkId | null;
  /** The form that it was made from; a repeat of the same form is the same booking. */
  nonce: string | null;
  tenant_id: number;
  client_id: number | null;
  template_id: number | null;
  /** Of a request, as the visitor gave it. An empty text once the booking is deleted. */
  first_name: Optional<string>;
  last_name: Optional<string>;
  company_name: Optional<string>;
  company_website: Optional<string>;
  position: Optional<string>;
  is_decision_maker: Optional<boolean>;
  email: Optional<string>;
  /** E.g. `+1`. */
  phone_code: Optional<string>;
  phone_number: Optional<string>;
  meeting_notes: Optional<string>;
  is_read: Generated<boolean>;
  /** The default link was handed out because there was none of its own in time. */
  default_link_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** The appointment that it has, or last had. */
  appointment_uri: Optional<string>;
  /** Why an operator cancelled it, in words of theirs. */
  cancel_reason: Optional<string>;
  needs_attention: Generated<boolean>;
  /** Nobody is shown it any more, and what the visitor gave is erased. */
  deleted_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** What a search looks through, in lower case. */
  search: ColumnType<string | null, never, never>;
  workflow_id: string;
  start_state: Generated<StartState>;
  intended_at: Timestamp;
  started_at: Timestamp | null;
  input: Json<BookingInput>;
  provider: Provider;
  event_type: string;
  /** The single-use scheduling link, once it was made. */
  booking_url: string | null;
  status: Generated<BookingStatus>;
  /** Why it was cancelled: `cancelled-by-client`, `cancelled-by-host`, `not-booked`, `operator`. */
  reason: string | null;
  starts_at: Timestamp | null;
  ends_at: Timestamp | null;
  no_show: Generated<boolean>;
  reschedules: Generated<number>;
  /** Of the workflow's last record; only a greater one overwrites. */
  version: ColumnType<string, number | undefined, number>;
  created_at: CreatedAt;
  updated_at: Timestamp;
}

export type RevocationKind = 'link' | 'access' | 'login';

/** What may no longer pass. `seq` is given under a lock, so that its order is the order of the commits. */
export interface RevocationsTable {
  seq: Generated<string>;
  kind: RevocationKind;
  /** A link's id, a session's key, or a login's id. */
  subject: string;
  /** The session whose workflow is owed an Update, or null. */
  session_key: SessionKey | null;
  actor: string;
  revoked_at: Timestamp;
  /** After this instant nothing that it revokes can be shown any more. */
  keep_until: Timestamp | null;
  /** The workflow has heard it. */
  delivered_at: Timestamp | null;
  attempts: Generated<number>;
  next_attempt_at: Timestamp;
}

/** Processes that answer forward-auth. One whose lease ran out answers nothing from memory. */
export interface ReplicasTable {
  replica_id: string;
  lease_until: Timestamp;
  /** Every revocation up to this one is in its memory. */
  confirmed_seq: ColumnType<string, number | string, number | string>;
  started_at: Timestamp;
}

export interface LoginCodesTable {
  /** Names the attempt to its browser; random. */
  challenge: string;
  email_key: string;
  /** HMAC-SHA256 over challenge and code. */
  code_hash: Buffer;
  tries: Generated<number>;
  created_at: Timestamp;
  expires_at: Timestamp;
  used_at: Timestamp | null;
  /** The article that carried the code, until it was deleted. */
  article_id: number | null;
  article_gone_at: Timestamp | null;
}

/** Owned by rate-limiter-flexible. */
export interface RateLimitsTable {
  key: string;
  points: Generated<number>;
  expire: ColumnType<string | null, number | null, number | null>;
}

/** Who did what, or was refused what. No secret, no token, no personal data. */
export interface AuditTable {
  id: Generated<string>;
  at: Timestamp;
  tenant_id: number | null;
  /** `client:12`, `user:5`, `system`, … */
  actor: string;
  /** E.g. `link.revoked`, `gate.refused`. */
  action: string;
  subject: string;
  reason: string | null;
  details: Json<Readonly<Record<string, string | number | boolean | null>>> | null;
}

export interface GatesTable {
  session_key: SessionKey;
  version: ColumnType<string, number, number>;
  gate: Json<Gate>;
  published_at: Timestamp;
}

export interface TimelineTable {
  session_key: SessionKey;
  seq: number;
  at: Timestamp;
  event: string;
  from_phase: Phase;
  to_phase: Phase;
  reason: string;
}

/** What the gateway told of a session's URL, beside what its workflow decided. */
export interface GatewayEventsTable {
  session_key: SessionKey;
  /** `opened`, or the status and the minute: a flood of refusals is one entry a minute. */
  entry: string;
  at: Timestamp;
  event: 'gateway.opened' | 'gateway.refused';
  /** What the client was answered. */
  status: number;
}

/** Who is asking a vendor for what there may be only one of, and until when nobody else may. */
export interface LinkClaimsTable {
  /** Whose and what, e.g. which session's link. */
  key: string;
  /** Random, of one call: none gives back what another has claimed since. */
  holder: string;
  /** By PostgreSQL's clock. */
  until: Timestamp;
}

/** What a caller's `Idempotency-Key` stands for, for a day. Keys are kept as hashes. */
export interface IdempotencyKeysTable {
  scope: string;
  key_hash: string;
  /** Of what was asked: the same key with something else is a mistake. */
  request_hash: string;
  /** What the first request made. */
  subject: string;
  expires_at: Timestamp;
}

/** Where a tenant wants to be told of events. */
export interface WebhookEndpointsTable {
  endpoint_id: string;
  tenant_id: number;
  url: string;
  description: string | null;
  events: string[];
  state: Generated<'enabled' | 'disabled'>;
  /** The secret is derived from our keys, the endpoint and this; a greater one is another secret. */
  secret_round: Generated<number>;
  created_at: CreatedAt;
  updated_at: Timestamp;
}

/** One event on its way to one endpoint: one row is one `webhookWorkflow`. */
export interface WebhookDeliveriesTable {
  delivery_id: string;
  endpoint_id: string;
  tenant_id: number;
  /** `webhook-id`: the same for every endpoint and every repeat. */
  message_id: string;
  event: string;
  payload: Json<WebhookMessage>;
  workflow_id: string;
  start_state: Generated<StartState>;
  status: Generated<'pending' | 'delivered' | 'failed'>;
  /** Of the current run; the log has those of earlier runs too. */
  attempts: Generated<number>;
  /** HTTP status of the last answer, if there was one. */
  last_status: number | null;
  /** A stable code of why the last attempt failed. */
  last_code: string | null;
  created_at: CreatedAt;
  /** When its run was last asked for. Long ago: it has not been since it was owed. */
  touched_at: Timestamp;
  settled_at: Timestamp | null;
}

export interface WebhookAttemptsTable {
  delivery_id: string;
  n: number;
  at: Timestamp;
  status: number | null;
  code: string | null;
  duration_ms: number;
}

export interface AppointmentsTable {
  /** Calendly's invitee URI. */
  uri: string;
  /** One of the two is set: whose appointment it is. */
  session_key: SessionKey | null;
  booking_key: ColumnType<BookingKey | null, BookingKey | null | undefined, BookingKey | null>;
  provider: Provider;
  event_uri: string;
  starts_at: Timestamp;
  ends_at: Timestamp;
  reschedule_url: string | null;
  cancel_url: string | null;
  join_url: string | null;
  time_zone: string | null;
  /** The provider's tracking field that tells by which of our links it was booked. */
  campaign: Optional<string>;
  created_at: CreatedAt;
}

/** One request to erase a person, and what came of it. */
export interface ErasuresTable {
  erasure_id: string;
  tenant_id: number;
  client_id: number;
  /** Who asked for it. */
  actor: string;
  status: Generated<'running' | 'done'>;
  /** How much was blanked, so that a repeat after a lost answer says the same. */
  blanked: Json<BlankedCounts | null> | null;
  /** Signed; what was done and what could not be. Null while it runs. */
  certificate: ColumnType<string | null, string | null | undefined, string | null>;
  created_at: CreatedAt;
  finished_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export type AttentionKind = 'attention' | 'late-change' | 'quarantine' | 'housekeeping';

/** What needs a person, and whether it was mailed. */
export interface AttentionsTable {
  attention_id: string;
  kind: AttentionKind;
  /** What it is about, e.g. `session|<key>`, `inbox|7`. */
  subject: string;
  session_key: SessionKey | null;
  booking_key: BookingKey | null;
  step: string | null;
  code: string;
  /** The vendor's. */
  request_id: string | null;
  deadline: Timestamp | null;
  since: Timestamp;
  raised_at: Timestamp;
  gone_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** Of what the system found by itself: when webhooks were told of it. */
  told_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** `off`: nobody is mailed. */
  mail_state: Generated<'owed' | 'sent' | 'off'>;
  /** The mail that it was last sent in; rows of one digest share it. */
  mail_id: Optional<string>;
  mail_attempts: Generated<number>;
  mail_due_at: Timestamp;
  mail_claimed_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export type AttentionRow = Selectable<AttentionsTable>;

/** The one late change that a client was granted without a person's yes. */
export interface GracesTable {
  tenant_id: number;
  client_id: number;
  session_key: SessionKey;
  /** Which of the session's late changes. */
  late_change: string;
  granted_at: Timestamp;
}

/** When the next request to a vendor may be made. All instants are PostgreSQL's. */
export interface VendorPacesTable {
  vendor: string;
  /** The next turn of an even spacing; turns are given a little ahead of it. */
  next_at: Timestamp;
  /** When the last of those who were told to come again comes. */
  line_at: Timestamp;
  asked_at: Timestamp;
  /** Whether who asked last was given a turn. */
  granted: boolean;
}

/** A session's scheduling links that can be taken back at the provider, those that were replaced included. */
export interface WithdrawableLinksTable {
  /** As the provider's client names it. */
  link: string;
  provider: Provider;
  session_key: SessionKey;
  made_at: CreatedAt;
  /** When it was found withdrawn, gone or booked: nobody has to ask again. */
  settled_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

/** The lists of the admin API whose filters are kept. */
export type ViewedList = 'sessions' | 'bookings' | 'inbox';

/** A filter of a list, kept under a name. */
export interface SavedViewsTable {
  view_id: string;
  tenant_id: number;
  /** Whose it is, as the audit names them; null: every admin's of the tenant. */
  owner: string | null;
  list: ViewedList;
  /** Unique, in whatever case, among those of the same owner and list. */
  name: string;
  /** As the list's query writes it. */
  filter: Json<Readonly<Record<string, string>>>;
  created_at: CreatedAt;
  updated_at: Timestamp;
}

/** What a process says of itself, again and again while it lives. */
export interface ProcessesTable {
  process_id: string;
  kind: ProcessKind;
  version: string;
  /** Of a versioned worker. */
  build_id: string | null;
  started_at: Timestamp;
  /** By PostgreSQL's clock. */
  seen_at: Timestamp;
  vendors: Json<readonly VendorSight[]>;
  /** Null for a worker, which does not set the gateway up. */
  gateway: Json<GatewaySight | null> | null;
}

export interface Tables {
  tenants: TenantsTable;
  clients: ClientsTable;
  calendars: CalendarsTable;
  templates: TemplatesTable;
  attentions: AttentionsTable;
  inbox: InboxTable;
  orders: OrdersTable;
  sessions: SessionsTable;
  links: LinksTable;
  gates: GatesTable;
  timeline: TimelineTable;
  gateway_events: GatewayEventsTable;
  appointments: AppointmentsTable;
  bookings: BookingsTable;
  revocations: RevocationsTable;
  replicas: ReplicasTable;
  login_codes: LoginCodesTable;
  rate_limits: RateLimitsTable;
  audit: AuditTable;
  link_claims: LinkClaimsTable;
  idempotency_keys: IdempotencyKeysTable;
  webhook_endpoints: WebhookEndpointsTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_attempts: WebhookAttemptsTable;
  erasures: ErasuresTable;
  graces: GracesTable;
  vendor_paces: VendorPacesTable;
  saleor_apps: SaleorAppsTable;
  withdrawable_links: WithdrawableLinksTable;
  saved_views: SavedViewsTable;
  processes: ProcessesTable;
}

export type Session = Selectable<SessionsTable>;
export type NewSession = Insertable<SessionsTable>;
export type Client = Selectable<ClientsTable>;
export type Tenant = Selectable<TenantsTable>;
export type InboxRow = Selectable<InboxTable>;
