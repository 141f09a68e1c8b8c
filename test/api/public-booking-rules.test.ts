import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyedRequestOf, newBookingKey } from '../../api/booking-requests/ask-for-booking.ts';
import { isPossiblePhone } from '../../api/booking-requests/phone.ts';
import { visitorSchema } from '../../api/booking-requests/visitor.ts';
import { requestHashOf } from '../../db/queries/idempotency.ts';
import { bookingRequestWorkflowId } from '../../platform/session-ids.ts';
import { visitor } from './public-booking-rig.ts';

describe('a phone number', () => {
  test.each([
    ['+1', '5551234567', true],
    ['+1', '(555) 123-4567', true],
    ['+49', '0151 23456789', true],
    ['+49', '(0)151 2345 6789', true],
    ['+44', '020 7946 0958', true],
    ['+39', '06 698 12345', true],
    ['+358', '040 1234567', true],
    ['+1', '123', false],
    ['+1', '555123456789012', false],
    ['+49', '1', false],
    ['+999', '12345678', false],
    // The rest of a calling code belongs to the code.
    ['+3', '58 40 1234567', false],
  ])('%s %s: %p', (code, number, possible) => {
    expect(isPossiblePhone({ code, number })).toBe(possible);
  });

  test('what stands between its digits does not matter', () => {
    const separator = fc.constantFrom('', ' ', '-', '.', '/', ' - ');
    fc.assert(
      fc.property(
        fc.stringMatching(/^[2-9]\d{3,12}$/),
        fc.array(separator, { maxLength: 3 }),
        (digits, marks) => {
          const parts = digits.split('').map((digit, n) => (n === 0 ? digit : `${marks[n] ?? ''}${digit}`));
          expect(isPossiblePhone({ code: '+1', number: parts.join('') })).toBe(
            isPossiblePhone({ code: '+1', number: digits }),
          );
        },
      ),
    );
  });
});

test('whatever the schema takes comes out as it went in', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .filter((one) => one.trim() !== '' && !/\p{Cc}/u.test(one));
  const given = fc.record({
    firstName: text,
    lastName: text,
    companyName: text,
    companyWebsite: fc.webUrl(),
    position: text,
    isDecisionMaker: fc.boolean(),
    email: fc.stringMatching(/^[A-Za-z0-9]{1,20}@[a-z]{1,20}\.[a-z]{2,5}$/),
  });
  let taken = 0;
  fc.assert(
    fc.property(given, (one) => {
      const parsed = visitorSchema.safeParse(one);
      if (!parsed.success) return;
      taken += 1;
      expect(parsed.data).toEqual(one);
    }),
  );
  expect(taken).toBeGreaterThan(20);
});

test('the same fields in any order are the same request; another value of any is another', () => {
  const hashOf = (body: unknown): string => {
    const { businessPhone, ...rest } = visitorSchema.parse(body);
    return requestHashOf(keyedRequestOf('key', { ...rest, businessPhone: businessPhone ?? null }));
  };
  const entries = Object.entries(visitor);
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
      expect(hashOf(Object.fromEntries(shuffled))).toBe(hashOf(visitor));
    }),
  );
  const others: Partial<typeof visitor>[] = [
    { firstName: 'Jane' },
    { companyWebsite: 'https://acme.org' },
    { isDecisionMaker: false },
    { email: 'JOHN@acme.com' },
    { businessPhone: { code: '+1', number: '5551234568' } },
  ];
  const hashes = [visitor, ...others.map((other) => ({ ...visitor, ...other }))].map(hashOf);
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('a booking’s id cannot be guessed from another, and names its workflow', () => {
  const keys = Array.from({ length: 1000 }, newBookingKey);
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of keys) {
    expect(key).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(bookingRequestWorkflowId(key)).toBe(`booking-${key}`);
  }
});
