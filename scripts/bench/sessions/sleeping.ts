import { setTimeout as sleep } from 'node:timers/promises';
import { rounded } from '../statistics.ts';
import { atOnce } from './at-once.ts';
import type { OpenDeps } from './open.ts';
import { newSessionKey, startBenchSession } from './start.ts';

const AT_ONCE = 32;

export interface SleepingResult {
  /** Sleeping sessions at the two looks. */
  readonly few: number;
  readonly many: number;
  readonly fewMegabytes: number;
  readonly manyMegabytes: number;
  /** Resident memory of the worker with many over that with few. */
  readonly memoryRatio: number;
  /** Of one core, while nothing happens. */
  readonly idleCpuPercent: number;
}

async function fallAsleep({ client, worker }: OpenDeps, count: number): Promise<void> {
  await atOnce(Array.from({ length: count }, newSessionKey), AT_ONCE, async (sessionKey) => {
    await startBenchSession(client, sessionKey);
    await worker.ask('when', { sessionKey, what: 'awaiting-booking' });
  });
}

/** What sleeping sessions cost the worker that keeps some of them in memory. The worker must be a fresh one. */
export async function measureSleeping(
  deps: OpenDeps,
  options: { readonly few: number; readonly many: number; readonly idleSeconds: number },
): Promise<SleepingResult> {
  const { worker, progress } = deps;
  const { few, many, idleSeconds } = options;
  await fallAsleep(deps, few);
  const fewBytes = await worker.ask('residentBytes');
  progress(`sleeping: ${few} sessions, ${rounded(fewBytes / 2 ** 20, 0)} MB`);
  await fallAsleep(deps, many - few);
  const manyBytes = await worker.ask('residentBytes');
  progress(`sleeping: ${many} sessions, ${rounded(manyBytes / 2 ** 20, 0)} MB`);
  const [cpu, time] = [await worker.ask('cpuMicros'), performance.now()];
  await sleep(idleSeconds * 1000);
  const used = (await worker.ask('cpuMicros')) - cpu;
  return {
    few,
    many,
    fewMegabytes: rounded(fewBytes / 2 ** 20, 1),
    manyMegabytes: rounded(manyBytes / 2 ** 20, 1),
    memoryRatio: rounded(manyBytes / fewBytes, 3),
    idleCpuPercent: rounded((used / 1000 / (performance.now() - time)) * 100, 2),
  };
}
