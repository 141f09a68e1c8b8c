import type { Insertable } from 'kysely';
import type { Database } from '../../../db/connect.ts';
import type { SessionsTable } from '../../../db/tables.ts';
import type { Gate, SessionInput } from '../../../workflows/contract/session.ts';
import type { LinkId, SessionKey } from '../../../workflows/contract/values.ts';
import { KEY, linkId, NOW, OTHER_KEY, OTHER_SLUG, SLUG } from './values.ts';

export interface Rows {
  readonly tenantId: number;
  readonly clientId: number;
  readonly otherClientId: number;
  readonly calendarId: number;
  readonly templateId: number;
}

/** A tenant with two clients and a session of each; both with their first link. */
export async function writeRows(db: Database): Promise<Rows> {
  const one = <T>(rows: readonly T[]): T => {
    const [row] = rows;
    if (row === undefined) throw new Error('nothing was written');
    return row;
  };
  const tenant = one(
    await db
      .insertInto('tenants')
      .values({ name: 'Demo', time_zone: 'Europe/Berlin', saleor_domain: null })
      .returning('id')
      .execute(),
  );
  const client = async (name: string): Promise<number> =>
    one(
      await db
        .insertInto('clients')
        .values({
          tenant_id: tenant.id,
          email: `${name}@example.com`,
          email_key: `${name}@example.com`,
          first_name: name,
          last_name: 'Example',
          language: 'en',
          zammad_customer_id: null,
        })
        .returning('id')
        .execute(),
    ).id;
  const clientId = await client('ada');
  const otherClientId = await client('bob');
  const calendar = one(
    await db
      .insertInto('calendars')
      .values({ tenant_id: tenant.id, user_id: 5, name: 'Main', provider: 'calendly', event_type: 'x' })
      .returning('id')
      .execute(),
  );
  const template = one(
    await db
      .insertInto('templates')
      .values({
        tenant_id: tenant.id,
        calendar_id: calendar.id,
        name: 'Hour',
        duration_minutes: 60,
        saleor_product_id: null,
      })
      .returning('id')
      .execute(),
  );
  const rows: Rows = {
    tenantId: tenant.id,
    clientId,
    otherClientId,
    calendarId: calendar.id,
    templateId: template.id,
  };
  for (const [key, slug, owner] of [
    [KEY, SLUG, clientId],
    [OTHER_KEY, OTHER_SLUG, otherClientId],
  ] as const) {
    await db
      .insertInto('orders')
      .values({
        saleor_domain: 'shop.example',
        order_id: `order-${key}`,
        tenant_id: tenant.id,
        client_id: owner,
        number: '1',
        currency: 'EUR',
      })
      .execute();
    await db
      .insertInto('sessions')
      .values({
        session_key: key,
        tenant_id: tenant.id,
        client_id: owner,
        template_id: template.id,
        saleor_domain: 'shop.example',
        order_id: `order-${key}`,
        line_id: 'line',
        unit: 0,
        slug,
        workflow_id: `session-${key}`,
        start_state: 'started',
        intended_at: new Date(NOW),
        started_at: new Date(NOW),
        input: JSON.stringify({ sessionKey: key } satisfies Partial<SessionInput>),
        product_name: 'Coaching <b>hour</b>',
        variant_name: 'Online & live',
        resource: null,
        event_type: 'x',
        time_zone: 'Europe/Berlin',
        language: 'en',
        amount: '49.00',
        currency: 'EUR',
        refused: '[]',
        ticket_id: null,
        ticket_number: null,
        booking_url: null,
        outcome: null,
        starts_at: null,
        ends_at: null,
        cutoff_at: null,
        updated_at: new Date(NOW),
      })
      .execute();
    await writeLink(db, rows, key, linkId(1, key), owner);
  }
  return rows;
}

export async function writeLink(
  db: Database,
  rows: Rows,
  key: SessionKey,
  link: LinkId,
  clientId: number = rows.clientId,
): Promise<void> {
  await db
    .insertInto('links')
    .values({
      link_id: link,
      session_key: key,
      tenant_id: rows.tenantId,
      user_id: 5,
      calendar_id: rows.calendarId,
      template_id: rows.templateId,
      client_id: clientId,
      purpose: 'permanent-booking-link',
      issued_at: new Date(NOW),
      revoked_at: null,
    })
    .execute();
}

export async function revokeLink(db: Database, link: LinkId): Promise<void> {
  await db
    .updateTable('links')
    .set({ revoked_at: new Date(NOW) })
    .where('link_id', '=', link)
    .execute();
}

export async function publishGate(db: Database, gate: Gate): Promise<void> {
  await db
    .insertInto('gates')
    .values({
      session_key: gate.sessionKey,
      version: gate.version,
      gate: JSON.stringify(gate),
      published_at: new Date(NOW),
    })
    .onConflict((conflict) =>
      conflict.column('session_key').doUpdateSet({ version: gate.version, gate: JSON.stringify(gate) }),
    )
    .execute();
}

export async function changeSession(
  db: Database,
  change: Partial<
    Pick<SessionsTable, 'resource' | 'booking_url' | 'outcome'> & {
      phase: 'opening' | 'awaiting-booking' | 'scheduled' | 'locked' | 'settling' | 'ended';
      start_state: 'intended' | 'started' | 'ended';
      starts_at: Date;
      ends_at: Date;
      cutoff_at: Date;
      needs_attention: boolean;
      provider: 'calendly' | 'calcom';
    }
  >,
): Promise<void> {
  await db.updateTable('sessions').set(change).where('session_key', '=', KEY).execute();
}

/** Another session like the first one, of the same order unless told. */
export async function copySession(
  db: Database,
  unit: number,
  change: Partial<Insertable<SessionsTable>> = {},
): Promise<SessionKey> {
  const key = String(unit).padStart(KEY.length, 'n') as SessionKey;
  const first = await db
    .selectFrom('sessions')
    .selectAll()
    .where('session_key', '=', KEY)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('sessions')
    .values({
      ...first,
      session_key: key,
      unit,
      slug: `slug-${key}`,
      workflow_id: `session-${key}`,
      input: JSON.stringify({ sessionKey: key, provider: 'calendly' }),
      refused: '[]',
      attention: null,
      ...change,
    })
    .execute();
  return key;
}
