import { describe, expect, test } from '@jest/globals';
import type { AppointmentTruth } from '../../workflows/contract/events.ts';
import type { Policy, SessionInput } from '../../workflows/contract/session.ts';
import { rulesByVersion } from '../../workflows/policy/versions.ts';
import type { StepId } from '../../workflows/contract/values.ts';
import { at, DAY, HOUR, inputOf, MINUTE, PAID_AT, Simulation } from './simulation.ts';

const rules = rulesByVersion[1];
const START = PAID_AT + 10 * DAY;

function opened(input: Partial<SessionInput> = {}, policy: Partial<Policy> = {}): Simulation {
  return new Simulation(rules, inputOf(input, policy)).open();
}

function booked(policy: Partial<Policy> = {}): Simulation {
  const session = opened({}, policy);
  session.now = at(PAID_AT + HOUR);
  return session.hear(session.provider.book(session.now, START)).drain();
}

function current({ provider }: Simulation): AppointmentTruth {
  const [one] = provider.live();
  if (!one) throw new Error('nothing is booked');
  return one;
}

describe('opening', () => {
  test('the payment is confirmed before anything is given; then everything begins side by side', () => {
    const session = new Simulation(rules);
    session.send({ type: 'clock.opened' });
    expect(session.kinds()).toEqual(['confirm-payment']);
    expect(session.view.gate.page).toBeNull();
    session.finish();
    expect(session.kinds().slice(1)).toEqual([
      'issue-link',
      'open-ticket',
      'put-route',
      'make-booking-link',
      'publish',
    ]);
    expect(session.view.gate.page).toEqual({ from: PAID_AT, until: PAID_AT + 30 * DAY });
    expect(session.phase).toBe('opening');
    session.drain();
    expect(session.phase).toBe('awaiting-booking');
    expect(session.topics()).toEqual(['link']);
    expect(session.rules.unpublished(session.state)).toEqual([]);
  });

  test('with a time of its own the session needs no booking link', () => {
    const session = opened({ startsAt: at(START) });
    expect(session.kinds()).not.toContain('make-booking-link');
    expect(session.phase).toBe('scheduled');
    expect(session.view.cutoffAt).toBe(new Date(START - DAY).toISOString());
  });

  test('an order that is not paid opens nothing until a retry finds it paid', () => {
    const session = new Simulation(rules);
    session.payment = 'not-paid';
    session.open();
    expect(session.phase).toBe('opening');
    expect(session.attention()).toEqual(['order-not-paid']);
    expect(session.kinds()).not.toContain('open-ticket');
    session.payment = 'paid';
    expect(session.send({ type: 'operator.retry', step: 'confirm-payment' as StepId })).toMatchObject({
      accepted: true,
    });
    session.drain();
    expect(session.phase).toBe('awaiting-booking');
    expect(session.attention()).toEqual([]);
  });

  test('an order cancelled meanwhile ends without a ticket and without a refund', () => {
    const session = new Simulation(rules);
    session.payment = 'cancelled';
    session.open();
    expect(session.view).toMatchObject({ phase: 'ended', outcome: 'refunded' });
    expect(session.kinds()).toEqual(['confirm-payment', 'publish']);
    expect(rules.hasEnded(session.state)).toBe(true);
  });

  test.each(['open-ticket', 'put-route', 'issue-link:1'])(
    'a failed %s does not hold the session; the link is mailed once it is repaired, once',
    (step) => {
      const session = new Simulation(rules);
      session.send({ type: 'clock.opened' });
      session.finish();
      const index = session.pending.findIndex((effect) => effect.step === step);
      session.fail(index);
      session.drain();
      expect(session.phase).toBe('awaiting-booking');
      expect(session.topics()).not.toContain('link');
      expect(session.view.attention).toMatchObject([{ step, code: 'vendor-unavailable', requestId: 'r-1' }]);
      session.hear(session.provider.book(session.now, START)).drain();
      expect(session.send({ type: 'operator.retry', step: step as StepId })).toMatchObject({
        accepted: true,
      });
      expect(session.send({ type: 'operator.retry', step: step as StepId })).toMatchObject({
        reason: 'step-running',
      });
      session.drain();
      expect(session.attention()).toEqual([]);
      expect(session.topics().filter((topic) => topic === 'link')).toHaveLength(1);
      expect(session.topics()).toContain('booked');
    },
  );

  test('a refused value of the product is told to agents and needs attention', () => {
    const session = opened({ problems: [{ field: 'session.cutoff', code: 'not-a-duration' }] });
    expect(session.topics()).toEqual(['link', 'attention']);
    expect(session.attention()).toEqual(['not-a-duration']);
    expect(session.send({ type: 'operator.skip', step: 'not-a-duration' as StepId })).toMatchObject({
      accepted: true,
    });
    expect(session.attention()).toEqual([]);
  });

  test('a start in the past is no start', () => {
    const session = opened({ startsAt: at(PAID_AT - DAY) });
    expect(session.phase).toBe('awaiting-booking');
    expect(session.attention()).toEqual(['start-in-the-past']);
  });
});

