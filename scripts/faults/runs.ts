import type { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { SESSION_QUERY, SESSION_WORKFLOW } from '../../workflows/contract/messages.ts';
import type { SessionView } from '../../workflows/contract/session.ts';
import type { WorkflowBundle } from '../../worker/run-worker.ts';
import { observe } from '../demo/observe.ts';
import type { RunFound } from './evidence.ts';

export interface RunsDependencies {
  readonly client: Client;
  readonly bundle: WorkflowBundle;
  readonly dataConverter: DataConverter;
}

const PATIENCE_MS = 20_000;
const QUERY_MS = 3000;

/** Every `sessionWorkflow` that there is. Visibility lags behind, so it is asked until it knows `atLeast`. */
async function allIds(client: Client, atLeast: number): Promise<readonly string[]> {
  const list = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const run of client.workflow.list({ query: `WorkflowType = '${SESSION_WORKFLOW}'` }))
      ids.push(run.workflowId);
    return ids;
  };
  return observe('all runs in the list', PATIENCE_MS, async () => {
    const ids = await list();
    return ids.length >= atLeast ? ids : undefined;
  }).catch(list);
}

async function viewOf(client: Client, workflowId: string): Promise<SessionView | null> {
  const handle = client.workflow.getHandle(workflowId);
  return observe('a view', PATIENCE_MS, () =>
    client
      .withDeadline(Date.now() + QUERY_MS, () => handle.query<SessionView>(SESSION_QUERY))
      .catch(() => undefined),
  ).catch(() => null);
}

/** Why each history does not replay, by workflow id; those that do are not in it. */
async function replayFailures(
  { client, bundle, dataConverter }: RunsDependencies,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  async function* histories() {
    for (const workflowId of ids)
      yield { workflowId, history: await client.workflow.getHandle(workflowId).fetchHistory() };
  }
  const failures = new Map<string, string>();
  let replayed = 0;
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: bundle, dataConverter },
    histories(),
  )) {
    replayed += 1;
    if (error) failures.set(workflowId, error.message);
  }
  if (replayed !== ids.length) throw new Error(`${replayed} of ${ids.length} histories were replayed`);
  return failures;
}

/** Looks at every session's run, and replays its history with the code that was built. */
export async function inspectRuns(deps: RunsDependencies, atLeast: number): Promise<readonly RunFound[]> {
  const { client } = deps;
  const ids = await allIds(client, atLeast);
  const failures = await replayFailures(deps, [...new Set(ids)]);
  const found: RunFound[] = [];
  // A few at a time: they share the worker with each other.
  for (let start = 0; start < ids.length; start += 8)
    found.push(
      ...(await Promise.all(
        ids.slice(start, start + 8).map(async (workflowId): Promise<RunFound> => {
          const { status } = await client.workflow.getHandle(workflowId).describe();
          const view = await viewOf(client, workflowId);
          return { workflowId, status: status.name, view, replay: failures.get(workflowId) ?? null };
        }),
      )),
    );
  return found;
}
