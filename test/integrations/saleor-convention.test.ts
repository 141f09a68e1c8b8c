import { describe, expect, test } from '@jest/globals';
import { beyondCapacity, startsOf } from '../../integrations/saleor/capacity.ts';
import {
  type ConventionSettings,
  languageOf,
  MalformedSaleorId,
  readOrder,
  saleorUuid,
  type UnitSold,
  unclearLines,
} from '../../integrations/saleor/convention.ts';
import { readInstant } from '../../integrations/saleor/instant.ts';
import { defaultPolicy } from '../../integrations/saleor/policy.ts';
import { readSaleorEvent, type SaleorOrder, type SaleorOrderLine } from '../../integrations/saleor/wire.ts';
import { parseSaleorJson } from '../../integrations/saleor/wire-json.ts';
import { parseDuration } from '../../platform/duration.ts';
import { sessionKeyOf } from '../../platform/session-ids.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { type SaleorFixture, saleorRequest } from '../api/intake-requests.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const settings: ConventionSettings = {
  domain: 'shop.example.test',
  productTypes: ['paid-session'],
  tenantTimeZone: 'Europe/Berlin',
  now: Date.parse('2026-11-21T10:46:27Z') as Instant,
  defaults: { provider: 'calendly', eventTypes: { calendly: 'default-event-type' } },
};

function orderOf(name: SaleorFixture): SaleorOrder {
  const event = readSaleorEvent(
    parseSaleorJson(saleorRequest(name).body.toString('utf8')),
    'order_fully_paid',
  );
  if (!event?.order) throw new Error('the fixture holds no order');
  return event.order;
}

const metadata = (entries: Record<string, string>) =>
  Object.entries(entries).map(([key, value]) => ({ key, value }));

interface Sold {
  line?: Record<string, string>;
  variant?: Record<string, string>;
  product?: Record<string, string>;
  duration?: string;
  variantStart?: string | null;
  /** Variant attribute `session-capacity`. */
  capacity?: string;
  quantity?: number;
}

/** Order A's only line with other words in it. */
function sell(sold: Sold): SaleorOrder {
  const order = orderOf('11-order-fully-paid-A');
  const [line] = order.lines;
  if (!line?.variant) throw new Error('the fixture has no line');
  const changed: SaleorOrderLine = {
    ...line,
    quantity: sold.quantity ?? 1,
    metadata: metadata(sold.line ?? {}),
    variant: {
      ...line.variant,
      metadata: metadata(sold.variant ?? {}),
      attributes: [
        ...(typeof sold.variantStart === 'string'
          ? [
              {
                attribute: { slug: 'session-start', inputType: 'DATE_TIME' },
                values: [{ slug: 's', name: '', value: '', dateTime: sold.variantStart }],
              },
            ]
          : []),
        ...(sold.capacity === undefined
          ? []
          : [
              {
                attribute: { slug: 'session-capacity', inputType: 'NUMERIC' },
                values: [{ slug: 'c', name: sold.capacity, value: '', dateTime: null }],
              },
            ]),
      ],
      product: {
        ...line.variant.product,
        metadata: metadata(sold.product ?? {}),
        attributes:
          sold.duration === undefined
            ? []
            : [
                {
                  attribute: { slug: 'session-duration', inputType: 'NUMERIC' },
                  values: [{ slug: 'd', name: sold.duration, value: '', dateTime: null }],
                },
              ],
      },
    },
  };
  return { ...order, lines: [changed] };
}

function only(order: SaleorOrder): UnitSold {
  const [unit, ...more] = readOrder(order, settings);
  if (!unit || more.length > 0) throw new Error('not exactly one unit');
  return unit;
}