describe('the whole life', () => {
  test('booked, reminded at the cutoff, locked, over, settled, closed', () => {
    const session = booked();
    expect(session.phase).toBe('scheduled');
    session.passTo(START - DAY);
    expect(session.phase).toBe('locked');
    expect(session.sent.filter(({ call }) => call.kind === 'remind')).toHaveLength(1);
    expect(session.kinds()).not.toContain('ask-provider');
    session.passTo(START + 90 * MINUTE - 1);
    expect(session.sent.filter(({ call }) => call.kind === 'remind')).toHaveLength(2);
    expect(session.phase).toBe('locked');
    session.passTo(START + 90 * MINUTE);
    expect(session.view).toMatchObject({
      phase: 'settling',
      outcome: null,
      gate: { state: 'over', join: [] },
    });
    session.passTo(START + 90 * MINUTE + DAY);
    expect(session.view).toMatchObject({ phase: 'ended', outcome: 'completed' });
    expect(rules.hasEnded(session.state)).toBe(true);
    expect(session.topics()).toEqual(['link', 'booked', 'closed']);
    expect(session.view.nextInstant).toBeNull();
  });

  test('the effects of a quiet life are few', () => {
    const session = booked().passTo(START + 5 * DAY);
    const counts = session.kinds().reduce<Record<string, number>>((all, kind) => {
      return { ...all, [kind]: (all[kind] ?? 0) + 1 };
    }, {});
    expect(counts).toEqual({
      'confirm-payment': 1,
      'issue-link': 1,
      'open-ticket': 1,
      'make-booking-link': 1,
      'put-route': 1,
      'write-ticket': 3,
      remind: 2,
      publish: 6,
      'delete-route': 1,
    });
  });

  test('the route goes with the publication that the gate is over; the run stays until it is gone', () => {
    const session = booked().passTo(START + 90 * MINUTE - 1);
    expect(session.kinds()).not.toContain('delete-route');
    session.now = at(session.now + 1);
    session.send({ type: 'clock.due' });
    expect(session.pending.map(({ call }) => call.kind)).toEqual(['delete-route', 'publish']);
    expect(rules.gateOf(session.state)).toMatchObject({ state: 'over' });
    session.now = at(session.now + DAY);
    session.send({ type: 'clock.due' });
    expect(session.pending.map(({ call }) => call.kind)).toContain('write-ticket');
    expect(rules.hasEnded(session.state)).toBe(false);
    session.drain();
    expect(rules.hasEnded(session.state)).toBe(true);
  });

  test('a lease is renewed only when the end passes it', () => {
    const session = booked();
    session.hear(session.provider.move(current(session), session.now, START + 5 * DAY)).drain();
    expect(session.kinds().filter((kind) => kind === 'put-route')).toHaveLength(1);
    session.hear(session.provider.move(current(session), session.now, START + 60 * DAY)).drain();
    expect(session.kinds().filter((kind) => kind === 'put-route')).toHaveLength(2);
  });

  test.each([
    { marks: [true], outcome: 'no-show' },
    { marks: [true, false], outcome: 'completed' },
    { marks: [true, false, true], outcome: 'no-show' },
  ])('no-show $marks ends as $outcome', ({ marks, outcome }) => {
    const session = booked().passTo(START + 2 * HOUR);
    for (const set of marks) {
      session.now = at(session.now + MINUTE);
      session.hear(session.provider.noShow(current(session), session.now, set)).drain();
    }
    session.passTo(START + 5 * DAY);
    expect(session.view.outcome).toBe(outcome);
  });
});

