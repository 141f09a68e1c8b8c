import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { saleorCorrelation } from '../../db/correlation.ts';
import { sessionKeyOf } from '../../platform/session-ids.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { type Housekeeper, startHousekeeper } from './support/housekeeper.ts';
import { NOW } from './support/rows.ts';

const DAY = 24 * 3_600_000;
const nothing = { repaired: 0, raised: 0, failed: 0, notes: [] };

let house: Housekeeper;
beforeAll(async () => {
  house = await startHousekeeper();
});
afterAll(() => house.close());
beforeEach(async () => {
  house.now = (house.now + 30 * DAY) as Instant;
  await house.dependencies.db.deleteFrom('inbox').execute();
});

const inbox = () => house.dependencies.db.selectFrom('inbox').selectAll().orderBy('id').execute();
const pay = (more: { productType?: string; quantity?: number } = {}) =>
  house.saleor.pay({
    email: 'zoe@example.com',
    firstName: 'Zoë',
    lastName: 'Müller',
    lines: [{ productName: 'Session', quantity: more.quantity ?? 1, ...more }],
  });

/** The row that intake would have written. */
async function takeIn(orderId: string, unit = 0): Promise<void> {
  const { body } = house.saleor.order(orderId);
  const uuidOf = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] ?? '';
  const { db } = house.dependencies;
  const { session_key: key } = await db
    .selectFrom('sessions')
    .select('session_key')
    .executeTakeFirstOrThrow();
  const sessionKey = sessionKeyOf({
    saleorDomain: house.saleor.domain,
    orderUuid: uuidOf(orderId),
    lineUuid: uuidOf(body.lines[0]?.id ?? ''),
    unit,
  });
  const row = await db
    .selectFrom('sessions')
    .selectAll()
    .where('session_key', '=', key)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('sessions')
    .values({
      ...row,
      session_key: sessionKey,
      slug: `slug-${sessionKey}`,
      workflow_id: `session-${sessionKey}`,
      unit: 1000 + Number(body.number) * 10 + unit,
      input: JSON.stringify(row.input),
      refused: '[]',
      attention: null,
    })
    .execute();
}

describe('paid orders without a session', () => {
  test('go into the inbox as the lost webhook would have, once', async () => {
    const { orderId } = pay();
    expect(await house.run('orders')).toMatchObject({
      looked: 1,
      repaired: 1,
      notes: [{ code: 'order-taken-in', id: orderId }],
    });
    const [row, ...others] = await inbox();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      source: 'saleor',
      event: 'reconciled',
      status: 'stored',
      correlation: saleorCorrelation(house.saleor.domain, orderId),
    });
    expect(JSON.parse(row?.body.toString() ?? '')).toMatchObject({
      __typename: 'OrderFullyPaid',
      order: { id: orderId, isPaid: true, userEmail: 'zoe@example.com' },
    });
    // It waits to be taken in.
    expect(await house.run('orders')).toMatchObject({ looked: 1, ...nothing });
    await takeIn(orderId);
    await house.dependencies.db.updateTable('inbox').set({ status: 'done' }).execute();
    expect(await house.run('orders')).toMatchObject({ looked: 1, ...nothing });
  });

  test('one of several units is enough to take the order in again', async () => {
    const { orderId } = pay({ quantity: 2 });
    await takeIn(orderId, 0);
    expect(await house.run('orders')).toMatchObject({ repaired: 1 });
  });

  test('one that came to nothing is raised, and not put there twice', async () => {
    const { orderId } = pay();
    await house.run('orders');
    await house.dependencies.db.updateTable('inbox').set({ status: 'quarantined' }).execute();
    expect(await house.run('orders')).toMatchObject({
      repaired: 0,
      raised: 1,
      notes: [{ code: 'order-without-session', id: orderId }],
    });
    expect(await inbox()).toHaveLength(1);
  });

  test('what sells no session, was called off or paid back, or is too old, is nothing', async () => {
    pay();
    house.now = (house.now + 8 * DAY) as Instant;
    pay({ productType: 'book' });
    house.saleor.cancelOrder(pay().orderId);
    house.saleor.refundOrder(pay().orderId);
    expect(await house.run('orders')).toMatchObject(nothing);
    expect(await inbox()).toEqual([]);
  });

  test('more than a page of them', async () => {
    for (let count = 0; count < 51; count += 1) pay({ productType: 'book' });
    const first = await house.page('orders');
    expect(first).toMatchObject({ looked: 50, cursor: expect.any(String) });
    expect(await house.page('orders', first.cursor)).toMatchObject({ looked: 1, cursor: null });
  });

  test('a start that is owed for an hour is raised', async () => {
    const key = await house.world.another(77, { start_state: 'intended', intended_at: new Date(NOW) });
    expect((await house.run('orders')).notes).toEqual([{ code: 'start-overdue', id: key, raised: true }]);
    await house.dependencies.db
      .updateTable('sessions')
      .set({ intended_at: new Date(house.now - 60_000) })
      .where('session_key', '=', key)
      .execute();
    expect((await house.run('orders')).notes).toEqual([]);
  });

  test('a shop that is away is a failure with a code, and no word of its own', async () => {
    house.saleor.faults.set({ kind: 'status', status: 503, times: 1 });
    await expect(house.page('orders')).rejects.toMatchObject({
      type: 'vendor-unavailable',
      nonRetryable: false,
    });
    expect(await house.page('orders')).toMatchObject({ failed: 0 });
  });
});
