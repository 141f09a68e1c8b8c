import fc from 'fast-check';
import type { AppointmentEvent, AppointmentTruth, SessionEvent } from '../../workflows/contract/events.ts';
import type { Phase, Policy } from '../../workflows/contract/session.ts';
import type { Instant, LinkId, StepId } from '../../workflows/contract/values.ts';
import type { Rules } from '../../workflows/policy/rules.ts';
import type { SessionState } from '../../workflows/policy/state.ts';
import {
  at,
  DAY,
  type Heard,
  HOUR,
  inputOf,
  MINUTE,
  PAID_AT,
  POLICY,
  Provider,
  Simulation,
  uri,
} from './simulation.ts';

/** How often each event was decided in each phase. */
export type Coverage = Map<SessionEvent['type'], Map<Phase, number>>;

export interface PropertyOptions {
  readonly runs: number;
  readonly seed: number;
}

function ensure(holds: boolean, promise: string, detail: unknown = ''): void {
  if (!holds) throw new Error(`${promise}: ${JSON.stringify(detail)}`);
}

const START = PAID_AT + 10 * DAY;

// — A provider's history, in any order and any number of times ———————————————————————————————————————————————

interface Deed {
  readonly kind: 'book' | 'move' | 'cancel' | 'host-cancel' | 'ask' | 'no-show' | 'show';
  readonly startsIn: number;
}

const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom('book', 'move', 'move', 'cancel', 'host-cancel', 'ask', 'no-show', 'show'),
  startsIn: fc.integer({ min: 5, max: 20 }),
});

/** What a client and a host did within one hour, days before any cutoff. */
function happen(provider: Provider, deeds: readonly Deed[]): readonly AppointmentEvent[] {
  return deeds.flatMap(({ kind, startsIn }, index) => {
    const now = PAID_AT + HOUR + index * MINUTE;
    const startsAt = PAID_AT + startsIn * DAY;
    const [newest] = provider.live();
    if (kind === 'book' || !newest) return provider.book(now, startsAt);
    switch (kind) {
      case 'move':
        return provider.move(newest, now, startsAt);
      case 'cancel':
        return provider.cancel(newest, now, 'client');
      case 'host-cancel':
        return provider.cancel(newest, now, 'host');
      case 'ask':
        return provider.askToMove(newest, now);
      case 'no-show':
        return provider.noShow(newest, now, true);
      case 'show':
        return provider.noShow(newest, now, false);
    }
  });
}

/** Everything about a session that its facts decide, without the traces of how they were heard. */
function fingerprint(rules: Rules, state: SessionState): string {
  const { timeline: _t, attention, gate, nextInstant: _n, linkId: _l, ...view } = rules.viewOf(state);
  const { version: _v, ...doors } = gate;
  const facts = Object.entries(state.appointments).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ view, doors, facts, attention: attention.map(({ code }) => code).toSorted() });
}

function heardAll(rules: Rules, policy: Partial<Policy>, events: readonly SessionEvent[]): Simulation {
  const session = new Simulation(rules, inputOf({}, policy)).open();
  session.now = at(PAID_AT + 3 * HOUR);
  return session.hear(events);
}

function orderDoesNotMatter(rules: Rules, { runs, seed }: PropertyOptions): void {
  fc.assert(
    fc.property(
      fc.array(deed, { minLength: 1, maxLength: 8 }),
      fc.constantFrom<Partial<Policy>>({}, { onCancel: 'end' }),
      fc.infiniteStream(fc.nat()),
      (deeds, policy, dice) => {
        const roll = (sides: number): number => (dice.next().value ?? 0) % sides;
        const provider = new Provider();
        const events = happen(provider, deeds);
        const told = heardAll(rules, policy, events);
        const mixed = events
          .flatMap((event) => Array.from({ length: 1 + roll(3) }, () => event))
          .map((event) => ({ event, key: roll(1000) }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ event }) => event);
        const retold = heardAll(rules, policy, mixed);
        const [expected] = provider.live();
        ensure(
          told.view.appointment === (expected?.appointment ?? null),
          'the newest live appointment is current',
          {
            events,
          },
        );
        ensure(
          fingerprint(rules, told.state) === fingerprint(rules, retold.state),
          'order and repetition do not matter',
          { events, mixed },
        );
        ensure(!retold.kinds().includes('refund'), 'no refund before a fresh answer of the provider');
      },
    ),
    { numRuns: runs, seed },
  );
}

