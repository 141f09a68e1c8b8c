import { type Selectable, sql } from 'kysely';
import type { BookingInput, BookingRecord } from '../../workflows/contract/booking.ts';
import type { BookingKey, Instant, LinkId, Provider } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { BookingsTable } from '../tables.ts';
import { underVendorClaim } from './vendor-claims.ts';
import { announceBooking, announceStartedBooking } from './webhook-outbox.ts';

export type Booking = Selectable<BookingsTable>;

/** An appointment was made with it once, or it is over: it leads to its scheduling link no more. */
const spent = sql<boolean>`(bookings.status <> 'pending' or exists (
  select from appointments where appointments.booking_key = bookings.booking_key))`;

export interface IntendedBooking {
  readonly bookingKey: BookingKey;
  readonly linkId: LinkId;
  readonly nonce: string;
  readonly workflowId: string;
  readonly at: Instant;
  /** Frozen with the row; `provider` is that of the link's calendar. */
  readonly inputOf: (facts: { readonly tenantId: number; readonly provider: Provider }) => BookingInput;
}

export type Intention =
  /** `fresh`: this call made the row. */
  | { readonly kind: 'intended'; readonly booking: Booking; readonly fresh: boolean; readonly spent: boolean }
  | { readonly kind: 'refused'; readonly reason: 'unknown-link' | 'revoked' | 'expired' };

/**
 * Spends a link and owes a workflow, in one transaction: the row is both. The link's row is held against a
 * revocation meanwhile, so that none is acknowledged before a booking that it should have stopped. Who comes second
 * under the same key gets the first one's row.
 */
export async function intendBooking(db: Database, wanted: IntendedBooking): Promise<Intention> {
  return db.transaction().execute(async (trx): Promise<Intention> => {
    const link = await trx
      .selectFrom('links')
      .innerJoin('calendars', 'calendars.id', 'links.calendar_id')
      .select([
        'links.tenant_id',
        'links.client_id',
        'links.template_id',
        'links.expires_at',
        'links.revoked_at',
        'calendars.provider',
        'calendars.event_type',
      ])
      .where('links.link_id', '=', wanted.linkId)
      .where('links.session_key', 'is', null)
      .forShare('links')
      .executeTakeFirst();
    if (link === undefined) return { kind: 'refused', reason: 'unknown-link' };
    if (link.revoked_at !== null) return { kind: 'refused', reason: 'revoked' };
    const at = new Date(wanted.at);
    if (link.expires_at !== null && link.expires_at <= at) return { kind: 'refused', reason: 'expired' };

    const made = await trx
      .insertInto('bookings')
      .values({
        booking_key: wanted.bookingKey,
        link_id: wanted.linkId,
        nonce: wanted.nonce,
        tenant_id: link.tenant_id,
        client_id: link.client_id,
        template_id: link.template_id,
        workflow_id: wanted.workflowId,
        intended_at: at,
        started_at: null,
        input: JSON.stringify(wanted.inputOf({ tenantId: link.tenant_id, provider: link.provider })),
        provider: link.provider,
        event_type: link.event_type,
        booking_url: null,
        reason: null,
        starts_at: null,
        ends_at: null,
        updated_at: at,
      })
      .onConflict((conflict) => conflict.column('booking_key').doNothing())
      .executeTakeFirst();
    const { is_spent: isSpent, ...booking } = await trx
      .selectFrom('bookings')
      .selectAll('bookings')
      .select(spent.as('is_spent'))
      .where('booking_key', '=', wanted.bookingKey)
      .executeTakeFirstOrThrow();
    return { kind: 'intended', booking, fresh: made.numInsertedOrUpdatedRows === 1n, spent: isSpent };
  });
}

export async function bookingByKey(db: Database, key: BookingKey): Promise<Booking | undefined> {
  return db.selectFrom('bookings').selectAll().where('booking_key', '=', key).executeTakeFirst();
}

/** Temporal has the run. A booking that has gone further, or is over, stays as it is. */
export async function markBookingStarted(db: Database, key: BookingKey, at: Date): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await announceStartedBooking(trx, key, at);
    await trx
      .updateTable('bookings')
      .set({ start_state: 'started', started_at: at, updated_at: at })
      .where('booking_key', '=', key)
      .where('start_state', '=', 'intended')
      .execute();
  });
}

/**
 * Takes bookings that were intended before `intendedBefore` and whose start was never confirmed. Each is touched, so
 * that it comes up again only after `retryBefore` has passed it and one that always fails goes to the end of the
 * queue.
 */
