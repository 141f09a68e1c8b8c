import type { Instant } from '../../contract/values.ts';
import type { AppointmentFacts, SessionState, Standing } from '../state.ts';

/** Why no time stands any more. */
export type FreedCause = 'client' | 'host' | 'host-asked' | 'half';

type Booked = AppointmentFacts & { readonly booked: NonNullable<AppointmentFacts['booked']> };

const isBooked = (facts: AppointmentFacts): facts is Booked => facts.booked !== null;

/** Newest first; two made in the same instant are told apart by their URI, so that everyone picks the same. */
function newestFirst(a: Booked, b: Booked): number {
  if (a.booked.at !== b.booked.at) return b.booked.at - a.booked.at;
  return a.appointment < b.appointment ? 1 : -1;
}

/** When an appointment stopped being alive, by what is known now; null while it is. */
function deathOf(
  facts: AppointmentFacts,
  appointments: SessionState['appointments'],
): { readonly at: Instant; readonly cause: FreedCause } | null {
  const { cancelled, replacedBy, askedToMoveAt, half } = facts;
  const other = replacedBy === null ? undefined : appointments[replacedBy];
  const deaths: { readonly at: Instant; readonly cause: FreedCause }[] = [];
  // An appointment ends once: where its host asked for another time, Cal.com's API tells that same end as a cancellation.
  if (askedToMoveAt !== null) deaths.push({ at: askedToMoveAt, cause: 'host-asked' });
  else if (cancelled) deaths.push({ at: cancelled.at, cause: cancelled.by });
  // Half a reschedule changes nothing until its other half is heard, or is known not to exist.
  if (other?.booked) deaths.push({ at: other.booked.at, cause: 'half' });
  else if (half?.givenUp) deaths.push({ at: half.at, cause: 'half' });
  return deaths.reduce<(typeof deaths)[number] | null>(
    (first, one) => (first === null || one.at < first.at ? one : first),
    null,
  );
}

/** An appointment and its end, by what is known now. */
export interface Life {
  readonly facts: Booked;
  readonly death: ReturnType<typeof deathOf>;
}

/** The appointments that were booked, newest first. */
export function livesOf({ appointments }: SessionState): readonly Life[] {
  return Object.values(appointments)
    .filter(isBooked)
    .toSorted(newestFirst)
    .map((facts) => ({ facts, death: deathOf(facts, appointments) }));
}

/**
 * What is wanted at `at`: the newest appointment alive then, or the order's own time while none was booked.
 * Providers tell whole seconds at times, so one instant can hold a booking and its end: first the booking counts,
 * then the end.
 */
export function wantedAt(
  lives: readonly Life[],
  fixed: Standing | null,
  at: Instant,
  ends: 'held' | 'counted',
): Standing | null {
  const alive = lives.find(
    ({ facts, death }) =>
      facts.booked.at <= at &&
      (death === null || (ends === 'held' ? Math.max(death.at, facts.booked.at) >= at : death.at > at)),
  );
  if (alive) {
    const { appointment, booked } = alive.facts;
    return { appointment, startsAt: booked.startsAt, endsAt: booked.endsAt };
  }
  return lives.every(({ facts }) => facts.booked.at > at) ? fixed : null;
}

/** What is alive at the provider, newest first; not always what stands for the session. */
export function liveAppointments(state: SessionState): readonly Booked[] {
  return livesOf(state).flatMap(({ facts, death }) => (death === null ? [facts] : []));
}
