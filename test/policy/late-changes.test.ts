import { describe, expect, test } from '@jest/globals';
import type { TicketNote } from '../../workflows/contract/effects.ts';
import type { AppointmentTruth } from '../../workflows/contract/events.ts';
import type { Policy, SessionInput } from '../../workflows/contract/session.ts';
import type { StepId } from '../../workflows/contract/values.ts';
import { rulesByVersion } from '../../workflows/policy/versions.ts';
import { at, DAY, HOUR, inputOf, MINUTE, PAID_AT, Simulation } from './simulation.ts';

const rules = rulesByVersion[1];
const START = PAID_AT + 10 * DAY;
const iso = (instant: number): string => new Date(instant).toISOString();

function booked(policy: Partial<Policy> = {}, input: Partial<SessionInput> = {}): Simulation {
  const session = new Simulation(rules, inputOf(input, policy)).open();
  session.now = at(PAID_AT + HOUR);
  return session.hear(session.provider.book(session.now, START)).drain();
}

function current({ provider }: Simulation): AppointmentTruth {
  const [one] = provider.live();
  if (!one) throw new Error('nothing is booked');
  return one;
}

/** Twenty hours before its start the client moves it at the provider. */
function movedLate(policy: Partial<Policy> = {}): Simulation {
  const session = booked(policy).passTo(START - 20 * HOUR);
  return session.hear(session.provider.move(current(session), session.now, START + 3 * DAY)).drain();
}

function notes(session: Simulation, topic: TicketNote['topic']): readonly TicketNote[] {
  return session.sent.flatMap(({ call }) =>
    call.kind === 'write-ticket' && call.note.topic === topic ? [call.note] : [],
  );
}

const decide = (session: Simulation, approve: boolean): Simulation => {
  session.send({ type: 'operator.decide-late-change', by: 'agent', approve });
  return session.drain();
};

describe('while nobody has answered', () => {
  test('the ticket is open and says what is wanted, until when, and what happens otherwise', () => {
    const session = movedLate();
    const [note] = notes(session, 'late-change-requested');
    expect(note).toMatchObject({
      status: 'late-change',
      state: 'open',
      toClient: false,
      startsAt: START,
      late: {
        kind: 'move',
        wanted: { appointment: current(session).appointment, startsAt: START + 3 * DAY },
        deadline: START - 8 * HOUR - MINUTE,
        byDefault: 'decline',
      },
    });
  });

  test('agents are reminded half-way to the deadline, once', () => {
    const session = movedLate();
    const half = (START - 20 * HOUR + (START - 8 * HOUR - MINUTE)) / 2;
    session.passTo(half - 1);
    expect(notes(session, 'late-change-reminder')).toEqual([]);
    session.passTo(half);
    expect(notes(session, 'late-change-reminder')).toMatchObject([
      { state: 'open', status: 'late-change', toClient: false, late: { kind: 'move' } },
    ]);
    session.passTo(START);
    expect(notes(session, 'late-change-reminder')).toHaveLength(1);
  });

  test.each([true, false])('once it is answered (approved %s) nobody is reminded', (approve) => {
    const session = decide(movedLate(), approve).passTo(START);
    expect(notes(session, 'late-change-reminder')).toEqual([]);
  });

  test('a change of mind neither buys time, nor reminds early, nor a second time', () => {
    const session = movedLate();
    const { deadline } = session.view.lateChange ?? {};
    session.now = at(session.now + 2 * HOUR);
    session.hear(session.provider.move(current(session), session.now, START + 4 * DAY)).drain();
    expect(session.view.lateChange?.deadline).toBe(deadline);
    expect(notes(session, 'late-change-reminder')).toEqual([]);
    session.passTo(START - 9 * HOUR);
    expect(notes(session, 'late-change-reminder')).toHaveLength(1);
    session.hear(session.provider.move(current(session), session.now, START + 5 * DAY)).drain();
    session.passTo(START);
    expect(notes(session, 'late-change-reminder')).toHaveLength(1);
    expect(notes(session, 'late-change-requested')).toHaveLength(3);
  });

  test('a wanted time that comes closer brings its deadline along', () => {
    const session = movedLate();
    const moved = current(session);
    session.provider.appointments.set(moved.appointment, {
      ...moved,
      startsAt: at(START - 12 * HOUR),
      endsAt: at(START - 11 * HOUR),
    });
    session.now = at(session.now + HOUR);
    // The next question to the provider finds what the host did silently.
    session.send({
      type: 'effect.done',
      step: 'ask-provider:asked' as StepId,
      result: { kind: 'ask-provider', truth: session.provider.truth(null) },
    });
    expect(session.view.lateChange?.deadline).toBe(iso(START - 12 * HOUR - MINUTE));
  });
});

