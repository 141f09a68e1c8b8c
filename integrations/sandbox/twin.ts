import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFaultSwitch, faultRuleSchema, type FaultSwitch } from './faults.ts';
import { type Neighbour, type PageTable, renderTwinPage } from './page.ts';

export interface TwinLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

export interface TwinOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  readonly log?: TwinLog;
  /** The twin's clock, in milliseconds. */
  readonly now?: () => number;
  /** Where the twin's page leads besides. */
  readonly neighbours?: () => readonly Neighbour[];
}

/** A running twin: a real HTTP server that speaks a vendor's wire format and keeps its state in memory. */
export interface Twin {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  readonly faults: FaultSwitch;
  close(): Promise<void>;
}

export interface TwinDefinition {
  readonly vendor: string;
  readonly listener: RequestListener;
  /** The vendor's own body for an error that the fault switch makes. */
  readonly errorBody: (status: number) => { readonly contentType: string; readonly body: string };
  /** What the page at `/__sandbox` shows. */
  readonly tables: () => readonly PageTable[];
  /** HTML of the page: what is there, and forms to act on it. Then the tables are folded. Left out: the tables alone. */
  readonly view?: () => string;
  readonly faults?: FaultSwitch;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

async function answerSandbox(
  definition: TwinDefinition,
  faults: FaultSwitch,
  neighbours: () => readonly Neighbour[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://twin').pathname;
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (path === '/__sandbox/faults') {
    if (request.method === 'POST') {
      const rule = faultRuleSchema.safeParse(await readJson(request).catch(() => null));
      if (!rule.success) return void json(400, { error: rule.error.issues });
      faults.set(rule.data);
    }
    if (request.method === 'DELETE') faults.clear();
    return void json(200, { faults: faults.list() });
  }
  if (path === '/__sandbox/state') return void json(200, { tables: definition.tables() });
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(
    renderTwinPage(definition.vendor, definition.tables(), {
      view: definition.view?.(),
      neighbours: neighbours(),
    }),
  );
}

const FOREIGN_PAGE = '<!doctype html><title>Sign in</title><p>Please sign in to this network.</p>';

/** The same request with its body received: what is done with it no longer needs the client. */
async function receive(request: IncomingMessage): Promise<IncomingMessage> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const received = Readable.from(chunks.length === 0 ? [] : [Buffer.concat(chunks)]);
  const { method, url, headers, socket } = request;
  return Object.assign(received, { method, url, headers, socket }) as unknown as IncomingMessage;
}

/** Makes the work happen but closes the connection where the answer would have been, or so much later. */
function hangUpInsteadOfAnswer(response: ServerResponse, afterMs: number): void {
  response.writeHead = () => response;
  response.write = () => true;
  response.end = () => {
    const { socket } = response;
    if (afterMs === 0) socket?.destroy();
    else setTimeout(() => socket?.destroy(), afterMs).unref();
    return response;
  };
}

/**
 * Serves a twin: the vendor's own endpoints under the fault switch, and beside them
 * `GET /__sandbox` (page), `GET /__sandbox/state`, and `GET | POST | DELETE /__sandbox/faults`.
 */
export async function startTwin(definition: TwinDefinition, options: TwinOptions): Promise<Twin> {
  const faults = definition.faults ?? createFaultSwitch();
  const server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? '/', 'http://twin').pathname;
      // Pages open it by hand, so `/` of a twin with no root of its own leads there too.
      if (path === '/__sandbox' || path.startsWith('/__sandbox/faults') || path === '/__sandbox/state') {
        return answerSandbox(definition, faults, options.neighbours ?? (() => []), request, response);
      }
      const fault = faults.take('request', request.method ?? 'GET', path);
      if (fault) options.log?.warn({ sandbox: definition.vendor, fault: fault.kind, path }, 'sandbox fault');
      if (fault?.kind === 'delay') {
        const received = await receive(request);
        await sleep(fault.delayMs, undefined, { ref: false });
        return definition.listener(received, response);
      }
      switch (fault?.kind) {
        case 'drop':
          request.socket.destroy();
          return;
        case 'refuse':
          refuseFor(fault.delayMs);
          return;
        case 'status': {
          const { contentType, body } = definition.errorBody(fault.status);
          request.resume();
          response.writeHead(fault.status, { 'content-type': contentType, ...fault.headers }).end(body);
          return;
        }
        case 'malformed':
          request.resume();
          response.writeHead(200, { 'content-type': 'application/json' }).end('<html>not json');
          return;
        case 'wrong-content-type':
          request.resume();
          response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(FOREIGN_PAGE);
          return;
        case 'commit-then-hang-up':
          hangUpInsteadOfAnswer(response, 0);
          break;
        case 'commit-then-silence':
          hangUpInsteadOfAnswer(response, fault.delayMs);
          break;
        case 'duplicate':
        case 'reorder':
        case 'lose':
        case undefined:
          break;
      }
      definition.listener(request, response);
    })().catch(() => response.destroy());
  });
  const host = options.host ?? '127.0.0.1';
  server.listen(options.port, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://${host}:${port}`;
  let closed = false;

  function refuseFor(ms: number): void {
    server.close();
    server.closeAllConnections();
    setTimeout(() => {
      if (!closed) server.listen(port, host);
    }, ms).unref();
  }

  options.log?.info({ sandbox: definition.vendor, url }, 'sandbox twin listens');
  return {
    url,
    faults,
    async close() {
      closed = true;
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close').catch(() => undefined);
    },
  };
}
