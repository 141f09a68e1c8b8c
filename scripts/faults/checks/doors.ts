import type { Deeds } from '../deeds.ts';
import { type Demand, demandOf } from '../demand.ts';
import type { Evidence, Violation } from '../evidence.ts';
import type { Poll } from '../watch.ts';

/**
 * How long after a gate was published a replica may still answer by the one before: it counts as current until 2 s
 * after the last heartbeat of its notifications. A revocation knows no such time.
 */
const HEARTBEAT_MS = 2000;

/** From when on nobody may pass, by what is known; the earliest of all reasons. */
function shutFrom(deeds: Deeds, demand: Demand, seenOver: number | undefined): number {
  const { cancelledOnPageAt, revokedAt } = deeds;
  return Math.min(
    demand.shutFrom ?? Infinity,
    revokedAt ?? Infinity,
    (cancelledOnPageAt ?? Infinity) + HEARTBEAT_MS,
    (seenOver ?? Infinity) + HEARTBEAT_MS,
  );
}

/** A pass was decided between its request and its answer: one of these instants must have been good. */
function isInTime({ sentAt, answeredAt }: Poll, { join }: Demand): boolean {
  return join.some(({ from, until }) => answeredAt >= from && sentAt < until);
}

/** Nobody passed a gate that had to be closed. */
export function noGateOpenWhenClosed({ deeds, polls, seenOver }: Evidence): Violation[] {
  return deeds.flatMap((one): Violation[] => {
    const demand = demandOf(one);
    const from = shutFrom(one, demand, seenOver.get(one.key));
    const wrong = polls
      .filter(({ key, passed }) => key === one.key && passed)
      .flatMap((poll): Violation[] => {
        const violation = (expected: string, ms: number): Violation => ({
          promise: 'no gate is open when it must be closed',
          session: one.key,
          expected: `${one.story}: ${expected}`,
          seen: `${poll.door} passed (${poll.status}) ${ms} ms after`,
        });
        if (poll.sentAt >= from) return [violation('closed from its end on', poll.sentAt - from)];
        if (poll.door === 'join' && !isInTime(poll, demand))
          return [violation('join only around its time', poll.answeredAt - (demand.join[0]?.from ?? 0))];
        return [];
      });
    const [first] = wrong;
    // A gate that stays open is one violation, not one a second.
    return first ? [{ ...first, seen: `${first.seen}; ${wrong.length} times in all` }] : [];
  });
}

/** The test would see an open gate: every client saw its page, and joined when its time came. */
export function everyClientGotIn({ deeds, polls }: Evidence): Violation[] {
  return deeds.flatMap((one): Violation[] => {
    if (one.stuck !== null) return [];
    const passes = (door: Poll['door']) =>
      polls.some((poll) => poll.key === one.key && poll.door === door && poll.passed);
    const { seesPage, joins } = demandOf(one);
    const looked = !seesPage || passes('page');
    const joined = !joins || passes('join');
    return looked && joined
      ? []
      : [
          {
            promise: 'every client gets in',
            session: one.key,
            expected: `${one.story}: the page, and the join link in its time`,
            seen: `page ${passes('page') ? 'seen' : 'never seen'}, ${passes('join') ? 'joined' : 'never joined'}`,
          },
        ];
  });
}
