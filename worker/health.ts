import { type InsideListener, listenInside } from './listen.ts';

/**
 * `/healthz`: the process answers. `/readyz`: 200 while the worker takes tasks, else 503 with its state.
 *
 * @param port 0 for any free one.
 */
export function startHealth(options: {
  readonly port: number;
  readonly host: string;
  readonly state: () => string;
}): Promise<InsideListener> {
  return listenInside(
    (request, response) => {
      const answer = (status: number, body: object): void => {
        response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
        response.end(JSON.stringify(body));
      };
      const path = request.url?.split('?', 1)[0];
      const state = options.state();
      if (path === '/healthz') answer(200, { status: 'ok' });
      else if (path === '/readyz') answer(state === 'RUNNING' ? 200 : 503, { state });
      else answer(404, { code: 'not-found' });
    },
    { port: options.port, host: options.host, variable: 'WORKER_HEALTH_PORT' },
  );
}
