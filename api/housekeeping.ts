import { createPasses, type Passes } from './passes.ts';

/**
 * Removes what nobody reads any more: each job once per pass, one after the other. One that fails is reported and
 * comes up again with the next pass.
 */
export function startHousekeeping(deps: {
  readonly everyMs: number;
  readonly jobs: Readonly<Record<string, () => Promise<number>>>;
  readonly report: (job: string, error: unknown) => void;
}): Passes {
  return createPasses(deps.everyMs, async () => {
    let removed = 0;
    for (const [name, job] of Object.entries(deps.jobs)) {
      try {
        removed += await job();
      } catch (error) {
        deps.report(name, error);
      }
    }
    return removed;
  });
}
