import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { addWebhookRoutes } from '../../api/admin/webhooks/routes.ts';
import { failDelivery, writeAttempt } from '../../db/queries/webhook-attempts.ts';
import { deliveryIdOf, insertDeliveries } from '../../db/queries/webhook-deliveries.ts';
import { ensureTenant } from '../../db/queries/people.ts';
import { pruneDeliveries } from '../../db/queries/webhooks.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Answer, ask } from './support/ask.ts';
import { ringOf } from './support/keys.ts';
import { type CallerName, verifyNamed } from './support/named-callers.ts';
import { keepersOf, serveRoutes, type ServedRoutes } from './support/serve-routes.ts';
import { at } from './support/values.ts';

const WEBHOOKS = '/api/v1/admin/webhooks';
const endpoint = {
  url: 'https://hooks.example.com/in?key=s3cret-in-a-url',
  events: ['session.*', 'booking.created'],
};
const ring = ringOf('2026');

let database: TestDatabase;
let served: ServedRoutes;
let now: Instant;
let owed = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  await ensureTenant(database.connection.db, { id: 1, name: 'One', timeZone: 'Europe/Berlin' });
  await ensureTenant(database.connection.db, { id: 2, name: 'Two', timeZone: 'Europe/Berlin' });
  served = await serveRoutes({
    keepers: keepersOf(verifyNamed),
    add: (routes) =>
      addWebhookRoutes(routes, {
        db: database.connection.db,
        clock: () => now,
        linkKeys: ring,
        ownNetworks: ['127.0.0.0/8'],
        onOwed: () => {
          owed += 1;
        },
      }),
  });
});
afterAll(async () => {
  await served.close();
  await database.drop();
});
const db = () => database.connection.db;
beforeEach(async () => {
  now = at('2026-11-02T09:00:00Z');
  owed = 0;
  await db().deleteFrom('webhook_endpoints').execute();
  await db().deleteFrom('audit').execute();
});

