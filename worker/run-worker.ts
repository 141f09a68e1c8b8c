import {
  type NativeConnection,
  type State,
  Worker,
  type WorkerDeploymentOptions,
  type WorkerOptions,
} from '@temporalio/worker';
import type { DataConverter } from '@temporalio/common';
import type { Activities } from '../activities/create.ts';
import { traceActivity } from './trace-activities.ts';
import type { HousekeepingActivities } from '../workflows/contract/housekeeping.ts';

/** The code that runs workflows: a bundle built beforehand, by path or in memory. */
export type WorkflowBundle = NonNullable<WorkerOptions['workflowBundle']>;

/**
 * How much one worker takes on at once. Fixed numbers: a worker that grows with its machine hides when it is
 * too small.
 */
export interface WorkerSize {
  readonly workflowTasks: number;
  readonly activities: number;
  /** Sleeping sessions kept in memory, about 350 KB each; the others are replayed when they wake. */
  readonly cachedWorkflows: number;
}

export const DEFAULT_SIZE: WorkerSize = {
  workflowTasks: 40,
  activities: 100,
  cachedWorkflows: 500,
};

/**
 * How long a task waits for the worker that has its run in memory before any other may take it: so long a session hears
 * nothing after its worker died. A busy worker that is overtaken costs a replay.
 */
const STICKY_PATIENCE_MS = 3000;

export interface StartWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly activities: Activities & Partial<HousekeepingActivities>;
  readonly bundle: WorkflowBundle;
  /** That of every client; see `platform/payload-codec`. */
  readonly dataConverter: DataConverter;
  /** Names this process in Temporal UI. */
  readonly identity: string;
  readonly size?: WorkerSize;
  /** How long running activities may go on after a shutdown was asked for, in milliseconds. */
  readonly shutdownGraceMs?: number;
  /** The Worker Deployment Version that this worker is; null or absent polls without versioning. */
  readonly deployment?: WorkerDeployment | null;
}

/** Names one build of one Worker Deployment, as Temporal knows it. */
export interface WorkerDeployment {
  readonly name: string;
  readonly buildId: string;
}

export interface RunningWorker {
  /** `RUNNING` is the only state in which it takes tasks. */
  state(): State;
  /** Settles when the worker stopped by itself or was shut down; rejects when it failed. */
  readonly ended: Promise<void>;
  /** Stops taking tasks, lets running ones finish, and resolves when all are over. Safe to call twice. */
  shutdown(): Promise<void>;
}

/** The activities as the plain record of functions that a worker takes. */
function registered(activities: StartWorkerOptions['activities']): object {
  return { ...activities };
}

/**
 * A session outlives many builds: each of its tasks goes to the deployment's current version. Said here and not by the
 * workflows themselves: the server refuses every task of an unversioned worker whose workflow names a behaviour.
 */
function versioned({ name, buildId }: WorkerDeployment): WorkerDeploymentOptions {
  return {
    useWorkerVersioning: true,
    version: { deploymentName: name, buildId },
    defaultVersioningBehavior: 'AUTO_UPGRADE',
  };
}

/** Starts polling for sessions. Does not close the connection: whoever opened it does, after `shutdown`. */
export async function startWorker(options: StartWorkerOptions): Promise<RunningWorker> {
  const size = options.size ?? DEFAULT_SIZE;
  const shutdownGraceMs = options.shutdownGraceMs ?? 10_000;
  const worker = await Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: options.taskQueue,
    identity: options.identity,
    activities: registered(options.activities),
    workflowBundle: options.bundle,
    dataConverter: options.dataConverter,
    interceptors: { activity: [traceActivity] },
    maxConcurrentWorkflowTaskExecutions: size.workflowTasks,
    maxConcurrentActivityTaskExecutions: size.activities,
    maxCachedWorkflows: size.cachedWorkflows,
    stickyQueueScheduleToStartTimeout: STICKY_PATIENCE_MS,
    shutdownGraceTime: shutdownGraceMs,
    // An activity that ignores its cancellation must not keep the process from ending.
    shutdownForceTime: shutdownGraceMs + 10_000,
    ...(options.deployment ? { workerDeploymentOptions: versioned(options.deployment) } : {}),
  });
  const ended = worker.run();
  // Whoever holds the worker awaits `ended`; until then a failure must not end the process unseen.
  ended.catch(() => undefined);
  return {
    state: () => worker.getState(),
    ended,
    async shutdown() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
