import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type {
  BookingActivities,
  BookingInput,
  BookingPolicy,
  BookingRecord,
  BookingUpdates,
  BookingVerdict,
  BookingView,
} from '../../workflows/contract/booking.ts';
import { BOOKING_QUERY, BOOKING_WORKFLOW } from '../../workflows/contract/booking.ts';
import type { AppointmentEvent } from '../../workflows/contract/events.ts';
import { OUTSIDE_EVENTS } from '../../workflows/contract/messages.ts';
import type { BookingKey, Instant, SessionKey } from '../../workflows/contract/values.ts';
import { sessionBundle } from './bundle.ts';
import { type FakeProvider, fakeProvider } from './fake-provider.ts';
import { testDataConverter } from './payload-keys.ts';
import { differences, entryBundle, type History, type Recording, replay, replaysAlike } from './replay.ts';
import { DAY, MINUTE } from './workflow-rig.ts';
import { ON_THIS_THREAD } from './temporal.ts';

export const bookingPolicy: BookingPolicy = {
  bookingDeadlineMs: 30 * DAY,
  settleMs: DAY,
  halfRescheduleMs: 10 * MINUTE,
};

/**
 * Replays a booking with the shipped bundle, then with the recording one: commands, each activity's input, each
 * Update's outcome and the final view.
 *
 * @throws when anything differs.
 */
export async function checkBookingReplay(run: {
  workflowId: string;
  history: History;
  view: BookingView;
}): Promise<void> {
  await replaysAlike(run);
  const replayed = await replay(run, await entryBundle('recorded'));
  if (replayed.activities.length === 0 || replayed.view === undefined)
    throw new Error(`${run.workflowId}: nothing was replayed`);
  // The comparison looks at the view as a value only, whichever workflow's it is.
  const recorded = { ...run } as unknown as Recording;
  const problems = differences(recorded, replayed);
  if (problems.length > 0) throw new Error(`${run.workflowId}: the replay differs\n${problems.join('\n')}`);
}

/** Activities that succeed at once and change nothing. */
export function fakeBookingActivities(): BookingActivities {
  return {
    makeBookingLinkOf: async () => ({ kind: 'make-booking-link' }),
    askProviderOf: async () => ({ kind: 'ask-provider', truth: { appointments: [] } }),
    cancelAppointmentOf: async () => ({ kind: 'cancel-appointment' }),
    recordBooking: async ({ record }) => ({ kind: 'record-booking', version: record.version }),
  };
}

/** The provider of the sessions' tests, asked as a booking asks. */
export function bookingProvider(): Omit<FakeProvider, 'activities'> & {
  readonly activities: Pick<BookingActivities, 'askProviderOf' | 'cancelAppointmentOf'>;
} {
  const fake = fakeProvider();
  const sessionKey = 'unused' as SessionKey;
  return {
    ...fake,
    activities: {
      askProviderOf: async ({ appointment }) => {
        const { truth } = await fake.activities.askProvider({ sessionKey, appointment });
        return { kind: 'ask-provider', truth };
      },
      cancelAppointmentOf: async ({ appointment }) => {
        await fake.activities.cancelAppointment({ sessionKey, appointment });
        return { kind: 'cancel-appointment' };
      },
    },
  };
}

type Activity = (input: unknown) => Promise<unknown>;

interface Call {
  readonly name: keyof BookingActivities;
  readonly input: unknown;
}

export interface BookingRun {
  readonly key: BookingKey;
  readonly input: BookingInput;
  readonly handle: WorkflowHandleWithFirstExecutionRunId;
  inputsOf(name: keyof BookingActivities): readonly unknown[];
  records(): readonly BookingRecord[];
  /** The server's own time. */
  now(): Promise<Instant>;
  skipTo(instant: number): Promise<void>;
  view(): Promise<BookingView>;
  tell(...events: AppointmentEvent[]): Promise<void>;
  ask<Name extends keyof BookingUpdates>(name: Name, argument: BookingUpdates[Name]): Promise<BookingVerdict>;
  until(what: string, fits: (view: BookingView) => boolean): Promise<BookingView>;
  result(): Promise<unknown>;
}

let runs = 0;

const PATIENCE_MS = 30_000;

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

/** Runs one booking on the given server with recorded fake activities, then replays it. */
export async function withBooking(
  options: {
    readonly env: TestWorkflowEnvironment;
    readonly activities?: Partial<BookingActivities>;
    readonly policy?: Partial<BookingPolicy>;
  },
  body: (run: BookingRun) => Promise<void>,
): Promise<void> {
  const { env } = options;
  const bundle = await sessionBundle();
  const taskQueue = `bookings-${process.pid}-${++runs}`;
  const key = randomBytes(32).toString('base64url').slice(0, 22) as BookingKey;
  const now = async () => (await env.currentTimeMs()) as Instant;
  const calls: Call[] = [];
  const activities = { ...fakeBookingActivities(), ...options.activities };
  const recorded = Object.fromEntries(
    (Object.keys(activities) as (keyof BookingActivities)[]).map((name) => [
      name,
      async (input: unknown) => {
        calls.push({ name, input });
        return await (activities[name] as Activity)(input);
      },
    ]),
  );
  const input: BookingInput = {
    rulesVersion: 1,
    bookingKey: key,
    tenantId: 1,
    provider: 'calendly',
    requestedAt: await now(),
    policy: { ...bookingPolicy, ...options.policy },
  };
  const handle = await env.client.workflow.start(BOOKING_WORKFLOW, {
    workflowId: `booking-${key}`,
    taskQueue,
    args: [input],
    // Without it the skipping clock jumps ten years when the run ends.
    workflowExecutionTimeout: '900 days',
  });
  const worker = await Worker.create({
    ...ON_THIS_THREAD,
    connection: env.nativeConnection,
    ...(env.namespace ? { namespace: env.namespace } : {}),
    taskQueue,
    workflowBundle: bundle,
    dataConverter: testDataConverter,
    activities: recorded,
  });
  const running = worker.run();

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

  const run: BookingRun = {
    key,
    input,
    handle,
    inputsOf: (name) => calls.filter((call) => call.name === name).map((call) => call.input),
    records: () => run.inputsOf('recordBooking').map((one) => (one as { record: BookingRecord }).record),
    now,
    async skipTo(instant) {
      const ms = instant - (await now());
      if (ms > 0) await env.sleep(ms);
    },
    view: () => bounded('booking', handle.query<BookingView>(BOOKING_QUERY)),
    tell: (...events) => handle.signal(OUTSIDE_EVENTS, events),
    async ask(name, argument) {
      await quiet();
      return await bounded(name, handle.executeUpdate<BookingVerdict, [unknown]>(name, { args: [argument] }));
    },
    async until(what, fits) {
      let view = await run.view();
      for (let tries = 0; !fits(view); tries += 1) {
        if (tries > 200) throw new Error(`never ${what}: ${JSON.stringify(view)}`);
        await delay(50);
        view = await run.view();
      }
      return view;
    },
    result: () => bounded('the result', handle.result()),
  };

  try {
    await body(run);
    for (let settled = false; !settled; ) {
      const before = (await handle.fetchHistory()).events?.length;
      const view = await run.view();
      const history = await handle.fetchHistory();
      // Outcomes that arrive between the two would make the view older than the history.
      settled = history.events?.length === before;
      if (!settled) continue;
      const { status } = await handle.describe();
      if (status.name === 'RUNNING') await handle.terminate('the test is over');
      await checkBookingReplay({ workflowId: handle.workflowId, history, view });
    }
  } finally {
    worker.shutdown();
    await running;
  }
}
