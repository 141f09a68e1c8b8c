import fc from 'fast-check';
import type { SessionEvent } from '../../../workflows/contract/events.ts';
import type { Policy } from '../../../workflows/contract/session.ts';
import type { Rules } from '../../../workflows/policy/rules.ts';
import type { SessionState } from '../../../workflows/policy/state.ts';
import { at, DAY, type Heard, HOUR, inputOf, MINUTE, PAID_AT, Simulation } from '../simulation.ts';
import { ensure, pick, type PropertyOptions, type Roll, START } from './ensure.ts';
import { checkDecision } from './promises.ts';

const policies: readonly Partial<Policy>[] = [
  { lateDefault: 'decline', lateGrace: 'none' },
  { lateDefault: 'decline', lateGrace: 'once' },
  { lateDefault: 'approve', lateGrace: 'none' },
  { lateDefault: 'approve', lateGrace: 'once', onCancel: 'end', lateDeadlineMs: 3 * HOUR },
];

/** What a client may do about a session that can no longer be changed. */
function clientDoes(session: Simulation, roll: Roll): readonly SessionEvent[] {
  // Nobody does two things in one instant.
  session.now = at(session.now + 1);
  const { provider, now } = session;
  const [live] = provider.live();
  const startsAt =
    pick(roll, [START, now + HOUR, now + 5 * HOUR, START + 2 * HOUR, START + 3 * DAY]) ?? START;
  if (!live) return provider.book(now, startsAt);
  switch (roll(5)) {
    case 0:
      return provider.cancel(live, now, 'client');
    case 1:
      return provider.book(now, startsAt);
    default:
      return provider.move(live, now, startsAt);
  }
}

const DEFAULT_YES = 'approved-by-default';

function sameTimes(a: SessionState['standing'], b: SessionState['standing']): boolean {
  return a?.startsAt === b?.startsAt && a?.endsAt === b?.endsAt;
}

/** Counts each yes that the rules may act on, and each change of the time that stood. */
class Ledger {
  yes = 0;
  changes = 0;
  readonly #rules: Rules;
  readonly #policy: Partial<Policy>;
  readonly #session: () => Simulation;

  constructor(rules: Rules, policy: Partial<Policy>, session: () => Simulation) {
    this.#rules = rules;
    this.#policy = policy;
    this.#session = session;
  }

  hear(heard: Heard): void {
    const { event, before, after, now } = heard;
    const byDefault = after.timeline.filter(
      ({ seq, reason }) => seq > before.seq && reason === DEFAULT_YES,
    ).length;
    ensure(byDefault === 0 || this.#policy.lateDefault === 'approve', 'the default says what the deal says');
    const pending = event.type === 'clock.due' ? before.late : null;
    ensure(byDefault === 0 || !pending || pending.deadline <= now, 'the default answers at the deadline');
    this.yes += byDefault;
    if (event.type === 'operator.decide-late-change' && event.approve) this.yes += 1;
    if (event.type === 'ticket.action' && event.action === 'approve_change') this.yes += 1;
    if (event.type === 'effect.done' && event.result.kind === 'claim-grace' && event.result.granted)
      this.yes += 1;
    if (before.standing && !before.ending && !sameTimes(before.standing, after.standing)) this.changes += 1;
    ensure(this.changes <= this.yes, 'a change after the cutoff has a yes', {
      event,
      view: this.#rules.viewOf(after),
    });
    checkDecision(this.#rules, this.yes > 0, heard);
    ensure(
      !this.#session().kinds().includes('refund') || this.yes > 0,
      'nothing is refunded after the cutoff without a yes',
    );
  }
}

/** Moves, cancellations and wishes of a client for whom the cutoff has always passed. */
export function noChangeWithoutAYes(
  rules: Rules,
  { runs, seed, endOnFailure = false }: PropertyOptions,
): void {
  fc.assert(
    fc.property(fc.constantFrom(...policies), fc.infiniteStream(fc.nat()), (policy, dice) => {
      const roll: Roll = (sides) => (dice.next().value ?? 0) % sides;
      // However far away a new time is, it cannot be changed either.
      const input = inputOf({}, { ...policy, cutoffMs: 90 * DAY });
      let ledger: Ledger | undefined;
      const session: Simulation = new Simulation(rules, input, (heard) => ledger?.hear(heard));
      session.open();
      session.now = at(PAID_AT + HOUR);
      session.hear(session.provider.book(session.now, START)).drain();
      ledger = new Ledger(rules, policy, () => session);
      session.passTo(START - 30 * HOUR);
      const untold: SessionEvent[] = [];
      for (let n = 0; n < 16 && session.phase === 'locked'; n += 1) {
        switch (roll(8)) {
          case 0:
          case 1:
            session.hear(clientDoes(session, roll));
            break;
          case 2:
            untold.push(...clientDoes(session, roll));
            break;
          case 3:
            session.hear(untold.splice(roll(untold.length + 1), 1 + roll(3)));
            break;
          case 4:
            session.send(
              roll(2) === 0
                ? { type: 'request.late-change', by: 'client' }
                : { type: 'request.reschedule', by: 'client' },
            );
            break;
          case 5:
            if (roll(2) === 0)
              session.send({ type: 'operator.decide-late-change', by: 'operator', approve: roll(2) === 0 });
            else {
              const action = roll(2) === 0 ? 'approve_change' : 'decline_change';
              const heard = { occurredAt: session.now, receivedAt: session.now };
              session.send({ type: 'ticket.action', action, ...heard });
            }
            break;
          case 6:
            if (roll(3) === 0 && session.pending.length > 0) session.fail(roll(session.pending.length));
            else session.drain();
            break;
          default:
            session.passTo(session.now + (pick(roll, [MINUTE, HOUR, 5 * HOUR]) ?? HOUR), roll(3) > 0);
        }
      }
    }),
    // Each is many decisions long.
    { numRuns: Math.ceil(runs / 3), seed, endOnFailure },
  );
}
