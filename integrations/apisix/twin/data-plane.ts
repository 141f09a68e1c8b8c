import { type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http';
import { isIP } from 'node:net';
import { z } from 'zod';
import type { TwinLog } from '../../sandbox/twin.ts';
import { createForwardAuth, type ForwardAuth } from './forward-auth.ts';
import { createHeaderBag, dropHopByHop, type HeaderBag } from './headers.ts';
import { createLimitCount } from './limit-count.ts';
import { configured, matchRoute, type Route, routeOf } from './router.ts';
import {
  forwardAuthSchema,
  globalRuleSchema,
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
import { type GatewayUri, parseGatewayUri } from './uri.ts';
import { isBlocked } from './uri-blocker.ts';

export interface DataPlane {
  readonly listener: RequestListener;
  /** Lines in APISIX's default format, oldest first. */
  accessLog(): readonly string[];
  close(): void;
}

export interface DataPlaneOptions {
  readonly store: Store;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log?: TwinLog;
}

const server = 'APISIX/3.18.0';
const maxLogLines = 10_000;

type Plugins = Readonly<Record<string, unknown>>;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly uri: GatewayUri;
  /** `$host`: lower-case, without a port. */
  readonly host: string;
  readonly remoteAddress: string;
  /** The headers that go on; plugins change them. */
  readonly headers: HeaderBag;
  /** Set on whatever is answered, whoever answers. */
  readonly responseHeaders: Map<string, string>;
  upstreamAddress: string;
  upstreamStatus: string;
}

function nginxPage(status: number): string {
  const title = `${status} ${status === 503 ? 'Service Temporarily Unavailable' : (STATUS_CODES[status] ?? '')}`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>openresty</center>\r\n<p><em>Powered by <a href="https://apisix.apache.org/">APISIX</a>.</em></p></body>\r\n</html>\r\n`;
}

function answer(
  exchange: Exchange,
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>>,
  body: string | Buffer,
): void {
  // An unread body would stand before the next request on this connection.
  exchange.request.resume();
  const { response } = exchange;
  for (const [name, value] of exchange.responseHeaders) response.setHeader(name, value);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('Server', server);
  if (status !== 204 && status !== 304) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(status).end(exchange.method === 'HEAD' ? undefined : body);
}

function answerPage(
  exchange: Exchange,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  answer(exchange, status, { 'Content-Type': 'text/html; charset=utf-8', ...headers }, nginxPage(status));
}

function answerError(exchange: Exchange, status: number, message: string | undefined): void {
  if (message === undefined) return answerPage(exchange, status);
  const body = `${JSON.stringify({ error_msg: message })}\n`;
  answer(exchange, status, { 'Content-Type': 'text/plain; charset=utf-8' }, body);
}

/** `X-Real-IP` is believed from 127.0.0.1, as in APISIX's default configuration. */
function remoteAddressOf(request: IncomingMessage): string {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const claimed = request.headers['x-real-ip'];
  return peer === '127.0.0.1' && typeof claimed === 'string' && isIP(claimed) !== 0 ? claimed : peer;
}

/** nginx's `$time_local`, in UTC. */
function nginxTime(instant: number): string {
  const [, day, month, year, time] = new Date(instant).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

function hostOf(request: IncomingMessage): string {
  return (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
}

function variableOf(exchange: Exchange, name: string): string {
  const { uri, method, host, remoteAddress, request } = exchange;
  switch (name) {
    case 'real_request_uri':
      return uri.raw;
    case 'request_uri':
      return uri.path + uri.query;
    case 'uri':
      return uri.path;
    case 'args':
      return uri.query.slice(1);
    case 'request_method':
      return method;
    case 'host':
      return host;
    case 'scheme':
      return 'http';
    case 'remote_addr':
      return remoteAddress;
    case 'server_port':
      return String(request.socket.localPort ?? '');
    default:
      return name.startsWith('http_')
        ? (exchange.headers.get(name.slice(5).replaceAll('_', '-'))[0] ?? '')
        : '';
  }
}

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
    const { headers } = proxyRewriteSchema.parse(conf);
    for (const [name, value] of Object.entries(headers.add))
      exchange.headers.set(name, [...exchange.headers.get(name), String(value)]);
    for (const [name, value] of Object.entries(headers.set)) exchange.headers.set(name, [String(value)]);
    for (const name of headers.remove) exchange.headers.delete(name);
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

  /** True: a plugin answered. The rewrite phase of every plugin runs before any plugin's access phase. */
  async function runPlugins(exchange: Exchange, route: Route): Promise<boolean> {
    const plugins = ordered(mergedPlugins(route));
    for (const { name, conf } of plugins) {
      if (name === 'uri-blocker' && block(exchange, conf)) return true;
      if (name === 'proxy-rewrite') rewrite(exchange, conf);
    }
    for (const { name, conf } of plugins) {
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
    const result = await proxy(
      { upstream, node, method: exchange.method, path: exchange.uri.raw, headers },
      request,
      exchange.response,
      (status) => {
        exchange.upstreamStatus = String(status);
        return {
          ...Object.fromEntries(exchange.responseHeaders),
          Server: server,
          ...(status >= 500 ? { 'X-APISIX-Upstream-Status': String(status) } : {}),
        };
      },
    );
    if (result.kind === 'failed') {
      exchange.upstreamStatus = String(result.status);
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

  /** APISIX's default `access_log_format`: the whole request line stands in it, query and all. */
  function record(exchange: Exchange, started: number): void {
    const { request, response, method } = exchange;
    const quote = (text: string | undefined) => (text ?? '-').replace(/["\\\r\n]/g, '?');
    const seconds = ((performance.now() - started) / 1000).toFixed(3);
    const time = nginxTime(now());
    const size = response.getHeader('content-length') ?? '-';
    log.push(
      `${exchange.remoteAddress} - - [${time}] ${quote(request.headers.host)} "${method} ${quote(request.url)} HTTP/${request.httpVersion}" ` +
        `${response.statusCode} ${String(size)} ${seconds} "${quote(request.headers.referer)}" "${quote(request.headers['user-agent'])}" ` +
        `${exchange.upstreamAddress} ${exchange.upstreamStatus} - "http://${quote(request.headers.host)}${quote(exchange.uri.path)}"`,
    );
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
        upstreamAddress: '-',
        upstreamStatus: '-',
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
    close: () => forwardAuth.close(),
  };
}
