import { describe, expect, test } from '@jest/globals';
import { refundedUnits, type UnitRefund } from '../../api/intake/refunded-units.ts';
import { refundReason } from '../../integrations/saleor/client.ts';
import type { OrderRefunds, SettledGrant } from '../../integrations/saleor/contract.ts';
import { refundMarkerOf } from '../../platform/session-ids.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';

const key = (name: string) => name.padEnd(22, 'x') as SessionKey;
/** Two units of one line, and one of another. */
const units = [
  { key: key('a1'), lineId: 'A' },
  { key: key('a2'), lineId: 'A' },
  { key: key('b1'), lineId: 'B' },
];

const ours = (name: string, lineId: string): SettledGrant => ({
  reason: refundReason(refundMarkerOf(key(name))),
  lines: [{ lineId, quantity: 1 }],
});
const byHand = (...lines: SettledGrant['lines']): SettledGrant => ({ reason: 'goodwill', lines });

interface Row {
  readonly what: string;
  readonly refunds: Partial<OrderRefunds>;
  readonly units: readonly [a1: UnitRefund, a2: UnitRefund, b1: UnitRefund];
}

const rows: readonly Row[] = [
  { what: 'nothing', refunds: {}, units: ['none', 'none', 'none'] },
  {
    what: 'ours names its unit, and no sibling is concerned',
    refunds: { grants: [ours('a2', 'A')] },
    units: ['none', 'unit', 'none'],
  },
  {
    what: 'a whole line by hand',
    refunds: { grants: [byHand({ lineId: 'A', quantity: 2 })] },
    units: ['unit', 'unit', 'none'],
  },
  {
    what: 'a whole line by hand, in two grants',
    refunds: { grants: [byHand({ lineId: 'A', quantity: 1 }), byHand({ lineId: 'A', quantity: 1 })] },
    units: ['unit', 'unit', 'none'],
  },
  {
    what: 'one of two by hand: a person must say which',
    refunds: { grants: [byHand({ lineId: 'A', quantity: 1 })] },
    units: ['unclear', 'unclear', 'none'],
  },
  {
    what: 'the only one that is left of a line by hand',
    refunds: { grants: [ours('a1', 'A'), byHand({ lineId: 'A', quantity: 1 })] },
    units: ['unit', 'unit', 'none'],
  },
  {
    what: 'the only unit of its line by hand',
    refunds: { grants: [byHand({ lineId: 'B', quantity: 1 })] },
    units: ['none', 'none', 'unit'],
  },
  {
    what: 'an amount by hand, without lines',
    refunds: { grants: [ours('b1', 'B'), byHand()] },
    units: ['unclear', 'unclear', 'unit'],
  },
  {
    what: 'money beside every grant',
    refunds: { grants: [ours('a1', 'A')], besideGrants: true },
    units: ['unit', 'unclear', 'unclear'],
  },
  {
    what: 'the marker of another order',
    refunds: { grants: [ours('zz', 'A')] },
    units: ['unclear', 'unclear', 'none'],
  },
];

describe('what was paid back', () => {
  test.each(rows)('$what', ({ refunds, units: expected }) => {
    const refunded = refundedUnits({ grants: [], besideGrants: false, ...refunds }, units);
    expect(units.map((unit) => refunded.get(unit.key))).toEqual(expected);
  });
});
