import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AppointmentTruth } from '../../workflows/contract/events.ts';
import type { StepId } from '../../workflows/contract/values.ts';
import type { BookingEvent } from '../../workflows/policy/booking/rules.ts';
import { deed, happen } from './booking-deeds.ts';
import { BookingSimulation, bookingInput, REQUESTED_AT } from './booking-simulation.ts';
import { at, DAY, HOUR, MINUTE, Provider, uri } from './simulation.ts';

const START = REQUESTED_AT + 10 * DAY;
const END = START + HOUR;

function newest(one: BookingSimulation | Provider): AppointmentTruth {
  const provider = one instanceof Provider ? one : one.provider;
  const [truth] = provider.live();
  if (!truth) throw new Error('nothing is booked');
  return truth;
}

function booked(): BookingSimulation {
  const one = new BookingSimulation().open();
  one.now = at(REQUESTED_AT + HOUR);
  return one.hear(one.provider.book(one.now, START)).drain();
}

describe('the life of a booking', () => {
  test('pending, scheduled, completed, settled, ended; one record for each change', () => {
    const one = booked();
    expect(one.view).toMatchObject({
      status: 'scheduled',
      linkReady: true,
      appointment: 'A1',
      startsAt: new Date(START).toISOString(),
      nextInstant: new Date(END).toISOString(),
    });
    one.passTo(END - 1);
    expect(one.view.status).toBe('scheduled');
    one.passTo(END);
    expect(one.view.status).toBe('completed');
    expect(one.asked()).toEqual(['A1']);
    one.passTo(END + DAY - 1);
    expect(one.ended).toBe(false);
    one.passTo(END + DAY);
    expect(one.ended).toBe(true);
    expect(one.view.nextInstant).toBeNull();
    expect(one.records()).toMatchObject([
      { status: 'scheduled', ended: false, startsAt: START, endsAt: END },
      { status: 'completed', ended: false },
      { status: 'completed', ended: true },
    ]);
    const versions = one.records().map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
  });

  test('what is due at the instant of an event comes first', () => {
    const one = booked();
    const { appointment } = newest(one);
    one.now = at(END);
    const heard = { occurredAt: at(END), receivedAt: at(END) };
    one.send({ type: 'appointment.cancelled', appointment, by: 'client', ...heard });
    expect(one.view).toMatchObject({ status: 'completed', reason: null });
    // In time by the provider's own clock, heard after the end.
    const inTime = { occurredAt: at(END - 1), receivedAt: at(END) };
    one.send({ type: 'appointment.cancelled', appointment, by: 'client', ...inTime });
    expect(one.view).toMatchObject({ status: 'cancelled', reason: 'cancelled-by-client' });
  });

  test.each(['client', 'host'] as const)('cancelled by the %s, it settles and ends', (by) => {
    const one = booked();
    one.hear(one.provider.cancel(newest(one), one.now, by)).drain();
    expect(one.view).toMatchObject({ status: 'cancelled', reason: `cancelled-by-${by}`, startsAt: null });
    one.passTo(one.now + DAY);
    expect(one.ended).toBe(true);
    expect(one.records().at(-1)).toMatchObject({ status: 'cancelled', ended: true });
  });

  test('a cancellation that is followed by a new appointment was none', () => {
    const one = booked();
    one.hear(one.provider.cancel(newest(one), one.now, 'client')).drain();
    one.now = at(one.now + HOUR);
    one.hear(one.provider.book(one.now, START + DAY)).drain();
    expect(one.view).toMatchObject({ status: 'scheduled', reason: null, appointment: 'A2' });
    one.passTo(START + DAY);
    expect(one.ended).toBe(false);
  });

  test('never booked: the provider is searched before it is given up', () => {
    const one = new BookingSimulation().open();
    const deadline = REQUESTED_AT + 30 * DAY;
    expect(one.view.nextInstant).toBe(new Date(deadline).toISOString());
    one.passTo(deadline, false);
    expect(one.view.status).toBe('pending');
    expect(one.asked()).toEqual([null]);
    one.drain();
    expect(one.view).toMatchObject({ status: 'cancelled', reason: 'not-booked' });
    one.passTo(deadline + DAY);
    expect(one.ended).toBe(true);
  });

  test('never heard of, but found by the search: booked', () => {
    const one = new BookingSimulation().open();
    one.provider.book(REQUESTED_AT + DAY, REQUESTED_AT + 40 * DAY);
    one.passTo(REQUESTED_AT + 30 * DAY);
    expect(one.view).toMatchObject({ status: 'scheduled', appointment: 'A1' });
  });

  test('booked while it settles as not booked: it is booked', () => {
    const one = new BookingSimulation().open().passTo(REQUESTED_AT + 30 * DAY + HOUR);
    expect(one.view.reason).toBe('not-booked');
    one.hear(one.provider.book(one.now, REQUESTED_AT + 40 * DAY)).drain();
    expect(one.view).toMatchObject({ status: 'scheduled', reason: null });
  });

  test('a lost cancellation is found at the end', () => {
    const one = booked();
    one.provider.cancel(newest(one), START - HOUR, 'host');
    one.passTo(END);
    expect(one.view).toMatchObject({ status: 'cancelled', reason: 'cancelled-by-host' });
  });

  test('moved silently by the host: the end moves with it', () => {
    const one = booked();
    const truth = newest(one);
    one.provider.appointments.set(truth.appointment, {
      ...truth,
      startsAt: at(START + DAY),
      endsAt: at(END + DAY),
    });
    one.passTo(END);
    expect(one.view).toMatchObject({ status: 'scheduled', endsAt: new Date(END + DAY).toISOString() });
    one.passTo(END + 2 * DAY);
    expect(one.ended).toBe(true);
  });
});

