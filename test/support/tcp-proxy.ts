import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can fall silent: what goes in no longer comes out, and nobody is told. */
export interface TcpProxy {
  readonly port: number;
  /** How many of the connections through it listen for notifications of PostgreSQL. */
  listening(): number;
  /** Stops forwarding on these of the connections that are open; new ones pass. */
  stall(which: 'listening' | 'all'): void;
  close(): Promise<void>;
}

interface Pair {
  readonly ends: readonly [Socket, Socket];
  listens: boolean;
}

/** PostgreSQL's simple query message: `Q`, four bytes of length, then the text. */
const LISTEN = /\blisten\s+"?\w/i;

/** Forwards to a server on this machine. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    const pair: Pair = { ends: [client, target], listens: false };
    pairs.add(pair);
    client.on('data', (chunk) => {
      if (LISTEN.test(chunk.toString('latin1'))) pair.listens = true;
    });
    client.pipe(target);
    target.pipe(client);
    for (const end of pair.ends) {
      end.on('error', () => undefined);
      end.on('close', () => {
        pairs.delete(pair);
        for (const one of pair.ends) one.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    listening: () => [...pairs].filter((pair) => pair.listens).length,
    stall(which) {
      for (const pair of pairs) {
        if (which === 'listening' && !pair.listens) continue;
        for (const end of pair.ends) {
          end.unpipe();
          end.pause();
        }
      }
    },
    async close() {
      for (const pair of pairs) for (const end of pair.ends) end.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The same database, by way of the proxy. */
export function throughProxy(databaseUrl: string, proxy: TcpProxy): string {
  const url = new URL(databaseUrl);
  url.port = String(proxy.port);
  return url.href;
}
