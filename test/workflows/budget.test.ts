import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { costOf } from '../../scripts/bench/history-cost.ts';
import { sessionBundle } from '../support/bundle.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import { DAY, HOUR, type RigSession, withSession } from '../support/workflow-rig.ts';

/** As `docs/decisions/0011-a-budget-for-effects.md` has it, where no two outcomes arrive together. */
const BUDGET = { events: 105, actions: 23, bytes: 25 * 1024 };

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [env, bundle] = await Promise.all([timeSkippingServer(), sessionBundle()]);
});
afterAll(() => env.teardown());

/** Waits without a query: this server gives each a workflow task of its own, which would be counted. */
async function written(one: RigSession, notes: number): Promise<void> {
  while (one.inputsOf('writeTicket').length < notes) await delay(20);
  await one.quiet();
}

test('a whole life costs what the budget allows', async () => {
  const provider = fakeProvider();
  await withSession({ env, bundle, activities: provider.activities }, async (one) => {
    await written(one, 1);
    const now = await one.now();
    await one.tell(provider.book(now + 5 * DAY, now));
    await written(one, 2);
    await one.skipTo(now + HOUR);
    await one.tell(...provider.move(now + 7 * DAY, await one.now()));
    await written(one, 3);
    expect(await one.result()).toBe('completed');

    expect(one.inputsOf('remind')).toHaveLength(2);
    const { events, actions, bytes } = costOf(await one.handle.fetchHistory());
    expect(actions).toBeLessThanOrEqual(BUDGET.actions);
    expect(events).toBeLessThanOrEqual(BUDGET.events);
    expect(bytes).toBeLessThanOrEqual(BUDGET.bytes);
    // Much less would mean that something of a life is missing.
    expect(events).toBeGreaterThan(BUDGET.events - 10);
  });
});
