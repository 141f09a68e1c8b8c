import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { FailureCode } from '../../platform/failures.ts';
import { createAdmission, type Passage } from '../../platform/vendor-pace/admission.ts';
import {
  LONGEST_WAIT_MS,
  ownPace,
  type Pace,
  type PaceStore,
  sharedPace,
  spacingOf,
} from '../../platform/vendor-pace/pace.ts';

function rig(options: { places?: number; pace?: Pace; random?: () => number } = {}) {
  const at = { now: 0 };
  const lines: { level: string; fields: Record<string, unknown> }[] = [];
  const write = (level: string) => (fields: Record<string, unknown>) => void lines.push({ level, fields });
  const now = () => at.now;
  const random = options.random ?? (() => 0);
  const admission = createAdmission({
    vendor: 'zammad',
    pace: options.pace ?? ownPace(now, random),
    places: options.places ?? 100,
    log: { info: write('info'), warn: write('warn') },
    now,
    random,
  });
  const go = async () => {
    const passage = await admission.enter();
    if (passage.kind !== 'go') throw new Error(`parked: ${JSON.stringify(passage)}`);
    return passage;
  };
  const call = async (code: FailureCode | null, retryAfterMs: number | null = null): Promise<boolean> =>
    (await go()).end({ code, retryAfterMs });
  return { at, lines, admission, go, call };
}

const parkedOf = (passage: Passage) => {
  if (passage.kind !== 'park') throw new Error('it may go');
  return passage;
};

describe('an outage in the log', () => {
  test('one line when it begins, one when it ends with how many were parked, none in between', async () => {
    const { at, lines, admission, go, call } = rig();
    const [early, late] = [await go(), await go()];
    const told: boolean[] = [];
    for (let n = 0; n < 5; n += 1) {
      at.now += 100;
      told.push(await call('vendor-timeout'));
    }
    // The one that makes it an outage is still news.
    expect(told).toEqual([false, false, false, false, false]);
    expect(early.end({ code: 'vendor-timeout', retryAfterMs: null })).toBe(true);
    for (let n = 0; n < 200; n += 1) expect((await admission.enter()).kind).toBe('park');
    at.now += 1000;
    expect(await call('vendor-unreachable')).toBe(true);
    expect(lines).toEqual([
      { level: 'warn', fields: { vendor: 'zammad', code: 'vendor-timeout', forMs: 400 } },
    ]);

    expect(late.end({ code: null, retryAfterMs: null })).toBe(false);
    expect(lines.slice(1)).toEqual([
      { level: 'info', fields: { vendor: 'zammad', forMs: 1400, parked: 200 } },
    ]);
    expect(await call(null)).toBe(false);
    expect(lines).toHaveLength(2);
  });

  test('a refusal by a vendor that is back is told', async () => {
    const { at, call } = rig();
    for (let n = 0; n < 5; n += 1) await call('vendor-unavailable');
    at.now += 1000;
    expect(await call('vendor-unauthorized')).toBe(false);
    expect(await call('vendor-unauthorized')).toBe(false);
  });

  test('a call that ends twice counts once', async () => {
    const { go, admission } = rig();
    const passage = await go();
    for (let n = 0; n < 9; n += 1) passage.end({ code: 'vendor-timeout', retryAfterMs: null });
    expect((await admission.enter()).kind).toBe('go');
  });
});

describe('places', () => {
  test('a silent vendor holds its share and no more; who finds none is parked soon, one after the other', async () => {
    const { admission } = rig({ places: 3 });
    const held = await Promise.all([admission.enter(), admission.enter(), admission.enter()]);
    const started = performance.now();
    const others = await Promise.all(Array.from({ length: 50 }, () => admission.enter()));
    expect(performance.now() - started).toBeLessThan(2000);
    const waits = others.map((one) => parkedOf(one).afterMs);
    expect(others.every((one) => parkedOf(one).code === 'vendor-unavailable')).toBe(true);
    expect(new Set(waits).size).toBe(50);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(500);
    for (const one of held) if (one.kind === 'go') one.end({ code: null, retryAfterMs: null });
    expect((await Promise.all([1, 2, 3].map(() => admission.enter()))).map(({ kind }) => kind)).toEqual([
      'go',
      'go',
      'go',
    ]);
  });

  test('one that answers lets many more through than it has places', async () => {
    const { go } = rig({ places: 3 });
    let most = 0;
    let underWay = 0;
    await Promise.all(
      Array.from({ length: 60 }, async () => {
        const passage = await go();
        underWay += 1;
        most = Math.max(most, underWay);
        await delay(1);
        underWay -= 1;
        passage.end({ code: null, retryAfterMs: null });
      }),
    );
    expect(most).toBe(3);
  });
});

