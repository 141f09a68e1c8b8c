import { type ExpressionBuilder, sql } from 'kysely';
import type { BlankedCounts } from '../../workflows/contract/erasure.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { Client, Tables } from '../tables.ts';
import { eraseBooking } from './booking-changes.ts';

/** Whose erasure it is. Undefined when there is no such erasure. */
export async function personOfErasure(
  db: Database,
  erasureId: string,
): Promise<{ readonly client: Client; readonly blanked: BlankedCounts | null } | undefined> {
  const row = await db
    .selectFrom('erasures')
    .innerJoin('clients', 'clients.id', 'erasures.client_id')
    .selectAll('clients')
    .select('erasures.blanked')
    .where('erasure_id', '=', erasureId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { blanked, ...client } = row;
  return { client, blanked };
}

/** The person's bookings: made with a link of theirs, or asked for by a visitor of the same address. */
export function bookingsOfPerson(db: Database, client: Client) {
  return db
    .selectFrom('bookings')
    .where('tenant_id', '=', client.tenant_id)
    .where((of) =>
      of.or([of('client_id', '=', client.id), of(sql`lower(trim(email))`, '=', client.email_key)]),
    );
}

/** The appointments of the person's sessions and bookings. */
export function appointmentsOfPerson(db: Database, client: Client) {
  return db.selectFrom('appointments').where(isOfPerson(db, client));
}

function isOfPerson(db: Database, client: Client) {
  const sessions = db.selectFrom('sessions').select('session_key').where('client_id', '=', client.id);
  const bookings = bookingsOfPerson(db, client).select('booking_key');
  return (of: ExpressionBuilder<Tables, 'appointments'>) =>
    of.or([of('session_key', 'in', sessions), of('booking_key', 'in', bookings)]);
}

/** Runs that have not ended, and what the ended ones left at Zammad. */
export async function runsOfPerson(
  db: Database,
  client: Client,
): Promise<{ readonly workflowIds: readonly string[]; readonly ticketIds: readonly number[] }> {
  const sessions = await db
    .selectFrom('sessions')
    .select(['workflow_id', 'start_state', 'ticket_id'])
    .where('tenant_id', '=', client.tenant_id)
    .where('client_id', '=', client.id)
    .orderBy('session_key')
    .execute();
  const bookings = await bookingsOfPerson(db, client)
    .select('workflow_id')
    .where('start_state', '<>', 'ended')
    .orderBy('booking_key')
    .execute();
  const live = sessions.filter(({ start_state }) => start_state !== 'ended');
  return {
    workflowIds: [...live, ...bookings].map(({ workflow_id }) => workflow_id),
    ticketIds: sessions.flatMap(({ ticket_id }) => (ticket_id === null ? [] : [ticket_id])),
  };
}

/** Texts that stand in each webhook about the person. */
async function tracesOf(db: Database, client: Client): Promise<readonly string[]> {
  const orders = await db
    .selectFrom('orders')
    .select('order_id')
    .where('client_id', '=', client.id)
    .execute();
  const appointments = await appointmentsOfPerson(db, client).select('uri').execute();
  return [
    client.email,
    client.email_key,
    ...orders.map(({ order_id }) => order_id),
    ...(await keysOf(db, client)),
    ...appointments.map(({ uri }) => uri),
  ];
}

/** Of the person's sessions and bookings. */
async function keysOf(db: Database, client: Client): Promise<readonly string[]> {
  const sessions = await db
    .selectFrom('sessions')
    .select('session_key')
    .where('client_id', '=', client.id)
    .execute();
  const bookings = await bookingsOfPerson(db, client).select('booking_key').execute();
  return [
    ...sessions.map(({ session_key }) => session_key),
    ...bookings.map(({ booking_key }) => booking_key),
  ];
}

/** Bytes as text whatever they are, in lower case: a body is not always UTF-8, and addresses come in any case. */
const readable = sql<string>`lower(encode(body, 'escape'))`;

function mentions(traces: readonly string[]) {
  const needles = traces.map((trace) => sql`lower(encode(convert_to(${trace}, 'UTF8'), 'escape'))`);
  return sql<boolean>`exists (
    select 1 from unnest(array[${sql.join(needles)}]) as trace where strpos(${readable}, trace) > 0
  )`;
}

/** What is stored of vendors' webhooks that name the person; pruned ones name nobody. */
export async function webhooksOfPerson(db: Database, client: Client, limit: number) {
  const traces = await tracesOf(db, client);
  return db
    .selectFrom('inbox')
    .select(['id', 'source', 'event', 'received_at', 'status', 'body'])
    .where('pruned_at', 'is', null)
    .where(mentions(traces))
    .orderBy('id')
    .limit(limit)
    .execute();
}

async function blankWebhooks(
  trx: Database,
  traces: readonly string[],
  at: Date,
): Promise<Pick<BlankedCounts, 'webhooks' | 'undelivered'>> {
  const blanked = await trx
    .updateTable('inbox')
    .set({ body: Buffer.alloc(0), pruned_at: at })
    .where('pruned_at', 'is', null)
    .where('status', '<>', 'stored')
    .where(mentions(traces))
    .executeTakeFirst();
  const waiting = await trx
    .selectFrom('inbox')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('status', '=', 'stored')
    .where(mentions(traces))
    .executeTakeFirstOrThrow();
  return { webhooks: Number(blanked.numUpdatedRows), undelivered: Number(waiting.count) };
}

async function blankBookings(trx: Database, client: Client, at: Date): Promise<number> {
  const bookings = await bookingsOfPerson(trx, client)
    .select(['booking_key', 'kind'])
    .orderBy('booking_key')
    .forUpdate()
    .execute();
  for (const { booking_key: key, kind } of bookings) {
    if (kind === 'request') await eraseBooking(trx, { tenantId: client.tenant_id, key, hadRun: true }, at);
    else await blankLinkBooking(trx, key, at);
  }
  return bookings.length;
}

async function blankLinkBooking(trx: Database, key: BookingKey, at: Date): Promise<void> {
  await trx
    .updateTable('bookings')
    .set({ booking_url: null, cancel_reason: null, meeting_notes: null, updated_at: at })
    .where('booking_key', '=', key)
    .execute();
}

/** What the audit's entries about the person are about. */
export async function auditSubjectsOf(db: Database, client: Client): Promise<readonly string[]> {
  return [`client:${client.id}`, ...(await keysOf(db, client))];
}

/** Operators give reasons in words of their own, and may name the person in them. */
async function forgetReasons(trx: Database, client: Client): Promise<void> {
  await trx
    .updateTable('audit')
    .set({ details: sql`details - 'reason'` })
    .where('tenant_id', '=', client.tenant_id)
    .where('subject', 'in', [...(await auditSubjectsOf(trx, client))])
    .execute();
}

/** What is shorter stands in too many words to say whom a search meant. */
const SHORTEST_TRACE = 3;

/** Filters that were kept to look for the person. */
async function forgetViews(trx: Database, client: Client, traces: readonly string[]): Promise<number> {
  const names = [client.last_name, `${client.first_name} ${client.last_name}`];
  const needles = [...traces, ...names].filter((text) => text.trim().length >= SHORTEST_TRACE);
  const { numDeletedRows } = await trx
    .deleteFrom('saved_views')
    .where('tenant_id', '=', client.tenant_id)
    .where(
      sql<boolean>`exists (
        select 1 from jsonb_each_text(filter) as kept, unnest(array[${sql.join(needles)}]) as trace
        where strpos(lower(kept.value), lower(trace)) > 0
      )`,
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

async function blankAppointments(trx: Database, client: Client): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('appointments')
    .set({ reschedule_url: null, cancel_url: null, join_url: null, time_zone: null })
    .where(isOfPerson(trx, client))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/**
 * Empties everything of ours that identifies the person, in the transaction of the caller. The rows stay, for what
 * refers to them. The address becomes free: who buys under it again is a new client.
 *
 * @returns `running` when a session or booking has begun since: nothing was done.
 */
export async function blankPerson(
  trx: Database,
  erasureId: string,
  at: Date,
): Promise<BlankedCounts | 'running' | 'not-found'> {
  const found = await personOfErasure(trx, erasureId);
  if (found === undefined) return 'not-found';
  if (found.blanked !== null) return found.blanked;
  const { client } = found;
  // Orders of this address wait here, and find another client afterwards.
  await trx.selectFrom('clients').select('id').where('id', '=', client.id).forUpdate().execute();
  const { workflowIds } = await runsOfPerson(trx, client);
  if (workflowIds.length > 0) return 'running';

  const traces = await tracesOf(trx, client);
  const stored = await blankWebhooks(trx, traces, at);
  const calcom = await appointmentsOfPerson(trx, client)
    .where('provider', '=', 'calcom')
    .select((select) => select.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  const appointments = await blankAppointments(trx, client);
  const bookings = await blankBookings(trx, client, at);
  const sessions = await trx
    .updateTable('sessions')
    .set({ booking_url: null, updated_at: at })
    .where('client_id', '=', client.id)
    .executeTakeFirst();
  const codes = await trx
    .deleteFrom('login_codes')
    .where('email_key', '=', client.email_key)
    .executeTakeFirst();
  // Whoever still has one could book in the name of nobody.
  await trx
    .updateTable('links')
    .set({ revoked_at: at, revoked_by: 'erasure' })
    .where('client_id', '=', client.id)
    .where('revoked_at', 'is', null)
    .execute();
  await forgetReasons(trx, client);
  const views = await forgetViews(trx, client, traces);
  const orders = await trx
    .selectFrom('orders')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('client_id', '=', client.id)
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('clients')
    .set({
      email: '',
      email_key: `erased:${client.id}`,
      first_name: '',
      last_name: '',
      zammad_customer_id: null,
      erased_at: at,
    })
    .where('id', '=', client.id)
    .execute();
  const counts: BlankedCounts = {
    ...stored,
    rows:
      1 + appointments + bookings + views + Number(sessions.numUpdatedRows) + Number(codes.numDeletedRows),
    shopOrders: Number(orders.count),
    calcomBookings: Number(calcom.count),
    zammadCustomer: client.zammad_customer_id !== null,
  };
  await trx
    .updateTable('erasures')
    .set({ blanked: JSON.stringify(counts) })
    .where('erasure_id', '=', erasureId)
    .execute();
  return counts;
}
