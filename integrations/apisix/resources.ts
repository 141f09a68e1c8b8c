import type { GatewayBootstrap, RouteLease } from './contract.ts';
import { forwardAuth, httpLogger, ipRestriction, limitCount, proxyRewrite, uriBlocker } from './plugins.ts';

/** The ids of everything that bootstrap makes. One shared service holds all plugins of all sessions. */
export const gatewayIds = {
  upstream: 'latchkey-api',
  sessionService: 'latchkey-session',
  openService: 'latchkey-open',
  denyRule: 'latchkey-deny',
  customerRoute: 'latchkey-customer',
  loginRoute: 'latchkey-login',
  publicRoute: 'latchkey-public',
  adminRoute: 'latchkey-admin',
} as const;

/** Names one resource of the Admin API: `/apisix/admin/<collection>/<id>`. */
export interface ResourceName {
  readonly collection: 'upstreams' | 'services' | 'routes' | 'global_rules';
  readonly id: string;
}

/** What is PUT there. */
export interface AdminResource extends ResourceName {
  readonly body: Readonly<Record<string, unknown>>;
}

/** On every resource that we make, if its kind can have labels. */
export const ourLabels = { app: 'latchkey' } as const;

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
      labels: ourLabels,
    },
  };
}

/** The service of every session's route: forward-auth decides each request, and what became of it is told to us. */
export function sessionServiceOf(settings: GatewayBootstrap): AdminResource {
  return {
    collection: 'services',
    id: gatewayIds.sessionService,
    body: {
      name: gatewayIds.sessionService,
      upstream_id: gatewayIds.upstream,
      plugins: {
        'forward-auth': forwardAuth(settings),
        'http-logger': httpLogger(settings),
        'limit-count': limitCount,
        'proxy-rewrite': proxyRewrite(settings),
      },
      labels: ourLabels,
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
      labels: ourLabels,
    },
  };
}

/** Whether `/api/v1/admin` and the operators' pages can be reached through the gateway at all. */
function opensAdmin(settings: GatewayBootstrap): boolean {
  return (settings.adminAllow ?? []).length > 0;
}

/** One global rule, so that it also holds where no route matches. */
export function denyRule(settings: GatewayBootstrap): AdminResource {
  return {
    collection: 'global_rules',
    id: gatewayIds.denyRule,
    body: { plugins: { 'uri-blocker': uriBlocker({ admin: opensAdmin(settings) }) } },
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
      labels: { ...ourLabels, kind: 'wildcard' },
    },
  };
}

/** Logging in and out: on the open service, since who is not logged in, or not any more, must reach it. */
export function loginRoute(): AdminResource {
  return {
    collection: 'routes',
    id: gatewayIds.loginRoute,
    body: {
      name: gatewayIds.loginRoute,
      uris: ['/customer/login', '/customer/login/*', '/customer/logout'],
      service_id: gatewayIds.openService,
      labels: { ...ourLabels, kind: 'login' },
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
      labels: { ...ourLabels, kind: 'public' },
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
      labels: { ...ourLabels, kind: 'session', session: lease.sessionKey, ttl: String(lease.ttlSeconds) },
    },
  };
}

/** The admin API and the operators' pages, for the addresses that are named. The checks behind them stay what they are. */
function adminRoute(whitelist: readonly string[]): AdminResource {
  return {
    collection: 'routes',
    id: gatewayIds.adminRoute,
    body: {
      name: gatewayIds.adminRoute,
      uris: ['/api/v1/admin/*', '/admin', '/admin/*'],
      service_id: gatewayIds.openService,
      // Beside the service's plugins: a route's plugin replaces only the same one.
      plugins: { 'ip-restriction': ipRestriction(whitelist) },
      labels: { ...ourLabels, kind: 'admin' },
    },
  };
}

/** What must be there, each after what it refers to. @throws {CodedFailure} for a secret APISIX would change. */
export function bootstrapResources(settings: GatewayBootstrap): readonly AdminResource[] {
  return [
    denyRule(settings),
    upstreamOf(settings.upstreamUrl),
    sessionServiceOf(settings),
    openServiceOf(settings),
    customerRoute(),
    loginRoute(),
    publicRoute(),
    ...(opensAdmin(settings) ? [adminRoute(settings.adminAllow ?? [])] : []),
  ];
}

/** What an earlier configuration of ours may have left, and this one does not want. */
export function unwantedResources(settings: GatewayBootstrap): readonly ResourceName[] {
  return opensAdmin(settings) ? [] : [{ collection: 'routes', id: gatewayIds.adminRoute }];
}
