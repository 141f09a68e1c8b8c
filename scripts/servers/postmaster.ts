import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Process {
  readonly pid: number;
  readonly parent: number;
}

interface Found {
  readonly parent: number;
  readonly command: string;
}

function fromProc(pid: number): Found | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { parent: Number(parent), command };
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): Found | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return { parent: Number.parseInt(line, 10), command: line };
  } catch {
    return undefined;
  }
}

/** The PostgreSQL that runs in this cluster, by its lock file, or undefined. */
export function postmasterOf(cluster: string): Process | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const found = process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  // After a restart of the machine the number may be somebody else's.
  return found?.command.includes(cluster) ? { pid, parent: found.parent } : undefined;
}

async function gone(cluster: string, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (postmasterOf(cluster)) {
    if (performance.now() > deadline) return false;
    await sleep(100);
  }
  return true;
}

/**
 * Makes way for a new start: stops a server that lost its parent, and removes the lock file of one that is gone.
 *
 * @throws when a server runs there that has a parent, another stack's.
 */
export async function clearLeftover(cluster: string): Promise<void> {
  const running = postmasterOf(cluster);
  if (running) {
    if (running.parent === 1) process.kill(running.pid, 'SIGINT');
    if (!(await gone(cluster, 5000)))
      throw new Error(
        `A PostgreSQL (process ${running.pid}) already runs in ${cluster}. ` +
          'Stop the stack it belongs to, or set LATCHKEY_DATA to another directory.',
      );
  }
  const lock = join(cluster, 'postmaster.pid');
  if (existsSync(lock)) rmSync(lock, { force: true });
}
