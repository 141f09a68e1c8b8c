import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NativeConnection } from '@temporalio/worker';
import { CodedFailure } from '../../platform/failures.ts';
import { SEARCH_ATTRIBUTES } from '../../platform/search-attributes.ts';
import {
  awaitNamespace,
  connectClient,
  ensureSearchAttributes,
  TASK_QUEUE,
  temporalSettings,
} from '../../platform/temporal.ts';
import { connectWorker } from '../../platform/temporal-worker.ts';
import { type RunningTemporal, startTemporal } from '../../scripts/servers/dev-temporal.ts';
import { freePort, PortTakenError } from '../../scripts/servers/free-port.ts';
import { testPayloadKeys } from '../support/payload-keys.ts';
import { quietRuntime, temporalCli } from '../support/temporal.ts';

const CODEC = 'http://127.0.0.1:1';

let folder: string;
let server: RunningTemporal | undefined;

const start = (more: { port?: number; uiPort?: number; env?: Record<string, string> } = {}) =>
  startTemporal({
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TEMPORAL_CLI: temporalCli(),
      // Ours: handed to the server it would keep it from starting.
      OTEL_TRACES_EXPORTER: 'console',
      ...more.env,
    },
    dataDir: join(folder, 'temporal'),
    port: more.port ?? 0,
    uiPort: more.uiPort ?? 0,
    namespace: 'sessions',
    codecEndpoint: CODEC,
    log: () => undefined,
  });

const settingsOf = (running: RunningTemporal) =>
  temporalSettings({
    TEMPORAL_ADDRESS: running.address,
    TEMPORAL_NAMESPACE: running.namespace,
    TEMPORAL_CONFIG_FILE: '',
  });

beforeAll(() => {
  quietRuntime();
  folder = mkdtempSync(join(tmpdir(), 'latchkey-temporal-'));
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function takenPort(use: (port: number) => Promise<void>): Promise<void> {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  try {
    await use(typeof address === 'object' && address ? address.port : 0);
  } finally {
    other.close();
    await once(other, 'close');
  }
}

describe('the local Temporal server', () => {
  test('keeps a workflow over a restart, and its UI answers', async () => {
    server = await start();
    const before = connectClient(settingsOf(server), testPayloadKeys);
    const { firstExecutionRunId } = await before.client.workflow.start('anything', {
      workflowId: 'kept',
      taskQueue: TASK_QUEUE,
    });
    await before.close();
    await server.close();

    server = await start();
    const after = connectClient(settingsOf(server), testPayloadKeys);
    const description = await after.client.workflow.getHandle('kept').describe();
    expect(description.runId).toBe(firstExecutionRunId);
    expect(description.status.name).toBe('RUNNING');
    await after.close();

    const page = await fetch(`${server.uiUrl}/namespaces/sessions/workflows`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<html');
  });

  test('has a UI that asks the codec server with the sign-in of the browser', async () => {
    if (!server) throw new Error('no server');
    const settings = await fetch(`${server.uiUrl}/api/v1/settings`);
    expect(await settings.json()).toMatchObject({ Codec: { Endpoint: CODEC, IncludeCredentials: true } });
  });

  test('knows our search attributes from its start', async () => {
    if (!server) throw new Error('no server');
    const connection = await connectWorker(settingsOf(server), { totalMs: 10_000 });
    await awaitNamespace(connection, server.namespace, { totalMs: 10_000 });
    expect(await ensureSearchAttributes(connection, server.namespace)).toEqual({ added: [], known: true });
    await connection.close();
  });

  test('is told of those it lacks, once, by several at once', async () => {
    if (!server) throw new Error('no server');
    const connection = await NativeConnection.connect({ address: server.address });
    const namespace = server.namespace;
    const names = Object.keys(SEARCH_ATTRIBUTES);
    await connection.operatorService.removeSearchAttributes({ namespace, searchAttributes: names });
    const results = await Promise.all([
      ensureSearchAttributes(connection, namespace),
      ensureSearchAttributes(connection, namespace),
    ]);
    expect(results.some((one) => one.added.length === names.length)).toBe(true);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(names));
    await connection.close();
  });

  test('refuses to be replaced by another on its ports, and the error names the variable', async () => {
    await takenPort(async (port) => {
      const started = start({ port });
      await expect(started).rejects.toThrow(PortTakenError);
      await expect(started).rejects.toThrow(/TEMPORAL_PORT/);
      await expect(start({ uiPort: port })).rejects.toThrow(/TEMPORAL_UI_PORT/);
    });
  });

  test('is not started where TEMPORAL_ADDRESS names one', async () => {
    const running = await start({ env: { TEMPORAL_ADDRESS: 'temporal.example.com:7233' } });
    expect(running).toMatchObject({ address: 'temporal.example.com:7233', started: false, uiUrl: null });
    await running.close();
  });
});

describe('connecting', () => {
  test('reads the SDK’s own variables, with the namespace', () => {
    const settings = temporalSettings({
      TEMPORAL_ADDRESS: 'cloud.example.com:7233',
      TEMPORAL_NAMESPACE: 'sessions.acct',
      TEMPORAL_API_KEY: 'key',
    });
    expect(settings.namespace).toBe('sessions.acct');
    expect(settings.connectionOptions).toMatchObject({ address: 'cloud.example.com:7233', apiKey: 'key' });
    expect(temporalSettings({ TEMPORAL_ADDRESS: '' }).namespace).toBe('default');
  });

  test('a client is made while nobody listens, and fails only when it is used', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const client = connectClient(temporalSettings({ TEMPORAL_ADDRESS: address }), testPayloadKeys);
    await expect(
      client.connection.withDeadline(Date.now() + 500, () =>
        client.client.workflow.getHandle('x').describe(),
      ),
    ).rejects.toThrow();
    await client.close();
  });

  test('a worker tries again, with patience that ends', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const retries: number[] = [];
    const connecting = connectWorker(temporalSettings({ TEMPORAL_ADDRESS: address }), {
      totalMs: 1500,
      onRetry: (attempt) => retries.push(attempt),
    });
    await expect(connecting).rejects.toThrow(CodedFailure);
    await expect(connecting).rejects.toThrow(`Temporal does not answer at ${address}`);
    expect(retries.length).toBeGreaterThanOrEqual(1);
  });
});
