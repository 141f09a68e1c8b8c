import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { classifyAdminError } from '../../integrations/apisix/admin-api.ts';
import { createGatewayClient } from '../../integrations/apisix/client.ts';
import type { GatewayClient, GatewayControl, RouteLease } from '../../integrations/apisix/contract.ts';
import { type ApisixTwin, startApisixTwin } from '../../integrations/apisix/twin.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { VendorCall } from '../../platform/http-client.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import {
  adminKey,
  bootstrapSettings,
  type RecordingServer,
  slug,
  startRecordingServer,
} from './apisix-support.ts';
import { failureOf } from './failure-of.ts';

const lease: RouteLease = {
  id: 'sess-Abc_def-0123456789ABCD',
  slug,
  sessionKey: 'Abc_def-0123456789ABCD' as SessionKey,
  ttlSeconds: 60,
};
const start = Date.parse('2026-12-01T00:00:00Z');

let now: number;
let twin: ApisixTwin;
let upstream: RecordingServer;
let client: GatewayClient & GatewayControl;
let calls: VendorCall[];

function clientFor(changed: Partial<Parameters<typeof createGatewayClient>[0]> = {}) {
  return createGatewayClient({
    adminUrl: twin.adminUrl,
    adminKey,
    gatewayUrl: twin.gatewayUrl,
    timeoutMs: 2000,
    onCall: (call) => calls.push(call),
    ...changed,
  });
}

beforeEach(async () => {
  now = start;
  calls = [];
  upstream = await startRecordingServer();
  twin = await startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey, now: () => now });
  client = clientFor();
});

afterEach(async () => {
  await twin.close();
  await upstream.close();
});

const settings = () => bootstrapSettings(`${upstream.url}/forward-auth`, upstream.url);

describe('the happy path', () => {
  test('bootstrap is idempotent', async () => {
    await client.bootstrap(settings());
    await client.bootstrap(settings());
    expect(twin.routes().map(({ id, serviceId, expiresAt }) => [id, serviceId, expiresAt])).toEqual([
      ['latchkey-customer', 'latchkey-session', null],
      ['latchkey-login', 'latchkey-open', null],
      ['latchkey-public', 'latchkey-open', null],
    ]);
  });

  test.each(['', 'a$host', 'a b', 'a\nb'])(
    'a secret that the gateway would change is refused: %j',
    async (secret) => {
      await expect(client.bootstrap({ ...settings(), upstreamSecret: secret })).rejects.toMatchObject({
        code: 'not-configured',
      });
      await expect(client.bootstrap({ ...settings(), gatewaySecret: secret })).rejects.toMatchObject({
        code: 'not-configured',
      });
      expect(calls).toEqual([]);
    },
  );

  test('a route is put, seen, renewed and deleted, twice each', async () => {
    await client.bootstrap(settings());
    expect(await client.routeExists(lease.id)).toBe(false);
    await client.putRoute(lease);
    await client.putRoute({ ...lease, ttlSeconds: 120 });
    expect(twin.routes().find((route) => route.id === lease.id)).toEqual({
      id: lease.id,
      uris: [`/customer/s/${slug}`, `/customer/s/${slug}/*`],
      serviceId: 'latchkey-session',
      expiresAt: start + 120_000,
    });
    expect(await client.routeExists(lease.id)).toBe(true);
    await client.awaitLive(slug, 2000);
    await client.deleteRoute(lease.id);
    await client.deleteRoute(lease.id);
    expect(await client.routeExists(lease.id)).toBe(false);
  });

  test('a lease that runs out takes the route with it', async () => {
    await client.bootstrap(settings());
    await client.putRoute(lease);
    now += 59_999;
    expect(await client.routeExists(lease.id)).toBe(true);
    now += 1;
    expect(await client.routeExists(lease.id)).toBe(false);
  });

  test.each([0, -1, 1.5, Number.NaN])('a lease of %d s is never asked for', async (ttlSeconds) => {
    await expect(client.putRoute({ ...lease, ttlSeconds })).rejects.toThrow(CodedFailure);
    expect(calls).toEqual([]);
  });

  test('the Admin API may be named with its path', async () => {
    expect(await clientFor({ adminUrl: `${twin.adminUrl}/apisix/admin/` }).routeExists('x')).toBe(false);
  });
});

describe('waiting until a URL is live', () => {
  test('404 Route Not Found is not yet', async () => {
    expect(await failureOf(client.awaitLive(slug, 120))).toMatchObject({ code: 'vendor-timeout' });
  });

  test('it goes on looking until it is', async () => {
    const waiting = client.awaitLive(slug, 5000);
    await client.bootstrap(settings());
    await waiting;
    expect(calls.some((call) => call.path === '/customer/s/:slug')).toBe(true);
  });

  test('a 404 of ours is live', async () => {
    upstream.reply = (_, response) => response.writeHead(404).end('{"title":"no such page"}');
    await client.bootstrap(settings());
    await client.awaitLive(slug, 2000);
  });

  test('no gateway at all', async () => {
    const blind = clientFor({ gatewayUrl: 'http://127.0.0.1:1' });
    expect(await failureOf(blind.awaitLive(slug, 120))).toMatchObject({ code: 'vendor-timeout' });
  });
});

