import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { publishedGate } from '../../db/queries/gate.ts';
import { type SaleorTwin, startSaleorTwin } from '../../integrations/saleor/twin.ts';
import { startZammadTwin, type ZammadTwin } from '../../integrations/zammad/twin.ts';
import { ensureSchedule, runNow, scheduleIdOf, SPEC_VERSION } from '../../platform/schedules.ts';
import { connectClient, TASK_QUEUE, temporalSettings } from '../../platform/temporal.ts';
import { observe } from '../../scripts/demo/observe.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import {
  HOUSEKEEPING_JOBS,
  HOUSEKEEPING_WORKFLOW,
  type HousekeepingJob,
  type HousekeepingReport,
} from '../../workflows/contract/housekeeping.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';

const PATIENCE_MS = 60_000;
const TOKEN = 'token-of-the-shop';

let engine: TestEngine;
let shop: SaleorTwin;
let zammad: ZammadTwin;
let stack: Stack;
let database: DatabaseConnection;
let temporal: { readonly client: Client; close(): Promise<void> };

beforeAll(async () => {
  // A shop whose webhooks are lost, until it is told where they go, and a help desk whose always are.
  [engine, shop, zammad] = await Promise.all([
    startEngine(),
    startSaleorTwin({ port: 0, appToken: TOKEN }),
    startZammadTwin({ port: 0 }),
  ]);
  stack = await startTestStack({
    engine,
    schedules: 'ensured',
    env: {
      SALEOR_API_URL: shop.apiUrl,
      SALEOR_APP_TOKEN: TOKEN,
      ZAMMAD_URL: zammad.url,
      ZAMMAD_TOKEN: zammad.token,
      ZAMMAD_GROUP: zammad.group,
      ZAMMAD_WEBHOOK_SECRET: 'the trigger of this one was never made',
    },
  });
  database = connectDatabase(stack.addresses.databaseUrl, { max: 2, onIdleError: () => undefined });
  temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  // The worker takes work in before it has made them.
  for (const job of HOUSEKEEPING_JOBS)
    await observe(`the schedule of ${job}`, PATIENCE_MS, () => madeYet(job));
});
afterAll(async () => {
  await temporal?.close();
  await database?.close();
  await stack?.close();
  await shop?.close();
  await zammad?.close();
  await engine?.close();
});

const schedule = (job: HousekeepingJob) => temporal.client.schedule.getHandle(scheduleIdOf(job));

