import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BookingStatus, BookingVerdict } from '../../workflows/contract/booking.ts';
import type { AppointmentTruth } from '../../workflows/contract/events.ts';
import type { Instant, StepId } from '../../workflows/contract/values.ts';
import { deed, happen } from './booking-deeds.ts';
import { BookingSimulation, REQUESTED_AT } from './booking-simulation.ts';
import { at, DAY, HOUR, MINUTE, Provider, uri } from './simulation.ts';

const START = REQUESTED_AT + 10 * DAY;
const END = START + HOUR;

function opened(): BookingSimulation {
  const one = new BookingSimulation().open();
  one.now = at(REQUESTED_AT + HOUR);
  return one;
}

function booked(): BookingSimulation {
  const one = opened();
  return one.hear(one.provider.book(one.now, START)).drain();
}

function cancelled(by: 'client' | 'host'): BookingSimulation {
  const one = booked();
  const [known] = one.provider.live();
  return known ? one.hear(one.provider.cancel(known, one.now, by)).drain() : one;
}

/** Given up by an operator, its appointment not cancelled at the provider yet. */
function stopped(): BookingSimulation {
  const one = booked();
  one.send({ type: 'request.cancel' });
  return one;
}

/** Made at the provider, and not heard of. */
function unheard(one: BookingSimulation, startsAt = START + DAY): AppointmentTruth {
  one.provider.book(one.now, startsAt);
  const [truth] = one.provider.live();
  if (!truth) throw new Error('nothing is booked');
  return truth;
}

function change(one: BookingSimulation, status: BookingStatus, appointment: AppointmentTruth | null = null) {
  return one.send({ type: 'request.change-status', status, appointment });
}

const situations: Readonly<Record<string, () => BookingSimulation>> = {
  'asked for': opened,
  'asked for, the provider being searched at the deadline': () =>
    opened().passTo(REQUESTED_AT + 30 * DAY, false),
  'scheduled, days before': booked,
  'scheduled, an instant before the start': () => booked().passTo(START - 1),
  'scheduled, under way': () => booked().passTo(START + MINUTE),
  'scheduled, an instant before the end': () => booked().passTo(END - 1),
  // The clock rings with the request, not before it.
  'scheduled, at the end': () => {
    const one = booked();
    one.now = at(END);
    return one;
  },
  completed: () => booked().passTo(END + HOUR),
  'completed and settled': () => booked().passTo(END + 2 * DAY),
  'cancelled by the client': () => cancelled('client'),
  'cancelled by the host': () => cancelled('host'),
  'never booked': () => opened().passTo(REQUESTED_AT + 30 * DAY + HOUR),
  'given up by an operator': stopped,
  'given up by an operator, and over': () => stopped().drain(),
};

const targets: readonly BookingStatus[] = ['pending', 'scheduled', 'completed', 'cancelled'];

const toAll = 'no: scheduled, cancelled';
const toCancelled = 'no: cancelled';
const toNone = 'no: ';
/** For each target, `yes` with the status afterwards, or `no` with what would be allowed. */
const expected: Readonly<Record<string, readonly [string, string, string, string]>> = {
  'asked for': ['yes: pending', 'yes: scheduled', toAll, 'yes: cancelled'],
  'asked for, the provider being searched at the deadline': [
    'yes: pending',
    'yes: scheduled',
    toAll,
    'yes: cancelled',
  ],
  'scheduled, days before': [toCancelled, 'yes: scheduled', toCancelled, 'yes: cancelled'],
  'scheduled, an instant before the start': [toCancelled, 'yes: scheduled', toCancelled, 'yes: cancelled'],
  'scheduled, under way': [toCancelled, 'yes: scheduled', toCancelled, 'yes: cancelled'],
  'scheduled, an instant before the end': [toCancelled, 'yes: scheduled', toCancelled, 'yes: cancelled'],
  'scheduled, at the end': [toNone, toNone, 'yes: completed', toNone],
  completed: [toNone, toNone, 'yes: completed', toNone],
  'completed and settled': [toNone, toNone, 'yes: completed', toNone],
  'cancelled by the client': [toNone, toNone, toNone, 'yes: cancelled'],
  'cancelled by the host': [toNone, toNone, toNone, 'yes: cancelled'],
  'never booked': [toNone, toNone, toNone, 'yes: cancelled'],
  'given up by an operator': [toNone, toNone, toNone, 'yes: cancelled'],
  'given up by an operator, and over': [toNone, toNone, toNone, 'yes: cancelled'],
};

