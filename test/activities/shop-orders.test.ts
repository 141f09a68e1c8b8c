import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHousekeepingActivities } from '../../activities/housekeeping/create.ts';
import { isToFulfil, orderMetadataKey, shopStateOf, tellShop } from '../../activities/shop-orders.ts';
import { createActivities } from '../../activities/create.ts';
import { createSaleorClient, type WholeSaleorClient } from '../../integrations/saleor/client.ts';
import {
  type PaidOrder,
  type SaleorTwin,
  type SaleorTwinOptions,
  startSaleorTwin,
  TWIN_WAREHOUSE,
} from '../../integrations/saleor/twin.ts';
import { makeTwinKey } from '../../integrations/saleor/twin-keys.ts';
import type { TicketNote } from '../../workflows/contract/effects.ts';
import type { Outcome } from '../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { HousekeepingPage, HousekeepingPageRequest } from '../../workflows/contract/housekeeping.ts';
import { NOW } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

/** Nothing is signed here. */
const twinKey = makeTwinKey();

let world: World;
let twin: SaleorTwin;
let shop: WholeSaleorClient;
let order: PaidOrder;
let units: readonly SessionKey[];

/** Three sessions on one line, paid at the twin. */
async function start(options: Partial<SaleorTwinOptions> = {}): Promise<void> {
  await close();
  world = await createWorld();
  twin = await startSaleorTwin({ port: 0, events: [], now: () => NOW, key: await twinKey, ...options });
  shop = createSaleorClient({ apiUrl: twin.apiUrl, appToken: () => tokenNow(), timeoutMs: 5000 });
  order = twin.pay({
    email: 'zoe@example.com',
    firstName: 'Zoe',
    lastName: 'M',
    lines: [{ productName: 'Session', quantity: 3 }],
  });
  const { db } = world.dependencies;
  const known = await db.selectFrom('orders').selectAll().executeTakeFirstOrThrow();
  await db
    .insertInto('orders')
    .values({ ...known, created_at: undefined, order_id: order.orderId })
    .execute();
  const at = { order_id: order.orderId, line_id: lineId() };
  units = [await world.another(10, at), await world.another(11, at), await world.another(12, at)];
  // The one that every world begins with is of another shop's order.
  await db.deleteFrom('sessions').where('session_key', '=', world.sessionKey).execute();
}
async function close(): Promise<void> {
  await twin?.close();
  await world?.close();
}
beforeEach(() => start());
afterEach(async () => {
  await close();
  twin = undefined as never;
  world = undefined as never;
});

const tokenNow = async (): Promise<string> => twin.appToken;
const lineId = (): string => twin.order(order.orderId).body.lines[0]?.id ?? '';
const unit = (n: number): SessionKey => units[n] ?? world.sessionKey;
const dependencies = (fulfilFrom: string | null = null) => ({
  ...world.dependencies,
  saleor: () => shop,
  fulfilFrom,
});
const metadata = () =>
  Object.fromEntries(twin.order(order.orderId).body.privateMetadata.map(({ key, value }) => [key, value]));
const fulfilled = () => twin.order(order.orderId).fulfilled.get(lineId()) ?? 0;
const stateOf = (n: number) => metadata()[orderMetadataKey(unit(n))];

async function end(n: number, outcome: Outcome): Promise<void> {
  await world.dependencies.db
    .updateTable('sessions')
    .set({ outcome, phase: 'ended', start_state: 'ended' })
    .where('session_key', '=', unit(n))
    .execute();
}

