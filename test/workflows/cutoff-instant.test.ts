import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { sessionBundle } from '../support/bundle.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { entryBundle, type History, type Recording, replay } from '../support/replay.ts';
import { devServer, timeSkippingServer } from '../support/temporal.ts';
import { DAY, type RigSession, SECOND, withSession } from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let realTime: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [env, realTime, bundle] = await Promise.all([timeSkippingServer(), devServer(), sessionBundle()]);
});
afterAll(async () => {
  await env.teardown();
  await realTime.teardown();
});

type HistoryEvent = NonNullable<History['events']>[number];

const acceptedUpdate = (event: HistoryEvent) =>
  event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.meta?.updateId;

/** The history until the task that took the Update, with that task at `instant`. */
function withTaskAt(history: History, updateId: string, instant: number): History {
  const events = history.events ?? [];
  const accepted = events.findIndex((event) => acceptedUpdate(event) === updateId);
  if (accepted < 0) throw new Error('the Update is not in the history');
  const started = events.findLastIndex(
    (event, index) => index < accepted && event.workflowTaskStartedEventAttributes,
  );
  const next = events.findIndex(
    (event, index) => index > accepted && event.workflowTaskScheduledEventAttributes,
  );
  const kept = next < 0 ? events : events.slice(0, next);
  return {
    events: kept.map((event, index) =>
      index === started ? { ...event, eventTime: msToTs(instant) } : event,
    ),
  };
}

/** What the Update would have been answered, had its task been at `instant`. */
async function answerAt(recording: Recording, updateId: string, instant: number): Promise<unknown> {
  const history = withTaskAt(recording.history, updateId, instant);
  let answer: unknown;
  try {
    await replay({ workflowId: recording.workflowId, history }, await entryBundle('recorded'), (replayed) => {
      answer = replayed.updates.get(updateId);
    });
  } catch (error) {
    // Another answer means other commands; the answer itself was told before.
    if (!(error instanceof DeterminismViolationError)) throw error;
  }
  return answer;
}

async function scheduled(one: RigSession, startsAt: number, provider: ReturnType<typeof fakeProvider>) {
  await one.until('opened', (view) => view.phase === 'awaiting-booking' && view.ticketNumber !== null);
  await one.tell(provider.book(startsAt, await one.now()));
  await one.until('scheduled', (view) => view.phase === 'scheduled');
}

describe('a reschedule at the cutoff, by the time of its workflow task', () => {
  test('one millisecond before it is accepted; at it and after it is refused', async () => {
    const provider = fakeProvider();
    await withSession({ env, bundle, activities: provider.activities }, async (one) => {
      const startsAt = (await one.now()) + 3 * DAY;
      const cutoffAt = startsAt - DAY;
      await scheduled(one, startsAt, provider);
      expect(await one.ask('reschedule', { by: 'client' }, 'boundary')).toMatchObject({ accepted: true });
      const recording = await one.recording();
      expect(await answerAt(recording, 'boundary', cutoffAt - 1)).toMatchObject({ accepted: true });
      for (const late of [cutoffAt, cutoffAt + 1])
        expect(await answerAt(recording, 'boundary', late)).toEqual({
          accepted: false,
          reason: 'after-cutoff',
          at: cutoffAt,
        });
    });
  });

  test('the same with the fired timer of the cutoff in the same task', async () => {
    const provider = fakeProvider();
    // The skipping server hands no task to a second worker of a session, so this one waits in real time.
    await withSession({ env: realTime, bundle, activities: provider.activities }, async (one) => {
      const startsAt = (await one.now()) + DAY + 6 * SECOND;
      const cutoffAt = startsAt - DAY;
      await scheduled(one, startsAt, provider);
      await one.stopWorker();
      await one.skipTo(cutoffAt + SECOND);
      const answer = one.ask('reschedule', { by: 'client' }, 'pending');
      // No worker takes the fired timer before the server has the Update, which nothing tells.
      await delay(1000);
      await one.startWorker();
      expect(await answer).toMatchObject({ accepted: false, reason: 'after-cutoff' });

      const recording = await one.recording();
      expect(firedWith(recording.history, 'pending')).toBe(true);
      expect(await answerAt(recording, 'pending', cutoffAt - 1)).toMatchObject({ accepted: true });
      for (const late of [cutoffAt, cutoffAt + 1])
        expect(await answerAt(recording, 'pending', late)).toMatchObject({ reason: 'after-cutoff' });
    });
  });
});

/** True when a timer fired since the task before the one that took the Update. */
function firedWith(history: History, updateId: string): boolean {
  const events = history.events ?? [];
  const accepted = events.findIndex((event) => acceptedUpdate(event) === updateId);
  const completed = events
    .slice(0, accepted)
    .flatMap((event, index) => (event.workflowTaskCompletedEventAttributes ? [index] : []));
  return events.slice(completed.at(-2) ?? 0, accepted).some((event) => event.timerFiredEventAttributes);
}
