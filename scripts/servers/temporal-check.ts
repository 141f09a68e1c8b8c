import { spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** Why a file is not what we need, or null when it is. */
export type Check = (file: string) => Promise<string | null>;

/** Older ones lack what a session's workflow uses of the server. */
const OLDEST_CLI = [1, 4, 1] as const;

function isOlder(version: readonly number[]): boolean {
  for (const [index, least] of OLDEST_CLI.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}

/** Asks the Temporal CLI for its version. */
export const checkCli: Check = async (file) => {
  const { stdout, stderr, error } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  const version = /temporal version (\d+)\.(\d+)\.(\d+)/
    .exec(stdout ?? '')
    ?.slice(1)
    .map(Number);
  if (!version) {
    const said = (error?.message ?? (stderr || stdout) ?? '').trim().slice(0, 200);
    return `it does not answer --version as the Temporal CLI does (${said || 'it said nothing'})`;
  }
  if (isOlder(version))
    return `it is version ${version.join('.')}; ${OLDEST_CLI.join('.')} is the oldest that will do`;
  return null;
};

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Starts the test server, which has neither a version nor a help text, and sees whether it listens. */
export const checkTestServer: Check = async (file) => {
  const port = await freePort();
  const child = spawn(file, [String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  let ended = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, 1000);
  });
  const closed = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      said = error.message;
      ended = true;
      resolve();
    });
    child.once('close', () => {
      ended = true;
      resolve();
    });
  });
  try {
    const deadline = performance.now() + 20_000;
    while (!ended && performance.now() < deadline) {
      if (await answers(port)) return null;
      await sleep(50);
    }
    return `it does not listen (${said.trim().split('\n')[0]?.slice(0, 200) || 'it said nothing'})`;
  } finally {
    child.kill('SIGKILL');
    await closed;
  }
};
