import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database } from '../../db/connect.ts';
import { parseCalendlyWebhook } from '../../integrations/calendly/webhook-body.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import type { BookingInput } from '../../workflows/contract/booking.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { writeCatalog } from '../support/booking-rows.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { type CalendlyFixture, calendlyBody } from './intake-requests.ts';
import { bookingReferenceOf, type IntakeRig, startIntake, trustingVerifier } from './intake-rig.ts';
import { openRequest } from './support/open-request.ts';

const NOW = Date.parse('2026-03-20T12:01:00Z') as Instant;
const MINUTE = 60_000;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let tenantId: number;
let rig: IntakeRig;
let booking: BookingInput;
let reference: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
  ({ tenantId } = await writeCatalog(db));
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const table of ['appointments', 'bookings', 'inbox'] as const) await db.deleteFrom(table).execute();
  rig = await startIntake({ db, at: NOW, verifier: trustingVerifier });
  booking = await openRequest(db, rig.temporal, { tenantId, at: NOW });
  reference = bookingReferenceOf(booking.bookingKey);
});
afterEach(() => rig.close());

/** A real body with changes to its payload; undefined takes a field away. */
function changed(name: CalendlyFixture, payload: object, ref = 'edited by the visitor'): Buffer {
  const body: unknown = JSON.parse(calendlyBody(name, ref).toString('utf8'));
  if (typeof body !== 'object' || body === null || !('payload' in body)) throw new Error('no payload');
  return Buffer.from(JSON.stringify({ ...body, payload: { ...Object(body.payload), ...payload } }));
}

const uriOf = (name: CalendlyFixture): string => parseCalendlyWebhook(calendlyBody(name))?.inviteeUri ?? '';
const first = uriOf('invitee.created');
const second = uriOf('reschedule.2.created_new');

const settled = async () =>
  (await db.selectFrom('inbox').select(['status', 'reason']).orderBy('id').execute()).map((row) => [
    row.status,
    row.reason,
  ]);
const correlations = async () =>
  (await db.selectFrom('inbox').select('correlation').orderBy('id').execute()).map((row) => row.correlation);
const heard = () => rig.temporal.bookingSignals.flatMap(({ events }) => events);

async function deliver(...bodies: Buffer[]): Promise<void> {
  for (const body of bodies) expect((await rig.calendly(body)).status).toBe(200);
  await rig.sweep.runOnce();
}

function calendlyFails(code: 'vendor-timeout' | 'vendor-rate-limited' | 'vendor-unauthorized'): void {
  const call = { vendor: 'calendly', method: 'GET', path: '/scheduled_events/x' };
  rig.calendlyApi.failure = new VendorFailure(code, call, { status: null, requestId: 'r' });
}

