import { setTimeout as sleep } from 'node:timers/promises';
import { killAll } from './kill.ts';

/** A running process of the system, as it is started each time. */
export interface Running {
  readonly pid: number | undefined;
  /** Ends it in order. */
  close(): Promise<void>;
}

/** A part of the system that dies and comes back at the same address. */
export interface Member {
  /** SIGKILL; comes back after `deadMs`. Resolves when it is back. */
  killFor(deadMs: number): Promise<void>;
  close(): Promise<void>;
}

const GONE_WITHIN_MS = 5000;
/** How soon a supervisor, which every production has, sees that a process ended by itself. */
const SUPERVISE_EVERY_MS = 500;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function awaitGone(pid: number): Promise<void> {
  const deadline = performance.now() + GONE_WITHIN_MS;
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw new Error(`process ${pid} does not die`);
    await sleep(10);
  }
}

/** @param start brings it up, at the same address each time. */
export async function createMember(start: () => Promise<Running>): Promise<Member> {
  let running = await start();
  let closed = false;
  let restarting = Promise.resolve();
  let turns = 0;

  async function restart(deadMs: number): Promise<void> {
    if (closed) return;
    const { pid } = running;
    if (pid !== undefined) {
      killAll(pid);
      await awaitGone(pid);
    }
    await sleep(deadMs);
    running = await start();
  }

  function take(deadMs: number): Promise<void> {
    turns += 1;
    restarting = restarting
      .then(() => restart(deadMs))
      .finally(() => {
        turns -= 1;
      });
    return restarting;
  }

  const supervisor = setInterval(() => {
    if (turns === 0 && running.pid !== undefined && !isAlive(running.pid)) take(0).catch(() => undefined);
  }, SUPERVISE_EVERY_MS);
  supervisor.unref();

  return {
    killFor: take,
    async close() {
      closed = true;
      clearInterval(supervisor);
      await restarting.catch(() => undefined);
      await running.close();
    },
  };
}
