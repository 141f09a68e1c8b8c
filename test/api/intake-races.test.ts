import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '../../db/connect.ts';
import { countDeliveries } from '../../db/queries/inbox.ts';
import { toAppointmentTruth } from '../../integrations/scheduling/truth.ts';
import { parseCalendlyWebhook } from '../../integrations/calendly/webhook-body.ts';
import type { BookingInput } from '../../workflows/contract/booking.ts';
import type { AppointmentEvent } from '../../workflows/contract/events.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { rulesByVersion } from '../../workflows/policy/versions.ts';
import { BookingSimulation } from '../policy/booking-simulation.ts';
import { Simulation } from '../policy/simulation.ts';
import { writeCatalog } from '../support/booking-rows.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { type CalendlyFixture, calendlyBody, saleorRequest } from './intake-requests.ts';
import {
  bookingReferenceOf,
  type IntakeRig,
  referenceOf,
  startIntake,
  trustingVerifier,
} from './intake-rig.ts';
import { openRequest } from './support/open-request.ts';

/** Paid and asked for just before; the first appointment of the fixtures was booked a quarter of an hour later. */
const BEGIN = Date.parse('2026-03-01T09:10:00Z') as Instant;
const BEFORE = Date.parse('2026-03-20T13:00:00Z') as Instant;
const WHILE_LATER = Date.parse('2026-03-20T14:00:00Z') as Instant;
const AFTER_END = Date.parse('2026-03-28T11:30:00Z') as Instant;
const SETTLED = Date.parse('2026-03-31T12:00:00Z') as Instant;
const MINUTE = 60_000;
const RUNS = 4;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let rig: IntakeRig;
let booking: BookingInput;
let sessionKey: SessionKey;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
  const { tenantId } = await writeCatalog(db);
  rig = await startIntake({ db, at: BEGIN, verifier: trustingVerifier });
  booking = await openRequest(db, rig.temporal, { tenantId, at: BEGIN });
  await rig.saleor(saleorRequest('11-order-fully-paid-A'));
  await rig.sweep.runOnce();
  ({ session_key: sessionKey } = await db
    .selectFrom('sessions')
    .select('session_key')
    .executeTakeFirstOrThrow());
});
afterAll(async () => {
  await rig.close();
  await database.drop();
});

type Change = Readonly<Record<string, unknown>>;

function message(name: CalendlyFixture, payload: Change = {}, envelope: Change = {}): Change {
  const body: unknown = JSON.parse(calendlyBody(name).toString('utf8'));
  return { ...Object(body), ...envelope, payload: { ...Object(Object(body).payload), ...payload } };
}

const noShow = (uuid: string, at: string) =>
  message('invitee_no_show.created', {
    no_show: { uri: `https://api.calendly.com/invitee_no_shows/${uuid}`, created_at: at },
  });

const created = message('invitee.created');
const oldHalf = message('reschedule.1.canceled_old');
const newHalf = message('reschedule.2.created_new');
const parsed = (body: Change) => parseCalendlyWebhook(Buffer.from(JSON.stringify(body)));
const first = parsed(created)?.inviteeUri ?? '';
const second = parsed(newHalf)?.inviteeUri ?? '';

interface Story {
  readonly name: string;
  readonly messages: readonly Change[];
  readonly heardAt: Instant;
  /** Nothing but its own reference ties the second appointment to the first. */
  readonly loose?: true;
  /** What the two come to, a while later. */
  readonly until: Instant;
  readonly booking: object;
  readonly session: object;
}

const atFirst = { startsAt: '2026-03-28T09:00:00.000Z' };
const atSecond = { startsAt: '2026-03-30T08:00:00.000Z' };

const stories: readonly Story[] = [
  {
    name: 'a reschedule, both halves',
    messages: [created, oldHalf, newHalf],
    heardAt: BEFORE,
    until: WHILE_LATER,
    booking: { status: 'scheduled', appointment: second, reschedules: 1, ...atSecond },
    session: { phase: 'scheduled', appointment: second, ...atSecond },
  },
  {
    name: 'a reschedule that the host asked for, and the client’s new time',
    messages: [created, message('invitee.canceled.by_host', { rescheduled: true }), newHalf],
    heardAt: BEFORE,
    until: WHILE_LATER,
    booking: { status: 'scheduled', appointment: second, ...atSecond },
    session: { phase: 'scheduled', appointment: second, ...atSecond },
  },
  {
    name: 'a reschedule whose old half never comes',
    messages: [created, newHalf],
    heardAt: BEFORE,
    until: WHILE_LATER,
    booking: { status: 'scheduled', appointment: second, reschedules: 1, ...atSecond },
    session: { phase: 'scheduled', appointment: second, ...atSecond },
  },
  {
    name: 'a reschedule that the host asked for, while the client has not chosen',
    messages: [created, message('invitee.canceled.by_host', { rescheduled: true })],
    heardAt: BEFORE,
    until: WHILE_LATER,
    booking: { status: 'pending', reason: null, appointment: null },
    session: { phase: 'awaiting-booking', outcome: null, appointment: null },
  },
  {
    name: 'a second appointment, and the cancel of the old one',
    messages: [
      created,
      message('reschedule.2.created_new', { old_invitee: null }),
      message('invitee.canceled'),
    ],
    loose: true,
    heardAt: BEFORE,
    until: WHILE_LATER,
    booking: { status: 'scheduled', appointment: second, ...atSecond },
    session: { phase: 'scheduled', appointment: second, ...atSecond },
  },
  {
    name: 'a cancellation by the client',
    messages: [created, message('invitee.canceled')],
    heardAt: BEFORE,
    until: WHILE_LATER,
    booking: { status: 'cancelled', reason: 'cancelled-by-client' },
    session: { phase: 'awaiting-booking', appointment: null },
  },
  {
    name: 'a no-show that is set, cleared and set again',
    messages: [
      created,
      noShow('n1', '2026-03-28T10:30:01.902713Z'),
      message('invitee_no_show.deleted', {}, { created_at: '2026-03-28T10:40:00.000000Z' }),
      noShow('n2', '2026-03-28T10:50:00.000001Z'),
    ],
    heardAt: AFTER_END,
    until: SETTLED,
    booking: { status: 'completed', noShow: true, ...atFirst },
    session: { phase: 'ended', outcome: 'no-show', ...atFirst },
  },
  {
    name: 'a no-show that is set and cleared',
    messages: [
      created,
      noShow('n1', '2026-03-28T10:30:01.902713Z'),
      message('invitee_no_show.deleted', {}, { created_at: '2026-03-28T10:40:00.000000Z' }),
    ],
    heardAt: AFTER_END,
    until: SETTLED,
    booking: { status: 'completed', noShow: false, ...atFirst },
    session: { phase: 'ended', outcome: 'completed', ...atFirst },
  },
];

