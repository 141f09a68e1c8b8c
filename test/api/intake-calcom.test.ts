import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database } from '../../db/connect.ts';
import { parseCalcomWebhook } from '../../integrations/calcom/webhook-body.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import type { BookingInput } from '../../workflows/contract/booking.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { writeCatalog } from '../support/booking-rows.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { toldAppointment } from '../support/told-appointment.ts';
import { bookingReferenceOf, type IntakeRig, startIntake, trustingVerifier } from './intake-rig.ts';
import { type CalcomFixture, calcomBody } from './intake-requests.ts';
import { openRequest } from './support/open-request.ts';

const HOUR = 3_600_000;
const OLD = 'calcom:bookings/bFJeNb2uX8ANpT3JL5EfXw';
const NEW = 'calcom:bookings/nEwUid2uX8ANpT3JL5EfXw';
const STARTS = Date.parse('2026-03-28T09:00:00Z');

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let tenantId: number;
let rig: IntakeRig;
let booking: BookingInput;
let reference: string;

/** When a fixture was said, a moment later: Cal.com sends at once. */
const justAfter = (name: CalcomFixture): Instant => {
  const webhook = parseCalcomWebhook(calcomBody(name));
  return ((webhook?.saidAt ?? 0) + 1000) as Instant;
};

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
  ({ tenantId } = await writeCatalog(db));
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const table of ['appointments', 'bookings', 'inbox'] as const) await db.deleteFrom(table).execute();
  const at = justAfter('BOOKING_CREATED');
  rig = await startIntake({ db, at, verifier: trustingVerifier });
  booking = await openRequest(db, rig.temporal, { tenantId, at });
  reference = bookingReferenceOf(booking.bookingKey);
});
afterEach(() => rig.close());

/** Cal.com answers this for a booking from here on. */
function knows(uri: string, more: Partial<ProviderAppointment> = {}): void {
  const told = toldAppointment({ uri, createdAt: justAfter('BOOKING_CREATED'), startsAt: STARTS }, more);
  rig.calendlyApi.appointments.set(uri, { ...told, eventUri: uri });
}

async function deliver(name: CalcomFixture, ref = reference): Promise<void> {
  rig.clock.now = Math.max(rig.clock.now, justAfter(name)) as Instant;
  expect((await rig.calcom(calcomBody(name, ref))).status).toBe(200);
  await rig.sweep.runOnce();
}

const heard = () => rig.temporal.bookingSignals.flatMap(({ events }) => events);
const settled = async () =>
  (await db.selectFrom('inbox').select(['event', 'status', 'reason']).orderBy('id').execute()).map(
    ({ event, status, reason }) => [event, status, reason],
  );
const kept = () =>
  db.selectFrom('appointments').select(['uri', 'provider', 'booking_key']).orderBy('uri').execute();

