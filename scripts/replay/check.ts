import { Worker } from '@temporalio/worker';
import type { KeyRing } from '../../platform/keys.ts';
import { createDataConverter } from '../../platform/payload-codec/data-converter.ts';
import type { WorkflowBundle } from '../../worker/run-worker.ts';
import { keyIdsIn } from './key-ids.ts';
import type { LoadRun, Run } from './runs.ts';
import { wordsOf } from './words.ts';

/** A run, and what is the matter with it. */
export interface Finding {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly reason: string;
}

export interface Checked {
  /** How many were replayed, those that differ among them. */
  readonly replayed: number;
  /** Listed, and not kept any longer when they were asked for. */
  readonly gone: number;
  /** This build would not go on with them as they began. */
  readonly differences: readonly Finding[];
  /** Not replayed, because a key of theirs is not known here. */
  readonly unreadable: readonly Finding[];
  /** Why it ended before the last run; null when it did not. */
  readonly interruption: string | null;
}

export interface CheckOptions {
  readonly bundle: WorkflowBundle;
  /** Those of the workers who made the histories. */
  readonly payloadKeys: KeyRing;
  /** How many are downloaded and replayed side by side. */
  readonly concurrency: number;
  readonly onRun?: (run: Run) => Promise<void>;
  readonly onChecked?: (replayed: number, different: number) => void;
}

const LONGEST_REASON = 500;

/** The SDK's own words without its preamble, in one line. */
function reasonOf(error: Error): string {
  const details = error.message.split('Details: ').slice(1).join('Details: ') || error.message;
  const line = details.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line;
}

const finding = ({ workflowId, runId, type }: Run, reason: string): Finding => ({
  workflowId,
  runId,
  type,
  reason,
});

/**
 * Replays every run, until the last one or until a history cannot be had. A replay compares commands in their order,
 * with their types and ids, and not what they carry.
 */
export async function checkRuns(
  runs: AsyncGenerator<LoadRun, void>,
  options: CheckOptions,
): Promise<Checked> {
  const differences: Finding[] = [];
  const unreadable: Finding[] = [];
  let replayed = 0;
  let gone = 0;
  let interruption: string | null = null;
  const { bundle: workflowBundle, payloadKeys } = options;
  // Without the failure converter, which would encrypt the very reasons that are asked for here.
  const { payloadCodecs } = createDataConverter(payloadKeys);
  const replayOptions = { workflowBundle, dataConverter: { payloadCodecs } };

  const lane = async (): Promise<void> => {
    let current: Run | undefined;
    async function* histories() {
      while (interruption === null) {
        const next = await runs.next();
        if (next.done) return;
        const run = await next.value();
        if (run === null) {
          gone += 1;
          continue;
        }
        await options.onRun?.(run);
        const missing = [...keyIdsIn(run.history)].filter((id) => !payloadKeys.byId(id));
        if (missing.length > 0) {
          unreadable.push(finding(run, `not among PAYLOAD_KEYS: ${missing.join(', ')}`));
          continue;
        }
        current = run;
        yield { workflowId: run.workflowId, history: run.history };
      }
    }
    // The SDK asks for the next history only when it has answered for the last.
    for await (const { error } of Worker.runReplayHistories(replayOptions, histories())) {
      replayed += 1;
      if (error && current) differences.push(finding(current, reasonOf(error)));
      options.onChecked?.(replayed, differences.length);
    }
  };

  await Promise.all(
    Array.from({ length: options.concurrency }, () =>
      lane().catch((error: unknown) => {
        interruption ??= wordsOf(error);
      }),
    ),
  );
  return { replayed, gone, differences, unreadable, interruption };
}