describe('reminders', () => {
  test('after a reschedule none is sent for the old time, and each of the new one once', () => {
    const session = booked();
    const old = current(session).startsAt;
    session.hear(session.provider.move(current(session), session.now, START + 2 * DAY)).drain();
    session.passTo(START + 2 * DAY);
    const reminders = session.sent.flatMap(({ call }) => (call.kind === 'remind' ? [call] : []));
    expect(reminders.map(({ beforeMs }) => beforeMs)).toEqual([DAY, HOUR]);
    expect(reminders.every(({ startsAt }) => startsAt !== old)).toBe(true);
  });

  test('without a reminder at the cutoff the provider is asked there', () => {
    const session = booked({ remindersMs: [HOUR] }).passTo(START - DAY);
    expect(session.kinds()).toContain('ask-provider');
    expect(session.topics()).toContain('locked');
  });

  test('a silent move is found at the cutoff, and the timers follow', () => {
    const session = booked();
    session.provider.move(current(session), session.now, START + 3 * DAY);
    session.passTo(START - DAY);
    expect(session.phase).toBe('scheduled');
    expect(session.view.startsAt).toBe(new Date(START + 3 * DAY).toISOString());
  });

  test('a ticket that is held up does not keep the session from the truth', () => {
    const session = booked();
    session.provider.move(current(session), session.now, START + 3 * DAY);
    const heard = { occurredAt: session.now, receivedAt: session.now };
    session.send({ type: 'ticket.action', action: 'resend_link', ...heard });
    session.fail(session.pending.findIndex(({ call }) => call.kind === 'write-ticket'));
    session.drain().passTo(START - DAY);
    expect(session.kinds()).not.toContain('remind');
    expect(session.view.startsAt).toBe(new Date(START + 3 * DAY).toISOString());
  });
});

describe('the booking deadline', () => {
  const deadline = PAID_AT + 30 * DAY;

  test('nothing booked, nothing found: expired and refunded', () => {
    const session = opened().passTo(deadline);
    expect(session.view).toMatchObject({ phase: 'ended', outcome: 'expired', refund: 'done' });
    expect(session.sent.find(({ call }) => call.kind === 'ask-provider')?.call).toMatchObject({
      appointment: null,
    });
  });

  test('what the search finds is taken instead', () => {
    const session = opened();
    session.provider.book(PAID_AT + DAY, deadline + 5 * DAY);
    session.passTo(deadline);
    expect(session.phase).toBe('scheduled');
    expect(session.kinds()).not.toContain('refund');
  });

  test('an outage waits for a person', () => {
    const session = opened().passTo(deadline - 1);
    session.now = at(deadline);
    session.send({ type: 'clock.due' });
    session.fail(session.pending.findIndex(({ call }) => call.kind === 'ask-provider'));
    session.drain().passTo(deadline + 10 * DAY);
    expect(session.phase).toBe('awaiting-booking');
    const [{ step } = { step: null }] = session.view.attention;
    session.send({ type: 'operator.retry', step: step as StepId });
    session.drain();
    expect(session.view.outcome).toBe('expired');
  });
});

