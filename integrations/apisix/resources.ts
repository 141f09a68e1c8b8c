import { CodedFailure } from '../../platform/failures.ts';
import type { GatewayBootstrap, RouteLease } from './contract.ts';

/** The ids of everything that bootstrap makes. One shared service holds all plugins of all sessions. */
export const gatewayIds = {
  upstream: 'latchkey-api',
  sessionService: 'latchkey-session',
  openService: 'latchkey-open',
  denyRule: 'latchkey-deny',
  customerRoute: 'latchkey-customer',
  loginRoute: 'latchkey-login',
  publicRoute: 'latchkey-public',
} as const;

/** One resource of the Admin API: `PUT /apisix/admin/<collection>/<id>`. */
export interface AdminResource {
  readonly collection: 'upstreams' | 'services' | 'routes' | 'global_rules';
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const labels = { app: 'latchkey' };

/** First path segments that the gateway lets in; everything else is 403 before any route is looked for. */
const openSegments = ['public', 'customer', 'booking', 'webhooks', 'saleor', 'docs'] as const;

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

/** The upstream: our public listener. Timeouts in seconds. */
export function upstreamOf(upstreamUrl: string): AdminResource {
  const url = new URL(upstreamUrl);
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  return {
    collection: 'upstreams',
    id: gatewayIds.upstream,
    body: {
      name: gatewayIds.upstream,
      type: 'roundrobin',
      scheme,
      nodes: [{ host: url.hostname, port, weight: 1 }],
      pass_host: 'pass',
      timeout: { connect: 2, send: 15, read: 30 },
      // Node closes an idle connection after 5 s; the gateway has to let go of it first.
      keepalive_pool: { size: 64, idle_timeout: 4, requests: 1000 },
      labels,
    },
  };
}

/**
 * Runs in the rewrite phase, before forward-auth: what the client sent under a reserved name is gone when
 * forward-auth sets the identity headers.
 */
function proxyRewrite(settings: GatewayBootstrap): Record<string, unknown> {
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
function forwardAuth(settings: GatewayBootstrap): Record<string, unknown> {
  return {
    uri: settings.forwardAuthUrl,
    request_method: 'GET',
    request_headers: [
      'Cookie',
      'Authorization',
      'Accept',
      'X-Requested-With',
      'Sec-Fetch-Mode',
      'Sec-Fetch-Dest',
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
const limitCount = {
  count: 6000,
  time_window: 60,
  key_type: 'var',
  key: 'remote_addr',
  rejected_code: 429,
  rejected_msg: 'too many requests',
  policy: 'local',
  _meta: { priority: 2500 },
};

/** The service of every session's route: forward-auth decides each request. */
export function sessionServiceOf(settings: GatewayBootstrap): AdminResource {
  return {
    collection: 'services',
    id: gatewayIds.sessionService,
    body: {
      name: gatewayIds.sessionService,
      upstream_id: gatewayIds.upstream,
      plugins: {
        'forward-auth': forwardAuth(settings),
        'limit-count': limitCount,
        'proxy-rewrite': proxyRewrite(settings),
      },
      labels,
    },
  };
}

/** The service of what anybody may reach: no forward-auth, and no identity header from outside either. */
export function openServiceOf(settings: GatewayBootstrap): AdminResource {
  return {
    collection: 'services',
    id: gatewayIds.openService,
    body: {
      name: gatewayIds.openService,
      upstream_id: gatewayIds.upstream,
      plugins: { 'limit-count': limitCount, 'proxy-rewrite': proxyRewrite(settings) },
      labels,
    },
  };
}

/**
 * One global rule, so that it also holds where no route matches. Segments end at `/`, `?` or the end; only the
 * path is searched for `internal`, since a query may name any path.
 */
export function denyRule(): AdminResource {
  const open = `(?:${openSegments.join('|')}|api/v1/public)(?:[/?]|$)`;
  return {
    collection: 'global_rules',
    id: gatewayIds.denyRule,
    body: {
      plugins: {
        'uri-blocker': {
          block_rules: [
            `^/(?!${open}|openapi\\.json(?:[?]|$))`,
            '^[^?]*/[iI][nN][tT][eE][rR][nN][aA][lL](?:[/?]|$)',
          ],
          rejected_code: 403,
          rejected_msg: 'access denied',
          case_insensitive: false,
        },
      },
    },
  };
}

/** Always there: a URL whose own route is gone is answered 410 by us, not 404 by the gateway. */
export function customerRoute(): AdminResource {
  return {
    collection: 'routes',
    id: gatewayIds.customerRoute,
    body: {
      name: gatewayIds.customerRoute,
      uris: ['/customer/s/*'],
      service_id: gatewayIds.sessionService,
      labels: { ...labels, kind: 'wildcard' },
    },
  };
}

/** The login page: on the open service, since who is not logged in must reach it. */
export function loginRoute(): AdminResource {
  return {
    collection: 'routes',
    id: gatewayIds.loginRoute,
    body: {
      name: gatewayIds.loginRoute,
      uris: ['/customer/login', '/customer/login/*'],
      service_id: gatewayIds.openService,
      labels: { ...labels, kind: 'login' },
    },
  };
}

/** Everything of the public listener that is neither a session's page nor for admins. */
export function publicRoute(): AdminResource {
  return {
    collection: 'routes',
    id: gatewayIds.publicRoute,
    body: {
      name: gatewayIds.publicRoute,
      uris: [
        '/public/*',
        '/booking/*',
        '/webhooks/*',
        '/saleor/*',
        '/docs',
        '/docs/*',
        '/openapi.json',
        '/api/v1/public/*',
      ],
      service_id: gatewayIds.openService,
      labels: { ...labels, kind: 'public' },
    },
  };
}

/** A session's own route; both forms of its URL, since `/*` does not match the bare path. */
export function sessionRoute(lease: RouteLease): AdminResource {
  const path = `/customer/s/${lease.slug}`;
  return {
    collection: 'routes',
    id: lease.id,
    body: {
      uris: [path, `${path}/*`],
      service_id: gatewayIds.sessionService,
      labels: { ...labels, kind: 'session', session: lease.sessionKey },
    },
  };
}

/** What bootstrap PUTs, each after what it refers to. @throws {CodedFailure} for a secret APISIX would change. */
export function bootstrapResources(settings: GatewayBootstrap): readonly AdminResource[] {
  return [
    denyRule(),
    upstreamOf(settings.upstreamUrl),
    sessionServiceOf(settings),
    openServiceOf(settings),
    customerRoute(),
    loginRoute(),
    publicRoute(),
  ];
}
