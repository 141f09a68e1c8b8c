import { sql } from 'kysely';
import { errorCode } from '../../platform/error-code.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import { lockUntilCommit } from './lock.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Does an admin's work on one booking in a transaction, one after the other. Not by the lock of its row: that would
 * keep out the run, which the work may be waiting for.
 *
 * @returns `busy` when others kept it for three seconds; nothing was done.
 */
export async function inTurn<T>(
  db: Database,
  key: BookingKey,
  work: (trx: Database) => Promise<T>,
): Promise<{ readonly kind: 'done'; readonly result: T } | { readonly kind: 'busy' }> {
  let entered = false;
  try {
    const result = await db.transaction().execute(async (trx) => {
      await sql`set local lock_timeout = '3s'`.execute(trx);
      await lockUntilCommit(trx, `booking-change|${key}`);
      await sql`set local lock_timeout = 0`.execute(trx);
      entered = true;
      return work(trx);
    });
    return { kind: 'done', result };
  } catch (error) {
    if (!entered && errorCode(error) === LOCK_NOT_AVAILABLE) return { kind: 'busy' };
    throw error;
  }
}

/** What is left of what a visitor gave; the table wants texts. */
const nothing = {
  first_name: '',
  last_name: '',
  company_name: '',
  company_website: '',
  position: '',
  is_decision_maker: false,
  email: '',
  phone_code: null,
  phone_number: null,
  meeting_notes: null,
  cancel_reason: null,
  booking_url: null,
} as const;

const neverStarted = { start_state: 'ended', status: 'cancelled', reason: 'operator' } as const;

/** Keeps everybody else from changing the booking's row until the transaction ends, its run included. */
export async function lockBooking(trx: Database, key: BookingKey): Promise<void> {
  await trx.selectFrom('bookings').select('booking_key').where('booking_key', '=', key).forUpdate().execute();
}

/** What an admin writes about a booking. What is left out stays. */
export interface AdminNotes {
  readonly isRead?: boolean | undefined;
  readonly meetingNotes?: string | null | undefined;
}

export async function writeAdminNotes(
  db: Database,
  key: BookingKey,
  { isRead, meetingNotes }: AdminNotes,
  at: Date,
): Promise<void> {
  await db
    .updateTable('bookings')
    .set({
      ...(isRead === undefined ? {} : { is_read: isRead }),
      ...(meetingNotes === undefined ? {} : { meeting_notes: meetingNotes }),
      updated_at: at,
    })
    .where('booking_key', '=', key)
    .execute();
}

/** Keeps why a booking is to be cancelled, for whoever cancels it at the provider. One that is over keeps its own. */
export async function keepCancelReason(
  db: Database,
  key: BookingKey,
  reason: string,
  at: Date,
): Promise<void> {
  await db
    .updateTable('bookings')
    .set({ cancel_reason: reason, updated_at: at })
    .where('booking_key', '=', key)
    .where('status', 'in', ['pending', 'scheduled'])
    .execute();
}

/** It was not cancelled after all, or not by us. */
export async function dropCancelReason(
  db: Database,
  key: BookingKey,
  reason: string,
  at: Date,
): Promise<void> {
  await db
    .updateTable('bookings')
    .set({ cancel_reason: null, updated_at: at })
    .where('booking_key', '=', key)
    .where('cancel_reason', '=', reason)
    .execute();
}

/**
 * Takes a booking out of sight and erases what its visitor gave, their prefilled link included, and what was written
 * about them. One whose run was never started gets none any more.
 *
 * @param booking.hadRun false: Temporal knew of no run, and none was thought to be there. `moved-on`: it has been
 *   started since, so nothing is erased.
 */
export async function eraseBooking(
  db: Database,
  booking: { readonly tenantId: number; readonly key: BookingKey; readonly hadRun: boolean },
  at: Date,
): Promise<'erased' | 'moved-on' | 'not-found'> {
  const { tenantId, key } = booking;
  const row = await db
    .selectFrom('bookings')
    .select('start_state')
    .where('booking_key', '=', key)
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'request')
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return 'not-found';
  if (!booking.hadRun && row.start_state === 'started') return 'moved-on';
  await db
    .updateTable('bookings')
    .set({
      ...nothing,
      ...(row.start_state === 'intended' ? neverStarted : {}),
      deleted_at: at,
      updated_at: at,
    })
    .where('booking_key', '=', key)
    .execute();
  return 'erased';
}
