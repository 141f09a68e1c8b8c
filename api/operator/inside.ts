import { createServer, type IncomingMessage, request } from 'node:http';
import { duplexPair, Readable } from 'node:stream';
import type { Request, Router } from 'express';
import type { Logger } from 'pino';
import type { Caller } from '../auth/caller.ts';
import { speakFor } from '../auth/inside-caller.ts';
import { createApp } from '../listener.ts';
import { notFound, problemHandler, requestIdOf } from '../problem.ts';
import { describeError } from '../request-log.ts';

/** A `fetch` of our own API that speaks for one operator. */
export type InsideFetch = typeof fetch;

/** Of the request that a page is answered to; the API counts and logs under them as if it had been asked directly. */
const CARRIED = ['x-upstream-auth', 'x-real-ip'] as const;
/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const WITHOUT_BODY = new Set([204, 205, 304]);

/** Where nothing listens: the address in a URL that must have one. */
export const INSIDE_ORIGIN = 'http://latchkey.invalid';

function headersOf(answer: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    for (const one of [value].flat()) if (one !== undefined) headers.append(name, one);
  return headers;
}

/**
 * Asks the process's own API in its own words, without a port: everything that stands before an operation (role, limits,
 * validation, idempotency, audit) is what a call from outside meets.
 *
 * @param router of the API's operations.
 */
export function createInside(deps: {
  readonly router: Router;
  readonly log: Logger;
}): (caller: Caller, outer: Request) => InsideFetch {
  const { log } = deps;
  const app = createApp({ log, listener: 'public', strictTransport: false, isStopping: () => false });
  app.use(deps.router);
  app.use(
    notFound,
    problemHandler((error, req) =>
      log.error({ requestId: requestIdOf(req), err: describeError(error) }, 'request failed'),
    ),
  );
  // It never listens: its connections are handed to it.
  const server = createServer(app);

  return (caller, outer) => async (address, init) => {
    const asked = new globalThis.Request(address, init);
    const url = new URL(asked.url);
    const headers: Record<string, string> = { ...Object.fromEntries(asked.headers), connection: 'close' };
    for (const name of CARRIED) {
      const value = outer.get(name);
      if (value !== undefined) headers[name] = value;
    }
    const id = requestIdOf(outer);
    if (id !== null) headers['x-request-id'] = id;
    const body = Buffer.from(await asked.arrayBuffer());
    if (body.length > 0) headers['content-length'] = String(body.length);

    const [here, there] = duplexPair();
    Object.assign(there, { remoteAddress: outer.socket.remoteAddress });
    speakFor(there, { ...caller, via: 'page' });
    server.emit('connection', there);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(
        {
          createConnection: () => here,
          host: url.hostname,
          method: asked.method,
          path: url.pathname + url.search,
          headers,
          signal: asked.signal,
        },
        resolve,
      )
        .once('error', reject)
        .end(body);
    });
    const status = answer.statusCode ?? 500;
    const text = WITHOUT_BODY.has(status) ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
    return new Response(text, { status, headers: headersOf(answer) });
  };
}
