import type { ColumnType, Generated, Insertable, Selectable } from 'kysely';
import type { Gate, Outcome, Phase, SessionInput } from '../workflows/contract/session.ts';
import type { LinkId, Provider, SessionKey } from '../workflows/contract/values.ts';

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

export type InboxSource = 'saleor' | 'calendly';
export type InboxStatus = 'stored' | 'done' | 'quarantined';

export interface InboxTable {
  id: Generated<string>;
  source: InboxSource;
  /** Unique per source: only what is really the same delivery collapses. */
  delivery_key: string;
  /** Rows of one correlation are delivered oldest first. */
  correlation: string;
  event: string;
  /** The raw body that the signature covers. */
  body: Buffer;
  received_at: Timestamp;
  status: Generated<InboxStatus>;
  /** Why it waits or was quarantined; a stable code. */
  reason: string | null;
  attempts: Generated<number>;
  next_attempt_at: Timestamp;
  settled_at: Timestamp | null;
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
  phase: Generated<Phase>;
  outcome: Outcome | null;
  starts_at: Timestamp | null;
  ends_at: Timestamp | null;
  cutoff_at: Timestamp | null;
  needs_attention: Generated<boolean>;
  created_at: CreatedAt;
  updated_at: Timestamp;
}

export interface LinksTable {
  link_id: LinkId;
  session_key: SessionKey;
  tenant_id: number;
  user_id: number;
  calendar_id: number;
  template_id: number;
  client_id: number;
  purpose: 'permanent-booking-link';
  issued_at: Timestamp;
  revoked_at: Timestamp | null;
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

export interface AppointmentsTable {
  /** Calendly's invitee URI. */
  uri: string;
  session_key: SessionKey;
  provider: Provider;
  event_uri: string;
  starts_at: Timestamp;
  ends_at: Timestamp;
  reschedule_url: string | null;
  cancel_url: string | null;
  join_url: string | null;
  time_zone: string | null;
  created_at: CreatedAt;
}

export interface Tables {
  tenants: TenantsTable;
  clients: ClientsTable;
  calendars: CalendarsTable;
  templates: TemplatesTable;
  inbox: InboxTable;
  orders: OrdersTable;
  sessions: SessionsTable;
  links: LinksTable;
  gates: GatesTable;
  timeline: TimelineTable;
  appointments: AppointmentsTable;
}

export type Session = Selectable<SessionsTable>;
export type NewSession = Insertable<SessionsTable>;
export type Client = Selectable<ClientsTable>;
export type Tenant = Selectable<TenantsTable>;
export type InboxRow = Selectable<InboxTable>;