describe('what an order knows of its sessions', () => {
  test('is that they are open, or how they ended', () => {
    const outcomes = [null, 'completed', 'cancelled', 'no-show'] as const;
    expect(outcomes.map((outcome) => shopStateOf({ outcome }))).toEqual([
      'open',
      'completed',
      'cancelled',
      'no-show',
    ]);
  });

  test('stands in its private metadata, and other keys stay', async () => {
    await shop.tellOrder(order.orderId, { 'somebody.else': 'kept' });
    expect(await tellShop(dependencies(), unit(0))).toEqual(['told']);
    expect(metadata()).toEqual({ 'somebody.else': 'kept', [orderMetadataKey(unit(0))]: 'open' });
    expect(twin.order(order.orderId).body.metadata).toEqual([]);
    // What the shop knows is not said again.
    twin.faults.set({ kind: 'status', status: 503, times: 1 });
    expect(await tellShop(dependencies(), unit(0))).toEqual([]);
    twin.faults.clear();
    await end(0, 'cancelled');
    expect(await tellShop(dependencies(), unit(0))).toEqual(['told']);
    expect(stateOf(0)).toBe('cancelled');
    expect(stateOf(1)).toBeUndefined();
  });

  test('an order that the shop does not have is said so', async () => {
    await expect(shop.tellOrder('T3JkZXI6bm9wZQ==', { a: 'b' })).rejects.toMatchObject({
      code: 'vendor-not-found',
    });
  });

  const note = (rev: number): TicketNote => ({
    rev,
    topic: 'booked',
    status: 'scheduled',
    state: 'open',
    toClient: false,
    clearAction: false,
    startsAt: null,
    endsAt: null,
    cutoffAt: null,
    reason: null,
    linkId: null,
  });

  test('is written beside its ticket, and a shop that fails keeps no ticket from being written', async () => {
    const activities = createActivities(dependencies());
    const write = (rev: number) => activities.writeTicket({ sessionKey: unit(0), note: note(rev) });
    await activities.openTicket({ sessionKey: unit(0), rev: 1, status: 'opening' });
    twin.faults.set({ kind: 'status', status: 503, times: 1 });
    expect(await write(2)).toEqual({ kind: 'write-ticket' });
    expect(stateOf(0)).toBeUndefined();
    expect(world.logged.join()).toContain('vendor-unavailable');
    expect(await write(3)).toEqual({ kind: 'write-ticket' });
    expect(stateOf(0)).toBe('open');
  });
});

