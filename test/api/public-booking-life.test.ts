import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { addPublicBookingRoutes } from '../../api/booking-requests/routes.ts';
import { createBookingSweep } from '../../api/booking/book-sweep.ts';
import { createBookingRuns } from '../../api/booking/starts.ts';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { createReferred } from '../../api/intake/referred.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { DEFAULT_LINK, OWN_LINK } from '../../db/queries/booking-requests.ts';
import { type Booking, bookingByKey } from '../../db/queries/bookings.ts';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import { systemClock } from '../../platform/clock.ts';
import { configured } from '../../platform/config-providers.ts';
import { connectClient, type TemporalClient, temporalSettings } from '../../platform/temporal.ts';
import { DEMO_EVENT_TYPE } from '../../scripts/stack/demo-event-type.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import { BOOKING_WORKFLOW } from '../../workflows/contract/booking.ts';
import type { BookingKey, Instant } from '../../workflows/contract/values.ts';
import { decoded } from '../support/histories.ts';
import { replaysAlike } from '../support/replay.ts';
import { textOf } from '../support/secrets-in.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';
import { type Shown, shownIn, visitor } from './public-booking-rig.ts';
import { type Answer, ask } from './support/ask.ts';
import { keepersOf, serveRoutes } from './support/serve-routes.ts';

const LINKS = '^/scheduling_links$';

let engine: TestEngine;
let stack: Stack;
let database: DatabaseConnection;
let temporal: TemporalClient;
let service: string;

beforeAll(async () => {
  engine = await startEngine();
  stack = await startTestStack({
    engine,
    env: {
      BOOKING_LINK_WAIT_MS: '5000',
      // Its appointments last seconds.
      CALENDLY_EVENT_TYPE_UUID: DEMO_EVENT_TYPE,
      RATE_LIMIT_BOOKING_REQUESTS_PER_ADDRESS: '1000',
      RATE_LIMIT_BOOKING_REQUESTS_PER_EMAIL: '1000',
      RATE_LIMIT_BOOKING_READS_PER_ADDRESS: '100000',
    },
  });
  database = connectDatabase(stack.addresses.databaseUrl, { max: 3, onIdleError: () => undefined });
  temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  const { localKeys } = stack.config.auth;
  if (localKeys === null) throw new Error('the stack has no keys for callers');
  const now = systemClock();
  const caller = { role: 'service', tenantId: 1, userId: null, subject: 'automation' } as const;
  service = await mintCallerToken(localKeys, caller, now, (now + 600_000) as Instant);
});

afterAll(async () => {
  await temporal?.close();
  await database?.close();
  await stack?.close();
  await engine?.close();
});

