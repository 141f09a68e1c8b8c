import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { isIP } from 'node:net';
import type { HeaderBag } from './headers.ts';
import type { GatewayUri } from './uri.ts';

/** The `Server` header of whatever the gateway answers. */
export const server = 'APISIX/3.18.0';

/** One request on its way through the gateway. */
export interface Exchange {
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
  /** `$uri`: the normalised path; once proxy-rewrite ran, escaped again. */
  path: string;
  /** `$upstream_uri`: empty until proxy-rewrite ran, and then the raw URI goes on. */
  upstreamUri: string;
  upstreamAddress: string | undefined;
  upstreamStatus: string | undefined;
  /** Seconds, as nginx writes them. */
  upstreamTime: string | undefined;
  bodyBytes: number;
}

function nginxPage(status: number): string {
  const title = `${status} ${status === 503 ? 'Service Temporarily Unavailable' : (STATUS_CODES[status] ?? '')}`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>openresty</center>\r\n<p><em>Powered by <a href="https://apisix.apache.org/">APISIX</a>.</em></p></body>\r\n</html>\r\n`;
}

/** Answers instead of the upstream, with what plugins set on every answer. */
export function answer(
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
  if (exchange.method !== 'HEAD') exchange.bodyBytes = Buffer.byteLength(body);
  response.writeHead(status).end(exchange.method === 'HEAD' ? undefined : body);
}

/** nginx's own page for a status. */
export function answerPage(
  exchange: Exchange,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  answer(exchange, status, { 'Content-Type': 'text/html; charset=utf-8', ...headers }, nginxPage(status));
}

/** A plugin's refusal: `{"error_msg":…}`, which APISIX sends as text; nginx's page where it has no words. */
export function answerError(exchange: Exchange, status: number, message: string | undefined): void {
  if (message === undefined) return answerPage(exchange, status);
  const body = `${JSON.stringify({ error_msg: message })}\n`;
  answer(exchange, status, { 'Content-Type': 'text/plain; charset=utf-8' }, body);
}

/** `X-Real-IP` is believed from 127.0.0.1, as in APISIX's default configuration. */
export function remoteAddressOf(request: IncomingMessage): string {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const claimed = request.headers['x-real-ip'];
  return peer === '127.0.0.1' && typeof claimed === 'string' && isIP(claimed) !== 0 ? claimed : peer;
}

/** nginx's `$time_local`, in UTC. */
function nginxTime(instant: number): string {
  const [, day, month, year, time] = new Date(instant).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** As nginx writes durations. */
export function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(3);
}

/** `$host`: lower-case, without a port. */
export function hostOf(request: IncomingMessage): string {
  return (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
}

/** A variable in a plugin's configuration; empty where it has no value. */
export function variableOf(exchange: Exchange, name: string): string {
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

/** A variable as a logger plugin has it when the answer is out: text, as APISIX's `ctx.var` gives it. */
export function contextVariableOf(exchange: Exchange, name: string, now: number): string | undefined {
  switch (name) {
    case 'status':
      return String(exchange.response.statusCode);
    case 'upstream_status':
      return exchange.upstreamStatus;
    case 'msec':
      return (now / 1000).toFixed(3);
    default: {
      const value = variableOf(exchange, name);
      return value === '' ? undefined : value;
    }
  }
}

/** A variable as nginx has it when it writes the log: of the request as it came, not as plugins changed it. */
export function logVariableOf(
  exchange: Exchange,
  name: string,
  started: number,
  now: number,
): string | undefined {
  const { request, response, method } = exchange;
  switch (name) {
    case 'time_local':
      return nginxTime(now);
    case 'request':
      return `${method} ${request.url} HTTP/${request.httpVersion}`;
    case 'request_uri':
      return request.url;
    case 'uri':
      return exchange.path;
    case 'args':
    case 'query_string':
      return exchange.uri.query === '' ? undefined : exchange.uri.query.slice(1);
    case 'is_args':
      return exchange.uri.query === '' ? '' : '?';
    case 'server_protocol':
      return `HTTP/${request.httpVersion}`;
    case 'status':
      return String(response.statusCode);
    case 'body_bytes_sent':
      return String(exchange.bodyBytes);
    case 'request_time':
      return secondsSince(started);
    case 'upstream_addr':
      return exchange.upstreamAddress;
    case 'upstream_status':
      return exchange.upstreamStatus;
    case 'upstream_response_time':
      return exchange.upstreamTime;
    case 'upstream_scheme':
      return 'http';
    case 'upstream_host':
      return request.headers.host;
    case 'upstream_uri':
      return exchange.upstreamUri;
    case 'remote_addr':
    case 'request_method':
    case 'host':
    case 'scheme':
    case 'server_port':
      return variableOf(exchange, name);
    default: {
      const sent = name.startsWith('http_') ? request.headers[name.slice(5).replaceAll('_', '-')] : undefined;
      return Array.isArray(sent) ? sent.join(', ') : sent;
    }
  }
}
