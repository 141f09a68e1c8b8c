import { createHash } from 'node:crypto';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import { underVendorClaim } from './vendor-claims.ts';

const ticketColumns = [
  'sessions.session_key',
  'sessions.client_id',
  'sessions.saleor_domain',
  'sessions.workflow_id',
  'sessions.slug',
  'sessions.product_name',
  'sessions.variant_name',
  'sessions.time_zone',
  'sessions.language',
  'sessions.amount',
  'sessions.currency',
  'sessions.refused',
  'sessions.unit',
  'sessions.ticket_id',
  'sessions.ticket_number',
  'orders.number as order_number',
  'clients.email',
  'clients.email_key',
  'clients.first_name',
  'clients.last_name',
  'clients.zammad_customer_id',
] as const;

function ticketSubject(db: Database, key: SessionKey) {
  return db
    .selectFrom('sessions')
    .innerJoin('clients', 'clients.id', 'sessions.client_id')
    .innerJoin('orders', (join) =>
      join
        .onRef('orders.saleor_domain', '=', 'sessions.saleor_domain')
        .onRef('orders.order_id', '=', 'sessions.order_id'),
    )
    .select(ticketColumns)
    .where('sessions.session_key', '=', key);
}

/** What a ticket tells of its session: what was sold, to whom, under which order. */
export type TicketSubject = NonNullable<Awaited<ReturnType<typeof findTicketSubject>>>;

export async function findTicketSubject(db: Database, key: SessionKey) {
  return ticketSubject(db, key).executeTakeFirst();
}

/** Remembers the session's ticket; the first one stays. */
export async function rememberTicket(
  db: Database,
  key: SessionKey,
  ticket: { readonly id: number; readonly number: string },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ ticket_id: ticket.id, ticket_number: ticket.number })
    .where('session_key', '=', key)
    .where('ticket_id', 'is', null)
    .execute();
}

/**
 * The session goes on in another ticket. Nothing happens where it has left the old one already.
 *
 * @param from the ticket that it has by its row.
 */
export async function moveTicket(
  db: Database,
  key: SessionKey,
  from: number,
  ticket: { readonly id: number; readonly number: string },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ ticket_id: ticket.id, ticket_number: ticket.number })
    .where('session_key', '=', key)
    .where('ticket_id', '=', from)
    .execute();
}

/** The open session that lives in this ticket. */
export async function sessionOfTicket(db: Database, ticketId: number): Promise<SessionKey | undefined> {
  const row = await db
    .selectFrom('sessions')
    .select('session_key')
    .where('ticket_id', '=', ticketId)
    .where('start_state', '=', 'started')
    .executeTakeFirst();
  return row?.session_key;
}

/** Three requests, search, create and search again, of 5 s each, and what is read and stored around them. */
const CUSTOMER_LEASE_MS = 18_000;

/**
 * The Zammad customer of a client, made at most once per e-mail address: Zammad itself makes two when it is asked
 * twice at the same time. One caller at a time makes it, and no connection is kept meanwhile.
 *
 * @param gone a remembered customer that Zammad does not know any more; it is made anew.
 * @throws {CodedFailure} `vendor-timeout` when others were making it all the time.
 */
export async function customerOnce(
  db: Database,
  client: { readonly id: number; readonly emailKey: string },
  make: () => Promise<number>,
  gone: number | null = null,
): Promise<number> {
  const makeUnlessKnown = async (): Promise<number> => {
    const row = await db
      .selectFrom('clients')
      .select('zammad_customer_id')
      .where('id', '=', client.id)
      .executeTakeFirst();
    if (row && row.zammad_customer_id !== null && row.zammad_customer_id !== gone)
      return row.zammad_customer_id;
    const customerId = await make();
    await db
      .updateTable('clients')
      .set({ zammad_customer_id: customerId })
      .where('id', '=', client.id)
      // The address may have been corrected since it was read, and the customer is that address's.
      .where('email_key', '=', client.emailKey)
      .execute();
    return customerId;
  };
  // The claims are kept in clear, the address must not be.
  const address = createHash('sha256').update(client.emailKey).digest('base64url');
  return underVendorClaim(db, `zammad-customer|${address}`, makeUnlessKnown, CUSTOMER_LEASE_MS);
}
