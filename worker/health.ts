import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HealthListener {
  readonly port: number;
  close(): Promise<void>;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is taken: set WORKER_HEALTH_PORT to another one`, { cause: error })
          : error,
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/**
 * `/healthz`: the process answers. `/readyz`: 200 while the worker takes tasks, else 503 with its state.
 *
 * @param port 0 for any free one.
 */
export async function startHealth(options: {
  readonly port: number;
  readonly host: string;
  readonly state: () => string;
}): Promise<HealthListener> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    const path = request.url?.split('?', 1)[0];
    const state = options.state();
    if (path === '/healthz') answer(200, { status: 'ok' });
    else if (path === '/readyz') answer(state === 'RUNNING' ? 200 : 503, { state });
    else answer(404, { code: 'not-found' });
  });
  const port = await listen(server, options.port, options.host);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
