import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';
import { WORKFLOWS } from '../../worker/bundle.ts';
import type { Instant } from '../../workflows/contract/values.ts';

export type History = temporal.api.history.v1.IHistory;

/** One execution, as Temporal has recorded it. */
export interface Run {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly history: History;
}

/** Gets one history; null when its run is not kept any longer. */
export type LoadRun = () => Promise<Run | null>;

const DAY_MS = 86_400_000;

/**
 * The visibility query of what a new build would have to go on with: open runs of ours, and those that closed lately.
 *
 * @param more a query of the caller's; both must fit.
 */
export function visibilityQuery(closedDays: number, more: string | null, now: Instant): string {
  const open = "ExecutionStatus = 'Running'";
  const since = new Date(now - closedDays * DAY_MS).toISOString();
  return [
    `WorkflowType IN (${WORKFLOWS.map((name) => `'${name}'`).join(', ')})`,
    closedDays > 0 ? `(${open} OR CloseTime > '${since}')` : open,
    ...(more === null ? [] : [`(${more})`]),
  ].join(' AND ');
}

/** The runs that a query lists, page by page while they are asked for. */
export async function* runsOfNamespace(client: Client, query: string): AsyncGenerator<LoadRun, void> {
  for await (const { workflowId, runId, type } of client.workflow.list({ query, pageSize: 500 })) {
    yield async () => {
      try {
        const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
        return { workflowId, runId, type, history };
      } catch (error) {
        // Between the list and the download its retention ended.
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      }
    };
  }
}

/** Names a file of a run; ids may hold anything. */
const fileOf = (run: Run): string => `${encodeURIComponent(run.workflowId)}.${run.runId}.json`;

/** Keeps a history as other Temporal tools write it, its payloads as encrypted as they are. */
export async function saveRun(directory: string, run: Run): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, fileOf(run)), historyToJSON(run.history), { mode: 0o600 });
}

function readRun(path: string): Run {
  let history: History;
  try {
    history = historyFromJSON(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Error(
      `${path} is no history as \`--save\` or \`temporal workflow show --output json\` write one`,
      {
        cause: error,
      },
    );
  }
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (!started) throw new Error(`${path} does not begin with the start of a workflow`);
  return {
    // Older servers do not write it.
    workflowId: started.workflowId || basename(path, '.json'),
    runId: started.originalExecutionRunId ?? '',
    type: started.workflowType?.name ?? '',
    history,
  };
}

/** The histories of a directory, in the order of their names. @throws when one of them is none. */
export async function* runsOfDirectory(directory: string): AsyncGenerator<LoadRun, void> {
  for (const name of readdirSync(directory).toSorted())
    if (name.endsWith('.json')) yield async () => readRun(join(directory, name));
}

/** The first `limit` of them. */
export async function* first(
  limit: number | null,
  runs: AsyncIterable<LoadRun>,
): AsyncGenerator<LoadRun, void> {
  let count = 0;
  for await (const run of runs) {
    if (limit !== null && count >= limit) return;
    count += 1;
    yield run;
  }
}
