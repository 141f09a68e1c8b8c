import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCESS_COOKIE, ACCESS_COOKIE_SECONDS } from '../../api/gate/credentials.ts';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { recordLink } from '../../db/queries/links.ts';
import { linkIdOf, sessionWorkflowId } from '../../platform/session-ids.ts';
import { connectClient, temporalSettings } from '../../platform/temporal.ts';
import { mintAccessCookie } from '../../platform/tokens.ts';
import { demoPolicy } from '../../scripts/demo/vendors.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { type RunningPostgres, startPostgres } from '../../scripts/servers/postgres.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { createGatewayClient, type GatewayClient, watch } from '../support/gateway-client.ts';
import { pay, paySession, type PaidSession } from '../support/paid-session.ts';
import { type Replica, spawnReplica } from '../support/replica.ts';
import { startTcpProxy, type TcpProxy, throughProxy } from '../support/tcp-proxy.ts';
import {
  spawnWorker,
  startEngine,
  startTestStack,
  type TestEngine,
  type WorkerChild,
} from '../support/test-stack.ts';

/** Longer than any of this takes: nothing here ends by itself. */
const policy = { ...demoPolicy, 'session.booking-deadline': 'PT2H' };
const PATIENCE_MS = 30_000;
/** A hit counts for so long after the heartbeat that it rests on. */
const FRESH_MS = 2000;

interface Held {
  readonly sessionKey: SessionKey;
  readonly slug: string;
  /** The `Cookie` header that opening the mailed link gave. */
  readonly cookie: string;
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-gate-faults-'));
let postgres: RunningPostgres;
let engine: TestEngine;
let stack: Stack;
let worker: WorkerChild;
let database: DatabaseConnection;
let proxy: TcpProxy;
/** Talks to PostgreSQL directly. */
let a: Replica;
/** Talks to PostgreSQL through the proxy. */
let b: Replica;
const clients: GatewayClient[] = [];
const spare: Held[] = [];

const runPostgres = (port: number): Promise<RunningPostgres> =>
  startPostgres({
    dataDir: join(folder, 'postgres'),
    port,
    log: () => undefined,
    fast: true,
    path: process.env['PATH'],
  });

function clientOf(replica: Replica, patienceMs?: number): GatewayClient {
  const client = createGatewayClient(replica.internalUrl, stack.config.apisix.gatewaySecret, patienceMs);
  clients.push(client);
  return client;
}

/** Opens the mailed link as a browser at the gateway would. */
async function open(session: PaidSession): Promise<Held> {
  const answer = await observe('the exchange of the mailed token', PATIENCE_MS, async () => {
    const seen = await clientOf(a).ask({ slug: session.slug, token: session.token });
    return seen.status === 303 ? seen : undefined;
  });
  const [cookie] = answer.setCookie.map((line) => line.split(';')[0]);
  if (cookie === undefined) throw new Error('the exchange set no cookie');
  return { sessionKey: session.sessionKey, slug: session.slug, cookie };
}

function take(): Held {
  const held = spare.pop();
  if (held === undefined) throw new Error('no session is left');
  return held;
}

async function revokeThrough(replica: Replica, key: SessionKey): Promise<unknown> {
  const { localKeys } = stack.config.auth;
  if (localKeys === null) throw new Error('the stack has no keys for callers');
  const now = Date.now() as Instant;
  const caller = { role: 'admin', tenantId: 1, userId: 5, subject: 'gate-faults' } as const;
  const token = await mintCallerToken(localKeys, caller, now, (now + 600_000) as Instant);
  const answer = await fetch(`${replica.publicUrl}/api/v1/admin/sessions/${key}/access/revoke`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `revoke-${key}`,
    },
    body: '{}',
  });
  const body = (await answer.json()) as { state?: unknown };
  return { status: answer.status, state: body.state };
}

beforeAll(async () => {
  [postgres, engine] = await Promise.all([runPostgres(0), startEngine()]);
  stack = await startTestStack({
    engine,
    worker: 'elsewhere',
    env: { DATABASE_URL: postgres.url, CODEC_PORT: '0' },
  });
  worker = spawnWorker(stack);
  database = connectDatabase(postgres.url, { max: 2, onIdleError: () => undefined });
  proxy = await startTcpProxy(postgres.port);
  [a, b] = await Promise.all([
    spawnReplica(stack),
    spawnReplica(stack, { DATABASE_URL: throughProxy(postgres.url, proxy) }),
  ]);
  const paid = await Promise.all(Array.from({ length: 8 }, () => paySession(stack.addresses, policy)));
  spare.push(...(await Promise.all(paid.map(open))));
}, 120_000);

