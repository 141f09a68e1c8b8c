import { randomId } from '../../platform/random-id.ts';
import { BOOKING_POLICY } from '../../api/booking/policy.ts';
import type { Database } from '../../db/connect.ts';
import { insertBookingLink } from '../../db/queries/booking-links.ts';
import { type Booking, intendBooking } from '../../db/queries/bookings.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { bookingKeyOf, bookingWorkflowId } from '../../platform/session-ids.ts';
import { mintBookingToken, type TokenPurpose } from '../../platform/tokens.ts';
import type { Instant, LinkId } from '../../workflows/contract/values.ts';

const key = { id: 'k1', secret: new Uint8Array(32).fill(7) };
export const linkKeys: KeyRing = {
  newest: key,
  all: [key],
  byId: (id) => (id === key.id ? key : undefined),
};

export const EMAIL = 'zoe.mueller@example.com';

export interface Catalog {
  readonly tenantId: number;
  readonly clientId: number;
  readonly calendarId: number;
  readonly templateId: number;
}

/** A tenant with one client, one calendar and one template. */
export async function writeCatalog(db: Database, eventType = 'et-1'): Promise<Catalog> {
  const { id: tenantId } = await db
    .insertInto('tenants')
    .values({ name: 'Demo', time_zone: 'Europe/Berlin', saleor_domain: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id: clientId } = await db
    .insertInto('clients')
    .values({
      tenant_id: tenantId,
      email: EMAIL,
      email_key: EMAIL,
      first_name: 'Zoë',
      last_name: 'Müller',
      language: 'en',
      zammad_customer_id: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id: calendarId } = await db
    .insertInto('calendars')
    .values({
      tenant_id: tenantId,
      user_id: 5,
      name: 'Main',
      provider: 'calendly',
      event_type: eventType,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id: templateId } = await db
    .insertInto('templates')
    .values({
      tenant_id: tenantId,
      calendar_id: calendarId,
      name: 'First <talk>',
      duration_minutes: 45,
      saleor_product_id: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { tenantId, clientId, calendarId, templateId };
}

/** A link as the Booking Link API issues it. */
export async function issueLink(
  db: Database,
  catalog: Catalog,
  at: Instant,
  purpose: TokenPurpose = 'one-time-booking-link',
): Promise<{ linkId: LinkId; token: string }> {
  const linkId = randomId() as LinkId;
  const issuedAt = (Math.floor(at / 1000) * 1000) as Instant;
  const expiresAt = purpose === 'one-time-booking-link' ? ((issuedAt + 86_400_000) as Instant) : null;
  const claims = { linkId, userId: 5, ...catalog, purpose };
  await insertBookingLink(db, {
    ...claims,
    issuedAt: new Date(issuedAt),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
  });
  return { linkId, token: await mintBookingToken(linkKeys, { ...claims, issuedAt, expiresAt }) };
}

/** A booking that is owed its run, as a POST leaves it. */
export async function intend(
  db: Database,
  linkId: LinkId,
  at: Instant,
  nonce: string | null = null,
): Promise<Booking> {
  const bookingKey = bookingKeyOf(linkId, nonce);
  const made = await intendBooking(db, {
    bookingKey,
    linkId,
    nonce: nonce ?? 'a-form-of-the-tests',
    workflowId: bookingWorkflowId(linkId, nonce),
    at,
    inputOf: ({ tenantId, provider }) => ({
      rulesVersion: 1,
      bookingKey,
      tenantId,
      provider,
      requestedAt: at,
      policy: BOOKING_POLICY,
    }),
  });
  if (made.kind === 'refused') throw new Error(made.reason);
  return made.booking;
}
