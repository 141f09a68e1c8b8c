import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** Rows of one statement: its locks are short, and so is what is repeated when it fails. */
export const PRUNE_BATCH = 1000;

const EMPTY = Buffer.alloc(0);

/**
 * Empties the bodies of webhooks that were settled before this instant. Their keys stay, so that a repeat is still a
 * repeat.
 *
 * @returns the rows' ids; as many as `PRUNE_BATCH` when there may be more.
 */
export async function pruneBodies(
  db: Database,
  wanted: { readonly status: 'done' | 'quarantined'; readonly settledBefore: Date; readonly at: Date },
): Promise<readonly string[]> {
  const due = db
    .selectFrom('inbox')
    .select('id')
    .where('status', '=', wanted.status)
    .where('settled_at', '<', wanted.settledBefore)
    .where('pruned_at', 'is', null)
    .orderBy('settled_at')
    .limit(PRUNE_BATCH)
    .forUpdate()
    .skipLocked();
  const pruned = await db
    .updateTable('inbox')
    .set({ body: EMPTY, pruned_at: wanted.at })
    .where('id', 'in', due)
    // A replay may have made it wait again meanwhile.
    .where('status', '=', wanted.status)
    .returning('id')
    .execute();
  return pruned.map((row) => row.id);
}

/**
 * Deletes webhooks of Calendly's and Cal.com's whose body is gone and that came before this instant: they say when they
 * were signed, so that a replay is refused long since. Those of the others can be replayed for ever, and their keys stay.
 */
export async function pruneInbox(db: Database, receivedBefore: Date): Promise<number> {
  const due = db
    .selectFrom('inbox')
    .select('id')
    .where('source', 'in', ['calendly', 'calcom'])
    .where('pruned_at', 'is not', null)
    .where('received_at', '<', receivedBefore)
    .limit(PRUNE_BATCH);
  const gone = await db.deleteFrom('inbox').where('id', 'in', due).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** Deletes audit entries from before this instant. Ids count up with time, so that the oldest are the lowest. */
export async function pruneAudit(db: Database, before: Date): Promise<number> {
  const oldest = db.selectFrom('audit').select(['id', 'at']).orderBy('id').limit(PRUNE_BATCH).as('oldest');
  const due = db.selectFrom(oldest).select('oldest.id').where('oldest.at', '<', before);
  const gone = await db.deleteFrom('audit').where('id', 'in', due).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/**
 * Deletes revocations that nothing can be shown against any more and that nobody is owed. The newest stays whatever it
 * is: replicas count from it.
 */
export async function pruneRevocations(db: Database, keptUntilBefore: Date): Promise<number> {
  const gone = await sql`
    delete from revocations where seq in (
      select seq from revocations
      where keep_until < ${keptUntilBefore} and (session_key is null or delivered_at is not null)
        and seq < (select max(seq) from revocations)
      limit ${PRUNE_BATCH}
    )
  `.execute(db);
  return Number(gone.numAffectedRows ?? 0n);
}
