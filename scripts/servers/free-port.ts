import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that somebody else listens on; names the variable that moves ours. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly variable: string;
  readonly port: number;

  constructor(variable: string, port: number) {
    super(
      `Port ${port} on 127.0.0.1 is taken. Set ${variable} to another port (0 takes any free one), ` +
        'or stop what listens there.',
    );
    this.variable = variable;
    this.port = port;
  }
}

async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : undefined;
}

/** A port that nobody listened on a moment ago; whoever takes it must be ready to try again. */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0);
  if (port === undefined) throw new Error('No free port on 127.0.0.1');
  return port;
}

/**
 * The port to listen on: any free one for 0.
 *
 * @param variable the environment variable that the port came from.
 * @throws {PortTakenError} when somebody listens there.
 */
export async function portFor(wanted: number, variable: string): Promise<number> {
  if (wanted === 0) return freePort();
  if ((await listenOnce(wanted)) === undefined) throw new PortTakenError(variable, wanted);
  return wanted;
}

export interface HeldPort {
  readonly port: number;
  /** To be called right before its real owner listens. Safe to call twice. */
  release(): Promise<void>;
}

/**
 * Keeps a port from everybody else until its owner, who is started later, can listen.
 *
 * @param variable the environment variable that the port came from.
 * @throws {PortTakenError} when somebody listens there.
 */
export async function holdPort(wanted: number, variable: string): Promise<HeldPort> {
  const server = createServer();
  try {
    server.listen({ port: wanted, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
  } catch {
    throw new PortTakenError(variable, wanted);
  }
  const address = server.address();
  let closed: Promise<unknown> | undefined;
  return {
    port: typeof address === 'object' && address ? address.port : wanted,
    async release() {
      if (!closed) {
        closed = once(server, 'close');
        server.close();
      }
      await closed;
    },
  };
}
