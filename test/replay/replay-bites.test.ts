import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type InjectedSinks, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import { SESSION_QUERY, SESSION_WORKFLOW } from '../../workflows/contract/messages.ts';
import type { SessionInput, SessionView } from '../../workflows/contract/session.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { sessionBundle } from '../support/bundle.ts';
import { testDataConverter } from '../support/payload-keys.ts';
import {
  checkReplay,
  differences,
  entryBundle,
  type Recording,
  replay,
  replaysAlike,
} from '../support/replay.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import type { RecorderSinks } from '../support/workflow-recorder.ts';
import { fakeActivities, withSession } from '../support/workflow-rig.ts';

const opened = (view: SessionView) => view.phase === 'awaiting-booking' && view.ticketNumber !== null;

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let recording: Recording;
let input: SessionInput;

beforeAll(async () => {
  [env, bundle] = await Promise.all([timeSkippingServer(), sessionBundle()]);
  await withSession({ env, bundle }, async (one) => {
    await one.until('opened', opened);
    await one.ask('reschedule', { by: 'client' });
    await one.ask('cancel', { by: 'operator', refund: 'none' });
    await one.result();
    recording = await one.recording();
    input = one.input;
  });
});
afterAll(() => env.teardown());

describe('the replay check', () => {
  test('passes for the session that made the history', async () => {
    await checkReplay(recording, bundle);
  });

  test('fails for a workflow with one activity more', async () => {
    const wrong = await entryBundle('wrong-workflow');
    await expect(replay(recording, wrong)).rejects.toThrow(DeterminismViolationError);
  });

  test('fails for a rule that was turned round, which determinism alone does not see', async () => {
    // Does not throw: the commands have the same order, types and ids.
    const replayed = await replay(recording, await entryBundle('wrong-rule'));
    const problems = differences(recording, replayed);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every((problem) => problem.includes('writeTicket'))).toBe(true);
  });

  test('compares activities, Updates and the view', async () => {
    const replayed = await replay(recording, await entryBundle('recorded'));
    expect(replayed.updates.size).toBe(2);
    expect(differences(recording, replayed)).toEqual([]);
    const updates = new Map([...replayed.updates].map(([id]) => [id, { accepted: true, next: 'none' }]));
    expect(differences(recording, { ...replayed, updates })).toHaveLength(1);
    expect(differences(recording, { ...replayed, view: {} })).toHaveLength(1);
    expect(differences(recording, { ...replayed, activities: [] }).length).toBeGreaterThan(0);
  });

  test('fails when there is nothing to replay', async () => {
    await expect(checkReplay({ ...recording, history: { events: [] } }, bundle)).rejects.toThrow(
      'nothing was recorded',
    );
  });
});

/** Opens a session with the patched workflow. The rig would hold its history against the code without the patch. */
async function runPatched(): Promise<Pick<Recording, 'workflowId' | 'history'>> {
  const sessionKey = randomBytes(32).toString('base64url').slice(0, 22) as SessionKey;
  const unheard = { fn: () => undefined, callDuringReplay: false };
  const sinks: InjectedSinks<RecorderSinks> = {
    recorder: { activity: unheard, update: unheard, view: unheard },
  };
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: sessionKey,
    workflowBundle: await entryBundle('patched'),
    dataConverter: testDataConverter,
    activities: fakeActivities(),
    sinks,
  });
  return await worker.runUntil(async () => {
    const handle = await env.client.workflow.start(SESSION_WORKFLOW, {
      taskQueue: sessionKey,
      workflowId: sessionWorkflowId(sessionKey),
      args: [{ ...input, sessionKey }],
      workflowExecutionTimeout: '900 days',
    });
    for (let view: SessionView | undefined; view === undefined || !opened(view); )
      view = await handle.query<SessionView>(SESSION_QUERY);
    return { workflowId: handle.workflowId, history: await handle.fetchHistory() };
  });
}

describe('a patched workflow', () => {
  let patched: Awaited<ReturnType<typeof runPatched>>;
  beforeAll(async () => {
    patched = await runPatched();
  });
  const patches = ({ history }: Pick<Recording, 'history'>) =>
    (history.events ?? []).filter(
      (event) => event.markerRecordedEventAttributes?.markerName === 'core_patch',
    );

  test('goes on with a session that began before the patch, as it was', async () => {
    const replayed = await replay(recording, await entryBundle('patched'));
    expect(differences(recording, replayed)).toEqual([]);
  });

  test('leads a new session by the patch, and replays it', async () => {
    expect(patches(recording)).toEqual([]);
    expect(patches(patched)).toHaveLength(1);
    const replayed = await replay(patched, await entryBundle('patched'));
    expect(replayed.activities[0]?.type).toBe('deleteRoute');
  });

  test('cannot be rolled back to a build that does not know the patch', async () => {
    await expect(replaysAlike(patched)).rejects.toThrow(DeterminismViolationError);
  });
});
