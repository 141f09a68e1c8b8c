// A worker of its own that runs sessions, and tells when each reached what.
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, type InjectedSinks, Runtime, Worker } from '@temporalio/worker';
import { carrying } from '../../../activities/riders.ts';
import { linkActivities } from '../../../activities/links.ts';
import { recordActivities } from '../../../activities/records.ts';
import { connectDatabase } from '../../../db/connect.ts';
import { systemClock } from '../../../platform/clock.ts';
import { type Key, keyRing } from '../../../platform/keys.ts';
import { createDataConverter } from '../../../platform/payload-codec/data-converter.ts';
import { temporalSettings } from '../../../platform/temporal.ts';
import { connectWorker } from '../../../platform/temporal-worker.ts';
import { DEFAULT_SIZE } from '../../../worker/run-worker.ts';
import type { SessionActivities } from '../../../workflows/contract/activities.ts';
import { answerParent, cpuMicros, machineTime } from '../child.ts';
import type { BenchSinks } from '../workflows/noop.ts';
import { emptyActivities } from './empty-activities.ts';

export interface WorkerOrder {
  readonly address: string;
  readonly taskQueue: string;
  /** The file that holds the bundle. */
  readonly codePath: string;
  readonly payloadKey: Key;
  /** Where gates and links are written in earnest; null writes them nowhere. */
  readonly databaseUrl: string | null;
}

const SETTLE_ROUNDS = 5;

const reached = new Map<string, bigint>();
const waiting = new Map<string, (at: bigint) => void>();

function reach(sessionKey: string, what: string): void {
  const moment = `${sessionKey} ${what}`;
  if (reached.has(moment)) return;
  const at = machineTime();
  reached.set(moment, at);
  waiting.get(moment)?.(at);
  waiting.delete(moment);
}

function stores(databaseUrl: string): Pick<SessionActivities, 'publish' | 'issueLink'> {
  const { db } = connectDatabase(databaseUrl, { max: 10, onIdleError: () => undefined });
  const dependencies = { db, clock: systemClock };
  return {
    publish: recordActivities(dependencies).publish,
    issueLink: linkActivities(dependencies).issueLink,
  };
}

async function start(order: WorkerOrder): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
  const connection = await connectWorker(temporalSettings({ TEMPORAL_ADDRESS: order.address }), {
    totalMs: 30_000,
  });
  const sinks: InjectedSinks<BenchSinks> = {
    bench: { opened: { fn: (_info, sessionKey) => reach(sessionKey, 'opened') } },
  };
  const activities = emptyActivities(reach, order.databaseUrl === null ? {} : stores(order.databaseUrl));
  const worker = await Worker.create({
    connection,
    taskQueue: order.taskQueue,
    workflowBundle: { codePath: order.codePath },
    dataConverter: createDataConverter(keyRing([order.payloadKey])),
    activities: { ...carrying(activities) },
    sinks,
    maxConcurrentWorkflowTaskExecutions: DEFAULT_SIZE.workflowTasks,
    maxConcurrentActivityTaskExecutions: DEFAULT_SIZE.activities,
    maxCachedWorkflows: DEFAULT_SIZE.cachedWorkflows,
  });
  worker.run().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}

const tasks = {
  start,
  /** @returns when it was, on the machine's monotonic clock. Waits where it is still to come. */
  when({ sessionKey, what }: { readonly sessionKey: string; readonly what: string }): Promise<bigint> {
    const moment = `${sessionKey} ${what}`;
    const at = reached.get(moment);
    if (at !== undefined) return Promise.resolve(at);
    return new Promise((resolve) => {
      waiting.set(moment, resolve);
    });
  },
  /** Bytes of memory that the process holds when its garbage is collected; the least of a few looks. */
  async residentBytes(): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < SETTLE_ROUNDS; round += 1) {
      globalThis.gc?.();
      await sleep(1000);
      least = Math.min(least, process.memoryUsage.rss());
    }
    return least;
  },
  cpuMicros,
};
export type SessionWorkerTasks = typeof tasks;

answerParent(tasks);