describe('cancelling', () => {
  test('the client, on our page, before the cutoff', () => {
    const session = booked();
    const { appointment } = current(session);
    expect(session.send({ type: 'request.cancel', by: 'client', refund: 'none' })).toMatchObject({
      accepted: true,
    });
    expect(session.view.gate.state).toBe('over');
    session.drain();
    expect(session.view).toMatchObject({ phase: 'ended', outcome: 'cancelled', refund: 'done' });
    expect(session.sent.map(({ call }) => call)).toContainEqual({ kind: 'cancel-appointment', appointment });
    expect(session.topics().slice(2)).toEqual(['cancelled', 'refund', 'closed']);
  });

  test.each([
    { refund: 'policy', asked: false },
    { refund: 'none', asked: false },
    { refund: 'full', asked: true },
  ] as const)('an agent after the cutoff, refund $refund', ({ refund, asked }) => {
    const session = booked().passTo(START - HOUR);
    expect(session.send({ type: 'request.cancel', by: 'agent', refund })).toMatchObject({ accepted: true });
    expect(session.kinds().includes('refund')).toBe(asked);
  });

  test('at the provider in time: a fresh link, and no refund', () => {
    const session = booked();
    session.hear(session.provider.cancel(current(session), session.now, 'client')).drain();
    expect(session.phase).toBe('awaiting-booking');
    expect(session.topics()).toContain('rebook');
    expect(session.kinds().filter((kind) => kind === 'make-booking-link')).toHaveLength(2);
    expect(session.kinds()).not.toContain('refund');
  });

  test('at the provider in time, under `end`: after the settle window and a fresh answer', () => {
    const session = booked({ onCancel: 'end' });
    session.hear(session.provider.cancel(current(session), session.now, 'client')).drain();
    expect(session.view).toMatchObject({ phase: 'awaiting-booking', refund: 'settling' });
    session.passTo(session.now + 5 * MINUTE - 1);
    expect(session.kinds()).not.toContain('refund');
    session.passTo(session.now + 1);
    expect(session.view).toMatchObject({ phase: 'ended', outcome: 'cancelled', refund: 'done' });
  });

  test('a cancellation that the provider does not confirm refunds nothing', () => {
    const session = booked({ onCancel: 'end' });
    const { appointment } = current(session);
    const heard = { occurredAt: session.now, receivedAt: session.now };
    session.send({ type: 'appointment.cancelled', appointment, by: 'client', ...heard });
    session.passTo(session.now + HOUR);
    expect(session.kinds()).not.toContain('refund');
    expect(session.attention()).toEqual(['provider-disagrees']);
  });

  test('by the host: rebook, whatever the policy says', () => {
    const session = booked({ onCancel: 'end' }).passTo(START - HOUR);
    session.hear(session.provider.cancel(current(session), session.now, 'host')).drain();
    expect(session.phase).toBe('awaiting-booking');
    expect(session.view.lateChange).toBeNull();
    expect(session.kinds()).not.toContain('refund');
  });

  test("a host's wish to reschedule is no cancellation: awaiting a new time, no refund, the ticket open", () => {
    const session = booked({ onCancel: 'end' });
    session
      .hear(session.provider.askToMove(current(session), session.now))
      .drain()
      .passTo(session.now + DAY);
    expect(session.phase).toBe('awaiting-booking');
    expect(session.topics()).toContain('host-asks-reschedule');
    expect(session.kinds()).not.toContain('refund');
    expect(
      session.sent.every(({ call }) => call.kind !== 'write-ticket' || call.note.state !== 'closed'),
    ).toBe(true);
  });

  test('a no-show that was told after the provider was asked outlives the answer', () => {
    const session = booked();
    const { appointment, startsAt } = current(session);
    session.passTo(startsAt - HOUR, false);
    const step = session.pending.find(({ call }) => call.kind === 'remind')?.step;
    const askedAt = session.now;
    const truth = { ...session.provider.truth(appointment), askedAt };
    session.passTo(startsAt + MINUTE, false);
    session.hear(session.provider.noShow(current(session), session.now, true));
    session.send({
      type: 'effect.done',
      step: step ?? ('none' as StepId),
      result: { kind: 'remind', truth, sent: true },
    });
    session.drain().passTo(startsAt + 3 * DAY);
    expect(session.view.outcome).toBe('no-show');
  });

  test('in the shop: over at once, nothing refunded by us', () => {
    const session = booked();
    const heard = { occurredAt: session.now, receivedAt: session.now };
    session.send({ type: 'payment.refunded', scope: 'unclear', ...heard });
    expect(session.attention()).toEqual(['refund-unclear']);
    expect(session.phase).toBe('scheduled');
    session.send({ type: 'payment.refunded', scope: 'unit', ...heard });
    expect(session.view.gate.state).toBe('over');
    session.drain();
    expect(session.view).toMatchObject({ phase: 'ended', outcome: 'refunded', refund: 'none' });
    expect(session.kinds()).not.toContain('refund');
  });

  test('our refund, heard from the shop before its own answer comes: the client is told once', () => {
    const session = booked();
    const heard = { occurredAt: session.now, receivedAt: session.now };
    session.send({ type: 'request.cancel', by: 'client', refund: 'policy' });
    session.send({ type: 'payment.refunded', scope: 'order', ...heard });
    session.drain();
    expect(session.view).toMatchObject({ phase: 'ended', outcome: 'cancelled', refund: 'done' });
    expect(session.topics().filter((topic) => topic === 'refund')).toEqual(['refund']);
  });

  test.each(['pending', 'failed'] as const)('a refund that is %s keeps the session open', (status) => {
    const session = booked();
    session.refund = status;
    session.send({ type: 'request.cancel', by: 'client', refund: 'policy' });
    session.drain();
    expect(session.phase).toBe('settling');
    expect(session.attention()).toEqual([`refund-${status}`]);
    session.refund = 'done';
    session.send({ type: 'operator.retry', step: 'refund' as StepId });
    session.drain();
    expect(session.view).toMatchObject({ phase: 'ended', refund: 'done' });
    expect(rules.hasEnded(session.state)).toBe(true);
  });

  test('an appointment booked after the end is cancelled at the provider', () => {
    const session = booked();
    session.send({ type: 'request.cancel', by: 'client', refund: 'policy' });
    session.drain();
    session.hear(session.provider.book(session.now, START + DAY));
    expect(rules.hasEnded(session.state)).toBe(false);
    session.drain();
    expect(session.provider.live()).toEqual([]);
    expect(rules.hasEnded(session.state)).toBe(true);
  });

  test.each([
    [
      'cancelled',
      (session: Simulation) => session.send({ type: 'request.cancel', by: 'client', refund: 'policy' }),
    ],
    [
      'refunded',
      (session: Simulation) =>
        session.send({ type: 'order.cancelled', occurredAt: session.now, receivedAt: session.now }),
    ],
    ['completed', (session: Simulation) => session.passTo(START + 90 * DAY)],
    [
      'no-show',
      (session: Simulation) => {
        session.passTo(START + 2 * HOUR);
        session.hear(session.provider.noShow(current(session), session.now, true));
        session.passTo(START + 90 * DAY);
      },
    ],
    [
      'expired',
      (session: Simulation) => {
        session.hear(session.provider.cancel(current(session), session.now, 'client'));
        session.drain().passTo(START + 90 * DAY);
      },
    ],
  ] as const)('a session that was %s is not rescheduled, cancelled or changed again', (outcome, end) => {
    const session = booked();
    end(session);
    session.drain();
    expect(session.view.outcome).toBe(outcome);
    for (const event of [
      { type: 'request.reschedule', by: 'client' },
      { type: 'request.cancel', by: 'agent', refund: 'full' },
      { type: 'request.late-change', by: 'client' },
      { type: 'operator.reissue-link' },
      { type: 'operator.restore-access' },
    ] as const)
      expect(session.send(event)).toMatchObject({ accepted: false, reason: 'ended' });
  });
});

