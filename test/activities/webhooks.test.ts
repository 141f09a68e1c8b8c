import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createActivities } from '../../activities/create.ts';
import { createSlots } from '../../activities/webhook-slots.ts';
import { codeOfAnswer, waitAfter } from '../../activities/webhooks.ts';
import { deliveryIdOf, findDelivery, insertDeliveries } from '../../db/queries/webhook-deliveries.ts';
import { replayDelivery } from '../../db/queries/webhook-replays.ts';
import { insertEndpoint } from '../../db/queries/webhooks.ts';
import { createWebhookSender } from '../../integrations/receivers/sender.ts';
import { webhookSecret } from '../../integrations/receivers/signature.ts';
import { systemClock } from '../../platform/clock.ts';
import { failures } from '../../platform/failures.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { WEBHOOK_PATIENCE } from '../../workflows/contract/webhook.ts';
import { ringOf } from '../api/support/keys.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let receiver: WebhookReceiver;
let ring: KeyRing;
let tenantId: number;
beforeAll(async () => {
  world = await createWorld();
  const { tenant_id: tenant } = await world.dependencies.db
    .selectFrom('sessions')
    .select('tenant_id')
    .executeTakeFirstOrThrow();
  tenantId = tenant;
});
afterAll(() => world.close());
beforeEach(async () => {
  ring = ringOf('2026');
  receiver = await startWebhookReceiver();
});
afterEach(() => receiver.close());

const db = () => world.dependencies.db;
const activities = () =>
  createActivities({
    ...world.dependencies,
    clock: systemClock,
    linkKeys: ring,
    sendWebhook: createWebhookSender({ ownNetworks: ['127.0.0.0/8'] }),
  });

let made = 0;

