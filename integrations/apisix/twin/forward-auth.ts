import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { z } from 'zod';
import { createHeaderBag, type HeaderBag } from './headers.ts';
import type { forwardAuthSchema } from './schemas.ts';

type ForwardAuthConf = z.output<typeof forwardAuthSchema>;

/** What the plugin knows of a client's request. */
export interface AuthRequest {
  readonly method: string;
  readonly scheme: string;
  /** Lower-case, without a port. */
  readonly host: string;
  /** The normalised, decoded path and the raw query: bytes, one per character. */
  readonly requestUri: string;
  readonly remoteAddress: string;
  readonly headers: HeaderBag;
  /** nginx's and APISIX's variables, by name without `$`. */
  readonly variable: (name: string) => string;
}

export type AuthDecision =
  /** Set each name on the upstream request, or remove it where there is no value. */
  | { readonly kind: 'pass'; readonly upstreamHeaders: ReadonlyMap<string, readonly string[]> }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: ReadonlyMap<string, readonly string[]>;
      readonly body: Buffer;
    }
  /** The auth service could not be asked: the gateway's own error page. */
  | { readonly kind: 'error'; readonly status: number };

export interface ForwardAuth {
  decide(conf: ForwardAuthConf, request: AuthRequest): Promise<AuthDecision>;
  close(): void;
}

interface AuthAnswer {
  readonly status: number;
  readonly headers: HeaderBag;
  readonly body: Buffer;
}

function authHeaders(conf: ForwardAuthConf, request: AuthRequest): Record<string, string | string[]> {
  const headers = createHeaderBag([]);
  headers.set('User-Agent', ['lua-resty-http/0.17.2 (Lua) ngx_lua/10028']);
  for (const name of conf.request_headers) {
    const values = request.headers.get(name);
    if (values.length > 0) headers.set(name, values);
  }
  const generated: readonly (readonly [string, string])[] = [
    ['X-Forwarded-Proto', request.scheme],
    ['X-Forwarded-Method', request.method],
    ['X-Forwarded-Host', request.host],
    ['X-Forwarded-Uri', request.requestUri],
    ['X-Forwarded-For', request.remoteAddress],
  ];
  for (const [name, value] of generated) headers.set(name, [value]);
  for (const [name, template] of Object.entries(conf.extra_headers)) {
    headers.set(name, [
      template.replace(/\$\{?(\w+)\}?/g, (_, variable: string) => request.variable(variable)),
    ]);
  }
  return headers.toObject();
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The plugin's HTTP side: a pool of connections per address, sized by the first route that used it. */
export function createForwardAuth(): ForwardAuth {
  const agents = new Map<string, Agent>();

  function agentFor(conf: ForwardAuthConf, url: URL): Agent | undefined {
    if (url.protocol === 'https:') return undefined;
    const held = agents.get(url.host);
    if (held) return held;
    const agent = new Agent({
      keepAlive: conf.keepalive,
      maxFreeSockets: conf.keepalive_pool,
      timeout: conf.keepalive_timeout,
    });
    agents.set(url.host, agent);
    return agent;
  }

  function ask(conf: ForwardAuthConf, headers: Record<string, string | string[]>): Promise<AuthAnswer> {
    const url = new URL(conf.uri);
    const agent = agentFor(conf, url);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      // Throws where a header's value is not allowed, such as a decoded line break in X-Forwarded-Uri.
      const call = send(url, { method: conf.request_method, headers, ...(agent ? { agent } : {}) });
      call.setTimeout(conf.timeout, () => call.destroy(new Error('forward-auth timed out')));
      call.on('error', (error: NodeJS.ErrnoException) => {
        // The other side closed an idle connection at the moment it was taken from the pool.
        if (call.reusedSocket && error.code === 'ECONNRESET') ask(conf, headers).then(resolve, reject);
        else reject(error);
      });
      call.on('response', (response) => {
        readAll(response).then(
          (body) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: createHeaderBag(response.rawHeaders),
              body,
            }),
          reject,
        );
      });
      call.end();
    });
  }

  return {
    async decide(conf, request) {
      let answer: AuthAnswer;
      try {
        answer = await ask(conf, authHeaders(conf, request));
      } catch {
        return conf.allow_degradation
          ? { kind: 'pass', upstreamHeaders: new Map() }
          : { kind: 'error', status: conf.status_on_error };
      }
      const listed = (names: readonly string[]) =>
        new Map(names.map((name) => [name, answer.headers.get(name)] as const));
      if (answer.status < 300) return { kind: 'pass', upstreamHeaders: listed(conf.upstream_headers) };
      const headers = new Map([...listed(conf.client_headers)].filter(([, values]) => values.length > 0));
      return { kind: 'answer', status: answer.status, headers, body: answer.body };
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}