describe('real orders', () => {
  test('order A is one session', () => {
    expect(only(orderOf('11-order-fully-paid-A'))).toEqual({
      sessionKey: sessionKeyOf({
        saleorDomain: 'shop.example.test',
        orderUuid: '8539664e-70a0-43ee-a517-a9b58b18f897',
        lineUuid: 'bda4acfe-dcbe-4800-b348-893a90cba149',
        unit: 0,
      }),
      lineId: 'T3JkZXJMaW5lOmJkYTRhY2ZlLWRjYmUtNDgwMC1iMzQ4LTg5M2E5MGNiYTE0OQ==',
      unit: 0,
      productId: 'UHJvZHVjdDox',
      variantId: 'UHJvZHVjdFZhcmlhbnQ6MQ==',
      productName: 'Séance de conseil – 60 min',
      variantName: '2026-12-01 10:00',
      provider: 'calendly',
      eventType: 'default-event-type',
      timeZone: 'Europe/Warsaw',
      resource: 'rdp://host-7.internal:3389',
      durationMs: HOUR,
      startsAt: Date.parse('2026-12-01T10:00:00Z'),
      capacity: null,
      amount: '49.0',
      currency: 'USD',
      policy: defaultPolicy,
      problems: [],
      refused: [],
    });
  });

  test('order B is three sessions on two lines', () => {
    const units = readOrder(orderOf('14-order-fully-paid-B'), settings);
    expect(units.map(({ unit, startsAt, amount }) => [unit, startsAt, amount])).toEqual([
      [0, Date.parse('2026-12-01T10:00:00Z'), '49.0'],
      [0, Date.parse('2026-12-02T14:00:00Z'), '49.0'],
      [1, Date.parse('2026-12-02T14:00:00Z'), '49.0'],
    ]);
    expect(new Set(units.map((unit) => unit.sessionKey)).size).toBe(3);
    expect(units.map((unit) => unit.timeZone)).toEqual(Array(3).fill('Europe/Berlin'));
  });

  test('another shop makes other sessions of the same order', () => {
    const keys = (domain: string) =>
      readOrder(orderOf('14-order-fully-paid-B'), { ...settings, domain }).map((unit) => unit.sessionKey);
    expect(keys('a.example.test')).not.toEqual(keys('b.example.test'));
  });
});

describe('which lines are sessions', () => {
  test('only those of a configured product type', () => {
    const order = orderOf('14-order-fully-paid-B');
    expect(readOrder(order, { ...settings, productTypes: ['book'] })).toEqual([]);
    expect(unclearLines(order)).toEqual([]);
  });

  test('a line whose product was deleted is one if it names its start, else it is unclear', () => {
    const order = sell({ line: { 'session.start': '2026-12-01T10:00:00Z' } });
    const deleted = { ...order, lines: order.lines.map((line) => ({ ...line, variant: null })) };
    expect(only(deleted)).toMatchObject({ durationMs: HOUR, productId: null, resource: null });
    expect(unclearLines(deleted)).toEqual([]);

    const silent = { ...deleted, lines: deleted.lines.map((line) => ({ ...line, metadata: [] })) };
    expect(readOrder(silent, settings)).toEqual([]);
    expect(unclearLines(silent)).toEqual(silent.lines.map((line) => line.id));
  });

  test('quantity n is n units, and none is none', () => {
    expect(readOrder(sell({ quantity: 5 }), settings).map((unit) => unit.unit)).toEqual([0, 1, 2, 3, 4]);
    expect(readOrder(sell({ quantity: 0 }), settings)).toEqual([]);
  });

  test('an id of another shape is refused, since it names nothing', () => {
    expect(saleorUuid('T3JkZXI6NzFjZjc1ZmMtNGZhMy00ZjFlLTljMzYtYTk5MmRmYWQ3ZmI2')).toBe(
      '71cf75fc-4fa3-4f1e-9c36-a992dfad7fb6',
    );
    for (const id of [
      '',
      'abc',
      Buffer.from('Order:').toString('base64'),
      Buffer.from('12').toString('base64'),
    ])
      expect(() => saleorUuid(id)).toThrow(MalformedSaleorId);
  });
});

