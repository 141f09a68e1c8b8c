import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from '../../activities/create.ts';
import { createBookPages, schedulingOriginOf } from '../../api/booking/book-pages.ts';
import { type BookingSweep, createBookingSweep } from '../../api/booking/book-sweep.ts';
import { createBookingRuns } from '../../api/booking/starts.ts';
import { validateBookingLink } from '../../api/booking/validate.ts';
import { createReferred } from '../../api/intake/referred.ts';
import { createSweep, type Sweep } from '../../api/intake/sweep.ts';
import { createRoutes } from '../../api/operations/routes.ts';
import { type RunningApi, startApi } from '../../api/server.ts';
import { createSessionStarter } from '../../api/sessions/start.ts';
import { addCalendlyWebhookRoute } from '../../api/webhooks/calendly.ts';
import type { Database } from '../../db/connect.ts';
import { type Booking, bookingByKey } from '../../db/queries/bookings.ts';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import { type CalendlyTwin, startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import type { LinkFacts } from '../../integrations/scheduling/provider.ts';
import { systemClock } from '../../platform/clock.ts';
import { bookingKeyOf } from '../../platform/session-ids.ts';
import { TASK_QUEUE } from '../../platform/temporal.ts';
import { BOOKING_QUERY, type BookingView } from '../../workflows/contract/booking.ts';
import type { BookingKey, LinkId } from '../../workflows/contract/values.ts';
import { createWorld, type World } from '../activities/support/world.ts';
import { checkBookingReplay } from '../support/booking-rig.ts';
import { type Catalog, EMAIL, issueLink, linkKeys, writeCatalog } from '../support/booking-rows.ts';
import { sessionBundle } from '../support/bundle.ts';
import { decoded } from '../support/histories.ts';
import { testDataConverter } from '../support/payload-keys.ts';
import { devServer, ON_THIS_THREAD } from '../support/temporal.ts';
import { textOf } from '../support/secrets-in.ts';
import { type Answer, ask } from './support/ask.ts';
import { keepersOf } from './support/serve-routes.ts';

const SECRET = 'calendly-signing-key-of-the-tests';
const EVENT_TYPE = 'a1b2c3d4-0000-4000-8000-000000000010';

let env: TestWorkflowEnvironment;
let world: World;
let db: Database;
let twin: CalendlyTwin;
let api: RunningApi;
let worker: Worker;
let working: Promise<void>;
let catalog: Catalog;
let sweep: Sweep;
let owed: BookingSweep;
let away = false;
let made = 0;
const logged: string[] = [];

async function connect(): Promise<Client> {
  if (away) throw new Error('no connection');
  return env.client;
}

beforeAll(async () => {
  [env, twin] = await Promise.all([devServer(), startCalendlyTwin({ port: 0, eventTypeUuid: EVENT_TYPE })]);
  const client = createCalendlyClient({ baseUrl: twin.url, token: 'twin', timeoutMs: 5000 });
  const calendly = {
    ...client,
    async createSchedulingLink(eventType: string, facts: LinkFacts) {
      made += 1;
      return await client.createSchedulingLink(eventType, facts);
    },
  };
  world = await createWorld({ scheduling: () => calendly, clock: systemClock, linkKeys });
  db = world.dependencies.db;
  catalog = await writeCatalog(db, EVENT_TYPE);
  worker = await Worker.create({
    ...ON_THIS_THREAD,
    connection: env.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: await sessionBundle(),
    dataConverter: testDataConverter,
    activities: { ...createActivities(world.dependencies) },
  });
  working = worker.run();

  // Without the redaction of the processes' own logger: nothing secret may be handed to it at all.
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  const runs = createBookingRuns(connect);
  const referred = createReferred(linkKeys);
  sweep = createSweep({
    db,
    clock: systemClock,
    log,
    referred,
    scheduling: () => calendly,
    zammad: world.dependencies.zammad,
    saleor: () => world.saleor,
    starter: createSessionStarter({ client: connect, deadlineMs: 5000 }),
    orders: {
      shops: new Map(),
      productTypes: [],
      defaults: { provider: 'calendly', eventTypes: { calendly: EVENT_TYPE } },
      defaultTenant: { id: 1, name: 'Demo', timeZone: 'Europe/Berlin' },
      calendarOwnerId: 5,
    },
  });
  owed = createBookingSweep({ db, clock: systemClock, log, runs });
  const keepers = keepersOf(async () => ({ ok: false, reason: 'no-token' }));
  const webhooks = createRoutes(keepers, log);
  addCalendlyWebhookRoute(webhooks, {
    db,
    clock: systemClock,
    log,
    referred,
    calendlySecret: SECRET,
    onStored: () => sweep.kick(),
  });
  api = await startApi({
    http: { port: 0, host: '127.0.0.1', internalPort: 0, internalHost: '127.0.0.1' },
    log,
    publicRouters: [
      webhooks.router(),
      createBookPages({
        db,
        clock: systemClock,
        log,
        validate: (token, now) => validateBookingLink({ db, linkKeys }, token, now),
        runs,
        onOwed: () => owed.kick(),
        origins: [],
        schedulingOrigins: [schedulingOriginOf(twin.url)],
        keepers,
        linkWaitMs: 10_000,
      }),
    ],
    internalRouters: [],
    readiness: [],
    stopInOrder: [
      { name: 'sweep', stop: () => sweep.stop() },
      { name: 'bookings', stop: () => owed.stop() },
      { name: 'runs', stop: () => runs.settled() },
    ],
  });
  await client.ensureWebhook({ url: `${api.publicUrl}/api/v1/public/calendly/webhook`, signingKey: SECRET });
});

afterAll(async () => {
  await api?.close();
  worker?.shutdown();
  await working;
  await twin?.close();
  await world?.close();
  await env?.teardown();
});

let keys: BookingKey[] = [];
beforeEach(() => {
  keys = [];
  made = 0;
});

/** Every run that a test made is replayed, with the view that it ended with. */
afterEach(async () => {
  for (const key of keys) {
    const booking = await bookingByKey(db, key);
    if (!booking) continue;
    const handle = env.client.workflow.getHandle(booking.workflow_id);
    for (;;) {
      const before = (await handle.fetchHistory()).events?.length;
      const view = await handle.query<BookingView>(BOOKING_QUERY);
      const history = await handle.fetchHistory();
      if (history.events?.length !== before) continue;
      await checkBookingReplay({ workflowId: booking.workflow_id, history, view });
      const text = textOf(decoded(history));
      expect(text).toContain(key);
      for (const secret of [EMAIL, 'Müller', `${twin.url}/d/`]) expect(text).not.toContain(secret);
      break;
    }
  }
});

async function oneTime(): Promise<{ token: string; linkId: LinkId; key: BookingKey }> {
  const link = await issueLink(db, catalog, systemClock());
  const key = bookingKeyOf(link.linkId, null);
  keys.push(key);
  return { ...link, key };
}

const post = (token: string, nonce = 'form-nonce-1'): Promise<Answer> =>
  ask(`${api.publicUrl}/booking/book`, {
    method: 'POST',
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token, nonce }).toString(),
  });

