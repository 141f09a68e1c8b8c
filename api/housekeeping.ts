import { createPasses, type Passes } from './passes.ts';

/**
 * Removes what nobody reads any more, and settles what nobody else will: each job once per pass, one after the other.
 * One that fails is reported and comes up again with the next pass. A job answers with how many rows it was about.
 */
export function startHousekeeping(deps: {
  readonly everyMs: number;
  readonly jobs: Readonly<Record<string, () => Promise<number>>>;
  readonly report: (job: string, error: unknown) => void;
}): Passes {
  return createPasses(deps.everyMs, async () => {
    let changed = 0;
    for (const [name, job] of Object.entries(deps.jobs)) {
      try {
        changed += await job();
      } catch (error) {
        deps.report(name, error);
      }
    }
    return changed;
  });
}