describe('a reschedule', () => {
  test('keeps it scheduled and is counted', () => {
    const one = booked();
    one.hear(one.provider.move(newest(one), one.now, START + DAY)).drain();
    one.hear(one.provider.move(newest(one), one.now, START + 2 * DAY)).drain();
    expect(one.view).toMatchObject({ status: 'scheduled', appointment: 'A3', reschedules: 2 });
  });

  test('half of it changes nothing, and the provider is asked for the other half', () => {
    const one = booked();
    const [half] = one.provider.move(newest(one), one.now, START + DAY);
    if (!half) throw new Error('no half');
    one.send(half);
    expect(one.view).toMatchObject({ status: 'scheduled', appointment: 'A1' });
    one.passTo(one.now + 2 * MINUTE);
    expect(one.asked()).toEqual(['A1']);
    expect(one.view).toMatchObject({ status: 'scheduled', appointment: 'A2', reschedules: 1 });
  });

  test('half of it whose other half nobody knows is no cancellation: the client chooses again', () => {
    const one = booked();
    const heard = { occurredAt: one.now, receivedAt: one.now };
    const half = { type: 'appointment.reschedule-pending', replacedBy: uri('A9'), ...heard } as const;
    one.send({ ...half, appointment: uri('A1') });
    one.provider.appointments.clear();
    one.passTo(one.now + 2 * MINUTE);
    expect(one.view).toMatchObject({ status: 'pending', reason: null, startsAt: null });
    one.passTo(REQUESTED_AT + 30 * DAY);
    expect(one.view).toMatchObject({ status: 'cancelled', reason: 'not-booked' });
  });

  test('that the host asks for is no cancellation; the client has at least the settle time to choose', () => {
    const one = booked();
    one.passTo(REQUESTED_AT + 9 * DAY);
    one.hear(one.provider.askToMove(newest(one), one.now)).drain();
    expect(one.view).toMatchObject({ status: 'pending', reason: null });
    one.hear(one.provider.book(one.now + HOUR, START + DAY)).drain();
    expect(one.view).toMatchObject({ status: 'scheduled', appointment: 'A2' });
  });
});

describe('a no-show', () => {
  test('is set and cleared beside the status until the booking has settled', () => {
    const one = booked();
    one.passTo(END + HOUR);
    one.hear(one.provider.noShow(newest(one), one.now, true)).drain();
    expect(one.view).toMatchObject({ status: 'completed', noShow: true });
    one.now = at(one.now + HOUR);
    one.hear(one.provider.noShow(newest(one), one.now, false)).drain();
    expect(one.view.noShow).toBe(false);
    one.now = at(one.now + HOUR);
    one.hear(one.provider.noShow(newest(one), one.now, true)).drain();
    one.passTo(END + DAY);
    expect(one.records().at(-1)).toMatchObject({ status: 'completed', noShow: true, ended: true });
    const before = one.state;
    one.hear(one.provider.noShow(newest(one), one.now, false)).drain();
    expect(one.state).toEqual(before);
  });
});

