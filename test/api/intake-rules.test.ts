import { describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { reasonOf } from '../../api/intake/deliver.ts';
import {
  defaultRetryRules,
  done,
  failed,
  type Outcome,
  quarantine,
  retryDelay,
  settlementOf,
  wait,
} from '../../api/intake/outcome.ts';
import { saleorCorrelation, saleorOrderOf, unrelatedCorrelation } from '../../db/correlation.ts';
import { together } from '../../api/intake/signal.ts';
import { summaryOf } from '../../api/sessions/described.ts';
import { createSessionStarter } from '../../api/sessions/start.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';

const now = 1_795_257_987_000;
const at = { now, random: 0, rules: defaultRetryRules };

describe('what becomes of a row', () => {
  const settle = (row: { attempts: number; reason: string | null }, outcome: Outcome) => {
    const { at: when, ...settlement } = settlementOf(row, outcome, at);
    return { ...settlement, after: when.getTime() - now };
  };

  test.each<[string, { attempts: number; reason: string | null }, Outcome, object]>([
    ['done', { attempts: 1, reason: null }, done(), { status: 'done', reason: null, attempts: 1, after: 0 }],
    [
      'quarantined',
      { attempts: 1, reason: null },
      quarantine('unmatched'),
      { status: 'quarantined', reason: 'unmatched', attempts: 1, after: 0 },
    ],
    [
      'waits',
      { attempts: 3, reason: null },
      wait('w'),
      { status: 'stored', reason: 'w', attempts: 3, after: 4000 },
    ],
    [
      'waits for days',
      { attempts: 5000, reason: 'w' },
      wait('w'),
      { status: 'stored', reason: 'w', attempts: 5000, after: 60_000 },
    ],
    [
      'fails',
      { attempts: 1, reason: null },
      failed('f'),
      { status: 'stored', reason: 'failed:f', attempts: 1, after: 1000 },
    ],
    [
      'fails for the eleventh time',
      { attempts: 11, reason: 'failed:f' },
      failed('f'),
      { status: 'stored', reason: 'failed:f', attempts: 11, after: 60_000 },
    ],
    [
      'fails for the twelfth time',
      { attempts: 12, reason: 'failed:f' },
      failed('f'),
      { status: 'quarantined', reason: 'f', attempts: 12, after: 0 },
    ],
    [
      'fails once after a long wait: the wait does not count',
      { attempts: 500, reason: 'engine-unavailable' },
      failed('f'),
      { status: 'stored', reason: 'failed:f', attempts: 1, after: 1000 },
    ],
  ])('%s', (_name, row, outcome, settlement) => expect(settle(row, outcome)).toEqual(settlement));

  test('delays double up to the longest, and chance takes off at most half', () => {
    const delays = [1, 2, 3, 6, 7, 100].map((attempts) => retryDelay(defaultRetryRules, attempts, 0));
    expect(delays).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000]);
    expect(retryDelay(defaultRetryRules, 3, 0.999_999)).toBe(2000);
  });

  test('of several sessions the one that waits decides, then what failed, then what a person must see', () => {
    expect(together([done(), quarantine('q'), failed('f'), wait('w')])).toEqual(wait('w'));
    expect(together([done(), quarantine('q'), failed('f')])).toEqual(failed('f'));
    expect(together([done(), quarantine('q')])).toEqual(quarantine('q'));
    expect(together([done('after-end'), done('after-end')])).toEqual(done('after-end'));
    expect(together([done('after-end'), done()])).toEqual(done());
  });
});

test('a Saleor correlation keeps the shop; others are about no order', () => {
  expect(saleorOrderOf(saleorCorrelation('127.0.0.1:58000', 'T3JkZXI6MQ=='))).toEqual({
    domain: '127.0.0.1:58000',
    orderId: 'T3JkZXI6MQ==',
  });
  expect(saleorOrderOf(unrelatedCorrelation('saleor', 'abc'))).toBeUndefined();
});

test('a reason is a code, never the words of an error', () => {
  const postgres = Object.assign(new Error('Key (email)=(ada@example.test) exists'), { code: '23505' });
  expect(reasonOf(postgres)).toBe('error-23505');
  expect(reasonOf(new CodedFailure('engine-unavailable', 'x'))).toBe('engine-unavailable');
  expect(reasonOf(new Error('ada@example.test'))).toBe('internal');
  expect(reasonOf(Object.assign(new Error(), { code: 'ada@example.test' }))).toBe('internal');
});

describe('Temporal', () => {
  test('a summary is one line of at most 200 bytes, and no character is cut in two', () => {
    expect(summaryOf('Séance de conseil\n – 60 min')).toBe('Session: Séance de conseil – 60 min');
    const long = summaryOf('👩‍🚀'.repeat(40));
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(200);
    expect(long.endsWith('👩‍🚀')).toBe(true);
  });

  test('nobody there is engine-unavailable, whether connecting or calling', async () => {
    const refused = createSessionStarter({
      client: () => Promise.reject(new Error('no connection')),
      deadlineMs: 500,
    });
    const key = 'AAAAAAAAAAAAAAAAAAAAAA' as SessionKey;
    await expect(refused.signal(key, [])).rejects.toMatchObject({ code: 'engine-unavailable' });

    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const client = new Client({ connection });
    const silent = createSessionStarter({ client: async () => client, deadlineMs: 300 });
    await expect(silent.signal(key, [])).rejects.toMatchObject({ code: 'engine-unavailable' });
    await connection.close();
  });
});
