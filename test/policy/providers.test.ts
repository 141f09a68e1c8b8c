import { describe, expect, test } from '@jest/globals';
import type { AppointmentTruth } from '../../workflows/contract/events.ts';
import type { Policy } from '../../workflows/contract/session.ts';
import type { Actor } from '../../workflows/contract/values.ts';
import { rulesByVersion } from '../../workflows/policy/versions.ts';
import { at, DAY, HOUR, inputOf, PAID_AT, Simulation } from './simulation.ts';

const rules = rulesByVersion[1];
const START = PAID_AT + 10 * DAY;
const iso = (instant: number): string => new Date(instant).toISOString();

const CALCOM = 'calcom:bookings/';

function opened(policy: Partial<Policy> = {}, provider: 'calendly' | 'calcom' = 'calcom'): Simulation {
  const session = new Simulation(rules, inputOf({ provider }, policy)).open();
  if (provider === 'calcom') session.provider.prefix = CALCOM;
  session.now = at(PAID_AT + HOUR);
  return session;
}

function booked(policy: Partial<Policy> = {}, provider: 'calendly' | 'calcom' = 'calcom'): Simulation {
  const session = opened(policy, provider);
  return session.hear(session.provider.book(session.now, START)).drain();
}

function current({ provider }: Simulation): AppointmentTruth {
  const [one] = provider.live();
  if (!one) throw new Error('nothing is booked');
  return one;
}

const reschedule = (session: Simulation, startsAt: number | null, by: Actor = 'client') =>
  session.send({
    type: 'request.reschedule',
    by,
    ...(startsAt !== null && { startsAt: at(startsAt) }),
  });

const moves = (session: Simulation) =>
  session.sent.flatMap(({ call }) => (call.kind === 'move-appointment' ? [call] : []));
const cancels = (session: Simulation) =>
  session.sent.flatMap(({ call }) => (call.kind === 'cancel-appointment' ? [call.appointment] : []));

