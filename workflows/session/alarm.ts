import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Instant } from '../contract/values.ts';

export interface Alarm {
  /** Rings at `at` at the latest. Must be called in the scope that the timer is to live in. */
  setFor(at: Instant | null, now: Instant): void;
}

/**
 * One timer at a time. A timer that is already running is kept when it rings early enough: an early ring changes
 * nothing and costs less history than a timer cancelled and started again.
 */
export function createAlarm(ring: () => void): Alarm {
  let running: { readonly at: Instant; readonly scope: CancellationScope } | null = null;

  async function wait(at: Instant, ms: number, scope: CancellationScope): Promise<void> {
    try {
      await scope.run(() => sleep(ms, { summary: `until ${new Date(at).toISOString()}` }));
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    if (running?.scope === scope) running = null;
    ring();
  }

  return {
    setFor(at, now) {
      if (at === null || (running && running.at <= at)) return;
      running?.scope.cancel();
      const scope = new CancellationScope({ cancellable: true });
      running = { at, scope };
      void wait(at, Math.max(1, at - now), scope);
    },
  };
}
