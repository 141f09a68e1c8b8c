import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { SESSION_WORKFLOW } from '../../workflows/contract/messages.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { remedyOf } from '../../platform/attention-words.ts';
import { describe as details } from '../../workflows/session/details.ts';
import { HINTS } from '../../workflows/session/hints.ts';
import { sessionBundle } from '../support/bundle.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { decoded } from '../support/histories.ts';
import type { History } from '../support/replay.ts';
import { textOf } from '../support/secrets-in.ts';
import { devServer } from '../support/temporal.ts';
import { DAY, HOUR, type RigSession, withSession } from '../support/workflow-rig.ts';

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

describe('the saved queries of docs/temporal-ui.md', () => {
  const page = readFileSync(new URL('../../docs/temporal-ui.md', import.meta.url), 'utf8');
  const queries = [...page.matchAll(/```sql\n(.+?)\n```/gs)].map(([, query = '']) => query);
  const queryWith = (part: string): string => queries.find((query) => query.includes(part)) ?? '';

  test('the page has its queries', () => {
    expect(queries.length).toBeGreaterThan(12);
  });

  test.each(queries)('the server takes %s', async (query) => {
    expect((await env.client.workflow.count(query)).count).toBeGreaterThanOrEqual(0);
  });

  test('the server refuses one with an attribute that is not there', async () => {
    await expect(env.client.workflow.count("SessionStatuss = 'opening'")).rejects.toThrow();
  });

  test('a late change that waits, and what needs attention, are found; and no longer when they are answered', async () => {
    const provider = fakeProvider();
    await withSession({ env, bundle, activities: provider.activities }, async (one) => {
      await opened(one);
      const now = await one.now();
      await one.tell(provider.book(now + 2 * HOUR, now));
      await one.until('locked', (view) => view.phase === 'locked');
      await one.tell(provider.book(now + 3 * HOUR, now));
      await one.until('in need of attention', (view) => view.attention.length > 0);
      await one.ask('requestLateChange', { by: 'client' });
      const { workflowId } = one.handle;
      expect(await listed(queryWith("'late-change'"), workflowId)).toBe(true);
      expect(await listed(queryWith("NeedsAttention = 'yes'"), workflowId)).toBe(true);
      await one.ask('decideLateChange', { by: 'agent', approve: false });
      await one.until('answered', (view) => view.lateChange === null);
      expect(await listed("SessionStatus = 'locked'", workflowId)).toBe(true);
    });
  });
});

describe('the details in Temporal UI', () => {
  test('name the state, what comes next, and what to do about a failed step', async () => {
    await withSession({ env, bundle }, async (one) => {
      const view = await opened(one);
      const at = Date.UTC(2026, 11, 1, 9) as Instant;
      const failed = { step: 'open-ticket', code: 'vendor-unauthorized', since: at, requestId: 'request-1' };
      const text = details({ ...view, attention: [failed] }, { at, what: 'booking deadline' });
      expect(text).toContain('**awaiting-booking**. The client is to book a time.');
      expect(text).toContain('- next: **booking deadline**, 2026-12-01 09:00 UTC');
      expect(text).toContain('**open-ticket**: vendor-unauthorized, since 2026-12-01 09:00 UTC');
      expect(text).toContain('put a valid credential in the configuration');
      expect(text).toContain('`retryStep` or `skipStep` with `{"step":"open-ticket"}`');
      expect(text).toContain('request `request-1`');
    });
  });

  test.each(Object.keys(HINTS))('%s is a code that somebody explains', (code) => {
    expect(remedyOf(code)).not.toBeNull();
  });

  test('a fact is skipped by its code, and an answer to a refund is a decision', async () => {
    await withSession({ env, bundle }, async (one) => {
      const view = await opened(one);
      const since = await one.now();
      const of = (code: string, step: string | null = null) =>
        details({ ...view, attention: [{ step, code, since, requestId: null }] }, null);
      expect(of('second-appointment')).toContain('Update `skipStep` with `{"step":"second-appointment"}`');
      expect(of('refund-approval', 'refund')).toContain('Update `decideRefund`');
    });
  });

  test('timers and effects say what they are for, encrypted as everything else', async () => {
    const provider = fakeProvider();
    await withSession({ env, bundle, activities: provider.activities }, async (one) => {
      await opened(one);
      const now = await one.now();
      await one.tell(provider.book(now + 5 * DAY, now));
      await one.until('scheduled', (view) => view.phase === 'scheduled');
      const { history } = await one.recording();
      const titles = (history.events ?? []).flatMap(({ userMetadata }) =>
        userMetadata?.summary ? [userMetadata.summary] : [],
      );
      expect(titles.length).toBeGreaterThan(0);
      for (const { metadata } of titles)
        expect(Buffer.from(metadata?.['encoding'] ?? []).toString()).toMatch(/encrypted/);
      expect(textOf(decoded(history))).toMatch(/reschedule cutoff, \d{4}-/);
    });
  });
});
