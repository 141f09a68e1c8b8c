import { describe, expect, test } from '@jest/globals';
import { createInWork } from '../../api/intake/in-work.ts';
import { createOutages } from '../../api/intake/outages.ts';
import { done, failed, wait } from '../../api/intake/outcome.ts';
import type { Instant } from '../../workflows/contract/values.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A queue that is filled by hand, and work that ends when it is told to. */
function startWork(atOnce: number) {
  const due: string[] = [];
  const limits: number[] = [];
  const open = new Map<string, { finish: () => void; fail: (error: Error) => void }>();
  let stopped = false;
  const inWork = createInWork<string>({
    atOnce,
    take: async (limit) => {
      limits.push(limit);
      return due.splice(0, limit);
    },
    work: (piece) =>
      new Promise((finish, fail) => {
        open.set(piece, {
          finish: () => {
            open.delete(piece);
            finish();
          },
          fail,
        });
      }),
    isStopped: () => stopped,
  });
  return {
    inWork,
    limits,
    open,
    add: (...pieces: string[]) => due.push(...pieces),
    stop: () => {
      stopped = true;
    },
  };
}

describe('work that comes while something slow is under way', () => {
  test('is taken up at once', async () => {
    const { inWork, open, add } = startWork(4);
    add('slow');
    const run = inWork.run();
    await turn();
    add('new');
    expect(inWork.ring()).toBe(true);
    await turn();
    expect([...open.keys()]).toEqual(['slow', 'new']);
    for (const { finish } of open.values()) finish();
    expect(await run).toBe(2);
    expect(inWork.ring()).toBe(false);
  });

  test('is not missed when it came during the last look', async () => {
    const due = [['first'], [], ['second'], []];
    const worked: string[] = [];
    const inWork = createInWork<string>({
      atOnce: 4,
      async take() {
        // What rings after the look was made, but before its answer is here.
        if (due.length === 3) inWork.ring();
        await turn();
        return due.shift() ?? [];
      },
      work: async (piece) => void worked.push(piece),
      isStopped: () => false,
    });
    expect(await inWork.run()).toBe(2);
    expect(worked).toEqual(['first', 'second']);
  });

  test('waits while as many are under way as may be, and takes a place as soon as one is free', async () => {
    const { inWork, open, limits, add } = startWork(2);
    add('a', 'b', 'c', 'd');
    const run = inWork.run();
    await turn();
    inWork.ring();
    await turn();
    expect([...open.keys()]).toEqual(['a', 'b']);
    open.get('b')?.finish();
    await turn();
    expect([...open.keys()]).toEqual(['a', 'c']);
    expect(Math.max(...limits)).toBe(2);
    while (open.size > 0) {
      for (const { finish } of open.values()) finish();
      await turn();
    }
    expect(await run).toBe(4);
  });

  test('is left alone after an error, which is thrown once the rest is over', async () => {
    const { inWork, open, add } = startWork(2);
    add('a', 'b');
    const run = inWork.run();
    await turn();
    add('c');
    open.get('a')?.fail(new Error('lost'));
    await turn();
    expect([...open.keys()]).toEqual(['a', 'b']);
    open.get('b')?.finish();
    await expect(run).rejects.toThrow('lost');
  });

  test('is left alone when no more is to be done', async () => {
    const { inWork, open, add, stop } = startWork(2);
    add('a');
    const run = inWork.run();
    await turn();
    stop();
    add('b');
    inWork.ring();
    open.get('a')?.finish();
    expect(await run).toBe(1);
  });
});

describe('an outage', () => {
  function startOutages() {
    const lines: string[] = [];
    let now = 0;
    const write = (fields: Record<string, unknown>, message: string) =>
      void lines.push(`${message} ${JSON.stringify(fields)}`);
    const outages = createOutages({ log: { info: write, warn: write }, clock: () => now as Instant });
    return {
      outages,
      lines,
      advance: (ms: number) => {
        now += ms;
      },
    };
  }

  test('is one line when it begins and one when it ends, however many rows meet it', () => {
    const { outages, lines, advance } = startOutages();
    for (let attempt = 0; attempt < 100; attempt += 1) {
      advance(60_000);
      outages.attempted({ source: 'saleor', reason: 'engine-unavailable' }, wait('engine-unavailable'));
    }
    outages.attempted({ source: 'saleor', reason: 'engine-unavailable' }, done());
    outages.attempted({ source: 'saleor', reason: 'engine-unavailable' }, done());
    expect(lines).toEqual([
      'deliveries wait {"away":"temporal","reason":"engine-unavailable"}',
      'deliveries go on {"away":"temporal","seconds":5940,"attempts":100}',
    ]);
  });

  test('of one is apart from that of another, and who waits for another now tells nothing', () => {
    const { outages, lines } = startOutages();
    outages.attempted({ source: 'zammad', reason: null }, wait('vendor-timeout'));
    outages.attempted({ source: 'zammad', reason: 'vendor-timeout' }, wait('engine-unavailable'));
    expect(lines).toHaveLength(2);
    outages.attempted({ source: 'zammad', reason: 'engine-unavailable' }, failed('internal'));
    outages.attempted({ source: 'zammad', reason: 'vendor-timeout' }, done('no-action'));
    expect(lines.slice(2).map((line) => line.includes('go on'))).toEqual([true, true]);
  });

  test('whose end another replica saw is news when it comes again', () => {
    const { outages, lines, advance } = startOutages();
    outages.met('postgresql', 'error-57P01');
    advance(4 * 60_000);
    outages.met('postgresql', 'error-57P01');
    expect(lines).toHaveLength(1);
    advance(5 * 60_000);
    outages.met('postgresql', 'error-57P01');
    expect(lines).toHaveLength(2);
  });

  test('a row that only waits its turn is nobody’s outage', () => {
    const { outages, lines } = startOutages();
    outages.attempted({ source: 'calendly', reason: null }, wait('session-not-started'));
    expect(lines).toEqual([]);
  });
});
