import type { Replayed } from './replay.ts';

export interface ReplayReport {
  /** 0: all replayed alike. 1: one did not. 2: there was nothing to replay, or not all could be had. */
  readonly exitCode: 0 | 1 | 2;
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

const runs = (count: number): string => (count === 1 ? '1 run' : `${count} runs`);

/** What a person, a shell and a program are told. Nothing replayed is no success unless it was allowed. */
export function reportOf(replayed: Replayed, allowEmpty: boolean): ReplayReport {
  const { differences, unreadable, gone, interruption, listed, source } = replayed;
  const nothing = replayed.replayed + unreadable.length === 0 && !allowEmpty;
  const partly = nothing || unreadable.length > 0 || interruption !== null;
  const exitCode = differences.length > 0 ? 1 : partly ? 2 : 0;
  const lines = [...differences, ...unreadable].map(
    ({ workflowId, runId, type, reason }) => `${type} ${workflowId}, run ${runId}: ${reason}`,
  );
  if (gone > 0) lines.push(`${runs(gone)} ended and went out of retention meanwhile.`);
  if (unreadable.length > 0) lines.push(`${runs(unreadable.length)} could not be read.`);
  if (interruption !== null) lines.push(`It ended early, after ${runs(replayed.replayed)}: ${interruption}`);
  else if (nothing)
    lines.push(
      `Nothing was checked: ${source} has no run that fits. --allow-empty takes that for a success.`,
    );
  else if (differences.length > 0)
    lines.push(
      `${differences.length} of ${runs(replayed.replayed)} of ${source} would go another way with this build: do not deploy it.`,
    );
  else if (replayed.replayed > 0 || allowEmpty)
    lines.push(`${runs(replayed.replayed)} of ${source} replay as recorded.`);
  return {
    exitCode,
    lines,
    json: {
      ok: exitCode === 0,
      source,
      listed,
      replayed: replayed.replayed,
      gone,
      differences,
      unreadable,
      interruption,
    },
  };
}
