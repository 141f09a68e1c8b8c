import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import {
  WEBHOOK_PATIENCE,
  WEBHOOK_WORKFLOW,
  type WebhookActivities,
  type WebhookInput,
} from '../../workflows/contract/webhook.ts';
import { sessionBundle } from '../support/bundle.ts';
import { fakeWebhookActivities } from '../support/fake-webhooks.ts';
import { decoded } from '../support/histories.ts';
import { testDataConverter } from '../support/payload-keys.ts';
import { replaysAlike } from '../support/replay.ts';
import { textOf } from '../support/secrets-in.ts';
import { ON_THIS_THREAD, timeSkippingServer } from '../support/temporal.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingServer();
});
afterAll(() => env.teardown());

let runs = 0;

/** Carries one delivery to its end, and replays it. */
async function run(
  activities: Partial<WebhookActivities>,
  meanwhile: (cancel: () => Promise<unknown>) => Promise<void> = async () => undefined,
) {
  runs += 1;
  const taskQueue = `webhooks-${process.pid}-${runs}`;
  const workflowId = `webhook-dlv_${process.pid}-${runs}`;
  const input: WebhookInput = { deliveryId: `dlv_${runs}` };
  const worker = await Worker.create({
    ...ON_THIS_THREAD,
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: await sessionBundle(),
    dataConverter: testDataConverter,
    activities: { ...fakeWebhookActivities(), ...activities },
  });
  return worker.runUntil(async () => {
    const handle = await env.client.workflow.start(WEBHOOK_WORKFLOW, {
      taskQueue,
      workflowId,
      args: [input],
      // Without it the skipping clock jumps ten years when the run ends.
      workflowExecutionTimeout: '30 days',
    });
    await meanwhile(() => handle.cancel());
    const outcome: unknown = await handle.result();
    const history = await handle.fetchHistory();
    await replaysAlike({ workflowId, history });
    // The server's clock jumps on as soon as nothing runs any more.
    const { startTime, closeTime } = await handle.describe();
    return { outcome, history, tookMs: (closeTime?.getTime() ?? 0) - startTime.getTime() };
  });
}

const again = (waitMs?: number): never => {
  throw ApplicationFailure.create({
    type: 'receiver-rejected',
    message: 'receiver-rejected',
    ...(waitMs === undefined ? {} : { nextRetryDelay: waitMs }),
  });
};

describe('a webhook', () => {
  test('is received at once: one activity, and its history holds the id alone', async () => {
    const { outcome, history } = await run({});
    expect(outcome).toBe('delivered');
    const scheduled = history.events?.flatMap(
      ({ activityTaskScheduledEventAttributes: activity }) => activity?.activityType?.name ?? [],
    );
    expect(scheduled).toEqual(['deliverWebhook']);
    const text = textOf(decoded(history));
    expect(text).toContain(`"deliveryId":"dlv_`);
    expect(text).not.toContain('http');
  });

  test('is received in the end, after as long as was asked for', async () => {
    let attempts = 0;
    const { outcome, tookMs } = await run({
      async deliverWebhook() {
        attempts += 1;
        return attempts < 4 ? again(WEBHOOK_PATIENCE.longestWaitMs) : { outcome: 'delivered' };
      },
    });
    expect([outcome, attempts]).toEqual(['delivered', 4]);
    expect(tookMs).toBeGreaterThanOrEqual(3 * WEBHOOK_PATIENCE.longestWaitMs);
  });

  test('is given up after three days, as its row is told', async () => {
    let attempts = 0;
    const given: WebhookInput[] = [];
    const { outcome, tookMs } = await run({
      async deliverWebhook() {
        attempts += 1;
        return again();
      },
      async giveUpWebhook(input) {
        given.push(input);
        return { outcome: 'failed' };
      },
    });
    expect(outcome).toBe('failed');
    expect(given).toHaveLength(1);
    expect(attempts).toBeGreaterThan(20);
    expect(attempts).toBeLessThan(35);
    expect(tookMs).toBeGreaterThan(WEBHOOK_PATIENCE.totalMs - WEBHOOK_PATIENCE.longestWaitMs);
    expect(tookMs).toBeLessThanOrEqual(WEBHOOK_PATIENCE.totalMs + 60_000);
  });

  test('that can never be received is not tried again', async () => {
    let attempts = 0;
    const { outcome } = await run({
      async deliverWebhook() {
        attempts += 1;
        return { outcome: 'failed' };
      },
      giveUpWebhook: () => Promise.reject(new Error('nothing is left to give up')),
    });
    expect([outcome, attempts]).toEqual(['failed', 1]);
  });

  test('that an operator cancels says so in its row, however long PostgreSQL is away', async () => {
    let tries = 0;
    const { outcome } = await run(
      {
        deliverWebhook: async () => again(WEBHOOK_PATIENCE.longestWaitMs),
        async giveUpWebhook() {
          tries += 1;
          return tries < 5 ? again() : { outcome: 'failed' };
        },
      },
      async (cancel) => void (await cancel()),
    );
    expect([outcome, tries]).toEqual(['failed', 5]);
  });
});