describe('a step that failed', () => {
  test('the scheduling link: who waits is told so, a retry repairs it', () => {
    const one = new BookingSimulation();
    one.send({ type: 'clock.opened' });
    expect(one.linkAnswer).toBeNull();
    const step = one.fail('vendor-unavailable') as StepId;
    expect(one.view.attention).toMatchObject([{ step, code: 'vendor-unavailable' }]);
    expect(one.linkAnswer).toEqual({ accepted: false, reason: 'link-unavailable', at: null });
    expect(one.send({ type: 'operator.retry', step })).toMatchObject({ accepted: true });
    expect(one.linkAnswer).toBeNull();
    expect(one.send({ type: 'operator.retry', step })).toMatchObject({ reason: 'step-running' });
    one.drain();
    expect(one.linkAnswer).toEqual({ accepted: true, next: 'booking-link' });
    expect(one.view.attention).toEqual([]);
    expect(one.send({ type: 'operator.skip', step })).toMatchObject({ reason: 'unknown-step' });
  });

  test('the search at the deadline: nothing is given up before somebody says so', () => {
    const one = new BookingSimulation().open().passTo(REQUESTED_AT + 30 * DAY, false);
    const step = one.fail('vendor-unavailable') as StepId;
    one.passTo(REQUESTED_AT + 60 * DAY);
    expect(one.view.status).toBe('pending');
    expect(one.send({ type: 'operator.skip', step })).toMatchObject({ accepted: true });
    expect(one.view).toMatchObject({ status: 'cancelled', reason: 'not-booked' });
  });

  test('a record: the newest is told when the one under way is done, and a failed one is retried', () => {
    const one = new BookingSimulation().open();
    one.hear(one.provider.book(one.now, START));
    one.hear(one.provider.move(newest(one), one.now, START + DAY));
    expect(one.records()).toHaveLength(1);
    one.finish();
    expect(one.records().at(-1)).toMatchObject({ startsAt: START + DAY, reschedules: 1 });
    const step = one.fail('row-missing') as StepId;
    expect(one.view.attention).toMatchObject([{ step, code: 'row-missing' }]);
    one.send({ type: 'operator.retry', step });
    one.drain();
    expect(one.records().at(-1)).toMatchObject({ startsAt: START + DAY });
    expect(one.view.attention).toEqual([]);
  });

  test('the last record: the booking is not over before it is written or skipped', () => {
    const one = booked()
      .passTo(END)
      .passTo(END + DAY, false);
    const step = one.fail('row-missing') as StepId;
    expect(one.ended).toBe(false);
    one.send({ type: 'operator.skip', step });
    expect(one.ended).toBe(true);
  });
});

describe('an operator who cancels', () => {
  test('ends the booking when its appointment is cancelled at the provider', () => {
    const one = booked();
    one.send({ type: 'operator.cancel' });
    expect(one.view).toMatchObject({ status: 'cancelled', reason: 'operator' });
    expect(one.ended).toBe(false);
    one.drain();
    expect(one.provider.live()).toEqual([]);
    expect(one.ended).toBe(true);
    expect(one.records().at(-1)).toMatchObject({ status: 'cancelled', reason: 'operator', ended: true });
  });

  test('ends one without an appointment at once, the link being made or not', () => {
    const one = new BookingSimulation();
    one.send({ type: 'clock.opened' });
    one.send({ type: 'operator.cancel' });
    expect(one.linkAnswer).toMatchObject({ accepted: false, reason: 'ended' });
    one.drain();
    expect(one.ended).toBe(true);
    expect(one.view).toMatchObject({ status: 'cancelled', reason: 'operator' });
  });

  test('does not rewrite what took place', () => {
    const one = booked().passTo(END + HOUR);
    one.send({ type: 'operator.cancel' });
    one.drain();
    expect(one.ended).toBe(true);
    expect(one.view).toMatchObject({ status: 'completed', reason: null });
  });
});

