import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { createGatewayClient } from '../../integrations/apisix/client.ts';
import { type ApisixTwin, startApisixTwin } from '../../integrations/apisix/twin.ts';
import type { VendorCall } from '../../platform/http-client.ts';
import { sessionRouteId } from '../../platform/session-ids.ts';
import type { SessionActivities } from '../../workflows/contract/activities.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { NOW } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let twin: ApisixTwin;
let activities: SessionActivities;
let onTwin: Pick<ActivityDependencies, 'apisix' | 'clock'>;
let calls: VendorCall[];
let now: number;
beforeEach(async () => {
  world = await createWorld();
  now = NOW;
  calls = [];
  twin = await startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey: 'admin-key', now: () => now });
  const apisix = createGatewayClient({
    adminUrl: twin.adminUrl,
    adminKey: 'admin-key',
    gatewayUrl: twin.gatewayUrl,
    timeoutMs: 500,
    onCall: (call) => calls.push(call),
  });
  // No one answers behind it: a route that is live says 503, one that is not 404.
  await apisix.bootstrap({
    forwardAuthUrl: 'http://127.0.0.1:1/forward-auth',
    upstreamUrl: 'http://127.0.0.1:1',
    gatewaySecret: 'gateway-secret',
    upstreamSecret: 'upstream-secret',
    identityHeaders: ['X-Session-Id'],
  });
  onTwin = { apisix, clock: () => now as Instant };
  activities = createActivities({ ...world.dependencies, ...onTwin });
});
afterEach(async () => {
  await twin.close();
  await world.close();
});

const until = (NOW + 3_600_000) as Instant;
const own = () => twin.routes().filter((route) => route.id === sessionRouteId(world.sessionKey));
const put = () => activities.putRoute({ sessionKey: world.sessionKey, until });
const remove = () => activities.deleteRoute({ sessionKey: world.sessionKey });

describe('routes on an APISIX that speaks its own wire format', () => {
  test('a lease as long as promised, renewed and not doubled', async () => {
    const { leaseUntil } = await put();
    expect(own().map((route) => route.expiresAt)).toEqual([leaseUntil]);
    now += 60_500;
    expect((await put()).leaseUntil).toBeGreaterThanOrEqual(until);
    expect(own()).toHaveLength(1);
  });

  test('the connection broke after the PUT: the repeat finds it well', async () => {
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'PUT' });
    await expect(put()).rejects.toMatchObject({ type: 'vendor-unreachable', nonRetryable: false });
    await put();
    expect(own()).toHaveLength(1);
  });

  test('without etcd it waits for a better time', async () => {
    twin.etcdDown(true);
    await expect(put()).rejects.toMatchObject({ type: 'vendor-unavailable', nonRetryable: false });
    twin.etcdDown(false);
    await put();
  });

  test('gone, and gone again', async () => {
    await put();
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'DELETE' });
    await expect(remove()).rejects.toMatchObject({ type: 'vendor-unreachable' });
    await remove();
    await remove();
    expect(own()).toEqual([]);
  });

  test('the lease moves with the end of the session, forwards and back', async () => {
    for (const end of [until, until + 86_400_000, until - 1_800_000] as Instant[]) {
      const { leaseUntil } = await activities.putRoute({ sessionKey: world.sessionKey, until: end });
      expect(leaseUntil).toBe(end + 86_400_000);
      expect(own().map((route) => route.expiresAt)).toEqual([leaseUntil]);
    }
    expect([
      ...new Set(calls.filter(({ path }) => path.includes('sess-')).map(({ method }) => method)),
    ]).toEqual(['PUT']);
  });

  test.each(['session', 'shared', 'auto'] as const)(
    '%s: the URL is live from the first step to the last, with or without a route of its own',
    async (routeMode) => {
      const some = createActivities({ ...world.dependencies, ...onTwin, routeMode });
      const status = async () =>
        (await fetch(`${twin.gatewayUrl}/customer/s/slug-${world.sessionKey}`)).status;
      await some.putRoute({ sessionKey: world.sessionKey, until });
      expect(own()).toHaveLength(routeMode === 'shared' ? 0 : 1);
      expect(await status()).toBe(503);
      for (const _ of [1, 2]) await some.deleteRoute({ sessionKey: world.sessionKey });
      expect(own()).toEqual([]);
      expect(await status()).toBe(503);
    },
  );

  test.each(['session', 'shared', 'auto'] as const)(
    '%s: before the gateway is set up no URL is promised',
    async (routeMode) => {
      const bare = await startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey: 'admin-key' });
      try {
        const some = createActivities({
          ...world.dependencies,
          routeMode,
          routeWaitMs: 100,
          apisix: createGatewayClient({
            adminUrl: bare.adminUrl,
            adminKey: 'admin-key',
            gatewayUrl: bare.gatewayUrl,
            timeoutMs: 500,
          }),
        });
        await expect(some.putRoute({ sessionKey: world.sessionKey, until })).rejects.toMatchObject({
          type: routeMode === 'shared' ? 'vendor-timeout' : 'vendor-unavailable',
          nonRetryable: false,
        });
      } finally {
        await bare.close();
      }
    },
  );

  test('the lease tears it down when nobody else does', async () => {
    const { leaseUntil } = await put();
    now = leaseUntil + 1;
    expect(own()).toEqual([]);
  });
});