/** The messages of a story as they come: in an order, some again, with pauses in which the inbox is delivered. */
interface Arrival {
  readonly order: readonly number[];
  readonly pauses: readonly boolean[];
  /** Whether the visitor left the reference in every link, or in the first appointment's alone. */
  readonly signed: 'all' | 'first';
}

const arrivalOf = ({ messages, loose }: Story): fc.Arbitrary<Arrival> => {
  const indices = messages.map((_, index) => index);
  return fc.record({
    order: fc
      .tuple(
        fc.shuffledSubarray(indices, { minLength: indices.length }),
        fc.array(fc.constantFrom(...indices), { maxLength: 3 }),
      )
      .map((lists) => lists.flat()),
    pauses: fc.array(fc.boolean(), { minLength: indices.length + 3, maxLength: indices.length + 3 }),
    signed: loose ? fc.constant('all') : fc.constantFrom('all', 'first'),
  });
};

/** What the owner's run was told, in the order in which it was told. */
async function tell(story: Story, reference: string, arrival: Arrival): Promise<readonly AppointmentEvent[]> {
  for (const table of ['appointments', 'inbox'] as const) await db.deleteFrom(table).execute();
  rig.clock.now = story.heardAt;
  const [sessionBefore, bookingBefore] = [rig.temporal.signals.length, rig.temporal.bookingSignals.length];
  for (const [turn, index] of arrival.order.entries()) {
    const isSigned = arrival.signed === 'all' || index === 0;
    const text = JSON.stringify(story.messages[index]);
    const body = text.replaceAll('bk_01HZX4.s1gN', isSigned ? reference : 'edited');
    expect((await rig.calendly(Buffer.from(body))).status).toBe(200);
    if (arrival.pauses[turn]) await rig.sweep.runOnce();
  }
  for (let pass = 0; pass < 8; pass += 1) {
    await rig.sweep.runOnce();
    if ((await countDeliveries(db)).stored === 0) break;
    rig.clock.advance(MINUTE + 1);
  }
  const rows = await db.selectFrom('inbox').select(['status', 'reason']).execute();
  expect(rows).toEqual(rows.map(() => ({ status: 'done', reason: null })));
  const signals = [
    ...rig.temporal.signals.slice(sessionBefore),
    ...rig.temporal.bookingSignals.slice(bookingBefore),
  ];
  return signals.flatMap(({ events }) => events as readonly AppointmentEvent[]);
}

/** What Calendly would answer when it is asked at the end of the story. */
function truthOf({ messages }: Story) {
  const last = new Map<string, ReturnType<typeof toAppointmentTruth>>();
  for (const body of messages) {
    const appointment = parsed(body)?.appointment;
    if (appointment) last.set(appointment.uri, toAppointmentTruth(appointment));
  }
  return [...last.values()];
}

function become<Sim extends Simulation | BookingSimulation>(
  sim: Sim,
  story: Story,
  events: readonly AppointmentEvent[],
): Sim {
  for (const truth of truthOf(story)) sim.provider.appointments.set(truth.appointment, truth);
  sim.open();
  sim.passTo(rig.clock.now);
  sim.hear(events);
  sim.drain();
  sim.passTo(story.until);
  return sim;
}

describe.each(stories)('$name: in any order, repeated, late', (story) => {
  test('a booking request comes to the same end', async () => {
    await fc.assert(
      fc.asyncProperty(arrivalOf(story), async (arrival) => {
        const events = await tell(story, bookingReferenceOf(booking.bookingKey), arrival);
        expect(become(new BookingSimulation(), story, events).view).toMatchObject(story.booking);
      }),
      { numRuns: RUNS },
    );
  });

  test('a paid session comes to the same end', async () => {
    await fc.assert(
      fc.asyncProperty(arrivalOf(story), async (arrival) => {
        const events = await tell(story, referenceOf(sessionKey), arrival);
        expect(become(new Simulation(rulesByVersion[1]), story, events).view).toMatchObject(story.session);
      }),
      { numRuns: RUNS },
    );
  });
});

test('each of the messages is told: none is lost among the others', async () => {
  for (const story of stories) {
    const order = story.messages.map((_, index) => index);
    const events = await tell(story, bookingReferenceOf(booking.bookingKey), {
      order: [...order, ...order],
      pauses: [],
      signed: 'all',
    });
    expect(events).toHaveLength(story.messages.length);
  }
  expect(first).not.toBe(second);
});