describe('the start', () => {
  const past = Date.parse('2026-11-21T10:46:26Z');
  test.each<[string, Sold, number | null, string | null]>([
    [
      'the purchase’s own',
      { line: { 'session.start': '2026-12-01T10:00:00+02:00' } },
      Date.parse('2026-12-01T08:00:00Z'),
      null,
    ],
    [
      'the variant’s',
      { variantStart: '2026-12-05T10:00:00+00:00' },
      Date.parse('2026-12-05T10:00:00Z'),
      null,
    ],
    [
      'the purchase’s before the variant’s',
      { line: { 'session.start': '2026-12-01T10:00:00Z' }, variantStart: '2026-12-05T10:00:00Z' },
      Date.parse('2026-12-01T10:00:00Z'),
      null,
    ],
    ['an empty value is none', { line: { 'session.start': ' ' } }, null, null],
    ['none at all', {}, null, null],
    [
      'a wall time, in the tenant’s zone',
      { line: { 'session.start': '2026-12-01T10:00' } },
      Date.parse('2026-12-01T09:00:00Z'),
      null,
    ],
    [
      'a wall time, in the line’s zone',
      { line: { 'session.start': '2026-12-01 10:00', 'session.timezone': 'America/New_York' } },
      Date.parse('2026-12-01T15:00:00Z'),
      null,
    ],
    ['words', { line: { 'session.start': 'next Tuesday' } }, null, 'not-an-instant'],
    ['a date alone', { line: { 'session.start': '2026-12-01' } }, null, 'not-an-instant'],
    ['an impossible date', { line: { 'session.start': '2027-02-30T10:00:00Z' } }, null, 'not-an-instant'],
    [
      'a bad one is not replaced by the variant’s',
      { line: { 'session.start': '?' }, variantStart: '2026-12-05T10:00:00Z' },
      null,
      'not-an-instant',
    ],
    ['the past', { line: { 'session.start': new Date(past).toISOString() } }, null, 'start-in-the-past'],
    ['skipped by the clocks', { line: { 'session.start': '2027-03-28T02:30' } }, null, 'not-an-instant'],
    ['shown twice by the clocks', { line: { 'session.start': '2027-10-31T02:30' } }, null, 'not-an-instant'],
    [
      'shown twice, but with its offset',
      { line: { 'session.start': '2027-10-31T02:30+01:00' } },
      Date.parse('2027-10-31T01:30:00Z'),
      null,
    ],
  ])('%s', (_name, sold, startsAt, code) => {
    const unit = only(sell(sold));
    expect(unit.startsAt).toBe(startsAt);
    expect(unit.problems).toEqual(code === null ? [] : [{ field: 'session.start', code }]);
  });

  test.each([
    ['Europe/Berlin', '2027-03-28T01:59:59.999', '2027-03-28T00:59:59.999Z'],
    ['Europe/Berlin', '2027-03-28T03:00', '2027-03-28T01:00:00.000Z'],
    ['America/New_York', '2027-03-14T02:00', undefined],
    ['Australia/Lord_Howe', '2026-10-04T02:15', undefined],
    ['Australia/Lord_Howe', '2026-10-04T02:30', '2026-10-03T15:30:00.000Z'],
    ['America/Santiago', '2026-09-06T00:30', undefined],
  ])('a wall time in %s: %s', (zone, text, instant) => {
    const read = readInstant(text, zone);
    expect(read === undefined ? undefined : new Date(read).toISOString()).toBe(instant);
  });
});

describe('the capacity of a start', () => {
  const variantStart = '2026-12-01T10:00:00+00:00';
  const product = { 'session.capacity': '8' };

  test.each<[string, Sold, number | null]>([
    ['is the variant’s', { variantStart, capacity: '3', product }, 3],
    ['is else the product’s', { variantStart, product }, 8],
    ['has no limit without either', { variantStart }, null],
    ['is nothing for a start of the buyer’s own', { line: { 'session.start': variantStart }, product }, null],
    ['is nothing without a start', { product }, null],
    ['is nothing for a start that is refused', { variantStart: '2020-01-01T10:00:00Z', product }, null],
  ])('%s', (_what, sold, capacity) => {
    expect(only(sell(sold)).capacity).toBe(capacity);
  });

  test.each(['0', '-1', '1.5', 'many', '1000000'])('of %s is refused', (capacity) => {
    expect(only(sell({ variantStart, capacity }))).toMatchObject({
      capacity: null,
      problems: [{ field: 'session.capacity', code: 'not-a-number' }],
    });
  });

  test('is taken by units in their order, and what is beyond it says so', () => {
    const units = readOrder(sell({ variantStart, capacity: '3', quantity: 3 }), settings);
    const [start, ...others] = startsOf(units);
    if (!start) throw new Error('no start');
    expect(others).toEqual([]);
    const taken = (before: number) =>
      beyondCapacity(units, [{ ...start, taken: before }]).map(({ problems }) => problems.length);
    expect([0, 1, 3, 9].map(taken)).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [1, 1, 1],
      [1, 1, 1],
    ]);
    expect(beyondCapacity(units, [{ ...start, taken: 3 }])[0]).toMatchObject({
      startsAt: Date.parse(variantStart),
      problems: [{ field: 'session.capacity', code: 'over-capacity' }],
      refused: [{ field: 'session.capacity', value: '3', code: 'over-capacity' }],
    });
  });
});