/** One message that is owed to an endpoint of its own. */
async function owe(url = receiver.url) {
  made += 1;
  const endpointId = `whe_${made}`;
  const messageId = `msg_${made}`;
  const at = new Date();
  await insertEndpoint(
    db(),
    { endpointId, tenantId, url, description: null, events: ['session.*'], at },
    100,
  );
  const message = {
    type: 'session.booked',
    timestamp: at.toISOString(),
    data: { session_id: 's', version: 1 },
  } as const;
  await insertDeliveries(db(), [{ endpointId, tenantId, messageId, message, at }]);
  const wanted = { tenantId, endpointId, deliveryId: deliveryIdOf(endpointId, messageId) };
  return {
    wanted,
    endpointId,
    messageId,
    message,
    input: { deliveryId: wanted.deliveryId },
    async row() {
      const found = await findDelivery(db(), wanted);
      if (found === undefined) throw new Error('no such delivery');
      return { ...found.delivery, log: found.log.map(({ n, status, code }) => [n, status, code]) };
    },
  };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('deliverWebhook', () => {
  test('sends the message, signed, and writes down that it was received', async () => {
    const owed = await owe();
    expect(await activities().deliverWebhook(owed.input)).toEqual({ outcome: 'delivered' });
    const [received, ...more] = receiver.received;
    expect(more).toEqual([]);
    expect(received?.id).toBe(owed.messageId);
    expect(received?.verify(webhookSecret(ring, owed.endpointId, 1))).toEqual(owed.message);
    expect(() => received?.verify(webhookSecret(ring, 'whe_another', 1))).toThrow('No matching signature');
    expect(await owed.row()).toMatchObject({
      status: 'delivered',
      start_state: 'ended',
      attempts: 1,
      last_status: 204,
      last_code: null,
      settled_at: expect.any(Date),
      log: [[1, 204, null]],
    });
    // Its answer was lost on the way to Temporal: nothing is sent again.
    expect(await activities().deliverWebhook(owed.input)).toEqual({ outcome: 'delivered' });
    expect(receiver.received).toHaveLength(1);
  });

  test('after a rotation of secret and keys every secret that a receiver may hold fits', async () => {
    const owed = await owe();
    const first = webhookSecret(ring, owed.endpointId, 1);
    const secondRound = webhookSecret(ring, owed.endpointId, 2);
    await db()
      .updateTable('webhook_endpoints')
      .set({ secret_round: 3 })
      .where('endpoint_id', '=', owed.endpointId)
      .execute();
    ring = ringOf('2027', '2026');
    await activities().deliverWebhook(owed.input);
    const [received] = receiver.received;
    received?.verify(webhookSecret(ring, owed.endpointId, 3));
    received?.verify(webhookSecret(ringOf('2026'), owed.endpointId, 3));
    received?.verify(secondRound);
    expect(() => received?.verify(first)).toThrow('No matching signature');
  });

  test.each([
    [{ status: 500 }, 'receiver-rejected', 5000],
    [{ status: 404 }, 'receiver-rejected', 5000],
    [{ status: 302, headers: { location: 'https://elsewhere.example/' } }, 'receiver-redirected', 5000],
    [{ status: 429, headers: { 'retry-after': '90' } }, 'receiver-rejected', 90_000],
    [{ status: 503, headers: { 'retry-after': '1' } }, 'receiver-rejected', 5000],
    [
      { status: 503, headers: { 'retry-after': '999999' } },
      'receiver-rejected',
      WEBHOOK_PATIENCE.longestWaitMs,
    ],
  ] as const)('%j asks for another attempt: %s', async (answer, code, wait) => {
    const owed = await owe();
    receiver.answerWith(answer);
    const failure = await failureOf(activities().deliverWebhook(owed.input));
    expect(failure).toMatchObject({ type: code, message: code, nonRetryable: false, nextRetryDelay: wait });
    expect(await owed.row()).toMatchObject({
      status: 'pending',
      attempts: 1,
      log: [[1, answer.status, code]],
    });
    expect(await activities().deliverWebhook(owed.input)).toEqual({ outcome: 'delivered' });
    expect(await owed.row()).toMatchObject({
      status: 'delivered',
      log: [
        [1, answer.status, code],
        [2, 204, null],
      ],
    });
    expect(new Set(receiver.received.map(({ id }) => id))).toEqual(new Set([owed.messageId]));
  });

  test.each([
    ['http://127.0.0.1:1024/', 'receiver-unreachable'],
    ['https://10.0.0.1/', 'receiver-not-public'],
  ])('%s: %s, without a status', async (url, code) => {
    const owed = await owe(url);
    expect(await failureOf(activities().deliverWebhook(owed.input))).toMatchObject({ type: code });
    expect(await owed.row()).toMatchObject({ last_status: null, last_code: code, log: [[1, null, code]] });
    expect(world.logged.join()).toContain(owed.input.deliveryId);
    expect(world.logged.join()).not.toContain(new URL(url).host);
  });

  test('410 disables the endpoint, once and with an audit row; what else was on its way fails', async () => {
    const owed = await owe();
    receiver.answerWith({ status: 410 });
    expect(await activities().deliverWebhook(owed.input)).toEqual({ outcome: 'failed' });
    expect(await owed.row()).toMatchObject({
      status: 'failed',
      last_code: 'receiver-gone',
      log: [[1, 410, 'receiver-gone']],
    });
    const audit = await db()
      .selectFrom('audit')
      .selectAll()
      .where('subject', '=', `webhook:${owed.endpointId}`)
      .execute();
    expect(audit).toMatchObject([{ actor: 'system', action: 'webhook.disabled', tenant_id: tenantId }]);

    await replayDelivery(db(), owed.wanted);
    expect(await activities().deliverWebhook(owed.input)).toEqual({ outcome: 'failed' });
    expect(await owed.row()).toMatchObject({ status: 'failed', last_code: 'endpoint-disabled' });
    expect(receiver.received).toHaveLength(1);
  });

  test('a replay counts its attempts anew, under the same message id, and keeps the log', async () => {
    const owed = await owe();
    await activities().deliverWebhook(owed.input);
    const before = await owed.row();
    expect(await replayDelivery(db(), owed.wanted)).toBe(true);
    expect(await replayDelivery(db(), owed.wanted)).toBe(false);
    const replayed = await owed.row();
    expect(replayed).toMatchObject({
      status: 'pending',
      start_state: 'intended',
      attempts: 0,
      settled_at: null,
    });
    expect(replayed.workflow_id).not.toBe(before.workflow_id);
    expect(replayed.workflow_id.startsWith(`${before.workflow_id}-`)).toBe(true);
    receiver.answerWith({ status: 500 });
    expect(await failureOf(activities().deliverWebhook(owed.input))).toMatchObject({ nextRetryDelay: 5000 });
    await activities().deliverWebhook(owed.input);
    expect((await owed.row()).log.map(([n]) => n)).toEqual([1, 2, 3]);
    expect(receiver.received.map(({ id }) => id)).toEqual(Array.from({ length: 3 }, () => owed.messageId));
  });

  test('an endpoint that was deleted takes its deliveries along', async () => {
    const owed = await owe();
    await db().deleteFrom('webhook_endpoints').where('endpoint_id', '=', owed.endpointId).execute();
    expect(await activities().deliverWebhook(owed.input)).toEqual({ outcome: 'gone' });
    expect(await activities().giveUpWebhook(owed.input)).toEqual({ outcome: 'gone' });
    expect(receiver.received).toEqual([]);
  });
});

test('giveUpWebhook fails what is pending, and nothing else', async () => {
  const [lost, received] = [await owe(), await owe()];
  receiver.answerWith({ status: 500 });
  await failureOf(activities().deliverWebhook(lost.input));
  await activities().deliverWebhook(received.input);
  expect(await activities().giveUpWebhook(lost.input)).toEqual({ outcome: 'failed' });
  expect(await lost.row()).toMatchObject({
    status: 'failed',
    start_state: 'ended',
    last_code: 'receiver-rejected',
  });
  expect(await activities().giveUpWebhook(received.input)).toEqual({ outcome: 'delivered' });
});

test('what an answer means', () => {
  const answered = (status: number) => codeOfAnswer({ kind: 'answered', status, retryAfterMs: null });
  expect([200, 202, 204, 299].map(answered)).toEqual([null, null, null, null]);
  expect(answered(301)).toBe('receiver-redirected');
  expect([199, 400, 408, 425, 429, 500].map(answered)).toEqual(
    Array.from({ length: 6 }, () => 'receiver-rejected'),
  );
  expect(failures['receiver-rejected'].retryable).toBe(true);
});

test('waits grow to the longest, never fall below our own, and three days hold some twenty-five', () => {
  expect([1, 2, 3].map((n) => waitAfter(n, null))).toEqual([5000, 12_500, 31_250]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.option(fc.integer({ min: 0, max: 1e9 })),
      (attempts, asked) => {
        const wait = waitAfter(attempts, asked);
        expect(wait).toBeGreaterThanOrEqual(waitAfter(attempts, null));
        expect(wait).toBeLessThanOrEqual(WEBHOOK_PATIENCE.longestWaitMs);
        if (asked !== null && asked <= WEBHOOK_PATIENCE.longestWaitMs)
          expect(wait).toBeGreaterThanOrEqual(asked);
      },
    ),
  );
  let attempts = 1;
  for (let at = 0; at < WEBHOOK_PATIENCE.totalMs; attempts += 1) at += waitAfter(attempts, null);
  expect(attempts).toBeGreaterThan(20);
  expect(attempts).toBeLessThan(35);
});