afterAll(async () => {
  for (const client of clients) client.close();
  // The connections that fell silent first: nothing that waits for them would ever end.
  await proxy?.close();
  await Promise.all([a?.stop(), b?.stop(), worker?.kill()]);
  await database?.close();
  await stack?.close();
  await engine?.close();
  await postgres?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a replica that stood still while access was revoked refuses with its first answer and every later one', async () => {
  const session = take();
  // While it stands still nobody gets an answer, whatever the gateway's patience.
  const client = clientOf(b, PATIENCE_MS);
  expect((await client.ask(session)).status).toBe(200);
  b.pause();
  try {
    // Waits until the lease of the one that stands still has run out.
    expect(await revokeThrough(a, session.sessionKey)).toEqual({ status: 200, state: 'confirmed' });
    const first = client.ask(session);
    b.resume();
    expect((await first).status).not.toBe(200);
  } finally {
    b.resume();
  }
  const watching = watch(client, session);
  await watching.more(50);
  await watching.stop();
  expect(watching.seen.filter(({ status }) => status === 200)).toEqual([]);
  expect(watching.seen.at(-1)?.status).toBe(401);
});

test('a replica that no longer hears PostgreSQL, and is not told, lets nobody pass after the acknowledgement', async () => {
  const session = take();
  const client = clientOf(b);
  const watching = watch(client, session);
  await watching.more(10);
  expect(watching.seen.at(-1)?.status).toBe(200);
  expect(proxy.listening()).toBeGreaterThan(0);
  proxy.stall('listening');
  expect(await revokeThrough(a, session.sessionKey)).toEqual({ status: 200, state: 'confirmed' });
  const acknowledgedAt = performance.now();
  await watching.more(50);
  await watching.stop();
  const after = watching.seen.filter(({ sentAt }) => sentAt > acknowledgedAt);
  expect(after.length).toBeGreaterThanOrEqual(49);
  expect(after.filter(({ status }) => status === 200)).toEqual([]);

  // It finds its way back by itself.
  const other = take();
  await observe('a hit of the replica', PATIENCE_MS, async () =>
    (await client.ask(other)).status === 200 ? true : undefined,
  );
  expect(await client.ask(session)).toMatchObject({ status: 401 });
});

test('a replica whose every connection to PostgreSQL is dead answers nobody after the acknowledgement', async () => {
  const session = take();
  const client = clientOf(b);
  const watching = watch(client, session);
  await watching.more(10);
  expect(watching.seen.at(-1)?.status).toBe(200);
  proxy.stall('all');
  expect(await revokeThrough(a, session.sessionKey)).toEqual({ status: 200, state: 'confirmed' });
  const acknowledgedAt = performance.now();
  await watching.more(3);
  await watching.stop();
  const after = watching.seen.filter(({ sentAt }) => sentAt > acknowledgedAt);
  expect(after.length).toBeGreaterThan(0);
  expect(after.filter(({ status }) => status === 200)).toEqual([]);
});

test('a run that somebody terminated is closed, and says that it needs attention', async () => {
  const session = take();
  const temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  try {
    await temporal.client.workflow.getHandle(sessionWorkflowId(session.sessionKey)).terminate('by hand');
  } finally {
    await temporal.close();
  }
  // A replica that never answered for this session has nothing in memory.
  const fresh = await spawnReplica(stack);
  try {
    const answer = await clientOf(fresh).ask(session);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('closed');
  } finally {
    await fresh.stop();
  }
  await observe('the session’s attention', PATIENCE_MS, async () => {
    const row = await database.db
      .selectFrom('sessions')
      .select('needs_attention')
      .where('session_key', '=', session.sessionKey)
      .executeTakeFirst();
    return row?.needs_attention === true ? true : undefined;
  });
});