function written(one: BookingSimulation, verdict: BookingVerdict | null): string {
  if (verdict?.accepted) return `yes: ${one.view.status}`;
  return `no: ${verdict?.allowed?.join(', ')}`;
}

const cells = Object.entries(expected).flatMap(([situation, row]) =>
  targets.map((target, column) => ({ situation, target, result: row[column] ?? 'missing' })),
);

describe('every status that may be asked for, at every time', () => {
  test('the table names every situation', () => {
    expect(Object.keys(expected)).toEqual(Object.keys(situations));
  });

  test.each(cells)('$situation → $target: $result', ({ situation, target, result }) => {
    const one = (situations[situation] ?? opened)();
    const verdict = change(one, target, target === 'scheduled' ? unheard(one, START + 40 * DAY) : null);
    expect(written(one, verdict)).toBe(result);
    // A repeat is told the same, unless it asks for what it has by now.
    const again = change(one, target);
    expect(written(one, again)).toBe(result);
  });
});

test('who asks for nothing new does not wait for a search that has nothing to do with a cancellation', () => {
  const one = opened().passTo(REQUESTED_AT + 30 * DAY, false);
  expect(change(one, 'pending')).toEqual({ accepted: true, next: 'none' });
  expect(one.cancelAnswer).toEqual({ accepted: true, next: 'none' });
});

describe('scheduled by hand', () => {
  test('the appointment is heard as a fact; its webhook later adds nothing', () => {
    const one = opened();
    const events = one.provider.book(one.now, START);
    const [truth] = one.provider.live();
    expect(change(one, 'scheduled', truth ?? null)).toEqual({ accepted: true, next: 'none' });
    one.drain();
    expect(one.view).toMatchObject({ status: 'scheduled', appointment: 'A1', linkReady: true });
    expect(one.records()).toMatchObject([{ status: 'scheduled', startsAt: START, appointment: 'A1' }]);
    const before = one.view;
    one.hear(events).drain();
    expect(one.view).toEqual(before);
    one.passTo(END);
    expect(one.view.status).toBe('completed');
  });

  const ended = (truth: AppointmentTruth, end: AppointmentTruth['end']): AppointmentTruth => ({
    ...truth,
    end,
  });

  test.each<[string, (truth: AppointmentTruth, now: Instant) => AppointmentTruth | null]>([
    ['no appointment', () => null],
    ['a cancelled one', (truth, now) => ended(truth, { kind: 'cancelled', by: 'client', at: now })],
    [
      'one that the host asked to move',
      (truth, now) => ended(truth, { kind: 'replaced', replacedBy: null, at: now }),
    ],
    [
      'one whose replacement nobody named',
      (truth, now) => ended(truth, { kind: 'replaced', replacedBy: uri('A9'), at: now }),
    ],
    ['one that is over', (truth, now) => ({ ...truth, endsAt: now })],
  ])('%s is refused and changes nothing', (_what, make) => {
    const one = opened();
    const before = one.state;
    expect(change(one, 'scheduled', make(unheard(one), one.now))).toEqual({
      accepted: false,
      reason: 'impossible-transition',
      at: null,
      allowed: ['scheduled', 'cancelled'],
    });
    expect(one.state).toEqual(before);
  });

  test('one that is known to be cancelled stays cancelled, whatever is said of it', () => {
    const one = booked();
    const [truth] = one.provider.live();
    if (!truth) throw new Error('nothing is booked');
    one.hear(one.provider.askToMove(truth, one.now)).drain();
    expect(one.view.status).toBe('pending');
    expect(change(one, 'scheduled', truth)).toMatchObject({ reason: 'impossible-transition' });
    expect(one.view.status).toBe('pending');
  });
});

