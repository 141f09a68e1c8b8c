import { randomInt } from 'node:crypto';
import { Runtime } from '@temporalio/worker';
import { environment } from '../platform/environment.ts';
import { createLogger } from '../platform/log.ts';
import { runtimeOptions } from '../platform/temporal-worker.ts';
import { readArguments } from './arguments.ts';
import { type RunResult, runFaults } from './faults/run.ts';
import { linesOf } from './faults/report.ts';

const DEFINITION = {
  command: 'npm run test:faults',
  summary: `Sells sessions and lives through them while the worker, the API, Temporal and PostgreSQL are killed and the vendors
fail, by a schedule that a seed decides. Then holds what is left against every promise. Exits 0 only when all were
kept. With --json the last line is {ok, runs}.`,
  options: {
    seed: { type: 'string', help: 'A whole number; the same one fails the same things. Default: any.' },
    seeds: { type: 'string', help: 'So many seeds in a row; stops at the first that fails. Default 1.' },
    sessions: { type: 'string', help: 'Paid units. Default 60.' },
    minutes: {
      type: 'string',
      help: 'How long the storm lasts. by a clock that stands still while what was killed comes back. Default 0.4.',
    },
  },
} as const;

const LARGEST_SEED = 2 ** 31;

function numberOf(text: string | boolean | undefined, fallback: number, name: string): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} is not a number above 0`);
  return value;
}

async function main(): Promise<number> {
  const args = readArguments<'seed' | 'seeds' | 'sessions' | 'minutes'>(DEFINITION);
  if (args.kind !== 'run') {
    (args.kind === 'help' ? console.log : console.error)(args.text);
    return args.kind === 'help' ? 0 : 2;
  }
  const { values, json } = args;
  const first = Math.floor(numberOf(values.seed, randomInt(1, LARGEST_SEED), 'seed'));
  const count = Math.floor(numberOf(values.seeds, 1, 'seeds'));
  const sessions = Math.floor(numberOf(values.sessions, 60, 'sessions'));
  const stormMs = numberOf(values.minutes, 0.4, 'minutes') * 60_000;
  const log = createLogger({ level: 'warn', pretty: false, name: 'faults', destination: process.stderr });
  Runtime.install(runtimeOptions(log));

  const runs: RunResult[] = [];
  for (let seed = first; seed < first + count; seed += 1) {
    const began = performance.now();
    const say = (line: string) =>
      console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);
    console.log(`Seed ${seed}`);
    const result = await runFaults({ seed, sessions, stormMs, env: environment(), say });
    runs.push(result);
    for (const line of linesOf(result)) console.log(line);
    if (!result.ok) break;
  }
  const ok = runs.every((run) => run.ok);
  if (json) console.log(JSON.stringify({ ok, runs }));
  return ok ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
