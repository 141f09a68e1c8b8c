import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { searchAttributesOf } from '../../api/sessions/start.ts';
import { linkIdOf, sessionWorkflowId } from '../../platform/session-ids.ts';
import { carrying } from '../../activities/riders.ts';
import type { SessionActivities } from '../../workflows/contract/activities.ts';
import type { OutsideEvent } from '../../workflows/contract/events.ts';
import {
  GATE_QUERY,
  OUTSIDE_EVENTS,
  SESSION_QUERY,
  SESSION_WORKFLOW,
  type SessionUpdates,
  type Verdict,
} from '../../workflows/contract/messages.ts';
import type { Gate, Policy, SessionInput, SessionView } from '../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { testDataConverter } from './payload-keys.ts';
import { checkReplay, type Recording } from './replay.ts';
import { ON_THIS_THREAD } from './temporal.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const defaultPolicy: Policy = {
  cutoffMs: DAY,
  bookingDeadlineMs: 30 * DAY,
  gateOpensMs: 15 * MINUTE,
  gateClosesMs: 30 * MINUTE,
  remindersMs: [DAY, HOUR],
  refund: 'full',
  onCancel: 'rebook',
  lateDeadlineMs: 12 * HOUR,
  lateDefault: 'decline',
  lateGrace: 'none',
  settleMs: DAY,
  refundSettleMs: 5 * MINUTE,
  halfRescheduleMs: 10 * MINUTE,
};

export interface ActivityCall {
  readonly name: keyof SessionActivities;
  readonly input: unknown;
}

/** Activities that succeed at once and change nothing. */
export function fakeActivities(): SessionActivities {
  return {
    confirmPayment: async () => ({ kind: 'confirm-payment', verdict: 'paid' }),
    issueLink: async () => ({ kind: 'issue-link' }),
    openTicket: async () => ({ kind: 'open-ticket', ticketId: 7, ticketNumber: '99000000000000000007' }),
    writeTicket: async () => ({ kind: 'write-ticket' }),
    remind: async () => ({ kind: 'remind', truth: { appointments: [] }, sent: true }),
    putRoute: async ({ until }) => ({ kind: 'put-route', leaseUntil: (until + DAY) as Instant }),
    deleteRoute: async () => ({ kind: 'delete-route' }),
    publish: async ({ gate, entries }) => ({
      kind: 'publish',
      version: gate.version,
      seq: entries.at(-1)?.seq ?? 0,
    }),
    makeBookingLink: async () => ({ kind: 'make-booking-link' }),
    askProvider: async () => ({ kind: 'ask-provider', truth: { appointments: [] } }),
    cancelAppointment: async () => ({ kind: 'cancel-appointment' }),
    moveAppointment: async () => ({ kind: 'move-appointment', truth: { appointments: [] } }),
    handOver: async () => ({ kind: 'hand-over' }),
    claimGrace: async () => ({ kind: 'claim-grace', granted: true }),
    refund: async () => ({ kind: 'refund', status: 'done' }),
  };
}

type Activity = (input: object) => Promise<unknown>;

/** Each call is recorded without what it carries, and what it carries as a call of its own. */
function recording(activities: SessionActivities, calls: ActivityCall[]): object {
  const recorded = Object.entries(activities).map(([name, run]) => [
    name,
    async (order: object) => {
      const input = Object.fromEntries(Object.entries(order).filter(([field]) => field !== 'riders'));
      calls.push({ name: name as keyof SessionActivities, input });
      return await (run as Activity)(input);
    },
  ]);
  return { ...carrying(Object.fromEntries(recorded) as SessionActivities) };
}

export interface RigOptions {
  readonly env: TestWorkflowEnvironment;
  /** The bundle under test; every execution is replayed with it. */
  readonly bundle: Pick<WorkflowBundleWithSourceMap, 'code'>;
  readonly input?: Partial<Omit<SessionInput, 'policy'>>;
  readonly policy?: Partial<Policy>;
  readonly activities?: Partial<SessionActivities>;
  /** Default true; false leaves it to `session.startWorker()`, so that messages wait for the first task. */
  readonly startWorker?: boolean;
}

export interface RigSession {
  readonly key: SessionKey;
  readonly input: SessionInput;
  readonly handle: WorkflowHandleWithFirstExecutionRunId;
  /** Every attempt of every activity, in the order in which they began. */
  readonly calls: readonly ActivityCall[];
  inputsOf(name: keyof SessionActivities): readonly unknown[];
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  /** The server's own time: that of timers and workflow tasks. */
  now(): Promise<Instant>;
  /** Waits until no workflow task is under way and none follows at once. */
  quiet(): Promise<void>;
  /** Lets the server's time run on to `instant`. */
  skipTo(instant: number): Promise<void>;
  gate(): Promise<Gate>;
  view(): Promise<SessionView>;
  tell(...events: OutsideEvent[]): Promise<void>;
  ask<Name extends keyof SessionUpdates>(
    name: Name,
    argument: SessionUpdates[Name],
    updateId?: string,
  ): Promise<Verdict>;
  /** Asks for the view until it fits. Fails with the last view after some seconds of real time. */
  until(what: string, fits: (view: SessionView) => boolean): Promise<SessionView>;
  /** Lets the session run to its end, with time skipped. */
  result(): Promise<unknown>;
  /** What is replayed at the end; also for tests that replay it otherwise. */
  recording(): Promise<Recording>;
}

