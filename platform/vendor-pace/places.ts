import { setTimeout as sleep } from 'node:timers/promises';

/** How many calls of one vendor may be under way at once. */
export interface Places {
  /** Waits for a place, first come, first served. @returns false when there was none in time. */
  take(withinMs: number): Promise<boolean>;
  giveBack(): void;
}

export function createPlaces(count: number): Places {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async take(withinMs) {
      if (free > 0) {
        free -= 1;
        return true;
      }
      let handOver = (): void => undefined;
      const handed = new Promise<void>((resolve) => {
        handOver = resolve;
      });
      waiting.push(handOver);
      const timer = new AbortController();
      const late = sleep(withinMs, undefined, { signal: timer.signal }).catch(() => undefined);
      await Promise.race([handed, late]);
      timer.abort();
      const at = waiting.indexOf(handOver);
      // Handed over, be it in the very moment of giving up.
      if (at < 0) return true;
      waiting.splice(at, 1);
      return false;
    },
    giveBack() {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}
