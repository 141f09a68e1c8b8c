import { afterAll, expect, test } from '@jest/globals';
import { createTestDatabase } from '../support/postgres.ts';
import { devServer, timeSkippingServer } from '../support/temporal.ts';
test('database', async () => {
  const database = await createTestDatabase();
  const rows = await database.connection.db.selectFrom('sessions').selectAll().execute();
  expect(rows).toEqual([]);
  await database.drop();
});
test('time skipping', async () => { const env = await timeSkippingServer(); await env.teardown(); });
test('dev', async () => { const env = await devServer(); await env.teardown(); });
