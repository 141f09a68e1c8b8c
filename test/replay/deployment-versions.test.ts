import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Activities } from '../../activities/create.ts';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import { type RunningWorker, startWorker } from '../../worker/run-worker.ts';
import { SESSION_QUERY, SESSION_WORKFLOW } from '../../workflows/contract/messages.ts';
import type { SessionInput, SessionView } from '../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { sessionBundle } from '../support/bundle.ts';
import { testDataConverter } from '../support/payload-keys.ts';
import { devServer } from '../support/temporal.ts';
import { defaultPolicy, fakeActivities, HOUR } from '../support/workflow-rig.ts';

const { RoutingConfigUpdateState } = temporal.api.enums.v1;
const DEPLOYMENT = 'latchkey-test';
const TASK_QUEUE = 'versioned';
const UNVERSIONED = 'unversioned';

let env: TestWorkflowEnvironment;
const workers: RunningWorker[] = [];

beforeAll(async () => {
  env = await devServer();
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.shutdown()));
  await env.teardown();
});

/** A worker of this build, or one that announces none. */
async function startBuild(buildId: string | null): Promise<void> {
  workers.push(
    await startWorker({
      connection: env.nativeConnection,
      namespace: env.namespace ?? 'default',
      taskQueue: TASK_QUEUE,
      // The session's are all that is called.
      activities: fakeActivities() as Activities,
      bundle: await sessionBundle(),
      identity: buildId ?? UNVERSIONED,
      dataConverter: testDataConverter,
      deployment: buildId === null ? null : { name: DEPLOYMENT, buildId },
    }),
  );
}

async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  let problem: unknown;
  for (let tries = 0; tries < 300; tries += 1) {
    const found = await ask().catch((error: unknown) => {
      problem = error;
      return undefined;
    });
    if (found !== undefined) return found;
    await delay(50);
  }
  throw new Error(`never ${what}`, { cause: problem });
}

const ofDeployment = () => ({ namespace: env.namespace ?? 'default', deploymentName: DEPLOYMENT });

/** As `temporal worker deployment set-current-version` does, and waits until the task queues know. */
async function setCurrent(buildId: string): Promise<void> {
  const service = env.connection.workflowService;
  // The server knows a build once its worker has polled.
  await eventually(`current: ${buildId}`, () =>
    service.setWorkerDeploymentCurrentVersion({ ...ofDeployment(), buildId, identity: 'test' }),
  );
  await eventually(`everywhere current: ${buildId}`, async () => {
    const { workerDeploymentInfo: info } = await service.describeWorkerDeployment(ofDeployment());
    const { ROUTING_CONFIG_UPDATE_STATE_COMPLETED: done } = RoutingConfigUpdateState;
    return info?.routingConfigUpdateState === done || undefined;
  });
}

async function startSession() {
  const sessionKey = randomBytes(32).toString('base64url').slice(0, 22) as SessionKey;
  const input: SessionInput = {
    rulesVersion: 1,
    sessionKey,
    tenantId: 1,
    policy: defaultPolicy,
    paidAt: Date.now() as Instant,
    provider: 'calendly',
    durationMs: HOUR,
    startsAt: null,
    problems: [],
  };
  return env.client.workflow.start(SESSION_WORKFLOW, {
    workflowId: sessionWorkflowId(sessionKey),
    taskQueue: TASK_QUEUE,
    args: [input],
  });
}

type Handle = Awaited<ReturnType<typeof startSession>>;

/** The builds that completed the session's workflow tasks, in order, each named once per turn. */
async function buildsOf(handle: Handle): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory();
  const builds = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: done }) =>
    done ? (done.deploymentVersion?.buildId ?? UNVERSIONED) : [],
  );
  return builds.filter((build, index) => build !== builds[index - 1]);
}

describe('worker deployment versions', () => {
  test('a sleeping session goes on with the current build, and back again after a rollback', async () => {
    await startBuild(null);
    const handle = await startSession();
    const asleep = await eventually('asleep', async () => {
      const view = await handle.query<SessionView>(SESSION_QUERY);
      return view.phase === 'awaiting-booking' && view.ticketNumber !== null ? view : undefined;
    });
    expect(asleep.attention).toEqual([]);
    expect(await buildsOf(handle)).toEqual([UNVERSIONED]);

    await startBuild('one');
    await setCurrent('one');
    await handle.executeUpdate('resendLink', { args: [{}] });
    expect(await buildsOf(handle)).toEqual([UNVERSIONED, 'one']);

    // A build that is not current takes nothing over, however long it polls.
    await startBuild('two');
    await handle.executeUpdate('revokeAccess', { args: [{}] });
    expect(await buildsOf(handle)).toEqual([UNVERSIONED, 'one']);

    await setCurrent('two');
    await handle.executeUpdate('restoreAccess', { args: [{}] });
    expect(await buildsOf(handle)).toEqual([UNVERSIONED, 'one', 'two']);

    await setCurrent('one');
    await handle.executeUpdate('cancel', { args: [{ by: 'operator', refund: 'none' }] });
    expect(await handle.result()).toBe('cancelled');
    expect(await buildsOf(handle)).toEqual([UNVERSIONED, 'one', 'two', 'one']);
  });
});