describe('slots', () => {
  test('so many of one key and of all, and each is given back once', () => {
    const slots = createSlots({ each: 2, all: 3 });
    const [first, second] = [slots.take('a'), slots.take('a')];
    expect(slots.take('a')).toBeNull();
    const other = slots.take('b');
    expect(slots.take('c')).toBeNull();
    first?.();
    expect(slots.take('c')).not.toBeNull();
    expect(slots.take('a')).toBeNull();
    other?.();
    second?.();
    expect(slots.take('a')).not.toBeNull();
    expect(slots.take('a')).not.toBeNull();
  });

  test('a receiver that is slow with some holds up no other', async () => {
    const waiting: (() => void)[] = [];
    const slow = await owe();
    const others = await Promise.all(Array.from({ length: 8 }, () => owe()));
    await db()
      .updateTable('webhook_deliveries')
      .set({ endpoint_id: slow.endpointId })
      .where(
        'delivery_id',
        'in',
        others.map(({ input }) => input.deliveryId),
      )
      .execute();
    const all = createActivities({
      ...world.dependencies,
      sendWebhook: () =>
        new Promise((resolve) => {
          waiting.push(() => resolve({ kind: 'answered', status: 204, retryAfterMs: null }));
        }),
    });
    const underWay = others.map(({ input }) => all.deliverWebhook(input));
    while (waiting.length < 8) await new Promise((resolve) => setImmediate(resolve));
    expect(await failureOf(all.deliverWebhook(slow.input))).toMatchObject({ type: 'receiver-busy' });
    expect((await slow.row()).log).toEqual([]);
    const elsewhere = await owe();
    const sent = all.deliverWebhook(elsewhere.input);
    while (waiting.length < 9) await new Promise((resolve) => setImmediate(resolve));
    for (const answer of waiting) answer();
    expect(await sent).toEqual({ outcome: 'delivered' });
    await Promise.all(underWay);
    const last = all.deliverWebhook(slow.input);
    while (waiting.length < 10) await new Promise((resolve) => setImmediate(resolve));
    waiting[9]?.();
    expect(await last).toEqual({ outcome: 'delivered' });
  });
});
