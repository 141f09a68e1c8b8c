import { loadLocalConfig } from '../../platform/config.ts';
import type { Environment } from '../../platform/environment.ts';
import type { WorkflowBundle } from '../../worker/run-worker.ts';
import { type Checked, checkRuns } from './check.ts';
import type { ReplayPlan } from './options.ts';
import { payloadKeys } from './payload-keys.ts';
import { first } from './runs.ts';
import { openSource } from './source.ts';

const PROGRESS_MS = 2000;

export interface ReplayContext {
  readonly env: Environment;
  /** The code that is to be checked. */
  readonly bundle: WorkflowBundle;
  /** One line for a person. */
  readonly progress: (line: string) => void;
}

export interface Replayed extends Checked {
  /** A directory, or a namespace and where it is. */
  readonly source: string;
  /** How many fit the query, by Temporal's own count; null for a directory. */
  readonly listed: number | null;
}

/**
 * Replays what the plan names.
 *
 * @throws {ConfigurationError} without keys; an error for a person when the histories cannot be had.
 */
export async function replayAll(
  plan: ReplayPlan,
  { env, bundle, progress }: ReplayContext,
): Promise<Replayed> {
  const keys = payloadKeys(env, loadLocalConfig(env));
  const source = await openSource(plan.source, env);
  try {
    progress(`${source.name}${source.listed === null ? '' : `: ${source.listed} runs fit`}`);
    let told = performance.now();
    const checked = await checkRuns(first(plan.limit, source.runs), {
      bundle,
      payloadKeys: keys,
      concurrency: plan.concurrency,
      ...(source.onRun ? { onRun: source.onRun } : {}),
      onChecked(replayed, different) {
        if (performance.now() - told < PROGRESS_MS) return;
        told = performance.now();
        progress(
          `${replayed}${source.listed === null ? '' : ` of ${source.listed}`} replayed, ${different} differ`,
        );
      },
    });
    return { source: source.name, listed: source.listed, ...checked };
  } finally {
    await source.close();
  }
}
