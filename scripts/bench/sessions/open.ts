import type { Client } from '@temporalio/client';
import type { SessionKey } from '../../../workflows/contract/values.ts';
import { type BenchChild, machineTime } from '../child.ts';
import type { SessionWorkerTasks } from '../servers/session-worker.ts';
import { median, percentile, ratios, rotated, rounded } from '../statistics.ts';
import { NOOP_WORKFLOW, SHAPE_WORKFLOW } from '../workflows/names.ts';
import { atOnce } from './at-once.ts';
import { newSessionKey, startBenchSession, startBeside } from './start.ts';

/** As many as a shop sells in a rush; more only wait for each other. */
const AT_ONCE = 32;

export interface Opened {
  readonly perSecond: number;
  /** Milliseconds from the call that starts it to its opened state. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of the worker's processor time for each. */
  readonly workerCpu: number;
}

export interface OpenRound {
  readonly noop: Opened;
  readonly shape: Opened;
  readonly session: Opened;
}

export interface OpenResult {
  /** Sessions opened per second over the other's, the median of the rounds' ratios. */
  readonly ratioToNoop: number;
  readonly ratioToShape: number;
  /** What the calls alone leave of it, without any rules. */
  readonly shapeToNoop: number;
  readonly perSecond: number;
  /** Milliseconds, the medians of the rounds. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of the worker's processor time for each session, beside the same shape. */
  readonly workerCpu: number;
  readonly workerCpuOfShape: number;
  readonly rounds: readonly OpenRound[];
}

interface Contestant {
  readonly name: keyof OpenRound;
  readonly start: (client: Client, key: SessionKey) => Promise<void>;
  /** What it has reached when it is open. */
  readonly what: string;
}

const CONTESTANTS: readonly Contestant[] = [
  { name: 'noop', start: (client, key) => startBeside(client, NOOP_WORKFLOW, key), what: 'opened' },
  {
    name: 'shape',
    start: (client, key) => startBeside(client, SHAPE_WORKFLOW, key),
    what: 'awaiting-booking',
  },
  { name: 'session', start: (client, key) => startBenchSession(client, key), what: 'awaiting-booking' },
];

export interface OpenDeps {
  readonly client: Client;
  readonly worker: BenchChild<SessionWorkerTasks>;
  readonly progress: (line: string) => void;
}

async function openMany({ client, worker }: OpenDeps, one: Contestant, count: number): Promise<Opened> {
  const latencies: number[] = [];
  const cpu = await worker.ask('cpuMicros');
  const began = machineTime();
  let last = began;
  const keys = Array.from({ length: count }, newSessionKey);
  await atOnce(keys, AT_ONCE, async (sessionKey) => {
    const started = machineTime();
    await one.start(client, sessionKey);
    const opened = await worker.ask('when', { sessionKey, what: one.what });
    latencies.push(Number(opened - started) / 1e6);
    if (opened > last) last = opened;
  });
  return {
    perSecond: rounded(count / (Number(last - began) / 1e9), 1),
    p50: rounded(percentile(latencies, 0.5), 1),
    p99: rounded(percentile(latencies, 0.99), 1),
    workerCpu: rounded(((await worker.ask('cpuMicros')) - cpu) / 1000 / count, 2),
  };
}

/** Opens sessions beside workflows that do less, in turn, on one worker. */
export async function measureOpen(
  deps: OpenDeps,
  options: { readonly rounds: number; readonly perRound: number },
): Promise<OpenResult> {
  for (const one of CONTESTANTS) await openMany(deps, one, options.perRound);
  const rounds: OpenRound[] = [];
  while (rounds.length < options.rounds) {
    const measured = new Map<string, Opened>();
    for (const one of rotated(CONTESTANTS, rounds.length))
      measured.set(one.name, await openMany(deps, one, options.perRound));
    rounds.push(Object.fromEntries(measured) as unknown as OpenRound);
    deps.progress(
      `open, round ${rounds.length} of ${options.rounds}: ` +
        [...measured].map(([name, { perSecond }]) => `${name} ${perSecond}/s`).join(', '),
    );
  }
  const speed = (name: keyof OpenRound) => (round: OpenRound) => round[name].perSecond;
  const middle = (measure: keyof Opened) => rounded(median(rounds.map(({ session }) => session[measure])), 1);
  return {
    ratioToNoop: rounded(median(ratios(rounds, speed('session'), speed('noop'))), 3),
    ratioToShape: rounded(median(ratios(rounds, speed('session'), speed('shape'))), 3),
    shapeToNoop: rounded(median(ratios(rounds, speed('shape'), speed('noop'))), 3),
    perSecond: middle('perSecond'),
    p50: middle('p50'),
    p99: middle('p99'),
    workerCpu: middle('workerCpu'),
    workerCpuOfShape: rounded(median(rounds.map(({ shape }) => shape.workerCpu)), 2),
    rounds,
  };
}
