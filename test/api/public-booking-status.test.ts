import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database } from '../../db/connect.ts';
import { appointmentRow, recordAppointment } from '../../db/queries/appointments.ts';
import { writeBookingRecord } from '../../db/queries/bookings.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import { toAppointmentTruth } from '../../integrations/scheduling/truth.ts';
import { CodedFailure, type FailureCode } from '../../platform/failures.ts';
import { signBookingReference, signReference } from '../../platform/reference.ts';
import type { BookingStatus } from '../../workflows/contract/booking.ts';
import type { AppointmentUri, BookingKey, Instant, SessionKey } from '../../workflows/contract/values.ts';
import { toldAppointment } from '../support/told-appointment.ts';
import { linkKeys } from '../support/booking-rows.ts';
import { createTestDatabase } from '../support/postgres.ts';
import {
  API,
  type PublicBookingRig,
  shownIn,
  startPublicBooking,
  TENANT,
  visitor,
} from './public-booking-rig.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z') as Instant;
const STARTS = NOW + 86_400_000;
const EVENT = `${API}/scheduled_events/e1`;
const INVITEE = `${EVENT}/invitees/i1`;
const OTHER_KEY = 'B'.repeat(22) as BookingKey;

const service = { authorization: 'Bearer service' };
const scheduled = {
  status: 'scheduled',
  eventData: { eventUri: EVENT, inviteeUri: INVITEE, scheduledAt: new Date(STARTS).toISOString() },
};
const cancelled = { status: 'cancelled' };

const appointment = toldAppointment(
  { uri: INVITEE, createdAt: NOW, startsAt: STARTS },
  { campaign: 'booking-link' },
);

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let rig: PublicBookingRig;
let id: BookingKey;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const table of ['appointments', 'bookings', 'audit'] as const) await db.deleteFrom(table).execute();
  rig = await startPublicBooking({ db, at: NOW });
  id = shownIn(await rig.post(visitor))._id;
  rig.appointments.set(INVITEE, appointment);
});
afterEach(() => rig.close());

/** What the run records once it has answered. */
function recordsAs(status: BookingStatus, uri: string | null = INVITEE): void {
  rig.runs.meanwhile = async () => {
    await writeBookingRecord(
      db,
      id,
      {
        version: rig.runs.updates.length,
        status,
        reason: null,
        startsAt: STARTS as Instant,
        endsAt: (STARTS + 3_600_000) as Instant,
        noShow: false,
        reschedules: 0,
        appointment: uri as AppointmentUri | null,
        needsAttention: false,
        ended: false,
      },
      new Date(rig.state.now),
    );
  };
}

const audit = () =>
  db.selectFrom('audit').select(['tenant_id', 'actor', 'action', 'subject', 'reason', 'details']).execute();
const kept = () => db.selectFrom('appointments').select(['uri', 'booking_key']).execute();

describe('who may tell', () => {
  test.each([
    ['nobody', {}, scheduled],
    ['nobody, with a bad body', {}, { status: 'lost' }],
    ['a bad token', { authorization: 'Bearer nonsense' }, scheduled],
    ['a bad signature', { 'calendly-webhook-signature': 't=1795255200,v1=00' }, scheduled],
  ])('%s: 401 before anything else is said', async (_name, headers, body) => {
    const answer = await rig.patch(id, body, headers);
    expect([answer.status, answer.json]).toMatchObject([
      401,
      { success: false, results: null, error: { code: 'not-authenticated' } },
    ]);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(rig.runs.updates).toEqual([]);
  });

  test('a signature of other bytes, of another key or of the day before yesterday: 401', async () => {
    recordsAs('scheduled');
    const old = rig.signed(scheduled, NOW - 26 * 3_600_000);
    for (const headers of [rig.signed(cancelled), old])
      expect((await rig.patch(id, scheduled, headers)).status).toBe(401);
    expect(rig.runs.updates).toEqual([]);
  });

  test('a tenant’s own token may not; another tenant’s service finds nothing', async () => {
    expect((await rig.patch(id, scheduled, { authorization: 'Bearer tenant' })).status).toBe(403);
    expect((await rig.patch(id, scheduled, { authorization: 'Bearer other' })).status).toBe(404);
    expect((await rig.patch(OTHER_KEY, scheduled, service)).status).toBe(404);
    expect((await rig.patch('x', scheduled, service)).status).toBe(404);
    expect(rig.runs.updates).toEqual([]);
  });

  test('a signature does not cover the path: without an appointment of this booking it changes nothing', async () => {
    const unnamed = await rig.patch(id, cancelled, rig.signed(cancelled));
    expect([unnamed.status, unnamed.json?.['message']]).toEqual([
      400,
      'eventData: a request without a bearer token must name the appointment',
    ]);
    const strange = await rig.patch(id, scheduled, rig.signed(scheduled));
    expect([strange.status, strange.json]).toMatchObject([409, { error: { reason: 'other-appointment' } }]);
    expect(rig.runs.updates).toEqual([]);

    rig.appointments.set(INVITEE, { ...appointment, reference: signBookingReference(linkKeys, id) });
    recordsAs('scheduled');
    expect((await rig.patch(id, scheduled, rig.signed(scheduled))).status).toBe(200);
    expect(await audit()).toMatchObject([
      { actor: 'calendly', reason: 'other-appointment' },
      { actor: 'calendly', action: 'booking.status', reason: null },
    ]);
  });
});

