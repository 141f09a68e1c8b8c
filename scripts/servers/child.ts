import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Put before the command, such as `unshare …`. */
  readonly prefix?: readonly string[];
  /** Takes what the child writes; emptied at the start. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What makes it stop by itself when this process dies, and what `stop` sends. */
  readonly stopSignal: 'SIGINT' | 'SIGTERM';
}

export interface Child {
  readonly pid: number | undefined;
  /** False once it ended. */
  running(): boolean;
  /** The last lines it wrote, for an error's text. */
  tail(): string;
  /** Asks it to stop and waits; kills it after `patienceMs`. Safe to call twice. */
  stop(patienceMs: number): Promise<void>;
}

let parentDeathSignal: boolean | undefined;

/** Linux can tell a child of its parent's death; elsewhere only an orderly end of this process stops it. */
function hasParentDeathSignal(): boolean {
  parentDeathSignal ??=
    process.platform === 'linux' &&
    spawnSync('setpriv', ['--pdeathsig', 'INT', '--', 'true'], { stdio: 'ignore' }).status === 0;
  return parentDeathSignal;
}

function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

/**
 * Starts a server that ends with this process. It stands in its own process group, so that a Ctrl-C on the
 * terminal reaches only us and servers are stopped in order.
 */
export function startChild(options: ChildOptions): Child {
  const guard = hasParentDeathSignal() ? ['setpriv', '--pdeathsig', options.stopSignal.slice(3), '--'] : [];
  // The guard comes last: what the prefix does to credentials would clear the signal.
  const [command, ...args] = [...(options.prefix ?? []), ...guard, options.command, ...options.args];
  const log = openSync(options.logFile, 'w', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(command ?? options.command, args, {
      stdio: ['ignore', log, log],
      detached: true,
      ...(options.env ? { env: options.env } : {}),
    });
  } finally {
    closeSync(log);
  }
  let failed: Error | undefined;
  child.on('error', (error) => {
    failed = error;
  });
  const running = () => failed === undefined && child.exitCode === null && child.signalCode === null;
  const onExit = () => void child.kill(options.stopSignal);
  process.once('exit', onExit);
  child.once('exit', () => process.removeListener('exit', onExit));
  child.unref();

  return {
    pid: child.pid,
    running,
    tail: () => failed?.message ?? lastLines(options.logFile, 8),
    async stop(patienceMs) {
      if (!running()) return;
      child.ref();
      const ended = once(child, 'exit');
      child.kill(options.stopSignal);
      const patience = new AbortController();
      const inTime = await Promise.race([
        ended.then(() => true),
        sleep(patienceMs, false, { signal: patience.signal }),
      ]);
      patience.abort();
      if (inTime) return;
      child.kill('SIGKILL');
      await ended;
    },
  };
}
