import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  type WorkflowExecutionStatusName,
  WorkflowNotFoundError,
} from '@temporalio/client';
import {
  HOUSEKEEPING_WORKFLOW,
  type HousekeepingJob,
  type HousekeepingReport,
} from '../workflows/contract/housekeeping.ts';
import type { Millis } from '../workflows/contract/values.ts';
import { TASK_QUEUE } from './temporal.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Grows with each change of what follows, and stands in the memo of each schedule's action: a worker of an older build
 * never overwrites what a newer one has set.
 */
export const SPEC_VERSION = 2;
const VERSION_FIELD = 'specVersion';

const JITTER: Millis = 5 * MINUTE;

interface Times {
  readonly every: Millis;
  readonly offset: Millis;
  /** Left out: `JITTER`. */
  readonly jitter?: Millis;
}

/** How often, and when within the hour or the day, so that the jobs do not ask the same vendors at once. */
const TIMES: Readonly<Record<HousekeepingJob, Times>> = {
  orders: { every: HOUR, offset: 5 * MINUTE },
  sessions: { every: HOUR, offset: 15 * MINUTE },
  // Somebody waits for an answer; it is one request.
  tickets: { every: 5 * MINUTE, offset: 2 * MINUTE, jitter: MINUTE },
  // A webhook that was lost is not told again; jitter would take half of the interval.
  appointments: { every: 10 * MINUTE, offset: 7 * MINUTE, jitter: MINUTE },
  routes: { every: HOUR, offset: 35 * MINUTE },
  subscriptions: { every: HOUR, offset: 50 * MINUTE },
  prune: { every: 24 * HOUR, offset: 3 * HOUR },
};

/** What a run's page in Temporal UI is headed by. */
const SUMMARIES: Readonly<Record<HousekeepingJob, string>> = {
  orders: 'Paid orders without a session',
  sessions: 'Open sessions against run, provider, ticket and route',
  tickets: 'Session actions whose webhook was lost',
  appointments: 'Sessions and bookings against a provider that tells once',
  routes: 'Routes without a session',
  subscriptions: "The providers' webhooks",
  prune: 'What nobody may keep any more',
};

/** After an outage the next run does what the missed ones would have done. */
const CATCH_UP: Millis = 10 * MINUTE;

type StartAction = Extract<ScheduleOptions['action'], { type: 'startWorkflow' }>;

export const scheduleIdOf = (job: HousekeepingJob): string => `latchkey-${job}`;

function optionsOf(job: HousekeepingJob, version: number) {
  const scheduleId = scheduleIdOf(job);
  const { every, offset, jitter = JITTER } = TIMES[job];
  return {
    scheduleId,
    spec: { intervals: [{ every, offset }], jitter },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
    action: {
      type: 'startWorkflow',
      workflowType: HOUSEKEEPING_WORKFLOW,
      workflowId: scheduleId,
      taskQueue: TASK_QUEUE,
      args: [{ job }],
      staticSummary: SUMMARIES[job],
      memo: { [VERSION_FIELD]: version },
    } satisfies StartAction,
  };
}

function versionIn(memo: Readonly<Record<string, unknown>> | undefined): number {
  const version = memo?.[VERSION_FIELD];
  return typeof version === 'number' ? version : 0;
}

/**
 * Makes a job's schedule, or brings one of an older version up to date. One that is paused stays paused. Safe when
 * several workers do it at once.
 *
 * @param version of the specification; for tests.
 * @returns `kept`: it was there, of this version or a newer one.
 * @throws what Temporal said.
 */
export async function ensureSchedule(
  client: Client,
  job: HousekeepingJob,
  version: number = SPEC_VERSION,
): Promise<'made' | 'updated' | 'kept'> {
  const options = optionsOf(job, version);
  try {
    await client.schedule.create(options);
    return 'made';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const handle = client.schedule.getHandle(options.scheduleId);
  const { action } = await handle.describe();
  if (action.type === 'startWorkflow' && versionIn(action.memo) >= version) return 'kept';
  const { scheduleId: _, ...specification } = options;
  await handle.update(({ state }) => ({ ...specification, state }));
  return 'updated';
}

/** Starts a run now, unless the schedule is paused or a run is under way. */
export async function runNow(client: Client, job: HousekeepingJob): Promise<void> {
  const handle = client.schedule.getHandle(scheduleIdOf(job));
  if ((await handle.describe()).state.paused) return;
  await handle.trigger(ScheduleOverlapPolicy.SKIP);
}

/** What became of a run that a schedule began. */
export interface ScheduledRun {
  readonly workflowId: string;
  readonly startedAt: Date;
  /** Null: Temporal has forgotten it, its retention being over. */
  readonly status: WorkflowExecutionStatusName | null;
}

/** How a job's schedule stands. */
export interface ScheduleSight {
  readonly job: HousekeepingJob;
  /** `missing`: no worker has made it yet, or somebody deleted it. */
  readonly state: 'active' | 'paused' | 'missing';
  /** What was noted when it was paused, in words of whoever did it. */
  readonly note: string | null;
  readonly nextRunAt: Date | null;
  readonly lastRun: ScheduledRun | null;
  /** Of the last run that ended; null while Temporal knows none. */
  readonly lastReport: HousekeepingReport | null;
}

async function describeIfThere(
  client: Client,
  job: HousekeepingJob,
): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(scheduleIdOf(job)).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

async function statusOf(client: Client, workflowId: string): Promise<WorkflowExecutionStatusName | null> {
  try {
    // The latest run of this id: a long job goes on in a new one.
    return (await client.workflow.getHandle(workflowId).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/**
 * A job's schedule, its last run, and what the last run that ended came to.
 *
 * @throws what Temporal said.
 */
export async function describeSchedule(client: Client, job: HousekeepingJob): Promise<ScheduleSight> {
  const description = await describeIfThere(client, job);
  if (description === undefined)
    return { job, state: 'missing', note: null, nextRunAt: null, lastRun: null, lastReport: null };
  const { state, info } = description;
  let lastRun: ScheduledRun | null = null;
  let lastReport: HousekeepingReport | null = null;
  for (const { takenAt, action } of info.recentActions.toReversed()) {
    const { workflowId } = action.workflow;
    const status = await statusOf(client, workflowId);
    lastRun ??= { workflowId, startedAt: takenAt, status };
    if (status === null) break;
    if (status !== 'COMPLETED') continue;
    lastReport = (await client.workflow.getHandle(workflowId).result()) as HousekeepingReport;
    break;
  }
  return {
    job,
    state: state.paused ? 'paused' : 'active',
    note: state.note === undefined || state.note === '' ? null : state.note,
    nextRunAt: state.paused ? null : (info.nextActionTimes[0] ?? null),
    lastRun,
    lastReport,
  };
}

/**
 * Starts a run because a person wants it, also of a schedule that is paused.
 *
 * @returns `under-way`: there is one already, and no other was started.
 * @throws what Temporal said.
 */
export async function triggerSchedule(
  client: Client,
  job: HousekeepingJob,
): Promise<'triggered' | 'under-way' | 'missing'> {
  const description = await describeIfThere(client, job);
  if (description === undefined) return 'missing';
  if (description.info.runningActions.length > 0) return 'under-way';
  await client.schedule.getHandle(scheduleIdOf(job)).trigger(ScheduleOverlapPolicy.SKIP);
  return 'triggered';
}
