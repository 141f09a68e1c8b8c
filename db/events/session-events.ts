import type { SessionRecord } from '../../workflows/contract/session.ts';
import type { AttentionWebhook, SessionWebhook } from '../../workflows/contract/webhook.ts';

/** What a session's events are told by. */
export type SessionStand = Pick<SessionRecord, 'phase' | 'outcome' | 'startsAt'>;

/** What can be said of a session, in the order in which it comes true. */
type Stage = Exclude<SessionWebhook, 'session.moved' | AttentionWebhook>;

const isBooked = ({ phase }: SessionStand): boolean => phase === 'scheduled' || phase === 'locked';
const isLive = (stand: SessionStand): boolean => stand.phase === 'awaiting-booking' || isBooked(stand);

/** Its time is over and nobody called it off: it has been through everything before. */
function tookPlace({ phase, outcome }: SessionStand): boolean {
  if (phase !== 'settling' && phase !== 'ended') return false;
  return outcome === null || outcome === 'completed' || outcome === 'no-show';
}

const stages: Readonly<Record<Stage, (stand: SessionStand) => boolean>> = {
  'session.opened': (stand) => isLive(stand) || tookPlace(stand),
  'session.booked': (stand) => isBooked(stand) || tookPlace(stand),
  'session.locked': (stand) => stand.phase === 'locked' || tookPlace(stand),
  'session.cancelled': ({ outcome }) =>
    outcome === 'cancelled' || outcome === 'expired' || outcome === 'refunded',
  'session.ended': ({ phase }) => phase === 'ended',
};

/** A time was lost, with the client to choose again, or another took its place. */
function isMoved(before: SessionStand, after: SessionStand): boolean {
  return isBooked(before) && isLive(after) && before.startsAt !== after.startsAt;
}

/**
 * Which events a change of a session's record makes. The newest record overwrites what was not written yet, so that
 * one change may have gone through several phases: each that it must have been in is told.
 *
 * @param before what the row said until now.
 */
export function sessionEvents(before: SessionStand, after: SessionStand): readonly SessionWebhook[] {
  const reached = (Object.keys(stages) as Stage[]).filter(
    (stage) => stages[stage](after) && !stages[stage](before),
  );
  return isMoved(before, after) ? ['session.moved', ...reached] : reached;
}
