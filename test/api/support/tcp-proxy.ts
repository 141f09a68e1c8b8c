import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and PostgreSQL, or any other server. */
export interface TcpProxy {
  /** The same server by way of the proxy. */
  readonly url: string;
  /** From here on nothing passes, in neither direction, and nothing is closed. New connections hang too. */
  silence(): void;
  /** What is asked still arrives; no answer comes back. */
  swallowAnswers(): void;
  /** Breaks what is open, and every new connection, until `resume`. */
  refuse(): void;
  /** What was held back passes, and everything after it. */
  resume(): void;
  /** Breaks what is open. */
  cut(): void;
  close(): Promise<void>;
}

export async function proxyTo(serverUrl: string): Promise<TcpProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const answering = new Set<Socket>();
  let silent = false;
  let refusing = false;

  const server = createServer((near) => {
    if (refusing) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    answering.add(far);
    far.on('close', () => answering.delete(far));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (silent) from.pause();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = new URL(serverUrl);
  url.port = String((server.address() as AddressInfo).port);

  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    silence() {
      silent = true;
      for (const socket of sockets) socket.pause();
    },
    swallowAnswers() {
      for (const socket of answering) socket.pause();
    },
    refuse() {
      refusing = true;
      cut();
    },
    resume() {
      silent = false;
      refusing = false;
      for (const socket of sockets) socket.resume();
    },
    cut,
    async close() {
      cut();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
