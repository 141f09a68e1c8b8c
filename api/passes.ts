import { outsideSpans } from '../platform/tracing/in-span.ts';

/** Work that is done in passes: at intervals, and when somebody knows that there is some. */
export interface Passes {
  /** A pass soon, off the caller's path. Never throws. */
  kick(): void;
  /** A whole pass that begins after this call. */
  runOnce(): Promise<number>;
  isStopped(): boolean;
  /** No new work; resolves when what is under way is done. */
  stop(): Promise<void>;
}

/**
 * One pass at a time in this process; whoever comes meanwhile gets a whole pass after it.
 *
 * @param intervalMs between two passes, in milliseconds; 0 leaves it to `kick` and `runOnce`.
 * @param pass must not reject; resolves with how much it took up.
 */
export function createPasses(intervalMs: number, pass: () => Promise<number>): Passes {
  let stopped = false;
  let running: Promise<number> | undefined;
  let again = false;

  function run(): Promise<number> {
    const next = (running ?? Promise.resolve(0)).then(pass);
    const tracked = next.finally(() => {
      if (running === tracked) running = undefined;
    });
    running = tracked;
    return tracked;
  }

  function kick(): void {
    if (stopped || again) return;
    again = true;
    // Whoever kicks waits for nothing of it, so nothing of it belongs to their trace.
    outsideSpans(() =>
      setImmediate(() => {
        again = false;
        if (!stopped) void run();
      }),
    );
  }

  const tick = (): void => {
    if (!running) kick();
  };
  const timer = intervalMs > 0 ? setInterval(tick, intervalMs) : undefined;

  return {
    kick,
    runOnce: run,
    isStopped: () => stopped,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
