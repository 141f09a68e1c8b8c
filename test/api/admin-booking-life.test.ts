import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { addAdminBookingRoutes } from '../../api/admin-booking/routes.ts';
import { type BookingRuns, createBookingRuns } from '../../api/booking/starts.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { bookingByKey } from '../../db/queries/bookings.ts';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import { systemClock } from '../../platform/clock.ts';
import { configured } from '../../platform/config-providers.ts';
import { connectClient, type TemporalClient, temporalSettings } from '../../platform/temporal.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { createVendors } from '../../scripts/demo/vendors.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';
import { ADMIN, bookingOf, resultOf, writeBooking } from './admin-booking-rig.ts';
import { type Answer, ask } from './support/ask.ts';
import { verifyNamed } from './support/named-callers.ts';
import { keepersOf, type ServedRoutes, serveRoutes } from './support/serve-routes.ts';

const PATIENCE_MS = 20_000;

let engine: TestEngine;
let stack: Stack;
let database: DatabaseConnection;
let temporal: TemporalClient;
let runs: BookingRuns;
let served: ServedRoutes;
/** The same routes, which wait for a run for one second. */
let hasty: ServedRoutes;

beforeAll(async () => {
  engine = await startEngine();
  stack = await startTestStack({ engine });
  database = connectDatabase(stack.addresses.databaseUrl, { max: 5, onIdleError: () => undefined });
  temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  runs = createBookingRuns(async () => temporal.client);
  const { keys } = stack.config;
  const calendly = configured(stack.config, 'calendly');
  const serve = (asking: BookingRuns) =>
    serveRoutes({
      keepers: keepersOf(verifyNamed),
      add: (routes) =>
        addAdminBookingRoutes(routes, {
          db: database.db,
          clock: systemClock,
          log: { info: () => undefined, warn: () => undefined },
          runs: asking,
          // Less than a fault of these tests lasts.
          calendly: createCalendlyClient({ baseUrl: calendly.apiUrl, token: calendly.token, timeoutMs: 300 }),
          shown: {
            provider: 'calendly',
            defaultLink: calendly.defaultLink,
            linkKeys: keys.link,
            uiUrl: null,
            namespace: stack.addresses.temporal.namespace,
          },
        }),
    });
  served = await serve(runs);
  hasty = await serve({
    ...runs,
    update: (workflowId, name, argument, updateId) => runs.update(workflowId, name, argument, updateId, 1000),
  });
});

afterAll(async () => {
  await served?.close();
  await hasty?.close();
  await runs?.settled();
  await temporal?.close();
  await database?.close();
  await stack?.close();
  await engine?.close();
});

afterEach(() => fault('DELETE'));

/** How the calendar's twin fails. */
async function fault(method: 'POST' | 'DELETE', rule?: object): Promise<void> {
  const answer = await fetch(`${stack.addresses.calendly.url}/__sandbox/faults`, {
    method,
    ...(rule === undefined ? {} : { body: JSON.stringify(rule) }),
  });
  expect(answer.status).toBe(200);
}

