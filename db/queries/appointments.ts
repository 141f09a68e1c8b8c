import { type Insertable, sql } from 'kysely';
import { providerOfAppointment } from '../../platform/appointment-uri.ts';
import type { BookingKey, SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { AppointmentsTable } from '../tables.ts';
import { PAGE_CHANNEL } from './session-page.ts';

export type AppointmentRow = Omit<Insertable<AppointmentsTable>, 'created_at'>;

/** Whose appointment it is. */
export type AppointmentOwner =
  | { readonly kind: 'session'; readonly key: SessionKey }
  | { readonly kind: 'booking'; readonly key: BookingKey };

/** Keeps what the provider last told of an appointment. It never changes its owner. */
export async function recordAppointment(db: Database, appointment: AppointmentRow): Promise<void> {
  await db
    .with('kept', (keep) =>
      keep
        .insertInto('appointments')
        .values(appointment)
        .onConflict((conflict) =>
          conflict.column('uri').doUpdateSet({
            event_uri: appointment.event_uri,
            starts_at: appointment.starts_at,
            ends_at: appointment.ends_at,
            reschedule_url: appointment.reschedule_url ?? null,
            cancel_url: appointment.cancel_url ?? null,
            join_url: appointment.join_url ?? null,
            time_zone: appointment.time_zone ?? null,
            campaign: appointment.campaign ?? null,
          }),
        )
        .returning('session_key'),
    )
    .selectFrom('kept')
    .select(sql`pg_notify(${PAGE_CHANNEL}, session_key)`.as('told'))
    .where('session_key', 'is not', null)
    .execute();
}

/** What a provider tells of an appointment that is kept. Instants in milliseconds. */
export interface ToldAppointment {
  readonly uri: string;
  readonly eventUri: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly rescheduleUrl: string | null;
  readonly cancelUrl: string | null;
  readonly joinUrl: string | null;
  readonly timeZone: string | null;
  /** By which of our links it was booked. */
  readonly campaign: string | null;
}

/** The row of an appointment as its provider tells of it. */
export function appointmentRow(owner: AppointmentOwner, told: ToldAppointment): AppointmentRow {
  return {
    uri: told.uri,
    ...ownerColumns(owner),
    provider: providerOfAppointment(told.uri),
    event_uri: told.eventUri,
    starts_at: new Date(told.startsAt),
    ends_at: new Date(told.endsAt),
    reschedule_url: told.rescheduleUrl,
    cancel_url: told.cancelUrl,
    join_url: told.joinUrl,
    time_zone: told.timeZone,
    campaign: told.campaign,
  };
}

/** The two columns that name the owner. */
function ownerColumns(owner: AppointmentOwner): Pick<AppointmentRow, 'session_key' | 'booking_key'> {
  return owner.kind === 'session'
    ? { session_key: owner.key, booking_key: null }
    : { session_key: null, booking_key: owner.key };
}

/** Whose is any of these appointments? Earlier URIs win. */
export async function ownerOfAppointments(
  db: Database,
  uris: readonly string[],
): Promise<AppointmentOwner | undefined> {
  if (uris.length === 0) return undefined;
  const rows = await db
    .selectFrom('appointments')
    .select(['uri', 'session_key', 'booking_key'])
    .where('uri', 'in', [...uris])
    .execute();
  for (const uri of uris) {
    const row = rows.find((one) => one.uri === uri);
    if (row?.session_key) return { kind: 'session', key: row.session_key };
    if (row?.booking_key) return { kind: 'booking', key: row.booking_key };
  }
  return undefined;
}
