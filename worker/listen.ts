import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface InsideListener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A plain listener of the worker's, for those inside.
 *
 * @param at.port 0 for any free one.
 * @param at.variable names the setting of the port, for the error when it is taken.
 */
export async function listenInside(
  answer: RequestListener,
  at: { readonly port: number; readonly host: string; readonly variable: string },
): Promise<InsideListener> {
  const server = createServer(answer);
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${at.port} is taken: set ${at.variable} to another one`, { cause: error })
          : error,
      );
    });
    server.listen(at.port, at.host, () => resolve((server.address() as AddressInfo).port));
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
