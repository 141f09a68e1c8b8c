import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pagePolicy } from './pages/layout.ts';
import type { ObserveRequest } from './metrics/observers.ts';
import { requestLog } from './request-log.ts';

/** Longer than the gateway keeps an idle connection (60 s), so that it never writes into one that we just shut. */
const KEEP_ALIVE_MS = 65_000;

export interface AppSettings {
  readonly log: Logger;
  readonly listener: 'public' | 'internal' | 'codec';
  readonly strictTransport: boolean;
  readonly isStopping: () => boolean;
  /** Is told of each request, for metrics. */
  readonly observe?: ObserveRequest;
}

/** What each listener's application has in common; its routers are added by whoever makes it. */
export function createApp({ log, listener, strictTransport, isStopping, observe }: AppSettings): Express {
  const app = express();
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.disable('x-powered-by');
  app.use(requestLog(log, listener, observe));
  app.use((_req, res, next) => {
    if (isStopping()) res.set('connection', 'close');
    next();
  });
  const headers = securityHeaders(strictTransport);
  app.use((_req, res, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  });
  return app;
}

/** What helmet sets is the same for every request, and so is worked out once. */
function securityHeaders(strictTransport: boolean): readonly (readonly [string, string])[] {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: pagePolicy },
    xFrameOptions: { action: 'deny' },
    // The gateway hands its clients our pages as they are: for a year, as helmet has it.
    strictTransportSecurity: strictTransport,
  })(req, res, (error) => {
    if (error !== undefined) throw error;
  });
  return Object.entries(res.getHeaders()).map(([name, value]) => [name, String(value)]);
}

export type Listener = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * @param host undefined: every address of the machine.
 * @param variable names the setting of the port, for the error when it is taken.
 */
export function listen(
  listener: Listener,
  port: number,
  host: string | undefined,
  variable: string,
): Promise<Server> {
  const server = createServer(listener);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 1000;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is taken. Set ${variable} to another port, or to 0 for any free one.`)
          : error,
      );
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.removeAllListeners('error');
      resolve(server);
    });
  });
}

/** @throws when it does not listen on a port. */
export function urlOf(server: Server): string {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  const host = address.address === '::' || address.address === '0.0.0.0' ? '127.0.0.1' : address.address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

/** Takes no new connection, lets the last requests finish, and cuts off what is left after `withinMs`. */
export async function drain(server: Server, withinMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // A connection that was busy at `close` becomes idle later and would be kept alive.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const late = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
