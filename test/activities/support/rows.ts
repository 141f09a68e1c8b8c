import type { Database } from '../../../db/connect.ts';
import type { NewSession } from '../../../db/tables.ts';
import { sessionKeyOf, sessionWorkflowId } from '../../../platform/session-ids.ts';
import type { Policy, SessionInput } from '../../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../../workflows/contract/values.ts';

export const DOMAIN = 'shop.example';
export const ORDER = 'T3JkZXI6MQ==';
export const EMAIL = 'Zoe.Mueller@example.com';

export const instant = (iso: string): Instant => Date.parse(iso) as Instant;
export const NOW = instant('2026-11-21T10:00:00Z');

const HOUR = 3_600_000;

const policy: Policy = {
  cutoffMs: 24 * HOUR,
  bookingDeadlineMs: 30 * 24 * HOUR,
  gateOpensMs: HOUR / 4,
  gateClosesMs: HOUR / 2,
  remindersMs: [24 * HOUR, HOUR],
  refund: 'full',
  onCancel: 'rebook',
  lateDeadlineMs: 12 * HOUR,
  lateDefault: 'decline',
  lateGrace: 'none',
  settleMs: 24 * HOUR,
  refundSettleMs: 60_000,
  halfRescheduleMs: 60_000,
};

/** A tenant with a calendar and a template, a client and an order. */
export async function insertShop(db: Database): Promise<{ clientId: number; templateId: number }> {
  const tenant = await db
    .insertInto('tenants')
    .values({ name: 'Demo', time_zone: 'Europe/Berlin', saleor_domain: DOMAIN })
    .returning('id')
    .executeTakeFirstOrThrow();
  const calendar = await db
    .insertInto('calendars')
    .values({ tenant_id: tenant.id, user_id: 5, name: 'Demo', provider: 'calendly', event_type: 'et-1' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const template = await db
    .insertInto('templates')
    .values({
      tenant_id: tenant.id,
      calendar_id: calendar.id,
      name: 'Session',
      duration_minutes: 60,
      saleor_product_id: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const client = await db
    .insertInto('clients')
    .values({
      tenant_id: tenant.id,
      email: EMAIL,
      email_key: EMAIL.toLowerCase(),
      first_name: 'Zoë',
      last_name: 'Müller',
      language: 'en',
      zammad_customer_id: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('orders')
    .values({
      saleor_domain: DOMAIN,
      order_id: ORDER,
      tenant_id: tenant.id,
      client_id: client.id,
      number: '1001',
      currency: 'USD',
    })
    .execute();
  return { clientId: client.id, templateId: template.id };
}

/** The n-th unit of the order, as intake writes it. */
export async function insertSession(
  db: Database,
  shop: { clientId: number; templateId: number },
  unit: number,
  overrides: Partial<NewSession> = {},
): Promise<SessionKey> {
  const key = sessionKeyOf({ saleorDomain: DOMAIN, orderUuid: 'o', lineUuid: 'l', unit });
  const tenant = await db.selectFrom('tenants').select('id').executeTakeFirstOrThrow();
  const input: SessionInput = {
    rulesVersion: 1,
    sessionKey: key,
    tenantId: tenant.id,
    policy,
    paidAt: NOW,
    provider: 'calendly',
    durationMs: HOUR,
    startsAt: null,
    problems: [],
  };
  await db
    .insertInto('sessions')
    .values({
      session_key: key,
      tenant_id: tenant.id,
      client_id: shop.clientId,
      template_id: shop.templateId,
      saleor_domain: DOMAIN,
      order_id: ORDER,
      line_id: 'T3JkZXJMaW5lOjE=',
      unit,
      slug: `slug-${key}`,
      workflow_id: sessionWorkflowId(key),
      start_state: 'started',
      intended_at: new Date(NOW),
      started_at: new Date(NOW),
      input: JSON.stringify(input),
      product_name: 'Tax & <b>Law</b>',
      variant_name: '60 min',
      resource: null,
      event_type: 'et-1',
      time_zone: 'Europe/Berlin',
      language: 'en',
      amount: '49.00',
      currency: 'USD',
      refused: '[]',
      ticket_id: null,
      ticket_number: null,
      booking_url: null,
      outcome: null,
      starts_at: null,
      ends_at: null,
      cutoff_at: null,
      updated_at: new Date(NOW),
      ...overrides,
    })
    .execute();
  return key;
}

/** The only withdrawable link of a session. */
export const withdrawableLinkOf = (db: Database, key: SessionKey) =>
  db.selectFrom('withdrawable_links').selectAll().where('session_key', '=', key).executeTakeFirstOrThrow();
