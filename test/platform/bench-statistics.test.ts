import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { goalsOf } from '../../scripts/bench/gate-goals.ts';
import { wholeOption } from '../../scripts/arguments.ts';
import { readSubject } from '../../scripts/bench/options.ts';
import { median, percentile, ratios, rotated, rounded } from '../../scripts/bench/statistics.ts';
import { type Measured, type Round, summaryOf } from '../../scripts/bench/forward-auth.ts';
import { revocationSummary, type Witnessed } from '../../scripts/bench/revocation.ts';

describe('median', () => {
  test.each([
    [[7], 7],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[5, 5, 1, 9], 5],
    [[10, 9, 100, 1, 11], 10],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
  test('of nothing is an error, and its input stays as it was', () => {
    expect(() => median([])).toThrow(RangeError);
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  test.each([
    [hundred, 0.5, 50],
    [hundred, 0.99, 99],
    [hundred, 1, 100],
    [hundred, 0.001, 1],
    [[2, 10], 0.5, 2],
    [[2, 10], 0.51, 10],
    [[9, 10, 100], 0.99, 100],
  ])('%#: nearest rank', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
  test('refuses what has no answer', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => percentile([1], 0)).toThrow(RangeError);
    expect(() => percentile([1], 1.01)).toThrow(RangeError);
  });
  test('is one of the values, and at least its share of them do not exceed it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1, maxLength: 200 }),
        fc.double({ noNaN: true, min: 0.01, max: 1 }),
        (values, share) => {
          const found = percentile(values, share);
          expect(values).toContain(found);
          const within = values.filter((value) => value <= found).length;
          expect(within / values.length).toBeGreaterThanOrEqual(share - 1e-9);
        },
      ),
    );
  });
});

test('ratios are taken within each round', () => {
  const rounds = [
    { ours: 90, theirs: 100 },
    { ours: 10, theirs: 20 },
  ];
  expect(
    ratios(
      rounds,
      (round) => round.ours,
      (round) => round.theirs,
    ),
  ).toEqual([0.9, 0.5]);
});

test('the order rotates, so that everyone is first once in as many rounds as there are', () => {
  expect([0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''))).toEqual([
    'abc',
    'bca',
    'cab',
    'abc',
  ]);
  expect(rotated([], 3)).toEqual([]);
  expect(rounded(0.123_456, 3)).toBe(0.123);
});

describe('the summary of forward-auth', () => {
  const measured = (requestsPerSecond: number, p99: number): Measured => ({
    requestsPerSecond,
    p50: p99 / 2,
    p99,
    cpuPerRequest: 10,
  });
  const round = (bare: number, ours: number, jose: number): Round => ({
    bare: measured(bare, 2),
    forwardAuth: measured(ours, 3),
    expressJose: measured(jose, 8),
  });

  test('takes the median of the rounds’ ratios, not the ratio of medians', () => {
    // Twice the machine was slow for all alike.
    const summary = summaryOf([
      round(100, 90, 20),
      round(10, 9, 2),
      round(100, 80, 20),
      round(10, 8.5, 2),
      round(100, 95, 10),
    ]);
    expect(summary.ratioToBare).toBe(0.9);
    expect(summary.ratioToExpressJose).toBe(4.5);
    expect(summary.p99ToBare).toBe(1.5);
    expect(summary.p99).toBe(3);
    expect(summary.cpuToBare).toBe(1);
    expect(summary.rounds).toHaveLength(5);
    expect(summary).not.toHaveProperty('ratioToOauth2Proxy');
  });

  test('names oauth2-proxy only when it ran in every round', () => {
    const whole = { ...round(100, 90, 20), oauth2Proxy: measured(30, 5) };
    expect(summaryOf([whole, whole]).ratioToOauth2Proxy).toBe(3);
    expect(summaryOf([whole, round(100, 90, 20)])).not.toHaveProperty('ratioToOauth2Proxy');
  });
});