describe('fulfilment', () => {
  test('is for what took place and is not fulfilled yet, where that is wanted', () => {
    const cases: readonly (readonly [Outcome | null, Date | null, string | null])[] = [
      ['completed', null, 'W'],
      ['completed', null, null],
      ['completed', new Date(0), 'W'],
      ['no-show', null, 'W'],
      [null, null, 'W'],
    ];
    expect(cases.map(([outcome, fulfilledAt, from]) => isToFulfil({ outcome, fulfilledAt }, from))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test('is of as many units of the line as took place, once each', async () => {
    const deps = dependencies(TWIN_WAREHOUSE);
    await end(0, 'completed');
    expect(await tellShop(deps, unit(0))).toEqual(['told', 'fulfilled']);
    expect(await tellShop(deps, unit(0))).toEqual([]);
    await end(1, 'cancelled');
    expect(await tellShop(deps, unit(1))).toEqual(['told']);
    expect([fulfilled(), twin.order(order.orderId).body.status]).toEqual([1, 'PARTIALLY_FULFILLED']);
    await end(2, 'completed');
    expect(await tellShop(deps, unit(2))).toEqual(['told', 'fulfilled']);
    expect(fulfilled()).toBe(2);
  });

  test('of units that end together is not done twice', async () => {
    const deps = dependencies(TWIN_WAREHOUSE);
    await Promise.all([end(0, 'completed'), end(1, 'completed')]);
    await Promise.all([tellShop(deps, unit(0)), tellShop(deps, unit(1))]);
    expect(fulfilled()).toBe(2);
  });

  test('whose answer was lost is found again', async () => {
    const deps = dependencies(TWIN_WAREHOUSE);
    await end(0, 'completed');
    await tellShop(dependencies(), unit(0));
    // The look comes first; it is the second request whose answer is lost.
    const lost = createSaleorClient({
      apiUrl: twin.apiUrl,
      appToken: twin.appToken,
      timeoutMs: 5000,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (typeof init.body === 'string' && init.body.includes('orderFulfill'))
          throw new TypeError('fetch failed');
        return response;
      },
    });
    await expect(tellShop({ ...deps, saleor: () => lost }, unit(0))).rejects.toThrow();
    expect(fulfilled()).toBe(1);
    expect(await tellShop(deps, unit(0))).toEqual(['fulfilled']);
    expect(fulfilled()).toBe(1);
  });

  test('of a cancelled order is a person’s business, told once', async () => {
    const deps = dependencies(TWIN_WAREHOUSE);
    await end(0, 'completed');
    twin.cancelOrder(order.orderId);
    expect(await tellShop(deps, unit(0))).toEqual(['told', 'not-open']);
    expect(await tellShop(deps, unit(0))).toEqual([]);
  });
});

describe('housekeeping', () => {
  async function page(fulfilFrom: string | null, resealed = false): Promise<HousekeepingPage> {
    const activities = createHousekeepingActivities({
      ...dependencies(fulfilFrom),
      clock: () => (NOW + 120_000) as Instant,
      runs: { stateOf: async () => 'running', tell: async () => 'delivered' },
      routes: world.apisix as never,
      shops: {
        all: [
          { domain: 'shop.example', orders: shop },
          { domain: 'away.example', orders: away },
        ],
        productTypes: ['nothing'],
        orderDays: 7,
        resealCredential: async () => resealed,
      },
      subscriptions: [],
      retention: { inboxBodyDays: 30, recordDays: 730 },
    });
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const ask = (cursor: string | null): Promise<HousekeepingPage> =>
      environment.run((request: HousekeepingPageRequest) => activities.housekeep(request), {
        job: 'orders' as const,
        cursor,
        startedAt: (NOW + 120_000) as Instant,
      });
    let last = await ask(null);
    const notes = [...last.notes];
    for (let n = 0; last.cursor !== null && n < 10; n += 1) {
      last = await ask(last.cursor);
      notes.push(...last.notes);
    }
    return { ...last, notes };
  }
  const away = createSaleorClient({ apiUrl: 'http://127.0.0.1:9/graphql/', appToken: 'x', timeoutMs: 1000 });
  const AWAY = { code: 'vendor-unreachable', id: 'away.example' };
  const found = async (fulfilFrom: string | null, resealed = false) =>
    (await page(fulfilFrom, resealed)).notes.filter(({ code }) => code !== AWAY.code);

  test('tells shops what they were not told, and one that is away keeps no other waiting', async () => {
    expect((await page(null)).notes).toEqual([
      AWAY,
      ...units.toSorted().map((id) => ({ code: 'shop-told', id })),
    ]);
    expect((await page(null)).notes).toEqual([AWAY]);
    expect(stateOf(2)).toBe('open');
  });

  test('encrypts credentials anew', async () => {
    const notes = await found(null, true);
    expect(notes).toContainEqual({ code: 'credential-resealed', id: 'shop.example' });
  });

  test('a shop that deleted the app is a finding', async () => {
    await page(null);
    twin.uninstall();
    expect(await found(null)).toEqual([{ code: 'app-not-installed', id: 'shop.example', raised: true }]);
  });

  test('too little stock is a finding and the session’s attention, until there is enough', async () => {
    const sku = 'SES-60-1';
    await start({ stock: { [sku]: 1 } });
    await Promise.all([0, 1].map((n) => end(n, 'completed')));
    const short = await found(TWIN_WAREHOUSE);
    expect(short.filter(({ code }) => code === 'insufficient-stock')).toHaveLength(2);
    const flags = await world.dependencies.db
      .selectFrom('sessions')
      .select('session_key')
      .where('needs_attention', '=', true)
      .execute();
    expect(flags.map((row) => row.session_key).toSorted()).toEqual([unit(0), unit(1)].toSorted());
    expect(fulfilled()).toBe(0);
    twin.addStock(sku, 5);
    const later = await found(TWIN_WAREHOUSE);
    expect(later.map(({ code }) => code)).toEqual(['shop-fulfilled', 'shop-fulfilled']);
    expect(fulfilled()).toBe(2);
  });
});
