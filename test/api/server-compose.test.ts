import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { type ApiConfig, composeApi, type TemporalAccess } from '../../api/compose.ts';
import type { RunningApi } from '../../api/server.ts';
import { loadConfig } from '../../platform/config.ts';
import { mintAccessCookie } from '../../platform/tokens.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { ask, browser } from './support/ask.ts';
import { ringOf } from './support/keys.ts';
import { publishGate, type Rows, writeRows } from './support/rows.ts';
import { gateOf, KEY, linkId, NOW, SLUG } from './support/values.ts';

const keys = { link: ringOf('l'), cookie: ringOf('c') };
const own = `/customer/s/${SLUG}`;

function configOf(url: string, more: Readonly<Record<string, string>> = {}): ApiConfig {
  const config = loadConfig({
    LATCHKEY_ENV: 'development',
    PORT: '0',
    INTERNAL_PORT: '0',
    PUBLIC_URL: 'http://127.0.0.1:3000',
    DATABASE_URL: url,
    DATABASE_POOL_MAX: '4',
    SALEOR_API_URL: 'http://127.0.0.1:1/graphql/',
    SALEOR_APP_TOKEN: 'saleor',
    ZAMMAD_URL: 'http://127.0.0.1:1',
    ZAMMAD_TOKEN: 'zammad',
    ZAMMAD_WEBHOOK_SECRET: 'zammad',
    APISIX_ADMIN_URL: 'http://127.0.0.1:1',
    APISIX_ADMIN_KEY: 'apisix',
    GATEWAY_URL: 'http://127.0.0.1:3013',
    GATEWAY_SECRET: 'gateway',
    UPSTREAM_SECRET: 'upstream',
    CALENDLY_API_URL: 'http://127.0.0.1:1',
    CALENDLY_API_TOKEN: 'calendly',
    CALENDLY_EVENT_TYPE_UUID: 'E',
    CALENDLY_WEBHOOK_SECRET: 'calendly-webhook-secret',
    CALENDLY_DEFAULT_LINK: 'http://127.0.0.1:1/host/meeting',
    ...more,
  });
  return { ...config, keys: { ...config.keys, ...keys } };
}

/** Temporal is away, and stays away. */
function nobody(): TemporalAccess & { closed: number } {
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  const access = {
    closed: 0,
    client: new Client({ connection }),
    async close() {
      access.closed += 1;
      await connection.close();
    },
  };
  return access;
}

describe('the whole API, Temporal away', () => {
  const temporal = nobody();
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let api: RunningApi;
  let rows: Rows;

  beforeAll(async () => {
    database = await createTestDatabase();
    rows = await writeRows(database.connection.db);
    api = await composeApi(configOf(database.url), pino({ level: 'silent' }), { temporal, clock: () => NOW });
  });
  afterAll(async () => {
    await api.close();
    await database.drop();
    expect(temporal.closed).toBe(1);
  });

  test('is alive, says what is missing, and refuses what is not signed', async () => {
    expect((await ask(`${api.internalUrl}/healthz`)).status).toBe(200);
    const ready = await ask(`${api.internalUrl}/readyz`);
    expect([ready.status, ready.json]).toEqual([
      503,
      { status: 'not-ready', checks: { database: 'ok', temporal: 'failed', gate: 'ok', clock: 'ok' } },
    ]);
    for (const path of ['/webhooks/saleor', '/api/v1/public/calendly/webhook'])
      expect((await ask(`${api.publicUrl}${path}`, { method: 'POST', body: '{}' })).status).toBe(401);
  });

  test('lets a client in by the published gate, and shows the page from the records', async () => {
    await publishGate(database.connection.db, gateOf());
    const who = { sessionKey: KEY, linkId: linkId(1), tenantId: rows.tenantId, clientId: rows.clientId };
    const cookie = `latchkey_s=${await mintAccessCookie(keys.cookie, who, NOW, 60)}`;
    const verdict = await ask(`${api.internalUrl}/forward-auth`, {
      headers: { 'x-gateway-auth': 'gateway', 'x-forwarded-method': 'GET', 'x-original-uri': own, cookie },
    });
    expect([verdict.status, verdict.headers.get('x-session-id')]).toEqual([200, KEY]);
    const page = await ask(`${api.publicUrl}${own}`, {
      headers: {
        ...browser,
        'x-upstream-auth': 'upstream',
        'x-session-id': verdict.headers.get('x-session-id') ?? '',
        'x-access': verdict.headers.get('x-access') ?? '',
      },
    });
    expect(page.status).toBe(200);
    expect(page.text).toContain('it may be a moment old');
  });

  test('the internal paths are not on the public listener', async () => {
    for (const path of ['/forward-auth', '/healthz', '/readyz', '/metrics', '/internal', '/gateway/events'])
      expect(
        (await ask(`${api.publicUrl}${path}`, { headers: { 'x-gateway-auth': 'gateway' } })).status,
      ).toBe(404);
  });
});

test('what cannot start leaves nothing open', async () => {
  const away = nobody();
  await expect(
    composeApi(configOf('postgres://x:y@127.0.0.1:1/z'), pino({ level: 'silent' }), { temporal: away }),
  ).rejects.toThrow();
  expect(away.closed).toBe(1);

  const database = await createTestDatabase();
  const holder = createServer();
  try {
    await new Promise<void>((resolve) => {
      holder.listen(0, '127.0.0.1', resolve);
    });
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const taken = nobody();
    await expect(
      composeApi(configOf(database.url, { PORT: String(port) }), pino({ level: 'silent' }), {
        temporal: taken,
      }),
    ).rejects.toThrow('Set PORT to another port');
    expect(taken.closed).toBe(1);
  } finally {
    await new Promise((resolve) => {
      holder.close(resolve);
    });
    await database.drop();
  }
});
