import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { toApplicationFailure, withFailureCodes } from '../../activities/failures.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import { LONGEST_WAIT_MS } from '../../platform/vendor-pace/pace.ts';
import { vendorFailure } from './support/fakes.ts';

const withCode = (code: string, message = 'Key (email)=(zoe@example.com) already exists') =>
  Object.assign(new Error(message), { code });

const cases: readonly (readonly [
  string,
  unknown,
  { type: string; nonRetryable: boolean; requestId: string | null },
])[] = [
  [
    'a final vendor failure',
    vendorFailure('vendor-rejected'),
    { type: 'vendor-rejected', nonRetryable: true, requestId: 'req-1' },
  ],
  [
    'a passing vendor failure',
    vendorFailure('vendor-unavailable'),
    { type: 'vendor-unavailable', nonRetryable: false, requestId: 'req-1' },
  ],
  [
    'our own failure',
    new CodedFailure('row-missing', 'no zoe@example.com'),
    { type: 'row-missing', nonRetryable: true, requestId: null },
  ],
  [
    'PostgreSQL refused',
    withCode('ECONNREFUSED'),
    { type: 'store-unavailable', nonRetryable: false, requestId: null },
  ],
  [
    'PostgreSQL shut down',
    withCode('57P01'),
    { type: 'store-unavailable', nonRetryable: false, requestId: null },
  ],
  ['a deadlock', withCode('40P01'), { type: 'store-unavailable', nonRetryable: false, requestId: null }],
  [
    'both addresses refused',
    new AggregateError([withCode('ECONNREFUSED')]),
    { type: 'store-unavailable', nonRetryable: false, requestId: null },
  ],
  [
    'a lost connection',
    new Error('Connection terminated unexpectedly'),
    { type: 'store-unavailable', nonRetryable: false, requestId: null },
  ],
  [
    'a full pool',
    new Error('timeout exceeded when trying to connect'),
    { type: 'store-unavailable', nonRetryable: false, requestId: null },
  ],
  ['a row that others need', withCode('23503'), { type: 'row-missing', nonRetryable: true, requestId: null }],
  ['a constraint', withCode('23505'), { type: 'internal', nonRetryable: false, requestId: null }],
  [
    'a bug',
    new TypeError('zoe@example.com is undefined'),
    { type: 'internal', nonRetryable: false, requestId: null },
  ],
  ['a thrown text', 'zoe@example.com', { type: 'internal', nonRetryable: false, requestId: null }],
];

describe('failures of activities', () => {
  test.each(cases)('%s', (_, error, expected) => {
    const failure = toApplicationFailure(error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    if (!(failure instanceof ApplicationFailure)) return;
    expect({ type: failure.type, nonRetryable: failure.nonRetryable }).toEqual({
      type: expected.type,
      nonRetryable: expected.nonRetryable,
    });
    expect(failure.details).toEqual([{ requestId: expected.requestId }]);
    expect(failure.cause).toBeUndefined();
    expect(`${failure.message} ${failure.stack} ${JSON.stringify(failure.details)}`).not.toContain('zoe');
  });

  test('a vendor that names a time to wait is waited for', () => {
    const failure = toApplicationFailure(vendorFailure('vendor-rate-limited', 37_000));
    expect(failure).toMatchObject({ type: 'vendor-rate-limited', nextRetryDelay: 37_000 });
  });

  test('one that asks for three days is asked again before the step gives up', () => {
    expect(toApplicationFailure(vendorFailure('vendor-rate-limited', 3 * 86_400_000))).toMatchObject({
      nextRetryDelay: LONGEST_WAIT_MS,
    });
  });

  test('a call of a known outage is written down neither by us nor by the SDK', async () => {
    const told = new VendorFailure(
      'vendor-unavailable',
      { vendor: 'zammad', method: 'POST', path: '/api/v1/tickets' },
      { status: null, requestId: 'req-1', retryAfterMs: 1500, told: true },
    );
    const lines: string[] = [];
    const write = (_fields: Record<string, unknown>, message: string) => void lines.push(message);
    const log = { info: write, warn: write, error: write };
    const run = withFailureCodes({ log }, 'openTicket', () => Promise.reject(told));
    await expect(run({ sessionKey: 'key-1' })).rejects.toMatchObject({
      type: 'vendor-unavailable',
      nonRetryable: false,
      nextRetryDelay: 1500,
      category: 'BENIGN',
    });
    expect(lines).toEqual([]);
  });

  test('after a call of unknown outcome the next attempt waits until the first one must be over', () => {
    const call = { vendor: 'zammad', method: 'PUT', path: '/' };
    const failed = (details: { outcomeUnknown: boolean; retryAfterMs?: number }) =>
      toApplicationFailure(
        new VendorFailure('vendor-unreachable', call, { status: null, requestId: 'r', ...details }),
        30_000,
      );
    expect(failed({ outcomeUnknown: true })).toMatchObject({ nextRetryDelay: 30_000 });
    expect(failed({ outcomeUnknown: false })).not.toMatchObject({ nextRetryDelay: 30_000 });
    expect(failed({ outcomeUnknown: true, retryAfterMs: 60_000 })).toMatchObject({ nextRetryDelay: 60_000 });
  });

  test('a failure of ours passes as it is', () => {
    const own = ApplicationFailure.nonRetryable('x', 'refund-failed');
    expect(toApplicationFailure(own)).toBe(own);
  });

  test('logs tell code, place and session, and nothing of what was said', async () => {
    const lines: string[] = [];
    const write = (fields: Record<string, unknown>, message: string) =>
      void lines.push(JSON.stringify({ ...fields, message }));
    const log = { info: write, warn: write, error: write };
    for (const [, error] of cases) {
      const run = withFailureCodes({ log }, 'openTicket', () => Promise.reject(error));
      await expect(run({ sessionKey: 'key-1' })).rejects.toBeInstanceOf(ApplicationFailure);
    }
    expect(lines).toHaveLength(cases.length);
    expect(lines.every((line) => line.includes('key-1') && line.includes('openTicket'))).toBe(true);
    expect(lines.join('\n')).toContain('req-1');
    expect(lines.join('\n')).toContain('failures.test.ts');
    expect(lines.join('\n')).not.toContain('zoe');
  });
});
