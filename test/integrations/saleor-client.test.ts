import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSaleorClient, isOurRefund, refundReason } from '../../integrations/saleor/client.ts';
import type { SaleorClient } from '../../integrations/saleor/contract.ts';
import { makeTwinKey } from '../../integrations/saleor/twin-keys.ts';
import { startSaleorTwin, type SaleorTwin } from '../../integrations/saleor/twin.ts';
import type { FailureCode } from '../../platform/failures.ts';
import type { VendorCall } from '../../platform/http-client.ts';
import { realRequest } from './saleor-fixtures.ts';
import { codeOf } from './failure-of.ts';

let twin: SaleorTwin;
let client: SaleorClient;
let calls: VendorCall[];
const key = await makeTwinKey();

beforeEach(async () => {
  calls = [];
  twin = await startSaleorTwin({ port: 0, key });
  client = createSaleorClient({
    apiUrl: twin.apiUrl,
    appToken: twin.appToken,
    timeoutMs: 2000,
    onCall: (call) => calls.push(call),
  });
});
afterEach(() => twin.close());

const order = {
  email: 'zoe@example.com',
  firstName: 'Zoë',
  lastName: 'Müller',
  lines: [{ productName: 'Session', quantity: 2, unitAmount: '49.10' }],
};

/** A paid order and what names the refund of its first unit. */
function paid(more: object = {}) {
  const { orderId } = twin.pay({ ...order, ...more });
  const lineId = twin.order(orderId).body.lines[0]?.id ?? '';
  return { orderId, lineId, marker: 'latchkey:unit-0' };
}

const refundedAmount = (orderId: string) => twin.order(orderId).body.transactions[0]?.refundedAmount.amount;

describe('an order', () => {
  test('is read as it stands', async () => {
    const { orderId } = paid();
    expect(await client.getOrder(orderId)).toEqual({
      orderId,
      status: 'UNFULFILLED',
      chargeStatus: 'FULL',
      isPaid: true,
      isCharged: true,
    });
    twin.refundOrder(orderId);
    twin.cancelOrder(orderId);
    expect(await client.getOrder(orderId)).toEqual({
      orderId,
      status: 'CANCELED',
      chargeStatus: 'NONE',
      isPaid: false,
      isCharged: false,
    });
  });

  test('that is unknown is undefined', async () => {
    expect(await client.getOrder('T3JkZXI6bm9wZQ==')).toBeUndefined();
  });

  test('of a real shop, taken over by the twin, is paid', async () => {
    const { orderId } = twin.adopt(realRequest('14-order-fully-paid-B').body.toString('utf8'));
    expect(await client.getOrder(orderId)).toMatchObject({ isPaid: true, chargeStatus: 'FULL' });
  });
});

