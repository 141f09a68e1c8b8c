import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { needsApproval, paymentVerdict } from '../../activities/payments.ts';
import type { Database } from '../../db/connect.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { elsewhereIdentity, PAID_ELSEWHERE } from '../../platform/paid-elsewhere.ts';
import { sessionKeyOf, sessionWorkflowId } from '../../platform/session-ids.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { insertSession, ORDER } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

describe('whether an order is paid', () => {
  test.each([
    ['UNFULFILLED', 'FULL', true, true, 'paid'],
    ['FULFILLED', 'OVERCHARGED', true, true, 'paid'],
    // An order that costs nothing.
    ['UNFULFILLED', 'FULL', true, false, 'paid'],
    // A unit of it was refunded: what is left is charged in full.
    ['UNFULFILLED', 'FULL', false, true, 'paid'],
    ['UNFULFILLED', 'PARTIAL', true, true, 'not-paid'],
    ['UNFULFILLED', 'PARTIAL', false, true, 'not-paid'],
    ['UNFULFILLED', 'NONE', false, false, 'not-paid'],
    // After a full granted refund Saleor still says FULL.
    ['UNFULFILLED', 'FULL', false, false, 'not-paid'],
    ['CANCELED', 'FULL', true, true, 'cancelled'],
    ['EXPIRED', 'NONE', false, false, 'cancelled'],
  ] as const)('%s, %s, isPaid %s, charged %s: %s', (status, chargeStatus, isPaid, isCharged, verdict) => {
    expect(paymentVerdict({ orderId: ORDER, status, chargeStatus, isPaid, isCharged })).toBe(verdict);
  });
});

describe('whether a refund waits for an operator', () => {
  const limits = new Map([
    ['EUR', '200'],
    ['JPY', '0'],
  ]);

  test.each([
    ['199.99', 'EUR', false],
    ['200', 'EUR', false],
    ['200.0000', 'EUR', false],
    ['200.0001', 'EUR', true],
    // As numbers these two are the same.
    ['200.00000000000000000000', 'EUR', false],
    ['9007199254740993', 'EUR', true],
    ['1', 'JPY', true],
    ['0', 'JPY', false],
    // A currency that nobody thought of.
    ['0.01', 'USD', true],
  ])('%s %s: %s', (amount, currency, waits) => {
    expect(needsApproval({ amount, currency }, limits)).toBe(waits);
  });

  test('without any limit none does', () => {
    expect(needsApproval({ amount: '1000000', currency: 'EUR' }, new Map())).toBe(false);
  });
});

/** Its order and the session of it are like a shop's, but for the shop. */
async function paidElsewhere(db: Database): Promise<SessionKey> {
  const identity = elsewhereIdentity(1, 'key-1');
  const client = await db.selectFrom('clients').selectAll().executeTakeFirstOrThrow();
  const template = await db.selectFrom('templates').select('id').executeTakeFirstOrThrow();
  const order = { saleor_domain: PAID_ELSEWHERE, order_id: identity.orderUuid };
  await db
    .insertInto('orders')
    .values({
      ...order,
      tenant_id: client.tenant_id,
      client_id: client.id,
      number: 'Invoice 7',
      currency: 'EUR',
    })
    .execute();
  const session_key = sessionKeyOf(identity);
  await insertSession(db, { clientId: client.id, templateId: template.id }, 0, {
    ...order,
    session_key,
    line_id: identity.lineUuid,
    slug: 'elsewhere',
    workflow_id: sessionWorkflowId(session_key),
  });
  return session_key;
}

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
    const refund = () => world.activities.refund({ sessionKey: world.sessionKey, approved: false });
    expect(await refund()).toEqual({ kind: 'refund', status: 'done' });
    expect(await refund()).toEqual({ kind: 'refund', status: 'done' });
    expect([...world.saleor.refunds]).toEqual([
      [`latchkey:${world.sessionKey}`, { orderId: ORDER, lineId: 'T3JkZXJMaW5lOjE=' }],
    ]);
    world.saleor.refundStatus = 'failed';
    expect(await refund()).toEqual({ kind: 'refund', status: 'failed' });
  });

  test('above the limit nothing is asked of the shop until it is approved', async () => {
    const activities = createActivities({
      ...world.dependencies,
      refundApprovalAbove: new Map([['USD', '48.9999']]),
    });
    const refund = (approved: boolean) => activities.refund({ sessionKey: world.sessionKey, approved });
    expect(await refund(false)).toEqual({ kind: 'refund', status: 'needs-approval' });
    expect(world.saleor.refunds.size).toBe(0);
    expect(await refund(true)).toEqual({ kind: 'refund', status: 'done' });
    expect(world.saleor.refunds.size).toBe(1);
  });

  test('what was paid elsewhere is paid, and refunded by hand; no shop is asked', async () => {
    const { db } = world.dependencies;
    const sessionKey = await paidElsewhere(db);
    const activities = createActivities({
      ...world.dependencies,
      saleor: () => {
        throw new Error('a shop was asked');
      },
    });
    expect(await activities.confirmPayment({ sessionKey })).toEqual({
      kind: 'confirm-payment',
      verdict: 'paid',
    });
    await expect(activities.refund({ sessionKey, approved: false })).rejects.toMatchObject({
      type: 'refund-by-hand',
      nonRetryable: true,
    });
  });

  test('a shop without a credential', async () => {
    const activities = createActivities({
      ...world.dependencies,
      saleor: (domain) => {
        throw new CodedFailure('not-configured', domain);
      },
    });
    await expect(activities.refund({ sessionKey: world.sessionKey, approved: false })).rejects.toMatchObject({
      type: 'not-configured',
      nonRetryable: true,
    });
  });
});
