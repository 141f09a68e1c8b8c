import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../../../db/connect.ts';
import { runningErasures } from '../../../db/queries/erasures.ts';
import { TASK_QUEUE } from '../../../platform/temporal.ts';
import { ERASURE_WORKFLOW, type ErasureInput } from '../../../workflows/contract/erasure.ts';
import { reasonOf } from '../../intake/deliver.ts';
import { createPasses, type Passes } from '../../passes.ts';
import { engineFailure } from '../../sessions/start.ts';

const START_DEADLINE_MS = 5000;
const EVERY_MS = 30_000;
const BATCH = 50;

/** Once per id: a run that is there already is the one that is owed. */
async function start(client: Client, input: ErasureInput): Promise<void> {
  try {
    await client.withDeadline(Date.now() + START_DEADLINE_MS, () =>
      client.workflow.start(ERASURE_WORKFLOW, {
        workflowId: `erasure-${input.erasureId}`,
        taskQueue: TASK_QUEUE,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: 'Erases a person',
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw engineFailure(error);
  }
}

/** Gives erasures their run: at once when `kick` tells of one, and again as long as one is not done. */
export function createErasureSweep(deps: {
  readonly db: Database;
  readonly log: Pick<Logger, 'warn'>;
  readonly connect: () => Promise<Client>;
}): Passes {
  const passes = createPasses(EVERY_MS, async () => {
    try {
      const owed = await runningErasures(deps.db, BATCH);
      if (owed.length === 0) return 0;
      const client = await deps.connect();
      for (const { erasure_id: erasureId } of owed) await start(client, { erasureId });
      return owed.length;
    } catch (error) {
      deps.log.warn({ reason: reasonOf(error) }, 'erasures could not be started');
      return 0;
    }
  });
  return passes;
}
