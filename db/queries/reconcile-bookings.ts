import type { BookingKey, Instant, Provider } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';

/** An open booking as PostgreSQL has it, with all that it is compared by. */
export interface OpenBooking {
  readonly bookingKey: BookingKey;
  readonly workflowId: string;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  /** The appointment that it has, or last had. */
  readonly appointment: string | null;
}

const instantOf = (date: Date | null): Instant | null => (date === null ? null : (date.getTime() as Instant));

/** Started bookings with this provider that have not ended, by key. */
export async function openBookings(
  db: Database,
  page: { readonly at: Provider; readonly after: string; readonly limit: number },
): Promise<readonly OpenBooking[]> {
  const rows = await db
    .selectFrom('bookings')
    .select(['booking_key', 'workflow_id', 'starts_at', 'ends_at', 'appointment_uri'])
    .where('start_state', '=', 'started')
    .where('deleted_at', 'is', null)
    .where('provider', '=', page.at)
    .where('booking_key', '>', page.after as BookingKey)
    .orderBy('booking_key')
    .limit(page.limit)
    .execute();
  return rows.map((row) => ({
    bookingKey: row.booking_key,
    workflowId: row.workflow_id,
    startsAt: instantOf(row.starts_at),
    endsAt: instantOf(row.ends_at),
    appointment: row.appointment_uri,
  }));
}