/** The old half of a reschedule alone, a stale cancel, and a cancel heard first: none cancels the session. */
function onlyTheCurrentOneIsCancelled(rules: Rules, { runs, seed }: PropertyOptions): void {
  fc.assert(
    fc.property(
      fc.constantFrom('half', 'stale', 'stale-first'),
      fc.constantFrom<Partial<Policy>>({}, { onCancel: 'end' }),
      fc.integer({ min: 5, max: 20 }),
      (story, policy, days) => {
        const provider = new Provider();
        const booked = provider.book(PAID_AT + HOUR, START);
        const [first] = provider.live();
        if (!first) return;
        const moved = provider.move(first, PAID_AT + 2 * HOUR, PAID_AT + days * DAY);
        const heard = { occurredAt: at(PAID_AT + 150 * MINUTE), receivedAt: at(PAID_AT + 150 * MINUTE) };
        const stale = {
          type: 'appointment.cancelled',
          appointment: first.appointment,
          by: 'client',
          ...heard,
        } as const;
        const half = moved.filter(({ type }) => type === 'appointment.reschedule-pending');
        const events = {
          half: [...booked, ...half],
          stale: [...booked, ...moved, stale],
          'stale-first': [stale, ...moved, ...booked],
        }[story];
        const session = heardAll(rules, policy, events ?? []);
        ensure(session.phase === 'scheduled', 'the session still has its time', {
          story,
          view: session.view,
        });
        ensure(!session.topics().includes('rebook'), 'nobody is asked to book again', { story });
        ensure(session.view.refund === 'none', 'nothing is refunded', { story });
      },
    ),
    { numRuns: runs, seed },
  );
}

// — Anything at all ———————————————————————————————————————————————————————————————————————————————————————————

type Roll = (sides: number) => number;

const phases: readonly Phase[] = ['opening', 'awaiting-booking', 'scheduled', 'locked', 'settling', 'ended'];

/** Brings a session into a phase by an everyday way. */
function reach(session: Simulation, phase: Phase): void {
  session.send({ type: 'clock.opened' });
  if (phase === 'opening') return;
  session.drain();
  if (phase === 'awaiting-booking') return;
  session.passTo(PAID_AT + HOUR);
  session.hear(session.provider.book(session.now, START));
  session.drain();
  if (phase === 'scheduled') return;
  session.passTo(START - DAY);
  if (phase === 'locked') return;
  session.passTo(START + 90 * MINUTE);
  if (phase === 'settling') return;
  session.passTo(START + 90 * MINUTE + DAY);
}

function pick<Value>(roll: Roll, values: readonly Value[]): Value | undefined {
  return values[roll(values.length)];
}

/** What a provider may tell of appointments that nobody told us about before. */
function blindEvents(now: Instant, startsAt: number, roll: Roll): readonly SessionEvent[] {
  const heard = { occurredAt: now, receivedAt: now };
  const [appointment, replaces] = [uri(`X${roll(3)}`), uri(`X${roll(3)}`)];
  switch (roll(4)) {
    case 0:
      return [
        {
          type: 'appointment.moved',
          appointment,
          replaces,
          startsAt: at(startsAt),
          endsAt: at(startsAt + HOUR),
          ...heard,
        },
      ];
    case 1:
      return [{ type: 'appointment.reschedule-pending', appointment, replacedBy: replaces, ...heard }];
    case 2:
      return [{ type: 'appointment.no-show', appointment, ...heard }];
    default:
      return [{ type: 'appointment.no-show-cleared', appointment, ...heard }];
  }
}

function providerEvents(session: Simulation, roll: Roll): readonly SessionEvent[] {
  const { provider, now } = session;
  const startsAt = now + (pick(roll, [10 * MINUTE, 5 * HOUR, 25 * HOUR, 3 * DAY, 20 * DAY]) ?? DAY);
  const one = pick(roll, [...provider.appointments.values()]);
  const [live] = provider.live();
  const heard = { occurredAt: now, receivedAt: now };
  switch (roll(10)) {
    case 0:
      return provider.book(now, startsAt);
    case 1:
      return live ? provider.move(live, now, startsAt).toReversed() : provider.book(now, startsAt);
    case 2:
      return live ? provider.move(live, now, startsAt).slice(0, 1) : [];
    case 3:
      return live ? provider.cancel(live, now, 'client') : [];
    case 4:
      return live ? provider.cancel(live, now, 'host') : [];
    case 5:
      return live ? provider.askToMove(live, now) : [];
    case 6:
      return one ? provider.noShow(one, now, roll(2) === 0) : [];
    case 7:
      return one ? [{ type: 'appointment.ended', appointment: one.appointment, ...heard }] : [];
    case 8:
      return blindEvents(now, startsAt, roll);
    default:
      // Heard of an appointment that nobody told us about.
      return [{ type: 'appointment.cancelled', appointment: uri(`X${roll(3)}`), by: 'client', ...heard }];
  }
}