describe('a refund of one unit', () => {
  test('pays back one unit, once, however often it is asked for', async () => {
    const unit = paid();
    expect(await client.refundUnit(unit)).toMatch(/^(pending|done)$/);
    expect(await client.refundUnit(unit)).toBe('done');
    expect(await client.refundUnit(unit)).toBe('done');
    expect(refundedAmount(unit.orderId)).toBe('49.1');
    expect(twin.order(unit.orderId).grants).toMatchObject([
      { reason: refundReason(unit.marker), status: 'SUCCESS' },
    ]);
  });

  test("leaves its sibling's money alone, which can be refunded too", async () => {
    const unit = paid();
    await client.refundUnit(unit);
    await client.refundUnit(unit);
    await client.refundUnit({ ...unit, marker: 'latchkey:unit-1' });
    expect(await client.refundUnit({ ...unit, marker: 'latchkey:unit-1' })).toBe('done');
    expect(refundedAmount(unit.orderId)).toBe('98.2');
    expect(await client.getOrder(unit.orderId)).toMatchObject({ isPaid: false, chargeStatus: 'FULL' });
  });

  test('is told apart from what was paid back otherwise', async () => {
    const unit = paid();
    expect(await client.readRefunds(unit.orderId)).toEqual({ grants: [], besideGrants: false });
    await client.refundUnit(unit);
    await client.refundUnit(unit);
    const grants = [{ reason: refundReason(unit.marker), lines: [{ lineId: unit.lineId, quantity: 1 }] }];
    expect(await client.readRefunds(unit.orderId)).toEqual({ grants, besideGrants: false });
    twin.refundOrder(unit.orderId);
    expect(await client.readRefunds(unit.orderId)).toEqual({ grants, besideGrants: true });
    expect(await client.readRefunds('T3JkZXI6bm9wZQ==')).toBeUndefined();
  });

  test('does not take a marker for another that begins alike', () => {
    expect(isOurRefund(refundReason('latchkey:unit-1'), 'latchkey:unit-1')).toBe(true);
    expect(isOurRefund(refundReason('latchkey:unit-10'), 'latchkey:unit-1')).toBe(false);
    expect(isOurRefund(null, 'latchkey:unit-1')).toBe(false);
  });

  test('is pending until the payment provider answered', async () => {
    twin.setRefundOutcome('pending');
    const unit = paid();
    expect(await client.refundUnit(unit)).toBe('pending');
    expect(await client.refundUnit(unit)).toBe('pending');
    expect(refundedAmount(unit.orderId)).toBe('0.0');
  });

  test('that the payment provider refuses has failed, and is not asked for again', async () => {
    twin.setRefundOutcome('failure');
    const unit = paid();
    await client.refundUnit(unit);
    twin.setRefundOutcome('success');
    expect(await client.refundUnit(unit)).toBe('failed');
    expect(refundedAmount(unit.orderId)).toBe('0.0');
  });

  test('finds nothing after the shop refunded all by hand', async () => {
    const unit = paid();
    twin.refundOrder(unit.orderId);
    expect(await client.refundUnit(unit)).toBe('nothing-to-refund');
    expect(twin.order(unit.orderId).grants).toEqual([]);
  });

  test('of a unit that was free does not pay back the rest of the order', async () => {
    const lines = [
      { productName: 'Free', quantity: 1, unitAmount: '0.00' },
      { productName: 'Paid', quantity: 1, unitAmount: '49.00' },
    ];
    const unit = paid({ lines });
    expect(await client.refundUnit(unit)).toBe('nothing-to-refund');
    expect(refundedAmount(unit.orderId)).toBe('0.0');
  });

  test('of a line that a person granted back already is a conflict', async () => {
    const unit = paid({ lines: [{ productName: 'Session', quantity: 1, unitAmount: '49.00' }] });
    await client.refundUnit({ ...unit, marker: 'by-hand' });
    expect(twin.order(unit.orderId).grants).toHaveLength(1);
    // The money is gone, so nothing is granted a second time.
    expect(await client.refundUnit(unit)).toBe('nothing-to-refund');
    expect(twin.order(unit.orderId).grants).toHaveLength(1);
  });

  test('of an unknown order or line is not found', async () => {
    const unit = paid();
    expect(await codeOf(client.refundUnit({ ...unit, orderId: 'nope' }))).toBe('vendor-not-found');
    expect(await codeOf(client.refundUnit({ ...unit, lineId: 'nope' }))).toBe('vendor-not-found');
  });

  test('asked for twice at the same time pays back one unit', async () => {
    const unit = paid();
    await Promise.allSettled(Array.from({ length: 4 }, () => client.refundUnit(unit)));
    expect(await client.refundUnit(unit)).toBe('done');
    expect(refundedAmount(unit.orderId)).toBe('49.1');
  });

  // The refund reads, grants, reads again, requests, and reads: each of the five may be cut after its work was done.
  test.each([1, 2, 3, 4, 5])(
    'whose call %d is cut off after its work pays back exactly one unit',
    async (nth) => {
      const unit = paid();
      const cut = createSaleorClient({
        apiUrl: twin.apiUrl,
        appToken: twin.appToken,
        timeoutMs: 2000,
        fetch: (() => {
          let count = 0;
          return (url, init) => {
            count += 1;
            if (count === nth) twin.faults.set({ kind: 'commit-then-hang-up' });
            return fetch(url, init);
          };
        })(),
      });
      expect(await codeOf(cut.refundUnit(unit))).toBe('vendor-unreachable');
      await client.refundUnit(unit);
      expect(await client.refundUnit(unit)).toBe('done');
      expect(refundedAmount(unit.orderId)).toBe('49.1');
      expect(twin.order(unit.orderId).grants).toHaveLength(1);
    },
  );
});

