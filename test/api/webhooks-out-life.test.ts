import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { z } from 'zod';
import { addWebhookRoutes } from '../../api/admin/webhooks/routes.ts';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import type { Passes } from '../../api/passes.ts';
import { createWebhookSweep } from '../../api/webhooks-out/sweep.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { systemClock } from '../../platform/clock.ts';
import { connectClient, temporalSettings } from '../../platform/temporal.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { createVendors, demoPolicy } from '../../scripts/demo/vendors.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { decoded } from '../support/histories.ts';
import { pay } from '../support/paid-session.ts';
import { replaysAlike } from '../support/replay.ts';
import { textOf } from '../support/secrets-in.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import { ask } from './support/ask.ts';
import { verifyNamed } from './support/named-callers.ts';
import { keepersOf, serveRoutes, type ServedRoutes } from './support/serve-routes.ts';

/** A session of some seconds, with time between its instants on a busy machine. */
const policy = {
  ...demoPolicy,
  'session.cutoff': 'PT3S',
  'session.gate-opens': 'PT1S',
  'session.gate-closes': 'PT1S',
  'session.reminders': 'PT3S',
  'session.settle': 'PT1S',
} as const;
const PATIENCE_MS = 60_000;

let engine: TestEngine;
let stack: Stack;
let database: DatabaseConnection;
let temporal: { readonly client: Client; close(): Promise<void> };
let sweep: Passes;
let served: ServedRoutes;
let receiver: WebhookReceiver;
let shaky: WebhookReceiver;

beforeAll(async () => {
  engine = await startEngine();
  [stack, receiver, shaky] = await Promise.all([
    startTestStack({ engine }),
    startWebhookReceiver(),
    startWebhookReceiver(),
  ]);
  database = connectDatabase(stack.addresses.databaseUrl, { max: 3, onIdleError: () => undefined });
  temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  const { db } = database;
  sweep = createWebhookSweep({
    db,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    connect: async () => temporal.client,
    intervalMs: 200,
  });
  served = await serveRoutes({
    keepers: keepersOf(verifyNamed),
    add: (routes) =>
      addWebhookRoutes(routes, {
        db,
        clock: systemClock,
        linkKeys: stack.config.keys.link,
        ownNetworks: stack.config.webhooks.allowedNetworks,
        onOwed: () => sweep.kick(),
      }),
  });
});
afterAll(async () => {
  await sweep?.stop();
  await served?.close();
  await temporal?.close();
  await database?.close();
  await stack?.close();
  await receiver?.close();
  await shaky?.close();
  await engine?.close();
});

async function call(method: string, path: string, body?: unknown) {
  const answer = await ask(`${served.origin}/api/v1/admin/webhooks${path}`, {
    method,
    headers: { authorization: 'Bearer admin', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.json === null || answer.status >= 300) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.json;
}

async function subscribe(url: string, events: readonly string[]): Promise<{ id: string; secret: string }> {
  const made = await call('POST', '', { url, events });
  return { id: String(made['id']), secret: String(made['secret']) };
}

const inMs = (ms: number): Date => new Date(Date.now() + ms);
const vendors = () => createVendors(stack.addresses, policy);

/** Paid, booked, moved, and left alone until it is over. */
async function liveSession(): Promise<string> {
  const { db } = database;
  const key = await pay(stack.addresses, policy);
  const bookingUrl = await observe('the scheduling link', PATIENCE_MS, async () => {
    const row = await db
      .selectFrom('sessions')
      .select('booking_url')
      .where('session_key', '=', key)
      .executeTakeFirst();
    return row?.booking_url ?? undefined;
  });
  await vendors().book(bookingUrl, inMs(60_000));
  const booked = await observe('the appointment', PATIENCE_MS, () =>
    db
      .selectFrom('sessions')
      .innerJoin('appointments', 'appointments.session_key', 'sessions.session_key')
      .select('reschedule_url')
      .where('sessions.session_key', '=', key)
      .where('phase', '=', 'scheduled')
      .executeTakeFirst(),
  );
  await vendors().reschedule(booked.reschedule_url ?? '', inMs(8000));
  await observe('the end', PATIENCE_MS, () =>
    db
      .selectFrom('sessions')
      .select('phase')
      .where('session_key', '=', key)
      .where('phase', '=', 'ended')
      .executeTakeFirst(),
  );
  return key;
}

/** Asked for with a booking link, a time chosen, moved, and cancelled. */
async function liveBooking(): Promise<string> {
  const { db } = database;
  const { localKeys } = stack.config.auth;
  if (localKeys === null) throw new Error('the stack has no keys for callers');
  const caller = { role: 'tenant', tenantId: 1, userId: 5, subject: 'test' } as const;
  const now = systemClock();
  const bearer = await mintCallerToken(localKeys, caller, now, (now + 60_000) as Instant);
  const { publicUrl } = stack.addresses;
  const link = await ask(`${publicUrl}/booking/link`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ template_id: 1, client_id: 123, token_purpose: 'one-time-booking-link' }),
  });
  expect(link.status).toBe(201);
  const { token } = z.object({ data: z.object({ token: z.string() }) }).parse(link.json).data;
  const chosen = await ask(`${publicUrl}/booking/book`, {
    method: 'POST',
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token, nonce: 'form-nonce-1' }).toString(),
  });
  expect(chosen.status).toBe(303);
  await vendors().book(chosen.headers.get('location') ?? '', inMs(3 * 86_400_000));
  const appointment = (what: string, reschedules: number) =>
    observe(what, PATIENCE_MS, () =>
      db
        .selectFrom('bookings')
        .innerJoin('appointments', 'appointments.uri', 'bookings.appointment_uri')
        .select(['bookings.booking_key', 'reschedule_url', 'cancel_url'])
        .where('status', '=', 'scheduled')
        .where('reschedules', '=', reschedules)
        .executeTakeFirst(),
    );
  const first = await appointment('the chosen time', 0);
  await vendors().reschedule(first.reschedule_url ?? '', inMs(4 * 86_400_000));
  const second = await appointment('the other time', 1);
  const cancelled = await ask(second.cancel_url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: '{}',
  });
  expect(cancelled.status).toBe(201);
  await observe('the cancellation', PATIENCE_MS, () =>
    db.selectFrom('bookings').select('status').where('status', '=', 'cancelled').executeTakeFirst(),
  );
  return second.booking_key;
}