describe('each kind of webhook', () => {
  test('a booking is told by its signed reference, and its uid is known from then on', async () => {
    await deliver('BOOKING_CREATED');
    expect(heard()).toMatchObject([{ type: 'appointment.booked', appointment: OLD, startsAt: STARTS }]);
    expect(await kept()).toEqual([{ uri: OLD, provider: 'calcom', booking_key: booking.bookingKey }]);
    const { correlation } = await db.selectFrom('inbox').select('correlation').executeTakeFirstOrThrow();
    expect(correlation).toBe(`booking|${booking.bookingKey}`);
    expect(rig.calendlyApi.asked).toEqual([]);
  });

  test('a reschedule is a move to the booking that took its place', async () => {
    await deliver('BOOKING_CREATED');
    await deliver('BOOKING_RESCHEDULED');
    expect(heard().at(-1)).toMatchObject({ type: 'appointment.moved', appointment: NEW, replaces: OLD });
    expect((await kept()).map(({ uri }) => uri)).toEqual([OLD, NEW]);
  });

  test('a reschedule whose metadata nobody signed is known by the booking that it replaced', async () => {
    await deliver('BOOKING_CREATED');
    await deliver('BOOKING_RESCHEDULED', 'edited');
    expect(heard().at(-1)).toMatchObject({ type: 'appointment.moved', appointment: NEW, replaces: OLD });
  });

  test('a cancel without metadata is known by its uid, and asked about', async () => {
    await deliver('BOOKING_CREATED');
    knows(OLD);
    await deliver('BOOKING_CANCELLED');
    expect(rig.calendlyApi.asked).toEqual([OLD]);
    expect(heard().at(-1)).toMatchObject({ type: 'appointment.cancelled', appointment: OLD, by: 'client' });
  });

  test('a host’s wish for another time is no cancellation', async () => {
    await deliver('BOOKING_CREATED');
    knows(OLD);
    await deliver('BOOKING_CANCELLED.request_reschedule');
    expect(heard().at(-1)).toMatchObject({ type: 'appointment.reschedule-pending', replacedBy: null });
  });

  test('a no-show is what Cal.com holds of the client now', async () => {
    await deliver('BOOKING_CREATED');
    knows(OLD, { noShow: true });
    await deliver('BOOKING_NO_SHOW_UPDATED');
    expect(heard().at(-1)).toMatchObject({ type: 'appointment.no-show', appointment: OLD });
  });

  test('the end of a meeting is told, and ends nothing by itself', async () => {
    await deliver('BOOKING_CREATED');
    knows(OLD);
    await deliver('MEETING_ENDED');
    expect(heard().at(-1)).toMatchObject({ type: 'appointment.ended', appointment: OLD });
  });

  test('one that was never asked for is nobody’s', async () => {
    await deliver('BOOKING_PAID');
    expect([await settled(), heard()]).toEqual([[['BOOKING_PAID', 'done', 'unknown-event']], []]);
  });
});

describe('what is not taken', () => {
  const body = () => calcomBody('BOOKING_CREATED', reference);
  const post = (signature: string | undefined) =>
    rig.post(
      '/webhooks/calcom',
      {
        'content-type': 'application/json',
        ...(signature === undefined ? {} : { 'x-cal-signature-256': signature }),
      },
      body(),
    );

  test.each([
    ['no signature', undefined],
    ['the words of a webhook without a secret', 'no-secret-provided'],
    ['another signature', 'a'.repeat(64)],
  ])('%s', async (_name, signature) => {
    expect((await post(signature)).status).toBe(401);
    expect(await settled()).toEqual([]);
  });

  test.each([
    ['a body that was captured a day and an hour ago', 25 * HOUR + 1],
    ['a body of the future', -6 * 60_000],
  ])('%s, though it is signed', async (_name, later) => {
    rig.clock.now = (justAfter('BOOKING_CREATED') - 1000 + later) as Instant;
    expect((await rig.calcom(body())).status).toBe(401);
    expect(await settled()).toEqual([]);
  });
});

test('the same webhook again is a duplicate', async () => {
  await deliver('BOOKING_CREATED');
  expect(await (await rig.calcom(calcomBody('BOOKING_CREATED', reference))).json()).toEqual({
    status: 'duplicate',
  });
  expect(await settled()).toHaveLength(1);
});

test('a strange booking waits for its owner, and is shown when nobody claims it', async () => {
  knows(OLD);
  await deliver('BOOKING_CREATED', 'edited');
  expect((await settled())[0]).toEqual(['BOOKING_CREATED', 'stored', 'no-session-yet']);
  rig.clock.now = (rig.clock.now + HOUR) as Instant;
  await rig.sweep.runOnce();
  expect(await settled()).toEqual([['BOOKING_CREATED', 'quarantined', 'unmatched']]);
});

test('a body that a template wrote is shown to a person', async () => {
  const body = Buffer.from(JSON.stringify({ triggerEvent: 'BOOKING_CREATED', note: 'rewritten' }));
  expect((await rig.calcom(body)).status).toBe(200);
  await rig.sweep.runOnce();
  expect(await settled()).toEqual([['BOOKING_CREATED', 'quarantined', 'malformed']]);
});