describe('scheduled', () => {
  test('Calendly is asked, the run is told its truth, the appointment is kept, the booking shown', async () => {
    recordsAs('scheduled');
    const answer = await rig.patch(id, scheduled, service);
    expect([answer.status, answer.json]).toMatchObject([
      200,
      {
        success: true,
        message: 'Booking status updated',
        results: {
          booking: {
            _id: id,
            status: 'scheduled',
            scheduledAt: new Date(STARTS).toISOString(),
            calendlyEventUri: EVENT,
            calendlyInviteeUri: INVITEE,
          },
        },
      },
    ]);
    expect(rig.runs.updates).toMatchObject([
      {
        name: 'changeStatus',
        argument: { status: 'scheduled', appointment: toAppointmentTruth(appointment) },
      },
    ]);
    expect(await kept()).toEqual([{ uri: INVITEE, booking_key: id }]);
    expect(await audit()).toEqual([
      {
        tenant_id: TENANT,
        actor: 'service:robot',
        action: 'booking.status',
        subject: id,
        reason: null,
        details: { status: 'scheduled' },
      },
    ]);
  });

  const claims: [string, Partial<ProviderAppointment>][] = [
    ['another booking by its signature', { reference: signBookingReference(linkKeys, OTHER_KEY) }],
    ['a session by its signature', { reference: signReference(linkKeys, OTHER_KEY as string as SessionKey) }],
  ];
  test.each(claims)('an appointment of %s is refused', async (_name, claim) => {
    rig.appointments.set(INVITEE, { ...appointment, ...claim });
    const answer = await rig.patch(id, scheduled, service);
    expect([answer.status, answer.json]).toMatchObject([
      409,
      { error: { code: 'refused', reason: 'other-appointment' } },
    ]);
    expect([rig.runs.updates, await kept()]).toEqual([[], []]);
  });

  test.each([['uri'], ['replaces'], ['replacedBy']] as const)(
    'an appointment whose %s is recorded as another booking’s is refused',
    async (part) => {
      const other = shownIn(await rig.post(visitor))._id;
      const uri = `${EVENT}/invitees/i2`;
      const recorded = { ...appointment, uri: part === 'uri' ? INVITEE : uri };
      await recordAppointment(db, appointmentRow({ kind: 'booking', key: other }, recorded));
      if (part !== 'uri') rig.appointments.set(INVITEE, { ...appointment, [part]: uri });
      expect((await rig.patch(id, scheduled, service)).json).toMatchObject({
        error: { reason: 'other-appointment' },
      });
      expect(rig.runs.updates).toEqual([]);
    },
  );

  test('a forged reference is nobody’s claim', async () => {
    rig.appointments.set(INVITEE, { ...appointment, reference: `${OTHER_KEY}.AAAAAAAAAAA` });
    recordsAs('scheduled');
    expect((await rig.patch(id, scheduled, service)).status).toBe(200);
  });

  test.each([
    ['unknown-appointment', { inviteeUri: `${EVENT}/invitees/nobody` }],
    ['appointment-differs', { inviteeUri: INVITEE, eventUri: `${API}/scheduled_events/e2` }],
    ['appointment-differs', { inviteeUri: INVITEE, scheduledAt: new Date(STARTS + 1000).toISOString() }],
  ])('%s: 409, and the run is not asked', async (reason, eventData) => {
    const answer = await rig.patch(id, { status: 'scheduled', eventData }, service);
    expect([answer.status, answer.json]).toMatchObject([409, { error: { code: 'refused', reason } }]);
    expect(rig.runs.updates).toEqual([]);
    expect(await audit()).toMatchObject([{ action: 'booking.status-refused', reason }]);
  });

  test('the same time in another zone agrees', async () => {
    recordsAs('scheduled');
    const scheduledAt = '2026-11-22T11:00:00.000000+01:00';
    const answer = await rig.patch(
      id,
      { status: 'scheduled', eventData: { inviteeUri: INVITEE, scheduledAt } },
      service,
    );
    expect(answer.status).toBe(200);
  });

  test('by another appointment than the one that it has: refused, and not kept', async () => {
    recordsAs('scheduled', `${EVENT}/invitees/its-own`);
    const answer = await rig.patch(id, scheduled, service);
    expect([answer.status, answer.json]).toMatchObject([409, { error: { reason: 'other-appointment' } }]);
    expect(await kept()).toEqual([]);
  });

  const failing: [FailureCode, number][] = [
    ['vendor-unreachable', 502],
    ['vendor-timeout', 504],
    ['vendor-rate-limited', 503],
    ['vendor-unauthorized', 502],
  ];
  test.each(failing)('Calendly fails with %s: %i, and none of its words', async (code, status) => {
    rig.state.calendarFails = new CodedFailure(code, 'calendly said: secret words');
    const answer = await rig.patch(id, scheduled, service);
    expect([answer.status, answer.json]).toMatchObject([status, { success: false, error: { code } }]);
    expect(answer.text).not.toContain('secret words');
    expect(rig.runs.updates).toEqual([]);
  });

  test.each([
    ['no appointment', { status: 'scheduled' }],
    ['no invitee', { status: 'scheduled', eventData: { eventUri: EVENT } }],
    ['another API', { status: 'scheduled', eventData: { inviteeUri: INVITEE.replace('calendar', 'evil') } }],
    ['no API', { status: 'scheduled', eventData: { inviteeUri: 'https://api.calendar.example/users/me' } }],
    ['a query', { status: 'scheduled', eventData: { inviteeUri: `${INVITEE}?x=/invitees/i` } }],
    ['no time', { ...scheduled, eventData: { ...scheduled.eventData, scheduledAt: 'tomorrow' } }],
    ['an unknown status', { status: 'lost' }],
    ['no status', {}],
    ['an unknown field', { ...scheduled, isRead: true }],
  ])('%s: 400', async (_name, body) => {
    const answer = await rig.patch(id, body, service);
    expect([answer.status, answer.json]).toMatchObject([400, { error: { code: 'invalid-request' } }]);
    expect(rig.runs.updates).toEqual([]);
  });
});

