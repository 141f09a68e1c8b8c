import type { SessionFacts } from './session-facts.ts';

/** What a client may do with a session now, as the rules would answer; they still have the last word. */
export interface SessionWays {
  /** A time is to be booked, or booked anew. */
  readonly book: boolean;
  readonly reschedule: boolean;
  readonly cancel: boolean;
  /** After the cutoff a person decides, before the start. */
  readonly askLate: boolean;
  /** The interval in which the join link is open now. */
  readonly joinUntil: number | null;
  /** When it opens next. */
  readonly joinFrom: number | null;
  /** Where an appointment stands that its provider's API moves, a new start can be named here. */
  readonly nameStart: boolean;
}

const isBeforeCutoff = ({ cutoffAt }: SessionFacts, now: number): boolean =>
  cutoffAt === null || now < cutoffAt;

export function waysOf(facts: SessionFacts, now: number): SessionWays {
  const { phase, current, startsAt, appointment, moveUntil, rebook } = facts;
  const held = phase === 'scheduled' || phase === 'locked';
  const changeable = phase === 'scheduled' && isBeforeCutoff(facts, now) && !facts.lateChangePending;
  const mayMove = held && moveUntil !== null && now <= moveUntil;
  const open = facts.join.find(({ from, until }) => from <= now && now < until);
  const ahead = facts.join.map(({ from }) => from).filter((from) => from > now);
  return {
    book:
      phase === 'awaiting-booking' ||
      ((phase === 'scheduled' || mayMove) && current && (appointment === null || rebook)),
    reschedule: changeable || mayMove,
    cancel: changeable || phase === 'awaiting-booking',
    askLate:
      phase === 'locked' &&
      current &&
      !facts.lateChangePending &&
      !mayMove &&
      startsAt !== null &&
      now < startsAt,
    joinUntil: open?.until ?? null,
    joinFrom: ahead.length === 0 ? null : Math.min(...ahead),
    nameStart: appointment?.startsWith('calcom:') === true && !rebook,
  };
}

/** When the page would next say something else by itself; null: not while nothing happens. */
export function nextTurn(facts: SessionFacts, now: number): number | null {
  const turns = [facts.cutoffAt, facts.startsAt, facts.endsAt, facts.moveUntil, facts.bookingDeadline]
    .concat(facts.join.flatMap(({ from, until }) => [from, until]))
    .filter((at): at is number => at !== null && at > now);
  return turns.length === 0 ? null : Math.min(...turns);
}
