import { randomBytes } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import {
  ERASURE_WORKFLOW,
  type ErasureActivities,
  type ErasureInput,
} from '../../../workflows/contract/erasure.ts';
import {
  HOUSEKEEPING_WORKFLOW,
  type HousekeepingActivities,
  type HousekeepingInput,
} from '../../../workflows/contract/housekeeping.ts';
import type { SessionView } from '../../../workflows/contract/session.ts';
import {
  WEBHOOK_WORKFLOW,
  type WebhookActivities,
  type WebhookInput,
} from '../../../workflows/contract/webhook.ts';
import { fakeWebhookActivities } from '../../support/fake-webhooks.ts';
import { testDataConverter } from '../../support/payload-keys.ts';
import type { Life } from './life.ts';
import { ON_THIS_THREAD } from '../../support/temporal.ts';

/** A run that nobody talks to, from its start to its end. `activities` are made anew for each. */
function job(workflow: string, input: object, activities: () => object): Life {
  return async ({ env, bundle }) => {
    const id = randomBytes(8).toString('hex');
    const worker = await Worker.create({
      ...ON_THIS_THREAD,
      connection: env.nativeConnection,
      taskQueue: id,
      workflowBundle: bundle,
      dataConverter: testDataConverter,
      activities: activities(),
    });
    return await worker.runUntil(async () => {
      const handle = await env.client.workflow.start(workflow, {
        taskQueue: id,
        workflowId: `${workflow}-${id}`,
        args: [input],
        // Without it the skipping clock jumps ten years when the run ends.
        workflowExecutionTimeout: '30 days',
      });
      await handle.result();
      // It answers no query.
      const view = undefined as unknown as SessionView;
      return { workflowId: handle.workflowId, history: await handle.fetchHistory(), view };
    });
  };
}

const failure = (type: string, nonRetryable = false) =>
  ApplicationFailure.create({ type, message: type, nonRetryable });

function deliveredAtLast(): WebhookActivities {
  let attempts = 0;
  return {
    ...fakeWebhookActivities(),
    async deliverWebhook() {
      attempts += 1;
      if (attempts > 3) return { outcome: 'delivered' };
      throw failure('receiver-rejected');
    },
  };
}

const neverDelivered = (): WebhookActivities => ({
  ...fakeWebhookActivities(),
  deliverWebhook: async () => {
    throw failure('receiver-rejected');
  },
});

/** One ticket is refused, and a booking begins in between. The server that skips time cannot end a run for another. */
function erasureWithObstacles(): ErasureActivities {
  let blanked = 0;
  return {
    findRunsOfPerson: async () => ({ workflowIds: [], ticketIds: [7, 8] }),
    async blankTicket({ ticketId }) {
      if (ticketId === 8) throw failure('vendor-forbidden', true);
      return { deleted: 2, kept: 1 };
    },
    requestProviderDeletion: async () => ({ asked: true }),
    async blankPerson() {
      blanked += 1;
      if (blanked === 1) return { kind: 'running' };
      return { kind: 'blanked', rows: 9, webhooks: 2, undelivered: 0, shopOrders: 1, zammadCustomer: true };
    },
    certify: async () => undefined,
  };
}

/** Three pages, the second one cut short. */
const housekeepingInPages = (): HousekeepingActivities => ({
  housekeep: async ({ cursor }) => ({
    looked: 10,
    repaired: 1,
    raised: 0,
    failed: 0,
    untouched: 2,
    notes: [{ code: 'session-missing', id: '7' }],
    cursor: cursor === null ? 'a' : cursor === 'a' ? 'b' : null,
    halted: cursor === 'a' ? 'vendor-unavailable' : null,
  }),
});

export const jobLives = {
  'webhook-delivered-after-failures': job(
    WEBHOOK_WORKFLOW,
    { deliveryId: 'dlv_1' } satisfies WebhookInput,
    deliveredAtLast,
  ),
  'webhook-given-up': job(WEBHOOK_WORKFLOW, { deliveryId: 'dlv_2' } satisfies WebhookInput, neverDelivered),
  'erasure-with-obstacles': job(
    ERASURE_WORKFLOW,
    { erasureId: 'era_1' } satisfies ErasureInput,
    erasureWithObstacles,
  ),
  'housekeeping-in-pages': job(
    HOUSEKEEPING_WORKFLOW,
    { job: 'sessions' } satisfies HousekeepingInput,
    housekeepingInPages,
  ),
} satisfies Readonly<Record<string, Life>>;
