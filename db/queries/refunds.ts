import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';

/** What names a session's purchase at its shop, and what it cost. */
export interface PurchasedUnit {
  readonly saleorDomain: string;
  /** Saleor's own ids, as they came. */
  readonly orderId: string;
  readonly lineId: string;
  /** Decimal text of the unit's price. */
  readonly amount: string;
  readonly currency: string;
}

export async function findPurchasedUnit(db: Database, key: SessionKey): Promise<PurchasedUnit | undefined> {
  return db
    .selectFrom('sessions')
    .select([
      'saleor_domain as saleorDomain',
      'order_id as orderId',
      'line_id as lineId',
      'amount',
      'currency',
    ])
    .where('session_key', '=', key)
    .executeTakeFirst();
}