describe('which failures are worth a repeat', () => {
  test.each([
    [
      400,
      { error_msg: 'failed to fetch service info by service id [x]: has no healthy etcd endpoint available' },
      'vendor-unavailable',
    ],
    [400, { error_msg: 'failed to fetch upstream info by upstream id [x], response code: 404' }, undefined],
    [400, { error_msg: 'unknown plugin [nope]' }, undefined],
    [503, { error_msg: 'ttl must be integer' }, 'vendor-rejected'],
    [503, 'ttl must be integer\n', 'vendor-rejected'],
    [503, { error_msg: 'has no healthy etcd endpoint available' }, undefined],
    [500, null, undefined],
  ] as const)('%d %j', (status, body, code) => {
    expect(classifyAdminError(status, body)).toBe(code);
  });

  test('with etcd down, a PUT that refers to a service can be repeated though it is a 400', async () => {
    await client.bootstrap(settings());
    twin.etcdDown(true);
    expect(await failureOf(client.putRoute(lease))).toMatchObject({
      status: 400,
      code: 'vendor-unavailable',
      retryable: true,
    });
    expect(await failureOf(client.deleteRoute(lease.id))).toMatchObject({
      status: 503,
      code: 'vendor-unavailable',
    });
    twin.etcdDown(false);
    await client.putRoute(lease);
  });

  test('a gateway that is not set up yet is waited for', async () => {
    expect(await failureOf(client.putRoute(lease))).toMatchObject({
      status: 400,
      code: 'vendor-unavailable',
      retryable: true,
    });
    await client.bootstrap(settings());
    await client.putRoute(lease);
  });

  test('a route that APISIX refuses for itself is final', async () => {
    await client.bootstrap(settings());
    expect(await failureOf(client.putRoute({ ...lease, id: 'sess:x' }))).toMatchObject({
      status: 400,
      code: 'vendor-rejected',
      retryable: false,
    });
  });

  test('a wrong key is final, and no key is in the error', async () => {
    const failure = await failureOf(clientFor({ adminKey: 'a-wrong-key' }).routeExists('x'));
    expect(failure).toMatchObject({ status: 401, code: 'vendor-unauthorized', retryable: false });
    expect(`${failure.message} ${JSON.stringify(failure)}`).not.toContain('a-wrong-key');
  });

  test.each([
    [429, 'vendor-rate-limited'],
    [500, 'vendor-unavailable'],
    [502, 'vendor-unavailable'],
  ] as const)('%d', async (status, code) => {
    twin.faults.set({ kind: 'status', status });
    expect(await failureOf(client.routeExists('x'))).toMatchObject({ code, retryable: true });
  });

  test('429 waits as long as Retry-After says', async () => {
    twin.faults.set({ kind: 'status', status: 429, headers: { 'Retry-After': '3' } });
    expect(await failureOf(client.routeExists('x'))).toMatchObject({ retryAfterMs: 3000 });
  });

  test('malformed, dropped, too slow, refused', async () => {
    twin.faults.set({ kind: 'malformed' });
    expect(await failureOf(client.routeExists('x'))).toMatchObject({ code: 'vendor-malformed' });
    twin.faults.set({ kind: 'drop' });
    expect(await failureOf(client.routeExists('x'))).toMatchObject({ code: 'vendor-unreachable' });
    twin.faults.set({ kind: 'delay', delayMs: 500 });
    expect(await failureOf(clientFor({ timeoutMs: 50 }).routeExists('x'))).toMatchObject({
      code: 'vendor-timeout',
    });
    const nobody = clientFor({ adminUrl: 'http://127.0.0.1:1' });
    expect(await failureOf(nobody.routeExists('x'))).toMatchObject({ code: 'vendor-unreachable' });
  });

  test('a PUT whose answer was lost is done, and its repeat changes nothing', async () => {
    await client.bootstrap(settings());
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'PUT' });
    expect(await failureOf(client.putRoute(lease))).toMatchObject({ code: 'vendor-unreachable' });
    await client.putRoute(lease);
    expect(twin.routes().filter((route) => route.id === lease.id)).toHaveLength(1);
  });

  test('a DELETE whose answer was lost is done, and its repeat succeeds', async () => {
    await client.bootstrap(settings());
    await client.putRoute(lease);
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'DELETE' });
    expect(await failureOf(client.deleteRoute(lease.id))).toMatchObject({ code: 'vendor-unreachable' });
    await client.deleteRoute(lease.id);
    expect(await client.routeExists(lease.id)).toBe(false);
  });

  test("another server's 404 is not taken for a route that is gone", async () => {
    upstream.reply = (_, response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    const lost = clientFor({ adminUrl: upstream.url });
    expect(await failureOf(lost.deleteRoute(lease.id))).toMatchObject({ code: 'vendor-not-found' });
    expect(await failureOf(lost.routeExists(lease.id))).toMatchObject({ code: 'vendor-not-found' });
  });

  test('no call reports the key or the slug', async () => {
    await client.bootstrap(settings());
    await client.putRoute(lease);
    await client.awaitLive(slug, 2000);
    expect(JSON.stringify(calls)).not.toMatch(new RegExp(`${adminKey}|${slug}|secret`));
  });
});