describe('a late change', () => {
  function movedLate(policy: Partial<Policy> = {}): Simulation {
    const session = booked(policy).passTo(START - 20 * HOUR);
    return session.hear(session.provider.move(current(session), session.now, START + 3 * DAY)).drain();
  }

  test('keeps the gate open for both times and waits for a person', () => {
    const session = movedLate();
    expect(session.phase).toBe('locked');
    expect(session.view.gate.join).toHaveLength(2);
    expect(session.view.startsAt).toBe(new Date(START).toISOString());
    expect(session.topics()).toContain('late-change-requested');
    expect(session.view.lateChange?.deadline).toBe(new Date(START - 8 * HOUR - MINUTE).toISOString());
  });

  test('approved: the new time stands', () => {
    const session = movedLate();
    expect(session.send({ type: 'operator.decide-late-change', by: 'agent', approve: true })).toMatchObject({
      accepted: true,
    });
    session.drain();
    expect(session.view.startsAt).toBe(new Date(START + 3 * DAY).toISOString());
    expect(session.view.gate.join).toHaveLength(1);
    expect(session.phase).toBe('scheduled');
  });

  test('declined: the old time stands, and a person is told what to do', () => {
    const session = movedLate();
    const heard = { occurredAt: session.now, receivedAt: session.now };
    session.send({ type: 'ticket.action', action: 'decline_change', ...heard });
    session.drain();
    expect(session.view.startsAt).toBe(new Date(START).toISOString());
    expect(session.attention()).toContain('late-change-declined-but-moved');
    expect(session.kinds()).not.toContain('cancel-appointment');
    const cleared = session.sent.filter(({ call }) => call.kind === 'write-ticket' && call.note.clearAction);
    expect(cleared).toHaveLength(1);
  });

  test.each(['approve', 'decline'] as const)('the default at the deadline: %s', (lateDefault) => {
    const session = movedLate({ lateDefault }).passTo(START - 8 * HOUR);
    expect(session.view.lateChange).toBeNull();
    const expected = lateDefault === 'approve' ? START + 3 * DAY : START;
    expect(session.view.startsAt).toBe(new Date(expected).toISOString());
  });

  test('the deadline never lies behind the start', () => {
    const session = booked().passTo(START - 2 * HOUR);
    session.hear(session.provider.move(current(session), session.now, START - HOUR)).drain();
    expect(session.view.lateChange?.deadline).toBe(new Date(START - HOUR - MINUTE).toISOString());
  });

  test('a cancellation at the provider five minutes before the start refunds nothing by itself', () => {
    const session = booked({ onCancel: 'end' }).passTo(START - 5 * MINUTE);
    session.hear(session.provider.cancel(current(session), session.now, 'client')).drain();
    expect(session.view.lateChange).not.toBeNull();
    session.passTo(START + 10 * DAY);
    expect(session.kinds()).not.toContain('refund');
    expect(session.view.outcome).toBe('completed');
  });

  test('asked for on our page and approved: the move that follows is allowed', () => {
    const session = booked().passTo(START - 20 * HOUR);
    expect(session.send({ type: 'request.late-change', by: 'client' })).toMatchObject({ accepted: true });
    expect(session.send({ type: 'request.late-change', by: 'client' })).toMatchObject({
      reason: 'late-change-pending',
    });
    session.send({ type: 'operator.decide-late-change', by: 'agent', approve: true });
    session.now = at(session.now + HOUR);
    expect(session.send({ type: 'request.reschedule', by: 'client' })).toEqual({
      accepted: true,
      next: 'provider-page',
    });
    session.hear(session.provider.move(current(session), session.now, START + DAY)).drain();
    expect(session.view.startsAt).toBe(new Date(START + DAY).toISOString());
    expect(session.view.lateChange).toBeNull();
  });

  test('a move made in time and heard after the cutoff leads back to scheduled', () => {
    const session = booked();
    const events = session.provider.move(current(session), START - DAY - 1, START + 3 * DAY);
    session.provider.appointments.clear();
    session.passTo(START - HOUR * 2);
    expect(session.phase).toBe('locked');
    session.hear(events).drain();
    expect(session.phase).toBe('scheduled');
    expect(session.view.lateChange).toBeNull();
  });
});

