import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { paymentVerdict } from '../../activities/payments.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { ORDER } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

describe('whether an order is paid', () => {
  test.each([
    ['UNFULFILLED', 'FULL', true, 'paid'],
    ['FULFILLED', 'OVERCHARGED', true, 'paid'],
    ['UNFULFILLED', 'PARTIAL', true, 'not-paid'],
    ['UNFULFILLED', 'NONE', false, 'not-paid'],
    // After a full granted refund Saleor still says FULL.
    ['UNFULFILLED', 'FULL', false, 'not-paid'],
    ['CANCELED', 'FULL', true, 'cancelled'],
    ['EXPIRED', 'NONE', false, 'cancelled'],
  ] as const)('%s, %s, isPaid %s: %s', (status, chargeStatus, isPaid, verdict) => {
    expect(paymentVerdict({ orderId: ORDER, status, chargeStatus, isPaid })).toBe(verdict);
  });
});

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

describe('payment activities', () => {
  test('asks the shop again', async () => {
    const confirm = () => world.activities.confirmPayment({ sessionKey: world.sessionKey });
    expect(await confirm()).toEqual({ kind: 'confirm-payment', verdict: 'paid' });
    world.saleor.order = undefined;
    await expect(confirm()).rejects.toMatchObject({ type: 'vendor-not-found' });
  });

  test('a refund is marked with the session, twice is one', async () => {
    const refund = () => world.activities.refund({ sessionKey: world.sessionKey });
    expect(await refund()).toEqual({ kind: 'refund', status: 'done' });
    expect(await refund()).toEqual({ kind: 'refund', status: 'done' });
    expect([...world.saleor.refunds]).toEqual([
      [`latchkey:${world.sessionKey}`, { orderId: ORDER, lineId: 'T3JkZXJMaW5lOjE=' }],
    ]);
    world.saleor.refundStatus = 'failed';
    expect(await refund()).toEqual({ kind: 'refund', status: 'failed' });
  });

  test('a shop without a credential', async () => {
    const activities = createActivities({
      ...world.dependencies,
      saleor: (domain) => {
        throw new CodedFailure('not-configured', domain);
      },
    });
    await expect(activities.refund({ sessionKey: world.sessionKey })).rejects.toMatchObject({
      type: 'not-configured',
      nonRetryable: true,
    });
  });
});
