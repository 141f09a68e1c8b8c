import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Instant } from '../contract/values.ts';

export interface Alarm {
  /** Rings at `at` at the latest. Must be called in the scope that the timer is to live in. */
  setFor(at: Instant | null, now: Instant): void;
}

/**
 * Keeps a timer for the next instant that matters. One that would ring before it is cancelled: two events, where a ring
 * for nothing costs five. One that rings after it stays: it may be needed again, and the run is mostly over before.
 */
export function createAlarm(ring: () => void): Alarm {
  const running = new Map<Instant, CancellationScope>();

  async function wait(at: Instant, ms: number, scope: CancellationScope): Promise<void> {
    try {
      await scope.run(() => sleep(ms, { summary: `until ${new Date(at).toISOString()}` }));
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    running.delete(at);
    ring();
  }

  return {
    setFor(at, now) {
      if (at === null) return;
      for (const [early, scope] of running) {
        if (early >= at) continue;
        running.delete(early);
        scope.cancel();
      }
      if (running.has(at)) return;
      const scope = new CancellationScope({ cancellable: true });
      running.set(at, scope);
      void wait(at, Math.max(1, at - now), scope);
    },
  };
}
