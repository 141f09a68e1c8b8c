import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bookingActivities, schedulingUrl } from '../../activities/booking.ts';
import { createActivities } from '../../activities/create.ts';
import type { Database } from '../../db/connect.ts';
import { bookingByKey, keepSchedulingLink } from '../../db/queries/bookings.ts';
import type { CalendlyAppointment } from '../../integrations/calendly/contract.ts';
import { signBookingReference, signReference, verifyReference } from '../../platform/reference.ts';
import type { BookingRecord } from '../../workflows/contract/booking.ts';
import type { AppointmentUri, BookingKey, SessionKey } from '../../workflows/contract/values.ts';
import { EMAIL, intend, issueLink, linkKeys, writeCatalog } from '../support/booking-rows.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { type FakeCalendly, fakeCalendly, vendorFailure } from './support/fakes.ts';
import { instant, NOW } from './support/rows.ts';
import { createWorld } from './support/world.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let calendly: FakeCalendly;
let key: BookingKey;

const activities = () => bookingActivities({ db, clock: () => NOW, calendly, linkKeys });
const row = async () => {
  const found = await bookingByKey(db, key);
  if (!found) throw new Error('no row');
  return found;
};

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  calendly = fakeCalendly();
  const catalog = await writeCatalog(db);
  key = (await intend(db, (await issueLink(db, catalog, NOW)).linkId, NOW)).booking_key;
});
afterEach(async () => {
  for (const table of ['appointments', 'bookings', 'links'] as const) await db.deleteFrom(table).execute();
});

const startsAt = instant('2026-12-01T10:00:00Z');
const uriOf = (name: string) =>
  `https://api.calendly.com/scheduled_events/e-${name}/invitees/${name}` as AppointmentUri;

function appoint(name: string, more: Partial<CalendlyAppointment> = {}): AppointmentUri {
  const inviteeUri = uriOf(name);
  calendly.appointments.set(inviteeUri, {
    inviteeUri,
    eventUri: `https://api.calendly.com/scheduled_events/e-${name}`,
    createdAt: NOW,
    startsAt,
    endsAt: startsAt + 3_600_000,
    status: 'active',
    rescheduled: false,
    oldInvitee: null,
    newInvitee: null,
    noShow: null,
    cancellation: null,
    rescheduleUrl: null,
    cancelUrl: null,
    joinUrl: null,
    timeZone: 'Europe/Berlin',
    reference: signBookingReference(linkKeys, key),
    campaign: null,
    ...more,
  });
  return inviteeUri;
}

describe('makeBookingLinkOf', () => {
  test('stores the link with name, address and signed reference, and returns none of it', async () => {
    expect(await activities().makeBookingLinkOf({ bookingKey: key })).toEqual({ kind: 'make-booking-link' });
    const url = new URL((await row()).booking_url ?? '');
    expect(url.origin + url.pathname).toBe('https://calendly.example/d/et-1-1/60-min');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      utm_content: signBookingReference(linkKeys, key),
      name: 'Zoë Müller',
      email: EMAIL,
    });
    // A booking's reference never names a session of the same key.
    expect(verifyReference(linkKeys, url.searchParams.get('utm_content') ?? '')).toBeUndefined();
  });

  test('ten at once make one link, and a repeat makes none', async () => {
    await Promise.all(Array.from({ length: 10 }, () => activities().makeBookingLinkOf({ bookingKey: key })));
    await activities().makeBookingLinkOf({ bookingKey: key });
    expect(calendly.links).toHaveLength(1);
    expect(await keepSchedulingLink(db, key, () => Promise.reject(new Error('asked')))).toBe(true);
  });

  test('an attempt that fails stores nothing; the next one makes the link', async () => {
    calendly.trouble.before.push(vendorFailure('vendor-unavailable'));
    await expect(activities().makeBookingLinkOf({ bookingKey: key })).rejects.toMatchObject({
      code: 'vendor-unavailable',
    });
    expect((await row()).booking_url).toBeNull();
    await activities().makeBookingLinkOf({ bookingKey: key });
    expect((await row()).booking_url).toContain('https://calendly.example/');
  });

  test('a client without a name is not called one', () => {
    const url = schedulingUrl('https://calendly.example/d/x?month=1', {
      reference: 'r',
      name: '',
      email: 'e',
    });
    expect(url).toBe('https://calendly.example/d/x?month=1&utm_content=r&email=e');
  });

  test.each(['makeBookingLinkOf', 'askProviderOf', 'cancelAppointmentOf', 'recordBooking'] as const)(
    '%s: a booking that is not there is row-missing, by its id in the log and nothing else',
    async (name) => {
      const world = await createWorld();
      try {
        const all = createActivities(world.dependencies);
        const bookingKey = 'AAAAAAAAAAAAAAAAAAAAAA' as BookingKey;
        const appointment = uriOf('a');
        const record = recordOf(1);
        await expect(all[name]({ bookingKey, appointment, record } as never)).rejects.toMatchObject({
          type: 'row-missing',
          nonRetryable: true,
        });
        expect(world.logged.join()).toContain(`"bookingKey":"${bookingKey}"`);
      } finally {
        await world.close();
      }
    },
  );
});