describe('rescheduling', () => {
  test('a time that came with the order is booked when it is first rescheduled', () => {
    const session = opened({ startsAt: at(START) });
    expect(session.send({ type: 'request.reschedule', by: 'client' })).toEqual({
      accepted: true,
      next: 'booking-link',
    });
    expect(session.send({ type: 'request.reschedule', by: 'client' })).toMatchObject({ accepted: true });
    expect(session.kinds().filter((kind) => kind === 'make-booking-link')).toHaveLength(1);
    session.drain();
    session.hear(session.provider.book(session.now, START + DAY)).drain();
    expect(session.view.startsAt).toBe(new Date(START + DAY).toISOString());
  });

  test('half a reschedule changes nothing; without its other half the provider is asked', () => {
    const session = booked();
    const [half] = session.provider.move(current(session), session.now, START + DAY);
    if (half) session.hear([half]).drain();
    expect(session.view.startsAt).toBe(new Date(START).toISOString());
    expect(session.send({ type: 'request.reschedule', by: 'client' })).toMatchObject({
      reason: 'move-pending',
    });
    session.passTo(session.now + 2 * MINUTE);
    expect(session.view.startsAt).toBe(new Date(START + DAY).toISOString());
  });

  test('each order and repetition of what Calendly tells of a reschedule leads to the new time', () => {
    const history = new Simulation(rules);
    const told = history.provider.book(PAID_AT + HOUR, START);
    const [old] = history.provider.live();
    if (!old) throw new Error('nothing is booked');
    const events = [...told, ...history.provider.move(old, PAID_AT + 2 * HOUR, START + DAY)];
    const orders = (left: readonly (typeof events)[number][]): (typeof events)[] =>
      left.length === 0
        ? [[]]
        : left.flatMap((one) => orders(left.filter((other) => other !== one)).map((rest) => [one, ...rest]));
    for (const order of orders(events))
      for (const repeated of order) {
        const session = opened();
        session.now = at(PAID_AT + 3 * HOUR);
        for (const [name, truth] of history.provider.appointments)
          session.provider.appointments.set(name, truth);
        session.hear([...order, repeated]).drain();
        expect(session.view).toMatchObject({
          appointment: current(session).appointment,
          startsAt: new Date(START + DAY).toISOString(),
          attention: [],
        });
      }
  });

  test('two appointments at once: the newest stands, and a person looks', () => {
    const session = booked();
    const first = current(session);
    session.now = at(session.now + 1);
    session.hear(session.provider.book(session.now, START + DAY)).drain();
    expect(session.view.startsAt).toBe(new Date(START + DAY).toISOString());
    expect(session.attention()).toEqual(['second-appointment']);
    session.hear(session.provider.cancel(first, session.now, 'client')).drain();
    expect(session.attention()).toEqual([]);
    expect(session.view.startsAt).toBe(new Date(START + DAY).toISOString());
  });
});

