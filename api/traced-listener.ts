import type { IncomingMessage } from 'node:http';
import type { Cause } from '../platform/tracing/cause.ts';
import { withSpan } from '../platform/tracing/in-span.ts';
import { readTraceparent } from '../platform/tracing/traceparent.ts';
import { sameSecret } from '../platform/secrets.ts';
import type { Listener } from './listener.ts';
import { pathOf } from './request-log.ts';

export interface TrustedGateway {
  /** Whether the gateway begins a trace itself, instead of handing on what its clients claim. */
  readonly traceparent: boolean;
  readonly gatewaySecret: string;
  readonly upstreamSecret: string;
}

/** Asked every few seconds by machines that read no traces. */
const UNTRACED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

const only = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;

/**
 * Whoever names a parent decides whether we trace, and under which id: so vendors, browsers and programs are not believed,
 * signed or not. The gateway is, with its secret, where it says that it begins each trace.
 */
function causeOf({ headers }: IncomingMessage, gateway: TrustedGateway): Cause {
  if (!gateway.traceparent) return { kind: 'none' };
  const isGateway =
    sameSecret(only(headers['x-gateway-auth']), gateway.gatewaySecret) ||
    sameSecret(only(headers['x-upstream-auth']), gateway.upstreamSecret);
  const span = isGateway ? readTraceparent(only(headers['traceparent'])) : undefined;
  return span === undefined ? { kind: 'none' } : { kind: 'parent', span };
}

/** What Express leaves on the request once it has found who answers. */
type Routed = IncomingMessage & {
  readonly id?: unknown;
  readonly baseUrl?: unknown;
  readonly route?: { readonly path?: unknown };
};

/** The path as it was mounted, never as it was asked for: that may hold a slug or a token. */
function routeOf(req: Routed, path: string): string | undefined {
  const { route, baseUrl } = req;
  if (typeof route?.path === 'string') return `${typeof baseUrl === 'string' ? baseUrl : ''}${route.path}`;
  // Answered without the router.
  return path === '/forward-auth' ? path : undefined;
}

/** Puts each request into a span that ends with its answer. */
export function traceRequests(gateway: TrustedGateway): (listener: Listener) => Listener {
  return (listener) => (req, res) => {
    const path = pathOf(req.url);
    if (UNTRACED.has(path)) {
      listener(req, res);
      return;
    }
    const method = req.method ?? 'GET';
    const attributes = { 'http.request.method': method };
    withSpan('request', method, attributes, causeOf(req, gateway), (span) => {
      res.once('close', () => {
        const route = routeOf(req, path);
        if (route !== undefined) span.rename(`${method} ${route}`);
        const { id } = req as Routed;
        span.set({
          ...(route === undefined ? {} : { 'http.route': route }),
          ...(typeof id === 'string' ? { 'latchkey.request_id': id } : {}),
          ...(res.writableFinished ? { 'http.response.status_code': res.statusCode } : {}),
        });
        if (!res.writableFinished) span.failed('aborted');
        else if (res.statusCode >= 500) span.failed(String(res.statusCode));
        span.end();
      });
      listener(req, res);
    });
  };
}