describe('policy and the rest', () => {
  test('every key of the product is read', () => {
    const unit = only(
      sell({
        product: {
          'session.cutoff': 'PT8S',
          'session.booking-deadline': 'P7D',
          'session.gate-opens': 'PT1M',
          'session.gate-closes': 'PT0S',
          'session.reminders': 'PT2H, PT10M,PT2H',
          'session.refund': 'none',
          'session.on-cancel': 'end',
          'session.late-deadline': 'PT1H30M',
          'session.late-default': 'approve',
          'session.late-grace': 'once',
          'session.settle': 'PT2.5S',
          'session.refund-settle': 'PT1S',
          'session.half-reschedule': 'PT3S',
          'session.event-type': 'their-event-type',
          'session.timezone': 'Asia/Tokyo',
          'session.join-url': 'https://meet.example.test/x',
        },
        duration: '0.5',
      }),
    );
    expect(unit).toMatchObject({
      eventType: 'their-event-type',
      timeZone: 'Asia/Tokyo',
      resource: 'https://meet.example.test/x',
      durationMs: 30 * SECOND,
      problems: [],
      policy: {
        cutoffMs: 8 * SECOND,
        bookingDeadlineMs: 7 * DAY,
        gateOpensMs: MINUTE,
        gateClosesMs: 0,
        remindersMs: [2 * HOUR, 10 * MINUTE],
        refund: 'none',
        onCancel: 'end',
        lateDeadlineMs: 90 * MINUTE,
        lateDefault: 'approve',
        lateGrace: 'once',
        settleMs: 2500,
        refundSettleMs: SECOND,
        halfRescheduleMs: 3 * SECOND,
      },
    });
  });

  test('bad values leave the defaults in force; history gets the field, the ticket also the text', () => {
    const unit = only(
      sell({
        product: {
          'session.cutoff': '24 hours',
          'session.reminders': 'PT24H,soon',
          'session.refund': 'half',
          'session.on-cancel': 'REBOOK',
          'session.booking-deadline': 'P1M',
          'session.provider': 'calcom',
          'session.timezone': 'Berlin',
        },
        duration: 'an hour',
      }),
    );
    expect(unit.policy).toEqual(defaultPolicy);
    expect(unit).toMatchObject({ provider: 'calendly', timeZone: 'Europe/Berlin', durationMs: HOUR });
    const codes: Record<string, string> = {
      'session.cutoff': 'not-a-duration',
      'session.reminders': 'not-a-duration',
      'session.refund': 'not-allowed',
      'session.on-cancel': 'not-allowed',
      'session.booking-deadline': 'not-a-duration',
      'session.provider': 'not-allowed',
      'session.timezone': 'not-allowed',
      'session-duration': 'not-a-number',
    };
    expect(Object.fromEntries(unit.problems.map(({ field, code }) => [field, code]))).toEqual(codes);
    expect(unit.refused).toContainEqual({
      field: 'session.cutoff',
      value: '24 hours',
      code: 'not-a-duration',
    });
    expect(JSON.stringify(unit.problems)).not.toContain('24 hours');
  });

  test('neither policy nor resource is taken from the line, where the buyer can write', () => {
    const unit = only(
      sell({
        line: { 'session.cutoff': 'PT0S', 'session.refund': 'full', 'session.join-url': 'https://evil.test' },
      }),
    );
    expect(unit.policy).toEqual(defaultPolicy);
    expect(unit.resource).toBeNull();
  });

  test('languages', () => {
    expect([languageOf('EN'), languageOf('PT_BR'), languageOf(''), languageOf(null)]).toEqual([
      'en',
      'pt-br',
      'en',
      'en',
    ]);
  });
});

describe('durations', () => {
  test.each<[string, number | undefined]>([
    ['PT24H', DAY],
    ['P30D', 30 * DAY],
    ['P2W', 14 * DAY],
    ['P1W2DT3H4M5S', 9 * DAY + 3 * HOUR + 4 * MINUTE + 5 * SECOND],
    ['PT0.5S', 500],
    ['PT0,25S', 250],
    ['PT0S', 0],
    ['P', undefined],
    ['PT', undefined],
    ['P1DT', undefined],
    ['P1M', undefined],
    ['P1Y', undefined],
    ['PT1.5H', undefined],
    ['-PT1H', undefined],
    ['PT1H ', undefined],
    ['1H', undefined],
    ['pt1h', undefined],
    ['P999999999D', undefined],
    ['', undefined],
  ])('%s', (text, ms) => expect(parseDuration(text)).toBe(ms));
});
