import { sql } from 'kysely';
import type { Gate, Outcome, Phase } from '../../workflows/contract/session.ts';
import type { Instant, Provider, SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { AppointmentOwner } from './appointments.ts';
import { writeGate } from './publication.ts';

/** An open session as PostgreSQL has it, with all that it is compared by. */
export interface OpenSession {
  readonly sessionKey: SessionKey;
  readonly workflowId: string;
  readonly phase: Phase;
  readonly provider: Provider;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  readonly ticketId: number | null;
  /** The last gate that was published. */
  readonly gate: Gate | null;
  /** The appointment of it that was heard of last. */
  readonly appointment: string | null;
}

const instantOf = (date: Date | null): Instant | null => (date === null ? null : (date.getTime() as Instant));

/** Started sessions that have not ended, by key. @param page.at only those that book there, or have an appointment there. */
export async function openSessions(
  db: Database,
  page: { readonly after: string | null; readonly limit: number; readonly at?: Provider },
): Promise<readonly OpenSession[]> {
  const { at } = page;
  const rows = await db
    .selectFrom('sessions')
    .leftJoin('gates', 'gates.session_key', 'sessions.session_key')
    .select([
      'sessions.session_key',
      'sessions.workflow_id',
      'sessions.phase',
      'sessions.provider',
      'sessions.starts_at',
      'sessions.ends_at',
      'sessions.ticket_id',
      'gates.gate',
    ])
    .select((of) =>
      of
        .selectFrom('appointments')
        .whereRef('appointments.session_key', '=', 'sessions.session_key')
        .select('uri')
        .orderBy('created_at', 'desc')
        .limit(1)
        .as('appointment'),
    )
    .where('sessions.start_state', '=', 'started')
    .$if(at !== undefined, (query) =>
      query.where(
        sql<boolean>`(sessions.provider = ${at} or exists (
          select from appointments as theirs
          where theirs.session_key = sessions.session_key and theirs.provider = ${at}
        ))`,
      ),
    )
    .$if(page.after !== null, (query) =>
      query.where('sessions.session_key', '>', (page.after ?? '') as SessionKey),
    )
    .orderBy('sessions.session_key')
    .limit(page.limit)
    .execute();
  return rows.map((row) => ({
    sessionKey: row.session_key,
    workflowId: row.workflow_id,
    phase: row.phase,
    provider: row.provider,
    startsAt: instantOf(row.starts_at),
    endsAt: instantOf(row.ends_at),
    ticketId: row.ticket_id,
    gate: row.gate,
    appointment: row.appointment,
  }));
}

/**
 * Shuts the gate of a session whose run is lost, under a greater version, and raises its attention. A session that
 * has ended meanwhile is left alone. Not `over`: a run that is reset publishes higher, and opens it again.
 *
 * @returns false when nothing was to be done.
 */
export async function shutLostSession(db: Database, key: SessionKey, at: Instant): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const session = await trx
      .selectFrom('sessions')
      .select(['start_state', 'needs_attention'])
      .where('session_key', '=', key)
      .forUpdate()
      .executeTakeFirst();
    if (session?.start_state !== 'started') return false;
    const row = await trx
      .selectFrom('gates')
      .select('gate')
      .where('session_key', '=', key)
      .executeTakeFirst();
    const gate = row?.gate ?? null;
    const isShut = gate === null || (gate.page === null && gate.join.length === 0);
    if (!isShut)
      await writeGate(trx, {
        sessionKey: key,
        gate: { ...gate, page: null, join: [], version: Math.max(gate.version + 1, at) },
        at,
      });
    await trx.updateTable('sessions').set({ needs_attention: true }).where('session_key', '=', key).execute();
    return !isShut || !session.needs_attention;
  });
}

/** An appointment ahead of us whose session or booking is over. */
export interface LeftAppointment {
  readonly uri: string;
  readonly owner: AppointmentOwner;
  /** How the session went; a booking that is over before its time was cancelled. */
  readonly outcome: Outcome | null;
}

/** By URI. */
export async function leftAppointments(
  db: Database,
  page: { readonly after: string; readonly now: Date; readonly limit: number },
): Promise<readonly LeftAppointment[]> {
  const rows = await db
    .selectFrom('appointments')
    .leftJoin('sessions', 'sessions.session_key', 'appointments.session_key')
    .leftJoin('bookings', 'bookings.booking_key', 'appointments.booking_key')
    .select(['appointments.uri', 'sessions.session_key', 'sessions.outcome', 'bookings.booking_key'])
    .where('appointments.starts_at', '>', page.now)
    .where('appointments.uri', '>', page.after)
    .where(sql<boolean>`coalesce(sessions.start_state, bookings.start_state) = 'ended'`)
    .orderBy('appointments.uri')
    .limit(page.limit)
    .execute();
  return rows.flatMap(({ uri, session_key: session, booking_key: booking, outcome }): LeftAppointment[] => {
    if (session !== null) return [{ uri, owner: { kind: 'session', key: session }, outcome }];
    return booking === null ? [] : [{ uri, owner: { kind: 'booking', key: booking }, outcome: null }];
  });
}

/** Whether a session's published timeline tells of such an event. */
export async function hasHeard(db: Database, key: SessionKey, event: string): Promise<boolean> {
  const entry = await db
    .selectFrom('timeline')
    .select('seq')
    .where('session_key', '=', key)
    .where('event', '=', event)
    .limit(1)
    .executeTakeFirst();
  return entry !== undefined;
}