test('two appointments under one booking are a matter for a person', () => {
  const one = booked();
  one.hear(one.provider.book(one.now, START + DAY)).drain();
  expect(one.view.attention).toMatchObject([{ code: 'second-appointment' }]);
  one.hear(one.provider.cancel(newest(one), one.now, 'host')).drain();
  expect(one.view).toMatchObject({ status: 'scheduled', appointment: 'A1', attention: [] });
});

// — A provider's history, in any order and any number of times ———————————————————————————————————————————————

function told(events: readonly BookingEvent[]): BookingSimulation {
  const one = new BookingSimulation().open();
  one.now = at(REQUESTED_AT + 3 * HOUR);
  return one.hear(events);
}

/** Everything that the facts decide, without the traces of how they were heard. */
function fingerprint(one: BookingSimulation): unknown {
  const { nextInstant: _next, ...view } = one.view;
  return { view, facts: one.state.appointments };
}

test('order and repetition do not matter, and the newest live appointment is current', () => {
  fc.assert(
    fc.property(
      fc.array(deed, { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      (deeds, dice) => {
        const roll = (sides: number): number => (dice.next().value ?? 0) % sides;
        const provider = new Provider();
        const events = happen(provider, deeds);
        const mixed = events
          .flatMap((event) => Array.from({ length: 1 + roll(3) }, () => event))
          .map((event) => ({ event, key: roll(1000) }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ event }) => event);
        const straight = told(events);
        expect(straight.view.appointment).toBe(provider.live()[0]?.appointment ?? null);
        expect(fingerprint(told(mixed))).toEqual(fingerprint(straight));
      },
    ),
    { numRuns: 500, seed: 20261121 },
  );
});

test('every event in every state has a result, and each booking comes to its end', () => {
  const steps = ['make-booking-link', 'ask-provider:1', 'record-booking', 'nonsense'] as readonly string[];
  const operator = fc.record({
    type: fc.constantFrom('operator.retry' as const, 'operator.skip' as const),
    step: fc.constantFrom(...steps).map((step) => step as StepId),
  });
  const move = fc.oneof(
    { weight: 4, arbitrary: fc.record({ deed, wait: fc.integer({ min: 0, max: 20 * DAY }) }) },
    { weight: 2, arbitrary: fc.record({ operator }) },
    { weight: 2, arbitrary: fc.record({ outcome: fc.constantFrom('finish', 'fail', 'drain') }) },
    { weight: 1, arbitrary: fc.constant({ cancel: true }) },
  );
  fc.assert(
    fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
      const one = new BookingSimulation();
      one.send({ type: 'clock.opened' });
      for (const each of moves) {
        if ('deed' in each) {
          one.passTo(one.now + each.wait, false);
          const [known] = one.provider.live();
          const startsAt = one.now + each.deed.startsIn * DAY;
          one.hear(
            known ? one.provider.move(known, one.now, startsAt) : one.provider.book(one.now, startsAt),
          );
        } else if ('operator' in each) one.send(each.operator);
        else if ('cancel' in each) one.send({ type: 'operator.cancel' });
        else if (each.outcome === 'finish') one.finish();
        else if (each.outcome === 'drain') one.drain();
        else if (one.pending.length > 0) one.fail('vendor-unavailable');
      }
      for (let guard = 0; !one.ended; guard += 1) {
        if (guard > 20) throw new Error(`never ended: ${JSON.stringify(one.state)}`);
        one.drain();
        for (const { step } of one.state.attention) one.send({ type: 'operator.retry', step });
        one.drain().passTo(one.now + 60 * DAY);
      }
      const last = one.records().at(-1);
      expect(last).toMatchObject({ ended: true, status: one.view.status });
      expect(['completed', 'cancelled']).toContain(one.view.status);
    }),
    { numRuns: 300, seed: 20261121 },
  );
});

test('malformed events change nothing', () => {
  const one = booked();
  const before = one.state;
  const heard = { occurredAt: at(Number.NaN), receivedAt: at(0) };
  one.send({ type: 'appointment.cancelled', appointment: uri('A1'), by: 'client', ...heard });
  one.send({ type: 'appointment.unheard-of' } as never);
  expect(one.state).toEqual(before);
  expect(bookingInput.bookingKey).toBe(one.view.bookingKey);
});
