import type { RequestListener } from 'node:http';
import { z } from 'zod';
import type { TwinLog } from '../../sandbox/twin.ts';
import { accessLogLine } from './access-log.ts';
import {
  answer,
  answerError,
  answerPage,
  contextVariableOf,
  type Exchange,
  hostOf,
  logVariableOf,
  remoteAddressOf,
  secondsSince,
  server,
  variableOf,
} from './exchange.ts';
import { createForwardAuth, type ForwardAuth } from './forward-auth.ts';
import { createHeaderBag, dropHopByHop } from './headers.ts';
import { createHttpLogger } from './http-logger.ts';
import { namesAddress } from './ip-restriction.ts';
import { createLimitCount } from './limit-count.ts';
import { configured, matchRoute, type Route, routeOf } from './router.ts';
import {
  forwardAuthSchema,
  globalRuleSchema,
  httpLoggerSchema,
  ipRestrictionSchema,
  limitCountSchema,
  pluginConfigSchema,
  pluginSchemas,
  proxyRewriteSchema,
  serviceSchema,
  upstreamSchema,
  uriBlockerSchema,
} from './schemas.ts';
import type { Store, Stored } from './store.ts';
import { nodesOf, proxy, type Upstream } from './upstream.ts';
import { escapePath, parseGatewayUri } from './uri.ts';
import { isBlocked } from './uri-blocker.ts';

export interface DataPlane {
  readonly listener: RequestListener;
  /** Lines, oldest first. */
  accessLog(): readonly string[];
  /** Sends what http-logger keeps; resolves when nothing of it is under way. */
  flushLogs(): Promise<void>;
  close(): void;
}

export interface DataPlaneOptions {
  readonly store: Store;
  /** Milliseconds. */
  readonly now: () => number;
  /** `nginx_config.http.access_log_format`. */
  readonly accessLogFormat: string;
  readonly log?: TwinLog;
}

const maxLogLines = 10_000;

type Plugins = Readonly<Record<string, unknown>>;

const pluginMeta = z.looseObject({
  _meta: z.looseObject({ disable: z.boolean().optional(), priority: z.number().optional() }).optional(),
});

/** Enabled plugins, highest priority first; `_meta.priority` stands above the built-in one. */
function ordered(plugins: Plugins): readonly { readonly name: string; readonly conf: unknown }[] {
  return Object.entries(plugins)
    .map(([name, conf]) => ({ name, conf, meta: pluginMeta.safeParse(conf).data?._meta }))
    .filter(({ meta }) => meta?.disable !== true)
    .map(({ name, conf, meta }) => ({
      name,
      conf,
      priority: meta?.priority ?? pluginSchemas[name]?.priority ?? 0,
    }))
    .toSorted((a, b) => b.priority - a.priority);
}

