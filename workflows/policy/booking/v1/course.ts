import type { Instant } from '../../../contract/values.ts';
import type { AppointmentFacts } from '../../state.ts';
import type { BookingState } from '../state.ts';

type Facts = BookingState['appointments'];
type Booked = AppointmentFacts & { readonly booked: NonNullable<AppointmentFacts['booked']> };

/** How an appointment stopped being alive. */
interface Death {
  readonly at: Instant;
  readonly cause: 'client' | 'host' | 'host-asked' | 'replaced' | 'half';
}

/** What the facts mean, whatever their order of arrival. */
export interface BookingCourse {
  /** The newest appointment that is neither cancelled nor replaced. */
  readonly standing: Booked | null;
  /** How the newest one was lost, where none stands and one did. */
  readonly lost: Death | null;
  /** The newest that no other took over from, alive or not. */
  readonly last: Booked | null;
  readonly reschedules: number;
  /** Alive at the provider beside the standing one. */
  readonly rivals: readonly Booked[];
}

const isBooked = (facts: AppointmentFacts): facts is Booked => facts.booked !== null;

/** Newest first; two made in the same instant are told apart by their URI, so that everyone picks the same. */
function newestFirst(a: Booked, b: Booked): number {
  if (a.booked.at !== b.booked.at) return b.booked.at - a.booked.at;
  return a.appointment < b.appointment ? 1 : -1;
}

function replacementOf({ appointment, replacedBy }: AppointmentFacts, facts: Facts): Booked | null {
  const other = replacedBy === null || replacedBy === appointment ? undefined : facts[replacedBy];
  return other && isBooked(other) ? other : null;
}

/**
 * Null while it is alive. What was cancelled after its end has taken place all the same. Half a reschedule changes
 * nothing until its other half is heard of, or is known not to exist.
 */
function deathOf(one: Booked, facts: Facts): Death | null {
  const replacement = replacementOf(one, facts);
  const deaths: Death[] = [];
  // It ends once: where its host asked for another time, Cal.com's API tells that same end as a cancellation.
  if (one.askedToMoveAt !== null) deaths.push({ at: one.askedToMoveAt, cause: 'host-asked' });
  else if (one.cancelled) deaths.push({ at: one.cancelled.at, cause: one.cancelled.by });
  if (one.half?.givenUp && !replacement) deaths.push({ at: one.half.at, cause: 'half' });
  const inTime = deaths.filter(({ at }) => at < one.booked.endsAt);
  if (replacement) inTime.push({ at: replacement.booked.at, cause: 'replaced' });
  return inTime.reduce<Death | null>((first, death) => (first && first.at <= death.at ? first : death), null);
}

/** Derives everything about a booking's time from the facts alone. */
export function courseOf(facts: Facts): BookingCourse {
  const booked = Object.values(facts).filter(isBooked).toSorted(newestFirst);
  const alive = booked.filter((one) => deathOf(one, facts) === null);
  const [standing = null, ...rivals] = alive;
  // An appointment that another took over from is not how the booking was lost.
  const last = booked.find((one) => replacementOf(one, facts) === null) ?? booked[0] ?? null;
  return {
    standing,
    lost: standing || !last ? null : deathOf(last, facts),
    last,
    reschedules: Object.values(facts).filter((one) => replacementOf(one, facts) !== null).length,
    rivals,
  };
}
