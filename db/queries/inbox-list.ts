import type { SelectQueryBuilder } from 'kysely';
import type { Database } from '../connect.ts';
import { clearQuarantined } from './attentions.ts';
import type { InboxRow, InboxSource, InboxStatus, Tables } from '../tables.ts';

/** What an operator is shown of a row: not its body, nor the trace it came by. */
export type InboxEntry = Omit<InboxRow, 'body' | 'traceparent'>;

/** Which rows are meant; null: any. */
export interface InboxFilter {
  readonly statuses: readonly InboxStatus[] | null;
  readonly source: InboxSource | null;
  readonly event: string | null;
  readonly reason: string | null;
  readonly correlation: string | null;
  /** Received at or after. */
  readonly receivedFrom: Date | null;
  /** Received before. */
  readonly receivedTo: Date | null;
}

const ENTRY = [
  'id',
  'source',
  'delivery_key',
  'correlation',
  'event',
  'received_at',
  'status',
  'reason',
  'attempts',
  'next_attempt_at',
  'settled_at',
  'pruned_at',
] as const;

function fitting<Row>(
  query: SelectQueryBuilder<Tables, 'inbox', Row>,
  filter: InboxFilter,
): SelectQueryBuilder<Tables, 'inbox', Row> {
  const { statuses, source, event, reason, correlation, receivedFrom, receivedTo } = filter;
  let fits = query;
  if (statuses !== null) fits = fits.where('status', 'in', [...statuses]);
  if (source !== null) fits = fits.where('source', '=', source);
  if (event !== null) fits = fits.where('event', '=', event);
  if (reason !== null) fits = fits.where('reason', '=', reason);
  if (correlation !== null) fits = fits.where('correlation', '=', correlation);
  if (receivedFrom !== null) fits = fits.where('received_at', '>=', receivedFrom);
  if (receivedTo !== null) fits = fits.where('received_at', '<', receivedTo);
  return fits;
}

/**
 * A page of the inbox.
 *
 * @param page.after the last id of the page before, or null.
 * @param page.order `desc`: newest first.
 */
export async function listInbox(
  db: Database,
  filter: InboxFilter,
  page: { readonly after: string | null; readonly limit: number; readonly order: 'asc' | 'desc' },
): Promise<readonly InboxEntry[]> {
  const { after, limit, order } = page;
  return fitting(db.selectFrom('inbox').select(ENTRY), filter)
    .$if(after !== null, (query) => query.where('id', order === 'desc' ? '<' : '>', after ?? ''))
    .orderBy('id', order)
    .limit(limit)
    .execute();
}

export async function inboxRow(db: Database, id: string): Promise<InboxRow | undefined> {
  return db.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirst();
}

/**
 * Settled rows become due again, as if they had just come. One that waits is left alone: an attempt may be under way.
 * So is one whose body was pruned: there is nothing left to deliver.
 *
 * @returns the rows that became due, in no order.
 */
export async function setDueAgain(
  db: Database,
  ids: readonly string[],
  at: Date,
): Promise<readonly InboxEntry[]> {
  if (ids.length === 0) return [];
  await clearQuarantined(db, ids, at);
  return db
    .updateTable('inbox')
    .set({ status: 'stored', reason: null, attempts: 0, next_attempt_at: at, settled_at: null })
    .where('id', 'in', [...ids])
    .where('status', 'in', ['done', 'quarantined'])
    .where('pruned_at', 'is', null)
    .returning(ENTRY)
    .execute();
}

/**
 * A row that waits is tried at once, unless that is so already. Its count of attempts stays: one that is under way
 * settles it as ever.
 */
export async function setDueNow(db: Database, id: string, at: Date): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ next_attempt_at: at })
    .where('id', '=', id)
    .where('status', '=', 'stored')
    .where('next_attempt_at', '>', at)
    .execute();
}
