import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Instant } from '../contract/values.ts';
import type { NextDue } from '../policy/rules.ts';

export interface Alarm {
  /**
   * Rings at the latest when `next` is due. Must be called in the scope that the timer is to live in. The timer is
   * titled by what was next when it was started.
   */
  setFor(next: NextDue | null, now: Instant): void;
}

/**
 * Keeps a timer for the next instant that matters. One that would ring before it is cancelled: two events, where a ring
 * for nothing costs five. One that rings after it stays: it may be needed again, and the run is mostly over before.
 */
export function createAlarm(ring: () => void): Alarm {
  const running = new Map<Instant, CancellationScope>();

  async function wait({ at, what }: NextDue, ms: number, scope: CancellationScope): Promise<void> {
    try {
      await scope.run(() => sleep(ms, { summary: `${what}, ${new Date(at).toISOString()}` }));
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    running.delete(at);
    ring();
  }

  return {
    setFor(next, now) {
      if (next === null) return;
      const { at } = next;
      for (const [early, scope] of running) {
        if (early >= at) continue;
        running.delete(early);
        scope.cancel();
      }
      if (running.has(at)) return;
      const scope = new CancellationScope({ cancellable: true });
      running.set(at, scope);
      void wait(next, Math.max(1, at - now), scope);
    },
  };
}
