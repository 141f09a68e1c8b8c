export interface SaleorOrderTruth {
  readonly orderId: string;
  readonly status: string;
  readonly chargeStatus: string;
  /** Charged up to the whole total: false as soon as a unit of it was refunded. */
  readonly isPaid: boolean;
  /** The shop holds money for it. */
  readonly isCharged: boolean;
}

export type RefundStatus = 'done' | 'pending' | 'failed' | 'nothing-to-refund';

/** A granted refund that was paid out. */
export interface SettledGrant {
  readonly reason: string | null;
  /** None where an amount was granted that names no lines. */
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
}

/** What of an order was paid back, as far as the shop can say. */
export interface OrderRefunds {
  readonly grants: readonly SettledGrant[];
  /** More was paid back than its granted refunds tell of. */
  readonly besideGrants: boolean;
}

export interface SaleorClient {
  /** Undefined when Saleor does not know the order. */
  getOrder(orderId: string): Promise<SaleorOrderTruth | undefined>;
  /** Undefined when Saleor does not know the order. */
  readRefunds(orderId: string): Promise<OrderRefunds | undefined>;
  /**
   * Refunds one unit of one line: finds a granted refund by `marker` in its reason, else creates it, lists again
   * and takes the lowest, then requests it. A repeat finds the same grant (`REFUND_ALREADY_PROCESSED` is success).
   */
  refundUnit(refund: { orderId: string; lineId: string; marker: string }): Promise<RefundStatus>;
}

/** One line's units that took place. */
export interface Fulfilment {
  readonly orderId: string;
  readonly lineId: string;
  /** How many units of the line are to be fulfilled in all, those that already are included. */
  readonly quantity: number;
  /** Saleor's id. */
  readonly warehouse: string;
}

/** What is written to the shop beside money. */
export interface SaleorOrderKeeping {
  /**
   * Sets private metadata of an order, by key; other keys stay. Safe to repeat.
   *
   * @throws {CodedFailure} `vendor-not-found` for an order that the shop does not have.
   */
  tellOrder(orderId: string, metadata: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Fulfils as many units of a line as are missing; nothing where the shop has as many or more. Not safe beside itself:
   * one at a time for an order.
   *
   * @returns `not-open`: the order is cancelled or has fewer units.
   * @throws {CodedFailure} `insufficient-stock`, `vendor-not-found`.
   */
  fulfil(fulfilment: Fulfilment): Promise<'done' | 'not-open'>;
}

/** Whose a token is. */
export interface SaleorIdentity {
  /** The app's id in its shop; undefined when the shop takes the token for nobody's. */
  appId(): Promise<string | undefined>;
}

/** What housekeeping asks the shop. */
export interface SaleorOrders {
  /**
   * A page of the orders that are charged in full and were changed since, each as a webhook's body would hold it; its
   * amounts are decimal text.
   *
   * @param page.since in milliseconds.
   * @returns the cursor of the next page, or null.
   */
  listPaidOrders(page: { readonly since: number; readonly cursor: string | null }): Promise<{
    readonly orders: readonly { readonly id: string; readonly [field: string]: unknown }[];
    readonly cursor: string | null;
  }>;
}