function anyEvent(session: Simulation, roll: Roll): readonly SessionEvent[] {
  const { now } = session;
  const heard = { occurredAt: now, receivedAt: now };
  const by = pick(roll, ['client', 'agent', 'operator'] as const) ?? 'client';
  const steps = Object.keys(session.state.steps);
  const step = (pick(roll, steps) ?? 'nothing') as StepId;
  const linkId = (session.view.linkId ?? 'no-link') as LinkId;
  switch (roll(24)) {
    case 0:
    case 1:
      return [{ type: 'request.reschedule', by }];
    case 2:
      return [
        { type: 'request.cancel', by, refund: pick(roll, ['policy', 'full', 'none'] as const) ?? 'policy' },
      ];
    case 3:
      return [{ type: 'request.late-change', by }];
    case 4:
      return [{ type: 'operator.decide-late-change', by, approve: roll(2) === 0 }];
    case 5:
      return [{ type: 'operator.move-cutoff', cutoffMs: roll(48) * HOUR }];
    case 6:
      return [{ type: 'operator.correct-email' }];
    case 7:
      return [{ type: roll(2) === 0 ? 'operator.resend-link' : 'operator.reissue-link' }];
    case 8:
      return [{ type: 'operator.revoke-link', linkId }];
    case 9:
      return [{ type: 'operator.revoke-access' }];
    case 10:
      return [{ type: 'operator.restore-access' }];
    case 11:
      return [{ type: 'operator.retry', step }];
    case 12:
      return [{ type: 'operator.skip', step }];
    case 13:
      return [{ type: 'operator.adopt-rules', rulesVersion: 1 }];
    case 14:
      return roll(4) === 0 ? [{ type: 'operator.cancel' }] : [];
    case 15: {
      const actions = [
        'cancel',
        'cancel_no_refund',
        'approve_change',
        'decline_change',
        'resend_link',
      ] as const;
      return [{ type: 'ticket.action', action: pick(roll, actions) ?? 'cancel', ...heard }];
    }
    case 16: {
      const scope = pick(roll, ['order', 'unit', 'unclear', 'unclear', 'unclear'] as const) ?? 'unclear';
      return [{ type: 'payment.refunded', scope, ...heard }];
    }
    case 17:
      return roll(4) === 0 ? [{ type: 'order.cancelled', ...heard }] : [];
    default:
      return providerEvents(session, roll);
  }
}

/** Lets time pass to somewhere interesting: a timer, the cutoff, a millisecond on either side, or anywhere. */
function pass(session: Simulation, roll: Roll): void {
  const { now, rules, state } = session;
  const next = rules.nextInstant(state);
  const cutoff = rules.recordOf(state).cutoffAt;
  const goals = [
    ...(next === null ? [] : [next - 1, next, next + 1]),
    ...(cutoff === null ? [] : [cutoff - 1, cutoff, cutoff + 1]),
    now + roll(3 * HOUR),
    now + roll(3 * DAY),
  ].filter((goal) => goal > now);
  const goal = pick(roll, goals) ?? now + 1;
  // The timer rings, or hangs while something else is decided first.
  if (roll(3) > 0) session.passTo(goal, roll(4) > 0);
  else session.now = at(goal);
}

function isRequest({ type }: SessionEvent): boolean {
  return type.startsWith('request.') || (type.startsWith('operator.') && type !== 'operator.cancel');
}

