import type { Client } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { claimDeliveries, type Delivery, markDeliveryStarted } from '../../db/queries/webhook-deliveries.ts';
import type { Clock } from '../../platform/clock.ts';
import { TASK_QUEUE } from '../../platform/temporal.ts';
import { WEBHOOK_WORKFLOW, type WebhookInput } from '../../workflows/contract/webhook.ts';
import { reasonOf } from '../intake/deliver.ts';
import { createPasses, type Passes } from '../passes.ts';
import { engineFailure } from '../sessions/start.ts';

export interface WebhookSweepDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  /** Asked for at each pass, so that the API answers while Temporal is away. */
  readonly connect: () => Promise<Client>;
  /**
   * Between two passes, in milliseconds; 0 leaves it to `kick` and `runOnce`.
   * @default 1000
   */
  readonly intervalMs?: number;
  /** @default 30 000: a delivery whose start was never confirmed is started again */
  readonly retryAfterMs?: number;
}

/** Deliveries of one pass, started side by side. */
const BATCH = 32;
const START_DEADLINE_MS = 5000;

const tenantId = defineSearchAttributeKey('TenantId', SearchAttributeType.KEYWORD);

/** Once per id, for ever: a run that is open or closed under this id is the one that is owed. */
async function start(client: Client, delivery: Delivery): Promise<void> {
  const input: WebhookInput = { deliveryId: delivery.delivery_id };
  try {
    await client.workflow.start(WEBHOOK_WORKFLOW, {
      workflowId: delivery.workflow_id,
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: `Tells a tenant: ${delivery.event}`,
      typedSearchAttributes: new TypedSearchAttributes([
        { key: tenantId, value: String(delivery.tenant_id) },
      ]),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw engineFailure(error);
  }
}

/**
 * Gives deliveries the run that they are owed. Several replicas may sweep: none takes what another has. The passes of
 * one process do not overlap.
 */
export function createWebhookSweep(deps: WebhookSweepDeps): Passes {
  const { db, clock, log } = deps;
  const retryAfterMs = deps.retryAfterMs ?? 30_000;

  async function startOne(client: Client, delivery: Delivery): Promise<void> {
    try {
      await client.withDeadline(Date.now() + START_DEADLINE_MS, () => start(client, delivery));
      await markDeliveryStarted(db, delivery.workflow_id);
    } catch (error) {
      const fields = { deliveryId: delivery.delivery_id, reason: reasonOf(error) };
      log.warn(fields, 'webhook could not be started');
    }
  }

  async function startOwed(): Promise<number> {
    const now = clock();
    const owed = await claimDeliveries(db, {
      now: new Date(now),
      retryBefore: new Date(now - retryAfterMs),
      limit: BATCH,
    });
    if (owed.length === 0) return 0;
    const client = await deps.connect();
    await Promise.all(owed.map((delivery) => startOne(client, delivery)));
    return owed.length;
  }

  const passes = createPasses(deps.intervalMs ?? 1000, async () => {
    if (passes.isStopped()) return 0;
    try {
      const taken = await startOwed();
      if (taken === BATCH) passes.kick();
      return taken;
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'webhooks could not be swept');
      return 0;
    }
  });
  return passes;
}
