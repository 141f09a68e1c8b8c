import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FailureCode } from '../../platform/failures.ts';
import { approach, type Health, hear, WELL } from '../../platform/vendor-pace/outage.ts';

const silence = { code: 'vendor-timeout', probe: false } as const;
const probe = { code: 'vendor-unreachable', probe: true } as const;

const after = (health: Health, calls: readonly Parameters<typeof hear>[1][], now = 0): Health =>
  calls.reduce((known, call) => hear(known, call, now), health);
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const away = after(WELL, times(5, silence));

describe('an outage', () => {
  test.each(['vendor-timeout', 'vendor-unreachable', 'vendor-unavailable'] as const)(
    'is the fifth %s in a row, told with its code and its beginning',
    (code) => {
      expect(after(WELL, times(4, { code, probe: false })).kind).toBe('well');
      const health = [10, 20, 30, 40, 50].reduce<Health>(
        (known, now) => hear(known, { code, probe: false }, now),
        WELL,
      );
      expect(health).toMatchObject({ kind: 'away', code, since: 10, parked: 0 });
    },
  );

  const answers: readonly (FailureCode | null)[] = [
    null,
    'vendor-unauthorized',
    'vendor-forbidden',
    'vendor-not-found',
    'vendor-conflict',
    'vendor-rejected',
    'vendor-rate-limited',
    'vendor-malformed',
  ];
  test.each(answers)('%s is an answer: it never makes one, it begins the count anew, and ends it', (code) => {
    const answered = { code, probe: false };
    expect(after(WELL, times(50, answered))).toEqual(WELL);
    expect(after(WELL, [...times(4, silence), answered, ...times(4, silence)]).kind).toBe('well');
    expect(hear(away, answered, 1)).toEqual(WELL);
  });

  test('lets one probe at a time through, and not before it is due', () => {
    expect(approach(away, 999, 0).verdict).toBe('park');
    const first = approach(away, 1000, 0);
    expect(first.verdict).toBe('probe');
    expect(approach(first.health, 1000, 0).verdict).toBe('park');
    expect(approach(first.health, 60_000, 0).verdict).toBe('park');
    expect(approach(hear(first.health, { code: null, probe: true }, 1001), 1001, 0).verdict).toBe('call');
  });

  test('a probe without an answer makes the next one wait for longer, up to 15 s', () => {
    let health = away;
    let now = 0;
    const pauses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      if (health.kind !== 'away') throw new Error('it is over');
      pauses.push(health.probeAt - now);
      now = health.probeAt;
      health = hear(approach(health, now, 0).health, probe, now);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  test('calls from before it that fail late neither lengthen nor end it', () => {
    expect(after(away, times(100, silence), 500)).toEqual(away);
  });

  test('whatever happens: at most one probe, a parked call stays away for 30 s at most, and all are counted', () => {
    const step = fc.record({
      ms: fc.integer({ min: 0, max: 20_000 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      code: fc.constantFrom<FailureCode | null>(null, 'vendor-timeout', 'vendor-unavailable'),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let health: Health = WELL;
        let now = 0;
        let parked = 0;
        const underWay: boolean[] = [];
        for (const { ms, random, code, ends } of steps) {
          now += ms;
          const at = approach(health, now, random);
          health = at.health;
          if (at.verdict === 'park') {
            parked += 1;
            expect(at.afterMs).toBeGreaterThan(0);
            expect(at.afterMs).toBeLessThanOrEqual(30_000);
          } else underWay.push(at.verdict === 'probe');
          const ended = ends ? underWay.shift() : undefined;
          if (ended !== undefined) health = hear(health, { code, probe: ended }, now);
          if (health.kind === 'well') parked = 0;
          else {
            expect(health.parked).toBe(parked);
            expect(underWay.filter(Boolean).length).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });
});
