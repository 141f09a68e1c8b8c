import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { SessionView } from '../../workflows/contract/session.ts';
import type { StepId } from '../../workflows/contract/values.ts';
import { sessionBundle } from '../support/bundle.ts';
import { devServer, timeSkippingServer } from '../support/temporal.ts';
import {
  fakeActivities,
  MINUTE,
  type RigOptions,
  type RigSession,
  withSession,
} from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let realTime: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [env, realTime, bundle] = await Promise.all([timeSkippingServer(), devServer(), sessionBundle()]);
});
afterAll(async () => {
  await env.teardown();
  await realTime.teardown();
});

type Options = Omit<RigOptions, 'env' | 'bundle'>;
type Body = (session: RigSession) => Promise<void>;

const session = (options: Options, body: Body): Promise<void> =>
  withSession({ env, bundle, ...options }, body);

/** The skipping server loses a query that arrives while a failed activity is told; a real one does not. */
const onWholeServer = (options: Options, body: Body): Promise<void> =>
  withSession({ env: realTime, bundle, ...options }, body);

function vendorFailure(type: string, nonRetryable: boolean): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message: type,
    nonRetryable,
    details: [{ requestId: 'request-1' }],
  });
}

function failedStep(view: SessionView): StepId {
  const step = view.attention[0]?.step;
  if (!step) throw new Error(`nothing failed: ${JSON.stringify(view)}`);
  return step as StepId;
}

const opened = (one: RigSession) =>
  one.until('opened', (view) => view.phase === 'awaiting-booking' && view.attention.length === 0);

describe('an effect that fails for good', () => {
  test('becomes an attention with its code and request id; a retry repairs it', async () => {
    const fake = fakeActivities();
    let broken = true;
    const openTicket = async (input: Parameters<typeof fake.openTicket>[0]) => {
      if (broken) throw vendorFailure('vendor-unauthorized', true);
      return await fake.openTicket(input);
    };
    await onWholeServer({ activities: { openTicket } }, async (one) => {
      const view = await one.until('in need of attention', ({ attention }) => attention.length > 0);
      expect(view.attention[0]).toMatchObject({ code: 'vendor-unauthorized', requestId: 'request-1' });
      expect((await one.handle.describe()).status.name).toBe('RUNNING');

      broken = false;
      expect(await one.ask('retryStep', { step: failedStep(view) })).toMatchObject({ accepted: true });
      const repaired = await opened(one);
      expect(repaired.ticketNumber).not.toBeNull();
      expect(one.inputsOf('openTicket')).toHaveLength(2);
    });
  });

  test('may be skipped', async () => {
    const deleteRoute = async () => {
      throw vendorFailure('vendor-forbidden', true);
    };
    await session({ activities: { deleteRoute } }, async (one) => {
      await opened(one);
      await one.ask('cancel', { by: 'operator', refund: 'none' });
      const view = await one.until('in need of attention', ({ attention }) => attention.length > 0);
      expect((await one.handle.describe()).status.name).toBe('RUNNING');
      await one.ask('skipStep', { step: failedStep(view) });
      expect(await one.result()).toBe('cancelled');
    });
  });

  test('without a code of ours is `internal`, a time-out `vendor-timeout`', async () => {
    const putRoute = async () => {
      throw vendorFailure('TypeError', true);
    };
    await session({ activities: { putRoute } }, async (one) => {
      const view = await one.until('in need of attention', ({ attention }) => attention.length > 0);
      expect(view.attention[0]?.code).toBe('internal');
    });
  });
});

describe('a vendor that is down', () => {
  test('does not keep the session from hearing a cancel, and is given up after ten minutes', async () => {
    const openTicket = async () => {
      throw vendorFailure('vendor-unavailable', false);
    };
    await session({ activities: { openTicket } }, async (one) => {
      await one.until('open but for its ticket', () => one.inputsOf('openTicket').length > 1);
      expect((await one.view()).attention).toEqual([]);
      await one.handle.cancel();
      await one.until('closing', (view) => view.gate.state === 'over');

      await one.skipTo((await one.now()) + 11 * MINUTE);
      const view = await one.until('in need of attention', ({ attention }) => attention.length > 0);
      expect(view.attention[0]?.code).toBe('vendor-unavailable');
    });
  });
});

describe('publishing', () => {
  test('goes on until the store answers, and an answer that shuts a door waits for its own version', async () => {
    const fake = fakeActivities();
    let storeIsAway = true;
    const publish = async (input: Parameters<typeof fake.publish>[0]) => {
      if (storeIsAway) throw vendorFailure('store-unavailable', false);
      return await fake.publish(input);
    };
    await onWholeServer({ activities: { publish } }, async (one) => {
      await opened(one);
      let answered = false;
      const revoked = one.ask('revokeAccess', {}).then((verdict) => {
        answered = true;
        return verdict;
      });
      await one.until('revoked', (view) => view.gate.access === 'revoked');
      const tried = one.inputsOf('publish').length;
      await one.until('trying', () => one.inputsOf('publish').length > tried);
      expect(answered).toBe(false);

      storeIsAway = false;
      expect(await revoked).toMatchObject({ accepted: true });
      const last = JSON.stringify(one.inputsOf('publish').at(-1));
      expect(last).toContain('"access":"revoked"');
    });
  });

  test('that a repeat cannot help becomes an attention, and the run goes on', async () => {
    const fake = fakeActivities();
    let rowIsMissing = true;
    const publish = async (input: Parameters<typeof fake.publish>[0]) => {
      if (rowIsMissing) throw vendorFailure('row-missing', true);
      return await fake.publish(input);
    };
    await onWholeServer({ activities: { publish } }, async (one) => {
      const view = await one.until('in need of attention', ({ attention }) => attention.length > 0);
      expect(view.attention[0]?.code).toBe('row-missing');
      expect((await one.handle.describe()).status.name).toBe('RUNNING');
      expect(one.inputsOf('publish').length).toBeLessThan(40);
      rowIsMissing = false;
      await one.ask('retryStep', { step: failedStep(view) });
      await opened(one);
    });
  });

  test('the run does not return while its final gate is not published', async () => {
    const fake = fakeActivities();
    let storeIsAway = false;
    const publish = async (input: Parameters<typeof fake.publish>[0]) => {
      if (storeIsAway) throw vendorFailure('store-unavailable', false);
      return await fake.publish(input);
    };
    await onWholeServer({ activities: { publish } }, async (one) => {
      await opened(one);
      storeIsAway = true;
      await one.handle.cancel();
      await one.until('over', (view) => view.gate.state === 'over');
      const tried = one.inputsOf('publish').length;
      await one.until('trying', () => one.inputsOf('publish').length > tried);
      expect((await one.handle.describe()).status.name).toBe('RUNNING');
      storeIsAway = false;
      expect(await one.result()).toBe('cancelled');
    });
  });
});
