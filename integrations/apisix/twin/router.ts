import type { z } from 'zod';
import { routeSchema } from './schemas.ts';
import type { Stored } from './store.ts';

export type Route = z.output<typeof routeSchema> & { readonly routeId: string; readonly version: number };

const bookkeeping = ['create_time', 'update_time'];

/** A stored value without the fields that the Admin API added. */
export function configured(stored: Stored): Record<string, unknown> {
  return Object.fromEntries(Object.entries(stored.value).filter(([name]) => !bookkeeping.includes(name)));
}

export function routeOf(stored: Stored): Route {
  return { ...routeSchema.parse(configured(stored)), routeId: stored.id, version: stored.modifiedIndex };
}

/** How well a pattern fits: exact beats any prefix, a longer prefix beats a shorter one. Undefined: not at all. */
function uriScore(pattern: string, path: string): number | undefined {
  if (pattern === path) return Number.POSITIVE_INFINITY;
  if (!pattern.endsWith('*')) return undefined;
  const prefix = pattern.slice(0, -1);
  return path.startsWith(prefix) ? prefix.length : undefined;
}

/** 2 for the host itself, 1 for `*.domain`, 0 for a route that names no host. Undefined: another host. */
function hostScore(hosts: readonly string[], host: string): number | undefined {
  if (hosts.length === 0) return 0;
  if (hosts.some((one) => one.toLowerCase() === host)) return 2;
  return hosts.some((one) => one.startsWith('*.') && host.endsWith(one.slice(1).toLowerCase()))
    ? 1
    : undefined;
}

/**
 * APISIX's default router: host over uri, exact over the longest prefix, priority among equal uris. A route that
 * does not take the method is passed over, so the client sees 404 and never 405.
 */
export function matchRoute(
  routes: readonly Route[],
  request: { readonly host: string; readonly path: string; readonly method: string },
): Route | undefined {
  return routes
    .filter(
      (route) =>
        route.status === 1 && (!route.methods || route.methods.some((one) => one === request.method)),
    )
    .flatMap((route) => {
      const host = hostScore(route.hosts ?? (route.host === undefined ? [] : [route.host]), request.host);
      const uri = (route.uris ?? (route.uri === undefined ? [] : [route.uri]))
        .flatMap((pattern) => uriScore(pattern, request.path) ?? [])
        .reduce((best: number | undefined, score) => Math.max(best ?? 0, score), undefined);
      return host === undefined || uri === undefined ? [] : [{ route, host, uri }];
    })
    .toSorted(
      (a, b) =>
        b.host - a.host ||
        (a.uri === b.uri ? 0 : b.uri > a.uri ? 1 : -1) ||
        b.route.priority - a.route.priority,
    )[0]?.route;
}