describe('what a vendor asked for', () => {
  test('nobody asks it before; they come back spread', async () => {
    let drawn = 0;
    const { at, admission, call } = rig({ random: () => (drawn++ % 4) / 4 });
    await call('vendor-rate-limited', 10_000);
    const waits = [parkedOf(await admission.enter()), parkedOf(await admission.enter())];
    expect(waits[0]?.afterMs).not.toBe(waits[1]?.afterMs);
    expect(waits.every(({ code }) => code === 'vendor-rate-limited')).toBe(true);
    expect(waits.every(({ afterMs }) => afterMs >= 10_000 && afterMs <= 15_000)).toBe(true);
    at.now += 10_000;
    expect((await admission.enter()).kind).toBe('go');
  });

  test('three days are no reason to stay away for three days', async () => {
    const { at, admission, call } = rig();
    await call('vendor-rate-limited', 3 * 86_400_000);
    expect(parkedOf(await admission.enter()).afterMs).toBe(LONGEST_WAIT_MS);
    at.now += LONGEST_WAIT_MS;
    expect((await admission.enter()).kind).toBe('go');
  });
});

describe('the shared pace', () => {
  const now = () => performance.now();
  const paceOn = (store: PaceStore) =>
    sharedPace(
      { vendor: 'calendly', perMinute: 60, store },
      ownPace(now, () => 0),
      now,
    );

  test('without its store goes on after half a second, and does not ask it again at once', async () => {
    let asked = 0;
    const pace = paceOn({
      takeTurn: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
      pause: () => Promise.reject(new Error('away')),
    });
    const started = performance.now();
    expect(await pace.turn()).toBe(0);
    expect(performance.now() - started).toBeLessThan(2000);
    expect([await pace.turn(), await pace.turn(), asked]).toEqual([0, 0, 1]);
    // A vendor that minds is kept to all the same.
    await pace.pause(60_000);
    expect(await pace.turn()).toBeGreaterThan(50_000);
  });

  test('a turn that is near is waited for in place; no turn is a time to come again', async () => {
    const turns = [
      { kind: 'now', waitMs: 40 },
      { kind: 'later', waitMs: 9000 },
    ] as const;
    let n = 0;
    const pace = paceOn({
      takeTurn: async () => turns[n++ % 2] ?? turns[0],
      pause: async () => undefined,
    });
    const started = performance.now();
    expect(await pace.turn()).toBe(0);
    expect(performance.now() - started).toBeGreaterThan(35);
    expect(await pace.turn()).toBe(9000);
  });
});

test.each([1, 2, 9, 10, 50, 59, 60, 500, 1200])(
  '%i a minute is never more than that in any minute',
  (perMinute) => {
    const { intervalMs, roomMs } = spacingOf(perMinute);
    // Everybody comes at once: as many as there is room for, then evenly.
    const turns: number[] = [];
    let next = 0;
    while ((turns.at(-1) ?? 0) < 180_000) {
      turns.push(Math.max(0, next - roomMs));
      next += intervalMs;
    }
    const worst = Math.max(
      ...turns.map((from) => turns.filter((at) => at >= from && at < from + 60_000).length),
    );
    expect(worst).toBeLessThanOrEqual(perMinute);
    expect(worst).toBe(perMinute);
  },
);

describe('what a process says of a vendor', () => {
  /** The wall clock, as long after an hour as the monotonic one is after its start. */
  const HOUR = Date.parse('2026-11-21T10:00:00Z');
  const instant = (ms: number): string => new Date(HOUR + ms).toISOString();

  test('nothing before its first call, then that it answers, be it with a refusal', async () => {
    const { at, admission, call } = rig();
    const sight = () => admission.sight(HOUR + at.now);
    const unasked = {
      vendor: 'zammad',
      state: 'unasked',
      since: null,
      lastAnswerAt: null,
      lastFailure: null,
      parked: 0,
    };
    expect(sight()).toEqual(unasked);
    at.now = 10;
    await call(null);
    expect(sight()).toEqual({ ...unasked, state: 'answering', lastAnswerAt: instant(10) });
    at.now = 20;
    await call('vendor-forbidden');
    const refused = { code: 'vendor-forbidden', at: instant(20) };
    const answering = { ...unasked, state: 'answering', lastAnswerAt: instant(20), lastFailure: refused };
    expect(sight()).toEqual(answering);
    at.now = 30;
    await call('vendor-not-found');
    expect(sight()).toEqual({ ...answering, lastAnswerAt: instant(30) });
  });

  test('since when it does not answer, what was not asked meanwhile, and that it is back', async () => {
    const { at, admission, call } = rig();
    const sight = () => admission.sight(HOUR + at.now);
    await call(null);
    at.now = 100;
    await call('vendor-timeout');
    expect(sight()).toMatchObject({
      state: 'failing',
      since: instant(100),
      lastAnswerAt: instant(0),
      parked: 0,
    });
    for (let n = 0; n < 4; n += 1) await call('vendor-timeout');
    await admission.enter();
    await admission.enter();
    expect(sight()).toMatchObject({
      state: 'away',
      since: instant(100),
      lastAnswerAt: instant(0),
      parked: 2,
    });
    at.now = 5000;
    await call(null);
    expect(sight()).toMatchObject({
      state: 'answering',
      since: null,
      lastAnswerAt: instant(5000),
      parked: 0,
    });
    expect(sight().lastFailure).toEqual({ code: 'vendor-timeout', at: instant(100) });
  });
});
