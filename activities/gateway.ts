import { findRouteSubject, openSessionsBefore } from '../db/queries/routes.ts';
import { CodedFailure } from '../platform/failures.ts';
import { sessionRouteId } from '../platform/session-ids.ts';
import type { SessionActivities } from '../workflows/contract/activities.ts';
import type { Instant, SessionKey } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** How long a lease outlives the session's end: room for a settling session and for a worker that is away. */
const GRACE_SECONDS = 24 * 60 * 60;
const SHORTEST_SECONDS = 60;

/** The lease of a route that must live until `until`, in whole seconds, as APISIX wants them. */
export function leaseSeconds(until: Instant, now: Instant): number {
  return Math.max(SHORTEST_SECONDS, Math.ceil((until - now) / 1000) + GRACE_SECONDS);
}

/** Whether the session has a route of its own; without one the wildcard serves its URL just the same. */
export async function hasOwnRoute(
  { db, routeMode, maxRoutes }: Pick<ActivityDependencies, 'db' | 'routeMode' | 'maxRoutes'>,
  key: SessionKey,
): Promise<boolean> {
  switch (routeMode) {
    case 'session':
      return true;
    case 'shared':
      return false;
    case 'auto':
      return (await openSessionsBefore(db, key, maxRoutes)) < maxRoutes;
  }
}

export function gatewayActivities(
  dependencies: ActivityDependencies,
): Pick<SessionActivities, 'putRoute' | 'deleteRoute'> {
  const { db, clock, apisix, routeWaitMs } = dependencies;
  return {
    async putRoute({ sessionKey, until }) {
      const session = await findRouteSubject(db, sessionKey);
      if (!session) throw new CodedFailure('row-missing', `no session ${sessionKey}`);
      const now = clock();
      const ttlSeconds = leaseSeconds(until, now);
      // A late attempt must not bring back the route of a session that is over; the wildcard answers 410 for it.
      if (!session.over) {
        if (await hasOwnRoute(dependencies, sessionKey)) {
          await apisix.putRoute({
            id: sessionRouteId(sessionKey),
            slug: session.slug,
            sessionKey,
            ttlSeconds,
          });
        }
        await apisix.awaitLive(session.slug, routeWaitMs);
      }
      return { kind: 'put-route', leaseUntil: (now + ttlSeconds * 1000) as Instant };
    },

    // In every mode: the route may be from a time when another one was set.
    async deleteRoute({ sessionKey }) {
      const id = sessionRouteId(sessionKey);
      await apisix.deleteRoute(id);
      if (await apisix.routeExists(id)) {
        throw new CodedFailure('vendor-unavailable', `route ${id} is still there after its deletion`);
      }
      return { kind: 'delete-route' };
    },
  };
}