describe('a reschedule that names its time', () => {
  test('is made by Cal.com’s API, and its answer is what the session goes by', () => {
    const session = booked();
    const old = current(session);
    const to = START + 2 * DAY;
    expect(reschedule(session, to)).toEqual({ accepted: true, next: 'moving' });
    expect(moves(session)).toEqual([
      { kind: 'move-appointment', appointment: old.appointment, startsAt: to },
    ]);
    expect(session.view.startsAt).toBe(iso(START));
    session.drain();
    expect(session.view).toMatchObject({ startsAt: iso(to), appointment: current(session).appointment });
    expect(session.topics()).toContain('moved');
    // Its webhook says the same once more.
    const before = session.sent.length;
    const heard = { occurredAt: session.now, receivedAt: session.now };
    const { appointment, startsAt, endsAt } = current(session);
    session.hear([
      { type: 'appointment.moved', appointment, replaces: old.appointment, startsAt, endsAt, ...heard },
    ]);
    expect(session.sent.slice(before).map(({ call }) => call.kind)).toEqual([]);
  });

  const cases: readonly [string, (session: Simulation) => void, number | null, Actor, object][] = [
    ['without a time', () => {}, null, 'client', { accepted: true, next: 'provider-page' }],
    ['to the time that it has', () => {}, START, 'client', { accepted: true, next: 'none' }],
    ['into the past', () => {}, PAID_AT, 'client', { accepted: false, reason: 'in-the-past' }],
    [
      'a millisecond before the cutoff',
      (session) => void session.passTo(START - DAY - 1),
      START + DAY,
      'client',
      { accepted: true, next: 'moving' },
    ],
    [
      'at the cutoff',
      (session) => void session.passTo(START - DAY),
      START + DAY,
      'operator',
      { accepted: false, reason: 'after-cutoff' },
    ],
    [
      'while it is being moved',
      (session) => void reschedule(session, START + DAY),
      START + 2 * DAY,
      'client',
      { accepted: false, reason: 'move-pending' },
    ],
  ];
  test.each(cases)('%s', (_name, arrange, to, by, answer) => {
    const session = booked();
    arrange(session);
    expect(reschedule(session, to, by)).toMatchObject(answer);
  });

  test('leads a client to Calendly’s page, and an operator nowhere', () => {
    const session = booked({}, 'calendly');
    expect(reschedule(session, START + DAY)).toEqual({ accepted: true, next: 'provider-page' });
    expect(reschedule(session, START + DAY, 'operator')).toMatchObject({ reason: 'not-movable' });
    expect(moves(session)).toEqual([]);
  });

  test('begun in time and answered after the cutoff is in time', () => {
    const session = booked().passTo(START - DAY - 1);
    reschedule(session, START + 2 * DAY);
    session.now = at(START - DAY + 5 * 60_000);
    session.send({ type: 'clock.due' });
    session.drain();
    expect(session.view).toMatchObject({ startsAt: iso(START + 2 * DAY), lateChange: null });
  });

  test('that the provider refuses leaves the session as it is, and tells the client', () => {
    const session = booked();
    reschedule(session, START + 2 * DAY);
    session.fail(
      session.pending.findIndex(({ call }) => call.kind === 'move-appointment'),
      'vendor-rejected',
    );
    session.drain();
    expect(session.view).toMatchObject({ startsAt: iso(START), attention: [] });
    expect(session.topics().at(-1)).toBe('move-refused');
    expect(reschedule(session, START + 3 * DAY)).toMatchObject({ next: 'moving' });
  });

  test('that nobody answered is a step to be retried', () => {
    const session = booked();
    reschedule(session, START + 2 * DAY);
    session.fail(session.pending.findIndex(({ call }) => call.kind === 'move-appointment'));
    session.drain();
    const [failed] = session.view.attention;
    expect(failed).toMatchObject({
      code: 'vendor-unavailable',
      step: expect.stringMatching(/^move-appointment:/),
    });
    session.send({ type: 'operator.retry-failed' });
    session.drain();
    expect(session.view).toMatchObject({ startsAt: iso(START + 2 * DAY), attention: [] });
  });

  test('answered when the session is over, what it made is cancelled', () => {
    const session = booked();
    reschedule(session, START + 2 * DAY);
    const index = session.pending.findIndex(({ call }) => call.kind === 'move-appointment');
    const [move] = session.pending.splice(index, 1);
    if (!move) throw new Error('nothing is moved');
    session.send({ type: 'request.cancel', by: 'operator', refund: 'none' });
    session.send({ type: 'effect.done', step: move.step, result: session.resultOf(move) });
    session.drain();
    expect(session.provider.live()).toEqual([]);
  });
});

describe('a late change that was declined and is already made', () => {
  function declined(provider: 'calendly' | 'calcom'): Simulation {
    const session = booked({}, provider).passTo(START - 20 * HOUR);
    session.hear(session.provider.move(current(session), session.now, START + 3 * DAY)).drain();
    session.send({ type: 'operator.decide-late-change', by: 'agent', approve: false });
    return session;
  }

  test('is set back by Cal.com’s API, and nobody has to look', () => {
    const session = declined('calcom');
    expect(moves(session)).toEqual([
      { kind: 'move-appointment', appointment: current(session).appointment, startsAt: START },
    ]);
    session.drain();
    expect(session.topics()).toEqual(
      expect.arrayContaining(['late-change-declined', 'late-change-set-back']),
    );
    expect(session.topics()).not.toContain('late-change-declined-but-moved');
    expect(session.view).toMatchObject({
      startsAt: iso(START),
      appointment: current(session).appointment,
      lateChange: null,
      attention: [],
    });
    expect(current(session).startsAt).toBe(START);
  });

  test.each(['vendor-rejected', 'vendor-unavailable'])(
    'that cannot be set back (%s) is a person’s',
    (code) => {
      const session = declined('calcom');
      session.fail(
        session.pending.findIndex(({ call }) => call.kind === 'move-appointment'),
        code,
      );
      session.drain();
      expect(session.topics()).toContain('late-change-declined-but-moved');
      expect(session.attention()).toEqual(expect.arrayContaining(['late-change-declined-but-moved', code]));
      expect(session.view.startsAt).toBe(iso(START));
    },
  );

  test('is a person’s at Calendly', () => {
    const session = declined('calendly').drain();
    expect(moves(session)).toEqual([]);
    expect(session.attention()).toEqual(['late-change-declined-but-moved']);
  });
});

