import type { Insertable } from 'kysely';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { AppointmentsTable } from '../tables.ts';

export type AppointmentRow = Omit<Insertable<AppointmentsTable>, 'created_at'>;

/** Keeps what the provider last told of an appointment. It never changes its session. */
export async function recordAppointment(db: Database, appointment: AppointmentRow): Promise<void> {
  await db
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
      }),
    )
    .execute();
}

/** Whose session is any of these appointments? Earlier URIs win. */
export async function sessionOfAppointments(
  db: Database,
  uris: readonly string[],
): Promise<SessionKey | undefined> {
  if (uris.length === 0) return undefined;
  const rows = await db
    .selectFrom('appointments')
    .select(['uri', 'session_key'])
    .where('uri', 'in', [...uris])
    .execute();
  for (const uri of uris) {
    const row = rows.find((one) => one.uri === uri);
    if (row?.session_key) return row.session_key;
  }
  return undefined;
}