export async function claimIntendedBookings(
  db: Database,
  claim: { now: Date; intendedBefore: Date; retryBefore: Date; limit: number },
): Promise<readonly Booking[]> {
  const claimed = await sql<Booking>`
    with owed as materialized (
      select booking_key from bookings
      where start_state = 'intended' and intended_at <= ${claim.intendedBefore}
        and updated_at <= ${claim.retryBefore}
      order by updated_at
      limit ${claim.limit}
      for update skip locked
    )
    update bookings set updated_at = ${claim.now}
    from owed where bookings.booking_key = owed.booking_key
    returning bookings.*
  `.execute(db);
  return claimed.rows;
}

/** What a booking's provider is asked with. */
export interface BookingClient {
  readonly kind: Booking['kind'];
  readonly provider: Provider;
  readonly eventType: string;
  /** An empty text once the booking is deleted. */
  readonly email: string;
  /** First and last name, or an empty text. */
  readonly name: string;
  /** No appointment of this booking can be older. */
  readonly since: Instant;
  /** Why an operator cancelled it, in words of theirs. */
  readonly cancelReason: string | null;
}

export async function findBookingClient(db: Database, key: BookingKey): Promise<BookingClient | undefined> {
  const row = await db
    .selectFrom('bookings')
    .leftJoin('clients', 'clients.id', 'bookings.client_id')
    .select((select) => [
      'bookings.kind',
      'bookings.provider',
      'bookings.event_type',
      'bookings.intended_at',
      'bookings.cancel_reason',
      select.fn.coalesce('bookings.email', 'clients.email', sql.lit('')).as('email'),
      select.fn.coalesce('bookings.first_name', 'clients.first_name', sql.lit('')).as('first_name'),
      select.fn.coalesce('bookings.last_name', 'clients.last_name', sql.lit('')).as('last_name'),
    ])
    .where('bookings.booking_key', '=', key)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    kind: row.kind,
    provider: row.provider,
    eventType: row.event_type,
    email: row.email,
    name: `${row.first_name} ${row.last_name}`.trim(),
    since: row.intended_at.getTime() as Instant,
    cancelReason: row.cancel_reason,
  };
}

/**
 * Keeps the booking's scheduling link, made by `make` while none is stored, one caller at a time. A booking that was
 * booked by another link, or is over, gets none, not even one that was being made meanwhile.
 *
 * @param make keeps no connection, however long it takes.
 * @returns false when there is no such booking.
 * @throws {CodedFailure} `vendor-timeout` when others were making it all the time.
 */
export async function keepSchedulingLink(
  db: Database,
  key: BookingKey,
  make: () => Promise<string>,
): Promise<boolean> {
  return underVendorClaim(db, `scheduling-link|${key}`, async () => {
    const row = await db
      .selectFrom('bookings')
      .select('booking_url')
      .select(spent.as('is_spent'))
      .where('booking_key', '=', key)
      .executeTakeFirst();
    if (!row) return false;
    if (row.booking_url !== null || row.is_spent) return true;
    const link = await make();
    await db
      .updateTable('bookings')
      .set({ booking_url: link })
      .where('booking_key', '=', key)
      .where('booking_url', 'is', null)
      .where((where) => where.not(spent))
      .execute();
    return true;
  });
}

const dateOf = (instant: Instant | null): Date | null => (instant === null ? null : new Date(instant));

/** What was cancelled keeps the time that it was to be at. */
function timeOf(record: BookingRecord, column: 'starts_at' | 'ends_at', at: Instant | null) {
  return at === null && record.status === 'cancelled' ? sql<Date | null>`${sql.ref(column)}` : dateOf(at);
}

/**
 * Writes what the workflow tells. A version that is not greater than the stored one changes nothing.
 *
 * @returns false when there is no such booking.
 */
export async function writeBookingRecord(
  db: Database,
  key: BookingKey,
  record: BookingRecord,
  at: Date,
): Promise<boolean> {
  const written = await db.transaction().execute(async (trx) => {
    await announceBooking(trx, key, record, at);
    return trx
      .updateTable('bookings')
      .set({
        version: record.version,
        status: record.status,
        reason: record.reason,
        starts_at: timeOf(record, 'starts_at', record.startsAt),
        ends_at: timeOf(record, 'ends_at', record.endsAt),
        appointment_uri: record.appointment,
        needs_attention: record.needsAttention,
        no_show: record.noShow,
        reschedules: record.reschedules,
        // Who records has a run, whatever became of the word that it was started.
        start_state: record.ended ? 'ended' : 'started',
        started_at: sql<Date>`coalesce(started_at, ${at})`,
        updated_at: at,
      })
      .where('booking_key', '=', key)
      .where('version', '<', String(record.version))
      .executeTakeFirst();
  });
  return written.numUpdatedRows === 1n || (await bookingByKey(db, key)) !== undefined;
}
