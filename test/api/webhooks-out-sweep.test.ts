import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { createWebhookSweep, type WebhookSweepDeps } from '../../api/webhooks-out/sweep.ts';
import { ensureTenant } from '../../db/queries/people.ts';
import { deliveryIdOf, insertDeliveries } from '../../db/queries/webhook-deliveries.ts';
import { insertEndpoint } from '../../db/queries/webhooks.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { at } from './support/values.ts';

const NOW = at('2026-11-02T09:00:00Z');
const ENDPOINT = 'whe_sweep';

let database: TestDatabase;
let now: Instant;
let lines: string[];
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database.connection;
  await ensureTenant(db, { id: 1, name: 'One', timeZone: 'Europe/Berlin' });
  const endpoint = {
    endpointId: ENDPOINT,
    url: 'https://x.example/',
    description: null,
    events: ['session.*'],
  };
  await insertEndpoint(db, { ...endpoint, tenantId: 1, at: new Date(NOW) }, 20);
});
afterAll(() => database.drop());
const db = () => database.connection.db;
beforeEach(async () => {
  now = NOW;
  lines = [];
  await db().deleteFrom('webhook_deliveries').execute();
});

async function owe(count: number): Promise<readonly string[]> {
  const data = { session_id: 's', version: 1 };
  const messages = Array.from({ length: count }, (_, n) => ({
    endpointId: ENDPOINT,
    tenantId: 1,
    messageId: `msg_${n}`,
    message: { type: 'session.booked', timestamp: new Date(NOW).toISOString(), data } as const,
    at: new Date(NOW),
  }));
  await insertDeliveries(db(), messages);
  return messages.map(({ messageId }) => deliveryIdOf(ENDPOINT, messageId));
}

const states = async () =>
  (await db().selectFrom('webhook_deliveries').select('start_state').execute()).map((row) => row.start_state);

/** Temporal, as far as a sweep sees it. */
function clientOf(start: (workflowId: string) => Promise<void>): Client {
  const client = {
    withDeadline: <T>(_deadline: number, work: () => Promise<T>) => work(),
    workflow: {
      start: (_type: string, { workflowId }: { readonly workflowId: string }) => start(workflowId),
    },
  };
  return client as unknown as Client;
}

const sweepOf = (connect: WebhookSweepDeps['connect']) =>
  createWebhookSweep({
    db: db(),
    clock: () => now,
    log: { warn: (fields: unknown) => void lines.push(JSON.stringify(fields)) } as WebhookSweepDeps['log'],
    connect,
    intervalMs: 0,
  });

describe('the sweep of webhooks', () => {
  test('starts everything that is owed once, however many sweep', async () => {
    const owed = await owe(100);
    const started: string[] = [];
    const client = clientOf(async (workflowId) => void started.push(workflowId));
    const sweeps = [0, 1, 2].map(() => sweepOf(async () => client));
    for (let round = 0; round < 4; round += 1) await Promise.all(sweeps.map((sweep) => sweep.runOnce()));
    expect(started.toSorted()).toEqual(owed.map((id) => `webhook-${id}`).toSorted());
    expect(new Set(await states())).toEqual(new Set(['started']));
    await Promise.all(sweeps.map((sweep) => sweep.stop()));
  });

  test('a run that is there already is the one that was owed', async () => {
    await owe(1);
    const sweep = sweepOf(async () =>
      clientOf((workflowId) =>
        Promise.reject(new WorkflowExecutionAlreadyStartedError('there', workflowId, 'webhookWorkflow')),
      ),
    );
    expect(await sweep.runOnce()).toBe(1);
    expect([await states(), lines]).toEqual([['started'], []]);
  });

  test.each<[string, () => Promise<Client>]>([
    ['no connection', () => Promise.reject(new Error('10.0.0.1 refused'))],
    ['no answer', async () => clientOf(() => Promise.reject(new Error('10.0.0.1 refused')))],
  ])('with %s what is owed stays owed, and comes up again later', async (_name, connect) => {
    await owe(1);
    const away = sweepOf(connect);
    expect(await away.runOnce()).toBeLessThanOrEqual(1);
    expect(await away.runOnce()).toBe(0);
    expect(await states()).toEqual(['intended']);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('10.0.0.1');
    now = (now + 31_000) as Instant;
    expect(await sweepOf(async () => clientOf(async () => undefined)).runOnce()).toBe(1);
    expect(await states()).toEqual(['started']);
  });
});
