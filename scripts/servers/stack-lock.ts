import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../platform/error-code.ts';

const fileIn = (root: string) => join(root, 'stack.lock');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Alive, but another user's.
    return errorCode(error) === 'EPERM';
  }
}

/** When a process began, in the kernel's ticks, so that a reused number is told from the same process. */
function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** The process whose stack runs in this data directory, or undefined. */
export function stackLockHolder(root: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(fileIn(root), 'utf8');
  } catch {
    return undefined;
  }
  const [pidText, began] = text.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  return beganAt(pid) === (began ?? '') ? pid : undefined;
}

/**
 * Takes a data directory for this process's stack.
 *
 * @returns how to give it back; safe to call twice.
 * @throws when another stack has it.
 */
export function lockDataDirectory(root: string): () => void {
  const file = fileIn(root);
  const mine = `${process.pid} ${beganAt(process.pid)}`.trim();
  for (let attempt = 1; ; attempt += 1) {
    try {
      writeFileSync(file, `${mine}\n`, { flag: 'wx', mode: 0o600 });
      break;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      const holder = stackLockHolder(root);
      if (holder !== undefined || attempt === 5)
        throw new Error(
          `A stack (process ${holder ?? 'unknown'}) already runs in ${root}. ` +
            'Stop it, or set LATCHKEY_DATA to another directory.',
        );
      rmSync(file, { force: true });
    }
  }
  return () => {
    try {
      if (readFileSync(file, 'utf8').trim() === mine) rmSync(file, { force: true });
    } catch {
      // It is gone already.
    }
  };
}
