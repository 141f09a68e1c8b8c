import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addAuditRoutes } from '../../api/admin/audit.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Answer, ask } from './support/ask.ts';
import { type CallerName, verifyNamed } from './support/named-callers.ts';
import { keepersOf, type ServedRoutes, serveRoutes } from './support/serve-routes.ts';
import { NOW } from './support/values.ts';

const ENTRIES = 1203;

let database: TestDatabase;
let served: ServedRoutes;
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database.connection;
  served = await serveRoutes({
    keepers: keepersOf(verifyNamed),
    add: (routes) => addAuditRoutes(routes, { db }),
  });
  const entry = { at: new Date(NOW), tenantId: 1, actor: 'user:7', action: 'link.created', reason: null };
  await writeAudit(
    db,
    Array.from({ length: ENTRIES }, (_, n) => ({ ...entry, subject: `s-${n}`, details: { n, why: 'a, b' } })),
  );
  await writeAudit(db, [
    { ...entry, tenantId: 2, subject: 'theirs' },
    { ...entry, tenantId: null, subject: 'nobody’s' },
  ]);
});
afterAll(async () => {
  await served.close();
  await database.drop();
});

const csv = (query: string, caller: CallerName): Promise<Answer> =>
  ask(`${served.origin}/api/v1/admin/audit${query}`, {
    headers: { accept: 'text/csv', authorization: `Bearer ${caller}` },
  });

test('is exported whole, newest first, each entry once, its details as JSON', async () => {
  const answer = await csv('?limit=1', 'admin');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  const [heading, ...lines] = answer.text.trimEnd().split('\r\n');
  expect(heading).toBe('id,at,actor,action,subject,reason,details');
  expect(lines.map((line) => line.split(',')[4])).toEqual(
    Array.from({ length: ENTRIES }, (_, n) => `s-${ENTRIES - 1 - n}`),
  );
  expect(lines[0]).toContain(
    `,${new Date(NOW).toISOString()},user:7,link.created,s-${ENTRIES - 1},,` +
      `"{""n"":${ENTRIES - 1},""why"":""a, b""}"`,
  );
});

test('is exported as it is filtered, and for one tenant alone', async () => {
  expect((await csv('?subject=s-7', 'admin')).text.split('\r\n')).toHaveLength(3);
  expect((await csv('?action=x', 'admin')).text).toBe('id,at,actor,action,subject,reason,details\r\n');
  expect((await csv('', 'stranger')).text).toMatch(/^id,.*\r\n\d+,.*,theirs,,\r\n$/);
  expect((await csv('', 'tenant')).status).toBe(403);
});
