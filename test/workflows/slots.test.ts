import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { z } from 'zod';
import { withFailureCodes } from '../../activities/failures.ts';
import { createHttpClient } from '../../platform/http-client.ts';
import { createAdmissions } from '../../platform/vendor-pace/vendors.ts';
import { DEFAULT_SIZE } from '../../worker/run-worker.ts';
import { testDataConverter } from '../support/payload-keys.ts';
import { devServer, ON_THIS_THREAD } from '../support/temporal.ts';

let env: TestWorkflowEnvironment;
let code: string;
beforeAll(async () => {
  const workflowsPath = fileURLToPath(new URL('entries/two-vendors.ts', import.meta.url));
  const [server, bundle] = await Promise.all([
    devServer(),
    bundleWorkflowCode({ logger: new DefaultLogger('WARN'), workflowsPath }),
  ]);
  env = server;
  code = bundle.code;
});
afterAll(() => env?.teardown());

async function vendor(listener: RequestListener) {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('a silent vendor with 200 activities leaves slots to another one, and fills no log', async () => {
  let silentAtOnce = 0;
  let silentMost = 0;
  let givenUp = 0;
  const silent = await vendor((_request, response) => {
    silentAtOnce += 1;
    silentMost = Math.max(silentMost, silentAtOnce);
    response.on('close', () => {
      silentAtOnce -= 1;
      givenUp += 1;
    });
  });
  const well = await vendor((_request, response) => response.end('{}'));
  const lines: string[] = [];
  const write = (_fields: Record<string, unknown>, message: string) => void lines.push(message);
  const log = { info: write, warn: write, error: write };
  const places = DEFAULT_SIZE.activities / 5;
  const admissions = createAdmissions({
    rates: { saleor: 0, zammad: 0, apisix: 0, calendly: 0, calcom: 0 },
    store: { takeTurn: async () => ({ kind: 'now', waitMs: 0 }), pause: async () => undefined },
    places,
    log,
  });
  const clientOf = (name: 'zammad' | 'saleor', baseUrl: string) =>
    createHttpClient({
      vendor: name,
      baseUrl,
      headers: {},
      // Longer than the test: who waits for the silent one waits to its end.
      timeoutMs: 60_000,
      admission: name === 'saleor' ? admissions.shop('shop.example') : admissions[name],
    });
  const [toSilent, toWell] = [clientOf('zammad', silent.url), clientOf('saleor', well.url)];
  const call = (name: string, client: typeof toWell) =>
    withFailureCodes({ log }, name, async (_input: { readonly job: string }): Promise<void> => {
      await client.request({ method: 'GET', path: '/', schema: z.object({}) });
    });

  const worker = await Worker.create({
    ...ON_THIS_THREAD,
    connection: env.nativeConnection,
    taskQueue: 'two-vendors',
    dataConverter: testDataConverter,
    workflowBundle: { code },
    activities: { callSilent: call('callSilent', toSilent), callWell: call('callWell', toWell) },
    maxConcurrentActivityTaskExecutions: DEFAULT_SIZE.activities,
  });
  await worker.runUntil(async () => {
    await env.client.workflow.execute('twoVendors', {
      workflowId: 'two-vendors',
      taskQueue: 'two-vendors',
      args: [200, 50],
    });
    // All of the well ones are done while the first calls of the silent one still wait.
    expect([silentMost, givenUp]).toEqual([places, 0]);
    expect(lines).toEqual([]);
    silent.close();
  });
  well.close();
});
