import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GatewayBootstrap } from '../../integrations/apisix/contract.ts';

export const identityHeaders = ['X-Session-Id', 'X-Client-Id', 'X-Tenant-Id', 'X-Access'] as const;
export const slug = 'a1B2c3D4e5F6g7H8i9J0kL';
export const adminKey = 'admin-key';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string[]>>;
  readonly body: string;
}

type Reply = (seen: Seen, response: ServerResponse) => void;

export interface RecordingServer {
  readonly url: string;
  readonly port: number;
  readonly seen: Seen[];
  /** What http-logger told, apart from the rest, since it comes at a time of its own. */
  readonly told: Seen[];
  /** What http-logger is answered. */
  toldStatus: number;
  reply: Reply;
  close(): Promise<void>;
}

function headersOf(message: IncomingMessage): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    const name = (message.rawHeaders[at] ?? '').toLowerCase();
    (headers[name] ??= []).push(message.rawHeaders[at + 1] ?? '');
  }
  return headers;
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

/** A server that keeps what it was asked; by default it answers 200 `ok`. */
export async function startRecordingServer(
  reply: Reply = (_, response) => response.end('ok'),
  host = '127.0.0.1',
): Promise<RecordingServer> {
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const seen = {
        method: message.method ?? '',
        url: message.url ?? '',
        headers: headersOf(message),
        body,
      };
      if (seen.url === '/gateway/events') {
        recording.told.push(seen);
        response.writeHead(recording.toldStatus).end();
        return;
      }
      recording.seen.push(seen);
      recording.reply(seen, response);
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const recording: RecordingServer = {
    url: `http://127.0.0.1:${port}`,
    port,
    seen: [],
    told: [],
    toldStatus: 204,
    reply,
    close: () => closeServer(server),
  };
  return recording;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string[]>>;
  readonly body: string;
}

/** A request whose path goes out exactly as it is written, unlike `fetch`'s. */
export async function rawRequest(
  base: string,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string | string[]>>;
    readonly body?: string | readonly string[];
    readonly agent?: Agent;
  } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(base);
  const call = request({
    hostname,
    port,
    path,
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
    agent: options.agent ?? false,
  });
  if (Array.isArray(options.body)) for (const part of options.body) call.write(part);
  call.end(typeof options.body === 'string' ? options.body : undefined);
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  return {
    status: answer.statusCode ?? 0,
    headers: headersOf(answer),
    body: Buffer.concat(chunks).toString(),
  };
}

export function bootstrapSettings(forwardAuthUrl: string, upstreamUrl: string): GatewayBootstrap {
  return {
    forwardAuthUrl,
    upstreamUrl,
    gatewaySecret: 'the-gateway-secret',
    upstreamSecret: 'the-upstream-secret',
    identityHeaders,
  };
}
