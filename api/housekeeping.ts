/** Removing what nobody reads any more. */
export interface Housekeeping {
  /** No new round; resolves when the one under way is over. */
  stop(): Promise<void>;
}

/** Runs each job once per round, one after the other; one that fails is reported and comes up again next time. */
export function startHousekeeping(deps: {
  readonly everyMs: number;
  readonly jobs: Readonly<Record<string, () => Promise<unknown>>>;
  readonly report: (job: string, error: unknown) => void;
}): Housekeeping {
  let underWay: Promise<void> | undefined;

  async function round(): Promise<void> {
    for (const [name, job] of Object.entries(deps.jobs)) {
      try {
        await job();
      } catch (error) {
        deps.report(name, error);
      }
    }
    underWay = undefined;
  }

  const timer = setInterval(() => {
    underWay ??= round();
  }, deps.everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
