import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import {
  HOUSEKEEPING_WORKFLOW,
  type HousekeepingActivities,
  type HousekeepingInput,
  type HousekeepingPage,
  type HousekeepingPageRequest,
  type HousekeepingReport,
  PAGE_PAUSE_MS,
} from '../../workflows/contract/housekeeping.ts';
import { describeReport, emptyReport, MOST_NOTES, withPage } from '../../workflows/housekeeping/report.ts';
import { sessionBundle } from '../support/bundle.ts';
import { testDataConverter } from '../support/payload-keys.ts';
import { replaysAlike } from '../support/replay.ts';
import { ON_THIS_THREAD, timeSkippingServer } from '../support/temporal.ts';

const page = (cursor: string | null, more: Partial<HousekeepingPage> = {}): HousekeepingPage => ({
  looked: 1,
  repaired: 0,
  raised: 0,
  failed: 0,
  untouched: 0,
  notes: [],
  cursor,
  halted: null,
  ...more,
});

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingServer();
});
afterAll(() => env.teardown());

let runs = 0;

/** Runs a job to its end, and replays its last run. */
async function run(
  housekeep: HousekeepingActivities['housekeep'],
  input: HousekeepingInput = { job: 'sessions' },
) {
  runs += 1;
  const taskQueue = `housekeeping-${process.pid}-${runs}`;
  const asked: HousekeepingPageRequest[] = [];
  const worker = await Worker.create({
    ...ON_THIS_THREAD,
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: await sessionBundle(),
    dataConverter: testDataConverter,
    activities: {
      housekeep: async (request: HousekeepingPageRequest) => {
        asked.push(request);
        return housekeep(request);
      },
    },
  });
  return worker.runUntil(async () => {
    const first = await env.client.workflow.start(HOUSEKEEPING_WORKFLOW, {
      taskQueue,
      workflowId: taskQueue,
      args: [input],
      // Without it the skipping clock jumps ten years when the run ends.
      workflowExecutionTimeout: '30 days',
    });
    const report = (await first.result()) as HousekeepingReport;
    const last = env.client.workflow.getHandle(taskQueue);
    await replaysAlike({ workflowId: taskQueue, history: await last.fetchHistory() });
    const { startTime, closeTime, runId } = await last.describe();
    return {
      report,
      asked,
      tookMs: (closeTime?.getTime() ?? 0) - startTime.getTime(),
      continued: runId !== first.firstExecutionRunId,
    };
  });
}

const fail = (code: string, nonRetryable = false): never => {
  throw ApplicationFailure.create({ type: code, message: code, nonRetryable });
};

describe('a run of the housekeeping', () => {
  test('goes from page to page, slowly, and reports their sum', async () => {
    const { report, asked, tookMs } = await run(async ({ cursor }) =>
      cursor === null
        ? page('a', { looked: 20, repaired: 2, notes: [{ code: 'route-missing', id: 's1' }] })
        : page(null, { looked: 3, raised: 1, untouched: 4, notes: [{ code: 'run-lost', id: 's2' }] }),
    );
    expect(report).toMatchObject({
      job: 'sessions',
      looked: 23,
      repaired: 2,
      raised: 1,
      failed: 0,
      untouched: 4,
      notes: [
        { code: 'route-missing', id: 's1' },
        { code: 'run-lost', id: 's2' },
      ],
    });
    expect(asked.map(({ cursor }) => cursor)).toEqual([null, 'a']);
    expect(new Set(asked.map(({ startedAt }) => startedAt))).toEqual(new Set([Date.parse(report.startedAt)]));
    expect(tookMs).toBeGreaterThanOrEqual(PAGE_PAUSE_MS.sessions);
  });

  test('a page that fails three times ends it, and the report says why', async () => {
    const { report, asked } = await run(async ({ cursor }) =>
      cursor === null ? page('a', { repaired: 1 }) : fail('store-unavailable'),
    );
    expect(asked).toHaveLength(4);
    expect(report).toMatchObject({
      repaired: 1,
      failed: 1,
      notes: [{ code: 'store-unavailable', id: 'a' }],
    });
  });

  test('what no repeat helps is not repeated', async () => {
    const { report, asked } = await run(async () => fail('vendor-unauthorized', true), { job: 'orders' });
    expect(asked).toHaveLength(1);
    expect(report.notes).toEqual([{ code: 'vendor-unauthorized', id: 'first-page' }]);
  });

  test('somebody who is away is given time, three times', async () => {
    let halts = 0;
    const { report, asked, tookMs } = await run(async () => {
      halts += 1;
      return page(`p${halts}`, { failed: 3, halted: 'vendor-timeout' });
    });
    expect(asked.map(({ cursor }) => cursor)).toEqual([null, 'p1', 'p2', 'p3']);
    expect(report).toMatchObject({ failed: 13, notes: [{ code: 'vendor-timeout', id: 'p4' }] });
    expect(tookMs).toBeGreaterThanOrEqual(3 * 60_000);
  });

  test('a very long one continues as new, with its report', async () => {
    let pages = 0;
    const { report, continued } = await run(
      async () => {
        pages += 1;
        return page(pages === 101 ? null : `p${pages}`);
      },
      { job: 'prune' },
    );
    expect(continued).toBe(true);
    expect(report).toMatchObject({ looked: 101, failed: 0 });
  });
});

describe('the report', () => {
  test('holds so many notes and no more, and says so', () => {
    const note = { code: 'route-missing', id: 's' };
    const many = withPage(
      emptyReport('sessions', '2026-01-01T00:00:00.000Z'),
      page(null, { repaired: 500, notes: Array.from({ length: 500 }, () => note) }),
    );
    expect(many.notes).toHaveLength(MOST_NOTES);
    const text = describeReport(many, 'over');
    expect(text).toContain('repaired: 500');
    expect(text).toContain('the first 100 only');
    expect(describeReport(emptyReport('orders', '2026-01-01T00:00:00.000Z'), 'running')).toContain('goes on');
  });
});
