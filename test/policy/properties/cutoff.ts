import fc from 'fast-check';
import type { Rules } from '../../../workflows/policy/rules.ts';
import { at, DAY, HOUR, inputOf, PAID_AT, POLICY, Simulation } from '../simulation.ts';
import { ensure, type PropertyOptions, START } from './ensure.ts';

/** Moves and cancellations around the cutoff, heard whenever: only their own instant counts. */
export function onlyTheInstantCounts(
  rules: Rules,
  { runs, seed, endOnFailure = false }: PropertyOptions,
): void {
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
    { numRuns: runs, seed, endOnFailure },
  );
}
