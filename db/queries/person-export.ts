import type { Database } from '../connect.ts';
import type { Client } from '../tables.ts';
import { appointmentsOfPerson, auditSubjectsOf, bookingsOfPerson, webhooksOfPerson } from './erase-person.ts';

const MOST_WEBHOOKS = 1000;
const MOST_AUDIT_ENTRIES = 1000;

/** Everything that rows hold about a person. Tokens are stored nowhere, so none is in it. */
export async function exportPerson(db: Database, client: Client) {
  const sessions = await db
    .selectFrom('sessions')
    .select([
      'session_key',
      'saleor_domain',
      'order_id',
      'line_id',
      'unit',
      'product_name',
      'variant_name',
      'amount',
      'currency',
      'time_zone',
      'language',
      'ticket_number',
      'phase',
      'outcome',
      'starts_at',
      'ends_at',
      'cutoff_at',
      'created_at',
    ])
    .where('client_id', '=', client.id)
    .orderBy('created_at')
    .execute();
  const keys = db.selectFrom('sessions').select('session_key').where('client_id', '=', client.id);
  const timeline = await db
    .selectFrom('timeline')
    .select(['session_key', 'at', 'event', 'from_phase', 'to_phase', 'reason'])
    .where('session_key', 'in', keys)
    .orderBy('session_key')
    .orderBy('seq')
    .execute();
  const gatewayEvents = await db
    .selectFrom('gateway_events')
    .select(['session_key', 'at', 'event', 'status'])
    .where('session_key', 'in', keys)
    .orderBy('session_key')
    .orderBy('at')
    .execute();
  const bookings = await bookingsOfPerson(db, client)
    .select([
      'booking_key',
      'kind',
      'first_name',
      'last_name',
      'company_name',
      'company_website',
      'position',
      'is_decision_maker',
      'email',
      'phone_code',
      'phone_number',
      'meeting_notes',
      'status',
      'reason',
      'cancel_reason',
      'starts_at',
      'ends_at',
      'no_show',
      'created_at',
    ])
    .orderBy('created_at')
    .execute();
  const appointments = await appointmentsOfPerson(db, client).selectAll().orderBy('created_at').execute();
  const orders = await db
    .selectFrom('orders')
    .select(['saleor_domain', 'order_id', 'number', 'currency', 'created_at'])
    .where('client_id', '=', client.id)
    .orderBy('created_at')
    .execute();
  const links = await db
    .selectFrom('links')
    .select(['link_id', 'session_key', 'purpose', 'issued_at', 'expires_at', 'revoked_at'])
    .where('client_id', '=', client.id)
    .orderBy('issued_at')
    .execute();
  const audit = await db
    .selectFrom('audit')
    .select(['at', 'actor', 'action', 'subject', 'reason', 'details'])
    .where('tenant_id', '=', client.tenant_id)
    .where('subject', 'in', [...(await auditSubjectsOf(db, client))])
    .orderBy('id')
    .limit(MOST_AUDIT_ENTRIES)
    .execute();
  const webhooks = await webhooksOfPerson(db, client, MOST_WEBHOOKS);
  return {
    client,
    orders,
    sessions: sessions.map((session) => ({
      ...session,
      timeline: timeline
        .filter(({ session_key }) => session_key === session.session_key)
        .map(({ at, event, from_phase, to_phase, reason }) => ({ at, event, from_phase, to_phase, reason })),
      gateway_events: gatewayEvents
        .filter(({ session_key }) => session_key === session.session_key)
        .map(({ at, event, status }) => ({ at, event, status })),
    })),
    appointments,
    links,
    bookings,
    webhooks,
    audit,
  };
}
