import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { SessionActivities } from '../../workflows/contract/activities.ts';
import { RETRY_FAILED_STEPS } from '../../workflows/contract/messages.ts';
import { sessionBundle } from '../support/bundle.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import {
  DAY,
  fakeActivities,
  type RigOptions,
  type RigSession,
  withSession,
} from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [env, bundle] = await Promise.all([timeSkippingServer(), sessionBundle()]);
});
afterAll(() => env.teardown());

const session = (
  options: Omit<RigOptions, 'env' | 'bundle'>,
  body: (session: RigSession) => Promise<void>,
): Promise<void> => withSession({ env, bundle, ...options }, body);

const opened = (one: RigSession) =>
  one.until('opened', (view) => view.phase === 'awaiting-booking' && view.ticketNumber !== null);

const limited: SessionActivities['refund'] = async ({ approved }) => ({
  kind: 'refund',
  status: approved ? 'done' : 'needs-approval',
});

describe('a refund above the limit', () => {
  test.each([
    { approve: true, refund: 'done', asked: [false, true] },
    { approve: false, refund: 'skipped', asked: [false] },
  ])('holds the run until it is decided: approve $approve', async ({ approve, refund, asked }) => {
    await session({ activities: { refund: limited } }, async (one) => {
      await opened(one);
      expect(await one.ask('decideRefund', { approve })).toMatchObject({ reason: 'no-refund-to-decide' });
      await one.ask('cancel', { by: 'client', refund: 'policy' });
      await one.until('waiting', (view) => view.refund === 'awaiting-approval');
      await one.skipTo((await one.now()) + 30 * DAY);
      expect((await one.handle.describe()).status.name).toBe('RUNNING');

      expect(await one.ask('decideRefund', { approve })).toMatchObject({ accepted: true });
      expect(await one.result()).toBe('cancelled');
      expect(one.inputsOf('refund')).toEqual(asked.map((approved) => ({ sessionKey: one.key, approved })));
      expect((await one.view()).refund).toBe(refund);
    });
  });
});

describe('the signal that retries every failed step', () => {
  test('repeats them at once, with one entry in the timeline', async () => {
    const fake = fakeActivities();
    let away = true;
    const failure = () =>
      ApplicationFailure.create({ type: 'vendor-unauthorized', message: 'no', nonRetryable: true });
    const activities: Partial<SessionActivities> = {
      openTicket: async (input) => {
        if (away) throw failure();
        return fake.openTicket(input);
      },
      putRoute: async (input) => {
        if (away) throw failure();
        return fake.putRoute(input);
      },
    };
    await session({ activities }, async (one) => {
      await one.until('in need of attention', ({ attention }) => attention.length === 2);
      away = false;
      await one.handle.signal(RETRY_FAILED_STEPS);
      const view = await one.until('repaired', ({ attention }) => attention.length === 0);
      expect(view.timeline.filter(({ reason }) => reason === 'steps-retried')).toHaveLength(1);
      expect(one.inputsOf('openTicket')).toHaveLength(2);
      expect(one.inputsOf('putRoute')).toHaveLength(2);
      await one.handle.signal(RETRY_FAILED_STEPS);
      await one.until('ignored', ({ timeline }) => timeline.at(-1)?.reason === 'nothing-failed');
    });
  });
});
