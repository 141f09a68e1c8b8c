import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { createSaleorClient } from '../../integrations/saleor/client.ts';
import { makeTwinKey, type TwinKey } from '../../integrations/saleor/twin-keys.ts';
import { startSaleorTwin } from '../../integrations/saleor/twin.ts';
import {
  type Effect,
  eitherWay,
  expectOneEach,
  type OnCall,
  requestRows,
  requestsOf,
} from './support/effect-matrix.ts';
import { faultsOf } from './support/vendor-faults.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
/** Making one takes long, and nothing is signed here. */
let key: TwinKey;
beforeAll(async () => {
  [world, key] = await Promise.all([createWorld(), makeTwinKey()]);
});
afterAll(() => world?.close());

let units = 0;

/** One of two units of a paid line, in a shop of its own. */
async function startUnit(onCall: OnCall) {
  const unit = (units += 1);
  const twin = await startSaleorTwin({ port: 0, events: [], key });
  const { orderId } = twin.pay({
    email: 'zoe@example.com',
    firstName: 'Zoe',
    lastName: 'M',
    lines: [{ productName: 'Session', quantity: 2 }],
  });
  const { db } = world.dependencies;
  const known = await db.selectFrom('orders').selectAll().executeTakeFirstOrThrow();
  await db
    .insertInto('orders')
    .values({ ...known, created_at: undefined, order_id: orderId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const order = twin.order(orderId);
  const sessionKey = await world.another(unit, { order_id: orderId, line_id: order.body.lines[0]?.id ?? '' });
  const { apiUrl, appToken } = twin;
  const activities = eitherWay((timeoutMs) => {
    const shop = createSaleorClient({ apiUrl, appToken, timeoutMs, onCall });
    return createActivities({ ...world.dependencies, saleor: () => shop });
  });
  return { twin, order, sessionKey, activities };
}

const GRAPHQL = 'POST /graphql/';

const confirmation: Effect = {
  name: 'confirmPayment',
  requests: [GRAPHQL],
  expected: { kind: 'confirm-payment', verdict: 'paid' },
  async start(onCall) {
    const { twin, sessionKey, activities } = await startUnit(onCall);
    let verdict: unknown;
    return {
      faults: twin.faults,
      async attempt(hasty) {
        verdict = await activities(hasty).confirmPayment({ sessionKey });
      },
      outcome: async () => verdict,
      close: () => twin.close(),
    };
  },
};

/** Look, grant, look again, request, look what came of it. The line's other unit is still paid for. */
const refund: Effect = {
  name: 'refund',
  requests: [GRAPHQL, GRAPHQL, GRAPHQL, GRAPHQL, GRAPHQL],
  expected: { charged: '49.0', grants: ['49.0 SUCCESS'] },
  async start(onCall) {
    const { twin, order, sessionKey, activities } = await startUnit(onCall);
    const grants = () => order.grants.map(({ amount, status }) => `${amount.amount} ${status}`);
    return {
      faults: twin.faults,
      attempt: (hasty) => activities(hasty).refund({ sessionKey, approved: false }),
      async outcome() {
        for (let n = 0; n < 100 && grants().some((one) => one.endsWith('PENDING')); n += 1) await delay(5);
        return { charged: order.body.totalCharged.amount, grants: grants() };
      },
      close: () => twin.close(),
    };
  },
};

describe('one refund result', () => {
  test.each([confirmation, refund])('$name makes these requests and no others', async (effect) => {
    expect(await requestsOf(effect)).toEqual({ requests: effect.requests, outcome: effect.expected });
  });

  test.each(requestRows([confirmation]))('$title, under every fault', async ({ effect, nth }) => {
    await expectOneEach(effect, nth, faultsOf.saleorReads());
  });

  test.each(requestRows([refund]))('$title, under every fault', async ({ effect, nth }) => {
    await expectOneEach(effect, nth, faultsOf.saleorRefunds());
  });
});