describe('what the run says', () => {
  test('an impossible transition: 409 with those that are allowed', async () => {
    rig.runs.answer = {
      kind: 'answer',
      verdict: { accepted: false, reason: 'impossible-transition', at: null, allowed: ['cancelled'] },
    };
    const answer = await rig.patch(id, { status: 'completed' }, service);
    expect([answer.status, answer.json]).toMatchObject([
      409,
      { error: { code: 'refused', reason: 'impossible-transition', allowed: ['cancelled'] } },
    ]);
    expect(await audit()).toMatchObject([
      { action: 'booking.status-refused', reason: 'impossible-transition' },
    ]);
  });

  test('a refused appointment does not make the booking look booked', async () => {
    rig.runs.answer = {
      kind: 'answer',
      verdict: { accepted: false, reason: 'impossible-transition', at: null, allowed: [] },
    };
    expect((await rig.patch(id, scheduled, service)).status).toBe(409);
    expect(await kept()).toEqual([]);
  });

  test.each([
    ['not-found', 409, 'refused'],
    ['unknown', 202, 'outcome-unknown'],
    ['unavailable', 503, 'engine-unavailable'],
  ] as const)('%s: %i', async (kind, status, code) => {
    rig.runs.answer = { kind };
    const answer = await rig.patch(id, cancelled, service);
    expect([answer.status, answer.json]).toMatchObject([status, { success: false, error: { code } }]);
  });

  test('a booking that has no run yet gets it now; with Temporal away it is 503', async () => {
    rig.runs.down = true;
    const late = shownIn(await rig.post(visitor))._id;
    expect((await rig.patch(late, cancelled, service)).status).toBe(503);
    expect(rig.runs.updates).toEqual([]);
    rig.runs.down = false;
    rig.runs.answer = { kind: 'not-found' };
    await rig.patch(late, cancelled, service);
    expect(rig.runs.starts).toEqual([id, late]);
  });
});

describe('repeats', () => {
  test('the same key and body are the same request to the run; anything else is another', async () => {
    recordsAs('scheduled');
    const keyed = { ...service, 'idempotency-key': 'k' };
    await rig.patch(id, scheduled, keyed);
    await rig.patch(id, scheduled, keyed);
    await rig.patch(id, scheduled, { ...service, 'idempotency-key': 'l' });
    await rig.patch(id, scheduled, service);
    await rig.patch(id, scheduled, service);
    const ids = rig.runs.updates.map((update) => update.id);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(4);
    expect(ids.join()).not.toContain(id);
  });
});
