import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { findBookingClient } from '../../db/queries/bookings.ts';
import { signBookingReference, signReference } from '../../platform/reference.ts';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import type { Phase } from '../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { intend, issueLink, writeCatalog } from '../support/booking-rows.ts';
import { type Housekeeper, startHousekeeper } from './support/housekeeper.ts';
import { EMAIL, NOW } from './support/rows.ts';
import { linkKeys } from './support/world.ts';

const HOUR = 3_600_000;
const at = (hours: number): Instant => (NOW + hours * HOUR) as Instant;

let house: Housekeeper;
let units = 0;
beforeAll(async () => {
  house = await startHousekeeper();
});
afterAll(() => house.close());
beforeEach(async () => {
  house.told.length = 0;
  house.calcom.faults.clear();
  await house.dependencies.db.deleteFrom('appointments').execute();
  await house.dependencies.db.updateTable('sessions').set({ start_state: 'ended' }).execute();
});

function open(
  provider: 'calendly' | 'calcom',
  phase: Phase,
  more: { readonly startsAt?: Instant } = {},
): Promise<SessionKey> {
  units += 1;
  const { startsAt } = more;
  return house.world.another(units, {
    provider,
    event_type: '7',
    phase,
    start_state: 'started',
    ...(startsAt && { starts_at: new Date(startsAt), ends_at: new Date(startsAt + HOUR) }),
  });
}

/** Books by the session's own link; nobody is told, as when a webhook was lost. */
async function book(key: SessionKey, startsAt: Instant) {
  const { bookingUrl } = await house.dependencies.scheduling('calcom').createSchedulingLink('7', {
    reference: signReference(linkKeys, key),
    campaign: 'booking-1',
    name: 'Zoë',
    email: EMAIL,
  });
  return house.calcom.book(bookingUrl, { name: 'Zoë', email: EMAIL, startsAt: new Date(startsAt) });
}

const run = () => house.run('appointments');

test('a booking whose only webhook was lost is told; sessions of the other provider are left alone', async () => {
  await open('calendly', 'awaiting-booking');
  const key = await open('calcom', 'awaiting-booking');
  const { uri } = await book(key, at(72));
  expect(await run()).toMatchObject({ looked: 1, repaired: 1, notes: [{ code: 'provider-told', id: key }] });
  expect(house.told).toMatchObject([
    { workflowId: sessionWorkflowId(key), events: [{ type: 'appointment.booked', appointment: uri }, {}] },
  ]);
});

test('a reschedule, a cancel and a silent move are told; then nothing is left to tell', async () => {
  const key = await open('calcom', 'awaiting-booking');
  const { uri } = await book(key, at(72));
  await run();
  const { db } = house.dependencies;
  const record = (startsAt: Instant | null) =>
    db
      .updateTable('sessions')
      .set({
        phase: startsAt === null ? 'awaiting-booking' : 'scheduled',
        starts_at: startsAt === null ? null : new Date(startsAt),
        ends_at: startsAt === null ? null : new Date(startsAt + HOUR),
      })
      .where('session_key', '=', key)
      .execute();
  await record(at(72));
  house.told.length = 0;
  expect(await run()).toMatchObject({ looked: 1, repaired: 0 });

  const moved = house.calcom.reschedule(uri, new Date(at(96)));
  expect(await run()).toMatchObject({ repaired: 1 });
  expect(house.told[0]?.events).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'appointment.moved', appointment: moved.uri, replaces: uri }),
    ]),
  );
  await record(at(96));
  house.calcom.moveSilently(moved.uri, new Date(at(97)));
  house.told.length = 0;
  expect(await run()).toMatchObject({ repaired: 1 });
  await record(at(97));
  house.calcom.cancel(moved.uri, 'client');
  house.told.length = 0;
  expect(await run()).toMatchObject({ repaired: 1 });
  expect(house.told[0]?.events.map(({ type }) => type)).toContain('appointment.cancelled');
});

test('a visitor’s or a tenant’s booking whose webhook was lost is told too', async () => {
  const { db } = house.dependencies;
  const catalog = await writeCatalog(db);
  const { booking_key: key } = await intend(db, (await issueLink(db, catalog, NOW)).linkId, NOW);
  await db.updateTable('bookings').set({ start_state: 'started', provider: 'calcom' }).execute();
  const client = await findBookingClient(db, key);
  const { bookingUrl } = await house.dependencies.scheduling('calcom').createSchedulingLink('7', {
    reference: signBookingReference(linkKeys, key),
    campaign: null,
    name: 'Zoë',
    email: client?.email ?? '',
  });
  const startsAt = new Date(at(72));
  const { uri } = house.calcom.book(bookingUrl, { name: 'Zoë', email: client?.email ?? '', startsAt });
  expect(await run()).toMatchObject({ looked: 1, repaired: 1, notes: [{ code: 'provider-told', id: key }] });
  expect(house.told).toMatchObject([{ events: [{ type: 'appointment.booked', appointment: uri }, {}] }]);
  await db
    .updateTable('bookings')
    .set({ appointment_uri: uri, starts_at: startsAt, ends_at: new Date(at(73)) })
    .execute();
  expect(await run()).toMatchObject({ looked: 1, repaired: 0 });
  await db.updateTable('bookings').set({ start_state: 'ended' }).execute();
});

test('a session that was handed over is asked about where its appointment is', async () => {
  const key = await open('calcom', 'awaiting-booking');
  const { uri } = await book(key, at(72));
  await run();
  const { db } = house.dependencies;
  await db
    .updateTable('sessions')
    .set({ provider: 'calendly', phase: 'scheduled', starts_at: new Date(at(72)), ends_at: new Date(at(73)) })
    .where('session_key', '=', key)
    .execute();
  house.calcom.cancel(uri, 'host');
  house.told.length = 0;
  expect(await run()).toMatchObject({ looked: 1, repaired: 1 });
  expect(house.told[0]?.events.map(({ type }) => type)).toContain('appointment.cancelled');
});

test('while Cal.com is away nothing is told, and the run says so', async () => {
  await open('calcom', 'awaiting-booking');
  house.calcom.faults.set({ kind: 'status', status: 503, times: 10 });
  expect(await run()).toMatchObject({ looked: 1, failed: 1, notes: [{ code: 'vendor-unavailable' }] });
  expect(house.told).toEqual([]);
});
