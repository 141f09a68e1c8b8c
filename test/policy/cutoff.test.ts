import { describe, expect, test } from '@jest/globals';
import { rulesByVersion } from '../../workflows/policy/versions.ts';
import { at, DAY, HOUR, inputOf, MINUTE, PAID_AT, POLICY, Simulation } from './simulation.ts';

const rules = rulesByVersion[1];
const START = PAID_AT + 10 * DAY;
const CUTOFF = START - POLICY.cutoffMs;

function booked(): Simulation {
  const session = new Simulation(rules, inputOf()).open();
  session.now = at(PAID_AT + HOUR);
  return session.hear(session.provider.book(session.now, START)).drain();
}

/** With a timer pending the core hears the request before anyone told it that the cutoff has come. */
const timers = [
  { timer: 'fired', arrive: (session: Simulation, instant: number) => session.passTo(instant) },
  {
    timer: 'pending',
    arrive: (session: Simulation, instant: number) => {
      session.now = at(instant);
    },
  },
];

const sides = [
  { ms: -1, accepted: true },
  { ms: 0, accepted: false },
  { ms: 1, accepted: false },
];

const cases = timers.flatMap((timer) => sides.map((side) => ({ ...timer, ...side })));

describe('the cutoff, to the millisecond', () => {
  test.each(cases)('reschedule at $ms ms, timer $timer', ({ ms, accepted, arrive }) => {
    const session = booked();
    arrive(session, CUTOFF + ms);
    expect(session.send({ type: 'request.reschedule', by: 'client' })).toEqual(
      accepted
        ? { accepted: true, next: 'provider-page' }
        : { accepted: false, reason: 'after-cutoff', at: CUTOFF },
    );
    expect(session.phase).toBe(accepted ? 'scheduled' : 'locked');
  });

  test.each(cases)('cancel at $ms ms, timer $timer', ({ ms, accepted, arrive }) => {
    const session = booked();
    arrive(session, CUTOFF + ms);
    expect(session.send({ type: 'request.cancel', by: 'client', refund: 'policy' })?.accepted).toBe(accepted);
    expect(session.kinds().includes('refund')).toBe(accepted);
  });

  test.each(cases)('a late change is asked for from $ms ms, timer $timer', ({ ms, accepted, arrive }) => {
    const session = booked();
    arrive(session, CUTOFF + ms);
    const verdict = session.send({ type: 'request.late-change', by: 'client' });
    expect(verdict).toMatchObject(accepted ? { reason: 'before-cutoff', at: CUTOFF } : { accepted: true });
  });

  test.each(cases)(
    'a move made at $ms ms and heard an hour later, timer $timer',
    ({ ms, accepted, arrive }) => {
      const session = booked();
      const [old] = session.provider.live();
      if (!old) throw new Error('nothing booked');
      arrive(session, CUTOFF + HOUR);
      const moved = session.provider.move(old, CUTOFF + ms, START + DAY);
      session.hear(moved.map((event) => ({ ...event, receivedAt: session.now })));
      expect(session.view.startsAt).toBe(new Date(accepted ? START + DAY : START).toISOString());
      expect(session.view.lateChange === null).toBe(accepted);
    },
  );

  test.each(cases)('a cancel made at the provider at $ms ms, timer $timer', ({ ms, accepted, arrive }) => {
    const session = booked();
    const [old] = session.provider.live();
    if (!old) throw new Error('nothing booked');
    arrive(session, CUTOFF + HOUR);
    session.hear(session.provider.cancel(old, CUTOFF + ms, 'client'));
    expect(session.phase).toBe(accepted ? 'awaiting-booking' : 'locked');
  });

  test('a provider clock ahead of ours is capped at the receipt', () => {
    const session = booked();
    const [old] = session.provider.live();
    if (!old) throw new Error('nothing booked');
    session.now = at(CUTOFF - 1);
    const moved = session.provider.move(old, CUTOFF + MINUTE, START + DAY);
    session.hear(moved.map((event) => ({ ...event, receivedAt: session.now })));
    expect(session.view.startsAt).toBe(new Date(START + DAY).toISOString());
  });
});

describe('a moved cutoff', () => {
  test('holds from then on, and does not judge what happened before', () => {
    const session = booked().passTo(CUTOFF + HOUR);
    const [old] = session.provider.live();
    if (!old) throw new Error('nothing booked');
    const late = session.provider.move(old, CUTOFF + MINUTE, START + DAY);
    expect(session.send({ type: 'operator.move-cutoff', cutoffMs: 2 * HOUR })).toMatchObject({
      accepted: true,
    });
    expect(session.phase).toBe('scheduled');
    expect(session.send({ type: 'request.reschedule', by: 'client' })).toMatchObject({ accepted: true });
    session.hear(late);
    expect(session.view.lateChange).not.toBeNull();
  });

  test('into the past is refused', () => {
    const session = booked();
    expect(session.send({ type: 'operator.move-cutoff', cutoffMs: 20 * DAY })).toMatchObject({
      reason: 'cutoff-passed',
    });
  });

  test('is granted once; one that was refused is not counted', () => {
    const session = booked();
    const granted = session.now;
    session.send({ type: 'operator.move-cutoff', cutoffMs: 20 * DAY });
    expect(session.send({ type: 'operator.move-cutoff', cutoffMs: 2 * HOUR })).toMatchObject({
      accepted: true,
    });
    session.now = at(session.now + HOUR);
    expect(session.send({ type: 'operator.move-cutoff', cutoffMs: HOUR })).toEqual({
      accepted: false,
      reason: 'already-granted',
      at: granted,
    });
    expect(session.view.cutoffAt).toBe(new Date(START - 2 * HOUR).toISOString());
  });

  test('an allowance does not keep the door open until the start', () => {
    const session = booked().passTo(CUTOFF - 1);
    session.send({ type: 'request.reschedule', by: 'client' });
    const [old] = session.provider.live();
    if (!old) throw new Error('nothing booked');
    session.passTo(CUTOFF + HOUR);
    session.hear(session.provider.move(old, session.now, START + DAY));
    expect(session.view.lateChange).not.toBeNull();
  });

  test('a move that an accepted request began is allowed, though it was made after the cutoff', () => {
    const session = booked().passTo(CUTOFF - 1);
    session.send({ type: 'request.reschedule', by: 'client' });
    const [old] = session.provider.live();
    if (!old) throw new Error('nothing booked');
    session.passTo(CUTOFF + 5 * MINUTE);
    session.hear(session.provider.move(old, session.now, START + DAY));
    expect(session.view.lateChange).toBeNull();
    expect(session.view.startsAt).toBe(new Date(START + DAY).toISOString());
  });
});

describe('daylight saving changes nothing: a cutoff is an instant', () => {
  test.each([
    { zone: 'Europe/Berlin, spring', start: '2026-03-29T08:00:00Z' },
    { zone: 'Europe/Berlin, autumn', start: '2026-10-25T09:00:00Z' },
    { zone: 'America/New_York, spring', start: '2026-03-08T14:00:00Z' },
    { zone: 'Australia/Lord_Howe, autumn', start: '2026-04-05T00:00:00Z' },
    { zone: 'America/Santiago, spring', start: '2026-09-06T14:00:00Z' },
  ])('$zone', ({ start }) => {
    const startsAt = Date.parse(start);
    const session = new Simulation(
      rules,
      inputOf({ startsAt: at(startsAt), paidAt: at(startsAt - 5 * DAY) }),
    ).open();
    expect(session.view.cutoffAt).toBe(new Date(startsAt - DAY).toISOString());
  });
});
