import { createHash } from 'node:crypto';
import { saleorCorrelation } from '../../db/correlation.ts';
import { storeDelivery } from '../../db/queries/inbox.ts';
import { raiseAttention } from '../../db/queries/gate.ts';
import { inboxStatesOf, overdueStarts, unitsWithoutRow } from '../../db/queries/reconcile-orders.ts';
import { untoldSessions } from '../../db/queries/shop-orders.ts';
import { MalformedSaleorId, unclearLines, unitKeys } from '../../integrations/saleor/convention.ts';
import { type SaleorOrder, saleorOrderSchema } from '../../integrations/saleor/wire.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { HousekeepingPage } from '../../workflows/contract/housekeeping.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { paymentVerdict } from '../payments.ts';
import { tellShop } from '../shop-orders.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import {
  type Finding,
  type Looked,
  lookAtEach,
  type PageOf,
  pageOf,
  raised,
  repaired,
  together,
} from './page.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** By then what is told beside a session's ticket was told. */
const SETTLED_MS = 60_000;

/** As many as a person reads. */
const MOST_OVERDUE = 100;

/** Sessions that a shop is told of in one page: each may be three requests. */
const TOLD_PAGE = 20;

/** Where a page begins: within the orders of a shop, or within the sessions that shops are told of. */
const SHOP = 'shop|';
const TOLD = 'told|';

type Shop = HousekeepingDependencies['shops']['all'][number];
type Listed = Awaited<ReturnType<Shop['orders']['listPaidOrders']>>['orders'][number];

/**
 * Paid orders whose webhook was lost, shop by shop. They are not taken in here: what the webhook would have brought is put
 * into the inbox, so that there is one way in, under one lock, whoever comes first. Then what the shops were not told of.
 */
export function ordersJob(dependencies: HousekeepingDependencies): PageOf {
  const { db, clock, log, shops, fulfilFrom } = dependencies;
  const { productTypes, orderDays } = shops;

  /** Units that are owed a session, or null where the order cannot be told apart. */
  function unitsOf(order: SaleorOrder, { domain }: Shop): readonly SessionKey[] | null {
    try {
      return unitKeys(order, { domain, productTypes });
    } catch (error) {
      if (error instanceof MalformedSaleorId) return null;
      throw error;
    }
  }

  async function compare(listed: Listed, shop: Shop): Promise<readonly Finding[]> {
    const order = saleorOrderSchema.safeParse(listed);
    if (!order.success) return [raised('order-unreadable')];
    // Of what was refunded in part nothing is begun: which unit it was for is a person's to say.
    const truth = { ...order.data, orderId: listed.id, isCharged: order.data.isPaid };
    if (paymentVerdict(truth) !== 'paid') return [];
    const units = unitsOf(order.data, shop);
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

  /** The first page of a shop, or one that begins where another ended. */
  async function ordersPage(
    shop: Shop,
    cursor: string | null,
    startedAt: number,
  ): Promise<{ readonly looked: Looked; readonly next: string | null }> {
    const page = await shop.orders.listPaidOrders({ since: startedAt - orderDays * DAY, cursor });
    const about = { job: 'orders', log, idOf: ({ id }: Listed) => id } as const;
    const looked = await lookAtEach(page.orders, about, (listed) => compare(listed, shop));
    return { looked, next: page.cursor };
  }

  async function shopPage(
    shop: Shop,
    cursor: string | null,
    startedAt: number,
  ): Promise<{ readonly looked: Looked; readonly next: string | null }> {
    const about = { job: 'orders', log, idOf: ({ domain }: Shop) => domain } as const;
    const resealed = await lookAtEach(cursor === null ? [shop] : [], about, async ({ domain }) =>
      (await shops.resealCredential(domain)) ? [repaired('credential-resealed')] : [],
    );
    const beside: Looked = { ...resealed, looked: 0, handled: 0 };
    try {
      const { looked, next } = await ordersPage(shop, cursor, startedAt);
      return { looked: together(beside, looked), next };
    } catch (error) {
      const uninstalled = error instanceof CodedFailure && error.code === 'app-not-installed';
      // Of several shops, one that is away does not keep the others from being looked at.
      if (!uninstalled && shops.all.length === 1) throw error;
      const looked = await lookAtEach([shop], about, async () => {
        if (uninstalled) return [raised('app-not-installed')];
        throw error;
      });
      return { looked: together(beside, { ...looked, halted: null }), next: null };
    }
  }

  async function tell(key: SessionKey): Promise<readonly Finding[]> {
    try {
      const done = await tellShop(dependencies, key);
      return done.map((one) => (one === 'not-open' ? raised('order-not-open') : repaired(`shop-${one}`)));
    } catch (error) {
      if (!(error instanceof CodedFailure) || error.code !== 'insufficient-stock') throw error;
      await raiseAttention(db, key);
      return [raised(error.code)];
    }
  }

  /** What shops were not told of beside a ticket, because they were away or the ticket was. */
  async function toldPage(after: string, startedAt: number): Promise<HousekeepingPage> {
    const keys = await untoldSessions(db, {
      after,
      changedSince: new Date(startedAt - orderDays * DAY),
      changedBefore: new Date(clock() - SETTLED_MS),
      fulfils: fulfilFrom !== null,
      limit: TOLD_PAGE,
    });
    const looked = await lookAtEach(keys, { job: 'orders', log, idOf: String }, tell);
    const last = keys[looked.handled - 1];
    return pageOf(looked, keys.length === TOLD_PAGE && last !== undefined ? TOLD + last : null);
  }

  async function lastPage(looked: Looked, startedAt: number): Promise<HousekeepingPage> {
    const overdue = await overdueStarts(db, new Date(startedAt - HOUR), MOST_OVERDUE);
    const starts = await lookAtEach(overdue, { job: 'orders', log, idOf: String }, async () => [
      raised('start-overdue'),
    ]);
    const told = await toldPage('', startedAt);
    const { cursor, ...tally } = told;
    return pageOf(together(together(looked, starts), { ...tally, handled: 0 }), cursor);
  }

  return async ({ cursor, startedAt }) => {
    if (cursor?.startsWith(TOLD)) return toldPage(cursor.slice(TOLD.length), startedAt);
    const [domain, ...rest] = cursor?.slice(SHOP.length).split('|') ?? [];
    const at = Math.max(
      0,
      shops.all.findIndex((one) => one.domain === domain),
    );
    const shop = shops.all[at];
    if (!shop) throw new CodedFailure('not-configured', 'there is no shop');
    const within = rest.join('|');
    const { looked, next } = await shopPage(shop, within === '' ? null : within, startedAt);
    if (next !== null) return pageOf(looked, `${SHOP}${shop.domain}|${next}`);
    const following = shops.all[at + 1];
    return following ? pageOf(looked, `${SHOP}${following.domain}|`) : lastPage(looked, startedAt);
  };
}
