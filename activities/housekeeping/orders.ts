import { createHash } from 'node:crypto';
import { saleorCorrelation } from '../../db/correlation.ts';
import { storeDelivery } from '../../db/queries/inbox.ts';
import { inboxStatesOf, overdueStarts, unitsWithoutRow } from '../../db/queries/reconcile-orders.ts';
import { MalformedSaleorId, unclearLines, unitKeys } from '../../integrations/saleor/convention.ts';
import { type SaleorOrder, saleorOrderSchema } from '../../integrations/saleor/wire.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { paymentVerdict } from '../payments.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { type Finding, lookAtEach, type PageOf, pageOf, raised, repaired, together } from './page.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** As many as a person reads. */
const MOST_OVERDUE = 100;

type Listed = Awaited<
  ReturnType<HousekeepingDependencies['shop']['orders']['listPaidOrders']>
>['orders'][number];

/**
 * Paid orders whose webhook was lost. They are not taken in here: what the webhook would have brought is put into the
 * inbox, so that there is one way in, under one lock, whoever comes first.
 */
export function ordersJob({ db, clock, log, shop }: HousekeepingDependencies): PageOf {
  /** Units that are owed a session, or null where the order cannot be told apart. */
  function unitsOf(order: SaleorOrder): readonly SessionKey[] | null {
    try {
      return unitKeys(order, shop);
    } catch (error) {
      if (error instanceof MalformedSaleorId) return null;
      throw error;
    }
  }

  async function compare(listed: Listed): Promise<readonly Finding[]> {
    const order = saleorOrderSchema.safeParse(listed);
    if (!order.success) return [raised('order-unreadable')];
    // Of what was refunded in part nothing is begun: which unit it was for is a person's to say.
    const truth = { ...order.data, orderId: listed.id, isCharged: order.data.isPaid };
    if (paymentVerdict(truth) !== 'paid') return [];
    const units = unitsOf(order.data);
    if (units === null) return [raised('malformed-id')];
    const correlation = saleorCorrelation(shop.domain, listed.id);
    const missing = await unitsWithoutRow(db, units);
    if (missing.length === 0 && unclearLines(order.data).length === 0) return [];
    const states = await inboxStatesOf(db, correlation);
    // A webhook of this order is on its way; or it came, and a line that nobody can read was quarantined then.
    if (states.has('stored') || (missing.length === 0 && states.size > 0)) return [];
    const body = Buffer.from(JSON.stringify({ __typename: 'OrderFullyPaid', order: listed }));
    const kept = await storeDelivery(db, {
      source: 'saleor',
      deliveryKey: `reconciled:${listed.id}:${createHash('sha256').update(body).digest('hex')}`,
      correlation,
      event: 'reconciled',
      body,
      receivedAt: new Date(clock()),
    });
    // This very order went through the inbox before, and came to no session.
    return kept === 'stored' ? [repaired('order-taken-in')] : [raised('order-without-session')];
  }

  return async ({ cursor, startedAt }) => {
    const since = startedAt - shop.orderDays * DAY;
    const page = await shop.orders.listPaidOrders({ since, cursor });
    const looked = await lookAtEach(page.orders, { job: 'orders', log, idOf: ({ id }) => id }, compare);
    if (page.cursor !== null) return pageOf(looked, page.cursor);
    const overdue = await overdueStarts(db, new Date(startedAt - HOUR), MOST_OVERDUE);
    const starts = await lookAtEach(overdue, { job: 'orders', log, idOf: String }, async () => [
      raised('start-overdue'),
    ]);
    return pageOf(together(looked, starts), null);
  };
}
