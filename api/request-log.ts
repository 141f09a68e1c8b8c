import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { ObserveRequest } from './metrics/observers.ts';

/** The path alone: a query may carry a token. */
export function pathOf(url: string | undefined): string {
  return (url ?? '').split(/[?#]/, 1)[0] ?? '';
}

type Handler = (req: IncomingMessage & { id?: unknown }, res: ServerResponse, next: () => void) => void;

/** Stays open for as long as somebody looks; that is no duration of an answer. */
const EVENT_STREAM = 'text/event-stream';

/** The path as it was described, which names no parameter's value; null where none was found. */
function routeOf(req: object): string | null {
  const path: unknown =
    'route' in req && req.route instanceof Object && 'path' in req.route && req.route.path;
  return typeof path === 'string' ? path : null;
}

const levelOf = (status: number): 'error' | 'info' | 'debug' =>
  status >= 500 ? 'error' : status >= 400 ? 'info' : 'debug';

/**
 * One line per request: id, method, path, status, duration in milliseconds. No headers, no query, no body. The id of the
 * gateway is kept when it looks like one, and it is answered as `X-Request-Id`.
 *
 * Our own, since a logger for each request, as `pino-http` makes one, is most of what a request costs here; and what
 * went well is a line of level `debug`, which is rarely written.
 */
export function requestLog(
  log: Logger,
  listener: 'public' | 'internal' | 'codec',
  observe?: ObserveRequest,
): Handler {
  const lines = log.child({ listener });
  return (req, res, next) => {
    const begun = performance.now();
    const given = req.headers['x-request-id'];
    const id = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    req.id = id;
    res.setHeader('x-request-id', id);
    const { method, url } = req;
    res.once('close', () => {
      const { statusCode: status, writableFinished } = res;
      const ms = performance.now() - begun;
      const answered = writableFinished ? status : null;
      const isStream = String(res.getHeader('content-type') ?? '').startsWith(EVENT_STREAM);
      const took = isStream ? null : ms;
      observe?.({ listener, method: method ?? '', route: routeOf(req), status: answered, ms: took });
      const level = levelOf(status);
      if (!lines.isLevelEnabled(level)) return;
      lines[level](
        {
          req: { id, method, path: pathOf(url) },
          // Whoever went away has no answer, whatever it would have been.
          res: { status: answered },
          responseTime: Math.round(ms),
        },
        writableFinished ? 'request completed' : 'request aborted',
      );
    });
    next();
  };
}

/** Name, code and stack; never a driver's details, which may hold a row's values. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    stack: error.stack,
  };
}
