import type { Connection, ConnectionLike } from '@temporalio/client';
import { msNumberToTs, tsToMs } from '@temporalio/common/lib/time.js';
import proto, { type temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from './search-attributes.ts';
import { ALREADY_EXISTS, grpcCode, INDEXED, INVALID_ARGUMENT, NOT_FOUND, REFUSED } from './temporal.ts';

/**
 * How long a namespace keeps closed runs, at least, in milliseconds: a run can be looked at and reset for as long.
 */
export const LEAST_RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;

export interface NamespaceState {
  /** How long histories of closed runs are kept, in milliseconds. */
  readonly retentionMs: number;
}

/** @returns undefined when there is no such namespace. @throws what else the server said. */
export async function readNamespace(
  connection: ConnectionLike,
  namespace: string,
): Promise<NamespaceState | undefined> {
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    return { retentionMs: tsToMs(config?.workflowExecutionRetentionTtl ?? undefined) };
  } catch (error) {
    if (grpcCode(error) === NOT_FOUND) return undefined;
    throw error;
  }
}

/** One that is there already is success. @throws what the server said. */
export async function makeNamespace(
  connection: ConnectionLike,
  namespace: string,
  retentionMs: number,
): Promise<void> {
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msNumberToTs(retentionMs),
    });
  } catch (error) {
    if (grpcCode(error) !== ALREADY_EXISTS) throw error;
  }
}

/** @throws what the server said. */
export async function setRetention(
  connection: ConnectionLike,
  namespace: string,
  retentionMs: number,
): Promise<void> {
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msNumberToTs(retentionMs) },
  });
}

export interface SearchAttributesLook {
  readonly missing: readonly SearchAttributeName[];
  /** There, and of another type: no call of ours can change that. */
  readonly ofOtherType: readonly SearchAttributeName[];
  /** False where the server does not list them (Temporal Cloud): they were then tried by a query. */
  readonly listed: boolean;
}

type OperatorConnection = ConnectionLike & Pick<Connection, 'operatorService'>;

const names = Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[];

/** A query that names an unknown attribute is refused. */
async function isKnown(
  connection: ConnectionLike,
  namespace: string,
  name: SearchAttributeName,
): Promise<boolean> {
  try {
    await connection.workflowService.countWorkflowExecutions({ namespace, query: `${name} IS NULL` });
    return true;
  } catch (error) {
    if (grpcCode(error) === INVALID_ARGUMENT) return false;
    throw error;
  }
}

/** What of our search attributes the namespace lacks. Changes nothing. @throws what the server said. */
export async function lookAtSearchAttributes(
  connection: OperatorConnection,
  namespace: string,
): Promise<SearchAttributesLook> {
  let held: Readonly<Record<string, temporal.api.enums.v1.IndexedValueType>>;
  try {
    held = (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes ?? {};
  } catch (error) {
    if (!REFUSED.has(grpcCode(error) ?? -1)) throw error;
    const known = await Promise.all(names.map((name) => isKnown(connection, namespace, name)));
    return { missing: names.filter((_, at) => known[at] === false), ofOtherType: [], listed: false };
  }
  return {
    missing: names.filter((name) => held[name] === undefined),
    ofOtherType: names.filter(
      (name) => held[name] !== undefined && held[name] !== INDEXED[SEARCH_ATTRIBUTES[name]],
    ),
    listed: true,
  };
}

/** How many workers have asked this task queue for workflow tasks lately. @throws what the server said. */
export async function countPollers(
  connection: ConnectionLike,
  namespace: string,
  taskQueue: string,
): Promise<number> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  return pollers?.length ?? 0;
}
