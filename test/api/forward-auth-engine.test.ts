import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { createTemporalEngine, type SessionEngine, updateIdOf } from '../../api/gate/engine.ts';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { testDataConverter } from '../support/payload-keys.ts';
import { devServer, ON_THIS_THREAD } from '../support/temporal.ts';
import { gateOf } from './support/values.ts';

const queue = 'gate-tests';
let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let engine: SessionEngine;
let count = 0;

beforeAll(async () => {
  env = await devServer();
  bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./support/gate-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('WARN'),
  });
  engine = createTemporalEngine(async () => env.client);
});
afterAll(() => env.teardown());

async function withWorker<T>(body: () => Promise<T>): Promise<T> {
  const worker = await Worker.create({
    ...ON_THIS_THREAD,
    connection: env.nativeConnection,
    taskQueue: queue,
    workflowBundle: bundle,
    dataConverter: testDataConverter,
  });
  return worker.runUntil(body);
}

async function start(): Promise<SessionKey> {
  count += 1;
  const key = `engine-test-session-${String(count).padStart(2, '0')}`.padEnd(22, '.') as SessionKey;
  await env.client.workflow.start('sessionWorkflow', {
    workflowId: sessionWorkflowId(key),
    taskQueue: queue,
    args: [gateOf({ sessionKey: key })],
  });
  return key;
}

const handle = (key: SessionKey) => env.client.workflow.getHandle(sessionWorkflowId(key));

describe('what Temporal’s silence means', () => {
  test('running answers; returned answers too; terminated, cancelled and unknown do not', async () => {
    await withWorker(async () => {
      const key = await start();
      expect(await engine.gate(key)).toEqual({ kind: 'answer', value: gateOf({ sessionKey: key }) });
      expect(await engine.view(key)).toMatchObject({ kind: 'answer', value: { phase: 'scheduled' } });

      await handle(key).signal('end');
      await handle(key).result();
      expect(await engine.gate(key)).toMatchObject({ kind: 'answer', value: { state: 'over' } });

      const terminated = await start();
      expect((await engine.gate(terminated)).kind).toBe('answer');
      await handle(terminated).terminate();
      expect(await engine.gate(terminated)).toEqual({ kind: 'ended-uncleanly' });

      const cancelled = await start();
      await handle(cancelled).cancel();
      await handle(cancelled)
        .result()
        .catch(() => undefined);
      expect(await engine.gate(cancelled)).toEqual({ kind: 'ended-uncleanly' });

      expect(await engine.gate('engine-test-nobodys-00' as SessionKey)).toEqual({ kind: 'not-found' });
    });
  });

  test('no worker is not an answer, and does not hang', async () => {
    const key = await start();
    expect(await engine.gate(key)).toMatchObject({ kind: 'unavailable' });
    expect(await engine.reachable()).toBe(true);
  });

  test('no server is not an answer', async () => {
    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const nobody = createTemporalEngine(async () => new Client({ connection }));
    const key = 'engine-test-nobodys-00' as SessionKey;
    expect(await nobody.gate(key)).toMatchObject({ kind: 'unavailable' });
    expect(await nobody.reachable()).toBe(false);
    expect(['unavailable', 'unknown']).toContain(
      (await nobody.update(key, 'reschedule', { by: 'client' }, 'id')).kind,
    );
    await nobody.settled();
    await connection.close();

    const never = createTemporalEngine(() => new Promise(() => undefined), {
      queryDeadlineMs: 50,
      updateDeadlineMs: 50,
    });
    expect(await never.gate(key)).toEqual({ kind: 'unavailable', why: 'deadline' });
    expect(await never.reachable()).toBe(false);
    expect(await never.update(key, 'reschedule', { by: 'client' }, 'id')).toEqual({ kind: 'unknown' });
  });
});

describe('updates', () => {
  test('one key acts once, though nobody was there when it was first asked', async () => {
    const key = await start();
    const hasty = createTemporalEngine(async () => env.client, {
      queryDeadlineMs: 1000,
      updateDeadlineMs: 300,
    });
    const id = updateIdOf(key, 'reschedule', 'k1');
    expect(await hasty.update(key, 'reschedule', { by: 'client' }, id)).toEqual({ kind: 'unknown' });
    await withWorker(async () => {
      const first = { kind: 'answer', verdict: { accepted: true, next: 'provider-page' } };
      expect(await engine.update(key, 'reschedule', { by: 'client' }, id)).toEqual(first);
      expect(await engine.update(key, 'reschedule', { by: 'client' }, id)).toEqual(first);
      expect(
        await engine.update(key, 'reschedule', { by: 'client' }, updateIdOf(key, 'reschedule', 'k2')),
      ).toMatchObject({ verdict: { accepted: false, reason: 'move-pending' } });
    });
  });

  test('a run that is gone', async () => {
    await withWorker(async () => {
      const key = await start();
      await handle(key).signal('end');
      await handle(key).result();
      expect(await engine.update(key, 'reschedule', { by: 'client' }, 'late')).toEqual({ kind: 'not-found' });
    });
  });
});
