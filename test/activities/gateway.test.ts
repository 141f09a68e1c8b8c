import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { leaseSeconds } from '../../activities/gateway.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { sessionRouteId } from '../../platform/session-ids.ts';
import type { Gate } from '../../workflows/contract/session.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { NOW } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

const DAY = 86_400;

describe('the lease', () => {
  test.each([
    ['a day ahead', DAY * 1000, 2 * DAY],
    ['a part of a second counts as one', 1, DAY + 1],
    ['now', 0, DAY],
    ['long ago', -10 * DAY * 1000, 60],
  ])('%s', (_, ahead, seconds) => {
    expect(leaseSeconds((NOW + ahead) as Instant, NOW)).toBe(seconds);
  });
});

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const until = (NOW + 3_600_000) as Instant;

describe('putRoute and deleteRoute', () => {
  test('puts, waits until the URL answers, and says how long the lease is', async () => {
    const put = () => world.activities.putRoute({ sessionKey: world.sessionKey, until });
    expect(await put()).toEqual({ kind: 'put-route', leaseUntil: NOW + (3600 + DAY) * 1000 });
    expect(await put()).toEqual({ kind: 'put-route', leaseUntil: NOW + (3600 + DAY) * 1000 });
    expect([...world.apisix.routes.values()]).toEqual([
      {
        id: sessionRouteId(world.sessionKey),
        slug: `slug-${world.sessionKey}`,
        sessionKey: world.sessionKey,
        ttlSeconds: 3600 + DAY,
      },
    ]);
    expect(world.apisix.calls).toEqual(['put', 'await', 'put', 'await']);
  });

  test('deletes, looks, and may be repeated', async () => {
    await world.activities.putRoute({ sessionKey: world.sessionKey, until });
    for (const _ of [1, 2])
      expect(await world.activities.deleteRoute({ sessionKey: world.sessionKey })).toEqual({
        kind: 'delete-route',
      });
    expect(world.apisix.routes.size).toBe(0);
  });

  test('a route that a late PUT revived is deleted again', async () => {
    await world.activities.putRoute({ sessionKey: world.sessionKey, until });
    const lease = [...world.apisix.routes.values()][0];
    const { apisix } = world;
    const deleteRoute = apisix.deleteRoute.bind(apisix);
    apisix.deleteRoute = async (id) => {
      await deleteRoute(id);
      if (lease) world.apisix.routes.set(id, lease);
      apisix.deleteRoute = deleteRoute;
    };
    const remove = () => world.activities.deleteRoute({ sessionKey: world.sessionKey });
    await expect(remove()).rejects.toMatchObject({ type: 'vendor-unavailable', nonRetryable: false });
    await remove();
    expect(world.apisix.routes.size).toBe(0);
  });

  test('a late attempt does not bring back the route of a session that is over', async () => {
    const gate: Gate = {
      sessionKey: world.sessionKey,
      version: 1,
      state: 'over',
      access: 'granted',
      page: null,
      join: [],
      linkId: null,
    };
    await world.activities.publish({
      sessionKey: world.sessionKey,
      gate,
      record: {
        phase: 'ended',
        outcome: null,
        startsAt: null,
        endsAt: null,
        cutoffAt: null,
        needsAttention: false,
      },
      entries: [],
    });
    await world.activities.putRoute({ sessionKey: world.sessionKey, until });
    expect(world.apisix.calls).toEqual([]);
  });

  test('above the cap the newest use the wildcard only, and keep to that when asked again', async () => {
    const keys = [world.sessionKey, await world.another(1), await world.another(2), await world.another(3)];
    const activities = createActivities({ ...world.dependencies, maxRoutes: 2 });
    for (const sessionKey of keys.toReversed()) await activities.putRoute({ sessionKey, until });
    const oldest = keys.slice(0, 2).map(sessionRouteId).sort();
    expect([...world.apisix.routes.keys()].sort()).toEqual(oldest);
    expect(world.apisix.probed).toHaveLength(4);
    await world.dependencies.db
      .updateTable('sessions')
      .set({ start_state: 'ended' })
      .where('session_key', '=', world.sessionKey)
      .execute();
    for (const sessionKey of keys) await activities.putRoute({ sessionKey, until });
    expect([...world.apisix.routes.keys()].sort()).toEqual(keys.slice(0, 3).map(sessionRouteId).sort());
  });
});

describe('the modes', () => {
  test('shared: no route of its own, but its URL is looked at', async () => {
    const activities = createActivities({ ...world.dependencies, routeMode: 'shared' });
    expect(await activities.putRoute({ sessionKey: world.sessionKey, until })).toEqual({
      kind: 'put-route',
      leaseUntil: NOW + (3600 + DAY) * 1000,
    });
    expect(world.apisix.calls).toEqual(['await']);
    expect(world.apisix.probed).toEqual([`slug-${world.sessionKey}`]);
    expect(await activities.deleteRoute({ sessionKey: world.sessionKey })).toEqual({ kind: 'delete-route' });
  });

  test('session: always its own, whatever the cap', async () => {
    const activities = createActivities({ ...world.dependencies, routeMode: 'session', maxRoutes: 0 });
    const keys = [world.sessionKey, await world.another(1)];
    for (const sessionKey of keys) await activities.putRoute({ sessionKey, until });
    expect([...world.apisix.routes.keys()].sort()).toEqual(keys.map(sessionRouteId).sort());
    expect(world.apisix.probed).toHaveLength(2);
  });

  test('auto with a cap of none is shared', async () => {
    const activities = createActivities({ ...world.dependencies, routeMode: 'auto', maxRoutes: 0 });
    await activities.putRoute({ sessionKey: world.sessionKey, until });
    expect(world.apisix.calls).toEqual(['await']);
  });

  test('a route from before the mode was changed is deleted all the same', async () => {
    await createActivities({ ...world.dependencies, routeMode: 'session' }).putRoute({
      sessionKey: world.sessionKey,
      until,
    });
    expect([...world.apisix.routes.keys()]).toEqual([sessionRouteId(world.sessionKey)]);
    await createActivities({ ...world.dependencies, routeMode: 'shared' }).deleteRoute({
      sessionKey: world.sessionKey,
    });
    expect(world.apisix.routes.size).toBe(0);
  });

  test.each(['session', 'shared', 'auto'] as const)(
    '%s: a URL that is not live fails the step',
    async (mode) => {
      const activities = createActivities({ ...world.dependencies, routeMode: mode });
      world.apisix.awaitLive = async () => {
        throw new CodedFailure('vendor-timeout', 'not live');
      };
      await expect(activities.putRoute({ sessionKey: world.sessionKey, until })).rejects.toMatchObject({
        type: 'vendor-timeout',
        nonRetryable: false,
      });
    },
  );
});