/** The promises that hold after every single decision. */
function checkDecision(
  rules: Rules,
  saidYes: boolean,
  { event, before, after, effects, answer, now }: Heard,
): void {
  ensure((answer !== null) === isRequest(event), 'whoever asks is answered, and nobody else', {
    event,
    answer,
  });
  const copy = JSON.parse(JSON.stringify(after)) as SessionState;
  ensure(JSON.stringify(copy) === JSON.stringify(after), 'the state survives JSON');
  const again = rules.decide(JSON.parse(JSON.stringify(before)) as SessionState, event, now);
  ensure(JSON.stringify(again.state) === JSON.stringify(after), 'the same decision twice is the same', {
    event,
  });

  const published = effects.filter(({ call }) => call.kind === 'publish').length;
  const [old, fresh] = [rules.gateOf(before), rules.gateOf(after)];
  ensure(published <= 1, 'one publish a decision at most');
  ensure(
    published === 1 ? fresh.version > old.version : fresh.version === old.version,
    'versions grow strictly',
    event,
  );
  ensure(published === 0 || fresh.version >= now, 'a version is never behind the clock');
  const doors = (gate: typeof fresh): string => JSON.stringify({ ...gate, version: 0 });
  ensure(doors(old) === doors(fresh) || published === 1, 'a gate that changed is published', {
    event,
    old,
    fresh,
  });
  ensure(old.state === 'live' || fresh.state === 'over', 'a gate that is over stays over', { event });

  const next = rules.nextInstant(after);
  ensure(next === null || next > now, 'the clock is never left behind', { event, next, now });
  ensure(before.phase !== 'ended' || after.phase === 'ended', 'an ended session stays ended', { event });

  const view = rules.viewOf(after);
  const seqs = view.timeline.map(({ seq }) => seq);
  ensure(
    seqs.every((seq, index) => index === 0 || seq === (seqs[index - 1] ?? 0) + 1),
    'the timeline has no gaps',
    seqs,
  );
  const standing = after.appointments[view.appointment ?? ''];
  ensure(view.appointment === null || Boolean(standing?.booked), 'the current appointment was booked', view);

  const cutoffAt = rules.recordOf(before).cutoffAt;
  if (event.type === 'request.reschedule' && answer?.accepted)
    ensure(
      cutoffAt !== null && (now < cutoffAt || saidYes),
      'no reschedule is accepted at or after the cutoff',
      {
        now,
        cutoffAt,
      },
    );
}

/** Money goes back only after somebody cancelled the session, or nobody booked it. */
function checkRefund({ event, effects, before }: Heard, provider: Provider): void {
  if (!effects.some(({ call }) => call.kind === 'refund')) return;
  switch (event.type) {
    case 'request.cancel':
    case 'operator.cancel':
    case 'ticket.action':
    case 'operator.retry':
    case 'operator.skip':
      return;
    case 'effect.done': {
      const { expiry, cancelPending } = before;
      const dead = (one: AppointmentTruth | undefined): boolean => one?.end.kind === 'cancelled';
      const cancelled = cancelPending !== null && dead(provider.appointments.get(cancelPending.appointment));
      ensure(expiry !== null || cancelled, 'no refund without a true cancellation', { event, cancelPending });
      ensure(provider.live().length === 0 || cancelled, 'no refund of a session that is booked', { event });
      return;
    }
    default:
      ensure(false, 'no refund without a true cancellation', { event });
  }
}

/** Once every vendor answers again and an operator repeats what failed, the session comes to its end. */
function bringToItsEnd(session: Simulation): void {
  session.payment = 'paid';
  session.refund = 'done';
  for (let round = 0; round < 20 && !session.rules.hasEnded(session.state); round += 1) {
    session.drain();
    for (const { step, code } of session.view.attention) {
      if (step === null) continue;
      // What the provider contradicts is not settled by asking it again.
      const type = code === 'provider-disagrees' ? 'operator.skip' : 'operator.retry';
      session.send({ type, step: step as StepId });
    }
    session.drain().passTo(session.now + 40 * DAY);
  }
  const { phase, outcome, attention } = session.view;
  ensure(session.rules.hasEnded(session.state), 'every session comes to its end', {
    phase,
    outcome,
    attention,
  });
  ensure(outcome !== null, 'an ended session has an outcome');
  ensure(
    session.rules.unpublished(session.state).length < 25,
    'the timeline is published',
    session.state.seq,
  );
  ensure(session.rules.gateOf(session.state).state === 'over', 'an ended session has a gate that is over');
}

