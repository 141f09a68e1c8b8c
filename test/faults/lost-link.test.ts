import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { connectDatabase } from '../../db/connect.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy, throughProxy } from '../support/tcp-proxy.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let proxy: TcpProxy;
beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startTcpProxy(Number(new URL(database.url).port));
});
afterAll(async () => {
  await proxy?.close();
  await database?.drop();
});

test('a link that fell silent is given up: whoever comes next gets another', async () => {
  const connection = connectDatabase(throughProxy(database.url, proxy), {
    max: 1,
    onIdleError: () => undefined,
    statementTimeoutMs: 100,
  });
  const ask = () => sql<{ one: number }>`select 1 as one`.execute(connection.db);
  try {
    expect((await ask()).rows).toEqual([{ one: 1 }]);
    proxy.stall('all');
    await expect(ask()).rejects.toThrow();
    expect((await ask()).rows).toEqual([{ one: 1 }]);
  } finally {
    await connection.close();
  }
});
