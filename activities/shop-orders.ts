import {
  countCompleted,
  markFulfilled,
  markTold,
  shopNewsOf,
  type ShopNews,
} from '../db/queries/shop-orders.ts';
import { underVendorClaim } from '../db/queries/vendor-claims.ts';
import { PAID_ELSEWHERE } from '../platform/paid-elsewhere.ts';
import { within } from '../platform/within.ts';
import type { SessionKey } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { toApplicationFailure } from './failures.ts';

type ShopOrderDependencies = Pick<ActivityDependencies, 'db' | 'clock' | 'log' | 'saleor' | 'fulfilFrom'>;

/** What the shop's order came to know, or `not-open`: what took place cannot be fulfilled there any more. */
export type ShopTold = 'told' | 'fulfilled' | 'not-open';

/** Two requests of 5 s each, and what is read and stored around them. */
const FULFIL_LEASE_MS = 12_000;

/** A note is written to the ticket first; the shop does not keep the next one waiting for longer. */
const BESIDE_NOTE_MS = 3000;

/** The key, in the order's private metadata, under which a session's state stands. */
export const orderMetadataKey = (sessionKey: SessionKey): string => `latchkey.session.${sessionKey}`;

/** What a shop's order says of a session: `open`, and once it is over how it ended. */
export const shopStateOf = ({ outcome }: Pick<ShopNews, 'outcome'>): string => outcome ?? 'open';

/** Whether this unit is to be fulfilled: only what took place was delivered. */
export function isToFulfil(
  { outcome, fulfilledAt }: Pick<ShopNews, 'outcome' | 'fulfilledAt'>,
  fulfilFrom: string | null,
): boolean {
  return fulfilFrom !== null && outcome === 'completed' && fulfilledAt === null;
}

/**
 * Brings the shop's order up to what became of a session: its private metadata, and where that is wanted the fulfilment
 * of its unit. Safe to repeat; does nothing when the shop knows.
 *
 * @throws {CodedFailure} of the shop; `insufficient-stock`.
 */
export async function tellShop(
  { db, clock, saleor, fulfilFrom }: ShopOrderDependencies,
  sessionKey: SessionKey,
): Promise<readonly ShopTold[]> {
  const news = await shopNewsOf(db, sessionKey);
  if (!news || news.saleorDomain === PAID_ELSEWHERE) return [];
  const { saleorDomain, orderId, lineId } = news;
  const done: ShopTold[] = [];
  const state = shopStateOf(news);
  if (news.shopState !== state) {
    await saleor(saleorDomain).tellOrder(orderId, { [orderMetadataKey(sessionKey)]: state });
    await markTold(db, sessionKey, state);
    done.push('told');
  }
  if (fulfilFrom === null || !isToFulfil(news, fulfilFrom)) return done;
  // Units of a line that end together would each fulfil them all.
  const outcome = await underVendorClaim(
    db,
    `saleor-fulfil|${saleorDomain}|${orderId}`,
    async () => {
      const quantity = await countCompleted(db, news);
      return saleor(saleorDomain).fulfil({ orderId, lineId, quantity, warehouse: fulfilFrom });
    },
    FULFIL_LEASE_MS,
  );
  await markFulfilled(db, sessionKey, new Date(clock()));
  return [...done, outcome === 'done' ? 'fulfilled' : 'not-open'];
}

/** The same beside another effect, which it never fails and hardly delays: housekeeping does what is left undone. */
export async function tellShopBeside(
  dependencies: ShopOrderDependencies,
  sessionKey: SessionKey,
): Promise<void> {
  const told = tellShop(dependencies, sessionKey).then(
    () => undefined,
    (error: unknown) => {
      const failure = toApplicationFailure(error);
      const code = 'type' in failure ? failure.type : 'cancelled';
      dependencies.log.warn({ sessionKey, code }, 'the shop was not told of the session');
    },
  );
  await within(BESIDE_NOTE_MS, told, () => undefined);
}