async function until(key: BookingKey, what: string, fits: (row: Booking) => boolean): Promise<Booking> {
  for (let tries = 0; tries < 600; tries += 1) {
    const row = await bookingByKey(db, key);
    if (row && fits(row)) return row;
    await delay(50);
  }
  throw new Error(`never ${what}: ${JSON.stringify(await bookingByKey(db, key))}`);
}

function choose(answer: Answer, startsAt: Date, durationMs?: number) {
  expect(answer.status).toBe(303);
  const location = answer.headers.get('location') ?? '';
  return twin.book(location, {
    name: 'Zoë Müller',
    email: EMAIL,
    startsAt,
    ...(durationMs === undefined ? {} : { durationMs }),
  });
}

const inDays = (days: number): Date => new Date(systemClock() + days * 86_400_000);

describe('a booking from its link to its end, on a real Temporal server and the calendar’s twin', () => {
  test('POST, scheduling link, a choice in the calendar, the webhook: scheduled, then completed; the link is spent', async () => {
    const { token, key } = await oneTime();
    const answer = await post(token);
    const page = await fetch(answer.headers.get('location') ?? '');
    expect(page.status).toBe(200);
    const chosen = choose(answer, new Date(systemClock() + 3000), 1000);
    expect(chosen.reference).toMatch(new RegExp(`^${key}\\.`));
    const row = await until(key, 'scheduled', ({ status }) => status !== 'pending');
    expect(row.starts_at?.getTime()).toBe(chosen.startsAt);
    expect((await post(token)).status).toBe(410);
    await until(key, 'completed', ({ status }) => status === 'completed');
    twin.markNoShow(chosen.inviteeUri);
    await until(key, 'a no-show', (seen) => seen.no_show);
    // Calendly tells a clearing by the whole second only: in the same second it would be older than the marking.
    for (const second = Math.floor(systemClock() / 1000); systemClock() < (second + 1) * 1000; )
      await delay(20);
    twin.clearNoShow(chosen.inviteeUri);
    await until(key, 'no no-show', (seen) => !seen.no_show);
    expect(await db.selectFrom('inbox').select('status').distinct().execute()).toEqual([{ status: 'done' }]);
  });

  test('fifty at once: one row, one workflow, one scheduling link at the calendar, the same answer for all', async () => {
    const { token, linkId } = await oneTime();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => post(token, `form-nonce-${n}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1);
    expect(made).toBe(1);
    const rows = await db.selectFrom('bookings').selectAll().where('link_id', '=', linkId).execute();
    expect(rows).toMatchObject([{ workflow_id: `booking-${linkId}`, start_state: 'started' }]);
    // Everyone waited on the same Update.
    const { events } = await env.client.workflow.getHandle(`booking-${linkId}`).fetchHistory();
    const updates = events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
    expect(updates?.length).toBeLessThanOrEqual(1);
  });

  test('moved, then cancelled by the client at the calendar', async () => {
    const { token, key } = await oneTime();
    const chosen = choose(await post(token), inDays(3));
    await until(key, 'scheduled', ({ status }) => status === 'scheduled');
    const moved = twin.reschedule(chosen.inviteeUri, inDays(4));
    const row = await until(key, 'moved', ({ reschedules }) => reschedules === 1);
    expect(row).toMatchObject({ status: 'scheduled', starts_at: new Date(moved.startsAt) });
    twin.cancel(moved.inviteeUri, 'invitee');
    const over = await until(key, 'cancelled', ({ status }) => status === 'cancelled');
    expect(over.reason).toBe('cancelled-by-client');
    expect((await post(token)).status).toBe(410);
  });

  test('cancelled by an operator: the calendar’s appointment goes, the run is completed, the row has ended', async () => {
    const { token, key, linkId } = await oneTime();
    const chosen = choose(await post(token), inDays(3));
    await until(key, 'scheduled', ({ status }) => status === 'scheduled');
    const handle = env.client.workflow.getHandle(`booking-${linkId}`);
    await handle.cancel();
    expect(await handle.result()).toBe('cancelled');
    expect(await bookingByKey(db, key)).toMatchObject({ reason: 'operator', start_state: 'ended' });
    const gone = twin.appointments().find(({ inviteeUri }) => inviteeUri === chosen.inviteeUri);
    expect(gone?.status).toBe('canceled');
    // What the calendar tells of that is heard after the end, and is done.
    await twin.webhooksIdle();
    await sweep.runOnce();
    expect(await db.selectFrom('inbox').select('status').distinct().execute()).toEqual([{ status: 'done' }]);
  });

  test('Temporal away: 202, and the sweep brings the booking its run', async () => {
    const { token, key } = await oneTime();
    away = true;
    try {
      expect((await post(token)).status).toBe(202);
      expect(await bookingByKey(db, key)).toMatchObject({ start_state: 'intended' });
    } finally {
      away = false;
    }
    owed.kick();
    const row = await until(key, 'linked', ({ booking_url: url }) => url !== null);
    expect(row.start_state).toBe('started');
    expect((await post(token)).headers.get('location')).toBe(row.booking_url);
    expect(made).toBe(1);
  });

  test('the calendar hangs up once: the link is made by the next attempt, while the client waits', async () => {
    const { token } = await oneTime();
    twin.faults.set({ kind: 'drop', path: '^/scheduling_links$' });
    expect((await post(token)).status).toBe(303);
    expect(made).toBe(2);
  });
});

test('no log line has a token, an address or a scheduling link', async () => {
  const { token } = await oneTime();
  await post(token);
  const text = [...logged, ...world.logged].join('');
  expect(text).toContain('booking started');
  for (const secret of [token, EMAIL, `${twin.url}/d/`]) expect(text).not.toContain(secret);
});
