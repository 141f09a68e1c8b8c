import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { temporalCli } from '../support/temporal.ts';

const script = fileURLToPath(new URL('../../dist/scripts/faults.js', import.meta.url));

/** The same ones each time; `npm run test:faults` draws others. */
const SEED = 20_261_121;
const every = process.env['LATCHKEY_TEST_ALL'] === '1';
const seeds = [SEED, SEED + 1, SEED + 2];

interface Summary {
  readonly ok: boolean;
  readonly runs: readonly {
    readonly sessions: number;
    readonly polls: number;
    readonly happened: Readonly<Record<string, number>>;
    readonly violations: readonly unknown[];
  }[];
}

async function storm(seed: number, ...more: readonly string[]): Promise<Summary> {
  const child = spawn(process.execPath, [script, '--seed', String(seed), '--json', ...more], {
    env: { ...process.env, LATCHKEY_ENV: 'development', TEMPORAL_CLI: temporalCli() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  await once(child, 'close');
  const last = output
    .trimEnd()
    .split('\n')
    .findLast((line) => line.startsWith('{"ok"'));
  if (last === undefined) throw new Error(`the storm told no result:\n${output.slice(-4000)}`);
  return JSON.parse(last) as Summary;
}

beforeAll(() => {
  if (!existsSync(script)) throw new Error('dist is missing: run npm run build');
});

function expectAllKept({ runs }: Summary): void {
  expect(runs).toMatchObject([{ violations: [], sessions: 60 }]);
  const [run] = runs;
  for (const victim of ['worker', 'api', 'temporal', 'postgres'])
    expect(run?.happened[`kill ${victim}`]).toBeGreaterThan(0);
  // Without anybody at the doors nothing was proven about them.
  expect(run?.polls).toBeGreaterThan(1000);
}

test('sixty sessions live through a short storm', async () => {
  expectAllKept(await storm(SEED, '--minutes', '0.2'));
}, 600_000);

// Each takes two minutes of the whole machine.
const onlyWithAll = every ? test : test.skip;

onlyWithAll.each(seeds)(
  'sixty sessions live through the storm of seed %i',
  async (seed) => expectAllKept(await storm(seed)),
  600_000,
);
