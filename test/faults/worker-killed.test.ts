import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectClient, temporalSettings } from '../../platform/temporal.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { createReport } from '../../scripts/demo/report.ts';
import { tellStory } from '../../scripts/demo/story.ts';
import { createVendors, demoPolicy } from '../../scripts/demo/vendors.ts';
import { createVisitor } from '../../scripts/demo/visitor.ts';
import type { StackAddresses } from '../../scripts/stack/addresses.ts';
import { SESSION_QUERY } from '../../workflows/contract/messages.ts';
import type { SessionView } from '../../workflows/contract/session.ts';
import { checkHistory } from '../support/replay.ts';
import { spawnWorker, startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';

/**
 * A worker that dies in the middle of a task costs that task's ten seconds, and one in the middle of an activity
 * its attempt's bound; the policy leaves room for both before each instant that matters.
 */
const policy = {
  ...demoPolicy,
  'session.cutoff': 'PT20S',
  'session.gate-opens': 'PT15S',
  'session.gate-closes': 'PT15S',
  'session.reminders': 'PT20S',
};
const pace = { bookAheadMs: 90_000, moveAheadMs: 55_000 };

/** Lives beside each other; more would only wait for the two cores. */
const AT_ONCE = 10;
interface Ended {
  /** After how many events the worker was to die; null for the run that is left alone. */
  readonly killAt: number | null;
  readonly killed: boolean;
  readonly steps: readonly string[];
  readonly failure: string | null;
  readonly events: number;
  /** What must not depend on the worker's death. */
  readonly state: unknown;
}

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

async function articlesOf(
  stack: StackAddresses,
  ticketId: number,
): Promise<readonly { type: string; subject: string }[]> {
  return createVendors(stack).articles(ticketId);
}

async function ticketsOf(stack: StackAddresses): Promise<readonly { id: number; state: string }[]> {
  const response = await fetch(`${stack.zammad.url}/api/v1/tickets/search?expand=true&per_page=50`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Token token=${stack.zammad.token}` },
    body: JSON.stringify({ condition: { 'ticket.session_status': { operator: 'is', value: 'ended' } } }),
  });
  return (await response.json()) as { id: number; state: string }[];
}

/** One life of the demo's session, in which the worker dies once its history has `killAt` events. */
async function live(killAt: number | null): Promise<Ended> {
  const namespace = await engine.namespace(`kill-${killAt ?? 'never'}`);
  const stack = await startTestStack({ engine, namespace, worker: 'elsewhere' });
  let worker = spawnWorker(stack);
  const temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  const report = createReport(() => undefined);
  let workflowId = '';
  let killed = false;
  let over = false;

  async function killOnce(at: number): Promise<void> {
    while (!over && !killed) {
      const description = workflowId
        ? await temporal.client.workflow
            .getHandle(workflowId)
            .describe()
            .catch(() => undefined)
        : undefined;
      if (description && description.historyLength >= at) {
        killed = true;
        await worker.kill();
        worker = spawnWorker(stack);
        return;
      }
      await sleep(10);
    }
  }

  const killer = killAt === null ? Promise.resolve() : killOnce(killAt);
  let failure: string | null = null;
  try {
    await tellStory(
      {
        stack: stack.addresses,
        client: temporal.client,
        vendors: createVendors(stack.addresses, policy),
        visitor: createVisitor(),
        report,
        pace,
      },
      (found) => {
        workflowId = found.workflowId;
      },
    );
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  over = true;
  await killer;
  try {
    const handle = temporal.client.workflow.getHandle(workflowId);
    const view = await observe('the final view', 60_000, () =>
      temporal.client
        .withDeadline(Date.now() + 3000, () => handle.query<SessionView>(SESSION_QUERY))
        .catch(() => undefined),
    );
    const tickets = await ticketsOf(stack.addresses);
    const articles = await Promise.all(tickets.map(({ id }) => articlesOf(stack.addresses, id)));
    const history = await handle.fetchHistory();
    if (failure === null) await checkHistory({ workflowId, history, view });
    const events = history.events?.length ?? 0;
    return {
      killAt,
      killed,
      steps: report.steps.filter((step) => step.ok).map((step) => step.name),
      failure,
      events,
      state: {
        phase: view.phase,
        outcome: view.outcome,
        refund: view.refund,
        attention: view.attention,
        gate: { state: view.gate.state, access: view.gate.access },
        tickets: tickets.map(({ state }) => state),
        articles: articles.map((list) => list.map(({ type, subject }) => `${type}: ${subject}`).toSorted()),
      },
    };
  } finally {
    await worker.kill();
    await temporal.close();
    await stack.close();
  }
}

async function inBatches<T, R>(
  items: readonly T[],
  size: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += size)
    results.push(...(await Promise.all(items.slice(start, start + size).map(run))));
  return results;
}

/** About as many as the undisturbed life has; a run with fewer is over before the worker's turn to die comes. */
const USUAL_EVENTS = 110;

test('a worker that dies while the session opens leaves it to the next one', async () => {
  const end = await live(10);
  const state = { phase: 'ended', attention: [], gate: { state: 'over' }, tickets: ['closed'] };
  expect(end).toMatchObject({ failure: null, killed: true, state });
}, 600_000);

// A quarter of an hour: in `npm run test:all`. The storm kills workers at other moments.
const everyEvent = process.env['LATCHKEY_TEST_ALL'] === '1' ? test : test.skip;

everyEvent(
  'a worker that dies after any event of the history changes nothing about how the session ends',
  async () => {
    const points = Array.from({ length: USUAL_EVENTS }, (_, index) => index + 1);
    const [undisturbed, ...ends] = await inBatches([null, ...points], AT_ONCE, live);
    expect(undisturbed?.failure).toBeNull();
    for (const { killAt, failure, steps, state } of ends)
      expect({ killAt, failure, steps, state }).toEqual({
        killAt,
        failure: null,
        steps: undisturbed?.steps,
        state: undisturbed?.state,
      });
    // A run whose worker lived on proves nothing, unless it was over first.
    expect(ends.filter((end) => !end.killed && end.events > (end.killAt ?? 0))).toEqual([]);
    expect(ends.filter((end) => end.killed).length).toBeGreaterThan(points.length / 2);
  },
  1_800_000,
);