const send = (method: string, path: string, body?: object): Promise<Answer> =>
  ask(served.origin + path, {
    method,
    headers: { authorization: 'Bearer admin', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
const rowOf = async (key: BookingKey) => {
  const row = await bookingByKey(database.db, key);
  if (row === undefined) throw new Error('no row');
  return row;
};

/** A visitor's booking with its run and its link. */
async function asked(): Promise<BookingKey> {
  const { eventTypeUuid } = configured(stack.config, 'calendly');
  const given = { start_state: 'intended', event_type: eventTypeUuid };
  const key = await writeBooking(database.db, given, systemClock());
  expect(await runs.startAndAwaitLink(await rowOf(key), PATIENCE_MS)).toBe('ready');
  return key;
}

/** The same, with a time chosen at the calendar. */
async function booked(): Promise<BookingKey> {
  const key = await asked();
  const { booking_url: url } = await rowOf(key);
  await createVendors(stack.addresses).book(url ?? '', new Date(systemClock() + 3 * 86_400_000));
  await observe('scheduled', PATIENCE_MS, async () =>
    (await rowOf(key)).status === 'scheduled' ? true : undefined,
  );
  return key;
}

const runStatus = async (key: BookingKey): Promise<string> =>
  (await temporal.client.workflow.getHandle(`booking-${key}`).describe()).status.name;
const hasEnded = (key: BookingKey) =>
  observe('the end of the run', PATIENCE_MS, async () =>
    (await runStatus(key)) === 'COMPLETED' ? true : undefined,
  );

test('live from Calendly: nothing before a time was chosen, then event, invitee and account', async () => {
  const pending = await asked();
  expect((await send('GET', `${ADMIN}/${pending}/calendly/event`)).status).toBe(409);
  const key = await booked();
  const { calendlyEventUri, calendlyInviteeUri } = bookingOf(await send('GET', `${ADMIN}/${key}`));
  const event = resultOf(await send('GET', `${ADMIN}/${key}/calendly/event`), 'event');
  expect(event).toMatchObject({ uri: calendlyEventUri, status: 'active' });
  const invitee = resultOf(await send('GET', `${ADMIN}/${key}/calendly/invitee`), 'invitee');
  expect(invitee).toMatchObject({ uri: calendlyInviteeUri, status: 'active' });
  const account = resultOf(await send('GET', `${ADMIN}/calendly/info`), 'account');
  expect(account).toMatchObject({ uri: expect.stringMatching(/\/users\//) });

  for (const [rule, status, code] of [
    [{ kind: 'status', status: 500 }, 502, 'vendor-unavailable'],
    [{ kind: 'status', status: 401 }, 502, 'vendor-unauthorized'],
    [{ kind: 'status', status: 404 }, 502, 'vendor-not-found'],
    [{ kind: 'drop' }, 502, 'vendor-unreachable'],
    [{ kind: 'malformed' }, 502, 'vendor-malformed'],
    [{ kind: 'delay', delayMs: 900 }, 504, 'vendor-timeout'],
    [
      {
        kind: 'status',
        status: 429,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '17' },
      },
      503,
      'vendor-rate-limited',
    ],
  ] as const) {
    await fault('POST', { ...rule, path: '^/scheduled_events/[^/]+$' });
    const answer = await send('GET', `${ADMIN}/${key}/calendly/event`);
    expect([answer.status, answer.json?.['error']]).toMatchObject([status, { code }]);
    if (status === 503) expect(answer.headers.get('retry-after')).toBe('17');
    await fault('DELETE');
  }
});

test('a status: what is impossible is told with what is not; cancelled is cancelled at Calendly', async () => {
  const key = await booked();
  const refused = await send('PUT', ADMIN, { _id: key, status: 'completed', isRead: true });
  expect([refused.status, refused.json?.['error']]).toMatchObject([
    409,
    { reason: 'impossible-transition', allowed: ['cancelled'] },
  ]);
  const kept = await send('PUT', ADMIN, { _id: key, status: 'scheduled', meetingNotes: 'Looks good' });
  expect(bookingOf(kept)).toMatchObject({ status: 'scheduled', isRead: false, meetingNotes: 'Looks good' });
  const gone = await send('PUT', ADMIN, { _id: key, status: 'cancelled' });
  expect([gone.status, bookingOf(gone)]).toMatchObject([200, { status: 'cancelled', reason: 'operator' }]);
  const event = resultOf(await send('GET', `${ADMIN}/${key}/calendly/event`), 'event');
  expect(event).toMatchObject({ status: 'canceled' });
  await hasEnded(key);
  const late = await send('PUT', ADMIN, { _id: key, status: 'scheduled' });
  expect([late.status, late.json?.['error']]).toMatchObject([409, { allowed: [] }]);
});

test('cancelling waits out a failure of Calendly’s, tells it why, and is done with the run', async () => {
  const key = await booked();
  await fault('POST', { kind: 'status', status: 503, path: '/cancellation$' });
  const answer = await send('POST', `${ADMIN}/${key}/cancel`, { reason: 'The client asked' });
  expect([answer.status, bookingOf(answer)]).toMatchObject([
    200,
    { status: 'cancelled', cancelReason: 'The client asked' },
  ]);
  const event = resultOf(await send('GET', `${ADMIN}/${key}/calendly/event`), 'event');
  expect(event).toMatchObject({ status: 'canceled', cancellation: { reason: 'The client asked' } });
  await hasEnded(key);
  expect((await send('POST', `${ADMIN}/${key}/cancel`, { reason: 'Again' })).status).toBe(200);
  expect((await rowOf(key)).cancel_reason).toBe('The client asked');
});

test('while Calendly is away cancelling is answered in time, and heard of again by the same key', async () => {
  const key = await booked();
  await fault('POST', { kind: 'status', status: 500, path: '/cancellation$', times: 1000 });
  const cancel = (origin: string) =>
    ask(`${origin}${ADMIN}/${key}/cancel`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer admin',
        'content-type': 'application/json',
        'idempotency-key': `cancel-${key}`,
      },
      body: JSON.stringify({ reason: 'The client asked' }),
    });
  const unknown = await cancel(hasty.origin);
  expect([unknown.status, unknown.json?.['error']]).toMatchObject([202, { code: 'outcome-unknown' }]);
  expect(unknown.headers.get('idempotency-key')).toBe(`cancel-${key}`);
  await fault('DELETE');
  const heard = await cancel(served.origin);
  expect([heard.status, bookingOf(heard)]).toMatchObject([200, { status: 'cancelled' }]);
  await hasEnded(key);
});

test('what Calendly refuses is cancelled all the same, and said', async () => {
  const key = await booked();
  await fault('POST', { kind: 'status', status: 403, path: '/cancellation$', times: 20 });
  const answer = await send('POST', `${ADMIN}/${key}/cancel`, { reason: 'The client asked' });
  expect([answer.status, answer.json?.['error']]).toMatchObject([502, { reason: 'provider-failed' }]);
  // The run has answered; its record follows.
  const shown = await observe('the attention', PATIENCE_MS, async () => {
    const now = bookingOf(await send('GET', `${ADMIN}/${key}`));
    return now['needsAttention'] === true ? now : undefined;
  });
  expect(shown).toMatchObject({ status: 'cancelled' });
  const kept = await send('DELETE', `${ADMIN}/${key}`);
  expect([kept.status, kept.json?.['results']]).toEqual([
    207,
    { outcomes: [{ _id: key, outcome: 'failed', code: 'vendor-rejected' }] },
  ]);
});

test('deleting ends the runs: of one without a time, of one with, of one that Temporal never had', async () => {
  const pending = await asked();
  const scheduled = await booked();
  const intended = await writeBooking(database.db, { start_state: 'intended' }, systemClock());
  const uri = (await rowOf(scheduled)).appointment_uri ?? '';
  const answer = await send('DELETE', `${ADMIN}/${pending},${scheduled},${intended}`);
  expect([answer.status, answer.json?.['results']]).toEqual([
    200,
    { outcomes: [pending, scheduled, intended].map((_id) => ({ _id, outcome: 'deleted' })) },
  ]);
  await hasEnded(pending);
  await hasEnded(scheduled);
  const { apiUrl: baseUrl, token } = configured(stack.config, 'calendly');
  const event = await createCalendlyClient({ baseUrl, token, timeoutMs: 5000 }).readEvent(uri);
  expect(event).toMatchObject({ status: 'canceled' });
  for (const key of [pending, scheduled, intended])
    expect(await rowOf(key)).toMatchObject({ email: '', start_state: 'ended', status: 'cancelled' });
});
