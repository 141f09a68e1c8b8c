import { readdirSync, readFileSync } from 'node:fs';
import { errorCode } from '../../platform/error-code.ts';

function childrenOf(pid: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
      return Number(parent) === pid ? [Number(name)] : [];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/**
 * Kills a process and its children, as a crash of their machine would: none of them can finish anything. PostgreSQL's
 * children would otherwise end by themselves, each in its own time.
 */
export function killAll(pid: number): void {
  const children = process.platform === 'linux' ? childrenOf(pid) : [];
  for (const one of [pid, ...children]) sendKill(one);
}