describe('askProviderOf', () => {
  test('by reference: only what carries this booking’s own signature', async () => {
    const mine = appoint('mine');
    appoint('unsigned', { reference: null });
    appoint('session', { reference: signReference(linkKeys, key as string as SessionKey) });
    appoint('forged', { reference: `${key}.AAAAAAAAAAA` });
    const { truth } = await activities().askProviderOf({ bookingKey: key, appointment: null });
    expect(truth.appointments.map(({ appointment }) => appointment)).toEqual([mine]);
    expect(calendly.searches).toEqual([{ email: EMAIL, since: NOW }]);
    expect(
      await db.selectFrom('appointments').select(['uri', 'booking_key', 'session_key']).execute(),
    ).toEqual([{ uri: mine, booking_key: key, session_key: null }]);
  });

  test('by appointment: it and everything that replaced it', async () => {
    const ended = { status: 'canceled', rescheduled: true } as const;
    const cancellation = { by: 'client', at: NOW } as const;
    appoint('one', { ...ended, newInvitee: uriOf('two'), cancellation });
    appoint('two', { oldInvitee: uriOf('one') });
    const { truth } = await activities().askProviderOf({ bookingKey: key, appointment: uriOf('one') });
    expect(truth.appointments).toMatchObject([
      { appointment: uriOf('one'), end: { kind: 'replaced', replacedBy: uriOf('two') } },
      { appointment: uriOf('two'), end: { kind: 'none' } },
    ]);
  });
});

test('cancelAppointmentOf cancels at the provider', async () => {
  const appointment = appoint('one');
  await activities().cancelAppointmentOf({ bookingKey: key, appointment });
  expect(calendly.cancelled).toEqual([appointment]);
});

function recordOf(version: number, more: Partial<BookingRecord> = {}): BookingRecord {
  return {
    version,
    status: 'scheduled',
    reason: null,
    startsAt,
    endsAt: instant('2026-12-01T11:00:00Z'),
    noShow: false,
    reschedules: 0,
    appointment: null,
    needsAttention: false,
    ended: false,
    ...more,
  };
}

describe('recordBooking', () => {
  const write = (record: BookingRecord) => activities().recordBooking({ bookingKey: key, record });

  test('writes strictly greater versions only, in whatever order they come', async () => {
    expect(await write(recordOf(5))).toEqual({ kind: 'record-booking', version: 5 });
    await write(recordOf(4, { status: 'cancelled', reason: 'operator' }));
    await write(recordOf(5, { status: 'completed' }));
    expect(await row()).toMatchObject({
      version: '5',
      status: 'scheduled',
      reason: null,
      starts_at: new Date(startsAt),
      start_state: 'started',
      started_at: new Date(NOW),
    });
    await write(recordOf(6, { status: 'completed', noShow: true, reschedules: 2 }));
    expect(await row()).toMatchObject({ status: 'completed', no_show: true, reschedules: 2 });
  });

  test('the last one ends it; a run that was reset opens it again', async () => {
    const over = { status: 'cancelled', reason: 'not-booked', ended: true } as const;
    await write(recordOf(7, { ...over, startsAt: null, endsAt: null }));
    expect(await row()).toMatchObject({ start_state: 'ended', status: 'cancelled', starts_at: null });
    await write(recordOf(8));
    expect(await row()).toMatchObject({ start_state: 'started', status: 'scheduled' });
  });
});
