import { once } from 'node:events';
import { createServer } from 'node:http';
import express, { type Router } from 'express';
import { type Logger, pino } from 'pino';
import type { VerifyBearer } from '../../../api/auth/caller.ts';
import { requireCaller } from '../../../api/auth/guard.ts';
import { createRoutes, type Gatekeepers, type Routes } from '../../../api/operations/routes.ts';
import { notFound, problemHandler } from '../../../api/problem.ts';
import { describeError, requestLog } from '../../../api/request-log.ts';

export interface ServedRoutes {
  readonly origin: string;
  /** Every line that was logged, as JSON text. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** Lets pass whom `verify` says, as often as they like. */
export function keepersOf(verify: VerifyBearer): Gatekeepers {
  return {
    guard: (roles, answer) => requireCaller(verify, roles, answer),
    limit: () => (_req, _res, next) => next(),
  };
}

/** Described routes behind real HTTP, with the error handling of the public listener. */
export async function serveRoutes(options: {
  readonly keepers: Gatekeepers;
  readonly add?: (routes: Routes) => void;
  readonly routers?: readonly Router[];
  /** Routers that ask the described routes themselves. */
  readonly behind?: (routes: Routes, log: Logger) => readonly Router[];
}): Promise<ServedRoutes> {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const routes = createRoutes(options.keepers, log);
  options.add?.(routes);
  const app = express();
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(requestLog(log, 'public'));
  const behind = options.behind?.(routes, log) ?? [];
  for (const router of [...(options.routers ?? []), ...behind, routes.router()]) app.use(router);
  app.use(
    notFound,
    problemHandler((error) => log.error({ err: describeError(error) })),
  );
  const server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    lines,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