async function as(
  caller: CallerName,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return ask(served.origin + path, {
    method,
    headers: { authorization: `Bearer ${caller}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const text = (answer: Answer, field: string): string => {
  const value = answer.json?.[field];
  if (typeof value !== 'string') throw new Error(`no ${field}: ${answer.text}`);
  return value;
};
const itemsOf = (answer: Answer): readonly Record<string, unknown>[] => {
  const items = answer.json?.['items'];
  if (!Array.isArray(items)) throw new Error(`no page: ${answer.text}`);
  return items;
};
const auditOf = (id: string) =>
  db()
    .selectFrom('audit')
    .select(['actor', 'action', 'details'])
    .where('subject', '=', `webhook:${id}`)
    .orderBy('id')
    .execute();

async function create(more: object = {}): Promise<string> {
  now = (now + 1) as Instant;
  const made = await as('admin', 'POST', WEBHOOKS, { ...endpoint, ...more });
  expect(made.status).toBe(201);
  return text(made, 'id');
}

/** A delivery that has failed. */
async function failed(endpointId: string, n: number): Promise<string> {
  const made = new Date(now + n);
  const messageId = `msg_${n}`;
  const message = {
    type: 'session.booked',
    timestamp: made.toISOString(),
    data: { session_id: 's', version: n },
  } as const;
  await insertDeliveries(db(), [{ endpointId, tenantId: 1, messageId, message, at: made }]);
  const deliveryId = deliveryIdOf(endpointId, messageId);
  await writeAttempt(db(), deliveryId, { at: made, status: 500, code: 'receiver-rejected', durationMs: 12 });
  await failDelivery(db(), deliveryId, made, null);
  return deliveryId;
}

describe('endpoints', () => {
  test('are made with a secret that is stored nowhere, read, listed and deleted', async () => {
    const made = await as('tenant', 'POST', WEBHOOKS, { ...endpoint, description: 'CRM' });
    const id = text(made, 'id');
    const secret = text(made, 'secret');
    expect(made.status).toBe(201);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(made.headers.get('location')).toBe(`${WEBHOOKS}/${id}`);
    const read = await as('admin', 'GET', `${WEBHOOKS}/${id}`);
    expect(read.json).toEqual({
      id,
      ...endpoint,
      description: 'CRM',
      state: 'enabled',
      created_at: '2026-11-02T09:00:00.000Z',
      updated_at: '2026-11-02T09:00:00.000Z',
    });
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'));
    expect((await as('admin', 'GET', `${WEBHOOKS}/${id}/secret`)).json).toEqual({ secret });
    const rows = JSON.stringify([
      await db().selectFrom('webhook_endpoints').selectAll().execute(),
      await db().selectFrom('audit').selectAll().execute(),
    ]);
    expect(rows).not.toContain(secret.slice(6));
    const second = await create();
    expect(itemsOf(await as('admin', 'GET', WEBHOOKS)).map((item) => item['id'])).toEqual([id, second]);
    expect((await as('admin', 'DELETE', `${WEBHOOKS}/${id}`)).status).toBe(204);
    expect((await as('admin', 'GET', `${WEBHOOKS}/${id}`)).status).toBe(404);
    expect(await auditOf(id)).toMatchObject([
      { actor: 'tenant:shop-software', action: 'webhook.created' },
      { actor: 'user:7', action: 'webhook.secret-read' },
      { actor: 'user:7', action: 'webhook.deleted' },
    ]);
    // A URL may hold a key of the receiver's.
    expect(JSON.stringify([served.lines, await auditOf(id)])).not.toContain('s3cret-in-a-url');
  });

  test('are listed page by page, each once while others are made', async () => {
    const made = [await create(), await create(), await create()];
    const seen: unknown[] = [];
    let query = '?limit=1';
    for (;;) {
      const page = await as('admin', 'GET', WEBHOOKS + query);
      seen.push(...itemsOf(page).map((item) => item['id']));
      const cursor = page.json?.['next_cursor'];
      if (typeof cursor !== 'string') break;
      query = `?limit=1&cursor=${cursor}`;
      if (made.length < 5) made.push(await create());
    }
    expect(seen).toEqual(made);
  });

  test.each([
    [{}, 'url: must be an https URL'],
    [{ ...endpoint, url: 'https://169.254.169.254/' }, 'url: must not lead into a private network'],
    [{ ...endpoint, url: 'https://u:p@x.example/' }, 'url: must carry no user name and no password'],
    [{ ...endpoint, events: [] }, 'events: must name at least one event'],
    [{ ...endpoint, events: ['webhook.test'] }, 'events.0'],
    [{ ...endpoint, events: ['*'] }, 'events.0'],
    [{ ...endpoint, secret: 'mine' }, 'secret: is not a field of this request'],
    [{ ...endpoint, description: '\u0000' }, 'description: must be text'],
  ])('%j is refused: %s', async (body, detail) => {
    const answer = await as('admin', 'POST', WEBHOOKS, body);
    expect([answer.status, answer.json?.['code']]).toEqual([400, 'invalid-request']);
    expect(answer.json?.['detail']).toContain(detail);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test('are changed where they are what the caller believes they are', async () => {
    const id = await create();
    const path = `${WEBHOOKS}/${id}`;
    const etag = (await as('admin', 'GET', path)).headers.get('etag') ?? '';
    const disabled = await as('admin', 'PATCH', path, { state: 'disabled' }, { 'if-match': etag });
    expect([disabled.status, disabled.json?.['state']]).toEqual([200, 'disabled']);
    const newer = disabled.headers.get('etag') ?? '';
    expect(newer).not.toBe(etag);
    const late = await as('admin', 'PATCH', path, { state: 'enabled' }, { 'if-match': etag });
    expect([late.status, late.json?.['code']]).toEqual([412, 'precondition-failed']);
    expect((await as('admin', 'DELETE', path, undefined, { 'if-match': etag })).status).toBe(412);
    const change = { events: ['booking.*'], url: 'https://b.example/', description: null };
    const changed = await as('admin', 'PATCH', path, change, { 'if-match': `"x", ${newer}` });
    expect(changed.json).toMatchObject({ ...change, state: 'disabled' });
    expect((await as('admin', 'PATCH', path, { state: 'enabled' }, { 'if-match': '*' })).status).toBe(200);
    expect((await as('admin', 'PATCH', path, {})).status).toBe(400);
    expect((await as('admin', 'PATCH', path, { url: 'https://10.0.0.1/' })).status).toBe(400);
    expect((await auditOf(id)).map(({ details }) => details)).toEqual([
      null,
      { fields: 'state', state: 'disabled' },
      { fields: 'description,events,url', state: 'disabled' },
      { fields: 'state', state: 'enabled' },
    ]);
  });

  test('are twenty at most, also when many are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 25 }, () => as('admin', 'POST', WEBHOOKS, endpoint)));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(20);
    const refused = made.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ status, json }) => `${status} ${String(json?.['reason'])}`))).toEqual(
      new Set(['409 too-many-endpoints']),
    );
    expect((await as('stranger', 'POST', WEBHOOKS, endpoint)).status).toBe(201);
  });

  test('have another secret after a rotation', async () => {
    const id = await create();
    const before = text(await as('admin', 'GET', `${WEBHOOKS}/${id}/secret`), 'secret');
    const rotated = text(await as('admin', 'POST', `${WEBHOOKS}/${id}/secret/rotate`), 'secret');
    expect(rotated).not.toBe(before);
    expect(text(await as('admin', 'GET', `${WEBHOOKS}/${id}/secret`), 'secret')).toBe(rotated);
  });
});

test('another tenant’s are not there, and services have no business here', async () => {
  const id = await create();
  const delivery = await failed(id, 1);
  const own = `${WEBHOOKS}/${id}`;
  for (const [method, path, body] of [
    ['GET', own],
    ['PATCH', own, { state: 'disabled' }],
    ['DELETE', own],
    ['GET', `${own}/secret`],
    ['POST', `${own}/secret/rotate`],
    ['POST', `${own}/test`],
    ['GET', `${own}/deliveries`],
    ['POST', `${own}/deliveries/replay`, { since: '2026-01-01T00:00:00Z' }],
    ['GET', `${own}/deliveries/${delivery}`],
    ['POST', `${own}/deliveries/${delivery}/replay`],
  ] as const) {
    const foreign = await as('stranger', method, path, body);
    expect([method, path, foreign.status, foreign.json?.['code']]).toEqual([method, path, 404, 'not-found']);
    expect((await as('service', method, path, body)).status).toBe(403);
  }
  expect(itemsOf(await as('stranger', 'GET', WEBHOOKS))).toEqual([]);
  expect((await as('admin', 'GET', own)).json?.['state']).toBe('enabled');
  expect(owed).toBe(0);
});

describe('deliveries', () => {
  test('are listed by status and event, newest first, and read with every attempt', async () => {
    const id = await create();
    const [first, second] = [await failed(id, 1), await failed(id, 2)];
    const tested = text(await as('admin', 'POST', `${WEBHOOKS}/${id}/test`), 'id');
    const list = async (query = '') =>
      itemsOf(await as('admin', 'GET', `${WEBHOOKS}/${id}/deliveries${query}`)).map((item) => item['id']);
    expect(new Set(await list())).toEqual(new Set([second, first, tested]));
    expect(await list('?status=failed')).toEqual([second, first]);
    expect(await list('?event=webhook.test')).toEqual([tested]);
    expect(await list('?status=failed&limit=1')).toEqual([second]);
    const page = await as('admin', 'GET', `${WEBHOOKS}/${id}/deliveries?status=failed&limit=1`);
    expect(await list(`?status=failed&cursor=${text(page, 'next_cursor')}`)).toEqual([first]);
    for (const query of ['?status=lost', '?event=session.*', '?cursor=WzFlOTksMV0', '?limit=0'])
      expect((await as('admin', 'GET', `${WEBHOOKS}/${id}/deliveries${query}`)).status).toBe(400);
    const read = await as('admin', 'GET', `${WEBHOOKS}/${id}/deliveries/${first}`);
    expect(read.json).toMatchObject({
      id: first,
      message_id: 'msg_1',
      event: 'session.booked',
      status: 'failed',
      attempts: 1,
      last_status: 500,
      last_code: 'receiver-rejected',
      payload: { type: 'session.booked', data: { session_id: 's', version: 1 } },
      log: [{ n: 1, status: 500, code: 'receiver-rejected', duration_ms: 12 }],
    });
  });

  test('are replayed once they are settled', async () => {
    const id = await create();
    const delivery = await failed(id, 1);
    const path = `${WEBHOOKS}/${id}/deliveries/${delivery}`;
    const replayed = await as('admin', 'POST', `${path}/replay`);
    expect(replayed.json).toMatchObject({
      id: delivery,
      message_id: 'msg_1',
      status: 'pending',
      settled_at: null,
    });
    expect([replayed.status, owed]).toEqual([202, 1]);
    const again = await as('admin', 'POST', `${path}/replay`);
    expect([again.status, again.json?.['code'], again.json?.['reason']]).toEqual([409, 'refused', 'pending']);
    expect(
      (await as('admin', 'POST', `${WEBHOOKS}/${id}/deliveries/dlv_${'0'.repeat(27)}/replay`)).status,
    ).toBe(404);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['webhook.created', 'webhook.replayed']);
  });

  test('that failed since an instant are replayed together, a hundred at a time', async () => {
    const id = await create();
    await Promise.all(Array.from({ length: 103 }, (_, n) => failed(id, n)));
    const since = new Date(now + 1).toISOString();
    const path = `${WEBHOOKS}/${id}/deliveries/replay`;
    expect((await as('admin', 'POST', path, { since })).json).toEqual({ replayed: 100, more: true });
    expect((await as('admin', 'POST', path, { since })).json).toEqual({ replayed: 2, more: false });
    const left = await db()
      .selectFrom('webhook_deliveries')
      .select('message_id')
      .where('status', '=', 'failed')
      .execute();
    expect(left).toEqual([{ message_id: 'msg_0' }]);
    const ids = await db().selectFrom('webhook_deliveries').select('workflow_id').distinct().execute();
    expect(ids).toHaveLength(103);
    expect((await as('admin', 'POST', path, { since: 'yesterday' })).status).toBe(400);
  });

  test('nothing is sent to an endpoint that was disabled', async () => {
    const id = await create();
    const delivery = await failed(id, 1);
    await as('admin', 'PATCH', `${WEBHOOKS}/${id}`, { state: 'disabled' });
    for (const [path, body] of [
      [`${WEBHOOKS}/${id}/test`, undefined],
      [`${WEBHOOKS}/${id}/deliveries/${delivery}/replay`, undefined],
      [`${WEBHOOKS}/${id}/deliveries/replay`, { since: '2026-01-01T00:00:00Z' }],
    ] as const) {
      const answer = await as('admin', 'POST', path, body);
      expect([answer.status, answer.json?.['reason']]).toEqual([409, 'endpoint-disabled']);
    }
    expect(owed).toBe(0);
  });

  test('that were settled long ago are removed with their attempts', async () => {
    const id = await create();
    const [old, young] = [await failed(id, 1), await failed(id, 5)];
    await as('admin', 'POST', `${WEBHOOKS}/${id}/test`);
    expect(await pruneDeliveries(db(), new Date(now + 3))).toBe(1);
    const left = await db().selectFrom('webhook_attempts').select('delivery_id').execute();
    expect(left).toEqual([{ delivery_id: young }]);
    expect((await as('admin', 'GET', `${WEBHOOKS}/${id}/deliveries/${old}`)).status).toBe(404);
  });
});
