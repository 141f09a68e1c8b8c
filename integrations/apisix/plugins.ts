import { CodedFailure } from '../../platform/failures.ts';
import type { GatewayBootstrap } from './contract.ts';

/** Headers a client may not choose: who it is, which secret it carries, what the gateway saw. */
const reservedHeaders = [
  'X-Gateway-Auth',
  'X-Original-Uri',
  'X-Forwarded-Uri',
  'X-Forwarded-Method',
] as const;

/** APISIX replaces `$name` in a header's value, so a secret that holds one would arrive as another. */
function literal(secret: string): string {
  if (!/^[\x21-\x7e]+$/.test(secret) || secret.includes('$')) {
    throw new CodedFailure('not-configured', "apisix: a secret must be visible ASCII without '$'");
  }
  return secret;
}

/** nginx lets `X_User_Id` through beside `X-User-Id`, and some servers read both as one. */
export function separatorVariants(name: string): string[] {
  const [first = '', ...rest] = name.split('-');
  return rest.reduce(
    (heads, part) => heads.flatMap((head) => [`${head}-${part}`, `${head}_${part}`]),
    [first],
  );
}

/**
 * Runs in the rewrite phase, before forward-auth: what the client sent under a reserved name is gone when
 * forward-auth sets the identity headers.
 */
export function proxyRewrite(settings: GatewayBootstrap): Record<string, unknown> {
  const removed = [...settings.identityHeaders, ...reservedHeaders].flatMap(separatorVariants);
  const forged = separatorVariants('X-Upstream-Auth').filter((name) => name !== 'X-Upstream-Auth');
  return {
    headers: {
      set: { 'X-Upstream-Auth': literal(settings.upstreamSecret) },
      remove: [...removed, ...forged],
    },
  };
}

/**
 * forward-auth's settings. `request_method` GET keeps clients' bodies out of the question; a time-out of ours is
 * 503, never a refusal and never a pass.
 */
export function forwardAuth(settings: GatewayBootstrap): Record<string, unknown> {
  return {
    uri: settings.forwardAuthUrl,
    request_method: 'GET',
    request_headers: [
      'Cookie',
      'Authorization',
      'Accept',
      'Accept-Language',
      'X-Requested-With',
      'Sec-Fetch-Mode',
      'Sec-Fetch-Dest',
      // The span of the gateway's own plugin `opentelemetry`.
      ...(settings.traceparent ? ['traceparent'] : []),
    ],
    upstream_headers: [...settings.identityHeaders],
    client_headers: [
      'Location',
      'Set-Cookie',
      'Content-Type',
      'Cache-Control',
      'Referrer-Policy',
      'X-Robots-Tag',
      'Retry-After',
      'Vary',
      'WWW-Authenticate',
    ],
    extra_headers: {
      'X-Gateway-Auth': literal(settings.gatewaySecret),
      // X-Forwarded-Uri is decoded and normalised; where to go back to needs the URI as the client wrote it.
      'X-Original-Uri': '$real_request_uri',
    },
    status_on_error: 503,
    allow_degradation: false,
    timeout: 2000,
    keepalive: true,
    // The pool is per worker and address and sized by its first user, so there is one size for all.
    keepalive_pool: 64,
    // Below Node's own 5 s, so that the gateway never writes into a connection that is being closed.
    keepalive_timeout: 4000,
  };
}

/** Requests per minute and client address. Above forward-auth's 2002, so that a flood does not reach it. */
export const limitCount = {
  count: 6000,
  time_window: 60,
  key_type: 'var',
  key: 'remote_addr',
  rejected_code: 429,
  rejected_msg: 'too many requests',
  policy: 'local',
  _meta: { priority: 2500 },
};

/**
 * What the gateway tells of a request: the path as it was matched and never the query, since a mailed link carries its
 * token there; no header, no address, no referrer. APISIX adds the ids of route and service by itself. A variable
 * without a value is left out, so that `upstreamStatus` is there only where the upstream was asked.
 */
const eventFormat = {
  at: '$msec',
  method: '$request_method',
  path: '$uri',
  status: '$status',
  upstreamStatus: '$upstream_status',
} as const;

/**
 * http-logger's settings: whatever becomes of a request to a session's URL is told to our internal listener, in
 * batches. The target stands beside `/forward-auth`, so that one setting says where that listener is. The plugin knows
 * one header, `Authorization`. Times in seconds.
 */
export function httpLogger(settings: GatewayBootstrap): Record<string, unknown> {
  return {
    uri: eventsUrlOf(settings.forwardAuthUrl),
    auth_header: `Bearer ${literal(settings.gatewaySecret)}`,
    log_format: eventFormat,
    concat_method: 'json',
    ssl_verify: true,
    timeout: 3,
    // With URLs of 8 KiB, the longest that nginx takes, a batch stays below what the API reads.
    batch_max_size: 100,
    inactive_timeout: 2,
    buffer_duration: 5,
    // A restart of the API is bridged; after that the batch is dropped, so that no backlog fills the gateway.
    max_retry_count: 5,
    retry_delay: 3,
  };
}

/** `http://api:3001/forward-auth` → `http://api:3001/gateway/events`, also below a prefix. */
export function eventsUrlOf(forwardAuthUrl: string): string {
  return new URL('gateway/events', forwardAuthUrl).href;
}

/** First path segments that the gateway lets in; everything else is 403 before any route is looked for. */
const openSegments = [
  'public',
  'customer',
  'booking',
  'webhooks',
  'saleor',
  'docs',
  'api/v1/public',
] as const;

/**
 * Segments end at `/`, `?` or the end; only the path is searched for `internal`, since a query may name any path.
 *
 * @param also.admin lets `/api/v1/admin` and `/admin` in, for a route that restricts them.
 */
export function uriBlocker(also: { readonly admin: boolean }): Record<string, unknown> {
  const segments = [...openSegments, ...(also.admin ? ['api/v1/admin', 'admin'] : [])];
  return {
    block_rules: [
      `^/(?!(?:${segments.join('|')})(?:[/?]|$)|openapi\\.json(?:[?]|$))`,
      '^[^?]*/[iI][nN][tT][eE][rR][nN][aA][lL](?:[/?]|$)',
    ],
    rejected_code: 403,
    rejected_msg: 'access denied',
    case_insensitive: false,
  };
}

/** Only these addresses and CIDRs; what is compared is `$remote_addr`, after `real_ip_from`. */
export function ipRestriction(whitelist: readonly string[]): Record<string, unknown> {
  return { whitelist: [...whitelist], message: 'access denied' };
}
