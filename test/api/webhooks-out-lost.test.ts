import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addWebhookRoutes } from '../../api/admin/webhooks/routes.ts';
import { failLostDeliveries, writeAttempt } from '../../db/queries/webhook-attempts.ts';
import {
  claimDeliveries,
  deliveryIdOf,
  insertDeliveries,
  markDeliveryStarted,
} from '../../db/queries/webhook-deliveries.ts';
import { ensureTenant } from '../../db/queries/people.ts';
import { insertEndpoint } from '../../db/queries/webhooks.ts';
import { WEBHOOK_PATIENCE } from '../../workflows/contract/webhook.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { ask } from './support/ask.ts';
import { ringOf } from './support/keys.ts';
import { verifyNamed } from './support/named-callers.ts';
import { keepersOf, serveRoutes, type ServedRoutes } from './support/serve-routes.ts';
import { at } from './support/values.ts';

const NOW = at('2026-11-02T09:00:00Z');
const ENDPOINT = `whe_${'L'.repeat(20)}`;
/** Nothing that was started before this is still under way. */
const startedBefore = new Date(NOW - WEBHOOK_PATIENCE.totalMs);
const LONG_AGO = new Date(startedBefore.getTime() - 1);

let database: TestDatabase;
let served: ServedRoutes;
beforeAll(async () => {
  database = await createTestDatabase();
  await ensureTenant(db(), { id: 1, name: 'One', timeZone: 'Europe/Berlin' });
  const endpoint = { url: 'https://x.example/', description: null, events: ['session.*'] };
  await insertEndpoint(db(), { ...endpoint, endpointId: ENDPOINT, tenantId: 1, at: LONG_AGO }, 20);
  served = await serveRoutes({
    keepers: keepersOf(verifyNamed),
    add: (routes) =>
      addWebhookRoutes(routes, {
        db: db(),
        clock: () => NOW,
        linkKeys: ringOf('2026'),
        ownNetworks: [],
        onOwed: () => undefined,
      }),
  });
});
afterAll(async () => {
  await served.close();
  await database.drop();
});
const db = () => database.connection.db;

async function owed(name: string): Promise<string> {
  const message = {
    type: 'session.booked',
    timestamp: LONG_AGO.toISOString(),
    data: { session_id: name, version: 1 },
  } as const;
  const delivery = { endpointId: ENDPOINT, tenantId: 1, messageId: `msg_${name}`, message, at: LONG_AGO };
  await insertDeliveries(db(), [delivery]);
  return deliveryIdOf(ENDPOINT, delivery.messageId);
}

/** Gives everything that is owed a run, as the sweep does. */
async function startOwed(when: Date): Promise<void> {
  for (const row of await claimDeliveries(db(), { now: when, retryBefore: when, limit: 10 }))
    await markDeliveryStarted(db(), row.workflow_id);
}

const read = (id: string) =>
  db().selectFrom('webhook_deliveries').selectAll().where('delivery_id', '=', id).executeTakeFirstOrThrow();

async function replay(id: string): Promise<number> {
  const url = `${served.origin}/api/v1/admin/webhooks/${ENDPOINT}/deliveries/${id}/replay`;
  return (await ask(url, { method: 'POST', headers: { authorization: 'Bearer admin' } })).status;
}

const failLost = () => failLostDeliveries(db(), { startedBefore, at: new Date(NOW) });

test('a delivery whose run was lost fails and can be replayed; every other one is left as it is', async () => {
  const [lost, arrived] = [await owed('lost'), await owed('arrived')];
  await startOwed(LONG_AGO);
  await writeAttempt(db(), arrived, { at: LONG_AGO, status: 204, code: null, durationMs: 5 });
  const young = await owed('young');
  await startOwed(startedBefore);
  const waiting = await owed('waiting');
  const others = async () => Promise.all([arrived, young, waiting].map(read));
  const before = await others();

  expect(await replay(lost)).toBe(409);
  expect(await failLost()).toBe(1);
  expect(await read(lost)).toMatchObject({
    status: 'failed',
    start_state: 'ended',
    last_code: 'run-lost',
    settled_at: new Date(NOW),
  });
  expect(await others()).toEqual(before);

  expect(await replay(lost)).toBe(202);
  // Its message is as old as before, but its run is not.
  expect(await failLost()).toBe(0);
  await startOwed(new Date(NOW));
  expect(await failLost()).toBe(0);
  expect(await read(lost)).toMatchObject({ status: 'pending', start_state: 'started' });
});
