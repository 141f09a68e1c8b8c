import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bookingActivities } from '../../activities/booking.ts';
import { createActivities } from '../../activities/create.ts';
import type { Database } from '../../db/connect.ts';
import { recordAppointment } from '../../db/queries/appointments.ts';
import { insertBookingRequest, OWN_LINK } from '../../db/queries/booking-requests.ts';
import { bookingByKey, keepSchedulingLink } from '../../db/queries/bookings.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import { signBookingReference, signReference, verifyReference } from '../../platform/reference.ts';
import type { BookingRecord } from '../../workflows/contract/booking.ts';
import type { AppointmentUri, BookingKey, SessionKey } from '../../workflows/contract/values.ts';
import { toldAppointment } from '../support/told-appointment.ts';
import { EMAIL, intend, issueLink, linkKeys, writeCatalog } from '../support/booking-rows.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { type FakeCalendly, fakeCalendly, vendorFailure } from './support/fakes.ts';
import { instant, NOW } from './support/rows.ts';
import { createWorld } from './support/world.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let calendly: FakeCalendly;
let key: BookingKey;

const activities = () => bookingActivities({ db, clock: () => NOW, scheduling: () => calendly, linkKeys });
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

function appoint(name: string, more: Partial<ProviderAppointment> = {}): AppointmentUri {
  const uri = uriOf(name);
  const reference = signBookingReference(linkKeys, key);
  const told = toldAppointment({ uri, createdAt: NOW, startsAt }, { reference, ...more });
  calendly.appointments.set(uri, told);
  return uri;
}

const keepAppointment = (name: string) =>
  recordAppointment(db, {
    uri: uriOf(name),
    session_key: null,
    booking_key: key,
    provider: 'calendly',
    event_uri: `https://api.calendly.com/scheduled_events/e-${name}`,
    starts_at: new Date(startsAt),
    ends_at: new Date(startsAt + 3_600_000),
  });

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

  test.each(['scheduled', 'completed', 'cancelled'] as const)(
    'a booking that is %s gets none',
    async (status) => {
      await db.updateTable('bookings').set({ status }).where('booking_key', '=', key).execute();
      expect(await activities().makeBookingLinkOf({ bookingKey: key })).toEqual({
        kind: 'make-booking-link',
      });
      expect(calendly.links).toEqual([]);
      expect((await row()).booking_url).toBeNull();
    },
  );

  test('a booking that was booked by another link gets none, though nobody has told its run yet', async () => {
    await keepAppointment('one');
    await activities().makeBookingLinkOf({ bookingKey: key });
    expect(calendly.links).toEqual([]);
    expect((await row()).booking_url).toBeNull();
  });

  test.each([
    ['booked', () => keepAppointment('one')],
    [
      'cancelled',
      () => db.updateTable('bookings').set({ status: 'cancelled' }).where('booking_key', '=', key).execute(),
    ],
  ])('%s while the link was being made: it is not stored', async (_what, happen) => {
    const made = await keepSchedulingLink(db, key, async () => {
      await happen();
      return 'https://calendly.example/d/late/60-min';
    });
    expect(made).toBe(true);
    expect((await row()).booking_url).toBeNull();
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
    const ended = { status: 'cancelled', rescheduled: true } as const;
    const cancellation = { by: 'client', at: NOW } as const;
    appoint('one', { ...ended, replacedBy: uriOf('two'), cancellation });
    appoint('two', { replaces: uriOf('one') });
    const { truth } = await activities().askProviderOf({ bookingKey: key, appointment: uriOf('one') });
    expect(truth.appointments).toMatchObject([
      { appointment: uriOf('one'), end: { kind: 'replaced', replacedBy: uriOf('two') } },
      { appointment: uriOf('two'), end: { kind: 'none' } },
    ]);
  });
});

test('cancelAppointmentOf cancels at the provider, with the operator’s reason where there is one', async () => {
  const appointment = appoint('one');
  await activities().cancelAppointmentOf({ bookingKey: key, appointment });
  expect(calendly.cancelled).toEqual([appointment]);
  const reason = 'Client <asked> for it';
  await db.updateTable('bookings').set({ cancel_reason: reason }).where('booking_key', '=', key).execute();
  await activities().cancelAppointmentOf({ bookingKey: key, appointment });
  expect(calendly.cancelReasons).toEqual(['The booking was cancelled.', reason]);
});

describe('a booking that a visitor asked for', () => {
  const requestKey = 'rEqUeStrEqUeStrEqUeStA' as BookingKey;
  const visitor = 'vera@example.test';

  beforeEach(async () => {
    const { tenant_id: tenantId, input } = await row();
    await insertBookingRequest(db, {
      visitor: {
        firstName: 'Vera',
        lastName: 'O’Neil & Co',
        companyName: 'Acme',
        companyWebsite: 'https://acme.example',
        position: 'CEO',
        isDecisionMaker: true,
        email: visitor,
        businessPhone: null,
      },
      workflowId: `booking-${requestKey}`,
      eventType: 'et-2',
      input: { ...input, bookingKey: requestKey, tenantId },
    });
  });

  test('its link tells itself from the default link, and is filled in with what the visitor gave', async () => {
    await activities().makeBookingLinkOf({ bookingKey: requestKey });
    const url = new URL((await bookingByKey(db, requestKey))?.booking_url ?? '');
    expect(url.origin + url.pathname).toBe('https://calendly.example/d/et-2-1/60-min');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      utm_content: signBookingReference(linkKeys, requestKey),
      utm_campaign: OWN_LINK,
      name: 'Vera O’Neil & Co',
      email: visitor,
    });
  });

  test('the provider is searched by the visitor’s address', async () => {
    const mine = appoint('mine', { reference: signBookingReference(linkKeys, requestKey) });
    appoint('other');
    const { truth } = await activities().askProviderOf({ bookingKey: requestKey, appointment: null });
    expect(truth.appointments.map(({ appointment }) => appointment)).toEqual([mine]);
    expect(calendly.searches).toMatchObject([{ email: visitor }]);
  });

  test('once it is deleted nobody is searched for; an appointment that is known can still be asked about', async () => {
    const erased = { first_name: '', last_name: '', email: '' };
    await db.updateTable('bookings').set(erased).where('booking_key', '=', requestKey).execute();
    const mine = appoint('mine', { reference: signBookingReference(linkKeys, requestKey) });
    expect(await activities().askProviderOf({ bookingKey: requestKey, appointment: null })).toEqual({
      kind: 'ask-provider',
      truth: { appointments: [] },
    });
    expect(calendly.searches).toEqual([]);
    const { truth } = await activities().askProviderOf({ bookingKey: requestKey, appointment: mine });
    expect(truth.appointments).toHaveLength(1);
  });
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