describe('failures', () => {
  test.each<[string, Parameters<SaleorTwin['faults']['set']>[0], FailureCode]>([
    ['500', { kind: 'status', status: 500 }, 'vendor-unavailable'],
    ['503', { kind: 'status', status: 503 }, 'vendor-unavailable'],
    ['400', { kind: 'status', status: 400 }, 'vendor-rejected'],
    ['401', { kind: 'status', status: 401 }, 'vendor-unauthorized'],
    ['403', { kind: 'status', status: 403 }, 'vendor-forbidden'],
    ['404', { kind: 'status', status: 404 }, 'vendor-not-found'],
    ['422', { kind: 'status', status: 422 }, 'vendor-rejected'],
    ['a dropped connection', { kind: 'drop' }, 'vendor-unreachable'],
    ['no JSON', { kind: 'malformed' }, 'vendor-malformed'],
    ['429', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, 'vendor-rate-limited'],
  ])('%s', async (_what, fault, code) => {
    const { orderId } = paid();
    twin.faults.set(fault);
    expect(await codeOf(client.getOrder(orderId))).toBe(code);
    expect(calls.at(-1)).toMatchObject({ vendor: 'saleor', path: '/graphql/', code });
    expect(await codeOf(client.getOrder(orderId))).toBeUndefined();
  });

  test('Retry-After is passed on', async () => {
    twin.faults.set({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    await expect(client.getOrder('x')).rejects.toMatchObject({ retryAfterMs: 7000 });
  });

  test('a time-out', async () => {
    twin.faults.set({ kind: 'delay', delayMs: 1000 });
    const hasty = createSaleorClient({ apiUrl: twin.apiUrl, appToken: twin.appToken, timeoutMs: 50 });
    expect(await codeOf(hasty.getOrder('x'))).toBe('vendor-timeout');
  });

  test('a shop that is not there', async () => {
    const { apiUrl } = twin;
    await twin.close();
    const lonely = createSaleorClient({ apiUrl, appToken: 'x', timeoutMs: 1000 });
    expect(await codeOf(lonely.getOrder('x'))).toBe('vendor-unreachable');
    twin = await startSaleorTwin({ port: 0, key });
  });

  test('a token of nobody is an app that is not installed, and stands in no error', async () => {
    const wrong = createSaleorClient({
      apiUrl: twin.apiUrl,
      appToken: 'wrong-secret-token',
      timeoutMs: 1000,
      onCall: (call) => calls.push(call),
    });
    const failure = await wrong.getOrder('x').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'app-not-installed', retryable: false });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('wrong-secret-token');
    expect(calls.at(-1)).toMatchObject({ code: 'vendor-forbidden' });
  });

  test.each<[string, FailureCode]>([
    [
      '{"errors": [{"message": "Internal Server Error", "extensions": {"exception": {"code": "OperationalError"}}}]}',
      'vendor-unavailable',
    ],
    [
      '{"errors": [{"message": "Signature has expired", "extensions": {"exception": {"code": "ExpiredSignatureError"}}}]}',
      'vendor-unauthorized',
    ],
    ['{"errors": [{"message": "Invalid ID"}], "data": {"order": null}}', 'vendor-rejected'],
    ['{"data": null}', 'vendor-malformed'],
    ['[]', 'vendor-malformed'],
  ])('%s', async (body, code) => {
    const odd = createSaleorClient({
      apiUrl: twin.apiUrl,
      appToken: 'x',
      timeoutMs: 1000,
      fetch: async () => new Response(body),
    });
    expect(await codeOf(odd.getOrder('x'))).toBe(code);
  });
});
