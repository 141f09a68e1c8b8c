import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { addViewRoutes } from '../../api/admin/views/routes.ts';
import { seedDevelopment } from '../../db/seed.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Answer, ask } from './support/ask.ts';
import { keepersOf, type ServedRoutes, serveRoutes } from './support/serve-routes.ts';
import { NOW } from './support/values.ts';

/** A token is `<tenant>:<user>` here. */
const people = { ada: '1:7', ben: '1:8', eve: '2:9' } as const;

let database: TestDatabase;
let served: ServedRoutes;
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database.connection;
  await seedDevelopment(db);
  await db
    .insertInto('tenants')
    .values({ id: 2, name: 'Other', time_zone: 'UTC', saleor_domain: null })
    .execute();
  served = await serveRoutes({
    keepers: keepersOf(async (header) => {
      const [tenantId, userId] = (header ?? '').replace('Bearer ', '').split(':').map(Number);
      return {
        ok: true,
        caller: { role: 'admin', tenantId: tenantId ?? 0, userId: userId ?? 0, subject: 'someone' },
      };
    }),
    add: (routes) => addViewRoutes(routes, { db, clock: () => NOW }),
  });
});
afterAll(async () => {
  await served.close();
  await database.drop();
});
beforeEach(async () => {
  await database.connection.db.deleteFrom('saved_views').execute();
  await database.connection.db.deleteFrom('audit').execute();
});

async function call(
  who: keyof typeof people,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return ask(`${served.origin}/api/v1/admin/views${path}`, {
    method,
    headers: { authorization: `Bearer ${people[who]}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const attention = { list: 'sessions', name: 'Attention', filter: { attention: 'true', order: 'starts' } };

async function made(who: keyof typeof people, body: object): Promise<string> {
  const answer = await call(who, 'POST', '', body);
  expect(answer.status).toBe(201);
  return String(answer.json?.['id']);
}

async function seenBy(who: keyof typeof people, query = ''): Promise<readonly unknown[]> {
  const { json } = await call(who, 'GET', query);
  return (json as unknown as { items: readonly { name: string }[] }).items.map(({ name }) => name);
}

describe('who has a view', () => {
  test('its maker alone; every admin of the tenant when it is shared; nobody of another tenant', async () => {
    const own = await made('ada', attention);
    const shared = await made('ada', { ...attention, name: 'Ours', shared: true });
    expect(await seenBy('ada')).toEqual(['Attention', 'Ours']);
    expect(await seenBy('ben')).toEqual(['Ours']);
    expect(await seenBy('eve')).toEqual([]);
    expect((await call('ben', 'GET', `/${own}`)).status).toBe(404);
    expect((await call('ben', 'PUT', `/${own}`, attention)).status).toBe(404);
    expect((await call('ben', 'DELETE', `/${own}`)).status).toBe(404);
    expect((await call('eve', 'DELETE', `/${shared}`)).status).toBe(404);
    expect((await call('ben', 'DELETE', `/${shared}`)).status).toBe(204);
    expect(await seenBy('ada')).toEqual(['Attention']);
  });

  test('two people may give the same name, and one person for two lists; otherwise it is taken', async () => {
    const id = await made('ada', attention);
    await made('ben', attention);
    await made('ada', { ...attention, shared: true });
    await made('ada', { list: 'inbox', name: 'Attention', filter: {} });
    const again = await call('ada', 'POST', '', { ...attention, name: 'ATTENTION' });
    expect([again.status, again.json?.['code'], again.headers.get('location')]).toEqual([
      409,
      'already-exists',
      `/api/v1/admin/views/${id}`,
    ]);
    expect(await seenBy('ada', '?list=inbox')).toEqual(['Attention']);
  });
});

describe('a filter is one of its list', () => {
  test.each([
    ['sessions', { phase: 'locked', term: 'ada' }],
    ['sessions', {}],
    ['bookings', { status: 'pending', isRead: 'false', sortBy: 'companyName' }],
    ['inbox', { status: 'quarantined', received_from: '2026-11-21T10:00:00Z' }],
  ])('%s %j', async (list, filter) => {
    const id = await made('ada', { list, name: 'One', filter });
    expect((await call('ada', 'GET', `/${id}`)).json).toMatchObject({ list, filter, shared: false });
  });

  test.each([
    ['sessions', { phase: 'nowhere' }, 'filter.phase: must be one of'],
    ['sessions', { isRead: 'true' }, 'filter.isRead: is not a filter of this list'],
    ['sessions', { cursor: 'x' }, 'filter.cursor: says where in the list, not which'],
    ['bookings', { page: '2' }, 'filter.page: says where in the list, not which'],
    ['inbox', { received_from: 'yesterday' }, 'filter.received_from: must be a time'],
    ['inbox', { reason: 5 }, 'filter.reason: must have at most'],
    ['orders', {}, 'list: must be one of sessions, bookings, inbox'],
  ])('not %s %j', async (list, filter, detail) => {
    const answer = await call('ada', 'POST', '', { list, name: 'One', filter });
    expect([answer.status, answer.json?.['code']]).toEqual([400, 'invalid-request']);
    expect(answer.json?.['detail']).toContain(detail);
  });
});

test('a view is replaced as it was read, and each change of one is in the audit', async () => {
  const id = await made('ada', attention);
  const { headers } = await call('ada', 'GET', `/${id}`);
  const tag = headers.get('etag') ?? '';
  const other = { ...attention, filter: { phase: 'locked' } };
  expect((await call('ada', 'PUT', `/${id}`, other, { 'if-match': tag })).json).toMatchObject(other);
  expect((await call('ada', 'PUT', `/${id}`, attention, { 'if-match': tag })).status).toBe(412);
  expect((await call('ada', 'DELETE', `/${id}`, undefined, { 'if-match': tag })).status).toBe(412);
  expect((await call('ada', 'DELETE', `/${id}`)).status).toBe(204);
  const audit = await database.connection.db.selectFrom('audit').selectAll().orderBy('id').execute();
  expect(audit.map(({ action, actor, subject }) => [action, actor, subject])).toEqual(
    ['view.created', 'view.changed', 'view.deleted'].map((action) => [action, 'user:7', `view:${id}`]),
  );
});

test('a tenant has a hundred views at most, those that only their makers see included', async () => {
  const rows = Array.from({ length: 99 }, (_, n) => ({
    view_id: `v${n}`.padEnd(22, '_'),
    tenant_id: 1,
    owner: 'user:99',
    list: 'inbox' as const,
    name: `n${n}`,
    filter: '{}',
    updated_at: new Date(NOW),
  }));
  await database.connection.db.insertInto('saved_views').values(rows).execute();
  await made('ada', attention);
  const refused = await call('ada', 'POST', '', { ...attention, name: 'One more' });
  expect([refused.status, refused.json?.['reason']]).toEqual([409, 'too-many-views']);
});
