import type { Instant } from '../../contract/values.ts';
import type { Authorisation, SessionState, Standing } from '../state.ts';
import { type FreedCause, type Life, livesOf, wantedAt } from './lives.ts';

export interface LateCourse {
  readonly key: string;
  readonly kind: 'move' | 'cancel';
  readonly wanted: Standing | null;
}

/** `approved`: a late change; `same-time`: the same time under another name; `leave`: it was given before. */
export type LastChange =
  | { readonly key: string; readonly how: 'allowed' | 'approved' | 'same-time' }
  | { readonly key: string; readonly how: 'leave'; readonly leave: Authorisation };

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
  /** How the time that stands came to stand, where another one stood before. */
  readonly last: LastChange | null;
  /** More than one appointment is alive at the provider. */
  readonly rivals: boolean;
  /** The provider holds the time that stands, and no other. */
  readonly agreed: boolean;
}

export function standingKey(standing: Standing | null): string {
  return standing ? (standing.appointment ?? 'fixed') : 'none';
}

/** Names a standing time: a host may move an appointment without renaming it. */
export function timeKey(standing: Standing): string {
  return `${standingKey(standing)}@${standing.startsAt}`;
}

export function isSameTime(a: Standing, b: Standing): boolean {
  return a.startsAt === b.startsAt && a.endsAt === b.endsAt;
}

export function fixedStanding({ input }: SessionState): Standing | null {
  const { startsAt, durationMs, paidAt, policy } = input;
  if (startsAt === null) return null;
  const endsAt = (startsAt + durationMs) as Instant;
  // A time that was over before it was paid for is no time at all; the client chooses another.
  return endsAt + policy.gateClosesMs <= paidAt ? null : { appointment: null, startsAt, endsAt };
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

type Place = Pick<Course, 'standing' | 'freed' | 'late' | 'last'> & {
  /** Every name of the time that stands, the first one first: decisions about it are kept under that. */
  readonly names: readonly string[];
  /** Leave that was used. */
  readonly spent: readonly Authorisation[];
  /** What is wanted instead of what stands, and since when: leave that came later is not leave for it. */
  readonly wish: { readonly key: string; readonly since: Instant } | null;
};

const isHost = (cause: FreedCause): boolean => cause === 'host' || cause === 'host-asked';

/** The host ended at the provider what was declined here: that is the end of it, and no change of its own. */
function isTakenBack(state: SessionState, lives: readonly Life[], of: string, at: Instant): boolean {
  const newest = lives.find(({ facts }) => facts.booked.at <= at);
  if (!newest?.death || newest.death.at > at || !isHost(newest.death.cause)) return false;
  return state.decided[`${of}>${newest.facts.appointment}`]?.approve === false;
}

/** The leave that a move away from what stands had at `since`. Each is good once, also where a time comes back. */
function leaveOf(
  { authorised }: SessionState,
  { names, spent }: Place,
  since: Instant,
): Authorisation | undefined {
  return authorised.find(
    (one) => names.includes(one.of) && one.at <= since && since <= one.until && !spent.includes(one),
  );
}

/** Judges what happened at `at` against the time that stood then. */
function judge(
  state: SessionState,
  lives: readonly Life[],
  place: Place,
  wanted: Standing | null,
  at: Instant,
): Place {
  const { standing, names, spent } = place;
  const name = standingKey(wanted);
  if (name === standingKey(standing)) return { ...place, late: null, wish: null };
  const moved = { standing: wanted, freed: null, late: null, names: [name], spent, wish: null };
  if (!standing) return { ...moved, last: null };

  const of = names[0] ?? name;
  const key = `${of}>${name}`;
  const decision = state.decided[key];
  // The same time under another name is no change; it is also how a person moves an appointment back.
  if (wanted !== null && (isSameTime(wanted, standing) || decision?.sameTime))
    return { ...moved, last: { key, how: 'same-time' }, names: [...names, name] };
  const death = lives.find(({ facts }) => facts.appointment === standing.appointment)?.death;
  const cause = death && death.at <= at ? death.cause : 'client';
  const freed = wanted ? null : { at, cause, appointment: standing.appointment };
  if (decision?.approve) return { ...moved, freed, last: { key, how: 'approved' } };
  const since = place.wish?.key === key ? place.wish.since : at;
  if (since < standing.startsAt - cutoffMsAt(state, since) || isHost(cause))
    return { ...moved, freed, last: { key, how: 'allowed' } };
  const leave = wanted === null ? undefined : leaveOf(state, place, since);
  if (leave) return { ...moved, last: { key, how: 'leave', leave }, spent: [...spent, leave] };
  const wish = { key, since };
  if (decision || (wanted === null && isTakenBack(state, lives, of, at)))
    return { ...place, late: null, wish };
  return { ...place, late: { key, kind: wanted ? 'move' : 'cancel', wanted }, wish };
}

/** Something that the course turns on: what happened at the provider, or what was approved here. */
interface Moment {
  readonly at: Instant;
  /** Names the change that was approved then. */
  readonly approved: string | null;
}

function momentsOf({ decided }: SessionState, lives: readonly Life[]): readonly Moment[] {
  const happened = new Set(
    lives.flatMap(({ facts, death }) => (death ? [facts.booked.at, death.at] : [facts.booked.at])),
  );
  const approvals = Object.entries(decided)
    .filter(([, { approve, sameTime }]) => approve && !sameTime)
    .map(([key, { at }]) => ({ at, approved: key }));
  return [...[...happened].map((at) => ({ at, approved: null })), ...approvals].toSorted(
    (a, b) => a.at - b.at,
  );
}

/** What was approved stands from then on, also where facts heard since would have led elsewhere. */
function grant(state: SessionState, place: Place, key: string, at: Instant): Place {
  const to = state.decided[key]?.to ?? null;
  if (to === (place.standing?.appointment ?? null)) return place;
  const booked = to === null ? null : state.appointments[to]?.booked;
  const standing =
    to && booked ? { appointment: to, startsAt: booked.startsAt, endsAt: booked.endsAt } : null;
  const freed = standing
    ? null
    : { at, cause: 'client' as const, appointment: place.standing?.appointment ?? null };
  const names = [standingKey(standing)];
  return { ...place, standing, freed, late: null, last: { key, how: 'approved' }, names, wish: null };
}

/**
 * Replays everything that happened to the session's time in the order in which it *happened*: each change is
 * judged against the cutoff of the time that stood then. Heard in another order or twice, the same facts give the
 * same course.
 */
export function courseOf(state: SessionState): Course {
  const lives = livesOf(state);
  const fixed = fixedStanding(state);
  const names = [standingKey(fixed)];
  const { standing, freed, late, last } = momentsOf(state, lives).reduce<Place>(
    (before, { at, approved }) => {
      const place = approved === null ? before : grant(state, before, approved, at);
      const booked = judge(state, lives, place, wantedAt(lives, fixed, at, 'held'), at);
      return judge(state, lives, booked, wantedAt(lives, fixed, at, 'counted'), at);
    },
    { standing: fixed, freed: null, late: null, last: null, names, spent: [], wish: null },
  );
  // One that is being cancelled is nobody's worry any more.
  const live = lives
    .filter(({ death, facts }) => death === null && !state.released.includes(facts.appointment))
    .map(({ facts }) => facts.appointment);
  const held = standing?.appointment ?? null;
  const agreed = held === null ? live.length === 0 : live.length === 1 && live[0] === held;
  return { standing, freed, late, last, rivals: live.length > 1, agreed };
}
