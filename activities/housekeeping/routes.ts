import { openAmong } from '../../db/queries/reconcile-routes.ts';
import type { HeldRoute } from '../../integrations/apisix/contract.ts';
import { sessionRouteId } from '../../platform/session-ids.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { lookAtEach, type PageOf, pageOf, repaired } from './page.ts';

const HOUR = 3_600_000;

/** Each deletion makes every worker of the gateway rebuild its routes. */
const MOST_DELETIONS = 20;

/**
 * Routes with our labels whose session is over or not there. Younger ones are left: a session's own run may be just
 * about to delete one, or a late PUT to bring one back.
 */
export function routesJob({ db, clock, log, routes, apisix }: HousekeepingDependencies): PageOf {
  const isOrphan = (route: HeldRoute, open: ReadonlySet<string>): boolean =>
    clock() - route.updatedAt > HOUR &&
    route.id === sessionRouteId(route.sessionKey as SessionKey) &&
    !open.has(route.sessionKey);

  return async ({ cursor }) => {
    const page = Number(cursor ?? 1);
    const { sessions, others, isLast } = await routes.listRoutes(page);
    const open = await openAmong(
      db,
      sessions.map(({ sessionKey }) => sessionKey),
    );
    const orphans = sessions.filter((route) => isOrphan(route, open));
    const about = { job: 'routes', log, idOf: (one: HeldRoute) => one.id } as const;
    const deleted = await lookAtEach(orphans.slice(0, MOST_DELETIONS), about, async ({ id }) => {
      await apisix.deleteRoute(id);
      return [repaired('route-orphaned')];
    });
    // What was deleted has moved the others up: the same page has unseen ones, which are counted then.
    if (deleted.repaired > 0) return pageOf({ ...deleted, looked: deleted.repaired }, String(page));
    return pageOf(
      { ...deleted, looked: sessions.length, untouched: others },
      isLast ? null : String(page + 1),
    );
  };
}