function anythingGoes(rules: Rules, { runs, seed }: PropertyOptions, coverage: Coverage): void {
  fc.assert(
    fc.property(
      fc.constantFrom(...phases),
      fc.constantFrom<Partial<Policy>>(
        {},
        { onCancel: 'end' },
        { lateDefault: 'approve', remindersMs: [HOUR] },
        { refund: 'none', bookingDeadlineMs: 2 * DAY },
      ),
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      (phase, policy, fixed, dice) => {
        const roll: Roll = (sides) => (dice.next().value ?? 0) % sides;
        // Only a person's yes opens what the cutoff has shut.
        let saidYes = false;
        const startsAt = fixed ? at(START) : null;
        const session: Simulation = new Simulation(rules, inputOf({ startsAt }, policy), (heard) => {
          const row = coverage.get(heard.event.type) ?? new Map<Phase, number>();
          coverage.set(heard.event.type, row);
          row.set(heard.before.phase, (row.get(heard.before.phase) ?? 0) + 1);
          saidYes ||= heard.event.type === 'operator.decide-late-change' && heard.event.approve;
          saidYes ||= heard.event.type === 'ticket.action' && heard.event.action === 'approve_change';
          checkDecision(rules, saidYes, heard);
          checkRefund(heard, session.provider);
        });
        session.payment = pick(roll, ['paid', 'paid', 'paid', 'not-paid', 'cancelled'] as const) ?? 'paid';
        if (phase !== 'opening') session.payment = 'paid';
        reach(session, phase);
        session.refund =
          pick(roll, ['done', 'done', 'pending', 'failed', 'nothing-to-refund'] as const) ?? 'done';
        const backlog: SessionEvent[] = [];
        for (let n = 0; n < 14; n += 1) {
          const what = roll(10);
          if (what < 2) pass(session, roll);
          else if (what < 5 && session.pending.length > 0) {
            const index = roll(session.pending.length);
            if (roll(4) === 0) session.fail(index);
            else session.finish(index);
          } else if (what === 5 && backlog.length > 0) {
            // Told late, and perhaps once more.
            const late = backlog[roll(backlog.length)];
            if (late) session.send(late);
          } else if (what === 6) backlog.push(...providerEvents(session, roll));
          else session.hear(anyEvent(session, roll));
        }
        bringToItsEnd(session);
      },
    ),
    { numRuns: runs, seed },
  );
}

/** Moves and cancellations around the cutoff, heard whenever: only their own instant counts. */
function onlyTheInstantCounts(rules: Rules, { runs, seed }: PropertyOptions): void {
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -2 * DAY, max: 20 * HOUR })),
      fc.integer({ min: 0, max: HOUR }),
      fc.constantFrom('move', 'request'),
      (offset, delay, how) => {
        const session = new Simulation(rules, inputOf()).open();
        session.now = at(PAID_AT + HOUR);
        session.hear(session.provider.book(session.now, START)).drain();
        const instant = START - POLICY.cutoffMs + offset;
        if (how === 'request') {
          session.now = at(instant);
          const verdict = session.send({ type: 'request.reschedule', by: 'client' });
          ensure(verdict?.accepted === offset < 0, 'a request is judged by its instant', { offset, verdict });
          return;
        }
        const [old] = session.provider.live();
        if (!old) return;
        const known = new Map(session.provider.appointments);
        const moved = session.provider.move(old, instant, START + 5 * DAY);
        const told = new Map(session.provider.appointments);
        session.provider.appointments.clear();
        for (const [name, one] of known) session.provider.appointments.set(name, one);
        session.passTo(instant + delay);
        for (const [name, one] of told) session.provider.appointments.set(name, one);
        session.hear(moved);
        const stands = rules.recordOf(session.state).startsAt;
        const inTime = offset < 0;
        ensure(stands === (inTime ? START + 5 * DAY : START), 'a move is judged by its instant', {
          offset,
          delay,
        });
        ensure((session.view.lateChange === null) === inTime, 'a late move waits for a person', {
          offset,
          delay,
        });
      },
    ),
    { numRuns: runs, seed },
  );
}

/**
 * Everything that must hold of a version of the rules, whatever happens.
 *
 * @throws the first promise that does not hold.
 */
export function checkRules(rules: Rules, options: PropertyOptions): Coverage {
  const coverage: Coverage = new Map();
  onlyTheInstantCounts(rules, options);
  onlyTheCurrentOneIsCancelled(rules, options);
  orderDoesNotMatter(rules, options);
  anythingGoes(rules, options, coverage);
  return coverage;
}