const deliveries = () =>
  database.db
    .selectFrom('webhook_deliveries')
    .select(['workflow_id', 'endpoint_id', 'event', 'status'])
    .execute();

async function allDelivered() {
  return observe('every delivery', PATIENCE_MS, async () => {
    const rows = await deliveries();
    return rows.every(({ status }) => status === 'delivered') ? rows : undefined;
  });
}

test('the lives of a session and a booking are told, each event once, signed, and without personal data', async () => {
  const all = await subscribe(receiver.url, ['session.*', 'booking.*']);
  const some = await subscribe(shaky.url, ['session.booked']);
  shaky.answerWith({ status: 503 });
  const [sessionKey, bookingKey] = await Promise.all([liveSession(), liveBooking()]);
  const rows = await allDelivered();

  const about = (field: string, id: string) =>
    receiver.received.filter(({ body }) => body.data[field] === id).map(({ body }) => body.type);
  expect(about('session_id', sessionKey).toSorted()).toEqual([
    'session.booked',
    'session.ended',
    'session.locked',
    'session.moved',
    'session.opened',
  ]);
  expect(about('booking_id', bookingKey).toSorted()).toEqual([
    'booking.cancelled',
    'booking.created',
    'booking.rescheduled',
    'booking.scheduled',
  ]);
  expect(receiver.received).toHaveLength(9);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(9);
  for (const message of receiver.received) expect(message.verify(all.secret)).toEqual(message.body);
  const told = JSON.stringify(receiver.received.map(({ body }) => body));
  expect(told).not.toMatch(/@|Ada|https?:|token/);

  // The one that failed was sent again: the same message, as to the other endpoint.
  expect(shaky.received.map(({ body }) => body.type)).toEqual(['session.booked', 'session.booked']);
  const booked = receiver.received.find(({ body }) => body.type === 'session.booked');
  expect(shaky.received.map(({ id }) => id)).toEqual([booked?.id, booked?.id]);
  for (const message of shaky.received) message.verify(some.secret);

  for (const { workflow_id: workflowId } of rows) {
    const handle = temporal.client.workflow.getHandle(workflowId);
    expect(await handle.result()).toBe('delivered');
    const history = await handle.fetchHistory();
    await replaysAlike({ workflowId, history });
    expect(textOf(decoded(history))).not.toMatch(/http:|session_id|booking_id/);
  }
}, 120_000);

test('a test message and a replay arrive, the replay as the same message', async () => {
  const { id, secret } = await subscribe(receiver.url, ['booking.created']);
  const before = receiver.received.length;
  const tested = await call('POST', `/${id}/test`);
  await allDelivered();
  await call('POST', `/${id}/deliveries/${String(tested['id'])}/replay`);
  await observe('the replay', PATIENCE_MS, async () =>
    receiver.received.length === before + 2 ? true : undefined,
  );
  await allDelivered();
  const [first, second] = receiver.received.slice(before);
  expect(first?.verify(secret)).toMatchObject({ type: 'webhook.test', data: { endpoint_id: id } });
  expect([second?.id, second?.body]).toEqual([first?.id, first?.body]);
  const read = await call('GET', `/${id}/deliveries/${String(tested['id'])}`);
  expect(read).toMatchObject({ status: 'delivered', attempts: 1, log: [{ n: 1 }, { n: 2, status: 204 }] });
});
