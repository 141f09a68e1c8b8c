import { describe, expect, test } from '@jest/globals';
import type { AppointmentTruth } from '../../workflows/contract/events.ts';
import type { StepId } from '../../workflows/contract/values.ts';
import { rulesByVersion } from '../../workflows/policy/versions.ts';
import { BookingSimulation, REQUESTED_AT } from './booking-simulation.ts';
import { at, DAY, HOUR, inputOf, PAID_AT, Simulation } from './simulation.ts';

const asked = 'ask-provider:asked' as StepId;

function onlyOne(one: Simulation | BookingSimulation): AppointmentTruth {
  const [truth] = one.provider.live();
  if (!truth) throw new Error('nothing is booked');
  return truth;
}

/** A host's request as Cal.com's API tells it: a cancellation that names nobody, a moment before the webhook. */
const asCancelled = (truth: AppointmentTruth, now: number): AppointmentTruth => ({
  ...truth,
  end: { kind: 'cancelled', by: 'client', at: at(now - 5000) },
});

describe('a host who asked for another time has cancelled nothing', () => {
  const START = PAID_AT + 10 * DAY;

  test.each([
    ['in time', 3 * DAY],
    ['after the cutoff', HOUR],
  ])('a session, %s', (_, before) => {
    const session = new Simulation(rulesByVersion[1], inputOf({}, { onCancel: 'end' })).open();
    session.now = at(PAID_AT + HOUR);
    session.hear(session.provider.book(session.now, START)).drain();
    session.passTo(START - before);
    const truth = onlyOne(session);
    session.hear(session.provider.askToMove(truth, session.now)).drain();
    session.send({
      type: 'effect.done',
      step: asked,
      result: { kind: 'ask-provider', truth: { appointments: [asCancelled(truth, session.now)] } },
    });
    session.drain();
    expect(session.view).toMatchObject({ phase: 'awaiting-booking', lateChange: null, outcome: null });
  });

  test('a booking', () => {
    const booking = new BookingSimulation().open();
    booking.now = at(REQUESTED_AT + HOUR);
    booking.hear(booking.provider.book(booking.now, REQUESTED_AT + 10 * DAY)).drain();
    const truth = onlyOne(booking);
    booking.now = at(booking.now + DAY);
    booking.hear(booking.provider.askToMove(truth, booking.now)).drain();
    const { status } = booking.view;
    booking.send({
      type: 'effect.done',
      step: asked,
      result: { kind: 'ask-provider', truth: { appointments: [asCancelled(truth, booking.now)] } },
    });
    booking.drain();
    expect(booking.view.status).toBe(status);
    expect(status).not.toBe('cancelled');
  });
});
