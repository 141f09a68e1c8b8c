import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatAmount, isDecimalText, parseAmount } from '../../integrations/saleor/amounts.ts';
import { renderPythonJson } from '../../integrations/saleor/python-json.ts';
import { parseSaleorJson, quoteAmounts } from '../../integrations/saleor/wire-json.ts';
import { readSaleorEvent } from '../../integrations/saleor/wire.ts';
import { realRequest, realWebhooks } from './saleor-fixtures.ts';

describe('amounts', () => {
  test.each([
    ['49.0', '49.0'],
    ['49.00', '49.0'],
    ['49', '49.0'],
    ['0.1', '0.1'],
    ['-49.0', '-49.0'],
    ['-0.05', '-0.05'],
    ['90071992547409931.01', '90071992547409931.01'],
    ['0.12345000', undefined],
    ['1e5', undefined],
    ['', undefined],
  ])('%s is written as %s', (text, written) => {
    expect(isDecimalText(text)).toBe(written !== undefined);
    if (written === undefined) expect(() => parseAmount(text)).toThrow(RangeError);
    else expect(formatAmount(parseAmount(text))).toBe(written);
  });

  test('every amount survives being written and read', () => {
    fc.assert(fc.property(fc.bigInt(), (amount) => parseAmount(formatAmount(amount)) === amount));
  });
});

describe('numbers under `amount`', () => {
  test.each([
    ['{"amount": 49.0}', '{"amount": "49.0"}'],
    ['{"amount":-0.10,"b":1}', '{"amount":"-0.10","b":1}'],
    ['{"amount"\n:\t12345678901234567.89}', '{"amount"\n:\t"12345678901234567.89"}'],
    ['{"amount": null}', '{"amount": null}'],
    ['{"amount": "1"}', '{"amount": "1"}'],
    ['{"amount": {"amount": 1e-7}}', '{"amount": {"amount": "1e-7"}}'],
    ['{"\\u0061mount": 1.0}', '{"\\u0061mount": "1.0"}'],
    ['{"total_amount": 1.0}', '{"total_amount": 1.0}'],
    ['["amount", 1.0]', '["amount", 1.0]'],
    ['{"x": "\\"amount\\": 1.0"}', '{"x": "\\"amount\\": 1.0"}'],
    ['{"x": "a\\\\", "amount": 2.50}', '{"x": "a\\\\", "amount": "2.50"}'],
    ['{"amount": 1', '{"amount": "1"'],
    ['"never closed', '"never closed'],
    ['', ''],
  ])('%s', (text, quoted) => {
    expect(quoteAmounts(text)).toBe(quoted);
  });

  test('any JSON without such a key is left exactly as it is', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!text.includes('amount'));
        expect(quoteAmounts(text)).toBe(text);
      }),
    );
  });

  test('the digits arrive as they were sent, whatever stands around them', () => {
    fc.assert(
      fc.property(fc.string(), fc.bigInt({ min: 0n }), fc.nat(9999), (noise, units, places) => {
        const sent = `${units}.${String(places).padStart(4, '0')}`;
        const text = `{${JSON.stringify(noise)}: ${JSON.stringify(noise)}, "money": {"amount": ${sent}}}`;
        expect(parseSaleorJson(text)).toMatchObject({ money: { amount: sent } });
      }),
    );
  });
});

describe('the bodies of a real Saleor', () => {
  test.each(realWebhooks)('%s: read and written again, byte for byte', (name) => {
    const { body } = realRequest(name);
    expect(renderPythonJson(parseSaleorJson(body.toString('utf8')))).toBe(body.toString('utf8'));
  });

  test('order B holds two lines, three units and its money as text', () => {
    const raw = parseSaleorJson(realRequest('14-order-fully-paid-B').body.toString('utf8'));
    const order = readSaleorEvent(raw, 'order_fully_paid')?.order;
    expect(order).toMatchObject({
      number: '2',
      status: 'UNFULFILLED',
      chargeStatus: 'FULL',
      isPaid: true,
      userEmail: 'plain.ascii@example.com',
      languageCodeEnum: 'EN',
      total: { amount: '147.0', currency: 'USD' },
      billingAddress: { firstName: 'Ann', lastName: 'Lee' },
    });
    expect(order?.lines.map((line) => [line.quantity, line.unitPrice.amount])).toEqual([
      [1, '49.0'],
      [2, '49.0'],
    ]);
    expect(order?.lines[1]?.variant?.attributes[0]?.values[0]?.dateTime).toBe('2026-12-02T14:00:00+00:00');
    expect(order?.lines[1]?.variant?.product.productType.slug).toBe('paid-session');
    expect(order?.transactions[0]?.chargedAmount).toEqual({ amount: '147.0', currency: 'USD' });
  });

  test('order A keeps every sign of its texts', () => {
    const raw = parseSaleorJson(realRequest('11-order-fully-paid-A').body.toString('utf8'));
    const order = readSaleorEvent(raw, 'order_fully_paid')?.order;
    expect(order?.billingAddress).toEqual({ firstName: 'Zoë', lastName: 'Müller 日本' });
    expect(order?.lines[0]?.metadata[0]?.value).toBe('„Zażółć gęślą jaźń” — naïve ☕ 😀 </script>');
  });

  test('an order of which only the id came is known by its id', () => {
    const raw = parseSaleorJson(realRequest('42-multi-event-fully-paid-E').body.toString('utf8'));
    expect(readSaleorEvent(raw, 'order_fully_paid')).toMatchObject({
      order: null,
      orderId: 'T3JkZXI6MGJjZjAwMDEtNjdhYy00MTdkLWE5NmItNTk2ZDBhMWYyMzll',
      issuedAt: null,
    });
  });

  test('an event without an order, a deleted product and a guest are read', () => {
    expect(readSaleorEvent({ __typename: 'OrderUpdated' }, 'order_updated')).toMatchObject({
      order: null,
      orderId: null,
    });
    const raw = parseSaleorJson(
      realRequest('11-order-fully-paid-A')
        .body.toString('utf8')
        .replace(/"variant": \{.*\}\]\}\}\}\]/, '"variant": null}]'),
    );
    expect(readSaleorEvent(raw, 'order_fully_paid')?.order?.lines[0]?.variant).toBeNull();
    expect(readSaleorEvent([], 'order_fully_paid')).toBeUndefined();
    expect(readSaleorEvent({ order: {} }, 'order_fully_paid')).toBeUndefined();
  });
});
