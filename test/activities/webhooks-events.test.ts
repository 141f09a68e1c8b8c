import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type BookingStand, bookingEvents } from '../../db/events/booking-events.ts';
import { type SessionStand, sessionEvents } from '../../db/events/session-events.ts';
import { isSubscribed, SUBSCRIPTIONS } from '../../db/events/subscriptions.ts';
import { markBookingStarted, writeBookingRecord } from '../../db/queries/bookings.ts';
import { writePublication } from '../../db/queries/publication.ts';
import { insertEndpoint } from '../../db/queries/webhooks.ts';
import type { BookingRecord } from '../../workflows/contract/booking.ts';
import type { Outcome, Phase, SessionRecord } from '../../workflows/contract/session.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { type Catalog, intend, issueLink, writeCatalog } from '../support/booking-rows.ts';
import { instant, NOW } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

const TEN = instant('2026-12-01T10:00:00Z');
const NOON = instant('2026-12-01T12:00:00Z');

const session = (
  phase: Phase,
  startsAt: Instant | null = null,
  outcome: Outcome | null = null,
): SessionStand => ({
  phase,
  startsAt,
  outcome,
});

describe('what a change of a session is told as', () => {
  test.each<[string, SessionStand, SessionStand, readonly string[]]>([
    ['paid', session('opening'), session('awaiting-booking'), ['opened']],
    ['paid with a time', session('opening'), session('scheduled', TEN), ['opened', 'booked']],
    ['paid after the cutoff', session('opening'), session('locked', TEN), ['opened', 'booked', 'locked']],
    ['not paid after all', session('opening'), session('settling', null, 'cancelled'), ['cancelled']],
    ['booked', session('awaiting-booking'), session('scheduled', TEN), ['booked']],
    ['moved', session('scheduled', TEN), session('scheduled', NOON), ['moved']],
    ['moved past its cutoff', session('scheduled', TEN), session('locked', NOON), ['moved', 'locked']],
    ['moved in time, heard late', session('locked', TEN), session('scheduled', NOON), ['moved']],
    ['a time is lost', session('scheduled', TEN), session('awaiting-booking'), ['moved']],
    ['booked anew', session('awaiting-booking'), session('scheduled', NOON), ['booked']],
    ['cutoff', session('scheduled', TEN), session('locked', TEN), ['locked']],
    ['its time is over', session('locked', TEN), session('settling', TEN), []],
    ['over', session('settling', TEN), session('ended', TEN, 'completed'), ['ended']],
    ['a no-show', session('settling', TEN), session('ended', TEN, 'no-show'), ['ended']],
    ['expired', session('awaiting-booking'), session('settling', null, 'expired'), ['cancelled']],
    ['cancelled', session('scheduled', TEN), session('settling', TEN, 'cancelled'), ['cancelled']],
    [
      'cancelled and over',
      session('settling', TEN, 'cancelled'),
      session('ended', TEN, 'cancelled'),
      ['ended'],
    ],
    ['paid back after it', session('settling', TEN), session('settling', TEN, 'refunded'), ['cancelled']],
    [
      'all at once',
      session('opening'),
      session('ended', TEN, 'completed'),
      ['opened', 'booked', 'locked', 'ended'],
    ],
    ['the cutoff was not written', session('scheduled', TEN), session('settling', TEN), ['locked']],
    ['nothing', session('scheduled', TEN), session('scheduled', TEN), []],
  ])('%s', (_name, before, after, events) =>
    expect(sessionEvents(before, after)).toEqual(events.map((event) => `session.${event}`)),
  );
});

const booking = (status: BookingStand['status'], more: Partial<BookingStand> = {}): BookingStand => ({
  status,
  startsAt: status === 'pending' ? null : TEN,
  noShow: false,
  reschedules: 0,
  started: true,
  ...more,
});