async function madeYet(job: HousekeepingJob): Promise<true | undefined> {
  try {
    await schedule(job).describe();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

async function startedRuns(job: HousekeepingJob): Promise<readonly string[]> {
  const { recentActions } = (await schedule(job).describe()).info;
  return recentActions.map(({ action }) => action.workflow.workflowId);
}

/** The report of the job's first run that is not one of these. */
async function reportOf(job: HousekeepingJob, known: readonly string[]): Promise<HousekeepingReport> {
  const id = await observe(`a run of ${job}`, PATIENCE_MS, async () =>
    (await startedRuns(job)).find((one) => !known.includes(one)),
  );
  return (await temporal.client.workflow.getHandle(id).result()) as HousekeepingReport;
}

async function trigger(job: HousekeepingJob): Promise<HousekeepingReport> {
  const known = await startedRuns(job);
  await runNow(temporal.client, job);
  return reportOf(job, known);
}

let runs = 0;
/** The same without its schedule, which starts at most one run a second. */
async function run(job: HousekeepingJob): Promise<HousekeepingReport> {
  runs += 1;
  return (await temporal.client.workflow.execute(HOUSEKEEPING_WORKFLOW, {
    taskQueue: TASK_QUEUE,
    workflowId: `housekeeping-${runs}`,
    args: [{ job }],
  })) as HousekeepingReport;
}

const sessions = () =>
  database.db
    .selectFrom('sessions')
    .select(['session_key', 'workflow_id', 'phase', 'needs_attention'])
    .execute();

describe('a worker that started', () => {
  test('has looked at the webhook subscriptions of both providers, and the report can be read', async () => {
    expect(await reportOf('subscriptions', [])).toMatchObject({ job: 'subscriptions', looked: 2, failed: 0 });
  });

  test('keeps each job’s schedule: hourly, daily, or every few minutes, one run at a time', async () => {
    const MINUTE = 60_000;
    const every: Partial<Record<HousekeepingJob, number>> = {
      prune: 24 * 60 * MINUTE,
      tickets: 5 * MINUTE,
      appointments: 10 * MINUTE,
    };
    for (const job of HOUSEKEEPING_JOBS) {
      const { spec, policies } = await schedule(job).describe();
      expect(spec.intervals?.[0]?.every).toBe(every[job] ?? 60 * MINUTE);
      expect(policies.overlap).toBe('SKIP');
    }
  });
});

describe('a paid order whose webhook was lost', () => {
  test('becomes one session, although the webhook comes after all', async () => {
    const { orderId } = shop.pay({
      email: 'zoe@example.com',
      firstName: 'Zoë',
      lastName: 'Müller',
      lines: [{ productName: 'Session', quantity: 1 }],
    });
    shop.setWebhookUrl(`${stack.addresses.publicUrl}/webhooks/saleor`);
    const [report] = await Promise.all([trigger('orders'), Promise.resolve(shop.resend(orderId))]);
    expect(report).toMatchObject({ looked: 1, raised: 0, failed: 0 });
    await shop.webhooksIdle();
    await observe('the session', PATIENCE_MS, async () =>
      (await sessions()).find(({ phase }) => phase === 'awaiting-booking'),
    );
    expect(await sessions()).toHaveLength(1);
    expect(await run('orders')).toMatchObject({ looked: 1, repaired: 0, raised: 0, notes: [] });
  });

  test('becomes one although it never comes', async () => {
    shop.setWebhookUrl(undefined);
    const { orderId } = shop.pay({
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'L',
      lines: [{ productName: 'Session', quantity: 2 }],
    });
    expect(await run('orders')).toMatchObject({
      repaired: 1,
      notes: [{ code: 'order-taken-in', id: orderId }],
    });
    await observe('two more sessions', PATIENCE_MS, async () => {
      const open = (await sessions()).filter(({ phase }) => phase === 'awaiting-booking');
      return open.length === 3 ? open : undefined;
    });
  });
});

describe('a run that somebody terminated', () => {
  test('has its gate shut, and a person is told; the others are as they should be', async () => {
    const [victim] = await sessions();
    if (!victim) throw new Error('no session');
    expect(await run('sessions')).toMatchObject({ looked: 3, repaired: 0, raised: 0, failed: 0 });
    await temporal.client.workflow.getHandle(victim.workflow_id).terminate('a mistake');
    expect(await run('sessions')).toMatchObject({
      looked: 3,
      raised: 1,
      notes: [{ code: 'run-lost', id: victim.session_key }],
    });
    const published = await publishedGate(database.db, victim.session_key);
    expect(published?.gate).toMatchObject({ page: null, join: [] });
    const attention = (await sessions()).filter((one) => one.needs_attention);
    expect(attention.map((one) => one.session_key)).toEqual([victim.session_key]);
    expect(await run('sessions')).toMatchObject({ raised: 0, notes: [] });
  });
});

describe('a ticket that somebody deleted', () => {
  test('has a successor, and a choice in it is heard although its webhook is lost', async () => {
    const one = (await sessions()).find(({ needs_attention: raised }) => !raised);
    if (!one) throw new Error('no session');
    const ticketOf = () => zammad.tickets().find(({ sessionId }) => sessionId === one.session_key);
    const before = ticketOf();
    if (!before) throw new Error('no ticket');
    zammad.deletes(before.id);
    expect(await run('sessions')).toMatchObject({ notes: [{ code: 'ticket-deleted', id: one.session_key }] });
    const after = ticketOf();
    if (!after) throw new Error('no ticket');
    expect(after.number).not.toBe(before.number);
    zammad.agentSets(after.id, 'cancel_no_refund');
    // Long enough ago that no webhook is to come any more.
    Object.assign(after, { updatedAt: new Date(Date.parse(after.updatedAt) - 600_000).toISOString() });
    expect(await run('tickets')).toMatchObject({ notes: [{ code: 'action-told', id: String(after.id) }] });
    await observe('the end of the session', PATIENCE_MS, async () =>
      (await sessions()).find((is) => is.session_key === one.session_key && is.phase === 'ended'),
    );
    const closed = await observe('its ticket’s end', PATIENCE_MS, async () =>
      ticketOf()?.state === 'closed' ? ticketOf() : undefined,
    );
    expect(closed).toMatchObject({ id: after.id, sessionAction: '' });
    const reasons = await database.db
      .selectFrom('timeline')
      .select('reason')
      .where('session_key', '=', one.session_key)
      .execute();
    expect(reasons.map(({ reason }) => reason)).toContain('ticket-deleted');
  });
});

describe('a schedule', () => {
  test('is made once; an older worker never overwrites a newer one’s, and paused stays paused', async () => {
    const { client } = temporal;
    expect(await ensureSchedule(client, 'prune')).toBe('kept');
    await schedule('prune').pause('an operator looks');
    expect(await ensureSchedule(client, 'prune', SPEC_VERSION + 1)).toBe('updated');
    expect(await ensureSchedule(client, 'prune', SPEC_VERSION)).toBe('kept');
    const { action, state } = await schedule('prune').describe();
    expect(action).toMatchObject({ memo: { specVersion: SPEC_VERSION + 1 }, args: [{ job: 'prune' }] });
    expect(state).toMatchObject({ paused: true, note: 'an operator looks' });
    await runNow(client, 'prune');
    expect(await startedRuns('prune')).toEqual([]);
  });
});