describe('declined, though it is already made at the provider', () => {
  test('the gate holds the old time only, and the ticket says what to do there', () => {
    const session = movedLate();
    expect(session.view.gate.join).toHaveLength(2);
    decide(session, false);
    expect(session.view.startsAt).toBe(iso(START));
    expect(session.view.gate.join).toEqual([{ from: START - 15 * MINUTE, until: START + 90 * MINUTE }]);
    const [client, agent] = notes(session, 'late-change-declined-but-moved');
    expect(client).toMatchObject({ toClient: true, startsAt: START });
    expect(agent).toMatchObject({
      toClient: false,
      state: 'open',
      startsAt: START,
      late: { kind: 'move', wanted: { appointment: current(session).appointment } },
    });
  });

  test('moved back to the same time it is settled: no late change, no mail, no attention', () => {
    const session = decide(movedLate(), false);
    session.now = at(session.now + HOUR);
    session.hear(session.provider.move(current(session), session.now, START)).drain();
    expect(session.view).toMatchObject({
      startsAt: iso(START),
      appointment: current(session).appointment,
      lateChange: null,
      attention: [],
    });
    expect(session.topics()).not.toContain('moved');
    expect(session.view.timeline.at(-1)?.reason).toBe('same-time');
  });

  test('what is moved silently after that is followed, not judged again', () => {
    const session = decide(movedLate(), false);
    session.hear(session.provider.move(current(session), session.now, START)).drain();
    const held = current(session);
    session.provider.appointments.set(held.appointment, {
      ...held,
      startsAt: at(START + HOUR),
      endsAt: at(START + 2 * HOUR),
    });
    session.passTo(START - HOUR);
    expect(session.view).toMatchObject({ startsAt: iso(START + HOUR), lateChange: null });
  });

  test('cancelled there by the host, the old time stays and a person still looks', () => {
    const session = decide(movedLate(), false);
    session.now = at(session.now + HOUR);
    session.hear(session.provider.cancel(current(session), session.now, 'host')).drain();
    expect(session.view).toMatchObject({ startsAt: iso(START), lateChange: null });
    expect(session.attention()).toEqual(['late-change-declined-but-moved']);
    expect(notes(session, 'late-change-requested')).toHaveLength(1);
  });

  test('a cancellation that was declined: the time stays, and is to be booked again there', () => {
    const session = booked().passTo(START - 20 * HOUR);
    session.hear(session.provider.cancel(current(session), session.now, 'client')).drain();
    decide(session, false);
    expect(session.view).toMatchObject({ startsAt: iso(START), lateChange: null });
    expect(notes(session, 'late-change-declined-but-moved').at(-1)?.late).toMatchObject({
      kind: 'cancel',
      wanted: null,
    });
    session.hear(session.provider.book(session.now, START)).drain();
    expect(session.view).toMatchObject({ startsAt: iso(START), lateChange: null, attention: [] });
  });
});

describe('leave to move', () => {
  test('is good once, also where the same time comes back', () => {
    const session = booked().passTo(START - 20 * HOUR);
    const first = current(session);
    session.send({ type: 'request.late-change', by: 'client' });
    decide(session, true);
    const tick = () => {
      session.now = at(session.now + MINUTE);
    };
    tick();
    // A second appointment, not a move: the first stays alive at the provider.
    session.hear(session.provider.book(session.now, START + 2 * HOUR)).drain();
    expect(session.view).toMatchObject({ startsAt: iso(START + 2 * HOUR), moveUntil: null });
    tick();
    session.hear(session.provider.cancel(current(session), session.now, 'client')).drain();
    decide(session, true);
    expect(session.view).toMatchObject({ appointment: first.appointment, lateChange: null });
    tick();
    session.hear(session.provider.book(session.now, START + 3 * HOUR)).drain();
    expect(session.view.startsAt).toBe(iso(START));
    expect(session.view.lateChange).not.toBeNull();
  });

  test('that came later is not leave for what was made before, nor for what was declined', () => {
    const session = decide(movedLate(), false);
    const declined = current(session);
    session.now = at(session.now + MINUTE);
    session.send({ type: 'request.late-change', by: 'client' });
    decide(session, true);
    session.now = at(session.now + MINUTE);
    session.hear(session.provider.cancel(declined, session.now, 'client'));
    expect(session.view.startsAt).toBe(iso(START));
  });
});

describe('what was approved', () => {
  test('stands, whatever is heard afterwards of the time before', () => {
    const session = booked().passTo(START - 20 * HOUR);
    const { provider } = session;
    const first = current(session);
    const tick = () => {
      session.now = at(session.now + MINUTE);
      return session.now;
    };
    session.hear(provider.book(tick(), START + 2 * HOUR)).drain();
    decide(session, true);
    const second = current(session);
    const untold = provider.book(tick(), START + 5 * HOUR);
    // Of the two that are alive then, only the first is known.
    session.hear(provider.move(second, tick(), START + 4 * HOUR));
    session.hear(provider.cancel(current(session), tick(), 'client')).drain();
    tick();
    decide(session, true);
    expect(session.view).toMatchObject({ appointment: first.appointment, startsAt: iso(START) });
    tick();
    session.hear(untold).drain();
    expect(session.view).toMatchObject({ appointment: first.appointment, startsAt: iso(START) });
    // What the client has at the provider is a wish of its own.
    expect(session.view.lateChange).not.toBeNull();
    expect(session.view.gate.join.at(-1)?.from).toBe(START + 5 * HOUR - 15 * MINUTE);
  });
});

