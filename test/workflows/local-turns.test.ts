import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { sessionBundle } from '../support/bundle.ts';
import { devServer } from '../support/temporal.ts';
import { fakeActivities, withSession } from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [env, bundle] = await Promise.all([devServer(), sessionBundle()]);
});
afterAll(() => env.teardown());

test('a link and a gate that are written by one decision replay, whichever is written first', async () => {
  const fake = fakeActivities();
  let turn = 0;
  // Now the one is slow, now the other.
  const slowly = async (odd: boolean): Promise<void> => {
    if ((turn % 2 === 1) === odd) await delay(40);
  };
  const activities = {
    publish: async (input: Parameters<typeof fake.publish>[0]) => {
      await slowly(true);
      return await fake.publish(input);
    },
    issueLink: async (input: Parameters<typeof fake.issueLink>[0]) => {
      await slowly(false);
      return await fake.issueLink(input);
    },
  };
  await withSession({ env, bundle, activities }, async (one) => {
    await one.until('opened', (view) => view.phase === 'awaiting-booking');
    for (turn = 1; turn <= 4; turn += 1)
      expect(await one.ask('reissueLink', {})).toMatchObject({ accepted: true });
    await one.until('mailed', () => one.inputsOf('writeTicket').length === 5);
    await one.quiet();
    // The rig replays what was done.
    expect(one.inputsOf('issueLink')).toHaveLength(5);
  });
});
