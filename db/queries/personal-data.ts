import type { Tables } from '../tables.ts';

/** What becomes of a table's rows when a person is erased. */
type Fate =
  /** What identifies the person is emptied; ids, instants and codes stay for what refers to them. */
  | { readonly kind: 'blanked'; readonly columns: readonly string[] }
  | { readonly kind: 'deleted' }
  /** Nothing in it identifies a person, or it is not about persons at all. */
  | { readonly kind: 'kept'; readonly why: string };

const IDS_ONLY = { kind: 'kept', why: 'ids, instants and codes only' } as const;
const OF_THE_BUSINESS = { kind: 'kept', why: 'about the business, not about its clients' } as const;

/** Decided for each table: a new one does not compile until somebody has thought about it. */
export const ERASURE_FATES = {
  tenants: OF_THE_BUSINESS,
  calendars: OF_THE_BUSINESS,
  templates: OF_THE_BUSINESS,
  webhook_endpoints: OF_THE_BUSINESS,
  vendor_paces: OF_THE_BUSINESS,
  saleor_apps: OF_THE_BUSINESS,
  clients: { kind: 'blanked', columns: ['email', 'email_key', 'first_name', 'last_name'] },
  inbox: { kind: 'blanked', columns: ['body'] },
  orders: { kind: 'kept', why: 'ids and the number of the order: the shop keeps the order itself' },
  sessions: { kind: 'blanked', columns: ['booking_url'] },
  appointments: { kind: 'blanked', columns: ['reschedule_url', 'cancel_url', 'join_url', 'time_zone'] },
  bookings: {
    kind: 'blanked',
    columns: [
      'first_name',
      'last_name',
      'company_name',
      'company_website',
      'position',
      'email',
      'phone_code',
      'phone_number',
      'meeting_notes',
      'cancel_reason',
      'booking_url',
    ],
  },
  login_codes: { kind: 'deleted' },
  links: IDS_ONLY,
  gates: IDS_ONLY,
  timeline: IDS_ONLY,
  gateway_events: IDS_ONLY,
  revocations: IDS_ONLY,
  replicas: IDS_ONLY,
  rate_limits: { kind: 'kept', why: 'keys are hashed, and gone within the hour' },
  audit: { kind: 'blanked', columns: ['details.reason'] },
  link_claims: IDS_ONLY,
  withdrawable_links: IDS_ONLY,
  idempotency_keys: { kind: 'kept', why: 'hashes, for a day' },
  webhook_deliveries: IDS_ONLY,
  webhook_attempts: IDS_ONLY,
  erasures: IDS_ONLY,
  graces: IDS_ONLY,
  saved_views: { kind: 'deleted' },
  processes: OF_THE_BUSINESS,
  attentions: IDS_ONLY,
} as const satisfies Record<keyof Tables, Fate>;