describe('the client moves back by themselves', () => {
  test('the late change is withdrawn, and the ticket says so', () => {
    const session = movedLate();
    session.now = at(session.now + HOUR);
    session.hear(session.provider.move(current(session), session.now, START)).drain();
    expect(session.view).toMatchObject({ startsAt: iso(START), lateChange: null });
    expect(notes(session, 'late-change-withdrawn')).toHaveLength(1);
    session.passTo(START);
    expect(notes(session, 'late-change-reminder')).toEqual([]);
  });
});

describe('a grace', () => {
  const once = { lateGrace: 'once' } as const;
  const claims = (session: Simulation) => session.sent.filter(({ call }) => call.kind === 'claim-grace');

  test('approves the first late change without a person', () => {
    const session = movedLate(once);
    expect(claims(session)).toHaveLength(1);
    expect(session.view).toMatchObject({ startsAt: iso(START + 3 * DAY), lateChange: null });
    expect(notes(session, 'late-change-approved')).toMatchObject([
      { reason: 'grace', toClient: true, startsAt: START + 3 * DAY },
    ]);
    expect(session.view.timeline.some(({ reason }) => reason === 'approved-by-grace')).toBe(true);
  });

  test('that is spent leaves the late change to a person', () => {
    const session = booked(once).passTo(START - 20 * HOUR);
    session.grace = false;
    session.hear(session.provider.move(current(session), session.now, START + 3 * DAY)).drain();
    expect(session.view.lateChange).not.toBeNull();
    expect(session.view.startsAt).toBe(iso(START));
    decide(session, true);
    expect(session.view.startsAt).toBe(iso(START + 3 * DAY));
  });

  test('is not claimed where the deal has none', () => {
    expect(claims(movedLate())).toEqual([]);
  });

  test('is claimed for what the client asks on the page, and opens the move', () => {
    const session = booked(once).passTo(START - 20 * HOUR);
    session.send({ type: 'request.late-change', by: 'client' });
    session.drain();
    expect(session.view.lateChange).toBeNull();
    expect(session.send({ type: 'request.reschedule', by: 'client' })).toMatchObject({ accepted: true });
  });

  test('is claimed for a cancellation at the provider', () => {
    const session = booked(once).passTo(START - 20 * HOUR);
    session.hear(session.provider.cancel(current(session), session.now, 'client')).drain();
    expect(session.phase).toBe('awaiting-booking');
  });

  test.each(['agent', 'operator', 'host'] as const)('is not claimed for what %s asks', (by) => {
    const session = booked(once).passTo(START - 20 * HOUR);
    session.send({ type: 'request.late-change', by });
    expect(claims(session)).toEqual([]);
    expect(session.view.lateChange).not.toBeNull();
  });

  test('is claimed once for a late change, whatever the client changes their mind to', () => {
    const session = booked(once).passTo(START - 20 * HOUR);
    session.hear(session.provider.move(current(session), session.now, START + 3 * DAY));
    session.now = at(session.now + MINUTE);
    session.hear(session.provider.move(current(session), session.now, START + 4 * DAY));
    expect(claims(session)).toHaveLength(1);
    session.drain();
    expect(session.view.startsAt).toBe(iso(START + 4 * DAY));
  });

  test('that cannot be asked for does not hold the deadline, and is forgotten with it', () => {
    const session = booked(once).passTo(START - 20 * HOUR);
    session.hear(session.provider.move(current(session), session.now, START + 3 * DAY));
    session.fail(session.pending.findIndex(({ call }) => call.kind === 'claim-grace'));
    session.drain();
    expect(session.view.lateChange).not.toBeNull();
    expect(session.view.attention).toMatchObject([{ step: expect.stringMatching(/^claim-grace:/) }]);
    session.passTo(START - 8 * HOUR);
    expect(session.view.lateChange).toBeNull();
    expect(session.attention()).toEqual(['late-change-declined-but-moved']);
  });

  test('that is granted after a person has answered changes nothing', () => {
    const session = booked(once).passTo(START - 20 * HOUR);
    session.hear(session.provider.move(current(session), session.now, START + 3 * DAY));
    session.send({ type: 'operator.decide-late-change', by: 'agent', approve: false });
    session.drain();
    expect(session.view.startsAt).toBe(iso(START));
    expect(session.view.timeline.map(({ reason }) => reason)).toContain('grace-unused');
  });

  test('is not spent on what its deadline answers at once', () => {
    const session = booked(once).passTo(START - MINUTE / 2);
    session.hear(session.provider.move(current(session), session.now, START + 3 * DAY)).drain();
    expect(claims(session)).toEqual([]);
    expect(session.view.startsAt).toBe(iso(START));
  });
});
