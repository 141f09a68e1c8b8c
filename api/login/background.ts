/** Work that a response does not wait for. */
export interface Background {
  /** Begins the work soon. Never throws; at a thousand jobs under way the next is dropped, and reported. */
  run(name: string, work: () => Promise<void>): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

const MOST_JOBS = 1000;

/** @param report is told of each job that failed, and with no error of each that was dropped. */
export function createBackground(report: (name: string, error?: unknown) => void): Background {
  const jobs = new Set<Promise<void>>();
  return {
    run(name, work) {
      if (jobs.size >= MOST_JOBS) {
        report(name);
        return;
      }
      const job: Promise<void> = new Promise<void>((resolve) => {
        setImmediate(resolve);
      })
        .then(work)
        .catch((error: unknown) => report(name, error))
        .finally(() => jobs.delete(job));
      jobs.add(job);
    },
    async settled() {
      while (jobs.size > 0) await Promise.all(jobs);
    },
  };
}
