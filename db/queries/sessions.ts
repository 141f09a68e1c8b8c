import { sql } from 'kysely';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { NewSession, Session } from '../tables.ts';

/**
 * Serialises everything that is done to one order, until the transaction ends. Two webhooks of one order on two
 * replicas become one after the other.
 */
export async function lockOrder(
  transaction: Database,
  order: { saleorDomain: string; orderId: string },
): Promise<void> {
  const name = `order|${order.saleorDomain}|${order.orderId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(transaction);
}

/** Writes units that are owed a workflow. A unit that is already there stays as it was sold. */
export async function intendSessions(transaction: Database, sessions: readonly NewSession[]): Promise<void> {
  if (sessions.length === 0) return;
  await transaction
    .insertInto('sessions')
    .values([...sessions])
    .onConflict((conflict) => conflict.column('session_key').doNothing())
    .execute();
}

/** All units of an order, line by line. */
export async function sessionsOfOrder(
  db: Database,
  order: { saleorDomain: string; orderId: string },
): Promise<readonly Session[]> {
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('saleor_domain', '=', order.saleorDomain)
    .where('order_id', '=', order.orderId)
    .orderBy('line_id')
    .orderBy('unit')
    .execute();
}

export async function sessionByKey(db: Database, key: SessionKey): Promise<Session | undefined> {
  return db.selectFrom('sessions').selectAll().where('session_key', '=', key).executeTakeFirst();
}

/** Temporal has the run. A session that has gone further, or is over, stays as it is. */
export async function markStarted(db: Database, key: SessionKey, at: Date): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ start_state: 'started', started_at: at, updated_at: at })
    .where('session_key', '=', key)
    .where('start_state', '=', 'intended')
    .execute();
}

/**
 * Takes sessions whose start was recorded before `intendedBefore` and never confirmed. Each is touched, so that
 * it comes up again only after `retryBefore` has passed it and one that always fails goes to the end of the queue.
 */
export async function claimIntended(
  db: Database,
  claim: { now: Date; intendedBefore: Date; retryBefore: Date; limit: number },
): Promise<readonly Session[]> {
  const claimed = await sql<Session>`
    with owed as materialized (
      select session_key from sessions
      where start_state = 'intended' and intended_at <= ${claim.intendedBefore}
        and updated_at <= ${claim.retryBefore}
      order by updated_at
      limit ${claim.limit}
      for update skip locked
    )
    update sessions set updated_at = ${claim.now}
    from owed where sessions.session_key = owed.session_key
    returning sessions.*
  `.execute(db);
  return claimed.rows;
}