test('a link of Cal.com’s that is used twice does not go unseen: the newest stands, and a person is told', () => {
  const session = booked();
  session.now = at(session.now + HOUR);
  session.hear(session.provider.book(session.now, START + DAY)).drain();
  expect(session.view.startsAt).toBe(iso(START + DAY));
  expect(session.attention()).toEqual(['second-appointment']);
});

describe('handing a session over', () => {
  const handOver = (session: Simulation, provider: 'calendly' | 'calcom' = 'calcom') =>
    session.send({ type: 'operator.hand-over', provider, eventType: '7' });

  test('before it is booked: the next link is the other provider’s', () => {
    const session = opened({}, 'calendly');
    expect(handOver(session)).toEqual({ accepted: true, next: 'booking-link' });
    const before = session.sent.length;
    session.drain();
    // No link is asked for before the row names whose it is to be.
    expect(session.sent.slice(before).map(({ call }) => call.kind)).toEqual(['make-booking-link']);
    expect(session.view).toMatchObject({ provider: 'calcom', attention: [] });
    session.provider.prefix = CALCOM;
    session.hear(session.provider.book(session.now, START)).drain();
    expect([session.view.startsAt, cancels(session)]).toEqual([iso(START), []]);
  });

  test.each([
    ['before', START - 2 * DAY],
    ['after', START - 5 * HOUR],
  ])(
    'with an appointment, %s the cutoff: it stands until there is the new one, and is cancelled then',
    (_name, when) => {
      const session = booked({}, 'calendly').passTo(when);
      const old = current(session);
      expect(handOver(session)).toEqual({ accepted: true, next: 'booking-link' });
      session.drain();
      expect(session.view).toMatchObject({ startsAt: iso(START), rebook: true, provider: 'calcom' });
      expect(session.topics().at(-1)).toBe('provider-changed');
      expect(cancels(session)).toEqual([]);

      session.provider.prefix = CALCOM;
      session.now = at(session.now + HOUR);
      session.hear(session.provider.book(session.now, START + 2 * DAY)).drain();
      expect(cancels(session)).toEqual([old.appointment]);
      const { startsAt, attention, lateChange, rebook } = session.view;
      expect({ startsAt, attention, lateChange, rebook }).toEqual({
        startsAt: iso(START + 2 * DAY),
        attention: [],
        lateChange: null,
        rebook: undefined,
      });
      expect(session.provider.live()).toHaveLength(1);
    },
  );

  test('a reschedule at the provider that is left keeps the session to be booked anew', () => {
    const session = booked({}, 'calendly');
    handOver(session);
    session.drain();
    session.now = at(session.now + HOUR);
    session.hear(session.provider.move(current(session), session.now, START + DAY)).drain();
    expect(session.view).toMatchObject({ startsAt: iso(START + DAY), rebook: true });
    expect(reschedule(session, null)).toEqual({ accepted: true, next: 'booking-link' });
    const left = current(session).appointment;
    session.provider.prefix = CALCOM;
    session.now = at(session.now + HOUR);
    session.hear(session.provider.book(session.now, START + 2 * DAY)).drain();
    expect(cancels(session)).toEqual([left]);
  });

  const refusals: readonly [string, (session: Simulation) => void, string][] = [
    ['once it has begun', (session) => void session.passTo(START), 'started'],
    ['once it is over', (session) => void session.passTo(START + 2 * HOUR), 'settling'],
    [
      'while a late change waits',
      (session) => {
        session.passTo(START - 5 * HOUR);
        session.send({ type: 'request.late-change', by: 'client' });
      },
      'late-change-pending',
    ],
    ['while it is being moved', (session) => void reschedule(session, START + DAY), 'move-pending'],
  ];
  test.each(refusals)('is refused %s', (_name, arrange, reason) => {
    const session = booked();
    arrange(session);
    expect(handOver(session, 'calendly')).toMatchObject({ accepted: false, reason });
  });
});
