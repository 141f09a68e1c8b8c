import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { TASK_QUEUE } from './temporal.ts';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** One half of the task queue, as Temporal sees it. */
export interface QueueSight {
  readonly kind: 'workflow' | 'activity';
  /** Workers that asked for tasks within the last minutes. */
  readonly pollers: readonly { readonly identity: string; readonly lastSeenAt: Date | null }[];
  /** About how many tasks wait for a worker; null where the server does not say. */
  readonly backlog: number | null;
  /** How long the oldest of them has waited, in milliseconds; null where the server does not say. */
  readonly backlogAgeMs: number | null;
}

const KINDS = [
  ['workflow', TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW],
  ['activity', TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY],
] as const;

interface Seconds {
  readonly seconds?: { toNumber(): number } | null;
  readonly nanos?: number | null;
}

const msOf = ({ seconds, nanos }: Seconds): number =>
  (seconds?.toNumber() ?? 0) * 1000 + Math.round((nanos ?? 0) / 1_000_000);

/**
 * Who polls our task queue, and what waits in it.
 *
 * @throws what Temporal said.
 */
export async function describeQueue(client: Client, namespace: string): Promise<readonly QueueSight[]> {
  return Promise.all(
    KINDS.map(async ([kind, taskQueueType]) => {
      const { pollers, stats } = await client.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType,
        reportStats: true,
      });
      const age = stats?.approximateBacklogAge;
      return {
        kind,
        pollers: (pollers ?? []).map(({ identity, lastAccessTime }) => ({
          identity: identity ?? '',
          lastSeenAt:
            lastAccessTime === null || lastAccessTime === undefined ? null : new Date(msOf(lastAccessTime)),
        })),
        backlog: stats?.approximateBacklogCount?.toNumber() ?? null,
        backlogAgeMs: age === null || age === undefined ? null : msOf(age),
      };
    }),
  );
}
