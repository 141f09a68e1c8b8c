import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { SESSION_WORKFLOW } from '../../workflows/contract/messages.ts';
import { describe as details } from '../../workflows/session/details.ts';
import { sessionBundle } from '../support/bundle.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import type { History } from '../support/replay.ts';
import { devServer } from '../support/temporal.ts';
import { DAY, type RigSession, withSession } from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [env, bundle] = await Promise.all([devServer(), sessionBundle()]);
});
afterAll(() => env.teardown());

const opened = (one: RigSession) =>
  one.until('opened', (view) => view.phase === 'awaiting-booking' && view.ticketNumber !== null);

/** Visibility is eventually consistent: asks until the list holds the session. */
async function listed(query: string, workflowId: string): Promise<boolean> {
  for (let tries = 0; tries < 500; tries += 1) {
    for await (const found of env.client.workflow.list({ query }))
      if (found.workflowId === workflowId) return true;
    await delay(100);
  }
  return false;
}

/**
 * An instant by its neighbours: the dev server's SQLite compares instants as text and writes the one it is
 * asked for without trailing zeros, so that `=` misses each tenth millisecond.
 */
const within = (attribute: string, instant: number): string =>
  `${attribute} BETWEEN '${new Date(instant - 1).toISOString()}' AND '${new Date(instant + 1).toISOString()}'`;

function count(history: History, name: string): number {
  const attributes = `${name}EventAttributes`;
  return (history.events ?? []).filter((event) =>
    Object.entries(event).some(([key, value]) => key === attributes && value),
  ).length;
}

describe('on a whole Temporal server', () => {
  test('a session is listed by its status, tenant, start, cutoff, attention and rules', async () => {
    const provider = fakeProvider();
    await withSession({ env, bundle, activities: provider.activities }, async (one) => {
      await opened(one);
      const now = await one.now();
      const startsAt = now + 5 * DAY;
      await one.tell(provider.book(startsAt, now));
      await one.until('scheduled', (view) => view.phase === 'scheduled');
      const { typedSearchAttributes } = await one.handle.describe();
      expect(
        Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])),
      ).toMatchObject({
        SessionStatus: 'scheduled',
        TenantId: '1',
        SessionStart: new Date(startsAt),
        RescheduleCutoff: new Date(startsAt - DAY),
        NeedsAttention: 'no',
        RulesVersion: '1',
      });
      const query = [
        "SessionStatus = 'scheduled'",
        "TenantId = '1'",
        within('SessionStart', startsAt),
        within('RescheduleCutoff', startsAt - DAY),
        "NeedsAttention = 'no'",
        "RulesVersion = '1'",
      ].join(' AND ');
      expect(await listed(query, one.handle.workflowId)).toBe(true);
    });
  });

  test('a session starts once per id, whether it runs or has ended', async () => {
    await withSession({ env, bundle }, async (one) => {
      const again = () =>
        env.client.workflow.start(SESSION_WORKFLOW, {
          workflowId: one.handle.workflowId,
          taskQueue: 'another',
          args: [one.input],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        });
      await opened(one);
      await expect(again()).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
      await one.ask('cancel', { by: 'operator', refund: 'none' });
      await one.result();
      await expect(again()).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
    });
  });

  test('the history of a session holds few upserts and no timer that was not needed', async () => {
    const provider = fakeProvider();
    await withSession({ env, bundle, activities: provider.activities }, async (one) => {
      await opened(one);
      const now = await one.now();
      const booked = provider.book(now + 5 * DAY, now);
      await one.tell(booked);
      await one.until('scheduled', (view) => view.phase === 'scheduled');
      const { history: before } = await one.recording();
      await one.tell(booked, booked, booked);
      await one.ask('decideLateChange', { by: 'agent', approve: true });
      const { history: after } = await one.recording();
      expect(count(after, 'timerStarted')).toBe(count(before, 'timerStarted'));
      expect(count(after, 'timerCanceled')).toBe(count(before, 'timerCanceled'));
      // The status once more after the opening, then with the start and the cutoff.
      expect(count(after, 'upsertWorkflowSearchAttributes')).toBeLessThanOrEqual(3);
    });
  });
});

describe('the details in Temporal UI', () => {
  test('name the state, the next instant, and what to do about a failed step', async () => {
    await withSession({ env, bundle }, async (one) => {
      const view = await opened(one);
      const text = details({
        ...view,
        attention: [
          {
            step: 'open-ticket',
            code: 'vendor-unauthorized',
            since: await one.now(),
            requestId: 'request-1',
          },
        ],
      });
      expect(text).toContain('**awaiting-booking**');
      expect(text).toContain(`- next: \`${view.nextInstant}\``);
      expect(text).toContain('put a valid credential in the configuration');
      expect(text).toContain('`retryStep` or `skipStep` with `{"step":"open-ticket"}`');
      expect(text).toContain('request `request-1`');
    });
  });
});
