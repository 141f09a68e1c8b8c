import type { Looks } from './look.ts';
import type { Snapshots } from './snapshots.ts';

export interface Recheck {
  /** Resolves when the look under way is done. */
  stop(): Promise<void>;
}

/**
 * Asks the workflow again about what memory holds, one snapshot at a time and slowly: a run that was terminated
 * publishes nothing.
 */
export function startRecheck(deps: {
  readonly snapshots: Pick<Snapshots, 'nextUnchecked'>;
  readonly recheck: Looks['recheck'];
  readonly isFresh: () => boolean;
  readonly monotonic: () => number;
  /** Between two looks, in milliseconds; 0 for none at all. */
  readonly everyMs: number;
  /** Between two looks at the same snapshot, in milliseconds. */
  readonly eachMs: number;
}): Recheck {
  let underWay: Promise<unknown> | undefined;

  function tick(): void {
    if (underWay !== undefined || !deps.isFresh()) return;
    const now = deps.monotonic();
    const next = deps.snapshots.nextUnchecked(now - deps.eachMs, now);
    if (next === undefined) return;
    underWay = deps.recheck(next.slug).finally(() => {
      underWay = undefined;
    });
  }

  const timer = deps.everyMs > 0 ? setInterval(tick, deps.everyMs) : undefined;
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
