import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../../db/connect.ts';
import { ACCESS_COOKIE, ACCESS_COOKIE_SECONDS } from '../../api/gate/credentials.ts';
import { linkIdOf, sessionWorkflowId } from '../../platform/session-ids.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { mintAccessCookie } from '../../platform/tokens.ts';
import type { Gate, SessionInput } from '../../workflows/contract/session.ts';
import type { Instant, LinkId, SessionKey } from '../../workflows/contract/values.ts';

/** A session that is open for as long as a bench takes. */
export interface BenchSession {
  readonly sessionKey: SessionKey;
  readonly slug: string;
  readonly linkId: LinkId;
  readonly tenantId: number;
  readonly clientId: number;
}

const DAY = 24 * 3600 * 1000;
const SHOP = 'shop.example';
const AT_ONCE = 1000;

function onlyRow<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('nothing was written');
  return row;
}

interface Owner {
  readonly tenantId: number;
  readonly clientId: number;
  readonly calendarId: number;
  readonly templateId: number;
  readonly orderId: string;
}

async function writeOwner(db: Database, now: Date): Promise<Owner> {
  const tenant = onlyRow(
    await db
      .insertInto('tenants')
      .values({ name: 'Bench', time_zone: 'Europe/Berlin', saleor_domain: null })
      .returning('id')
      .execute(),
  );
  const client = onlyRow(
    await db
      .insertInto('clients')
      .values({
        tenant_id: tenant.id,
        email: 'bench@example.com',
        email_key: 'bench@example.com',
        first_name: 'Bench',
        last_name: 'Client',
        language: 'en',
        zammad_customer_id: null,
      })
      .returning('id')
      .execute(),
  );
  const calendar = onlyRow(
    await db
      .insertInto('calendars')
      .values({ tenant_id: tenant.id, user_id: 5, name: 'Main', provider: 'calendly', event_type: 'bench' })
      .returning('id')
      .execute(),
  );
  const template = onlyRow(
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
  const orderId = `bench-${now.getTime()}`;
  await db
    .insertInto('orders')
    .values({
      saleor_domain: SHOP,
      order_id: orderId,
      tenant_id: tenant.id,
      client_id: client.id,
      number: '1',
      currency: 'EUR',
    })
    .execute();
  return {
    tenantId: tenant.id,
    clientId: client.id,
    calendarId: calendar.id,
    templateId: template.id,
    orderId,
  };
}

function gateOf(session: BenchSession, now: number): Gate {
  const at = (ms: number): Instant => (now + ms) as Instant;
  return {
    sessionKey: session.sessionKey,
    version: now,
    state: 'live',
    access: 'granted',
    page: { from: at(-DAY), until: at(7 * DAY) },
    join: [{ from: at(6 * DAY), until: at(6 * DAY + 3_600_000) }],
    linkId: session.linkId,
  };
}

/** Writes sessions as intake and their workflows would have left them: open, published, each with its first link. */
export async function writeSessions(db: Database, count: number): Promise<readonly BenchSession[]> {
  const now = new Date();
  const owner = await writeOwner(db, now);
  const sessions = Array.from({ length: count }, (_, unit): BenchSession => {
    const text = `${owner.orderId}|${unit}`;
    const sessionKey = createHash('sha256').update(text).digest('base64url').slice(0, 22) as SessionKey;
    return {
      sessionKey,
      slug: randomBytes(18).toString('base64url'),
      linkId: linkIdOf(sessionKey, 1),
      tenantId: owner.tenantId,
      clientId: owner.clientId,
    };
  });
  for (let start = 0; start < count; start += AT_ONCE) {
    const batch = sessions.slice(start, start + AT_ONCE);
    await db
      .insertInto('sessions')
      .values(
        batch.map((session, index) => ({
          session_key: session.sessionKey,
          tenant_id: owner.tenantId,
          client_id: owner.clientId,
          template_id: owner.templateId,
          saleor_domain: SHOP,
          order_id: owner.orderId,
          line_id: 'bench',
          unit: start + index,
          slug: session.slug,
          workflow_id: sessionWorkflowId(session.sessionKey),
          start_state: 'started' as const,
          intended_at: now,
          started_at: now,
          input: JSON.stringify({ sessionKey: session.sessionKey } satisfies Partial<SessionInput>),
          product_name: 'Hour',
          variant_name: 'Online',
          resource: null,
          event_type: 'bench',
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
          updated_at: now,
        })),
      )
      .execute();
    await db
      .insertInto('links')
      .values(
        batch.map((session) => ({
          link_id: session.linkId,
          session_key: session.sessionKey,
          tenant_id: owner.tenantId,
          user_id: 5,
          calendar_id: owner.calendarId,
          template_id: owner.templateId,
          client_id: owner.clientId,
          purpose: 'permanent-booking-link' as const,
          issued_at: now,
          revoked_at: null,
        })),
      )
      .execute();
    await db
      .insertInto('gates')
      .values(
        batch.map((session) => ({
          session_key: session.sessionKey,
          version: now.getTime(),
          gate: JSON.stringify(gateOf(session, now.getTime())),
          published_at: now,
        })),
      )
      .execute();
  }
  return sessions;
}

/** The `Cookie` header of a browser that opened the session's mailed link. */
export async function cookieOf(ring: KeyRing, session: BenchSession): Promise<string> {
  const now = Date.now() as Instant;
  return `${ACCESS_COOKIE}=${await mintAccessCookie(ring, session, now, ACCESS_COOKIE_SECONDS)}`;
}
