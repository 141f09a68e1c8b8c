import fc from 'fast-check';
import type { AppointmentEvent, SessionEvent } from '../../../workflows/contract/events.ts';
import type { Policy } from '../../../workflows/contract/session.ts';
import type { Rules } from '../../../workflows/policy/rules.ts';
import type { SessionState } from '../../../workflows/policy/state.ts';
import { at, DAY, HOUR, inputOf, MINUTE, PAID_AT, Provider, Simulation } from '../simulation.ts';
import { ensure, type PropertyOptions, START } from './ensure.ts';

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

/** A provider's history, in any order and any number of times, is one session. */
export function orderDoesNotMatter(
  rules: Rules,
  { runs, seed, endOnFailure = false }: PropertyOptions,
): void {
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
    { numRuns: runs, seed, endOnFailure },
  );
}

/** The old half of a reschedule alone, a stale cancel, and a cancel heard first: none cancels the session. */
export function onlyTheCurrentOneIsCancelled(
  rules: Rules,
  { runs, seed, endOnFailure = false }: PropertyOptions,
): void {
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
    { numRuns: runs, seed, endOnFailure },
  );
}