const api = (): string => `${stack.addresses.publicUrl}/api/v1/public/booking`;
const send = (url: string, method: string, body: unknown, headers = {}): Promise<Answer> =>
  ask(url, {
    method,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function post(headers = {}): Promise<Shown> {
  const answer = await send(api(), 'POST', visitor, headers);
  expect(answer.status).toBe(201);
  return shownIn(answer);
}

const get = async (id: string): Promise<Shown> => shownIn(await ask(`${api()}/${id}`));

/** Looks again until it fits. */
async function until(id: string, what: string, fits: (seen: Shown) => boolean): Promise<Shown> {
  for (let tries = 0; tries < 400; tries += 1) {
    const seen = await get(id);
    if (fits(seen)) return seen;
    await delay(50);
  }
  throw new Error(`never ${what}: ${JSON.stringify(await get(id))}`);
}

async function rowOf(id: BookingKey): Promise<Booking> {
  const row = await bookingByKey(database.db, id);
  if (!row) throw new Error(`no booking ${id}`);
  return row;
}

const campaignOf = (link: string): string | null => new URL(link).searchParams.get('utm_campaign');

interface Booked {
  readonly inviteeUri: string;
  readonly eventUri: string;
  readonly startsAt: string;
  readonly cancelUrl: string;
}

/** What a visitor does on the calendar's page. */
async function book(link: string, inMs: number): Promise<Booked> {
  const startsAt = new Date(systemClock() + inMs).toISOString();
  const answer = await send(link, 'POST', { name: 'John Doe', email: visitor.email, startsAt });
  expect(answer.status).toBeLessThan(300);
  return answer.json as unknown as Booked;
}

async function failNext(rule: Readonly<Record<string, unknown>>): Promise<void> {
  const url = `${stack.addresses.calendly.url}/__sandbox/faults`;
  expect((await fetch(url, { method: 'POST', body: JSON.stringify(rule) })).status).toBe(200);
}

describe('a visitor’s booking on a real Temporal server and the calendar’s twin', () => {
  test('POST, a time chosen with the link, the webhook: scheduled, then completed', async () => {
    const asked = await post();
    expect([asked.status, campaignOf(asked.calendlyLink)]).toEqual(['pending', OWN_LINK]);
    const booked = await book(asked.calendlyLink, 2500);
    const scheduled = await until(asked._id, 'scheduled', ({ status }) => status === 'scheduled');
    expect(scheduled).toMatchObject({
      calendlyLink: asked.calendlyLink,
      calendlyInviteeUri: booked.inviteeUri,
      calendlyEventUri: booked.eventUri,
    });
    expect(Date.parse(String(scheduled['scheduledAt']))).toBe(Date.parse(booked.startsAt));
    await until(asked._id, 'completed', ({ status }) => status === 'completed');
  });

  test('cancelled by the visitor at the calendar', async () => {
    const asked = await post();
    const booked = await book(asked.calendlyLink, 3_600_000);
    await until(asked._id, 'scheduled', ({ status }) => status === 'scheduled');
    expect((await send(booked.cancelUrl, 'POST', {})).status).toBeLessThan(300);
    await until(asked._id, 'cancelled', ({ status }) => status === 'cancelled');
  });

  test('fifty at once with one key: one row, one run, one link, the same answer for all', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send(api(), 'POST', visitor, { 'idempotency-key': 'fifty' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const [answer] = answers;
    if (!answer) throw new Error('no answer');
    const { _id: id } = shownIn(answer);
    const { events } = await temporal.client.workflow.getHandle(`booking-${id}`).fetchHistory();
    const updates = events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
    expect(updates?.length).toBe(1);
  });

  test('the calendar down, silent, or over its limit: 201 with the default link; the real one follows', async () => {
    // One for each of three first attempts, in whatever order they come.
    await failNext({ method: 'POST', path: LINKS, kind: 'delay', delayMs: 30_000 });
    await failNext({ method: 'POST', path: LINKS, kind: 'drop', times: 4 });
    await failNext({
      method: 'POST',
      path: LINKS,
      kind: 'status',
      status: 429,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '6' },
    });
    const asked = await Promise.all([post(), post(), post()]);
    const degraded = asked.filter(({ calendlyLink }) => campaignOf(calendlyLink) === DEFAULT_LINK);
    // The silent one and the limited one at least.
    expect(degraded.length).toBeGreaterThanOrEqual(2);
    const [first, second] = degraded;
    if (!first || !second) throw new Error('two are needed');
    expect(await rowOf(first._id)).toMatchObject({ default_link_at: expect.any(Date) });

    // Booked by the default link: the booking is known by it, and no other link is ever handed out.
    const booked = await book(first.calendlyLink, 3_600_000);
    const own = await until(
      second._id,
      'linked',
      ({ calendlyLink }) => campaignOf(calendlyLink) === OWN_LINK,
    );
    expect((await fetch(own.calendlyLink)).status).toBe(200);
    const scheduled = await until(first._id, 'scheduled', ({ status }) => status === 'scheduled');
    expect(scheduled).toMatchObject({
      calendlyInviteeUri: booked.inviteeUri,
      calendlyLink: first.calendlyLink,
    });
    for (const one of asked.filter(({ _id: id }) => id !== first._id))
      await until(one._id, 'linked', ({ calendlyLink }) => campaignOf(calendlyLink) === OWN_LINK);
    expect((await get(first._id)).calendlyLink).toBe(first.calendlyLink);
  });

  test('an automation tells the status: the calendar is asked, the run decides', async () => {
    const { _id: id, calendlyLink } = await post();
    const patch = (body: unknown) =>
      send(`${api()}/${id}/status`, 'PATCH', body, { authorization: `Bearer ${service}` });
    const early = await patch({ status: 'completed' });
    expect([early.status, early.json]).toMatchObject([
      409,
      { error: { code: 'refused', reason: 'impossible-transition', allowed: ['scheduled', 'cancelled'] } },
    ]);
    // Its webhook is on its way too; whichever comes first, the other changes nothing.
    const booked = await book(calendlyLink, 3_600_000);
    const { inviteeUri, eventUri } = booked;
    const told = await patch({ status: 'scheduled', eventData: { inviteeUri, eventUri } });
    expect([told.status, shownIn(told)]).toMatchObject([
      200,
      { status: 'scheduled', calendlyInviteeUri: inviteeUri, calendlyEventUri: eventUri },
    ]);
    const cancelled = await patch({ status: 'cancelled' });
    expect([cancelled.status, shownIn(cancelled).status]).toEqual([200, 'cancelled']);
    const over = await patch({ status: 'scheduled', eventData: { inviteeUri } });
    expect([over.status, over.json]).toMatchObject([409, { error: { code: 'refused' } }]);
  });
});

test('Temporal away, or silent: 201 with the default link, and its run as soon as it is back', async () => {
  const { db } = database;
  let way: 'away' | 'silent' | 'open' = 'away';
  const runs = createBookingRuns(() =>
    way === 'open'
      ? Promise.resolve(temporal.client)
      : way === 'away'
        ? Promise.reject(new Error('no way to Temporal'))
        : new Promise(() => undefined),
  );
  const log = pino({ level: 'silent' });
  const sweep = createBookingSweep({
    db,
    runs,
    clock: systemClock,
    log,
    intervalMs: 100,
    startDeadlineMs: 500,
  });
  const { keys } = stack.config;
  const calendly = configured(stack.config, 'calendly');
  const replica = await serveRoutes({
    keepers: keepersOf(async () => ({ ok: false, reason: 'no-token' })),
    add: (routes) =>
      addPublicBookingRoutes(routes, {
        db,
        clock: systemClock,
        log,
        runs,
        linkKeys: keys.link,
        linkWaitMs: 300,
        onOwed: () => sweep.kick(),
        defaultLink: calendly.defaultLink,
        limits: { charge: async () => ({ allowed: true, limit: 1, remaining: 1, resetSeconds: 1 }) },
        tenant: { id: 1, name: 'Default', timeZone: 'Europe/Berlin' },
        provider: 'calendly',
        eventType: calendly.eventTypeUuid,
        referred: createReferred(keys.link),
        calendly: createCalendlyClient({ baseUrl: calendly.apiUrl, token: calendly.token, timeoutMs: 5000 }),
        calendlySecret: calendly.webhookSecret,
        calendlyApiUrl: calendly.apiUrl,
      }),
  });
  try {
    const asked: Shown[] = [];
    for (way of ['away', 'silent'] as const) {
      const answer = await send(`${replica.origin}/api/v1/public/booking`, 'POST', visitor);
      expect([answer.status, campaignOf(shownIn(answer).calendlyLink)]).toEqual([201, DEFAULT_LINK]);
      asked.push(shownIn(answer));
      expect(await rowOf(shownIn(answer)._id)).toMatchObject({ start_state: 'intended' });
    }
    way = 'open';
    for (const { _id: id } of asked) {
      await until(id, 'linked', ({ calendlyLink }) => campaignOf(calendlyLink) === OWN_LINK);
      expect(await rowOf(id)).toMatchObject({ start_state: 'started' });
    }
  } finally {
    await sweep.stop();
    await replica.close();
  }
});

test('a run that was terminated is waited for by nobody', async () => {
  const booking = await rowOf((await post())._id);
  const workflowId = 'booking-terminated';
  const handle = await temporal.client.workflow.start(BOOKING_WORKFLOW, { workflowId, taskQueue: 'nobody' });
  await handle.terminate('the test says so');
  const runs = createBookingRuns(async () => temporal.client);
  const orphan = { ...booking, workflow_id: workflowId };
  expect(await runs.startAndAwaitLink(orphan, 20_000)).toBe('over');
  // A run that no worker has taken up: nobody said that it is there.
  await temporal.client.workflow.start(BOOKING_WORKFLOW, { workflowId: 'booking-idle', taskQueue: 'nobody' });
  expect(await runs.startAndAwaitLink({ ...booking, workflow_id: 'booking-idle' }, 500)).toBe('unavailable');
  await runs.settled();
});

test('every run replays, and no history has what a visitor gave, nor a link', async () => {
  const rows = await database.db.selectFrom('bookings').select(['workflow_id']).execute();
  expect(rows.length).toBeGreaterThan(8);
  for (const { workflow_id: workflowId } of rows) {
    const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
    await replaysAlike({ workflowId, history });
    const text = textOf(decoded(history));
    expect(text).toContain(workflowId.replace(/^booking-/, ''));
    for (const secret of [visitor.email, 'Acme', 'utm_content', stack.addresses.calendly.url + '/d/'])
      expect(text).not.toContain(secret);
  }
});