describe('what a change of a booking is told as', () => {
  test.each<[string, BookingStand, BookingStand, readonly string[]]>([
    ['its run is there', booking('pending', { started: false }), booking('pending'), ['created']],
    ['all at once', booking('pending', { started: false }), booking('scheduled'), ['created', 'scheduled']],
    ['a time was chosen', booking('pending'), booking('scheduled'), ['scheduled']],
    ['heard of when it was over', booking('pending'), booking('completed'), ['scheduled', 'completed']],
    ['another time', booking('scheduled'), booking('scheduled', { startsAt: NOON }), ['rescheduled']],
    ['another appointment', booking('scheduled'), booking('scheduled', { reschedules: 1 }), ['rescheduled']],
    ['a time is lost', booking('scheduled'), booking('pending'), ['rescheduled']],
    ['over', booking('scheduled'), booking('completed'), ['completed']],
    ['cancelled', booking('scheduled'), booking('cancelled'), ['cancelled']],
    ['given up', booking('pending'), booking('cancelled', { startsAt: null }), ['cancelled']],
    ['a no-show', booking('completed'), booking('completed', { noShow: true }), ['no_show']],
    ['there after all', booking('completed', { noShow: true }), booking('completed'), ['no_show_cleared']],
    [
      'cancelled after a no-show',
      booking('completed', { noShow: true }),
      booking('cancelled'),
      ['cancelled'],
    ],
    ['taken back', booking('cancelled'), booking('scheduled'), ['scheduled']],
    ['nothing', booking('scheduled'), booking('scheduled'), []],
  ])('%s', (_name, before, after, events) =>
    expect(bookingEvents(before, after)).toEqual(events.map((event) => `booking.${event}`)),
  );
});

test('a subscription is to one event, or to all of a kind', () => {
  expect(isSubscribed(['session.*'], 'session.moved')).toBe(true);
  expect(isSubscribed(['session.*'], 'booking.created')).toBe(false);
  expect(isSubscribed(['session.booked'], 'session.booked')).toBe(true);
  expect(isSubscribed(['session.booked'], 'session.moved')).toBe(false);
  expect(SUBSCRIPTIONS.filter((name) => name.endsWith('*'))).toEqual(['session.*', 'booking.*', 'system.*']);
});

