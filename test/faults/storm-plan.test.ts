import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planLoad, stories } from '../../scripts/faults/plan.ts';
import { type Kill, planStorm, victims } from '../../scripts/faults/schedule.ts';
import { seededRandom } from '../../scripts/random.ts';

const seeds = fc.integer({ min: 1, max: 2 ** 31 });
const storm = { stormMs: 45_000, killEveryMs: 3500, faultEveryMs: 700 };
const load = { units: 60, payWithinMs: 6000 };

describe('the load', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(planLoad(load, seededRandom(7))).toEqual(planLoad(load, seededRandom(7)));
    expect(planLoad(load, seededRandom(7))).not.toEqual(planLoad(load, seededRandom(8)));
  });

  test('has as many units as were asked for, each story its share, and shop stories in orders of their own', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const orders = planLoad(load, seededRandom(seed));
        const told = orders.flatMap(({ lines }) => lines.flatMap((line) => line.stories));
        expect(told).toHaveLength(60);
        for (const story of stories) {
          const share = told.filter((one) => one === story).length;
          expect(share).toBeGreaterThanOrEqual(Math.floor(60 / stories.length));
          expect(share).toBeLessThanOrEqual(Math.ceil(60 / stories.length));
        }
        for (const { lines, payAt } of orders) {
          expect(payAt).toBeLessThanOrEqual(load.payWithinMs);
          const inOrder = new Set(lines.flatMap((line) => line.stories));
          if (inOrder.has('shop-refunded') || inOrder.has('shop-cancelled')) expect(inOrder.size).toBe(1);
          for (const line of lines)
            expect(line.fixedTime).toBe(line.stories.every((one) => one === 'fixed-time'));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the storm', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(planStorm(storm, seededRandom(7))).toEqual(planStorm(storm, seededRandom(7)));
    expect(planStorm(storm, seededRandom(7))).not.toEqual(planStorm(storm, seededRandom(8)));
  });

  test('leaves a quiet tail, and kills everything about as often as everything else', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const events = planStorm(storm, seededRandom(seed));
        expect(events.every(({ at }) => at < storm.stormMs)).toBe(true);
        const kills = events.filter((event): event is Kill => event.kind === 'kill');
        const killed = victims.map((victim) => kills.filter((kill) => kill.victims.includes(victim)).length);
        expect(Math.min(...killed)).toBeGreaterThan(0);
        expect(Math.max(...killed) - Math.min(...killed)).toBeLessThanOrEqual(1);
        expect(kills.some((kill) => kill.victims.length === 2)).toBe(true);
        for (const { deadMs } of kills) {
          expect(deadMs).toBeGreaterThanOrEqual(200);
          expect(deadMs).toBeLessThanOrEqual(4000);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('makes every vendor fail, in every way that is known', () => {
    const faults = planStorm(storm, seededRandom(7)).flatMap((event) =>
      event.kind === 'vendor' ? [event] : [],
    );
    const ways = new Set(faults.map(({ vendor, rule }) => `${vendor} ${rule.kind} ${rule.status ?? ''}`));
    expect(new Set(faults.map(({ vendor }) => vendor))).toEqual(
      new Set(['saleor', 'zammad', 'apisix', 'calendly']),
    );
    // Four vendors with nine ways to fail, three of which send webhooks that can fail in two more.
    expect(ways.size).toBe(4 * 9 + 3 * 2);
  });
});
