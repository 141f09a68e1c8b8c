import type { Instant } from '../../contract/values.ts';
import type { AppointmentFacts, SessionState, Standing } from '../state.ts';

/** Why no time stands any more. */
export type FreedCause = 'client' | 'host' | 'host-asked' | 'half';

export interface LateCourse {
  readonly key: string;
  readonly kind: 'move' | 'cancel';
  readonly wanted: Standing | null;
}

/** What the facts and the decisions mean, whatever their order of arrival. */
export interface Course {
  /** The time that holds for the session. */
  readonly standing: Standing | null;
  /** Since when and why no time stands, where one stood before. */
  readonly freed: {
    readonly at: Instant;
    readonly cause: FreedCause;
    readonly appointment: Standing['appointment'];
  } | null;
  /** A change after the cutoff that nobody has decided. */
  readonly late: LateCourse | null;
  /** More than one appointment is alive at the provider. */
  readonly rivals: boolean;
}

type Booked = AppointmentFacts & { readonly booked: NonNullable<AppointmentFacts['booked']> };

const isBooked = (facts: AppointmentFacts): facts is Booked => facts.booked !== null;

/** Newest first; two made in the same instant are told apart by their URI, so that everyone picks the same. */
function newestFirst(a: Booked, b: Booked): number {
  if (a.booked.at !== b.booked.at) return b.booked.at - a.booked.at;
  return a.appointment < b.appointment ? 1 : -1;
}

export function standingKey(standing: Standing | null): string {
  return standing ? (standing.appointment ?? 'fixed') : 'none';
}

/** Names a standing time: a host may move an appointment without renaming it. */
export function timeKey(standing: Standing): string {
  return `${standingKey(standing)}@${standing.startsAt}`;
}

export function fixedStanding({ input }: SessionState): Standing | null {
  const { startsAt, durationMs, paidAt, policy } = input;
  if (startsAt === null) return null;
  const endsAt = (startsAt + durationMs) as Instant;
  // A time that was over before it was paid for is no time at all; the client chooses another.
  return endsAt + policy.gateClosesMs <= paidAt ? null : { appointment: null, startsAt, endsAt };
}

/** When an appointment stopped being alive, by what is known now; null while it is. */
function deathOf(
  facts: AppointmentFacts,
  appointments: SessionState['appointments'],
): { readonly at: Instant; readonly cause: FreedCause } | null {
  const { cancelled, replacedBy, askedToMoveAt, half } = facts;
  const other = replacedBy === null ? undefined : appointments[replacedBy];
  const deaths: { readonly at: Instant; readonly cause: FreedCause }[] = [];
  if (cancelled) deaths.push({ at: cancelled.at, cause: cancelled.by });
  if (askedToMoveAt !== null) deaths.push({ at: askedToMoveAt, cause: 'host-asked' });
  // Half a reschedule changes nothing until its other half is heard, or is known not to exist.
  if (other?.booked) deaths.push({ at: other.booked.at, cause: 'half' });
  else if (half?.givenUp) deaths.push({ at: half.at, cause: 'half' });
  return deaths.reduce<(typeof deaths)[number] | null>(
    (first, one) => (first === null || one.at < first.at ? one : first),
    null,
  );
}

/** The cutoff policy that held at `at`. */
export function cutoffMsAt(state: SessionState, at: Instant): number {
  const held = state.cutoffs.findLast(({ since }) => since <= at);
  return held ? held.ms : state.input.policy.cutoffMs;
}

/** Until when the standing time may be changed, by the cutoff that holds now. */
export function cutoffOf(state: SessionState, standing: Standing): Instant {
  return (standing.startsAt - (state.cutoffs.at(-1)?.ms ?? state.input.policy.cutoffMs)) as Instant;
}

/** The appointments of a session with the end of each, newest first. */
interface Life {
  readonly facts: Booked;
  readonly death: ReturnType<typeof deathOf>;
}

type Place = Pick<Course, 'standing' | 'freed' | 'late'>;

/**
 * What is wanted at `at`: the newest appointment alive then, or the order's own time while none was booked.
 * Providers tell whole seconds at times, so one instant can hold a booking and its end: first the booking counts,
 * then the end.
 */
function wantedAt(
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

/** Judges what happened at `at` against the time that stood then. */
function judge(
  state: SessionState,
  lives: readonly Life[],
  place: Place,
  wanted: Standing | null,
  at: Instant,
): Place {
  const { standing } = place;
  const of = standingKey(standing);
  if (standingKey(wanted) === of) return { ...place, late: null };
  if (!standing) return { standing: wanted, freed: null, late: null };

  const death = lives.find(({ facts }) => facts.appointment === standing.appointment)?.death;
  const cause = death && death.at <= at ? death.cause : 'client';
  const key = `${of}>${standingKey(wanted)}`;
  const decision = state.decided[key];
  const inTime = at < standing.startsAt - cutoffMsAt(state, at);
  const byHost = cause === 'host' || cause === 'host-asked';
  const allowed =
    wanted !== null && state.authorised.some((one) => one.of === of && one.at <= at && at <= one.until);
  if (inTime || byHost || allowed || decision?.approve === true) {
    const freed = wanted ? null : { at, cause, appointment: standing.appointment };
    return { standing: wanted, freed, late: null };
  }
  if (decision) return { ...place, late: null };
  return { ...place, late: { key, kind: wanted ? 'move' : 'cancel', wanted } };
}

/**
 * Replays everything that happened to the session's time in the order in which it *happened*: each change is
 * judged against the cutoff of the time that stood then. Heard in another order or twice, the same facts give the
 * same course.
 */
export function courseOf(state: SessionState): Course {
  const lives: readonly Life[] = Object.values(state.appointments)
    .filter(isBooked)
    .toSorted(newestFirst)
    .map((facts) => ({ facts, death: deathOf(facts, state.appointments) }));
  const moments = lives
    .flatMap(({ facts, death }) => (death ? [facts.booked.at, death.at] : [facts.booked.at]))
    .toSorted((a, b) => a - b);
  const fixed = fixedStanding(state);
  const place = [...new Set(moments)].reduce<Place>(
    (before, at) => {
      const booked = judge(state, lives, before, wantedAt(lives, fixed, at, 'held'), at);
      return judge(state, lives, booked, wantedAt(lives, fixed, at, 'counted'), at);
    },
    { standing: fixed, freed: null, late: null },
  );
  return { ...place, rivals: lives.filter(({ death }) => death === null).length > 1 };
}

/** What is alive at the provider, newest first; not always what stands for the session. */
export function liveAppointments(state: SessionState): readonly Booked[] {
  return Object.values(state.appointments)
    .filter(isBooked)
    .filter((facts) => deathOf(facts, state.appointments) === null)
    .toSorted(newestFirst);
}
