import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { randomInt } from 'node:crypto';

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

/**
 * Below the range from which systems take the ports of outgoing connections (RFC 6335 begins it at 49152, Linux at
 * 32768): one that was free a moment ago is not taken by a connection of our own.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const ATTEMPTS = 50;

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

export interface HeldPort {
  readonly port: number;
  /** To be called right before its real owner listens. Safe to call twice. */
  release(): Promise<void>;
}

/**
 * Keeps a port from everybody else until its owner, who is started later, can listen; any free one for 0.
 *
 * @param variable the environment variable that the port came from.
 * @throws {PortTakenError} when somebody listens there.
 */
export async function holdPort(wanted: number, variable: string): Promise<HeldPort> {
  for (let attempt = 1; attempt <= (wanted === 0 ? ATTEMPTS : 1); attempt += 1) {
    const port = wanted === 0 ? randomInt(LOWEST, HIGHEST) : wanted;
    const server = await listen(port);
    if (!server) continue;
    let released: Promise<void> | undefined;
    return { port, release: () => (released ??= close(server)) };
  }
  throw new PortTakenError(variable, wanted);
}

/**
 * The port to listen on: any free one for 0. Whoever takes it must be ready to find it taken.
 *
 * @param variable the environment variable that the port came from.
 * @throws {PortTakenError} when somebody listens there.
 */
export async function portFor(wanted: number, variable: string): Promise<number> {
  const held = await holdPort(wanted, variable);
  await held.release();
  return held.port;
}

/** A port that nobody listened on a moment ago. */
export const freePort = (): Promise<number> => portFor(0, 'the port');