describe('links and access', () => {
  test('a new link revokes the old one and is mailed once it exists', () => {
    const session = opened();
    const old = session.view.linkId;
    session.send({ type: 'operator.reissue-link' });
    expect(session.view.gate.linkId).toBe(`${session.view.sessionKey}-2`);
    expect(session.pending.map(({ call }) => call)).toContainEqual({
      kind: 'issue-link',
      linkId: session.view.linkId,
      revokes: old,
    });
    session.drain();
    expect(session.topics()).toEqual(['link', 'link-reissued']);
  });

  test('a revoked link never comes back', () => {
    const session = opened();
    const { linkId } = session.view;
    if (linkId === null) throw new Error('no link');
    expect(session.send({ type: 'operator.revoke-link', linkId })).toMatchObject({ accepted: true });
    expect(session.view.gate.linkId).toBeNull();
    expect(session.send({ type: 'operator.revoke-link', linkId })).toMatchObject({
      reason: 'already-revoked',
    });
    session.send({ type: 'operator.revoke-access' });
    expect(session.view.gate.access).toBe('revoked');
    session.send({ type: 'operator.restore-access' });
    session.drain();
    expect(session.view.gate).toMatchObject({ access: 'granted', linkId: `${session.view.sessionKey}-2` });
    expect(session.topics()).toContain('access-restored');
  });

  test('every action of the ticket is answered on the ticket', () => {
    const session = opened();
    const heard = { occurredAt: session.now, receivedAt: session.now };
    const approve = { type: 'ticket.action', action: 'approve_change', ...heard } as const;
    session.hear([approve, approve]).drain();
    const notes = session.sent.flatMap(({ call }) => (call.kind === 'write-ticket' ? [call.note] : []));
    expect(notes.filter(({ clearAction }) => clearAction)).toMatchObject([
      { topic: 'attention', reason: 'no-late-change' },
    ]);
  });

  test('a choice that still stands because its answer waits is not chosen again', () => {
    const session = opened();
    const chosen = (ms: number, action: 'resend_link' | 'decline_change' = 'resend_link') =>
      session.send({
        type: 'ticket.action',
        action,
        occurredAt: at(session.now + ms),
        receivedAt: at(session.now + ms),
      });
    const mails = () => session.topics().filter((topic) => topic === 'link').length;
    const before = mails();
    // Somebody else writes to the ticket before the field is cleared: it shows the same choice at a later time.
    chosen(0);
    chosen(5);
    session.drain();
    expect(mails()).toBe(before + 1);
    // Chosen again once it was answered, or something else meanwhile, is a choice of its own.
    chosen(10);
    chosen(15, 'decline_change');
    session.drain();
    expect(mails()).toBe(before + 2);
    expect(session.topics().at(-1)).toBe('attention');
  });
});