/**
 * What a request goes through in APISIX: normalise, global rules, match, the rewrite and access phases of the
 * route's plugins, proxy.
 */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const { store, now } = options;
  const forwardAuth: ForwardAuth = createForwardAuth();
  const limits = createLimitCount(now);
  const logger = createHttpLogger((failure) => options.log?.warn({ sandbox: 'APISIX', failure }, 'not told'));
  const log: string[] = [];
  const parsedRoutes = new WeakMap<Stored, Route>();
  let turn = 0;

  function routes(): Route[] {
    return store.list('routes').map((stored) => {
      const route = parsedRoutes.get(stored) ?? routeOf(stored);
      parsedRoutes.set(stored, route);
      return route;
    });
  }

  function read<T extends z.ZodType>(
    collection: 'services' | 'upstreams' | 'plugin_configs',
    id: string | number | undefined,
    schema: T,
  ): z.output<T> | undefined {
    const stored = id === undefined ? undefined : store.get(collection, String(id));
    return stored && schema.parse(configured(stored));
  }

  /** The route's own plugins replace whole plugin objects of its plugin_config, and those the service's. */
  function mergedPlugins(route: Route): Plugins {
    const service = read('services', route.service_id, serviceSchema);
    const config = read('plugin_configs', route.plugin_config_id, pluginConfigSchema);
    return { ...service?.plugins, ...config?.plugins, ...route.plugins };
  }

  function upstreamOf(route: Route): Upstream | undefined {
    const service = read('services', route.service_id, serviceSchema);
    return (
      route.upstream ??
      read('upstreams', route.upstream_id, upstreamSchema) ??
      service?.upstream ??
      read('upstreams', service?.upstream_id, upstreamSchema)
    );
  }

  /** True: the request was answered. */
  function block(exchange: Exchange, conf: unknown): boolean {
    const rule = uriBlockerSchema.parse(conf);
    if (!isBlocked(rule, exchange.uri.path + exchange.uri.query)) return false;
    answerError(exchange, rule.rejected_code, rule.rejected_msg);
    return true;
  }

  function rewrite(exchange: Exchange, conf: unknown): void {
    const { headers, use_real_request_uri_unsafe: asWritten } = proxyRewriteSchema.parse(conf);
    // Whatever it is set to change, the plugin sends on what it matched rather than what the client wrote.
    exchange.path = escapePath(exchange.uri.path);
    exchange.upstreamUri = asWritten ? exchange.uri.raw : exchange.path + exchange.uri.query;
    for (const [name, value] of Object.entries(headers.add))
      exchange.headers.set(name, [...exchange.headers.get(name), String(value)]);
    for (const [name, value] of Object.entries(headers.set)) exchange.headers.set(name, [String(value)]);
    for (const name of headers.remove) exchange.headers.delete(name);
  }

  function restrict(exchange: Exchange, conf: unknown): boolean {
    const { whitelist, blacklist, message, response_code } = ipRestrictionSchema.parse(conf);
    const listed = namesAddress(whitelist ?? blacklist ?? [], exchange.remoteAddress);
    if (listed === (whitelist !== undefined)) return false;
    const body = `${JSON.stringify({ message })}\n`;
    answer(exchange, response_code, { 'Content-Type': 'text/plain; charset=utf-8' }, body);
    return true;
  }

  function limit(exchange: Exchange, route: Route, conf: unknown): boolean {
    const rule = limitCountSchema.parse(conf);
    const key = rule.key_type === 'constant' ? rule.key : variableOf(exchange, rule.key.replace(/^\$/, ''));
    const quota = limits.take(`${route.routeId}@${route.version}`, rule, key || exchange.remoteAddress);
    if (rule.show_limit_quota_header) {
      exchange.responseHeaders.set('X-RateLimit-Limit', String(quota.limit));
      exchange.responseHeaders.set('X-RateLimit-Remaining', String(quota.remaining));
      exchange.responseHeaders.set('X-RateLimit-Reset', String(quota.resetSeconds));
    }
    if (quota.allowed) return false;
    answerError(exchange, rule.rejected_code, rule.rejected_msg);
    return true;
  }

  async function authorise(exchange: Exchange, conf: unknown): Promise<boolean> {
    const decision = await forwardAuth.decide(forwardAuthSchema.parse(conf), {
      method: exchange.method,
      scheme: 'http',
      host: exchange.host,
      requestUri: exchange.uri.path + exchange.uri.query,
      remoteAddress: exchange.remoteAddress,
      headers: exchange.headers,
      variable: (name) => variableOf(exchange, name),
    });
    switch (decision.kind) {
      case 'pass':
        for (const [name, values] of decision.upstreamHeaders) {
          if (values.length > 0) exchange.headers.set(name, values);
          else exchange.headers.delete(name);
        }
        return false;
      case 'answer':
        answer(
          exchange,
          decision.status,
          { 'Content-Type': 'text/plain; charset=utf-8', ...Object.fromEntries(decision.headers) },
          decision.body,
        );
        return true;
      case 'error':
        answerPage(exchange, decision.status);
        return true;
    }
  }

  /** What the log phase does when the answer is out: only plugins of a route that a rule has not stopped before. */
  function logLater(exchange: Exchange, route: Route, plugins: ReturnType<typeof ordered>): void {
    exchange.response.on('close', () => {
      for (const { name, conf } of plugins) {
        if (name !== 'http-logger') continue;
        const ids = { route_id: String(route.routeId), service_id: String(route.service_id ?? '') };
        logger.push(
          httpLoggerSchema.parse(conf),
          (variable) => contextVariableOf(exchange, variable, now()),
          ids,
        );
      }
    });
  }

  /** True: a plugin answered. The rewrite phase of every plugin runs before any plugin's access phase. */
  async function runPlugins(exchange: Exchange, route: Route): Promise<boolean> {
    const plugins = ordered(mergedPlugins(route));
    logLater(exchange, route, plugins);
    for (const { name, conf } of plugins) {
      if (name === 'uri-blocker' && block(exchange, conf)) return true;
      if (name === 'proxy-rewrite') rewrite(exchange, conf);
    }
    for (const { name, conf } of plugins) {
      if (name === 'ip-restriction' && restrict(exchange, conf)) return true;
      if (name === 'limit-count' && limit(exchange, route, conf)) return true;
      if (name === 'forward-auth' && (await authorise(exchange, conf))) return true;
    }
    return false;
  }

  async function pass(exchange: Exchange, route: Route): Promise<void> {
    const upstream = upstreamOf(route);
    const nodes = upstream ? nodesOf(upstream) : [];
    const node = nodes[turn % Math.max(1, nodes.length)];
    turn += 1;
    if (!upstream || !node) return answerPage(exchange, 503);
    const { headers, remoteAddress, request } = exchange;
    const chunked = headers.get('transfer-encoding').length > 0;
    dropHopByHop(headers);
    if (chunked) headers.set('Transfer-Encoding', ['chunked']);
    headers.set('X-Real-IP', [remoteAddress]);
    headers.set('X-Forwarded-For', [[...headers.get('x-forwarded-for'), remoteAddress].join(', ')]);
    headers.set('X-Forwarded-Proto', ['http']);
    headers.set('X-Forwarded-Host', [exchange.host]);
    headers.set('X-Forwarded-Port', [String(request.socket.localPort ?? '')]);
    if (upstream.pass_host === 'node') headers.set('Host', [`${node.host}:${node.port}`]);
    if (upstream.pass_host === 'rewrite' && upstream.upstream_host)
      headers.set('Host', [upstream.upstream_host]);
    exchange.upstreamAddress = `${node.host}:${node.port}`;
    const asked = performance.now();
    const result = await proxy(
      { upstream, node, method: exchange.method, path: exchange.upstreamUri || exchange.uri.raw, headers },
      request,
      exchange.response,
      {
        status(status) {
          exchange.upstreamStatus = String(status);
          exchange.upstreamTime = secondsSince(asked);
          return {
            ...Object.fromEntries(exchange.responseHeaders),
            Server: server,
            ...(status >= 500 ? { 'X-APISIX-Upstream-Status': String(status) } : {}),
          };
        },
        body(bytes) {
          exchange.bodyBytes += bytes;
        },
      },
    );
    if (result.kind === 'failed') {
      exchange.upstreamStatus = String(result.status);
      exchange.upstreamTime = secondsSince(asked);
      answerPage(exchange, result.status, { 'X-APISIX-Upstream-Status': String(result.status) });
    }
  }

  async function serve(exchange: Exchange): Promise<void> {
    for (const rule of store.list('global_rules')) {
      for (const { name, conf } of ordered(globalRuleSchema.parse(configured(rule)).plugins)) {
        if (name === 'uri-blocker' && block(exchange, conf)) return;
        if (name === 'proxy-rewrite') rewrite(exchange, conf);
      }
    }
    const route = matchRoute(routes(), {
      host: exchange.host,
      path: exchange.uri.path,
      method: exchange.method,
    });
    if (!route) return answerError(exchange, 404, '404 Route Not Found');
    if (await runPlugins(exchange, route)) return;
    await pass(exchange, route);
  }

  function record(exchange: Exchange, started: number): void {
    log.push(accessLogLine(options.accessLogFormat, (name) => logVariableOf(exchange, name, started, now())));
    if (log.length > maxLogLines) log.shift();
  }

  return {
    listener(request, response) {
      const started = performance.now();
      const parsed = parseGatewayUri(request.url ?? '/');
      const exchange: Exchange = {
        request,
        response,
        method: request.method ?? 'GET',
        uri: parsed ?? { raw: request.url ?? '/', path: '', query: '' },
        host: hostOf(request),
        remoteAddress: remoteAddressOf(request),
        headers: createHeaderBag(request.rawHeaders),
        responseHeaders: new Map(),
        path: parsed?.path ?? '',
        upstreamUri: '',
        upstreamAddress: undefined,
        upstreamStatus: undefined,
        upstreamTime: undefined,
        bodyBytes: 0,
      };
      let recorded = false;
      const recordOnce = () => {
        if (!recorded) record(exchange, started);
        recorded = true;
      };
      response.on('finish', recordOnce);
      response.on('close', recordOnce);
      if (!parsed) return answerPage(exchange, 400);
      serve(exchange).catch((error: unknown) => {
        options.log?.warn({ sandbox: 'APISIX', error: String(error) }, 'the sandbox gateway itself failed');
        if (response.headersSent) response.destroy();
        else answerPage(exchange, 500);
      });
    },
    accessLog: () => log,
    flushLogs: () => logger.flush(),
    close() {
      logger.close();
      forwardAuth.close();
    },
  };
}