let sessions = 0;

const PATIENCE_MS = 30_000;
const QUERY_PATIENCE_MS = 2000;

/** A wait that never ends would outlive its test, and the worker its server. */
async function bounded<T>(what: string, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const tooLong = delay(PATIENCE_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer: ${what}`);
  });
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    timer.abort();
    tooLong.catch(() => undefined);
  }
}

function newKey(): SessionKey {
  return randomBytes(32).toString('base64url').slice(0, 22) as SessionKey;
}

/**
 * Runs one session on the given server with recorded fake activities, then replays it: determinism, each
 * activity's input, each Update's outcome and the final view.
 */
export async function withSession(
  options: RigOptions,
  body: (session: RigSession) => Promise<void>,
): Promise<void> {
  const { env, bundle } = options;
  const taskQueue = `rig-${process.pid}-${++sessions}`;
  const key = newKey();
  const calls: ActivityCall[] = [];
  const now = async () => (await env.currentTimeMs()) as Instant;
  const input: SessionInput = {
    rulesVersion: 1,
    attentive: true,
    sessionKey: key,
    tenantId: 1,
    paidAt: await now(),
    provider: 'calendly',
    durationMs: HOUR,
    startsAt: null,
    problems: [],
    ...options.input,
    policy: { ...defaultPolicy, ...options.policy },
  };
  const handle = await env.client.workflow.start(SESSION_WORKFLOW, {
    workflowId: sessionWorkflowId(key),
    taskQueue,
    args: [input],
    typedSearchAttributes: searchAttributesOf(input),
    // Without it the skipping clock jumps ten years when the run ends.
    workflowExecutionTimeout: '900 days',
  });

  /** The skipping server loses a query that arrives while an activity is over; the next one is answered. */
  async function answerTo<Answer>(query: string): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      if (running) await quiet();
      const deadline = Date.now() + QUERY_PATIENCE_MS;
      try {
        return await env.client.withDeadline(deadline, () => handle.query<Answer>(query));
      } catch (error) {
        if (Date.now() < deadline || tries > PATIENCE_MS / QUERY_PATIENCE_MS) throw error;
      }
    }
  }

  let running: { worker: Worker; run: Promise<void> } | undefined;
  /** No workflow task is under way: the skipping server loses an Update that arrives in the middle of one. */
  const quiet = async (): Promise<void> => {
    for (let tries = 0, length = -1; tries < 100; tries += 1) {
      const { events } = await handle.fetchHistory();
      const last = events?.at(-1);
      const busy = last?.workflowTaskScheduledEventAttributes ?? last?.workflowTaskStartedEventAttributes;
      if (!busy && events?.length === length) return;
      length = events?.length ?? 0;
      await delay(20);
    }
  };
  const session: RigSession = {
    key,
    input,
    handle,
    calls,
    inputsOf: (name) => calls.filter((call) => call.name === name).map((call) => call.input),
    async startWorker() {
      const worker = await Worker.create({
        ...ON_THIS_THREAD,
        connection: env.nativeConnection,
        ...(env.namespace ? { namespace: env.namespace } : {}),
        taskQueue,
        workflowBundle: bundle,
        dataConverter: testDataConverter,
        activities: recording({ ...fakeActivities(), ...options.activities }, calls),
      });
      running = { worker, run: worker.run() };
    },
    async stopWorker() {
      running?.worker.shutdown();
      await running?.run;
      running = undefined;
    },
    now,
    quiet,
    async skipTo(instant) {
      const ms = instant - (await now());
      if (ms > 0) await env.sleep(ms);
    },
    gate: () => bounded('gate', answerTo<Gate>(GATE_QUERY)),
    view: () => bounded('session', answerTo<SessionView>(SESSION_QUERY)),
    tell: (...events) => handle.signal(OUTSIDE_EVENTS, events),
    ask: async <Name extends keyof SessionUpdates>(
      name: Name,
      argument: SessionUpdates[Name],
      updateId?: string,
    ) => {
      if (running) await quiet();
      return await bounded(
        name,
        handle.executeUpdate<Verdict, [SessionUpdates[Name]]>(name, {
          args: [argument],
          ...(updateId ? { updateId } : {}),
        }),
      );
    },
    async until(what, fits) {
      let view = await session.view();
      for (let tries = 0; !fits(view); tries += 1) {
        if (tries > 200) throw new Error(`never ${what}: ${JSON.stringify(view)}`);
        await delay(50);
        view = await session.view();
      }
      return view;
    },
    result: () => bounded('the result', handle.result()),
    async recording() {
      for (;;) {
        const before = (await handle.fetchHistory()).events?.length;
        const view = await session.view();
        const history = await handle.fetchHistory();
        // Outcomes that arrive between the two would make the view older than the history.
        if (history.events?.length !== before) continue;
        return { workflowId: handle.workflowId, history, view };
      }
    },
  };

  try {
    if (options.startWorker !== false) await session.startWorker();
    await body(session);
    const made = await session.recording();
    const { status } = await handle.describe();
    if (status.name === 'RUNNING') await handle.terminate('the test is over');
    await checkReplay(made, bundle);
  } finally {
    await session.stopWorker();
  }
}

/** The first link of a session. */
export const firstLinkOf = (key: SessionKey) => linkIdOf(key, 1);
