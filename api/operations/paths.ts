import { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import type { AnyOperation } from './operation.ts';

/** An operation, and what answers it. */
export interface MountedOperation {
  readonly operation: AnyOperation;
  readonly handlers: readonly (RequestHandler | ErrorRequestHandler)[];
}

/** `{id}` to Express's `:id`. */
const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

const isParameter = (segment: string): boolean => segment.startsWith('{');

/** Segment by segment, a word before a parameter: `…/bulk` is not an id. */
function moreLiteral(one: string, other: string): number {
  const others = other.split('/');
  for (const [place, segment] of one.split('/').entries()) {
    const difference = Number(isParameter(segment)) - Number(isParameter(others[place] ?? ''));
    if (difference !== 0) return difference;
  }
  return 0;
}

function byPath(mounted: readonly MountedOperation[]): ReadonlyMap<string, readonly MountedOperation[]> {
  const paths = new Map<string, MountedOperation[]>();
  for (const one of mounted) paths.set(one.operation.path, [...(paths.get(one.operation.path) ?? []), one]);
  return new Map([...paths].toSorted(([one], [other]) => moreLiteral(one, other)));
}

const allowedBy = (mounted: readonly MountedOperation[]): string =>
  mounted
    .flatMap(({ operation: { method } }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
    .join(', ');

/** Whether the path has as many segments as the described one, and the same words in the same places. */
function hasShape(path: string, described: string): boolean {
  const segments = path.split('/');
  const wanted = described.split('/');
  return (
    segments.length === wanted.length &&
    wanted.every((segment, place) => isParameter(segment) || segment === segments[place])
  );
}

/** A percent sign that means nothing, in Express's words; it comes before any handler of the path. */
const isUndecodable = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('Failed to decode param');

/**
 * A router in which each path has its operations and answers everything else for itself, in the envelope of its
 * family: 405 to other methods, and 404 to a parameter that is no text at all.
 */
export function routerOf(mounted: readonly MountedOperation[]): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const paths = byPath(mounted);
  for (const [path, operations] of paths) {
    const route = router.route(expressPath(path));
    for (const { operation, handlers } of operations) route[operation.method](...handlers);
    route.all((req, res) => {
      res.set('allow', allowedBy(operations));
      operations[0]?.operation.family.refuse(req, res, 'method-not-allowed');
    });
  }
  router.use(((error, req, res, next) => {
    const path = isUndecodable(error) ? [...paths.keys()].find((one) => hasShape(req.path, one)) : undefined;
    const [known] = path === undefined ? [] : (paths.get(path) ?? []);
    if (known === undefined) next(error);
    else known.operation.family.refuse(req, res, 'not-found');
  }) satisfies ErrorRequestHandler);
  return router;
}
