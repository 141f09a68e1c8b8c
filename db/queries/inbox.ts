import { CompiledQuery, sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { InboxRow, InboxSource } from '../tables.ts';
import { raiseQuarantined } from './attentions.ts';

export interface Delivery {
  readonly source: InboxSource;
  /** Unique per source: only what is really the same delivery collapses. */
  readonly deliveryKey: string;
  /** Rows of one correlation are delivered oldest first. */
  readonly correlation: string;
  readonly event: string;
  /** The raw bytes that the signature covers. */
  readonly body: Buffer;
  readonly receivedAt: Date;
  /** The span that brings it; null where nothing is traced. */
  readonly traceparent?: string | null;
}

/** In the order of `STORE`'s parameters. */
const stored = (delivery: Delivery): readonly unknown[] => [
  delivery.source,
  delivery.deliveryKey,
  delivery.correlation,
  delivery.event,
  delivery.body,
  delivery.receivedAt,
  delivery.traceparent ?? null,
];

/** Written once: every webhook waits for it, and making the same text anew each time took a tenth of taking one in. */
const STORE = `
  insert into inbox (source, delivery_key, correlation, event, body, received_at, next_attempt_at, traceparent)
  values ($1, $2, $3, $4, $5, $6, $6, $7)
  on conflict (source, delivery_key) do nothing`;

/** Keeps a verified webhook, in one statement. `duplicate` when the same delivery is already there. */
export async function storeDelivery(db: Database, delivery: Delivery): Promise<'stored' | 'duplicate'> {
  const { numAffectedRows } = await db.executeQuery(CompiledQuery.raw(STORE, [...stored(delivery)]));
  return numAffectedRows === 1n ? 'stored' : 'duplicate';
}

/**
 * Takes due rows for delivery: of each correlation only the oldest that waits. The claim is a lease, not a lock:
 * `next_attempt_at` moves to `leaseUntil`, so no transaction is open while Temporal is called, and a process that
 * dies gives the rows back by itself. Counts the attempt.
 */
export async function claimDueDeliveries(
  db: Database,
  claim: { now: Date; leaseUntil: Date; limit: number },
): Promise<readonly InboxRow[]> {
  // Materialised: the planner must not run the locking sub-select once per row of the update.
  const claimed = await sql<InboxRow>`
    with due as materialized (
      select waiting.id from inbox as waiting
      where waiting.status = 'stored' and waiting.next_attempt_at <= ${claim.now}
        and not exists (
          select 1 from inbox as older
          where older.status = 'stored' and older.correlation = waiting.correlation and older.id < waiting.id
        )
      order by waiting.id
      limit ${claim.limit}
      for update of waiting skip locked
    )
    update inbox set next_attempt_at = ${claim.leaseUntil}, attempts = inbox.attempts + 1
    from due where inbox.id = due.id
    returning inbox.*
  `.execute(db);
  return claimed.rows.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
}

export interface Settlement {
  readonly status: InboxRow['status'];
  readonly reason: string | null;
  readonly attempts: number;
  /** For a row that goes on waiting; otherwise the instant at which it was settled. */
  readonly at: Date;
}

/**
 * Writes what an attempt came to. False when the lease had run out and somebody else has the row: their attempt
 * counts, this one did nothing that a repeat does not do again.
 */
export async function settleDelivery(
  db: Database,
  claimed: Pick<InboxRow, 'id' | 'attempts'>,
  settlement: Settlement,
): Promise<boolean> {
  if (settlement.status !== 'quarantined') return settle(db, claimed, settlement);
  return db.transaction().execute(async (trx) => {
    if (!(await settle(trx, claimed, settlement))) return false;
    await raiseQuarantined(trx, { id: claimed.id, reason: settlement.reason }, settlement.at);
    return true;
  });
}

async function settle(
  db: Database,
  claimed: Pick<InboxRow, 'id' | 'attempts'>,
  settlement: Settlement,
): Promise<boolean> {
  const waits = settlement.status === 'stored';
  const updated = await db
    .updateTable('inbox')
    .set({
      status: settlement.status,
      reason: settlement.reason,
      attempts: settlement.attempts,
      settled_at: waits ? null : settlement.at,
      ...(waits ? { next_attempt_at: settlement.at } : {}),
    })
    .where('id', '=', claimed.id)
    .where('status', '=', 'stored')
    .where('attempts', '=', claimed.attempts)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/**
 * The rows that wait behind this one in its correlation, oldest first. Whoever holds the oldest row's lease is the
 * only one to touch them.
 */
export async function deliveriesBehind(
  db: Database,
  claimed: Pick<InboxRow, 'id' | 'source' | 'correlation'>,
  limit: number,
): Promise<readonly InboxRow[]> {
  return db
    .selectFrom('inbox')
    .selectAll()
    .where('status', '=', 'stored')
    .where('source', '=', claimed.source)
    .where('correlation', '=', claimed.correlation)
    .where('id', '>', claimed.id)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** These rows went out together with an older one. */
export async function settleDeliveredTogether(
  db: Database,
  ids: readonly string[],
  settled: { at: Date; reason: string | null },
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('inbox')
    .set((set) => ({
      status: 'done' as const,
      reason: settled.reason,
      attempts: set('attempts', '+', 1),
      settled_at: settled.at,
    }))
    .where('id', 'in', [...ids])
    .where('status', '=', 'stored')
    .execute();
}

/** How many rows stand in each status; for tests. */
export async function countDeliveries(db: Database): Promise<Record<InboxRow['status'], number>> {
  const rows = await db
    .selectFrom('inbox')
    .select((select) => ['status', select.fn.countAll<string>().as('count')])
    .groupBy('status')
    .execute();
  const counts = { stored: 0, done: 0, quarantined: 0 };
  for (const row of rows) counts[row.status] = Number(row.count);
  return counts;
}
