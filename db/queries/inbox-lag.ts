import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { InboxSource } from '../tables.ts';

/** How many wait, and since when the oldest of them does; null: none waits. */
export interface Waiting {
  readonly count: number;
  readonly oldestAt: Date | null;
}

/** Webhooks of one vendor that were not brought to their session yet. */
export interface InboxLag extends Waiting {
  readonly source: InboxSource;
  /** `stored`: on its way or waiting; `quarantined`: a person must look. */
  readonly state: 'stored' | 'quarantined';
}

const SOURCES = ['saleor', 'calendly', 'calcom', 'zammad'] as const satisfies readonly InboxSource[];
const STATES = ['stored', 'quarantined'] as const;

/** What has not arrived yet, of each source and state, those without any included. */
export async function inboxLag(db: Database): Promise<readonly InboxLag[]> {
  const rows = await db
    .selectFrom('inbox')
    .select(['source', 'status'])
    .select((select) => [select.fn.countAll<string>().as('count'), select.fn.min('received_at').as('oldest')])
    .where('status', 'in', [...STATES])
    .groupBy(['source', 'status'])
    .execute();
  return SOURCES.flatMap((source) =>
    STATES.map((state) => {
      const row = rows.find((one) => one.source === source && one.status === state);
      return { source, state, count: Number(row?.count ?? 0), oldestAt: row?.oldest ?? null };
    }),
  );
}

/** Webhooks to tenants: those that were not received yet, and those that were given up and can be sent again. */
export async function webhooksOutLag(
  db: Database,
): Promise<{ readonly pending: Waiting; readonly failed: Waiting }> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .select('status')
    .select((select) => [select.fn.countAll<string>().as('count'), select.fn.min('created_at').as('oldest')])
    .where('status', 'in', ['pending', 'failed'])
    .groupBy('status')
    .execute();
  const of = (status: 'pending' | 'failed'): Waiting => {
    const row = rows.find((one) => one.status === status);
    return { count: Number(row?.count ?? 0), oldestAt: row?.oldest ?? null };
  };
  return { pending: of('pending'), failed: of('failed') };
}

/** Sessions and bookings that were sold or asked for and have no run yet. */
export async function startsLag(db: Database): Promise<Waiting> {
  const { rows } = await sql<{ count: string; oldest: Date | null }>`
    select count(*) as count, min(intended_at) as oldest from (
      select intended_at from sessions where start_state = 'intended'
      union all
      select intended_at from bookings where start_state = 'intended'
    ) as owed
  `.execute(db);
  return { count: Number(rows[0]?.count ?? 0), oldestAt: rows[0]?.oldest ?? null };
}

/** Revocations that hold at the gate, and that their workflow has not heard of yet. */
export async function revocationsLag(db: Database): Promise<Waiting> {
  const row = await db
    .selectFrom('revocations')
    .select((select) => [select.fn.countAll<string>().as('count'), select.fn.min('revoked_at').as('oldest')])
    .where('session_key', 'is not', null)
    .where('delivered_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), oldestAt: row.oldest };
}
