import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { createSaleorClient } from '../../integrations/saleor/client.ts';
import { type PaidOrder, type SaleorTwin, startSaleorTwin } from '../../integrations/saleor/twin.ts';
import type { SessionActivities } from '../../workflows/contract/activities.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { DOMAIN } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let twin: SaleorTwin;
let activities: SessionActivities;
let order: PaidOrder;
let units: readonly SessionKey[];

/** Two sessions on one line, paid at the twin. */
beforeEach(async () => {
  world = await createWorld();
  twin = await startSaleorTwin({ port: 0, events: [] });
  order = twin.pay({
    email: 'zoe@example.com',
    firstName: 'Zoe',
    lastName: 'M',
    lines: [{ productName: 'Session', quantity: 2 }],
  });
  const { db } = world.dependencies;
  const known = await db.selectFrom('orders').selectAll().executeTakeFirstOrThrow();
  await db
    .insertInto('orders')
    .values({ ...known, created_at: undefined, order_id: order.orderId })
    .execute();
  const line = twin.order(order.orderId).body.lines[0];
  const at = { order_id: order.orderId, line_id: line?.id ?? '' };
  units = [await world.another(10, at), await world.another(11, at)];
  const shop = createSaleorClient({ apiUrl: twin.apiUrl, appToken: twin.appToken, timeoutMs: 5000 });
  activities = createActivities({
    ...world.dependencies,
    saleor: (domain) => {
      expect(domain).toBe(DOMAIN);
      return shop;
    },
  });
});
afterEach(async () => {
  await twin.close();
  await world.close();
});

const grants = () => twin.order(order.orderId).grants;
const unit = (n: number): SessionKey => units[n] ?? world.sessionKey;

describe('money at a Saleor that speaks its own wire format', () => {
  test('a paid order is paid, a cancelled one is not', async () => {
    const confirm = () => activities.confirmPayment({ sessionKey: unit(0) });
    expect(await confirm()).toEqual({ kind: 'confirm-payment', verdict: 'paid' });
    twin.cancelOrder(order.orderId);
    expect(await confirm()).toEqual({ kind: 'confirm-payment', verdict: 'cancelled' });
  });

  test('each unit is refunded once, however often it is asked', async () => {
    for (const sessionKey of [unit(0), unit(0), unit(1), unit(0), unit(1)]) {
      const { status } = await activities.refund({ sessionKey, approved: false });
      expect(['done', 'pending']).toContain(status);
    }
    expect(grants().map((grant) => grant.amount.amount)).toEqual(['49.0', '49.0']);
    for (const sessionKey of units)
      expect(grants().filter((grant) => grant.reason.includes(`latchkey:${sessionKey}`))).toHaveLength(1);
  });

  test.each([0, 1, 2, 3])('the connection broke after request %d had its effect: one refund', async (n) => {
    for (let call = 0; call < n; call += 1) twin.faults.set({ kind: 'delay', delayMs: 0 });
    twin.faults.set({ kind: 'commit-then-hang-up' });
    await activities.refund({ sessionKey: unit(0), approved: false }).catch(() => undefined);
    twin.faults.clear();
    expect(['done', 'pending']).toContain(
      (await activities.refund({ sessionKey: unit(0), approved: false })).status,
    );
    expect(grants()).toHaveLength(1);
  });

  test('a payment provider that refuses: failed, for a person', async () => {
    twin.setRefundOutcome('failure');
    const seen = new Set<string>();
    for (let i = 0; i < 20 && !seen.has('failed'); i += 1) {
      seen.add((await activities.refund({ sessionKey: unit(0), approved: false })).status);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(seen).toContain('failed');
  });
});
