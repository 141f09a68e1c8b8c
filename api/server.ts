import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Express, Router } from 'express';
import type { Logger } from 'pino';
import { createHealth, type ReadinessCheck } from './health.ts';
import { createApp, drain, type Listener, listen, urlOf } from './listener.ts';
import type { ObserveRequest } from './metrics/observers.ts';
import { notFound, problemHandler, requestIdOf } from './problem.ts';
import { describeError } from './request-log.ts';

export interface ApiSettings {
  /** 0 takes a free port. */
  readonly port: number;
  /** Undefined: every address of the machine. */
  readonly host?: string;
  readonly internalPort: number;
  readonly internalHost: string;
}

/** Something that is stopped after the last request, in the order of the list. */
export interface Stoppable {
  readonly name: string;
  stop(): Promise<void>;
}

export interface ApiDependencies {
  readonly http: ApiSettings;
  readonly log: Logger;
  /** Routers of the public listener; each brings its own body parsing. */
  readonly publicRouters: readonly Router[];
  /** Routers of the internal listener, which also answers `/healthz` and `/readyz`. */
  readonly internalRouters: readonly Router[];
  /** Asked before everything else on the internal listener: answers a request, or touches nothing and says false. */
  readonly internalFirst?: (req: IncomingMessage, res: ServerResponse) => boolean;
  /**
   * Whether browsers are told to come by HTTPS alone (`Strict-Transport-Security`); TLS itself is the gateway's.
   * Default true. False only in development, where there is none.
   */
  readonly strictTransport?: boolean;
  /** Puts each request of a listener into a span. Default: nothing is traced. */
  readonly traced?: (listener: Listener) => Listener;
  readonly readiness: readonly ReadinessCheck[];
  /** Is told of each request that reached the router. */
  readonly observe?: ObserveRequest;
  /** Sweep, then the Temporal client, then the database. */
  readonly stopInOrder: readonly Stoppable[];
  /** Ends the answers that last: no last request is to wait for them. */
  readonly endStreams?: () => void;
  /** Requests under way get this long to finish, in milliseconds. Default 10,000. */
  readonly drainMs?: number;
}

export interface RunningApi {
  readonly publicUrl: string;
  readonly internalUrl: string;
  /** Not ready, then no new connections, then the last requests, then everything behind them. Idempotent. */
  close(): Promise<void>;
}

/** The router behind what is asked first; a fault there is reported, and the router answers. */
function withFirst(
  app: Express,
  first: NonNullable<ApiDependencies['internalFirst']>,
  isStopping: () => boolean,
  report: (error: unknown) => void,
): Listener {
  return (req, res) => {
    // Only the router tells a connection that it is the last time.
    if (!isStopping()) {
      try {
        if (first(req, res)) return;
      } catch (error) {
        report(error);
        if (res.headersSent) {
          res.destroy();
          return;
        }
      }
    }
    app(req, res);
  };
}

/** Starts both listeners. On failure everything that was handed in is stopped again. */
export async function startApi(deps: ApiDependencies): Promise<RunningApi> {
  const { http, log } = deps;
  const drainMs = deps.drainMs ?? 10_000;
  let stopping = false;
  const isStopping = (): boolean => stopping;

  async function stopBehind(): Promise<void> {
    for (const one of deps.stopInOrder) {
      try {
        await one.stop();
      } catch (error) {
        log.error({ stopping: one.name, err: describeError(error) }, 'could not be stopped cleanly');
      }
    }
  }

  const report = problemHandler((error, req) =>
    log.error({ requestId: requestIdOf(req), err: describeError(error) }, 'request failed'),
  );
  const { observe } = deps;
  const strictTransport = deps.strictTransport ?? true;
  const settings = { log, strictTransport, isStopping, ...(observe ? { observe } : {}) };
  const publicApp = createApp({ ...settings, listener: 'public' });
  for (const router of deps.publicRouters) publicApp.use(router);
  publicApp.use(notFound, report);
  const internalApp = createApp({ ...settings, listener: 'internal' });
  internalApp.use(createHealth(deps.readiness, isStopping));
  for (const router of deps.internalRouters) internalApp.use(router);
  internalApp.use(notFound, report);
  const internalListener: Listener =
    deps.internalFirst === undefined
      ? internalApp
      : withFirst(internalApp, deps.internalFirst, isStopping, (error) =>
          log.error({ err: describeError(error) }, 'the quick answer failed; the router takes over'),
        );

  const traced = deps.traced ?? ((listener: Listener) => listener);
  let internal: Server | undefined;
  let open: Server;
  try {
    internal = await listen(traced(internalListener), http.internalPort, http.internalHost, 'INTERNAL_PORT');
    open = await listen(traced(publicApp), http.port, http.host, 'PORT');
  } catch (error) {
    if (internal !== undefined) await drain(internal, 0);
    await stopBehind();
    throw error;
  }
  const inside = internal;

  async function stop(): Promise<void> {
    stopping = true;
    deps.endStreams?.();
    // The gateway asks the internal listener about requests that the public one is still finishing.
    await drain(open, drainMs);
    await drain(inside, drainMs);
    await stopBehind();
  }
  let closing: Promise<void> | undefined;
  return {
    publicUrl: urlOf(open),
    internalUrl: urlOf(inside),
    close: () => (closing ??= stop()),
  };
}