describe('the summary of revocations', () => {
  const witnessed = (
    answers: readonly (readonly [replica: number, sentAt: bigint, status: number])[],
  ): Witnessed => ({
    revoked: { state: 'confirmed', milliseconds: 5, acknowledgedAt: 100n },
    polled: answers.map(([replica, sentAt, status]) => ({ replica, sentAt, status })),
  });
  const before = [
    [0, 1n, 200],
    [1, 1n, 200],
  ] as const;

  test('counts only what was sent after the acknowledgement, by every replica', () => {
    const summary = revocationSummary(
      [witnessed([...before, [0, 100n, 200], [0, 101n, 401], [1, 101n, 200], [1, 102n, 401]])],
      2,
    );
    expect(summary).toMatchObject({ requestsAfter: 3, allowedAfter: 1, unconfirmed: 0, p99: 5, max: 5 });
  });

  test('refuses to say anything when a replica was not asked, before or after', () => {
    expect(() => revocationSummary([witnessed([...before, [0, 101n, 401]])], 2)).toThrow('replica 2');
    expect(() =>
      revocationSummary(
        [
          witnessed([
            [0, 1n, 200],
            [1, 1n, 503],
            [0, 101n, 401],
            [1, 101n, 401],
          ]),
        ],
        2,
      ),
    ).toThrow('let nobody pass');
  });
});

describe('arguments', () => {
  test.each([
    [['gate', '--rounds', '2'], { ok: true, subject: 'gate', rest: ['--rounds', '2'] }],
    [['--json', 'gate'], { ok: true, subject: 'gate', rest: ['--json'] }],
    [['--help'], { ok: true, subject: undefined, rest: ['--help'] }],
  ])('%j', (args, expected) => {
    expect(readSubject(args, ['gate'])).toEqual(expected);
  });
  test('an unknown subject is named, and so is what there is', () => {
    const wrong = readSubject(['gates', '--json'], ['gate']);
    expect(wrong).toMatchObject({ ok: false, problem: expect.stringContaining('"gates". Known: gate.') });
    expect(readSubject([], ['gate'])).toMatchObject({ ok: false });
  });
  test.each([
    [undefined, 5],
    ['3', 3],
    ['0', '--rounds takes a whole number from 1 on, not "0"'],
    ['1.5', '--rounds takes a whole number from 1 on, not "1.5"'],
    ['many', '--rounds takes a whole number from 1 on, not "many"'],
  ])('%p as a number', (given, expected) => {
    expect(wholeOption('rounds', given, 5)).toBe(expected);
  });
});

describe('the goals of the gate', () => {
  const result = {
    forwardAuth: summaryOf([
      {
        bare: { requestsPerSecond: 100, p50: 1, p99: 2, cpuPerRequest: 10 },
        forwardAuth: { requestsPerSecond: 85, p50: 1, p99: 3, cpuPerRequest: 12 },
        expressJose: { requestsPerSecond: 10, p50: 8, p99: 20, cpuPerRequest: 90 },
      },
    ]),
    revocation: {
      revocations: 200,
      replicas: 3,
      p50: 5,
      p99: 99.9,
      max: 120,
      unconfirmed: 0,
      requestsAfter: 900,
      allowedAfter: 0,
    },
    memory: { snapshots: 20_000, bytesPerSnapshot: 1023 },
  };
  const broken = (changed: Partial<typeof result>) =>
    goalsOf({ ...result, ...changed })
      .filter((goal) => !goal.met)
      .map(({ what, must }) => ({ what, must }));

  test('are all met at their very bounds', () => {
    expect(broken({})).toEqual([]);
  });
  test.each([
    [
      'forward-auth, throughput to bare',
      false,
      { forwardAuth: { ...result.forwardAuth, ratioToBare: 0.849 } },
    ],
    ['forward-auth, p99 to bare', false, { forwardAuth: { ...result.forwardAuth, p99ToBare: 1.501 } }],
    ['revocation to acknowledgement, p99', false, { revocation: { ...result.revocation, p99: 100 } }],
    [
      'let pass after an acknowledged revocation',
      true,
      { revocation: { ...result.revocation, allowedAfter: 1 } },
    ],
    ['revocations left unconfirmed', true, { revocation: { ...result.revocation, unconfirmed: 1 } }],
    ['heap per session in memory', false, { memory: { snapshots: 20_000, bytesPerSnapshot: 1024 } }],
  ])('%s: missed just beyond', (what, must, changed) => {
    expect(broken(changed)).toEqual([{ what, must }]);
  });
});
