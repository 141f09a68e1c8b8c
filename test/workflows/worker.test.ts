import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Activities } from '../../activities/create.ts';
import { bundleSessions } from '../../worker/bundle.ts';
import { startHealth } from '../../worker/health.ts';
import { startWorker } from '../../worker/run-worker.ts';
import { sessionBundle } from '../support/bundle.ts';
import { testDataConverter } from '../support/payload-keys.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import { fakeActivities } from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await timeSkippingServer();
});
afterAll(() => env.teardown());

async function get(port: number, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.json() };
}

describe('a worker', () => {
  test('is ready while it runs, and not after its shutdown', async () => {
    const worker = await startWorker({
      connection: env.nativeConnection,
      namespace: env.namespace ?? 'default',
      taskQueue: 'worker-test',
      // Nothing is carried out here, so that the list need not be whole.
      activities: { ...fakeActivities() } as Activities,
      bundle: await sessionBundle(),
      dataConverter: testDataConverter,
      identity: 'test',
    });
    const health = await startHealth({ port: 0, host: '127.0.0.1', state: () => worker.state() });
    try {
      expect(await get(health.port, '/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
      expect(await get(health.port, '/readyz?x=1')).toEqual({ status: 200, body: { state: 'RUNNING' } });
      expect((await get(health.port, '/else')).status).toBe(404);
      await worker.shutdown();
      await worker.shutdown();
      expect(await get(health.port, '/readyz')).toEqual({ status: 503, body: { state: 'STOPPED' } });
    } finally {
      await worker.shutdown();
      await health.close();
    }
  });

  test('names the variable when its health port is taken', async () => {
    const first = await startHealth({ port: 0, host: '127.0.0.1', state: () => 'RUNNING' });
    try {
      await expect(
        startHealth({ port: first.port, host: '127.0.0.1', state: () => 'RUNNING' }),
      ).rejects.toThrow('WORKER_HEALTH_PORT');
    } finally {
      await first.close();
    }
  });

  test('is not built from workflow code without the session', async () => {
    const file = fileURLToPath(new URL('entries/no-session/index.ts', import.meta.url));
    await expect(bundleSessions(file, new DefaultLogger('ERROR'))).rejects.toThrow(
      'does not export sessionWorkflow',
    );
  });
});
