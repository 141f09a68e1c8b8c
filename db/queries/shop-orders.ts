import { PAID_ELSEWHERE } from '../../platform/paid-elsewhere.ts';
import type { Outcome } from '../../workflows/contract/session.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';

/** What a shop's order is to know of one of its sessions, and knows. */
export interface ShopNews {
  readonly saleorDomain: string;
  /** Saleor's own ids. */
  readonly orderId: string;
  readonly lineId: string;
  readonly outcome: Outcome | null;
  readonly shopState: string | null;
  readonly fulfilledAt: Date | null;
}

export async function shopNewsOf(db: Database, key: SessionKey): Promise<ShopNews | undefined> {
  return db
    .selectFrom('sessions')
    .select([
      'saleor_domain as saleorDomain',
      'order_id as orderId',
      'line_id as lineId',
      'outcome',
      'shop_state as shopState',
      'fulfilled_at as fulfilledAt',
    ])
    .where('session_key', '=', key)
    .executeTakeFirst();
}

export async function markTold(db: Database, key: SessionKey, state: string): Promise<void> {
  await db.updateTable('sessions').set({ shop_state: state }).where('session_key', '=', key).execute();
}

export async function markFulfilled(db: Database, key: SessionKey, at: Date): Promise<void> {
  await db.updateTable('sessions').set({ fulfilled_at: at }).where('session_key', '=', key).execute();
}

/** How many units of a line took place. */
export async function countCompleted(
  db: Database,
  line: Pick<ShopNews, 'saleorDomain' | 'orderId' | 'lineId'>,
): Promise<number> {
  const { count } = await db
    .selectFrom('sessions')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('saleor_domain', '=', line.saleorDomain)
    .where('order_id', '=', line.orderId)
    .where('line_id', '=', line.lineId)
    .where('outcome', '=', 'completed')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/**
 * Sessions, by key, whose shop does not know yet how they stand. One that has only just changed is told of beside its
 * ticket.
 *
 * @param page.fulfils units that took place and are not fulfilled count as well.
 */
export async function untoldSessions(
  db: Database,
  page: {
    readonly after: string;
    readonly changedSince: Date;
    readonly changedBefore: Date;
    readonly fulfils: boolean;
    readonly limit: number;
  },
): Promise<readonly SessionKey[]> {
  const rows = await db
    .selectFrom('sessions')
    .select('session_key')
    .where('session_key', '>', page.after as SessionKey)
    .where('saleor_domain', '<>', PAID_ELSEWHERE)
    .where('start_state', '<>', 'intended')
    .where('updated_at', '>=', page.changedSince)
    .where('updated_at', '<', page.changedBefore)
    .where((row) => {
      const untold = row('shop_state', 'is distinct from', row.fn.coalesce('outcome', row.val('open')));
      const unfulfilled = row.and([row('outcome', '=', 'completed'), row('fulfilled_at', 'is', null)]);
      return page.fulfils ? row.or([untold, unfulfilled]) : untold;
    })
    .orderBy('session_key')
    .limit(page.limit)
    .execute();
  return rows.map((row) => row.session_key);
}