describe('an operator who gives it up', () => {
  test('is answered when the appointment is cancelled and the provider was searched', () => {
    const one = booked();
    expect(one.send({ type: 'request.cancel' })).toEqual({ accepted: true, next: 'none' });
    expect(one.view).toMatchObject({ status: 'cancelled', reason: 'operator' });
    expect(one.cancelAnswer).toBeNull();
    one.drain();
    expect(one.cancelAnswer).toEqual({ accepted: true, next: 'none' });
    expect(one.provider.live()).toEqual([]);
    expect(one.ended).toBe(true);
    expect(one.send({ type: 'request.cancel' })).toEqual({ accepted: true, next: 'none' });
  });

  test('an appointment that was made seconds before and never heard of is found and cancelled', () => {
    const one = opened();
    unheard(one);
    one.send({ type: 'request.cancel' });
    expect(one.asked()).toEqual([null]);
    one.drain();
    expect(one.provider.live()).toEqual([]);
    expect(one.ended).toBe(true);
  });

  test('an appointment that is heard of while the provider is searched is cancelled too', () => {
    const one = opened();
    one.send({ type: 'request.cancel' });
    one.hear(one.provider.book(one.now, START));
    expect(one.view).toMatchObject({ status: 'cancelled', reason: 'operator' });
    one.drain();
    expect(one.provider.live()).toEqual([]);
    expect(one.ended).toBe(true);
  });

  test('an appointment under way is cancelled; one that is over is not', () => {
    const one = booked().passTo(START + MINUTE);
    one.send({ type: 'request.cancel' });
    one.drain();
    expect(one.provider.live()).toEqual([]);
    const over = booked().passTo(END);
    expect(over.send({ type: 'request.cancel' })).toMatchObject({ reason: 'impossible-transition' });
    expect(over.provider.live()).toHaveLength(1);
  });

  test.each(['client', 'host'] as const)('what the %s cancelled is not given up again', (by) => {
    expect(cancelled(by).send({ type: 'request.cancel' })).toEqual({
      accepted: false,
      reason: 'impossible-transition',
      at: null,
      allowed: [],
    });
  });

  test('a link that is being made is wanted no more', () => {
    const one = new BookingSimulation();
    one.send({ type: 'clock.opened' });
    const step = 'make-booking-link' as StepId;
    expect(one.wants(step)).toBe(true);
    one.send({ type: 'request.cancel' });
    expect(one.wants(step)).toBe(false);
    expect(one.view.linkReady).toBe(false);
  });

  test('the provider refuses: cancelled all the same, answered so, and open until a person has looked', () => {
    const one = booked();
    one.send({ type: 'request.cancel' });
    one.now = at(one.now + MINUTE);
    const release = 'cancel-appointment:A1' as StepId;
    one.fail(
      'vendor-forbidden',
      one.pending.findIndex(({ step }) => step === release),
    );
    one.drain();
    const refused = { accepted: false, reason: 'provider-failed', at: one.now };
    expect(one.cancelAnswer).toEqual(refused);
    one.passTo(one.now + 60 * DAY);
    expect(one.ended).toBe(false);
    expect(one.view).toMatchObject({ status: 'cancelled', attention: [{ step: release }] });
    expect(one.records().at(-1)).toMatchObject({ status: 'cancelled', needsAttention: true, ended: false });
    one.send({ type: 'operator.retry', step: release });
    expect(one.cancelAnswer).toBeNull();
    one.drain();
    expect(one.cancelAnswer).toEqual({ accepted: true, next: 'none' });
    expect(one.ended).toBe(true);
  });

  test('the provider cannot be searched: webhooks are heard for the settle time, then it ends', () => {
    const one = opened();
    one.send({ type: 'request.cancel' });
    one.fail(
      'vendor-unavailable',
      one.pending.findIndex(({ call }) => call.kind === 'ask-provider'),
    );
    one.drain();
    expect(one.cancelAnswer).toMatchObject({ reason: 'provider-failed' });
    expect(one.view.attention).toMatchObject([{ code: 'vendor-unavailable' }]);
    const failedAt = one.now;
    one.passTo(failedAt + DAY - 1);
    expect(one.ended).toBe(false);
    one.hear(one.provider.book(one.now, START)).drain();
    expect(one.provider.live()).toEqual([]);
    one.passTo(failedAt + DAY);
    expect(one.ended).toBe(true);
    expect(one.records().at(-1)).toMatchObject({ status: 'cancelled', reason: 'operator', ended: true });
  });

  test.each(['retry', 'skip'] as const)('the search that failed: after a %s it ends at once', (verb) => {
    const one = opened();
    unheard(one);
    one.send({ type: 'request.cancel' });
    const search = one.pending.findIndex(({ call }) => call.kind === 'ask-provider');
    const step = one.fail('vendor-unavailable', search) as StepId;
    one.drain();
    one.send({ type: `operator.${verb}`, step });
    one.drain();
    expect(one.ended).toBe(true);
    expect(one.provider.live()).toHaveLength(verb === 'retry' ? 0 : 1);
  });

  test('a run that is cancelled while the provider is searched ends without the answer', () => {
    const one = opened();
    one.send({ type: 'request.cancel' });
    one.send({ type: 'operator.cancel' });
    expect(one.cancelAnswer).toEqual({ accepted: true, next: 'none' });
    expect(one.pending.filter(({ step, call }) => call.kind === 'ask-provider' && one.wants(step))).toEqual(
      [],
    );
  });
});