test('whoever forges the gateway’s headers gets nothing from either listener', async () => {
  const session = spare[0];
  if (session === undefined) throw new Error('no session is left');
  const identity = {
    'x-session-id': session.sessionKey,
    'x-client-id': '1',
    'x-tenant-id': '1',
    'x-access': 'page',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-method': 'GET',
    'x-forwarded-uri': `/customer/s/${session.slug}`,
    'x-original-uri': `/customer/s/${session.slug}`,
    cookie: session.cookie,
    accept: 'application/json',
  };
  for (const secret of [
    {},
    { 'x-upstream-auth': '' },
    { 'x-upstream-auth': stack.config.apisix.gatewaySecret },
  ])
    for (const path of ['', '/join', '/reschedule']) {
      const answer = await fetch(`${a.publicUrl}/customer/s/${session.slug}${path}`, {
        method: path === '/reschedule' ? 'POST' : 'GET',
        headers: { ...identity, ...secret },
        redirect: 'manual',
      });
      expect({ path, secret, status: answer.status }).toEqual({ path, secret, status: 401 });
      expect(await answer.text()).not.toContain('Consulting session');
    }
  for (const secret of [
    {},
    { 'x-gateway-auth': '' },
    { 'x-gateway-auth': stack.config.apisix.upstreamSecret },
  ]) {
    const answer = await fetch(`${a.internalUrl}/forward-auth`, { headers: { ...identity, ...secret } });
    expect({ secret, status: answer.status }).toEqual({ secret, status: 401 });
    expect(answer.headers.get('x-session-id')).toBeNull();
  }
  // The public listener has no such door at all.
  const elsewhere = await fetch(`${a.publicUrl}/forward-auth`, {
    headers: { ...identity, 'x-gateway-auth': stack.config.apisix.gatewaySecret },
  });
  expect(elsewhere.status).toBe(404);
});

test('without a worker, what is in memory or published is answered as before, and nothing else is let pass', async () => {
  const inMemory = take();
  const published = take();
  const client = clientOf(a);
  expect((await client.ask(inMemory)).status).toBe(200);
  await worker.kill();
  try {
    const fresh = await spawnReplica(stack);
    try {
      expect((await clientOf(fresh).ask(published)).status).toBe(200);
    } finally {
      await fresh.stop();
    }
    expect((await client.ask(inMemory)).status).toBe(200);
    expect((await client.ask({ ...inMemory, slug: 'A'.repeat(24) })).status).toBe(403);

    const key = await pay(stack.addresses, policy);
    const row = await observe('the row of the session', PATIENCE_MS, () =>
      database.db
        .selectFrom('sessions')
        .select(['slug', 'client_id', 'tenant_id'])
        .where('session_key', '=', key)
        .where('start_state', '=', 'started')
        .executeTakeFirst(),
    );
    const now = Date.now() as Instant;
    const linkId = linkIdOf(key, 1);
    await recordLink(database.db, { sessionKey: key, linkId, revokes: null, at: now });
    const claims = { sessionKey: key, linkId, tenantId: row.tenant_id, clientId: row.client_id };
    const value = await mintAccessCookie(stack.config.keys.cookie, claims, now, ACCESS_COOKIE_SECONDS);
    const unpublished = { slug: row.slug, cookie: `${ACCESS_COOKIE}=${value}` };
    expect((await client.ask(unpublished)).status).toBe(503);
    worker = spawnWorker(stack);
    await observe('the first gate of the session', PATIENCE_MS, async () =>
      (await client.ask(unpublished).catch(() => undefined))?.status === 200 ? true : undefined,
    );
  } finally {
    spare.push(inMemory, published);
  }
});

test('without PostgreSQL hits last two seconds, then nobody passes; when it is back they pass again', async () => {
  const session = take();
  const client = clientOf(a);
  const watching = watch(client, session);
  await watching.more(10);
  expect(watching.seen.at(-1)?.status).toBe(200);
  const { port, pid } = postgres;
  // At once: nobody is told, nothing is written.
  if (pid !== undefined) process.kill(pid, 'SIGQUIT');
  await postgres.close();
  const goneAt = performance.now();
  const late = await observe('answers after two seconds', PATIENCE_MS, async () => {
    const seen = watching.seen.filter(({ sentAt }) => sentAt >= goneAt + FRESH_MS);
    return seen.length >= 50 ? seen : undefined;
  });
  expect(late.filter(({ status }) => status !== 503)).toEqual([]);
  postgres = await runPostgres(port);
  await observe('a hit again', PATIENCE_MS, async () =>
    watching.seen.at(-1)?.status === 200 ? true : undefined,
  );
  await watching.stop();
  spare.push(session);
});

test('without Temporal, what is in memory or published is answered as before', async () => {
  const inMemory = take();
  const published = take();
  const client = clientOf(a);
  await observe('a hit', PATIENCE_MS, async () =>
    (await client.ask(inMemory)).status === 200 ? true : undefined,
  );
  await worker.kill();
  await engine.close();
  expect((await client.ask(inMemory)).status).toBe(200);
  const fresh = await spawnReplica(stack);
  try {
    const client = clientOf(fresh);
    expect((await client.ask(published)).status).toBe(200);
    expect((await client.ask({ ...published, slug: 'A'.repeat(24) })).status).toBe(403);
  } finally {
    await fresh.stop();
  }
});
