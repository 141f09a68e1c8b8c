import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { createGatewayClient } from '../../integrations/apisix/client.ts';
import { type ApisixTwin, startApisixTwin } from '../../integrations/apisix/twin.ts';
import { sessionRouteId } from '../../platform/session-ids.ts';
import type { SessionActivities } from '../../workflows/contract/activities.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { NOW } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let twin: ApisixTwin;
let activities: SessionActivities;
let now: number;
beforeEach(async () => {
  world = await createWorld();
  now = NOW;
  twin = await startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey: 'admin-key', now: () => now });
  const apisix = createGatewayClient({
    adminUrl: twin.adminUrl,
    adminKey: 'admin-key',
    gatewayUrl: twin.gatewayUrl,
    timeoutMs: 500,
  });
  // No one answers behind it: a route that is live says 503, one that is not 404.
  await apisix.bootstrap({
    forwardAuthUrl: 'http://127.0.0.1:1/forward-auth',
    upstreamUrl: 'http://127.0.0.1:1',
    gatewaySecret: 'gateway-secret',
    upstreamSecret: 'upstream-secret',
    identityHeaders: ['X-Session-Id'],
  });
  activities = createActivities({ ...world.dependencies, apisix, clock: () => now as Instant });
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

  test('the lease tears it down when nobody else does', async () => {
    const { leaseUntil } = await put();
    now = leaseUntil + 1;
    expect(own()).toEqual([]);
  });
});
