import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Stack } from '../../scripts/stack/start-stack.ts';

/** A process of the API beside the stack's own, as production runs it. */
export interface Replica {
  readonly publicUrl: string;
  readonly internalUrl: string;
  /** Every line that it wrote, at debug level. */
  lines(): readonly string[];
  /** SIGSTOP: it stands still until `resume`, and its connections stay open. */
  pause(): void;
  resume(): void;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
}

const LISTENS = 'api listens';

function addressesIn(line: string): { publicUrl: string; internalUrl: string } | undefined {
  if (!line.includes(LISTENS)) return undefined;
  const said = JSON.parse(line) as { msg?: unknown; public?: unknown; internal?: unknown };
  if (said.msg !== LISTENS || typeof said.public !== 'string' || typeof said.internal !== 'string')
    return undefined;
  return { publicUrl: said.public, internalUrl: said.internal };
}

interface LoggedProcess {
  readonly child: ChildProcess;
  readonly exit: Promise<unknown>;
  readonly lines: readonly string[];
}

/** @param onLine is told of each line as it comes. */
function spawnLogged(
  main: 'api' | 'worker',
  stack: Stack,
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): LoggedProcess {
  const script = fileURLToPath(new URL(`../../dist/${main}/main.js`, import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...stack.env, LOG_LEVEL: 'debug', LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        lines.push(line);
        onLine(line);
      }
    });
  }
  const exit = once(child, 'exit');
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  void exit.then(() => process.removeListener('exit', kill));
  return { child, exit, lines };
}

/** The worker's process with all that it writes. */
export interface LoggedWorker {
  lines(): readonly string[];
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
}

/** Starts the worker from the built `dist`, at debug level. */
export function spawnLoggedWorker(stack: Stack): LoggedWorker {
  const { child, exit, lines } = spawnLogged('worker', stack, {}, () => undefined);
  return {
    lines: () => lines,
    async stop() {
      child.kill('SIGTERM');
      await exit;
    },
  };
}

/**
 * Starts a replica from the built `dist`, on free ports.
 *
 * @param env beside the stack's own settings.
 * @throws when it ends before it listens, with its last lines.
 */
export async function spawnReplica(
  stack: Stack,
  env: Readonly<Record<string, string>> = {},
): Promise<Replica> {
  let settle: (addresses: { publicUrl: string; internalUrl: string }) => void = () => undefined;
  const listens = new Promise<{ publicUrl: string; internalUrl: string }>((resolve) => {
    settle = resolve;
  });
  const anyPort = { PORT: '0', INTERNAL_PORT: '0', CODEC_PORT: '0' };
  const { child, exit, lines } = spawnLogged('api', stack, { ...anyPort, ...env }, (line) => {
    const addresses = addressesIn(line);
    if (addresses) settle(addresses);
  });
  const ended = exit.then(() => {
    throw new Error(`the replica ended: ${lines.slice(-5).join('\n')}`);
  });
  ended.catch(() => undefined);
  const addresses = await Promise.race([listens, ended]);
  return {
    ...addresses,
    lines: () => lines,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await exit;
    },
  };
}
