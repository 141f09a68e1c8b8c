import { sql } from 'kysely';
import type { Publication as Told } from '../../workflows/contract/activities.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import { announceSession } from './webhook-outbox.ts';

/** The channel on which each committed change of a gate is told; the payload is the gate as JSON. */
export const GATE_CHANNEL = 'latchkey_gate';

export interface Publication extends Told {
  /** When it is written, for `published_at` and `updated_at`. */
  readonly at: Instant;
}

const dateOf = (instant: Instant | null): Date | null => (instant === null ? null : new Date(instant));

/** Writes the gate if its version is strictly greater than the published one, and tells of it with the commit. */
export async function writeGate(
  trx: Database,
  publication: Pick<Publication, 'sessionKey' | 'gate' | 'at'>,
): Promise<boolean> {
  const written = await trx
    .insertInto('gates')
    .values({
      session_key: publication.sessionKey,
      version: publication.gate.version,
      gate: JSON.stringify(publication.gate),
      published_at: new Date(publication.at),
    })
    .onConflict((conflict) =>
      conflict
        .column('session_key')
        .doUpdateSet((row) => ({
          version: row.ref('excluded.version'),
          gate: row.ref('excluded.gate'),
          published_at: row.ref('excluded.published_at'),
        }))
        .whereRef('gates.version', '<', 'excluded.version'),
    )
    .returning('session_key')
    .executeTakeFirst();
  if (written === undefined) return false;
  await sql`select pg_notify(${GATE_CHANNEL}, ${JSON.stringify(publication.gate)})`.execute(trx);
  return true;
}

async function projectRecord(trx: Database, publication: Publication): Promise<void> {
  const { gate, record } = publication;
  const ended = gate.state === 'over' && record.phase === 'ended';
  await trx
    .updateTable('sessions')
    .set({
      phase: record.phase,
      outcome: record.outcome,
      starts_at: dateOf(record.startsAt),
      ends_at: dateOf(record.endsAt),
      cutoff_at: dateOf(record.cutoffAt),
      needs_attention: record.needsAttention,
      attention: record.attention === undefined ? null : JSON.stringify(record.attention),
      late_requested_at: dateOf(record.lateChange?.requestedAt ?? null),
      late_deadline: dateOf(record.lateChange?.deadline ?? null),
      updated_at: new Date(publication.at),
      // A run that was reset publishes higher from an earlier point, and is open again.
      start_state: ended ? 'ended' : sql`case when start_state = 'ended' then 'started' else start_state end`,
    })
    .where('session_key', '=', publication.sessionKey)
    .execute();
}

async function appendTimeline(trx: Database, publication: Publication): Promise<void> {
  if (publication.entries.length === 0) return;
  await trx
    .insertInto('timeline')
    .values(
      publication.entries.map((entry) => ({
        session_key: publication.sessionKey,
        seq: entry.seq,
        at: new Date(entry.at),
        event: entry.event,
        from_phase: entry.from,
        to_phase: entry.to,
        reason: entry.reason,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Gate, record, timeline and what the tenant's webhooks are told in one transaction. The gate and the record are
 * written only when the gate's version is strictly greater than the published one; the NOTIFY goes out with that
 * commit. Timeline entries are appended in any case, each `seq` once.
 *
 * @returns whether the gate was written; false when the same or a newer one was already there.
 */
export async function writePublication(db: Database, publication: Publication): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const written = await writeGate(trx, publication);
    await appendTimeline(trx, publication);
    if (!written) return false;
    await announceSession(trx, publication);
    await projectRecord(trx, publication);
    return true;
  });
}