describe('a corrected e-mail address', () => {
  test('ends the link that the wrong person was mailed', () => {
    const session = opened();
    const wrong = session.view.linkId;
    session.send({ type: 'operator.correct-email' });
    session.drain();
    expect(session.view.linkId).not.toBe(wrong);
    expect(session.topics()).toEqual(['link', 'link-reissued']);
    expect(session.view.gate.linkId).toBe(session.view.linkId);
  });
});

describe('failed steps', () => {
  test('a failed note holds back what follows, so that nothing is overtaken', () => {
    const session = opened();
    const heard = { occurredAt: session.now, receivedAt: session.now };
    session.send({ type: 'ticket.action', action: 'resend_link', ...heard });
    session.fail(session.pending.findIndex(({ call }) => call.kind === 'write-ticket'));
    session.hear(session.provider.book(session.now, START)).drain();
    expect(session.topics()).toEqual(['link', 'link']);
    const [{ step } = { step: null }] = session.view.attention;
    session.send({ type: 'operator.skip', step: step as StepId });
    session.drain();
    expect(session.topics()).toEqual(['link', 'link', 'booked']);
  });

  test('a publish that fails is not repeated by saying so', () => {
    const session = opened();
    session.send({ type: 'operator.revoke-access' });
    session.fail(
      session.pending.findIndex(({ call }) => call.kind === 'publish'),
      'row-missing',
    );
    expect(session.pending.filter(({ call }) => call.kind === 'publish')).toEqual([]);
    session.send({ type: 'operator.retry', step: 'publish' as StepId });
    expect(session.pending.filter(({ call }) => call.kind === 'publish')).toHaveLength(1);
    session.drain();
    expect(session.attention()).toEqual([]);
  });
});
