import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { LinkId, StepId } from '../../workflows/contract/values.ts';
import { sessionBundle } from '../support/bundle.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import {
  DAY,
  firstLinkOf,
  HOUR,
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

describe('messages that wait for the first task', () => {
  test('an Update is answered by the rules, with the session already opening', async () => {
    await session({ startWorker: false }, async (one) => {
      const answer = one.ask('reschedule', { by: 'client' });
      await one.startWorker();
      expect(await answer).toMatchObject({ accepted: false });
      await opened(one);
    });
  });

  test('a signal is heard', async () => {
    const provider = fakeProvider();
    await session({ startWorker: false, activities: provider.activities }, async (one) => {
      const now = await one.now();
      await one.tell(provider.book(now + 5 * DAY, now));
      await one.startWorker();
      const view = await one.until('scheduled', (seen) => seen.phase === 'scheduled');
      expect(view.startsAt).toBe(new Date(now + 5 * DAY).toISOString());
    });
  });
});

describe('an Update', () => {
  test('that the rules refuse is answered, kept in the timeline and replayed', async () => {
    await session({}, async (one) => {
      await opened(one);
      expect(await one.ask('reschedule', { by: 'client' })).toMatchObject({
        accepted: false,
        reason: 'not-booked',
      });
      const { timeline } = await one.view();
      expect(timeline.some(({ reason }) => reason === 'not-booked')).toBe(true);
    });
  });

  test('with the same id is decided once', async () => {
    await session({}, async (one) => {
      await opened(one);
      const first = await one.ask('reissueLink', {}, 'same');
      const links = one.inputsOf('issueLink').length;
      expect(await one.ask('reissueLink', {}, 'same')).toEqual(first);
      await one.until('published', () => true);
      expect(one.inputsOf('issueLink').length).toBeLessThanOrEqual(Math.max(links, 2));
    });
  });

  test('mails the link that is good once more, and a cutoff is granted once', async () => {
    await session({}, async (one) => {
      await opened(one);
      expect(await one.ask('resendLink', {}, 'resend')).toEqual({ accepted: true, next: 'none' });
      await one.ask('resendLink', {}, 'resend');
      expect(await one.ask('moveCutoff', { cutoffMs: 2 * HOUR })).toMatchObject({ accepted: true });
      expect(await one.ask('moveCutoff', { cutoffMs: HOUR })).toMatchObject({ reason: 'already-granted' });
      const { timeline } = await one.view();
      const told = timeline.filter(({ reason }) => reason === 'link-mailed-again');
      expect(told.map(({ event }) => event)).toEqual(['operator.resend-link']);
    });
  });

  test('that shuts a door is answered after the shut door is published', async () => {
    await session({}, async (one) => {
      await opened(one);
      expect(await one.ask('revokeAccess', {})).toMatchObject({ accepted: true });
      expect(JSON.stringify(one.inputsOf('publish').at(-1))).toContain('"access":"revoked"');
    });
  });

  test('that is malformed is refused and leaves no trace', async () => {
    await session({}, async (one) => {
      await opened(one);
      const before = await one.view();
      const malformed: readonly (readonly [string, unknown])[] = [
        ['reschedule', { by: 'nobody' }],
        ['reschedule', null],
        ['cancel', { by: 'client', refund: 'half' }],
        ['cancel', {}],
        ['decideLateChange', { by: 'agent', approve: 'yes' }],
        ['decideRefund', { approve: 1 }],
        ['moveCutoff', { cutoffMs: -1 }],
        ['moveCutoff', { cutoffMs: 1.5 }],
        ['revokeLink', { linkId: '' }],
        ['retryStep', { step: 7 }],
        ['skipStep', {}],
        ['adoptRules', { rulesVersion: 'two' }],
      ];
      for (const [name, argument] of malformed) {
        const refused = one.handle.executeUpdate<unknown, [unknown]>(name, { args: [argument] });
        const error: unknown = await refused.catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
        const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
        expect(cause).toBeInstanceOf(ApplicationFailure);
        expect(cause).toMatchObject({ type: 'invalid-request' });
      }
      const { history, view } = await one.recording();
      expect(view).toEqual(before);
      const accepted = history.events?.filter(
        (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
      );
      expect(accepted).toEqual([]);
    });
  });

  test('about what does not exist is refused with a reason', async () => {
    await session({}, async (one) => {
      await opened(one);
      expect(await one.ask('retryStep', { step: 'no-such-step' as StepId })).toMatchObject({
        accepted: false,
        reason: 'unknown-step',
      });
      expect(await one.ask('revokeLink', { linkId: `${firstLinkOf(one.key)}9` as LinkId })).toMatchObject({
        accepted: false,
        reason: 'unknown-link',
      });
    });
  });
});

describe('a signal', () => {
  test('with malformed events is heard as far as it is well formed', async () => {
    const provider = fakeProvider();
    await session({ activities: provider.activities }, async (one) => {
      await opened(one);
      const now = await one.now();
      await one.handle.signal('outsideEvents', 'nonsense');
      await one.handle.signal('noSuchSignal', 1);
      await one.handle.signal('outsideEvents', [
        null,
        { no: 'type' },
        provider.book(now + 2 * DAY + HOUR, now),
      ]);
      await one.until('scheduled', (view) => view.phase === 'scheduled');
    });
  });
});
