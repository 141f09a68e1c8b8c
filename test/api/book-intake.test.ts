import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database } from '../../db/connect.ts';
import { type Booking, markBookingStarted } from '../../db/queries/bookings.ts';
import type { InboxRow } from '../../db/tables.ts';
import type { BookingKey, Instant, SessionKey } from '../../workflows/contract/values.ts';
import { type Catalog, intend, issueLink, writeCatalog } from '../support/booking-rows.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { calendlyBody } from './intake-requests.ts';
import {
  bookingReferenceOf,
  type IntakeRig,
  referenceOf,
  startIntake,
  trustingVerifier,
} from './intake-rig.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z') as Instant;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let catalog: Catalog;
let rig: IntakeRig;
let booking: Booking;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
  catalog = await writeCatalog(db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const table of ['appointments', 'bookings', 'links', 'inbox'] as const)
    await db.deleteFrom(table).execute();
  rig = await startIntake({ db, at: NOW, verifier: trustingVerifier });
  booking = await intend(db, (await issueLink(db, catalog, NOW)).linkId, NOW);
});
afterEach(() => rig.close());

const inbox = (): Promise<InboxRow[]> => db.selectFrom('inbox').selectAll().orderBy('id').execute();
const settled = async () => (await inbox()).map((row) => [row.status, row.reason]);
const appointments = () =>
  db.selectFrom('appointments').select(['uri', 'session_key', 'booking_key']).orderBy('uri').execute();
const heard = () => rig.temporal.bookingSignals.flatMap(({ events }) => events.map((event) => event.type));

async function started(): Promise<string> {
  await markBookingStarted(db, booking.booking_key, new Date(NOW));
  rig.temporal.openBookings.add(booking.workflow_id);
  return bookingReferenceOf(booking.booking_key);
}

async function calendly(...bodies: Buffer[]): Promise<void> {
  for (const body of bodies) expect((await rig.calendly(body)).status).toBe(200);
}

describe('a webhook about a booking’s appointment', () => {
  test('goes by its signed reference to the booking’s own workflow, and the appointment is kept as its', async () => {
    await calendly(calendlyBody('invitee.created', await started()));
    expect(await inbox()).toMatchObject([{ correlation: `booking|${booking.booking_key}` }]);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['done', null]]);
    expect(rig.temporal.bookingSignals).toMatchObject([
      { workflowId: booking.workflow_id, events: [{ type: 'appointment.booked' }] },
    ]);
    expect(rig.temporal.signals).toEqual([]);
    expect(await appointments()).toMatchObject([{ session_key: null, booking_key: booking.booking_key }]);
  });

  test('what waits for one booking goes out together and in order', async () => {
    const reference = await started();
    await calendly(
      calendlyBody('invitee.created', reference),
      calendlyBody('reschedule.1.canceled_old', reference),
      calendlyBody('reschedule.2.created_new', reference),
    );
    await rig.sweep.runOnce();
    expect(await settled()).toEqual(Array(3).fill(['done', null]));
    expect(rig.temporal.bookingSignals).toHaveLength(1);
    expect(heard()).toEqual(['appointment.booked', 'appointment.reschedule-pending', 'appointment.moved']);
    expect((await appointments()).map((row) => row.booking_key)).toEqual([
      booking.booking_key,
      booking.booking_key,
    ]);
  });

  test('without a reference it is known by its own URI, then by the one it replaces', async () => {
    await calendly(calendlyBody('invitee.created', await started()));
    await rig.sweep.runOnce();
    await calendly(
      calendlyBody('reschedule.2.created_new', 'edited'),
      calendlyBody('invitee_no_show.created', ''),
    );
    await rig.sweep.runOnce();
    expect(await settled()).toEqual(Array(3).fill(['done', null]));
    // Each is of another appointment, and waits for none of the others.
    expect(heard().toSorted()).toEqual(['appointment.booked', 'appointment.moved', 'appointment.no-show']);
  });

  test('before the booking has its run it waits, and is delivered after', async () => {
    await calendly(calendlyBody('invitee.created', bookingReferenceOf(booking.booking_key)));
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['stored', 'booking-not-started']]);
    await started();
    rig.clock.advance(60_000);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['done', null]]);
    expect(heard()).toEqual(['appointment.booked']);
  });

  test.each([
    ['started', 'quarantined', 'run-missing'],
    ['ended', 'done', 'after-end'],
  ] as const)('of a booking that is %s without an open run: %s, %s', async (state, status, reason) => {
    await db.updateTable('bookings').set({ start_state: state }).execute();
    await calendly(calendlyBody('invitee.created', bookingReferenceOf(booking.booking_key)));
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([[status, reason]]);
  });

  test('Temporal away: it waits for as long as it takes', async () => {
    const reference = await started();
    rig.temporal.down = true;
    await calendly(calendlyBody('invitee.created', reference));
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['stored', 'engine-unavailable']]);
    rig.temporal.down = false;
    rig.clock.advance(60_000);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['done', null]]);
  });
});

describe('a reference that is not the booking’s', () => {
  const cases: [string, (key: BookingKey) => string][] = [
    ['of a booking that is not there', () => bookingReferenceOf('AAAAAAAAAAAAAAAAAAAAAA' as BookingKey)],
    ['of a session of the same key', (key) => referenceOf(key as string as SessionKey)],
    ['forged', (key) => `${key}.AAAAAAAAAAA`],
  ];
  test.each(cases)('%s: it waits a while, then a person must look', async (_name, make) => {
    await started();
    await calendly(calendlyBody('invitee.created', make(booking.booking_key)));
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['stored', 'no-session-yet']]);
    rig.clock.advance(11 * 60_000);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['quarantined', 'unmatched']]);
    expect(rig.temporal.bookingSignals).toEqual([]);
  });
});