describe('a body that lacks a part', () => {
  const old = (name: CalendlyFixture, ref?: string) => changed(name, { scheduled_event: undefined }, ref);

  test('is kept by its reference, completed from Calendly and delivered', async () => {
    rig.calendlyApi.knows(calendlyBody('invitee.created', reference));
    await deliver(old('invitee.created', reference));
    expect(await correlations()).toEqual([`booking|${booking.bookingKey}`]);
    expect(await settled()).toEqual([['done', null]]);
    expect(heard()).toMatchObject([
      { type: 'appointment.booked', appointment: first, startsAt: Date.parse('2026-03-28T09:00:00Z') },
    ]);
    expect(await db.selectFrom('appointments').select(['uri', 'join_url']).execute()).toEqual([
      { uri: first, join_url: 'https://zoom.example.test/j/111' },
    ]);
  });

  test('without a reference it is kept by its event, without that by itself; what Calendly says finds the owner', async () => {
    rig.calendlyApi.knows(calendlyBody('invitee.created', reference));
    await deliver(changed('invitee.created', { tracking: undefined }));
    await deliver(
      changed('invitee.created', {
        created_at: null,
        tracking: undefined,
        event: null,
        scheduled_event: null,
      }),
    );
    const [byEvent, bySelf] = await correlations();
    expect(byEvent).toMatch(/^calendly\|.+\/scheduled_events\/[\w-]+$/);
    expect(bySelf).toMatch(/^unrelated\|calendly\|/);
    expect(await settled()).toEqual(Array(2).fill(['done', null]));
    expect(heard().map(({ type }) => type)).toEqual(['appointment.booked', 'appointment.booked']);
  });

  test('a repeat is the same message', async () => {
    await rig.calendly(old('invitee.canceled', reference));
    const again = await rig.calendly(old('invitee.canceled', reference));
    expect(await again.json()).toEqual({ status: 'duplicate' });
  });

  test('a cancel that does not say whether it was half of a reschedule is not taken for a cancellation', async () => {
    rig.calendlyApi.knows(calendlyBody('reschedule.1.canceled_old', reference));
    await deliver(
      changed('reschedule.1.canceled_old', { rescheduled: undefined, new_invitee: undefined }, reference),
    );
    expect(heard()).toMatchObject([{ type: 'appointment.reschedule-pending', replacedBy: second }]);
  });

  test('nor on an answer from before the cancel: it is tried again, and then a person must look', async () => {
    rig.calendlyApi.knows(calendlyBody('invitee.created', reference));
    await deliver(old('invitee.canceled', reference));
    expect(await settled()).toEqual([['stored', 'failed:appointment-still-active']]);
    expect(heard()).toEqual([]);
    rig.calendlyApi.knows(calendlyBody('invitee.canceled', reference));
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect(heard()).toMatchObject([{ type: 'appointment.cancelled', by: 'client' }]);
  });

  test.each(['vendor-timeout', 'vendor-rate-limited'] as const)(
    'Calendly away for hours (%s): it waits, is never quarantined, and is delivered afterwards',
    async (code) => {
      calendlyFails(code);
      await deliver(old('invitee.created', reference));
      for (let pass = 0; pass < 30; pass += 1) {
        rig.clock.advance(5 * MINUTE);
        await rig.sweep.runOnce();
      }
      expect(await settled()).toEqual([['stored', code]]);
      rig.calendlyApi.failure = null;
      rig.calendlyApi.knows(calendlyBody('invitee.created', reference));
      rig.clock.advance(MINUTE);
      await rig.sweep.runOnce();
      expect(await settled()).toEqual([['done', null]]);
    },
  );

  test('a credential that Calendly refuses ends in the quarantine, under its code', async () => {
    calendlyFails('vendor-unauthorized');
    await deliver(old('invitee.created', reference));
    for (let pass = 0; pass < 12; pass += 1) {
      rig.clock.advance(5 * MINUTE);
      await rig.sweep.runOnce();
    }
    expect(await settled()).toEqual([['quarantined', 'vendor-unauthorized']]);
  });

  test('Calendly does not know it: a person must look', async () => {
    await deliver(old('invitee.created', reference));
    expect(await settled()).toEqual([['quarantined', 'unknown-appointment']]);
  });

  test('it waits behind nothing: what follows with it is read from its own body or by its own attempt', async () => {
    rig.calendlyApi.knows(calendlyBody('reschedule.2.created_new', reference));
    await deliver(
      calendlyBody('invitee.created', reference),
      old('reschedule.2.created_new', reference),
      calendlyBody('reschedule.1.canceled_old', reference),
    );
    expect(await settled()).toEqual(Array(3).fill(['done', null]));
    expect(heard().map(({ type }) => type)).toEqual([
      'appointment.booked',
      'appointment.moved',
      'appointment.reschedule-pending',
    ]);
  });

  test('a complete body asks nobody', async () => {
    await deliver(calendlyBody('invitee.created', reference));
    expect(rig.calendlyApi.asked).toEqual([]);
  });
});