describe('rows', () => {
  let world: World;
  let catalog: Catalog;
  beforeAll(async () => {
    world = await createWorld();
    catalog = await writeCatalog(world.dependencies.db);
  });
  afterAll(() => world.close());
  const db = () => world.dependencies.db;
  beforeEach(async () => {
    await db().deleteFrom('webhook_endpoints').execute();
    await db().deleteFrom('gates').execute();
    await db().updateTable('sessions').set({ phase: 'opening', outcome: null, starts_at: null }).execute();
  });

  async function subscribe(tenantId: number, events: readonly string[]): Promise<string> {
    const endpointId = `whe_${Math.random()}`;
    const endpoint = { endpointId, tenantId, url: 'https://x.example/', description: null, events };
    await insertEndpoint(db(), { ...endpoint, at: new Date(NOW) }, 20);
    return endpointId;
  }

  const owed = () =>
    db()
      .selectFrom('webhook_deliveries')
      .select(['endpoint_id', 'message_id', 'event', 'payload', 'start_state', 'status'])
      .orderBy('event')
      .execute();
  const events = async () => (await owed()).map(({ event }) => event);

  const publish = (version: number, record: Partial<SessionRecord>) =>
    writePublication(db(), {
      sessionKey: world.sessionKey,
      gate: {
        sessionKey: world.sessionKey,
        version,
        state: 'live',
        access: 'granted',
        page: null,
        join: [],
        linkId: null,
      },
      record: {
        phase: 'scheduled',
        outcome: null,
        startsAt: TEN,
        endsAt: NOON,
        cutoffAt: null,
        needsAttention: false,
        ...record,
      },
      entries: [],
      at: NOW,
    });
  const tenantOf = async () =>
    (await db().selectFrom('sessions').select('tenant_id').executeTakeFirstOrThrow()).tenant_id;

  test('one message per event, the same for each endpoint that wants it, and no personal data in it', async () => {
    const tenantId = await tenantOf();
    const all = await subscribe(tenantId, ['session.*']);
    const some = await subscribe(tenantId, ['session.booked', 'booking.*']);
    const off = await subscribe(tenantId, ['session.*']);
    await subscribe(catalog.tenantId, ['session.*']);
    await db()
      .updateTable('webhook_endpoints')
      .set({ state: 'disabled' })
      .where('endpoint_id', '=', off)
      .execute();
    await publish(5, {});
    const rows = await owed();
    expect(rows.map(({ endpoint_id: to, event }) => `${to} ${event}`).toSorted()).toEqual(
      [`${all} session.booked`, `${all} session.opened`, `${some} session.booked`].toSorted(),
    );
    const booked = rows.filter(({ event }) => event === 'session.booked');
    expect(new Set(booked.map(({ message_id: id }) => id)).size).toBe(1);
    expect(booked[0]).toMatchObject({
      message_id: expect.stringMatching(/^msg_[\w-]{27}$/),
      start_state: 'intended',
      status: 'pending',
      payload: {
        type: 'session.booked',
        timestamp: new Date(NOW).toISOString(),
        data: {
          session_id: world.sessionKey,
          phase: 'scheduled',
          outcome: null,
          starts_at: '2026-12-01T10:00:00.000Z',
          version: 5,
        },
      },
    });
    expect(JSON.stringify(rows)).not.toMatch(/@|Müller|Zoë/);
  });

  test('a publication that is repeated, or overtaken, owes nothing', async () => {
    await subscribe(await tenantOf(), ['session.*']);
    await Promise.all([publish(5, {}), publish(5, {}), publish(5, {})]);
    await publish(4, { phase: 'locked' });
    expect(await events()).toEqual(['session.booked', 'session.opened']);
    await publish(6, { startsAt: NOON });
    await publish(7, { startsAt: TEN });
    expect(await events()).toEqual(['session.booked', 'session.moved', 'session.moved', 'session.opened']);
  });

  test('an endpoint that is deleted meanwhile fails no publication', async () => {
    const tenantId = await tenantOf();
    for (let version = 10; version < 30; version += 1) {
      const endpoint = await subscribe(tenantId, ['session.*']);
      const startsAt = (TEN + version) as Instant;
      const [written] = await Promise.all([
        publish(version, { startsAt }),
        db().deleteFrom('webhook_endpoints').where('endpoint_id', '=', endpoint).execute(),
      ]);
      expect(written).toBe(true);
    }
  });

  test('a booking’s life: each once, whoever says first that it was made, and however often', async () => {
    await subscribe(catalog.tenantId, ['booking.*']);
    const { linkId } = await issueLink(db(), catalog, NOW);
    const { booking_key: key } = await intend(db(), linkId, NOW);
    const at = new Date(NOW);
    const record = (version: number, more: Partial<BookingRecord>): BookingRecord => ({
      version,
      status: 'scheduled',
      reason: null,
      startsAt: TEN,
      endsAt: NOON,
      noShow: false,
      reschedules: 0,
      appointment: null,
      needsAttention: false,
      ended: false,
      ...more,
    });
    const write = (...args: Parameters<typeof record>) => writeBookingRecord(db(), key, record(...args), at);
    await Promise.all([
      markBookingStarted(db(), key, at),
      markBookingStarted(db(), key, at),
      write(5, {}),
      write(5, {}),
    ]);
    expect(await events()).toEqual(['booking.created', 'booking.scheduled']);
    await markBookingStarted(db(), key, at);
    await write(4, { status: 'cancelled' });
    expect(await events()).toHaveLength(2);
    await write(6, { status: 'completed', noShow: true });
    await write(7, { status: 'completed', ended: true });
    expect(await events()).toEqual([
      'booking.completed',
      'booking.created',
      'booking.no_show',
      'booking.no_show_cleared',
      'booking.scheduled',
    ]);
    await write(8, { status: 'cancelled', startsAt: null, endsAt: null, ended: true });
    const [cancelled, completed] = await owed();
    expect(cancelled?.payload.data).toMatchObject({
      status: 'cancelled',
      starts_at: '2026-12-01T10:00:00.000Z',
      ends_at: '2026-12-01T12:00:00.000Z',
    });
    expect(completed?.payload.data).toMatchObject({
      booking_id: key,
      kind: 'link',
      status: 'completed',
      version: 6,
    });
  });

  test('a tenant without an endpoint is owed nothing', async () => {
    await publish(5, {});
    expect(await events()).toEqual([]);
  });
});