// — Requests among a provider's events, in any order and any number of times ————————————————————————————————————

const request = fc.oneof(
  fc.constant({ type: 'request.cancel' } as const),
  fc.record({
    type: fc.constant('request.change-status' as const),
    status: fc.constantFrom(...targets),
    appointment: fc.constant(null),
  }),
);

test('nothing that was heard of outlives a cancellation that was accepted, and a refused request changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(deed, { minLength: 1, maxLength: 6 }),
      fc.array(request, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.nat()),
      (deeds, requests, dice) => {
        const roll = (sides: number): number => (dice.next().value ?? 0) % sides;
        const one = opened();
        const events = happen(one.provider, deeds).flatMap((event) =>
          Array.from({ length: 1 + roll(2) }, () => event),
        );
        one.now = at(REQUESTED_AT + 3 * HOUR);
        const mixed = [...events, ...requests]
          .map((event) => ({ event, key: roll(1000) }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ event }) => event);
        let gaveUp = false;
        for (const event of mixed) {
          const before = one.state;
          const verdict = one.send(event);
          const noOp = event.type === 'request.change-status' && event.status === before.status;
          if (verdict && (!verdict.accepted || noOp)) expect(one.state).toEqual(before);
          gaveUp ||= one.state.stopped;
          if (gaveUp) expect(one.view).toMatchObject({ status: 'cancelled', reason: 'operator' });
          for (let turns = roll(3); turns > 0; turns -= 1) one.finish();
        }
        one.drain();
        expect(one.cancelAnswer).toEqual({ accepted: true, next: 'none' });
        if (!gaveUp) return;
        expect(one.ended).toBe(true);
        expect(one.provider.live()).toEqual([]);
      },
    ),
    { numRuns: 500, seed: 20261123 },
  );
});

test('the order of the provider’s events decides nothing about a booking that was given up', () => {
  fc.assert(
    fc.property(
      fc.array(deed, { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      (deeds, dice) => {
        const provider = new Provider();
        const events = happen(provider, deeds);
        const finals = [events, events.toSorted(() => ((dice.next().value ?? 0) % 3) - 1)].map((told) => {
          const one = opened();
          one.now = at(REQUESTED_AT + 3 * HOUR);
          one.send({ type: 'request.cancel' });
          one.hear(told);
          const { nextInstant: _next, ...view } = one.view;
          return { view, released: one.state.released.toSorted() };
        });
        expect(finals[0]?.view).toEqual(finals[1]?.view);
        const alive = provider.live().map(({ appointment }) => appointment);
        for (const { released } of finals) expect(released).toEqual(expect.arrayContaining(alive));
      },
    ),
    { numRuns: 300, seed: 20261123 },
  );
});
