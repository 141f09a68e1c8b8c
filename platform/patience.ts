import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** How long to go on trying, in milliseconds. */
  readonly totalMs: number;
  readonly onRetry?: (attempt: number, waitMs: number) => void;
  readonly signal?: AbortSignal;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

/** Tries until it works, with growing waits; throws what failed last when it is final or patience ends. */
export async function persist<T>(
  attempt: () => Promise<T>,
  patience: Patience,
  isFinal: (error: unknown) => boolean,
): Promise<T> {
  const deadline = performance.now() + patience.totalMs;
  for (let count = 1, wait = FIRST_WAIT_MS; ; count += 1, wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (isFinal(error) || performance.now() + wait > deadline) throw error;
      patience.onRetry?.(count, wait);
      await sleep(wait, undefined, patience.signal ? { signal: patience.signal } : {});
    }
  }
}
