import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A pooler of transactions between a client and PostgreSQL, as PgBouncer is with `pool_mode = transaction`. */
export interface TransactionPooler {
  /** The connection string that leads through it. */
  readonly url: string;
  close(): Promise<void>;
}

const SSL_REQUEST = 80_877_103;
const READY = 'Z'.charCodeAt(0);
const NOTIFICATION = 'A'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);

/** A connection to PostgreSQL, and whose transaction it is in. */
interface Link {
  readonly socket: Socket;
  owner: Socket | null;
}

/** Whole messages of the protocol: one byte of type, four of length. */
function createReader(onMessage: (type: number, message: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5) {
      const length = rest.readInt32BE(1) + 1;
      if (rest.length < length) return;
      const message = Buffer.from(rest.subarray(0, length));
      rest = rest.subarray(length);
      onMessage(message[0] ?? 0, message);
    }
  };
}

/**
 * Each client logs in over a link of its own. After that its statements go to any of the links that are idle, one
 * transaction at a time, and what a link says between transactions is nobody's.
 */
export async function startTransactionPooler(databaseUrl: string): Promise<TransactionPooler> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const idle: Link[] = [];
  const waiting: ((link: Link) => void)[] = [];

  function free(link: Link): void {
    link.owner = null;
    const next = waiting.shift();
    if (next) next(link);
    else idle.push(link);
  }

  function take(use: (link: Link) => void): void {
    // The one that waits longest, so that two statements of a client meet two links.
    const link = idle.shift();
    if (link) use(link);
    else waiting.push(use);
  }

  function serve(client: Socket): void {
    sockets.add(client);
    client.on('error', () => undefined);
    client.on('close', () => sockets.delete(client));
    const socket = connect({ host: target.hostname, port: Number(target.port) });
    sockets.add(socket);
    socket.on('error', () => client.destroy());
    const link: Link = { socket, owner: client };
    let loggedIn = false;
    const batch: Buffer[] = [];

    const send = (messages: readonly Buffer[]): void =>
      take((taken) => {
        taken.owner = client;
        taken.socket.write(Buffer.concat(messages));
      });
    const fromClient = createReader((type, message) => {
      batch.push(message);
      // A simple query, or the end of an extended one. Termination leaves the link open for others.
      const letter = String.fromCharCode(type);
      if (letter === 'X') client.end();
      else if (letter === 'Q' || letter === 'S') send(batch.splice(0));
    });
    socket.on(
      'data',
      createReader((type, message) => {
        if (link.owner === null || type === NOTIFICATION) return;
        link.owner.write(message);
        if (type !== READY || message[5] !== IDLE) return;
        loggedIn = true;
        free(link);
      }),
    );
    client.on('data', (chunk: Buffer) => {
      if (loggedIn) return fromClient(chunk);
      if (chunk.length === 8 && chunk.readInt32BE(4) === SSL_REQUEST) client.write('N');
      else socket.write(chunk);
    });
  }

  const server = createServer(serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: url.href,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