describe('an appointment that replaced another', () => {
  const link = (n: number): string => first.replace(/[^/]+$/, `chain-${n}`);
  const lost = changed('reschedule.2.created_new', { old_invitee: link(1) });

  /** Calendly knows `link(1)`, which replaced `link(2)`, and so on, up to one that replaced nothing. */
  function chain(length: number, last: { reference?: string | null; replaces?: string | null } = {}): void {
    for (let n = 1; n <= length; n += 1)
      rig.calendlyApi.knows(calendlyBody('invitee.created', 'edited'), {
        uri: link(n),
        replaces: n < length ? link(n + 1) : null,
        ...(n === length ? last : {}),
      });
  }

  test('is found by the signed reference of one that it replaced, several reschedules ago', async () => {
    chain(3, { reference });
    await deliver(lost);
    expect(await settled()).toEqual([['done', null]]);
    expect(heard()).toMatchObject([{ type: 'appointment.moved', appointment: second, replaces: link(1) }]);
    expect(rig.calendlyApi.asked).toEqual([link(1), link(2), link(3)]);
  });

  test('or by an old one that is known here', async () => {
    await deliver(calendlyBody('invitee.created', reference));
    chain(2, { replaces: first });
    await deliver(lost);
    expect(heard().map(({ type }) => type)).toEqual(['appointment.booked', 'appointment.moved']);
    expect(rig.calendlyApi.asked).toEqual([link(1), link(2)]);
  });

  test('what is known here is not asked for', async () => {
    await deliver(calendlyBody('invitee.created', reference));
    await deliver(changed('reschedule.2.created_new', {}), changed('reschedule.1.canceled_old', {}));
    expect(await settled()).toEqual(Array(3).fill(['done', null]));
    expect(rig.calendlyApi.asked).toEqual([]);
  });

  const endless: [string, () => void, number][] = [
    ['leads in a circle', () => chain(3, { replaces: link(1) }), 3],
    ['is longer than anyone makes', () => chain(30), 10],
    ['ends at one that Calendly does not know', () => undefined, 1],
  ];
  test.each(endless)(
    'a chain that %s ends, and the row is quarantined in time',
    async (_name, make, requests) => {
      make();
      await deliver(lost);
      expect(rig.calendlyApi.asked).toHaveLength(requests);
      expect(await settled()).toEqual([['stored', 'no-session-yet']]);
      for (let pass = 0; pass < 5; pass += 1) {
        rig.clock.advance(MINUTE);
        await rig.sweep.runOnce();
      }
      // Strange appointments of the organisation come here too: they cost Calendly two rounds, not one per attempt.
      expect(rig.calendlyApi.asked).toHaveLength(requests);
      rig.clock.advance(6 * MINUTE);
      await rig.sweep.runOnce();
      expect(await settled()).toEqual([['quarantined', 'unmatched']]);
      expect(rig.calendlyApi.asked).toHaveLength(2 * requests);
    },
  );

  test('found later: the old one comes to be known while the row waits', async () => {
    await deliver(changed('reschedule.2.created_new', {}));
    expect(await settled()).toEqual([['stored', 'no-session-yet']]);
    await deliver(calendlyBody('invitee.created', reference));
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual(Array(2).fill(['done', null]));
  });

  test('Calendly away: the row is not given up unasked', async () => {
    calendlyFails('vendor-timeout');
    await deliver(lost);
    rig.clock.advance(20 * MINUTE);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['stored', 'vendor-timeout']]);
    rig.calendlyApi.failure = null;
    chain(1, { reference });
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['done', null]]);
  });

  test('an e-mail address decides nothing', async () => {
    await deliver(calendlyBody('invitee.created', reference));
    await deliver(changed('reschedule.2.created_new', { old_invitee: null }));
    rig.clock.advance(11 * MINUTE);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([
      ['done', null],
      ['quarantined', 'unmatched'],
    ]);
  });
});
