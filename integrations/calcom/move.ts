import { CodedFailure } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import type { WireBooking } from './wire.ts';

export interface MoveCalls {
  /** Undefined when Cal.com does not know it. */
  read(uid: string): Promise<WireBooking | undefined>;
  /** Answers with the new booking. */
  reschedule(booking: WireBooking): Promise<WireBooking>;
}

/** More reschedules than anyone makes; a bound for a chain that leads in a circle. */
const LONGEST_CHAIN = 50;

/** A booking and everything that took its place, oldest first. */
async function chainOf(calls: MoveCalls, uid: string): Promise<readonly WireBooking[]> {
  const chain = new Map<string, WireBooking>();
  let next: string | null = uid;
  while (next !== null && !chain.has(next) && chain.size < LONGEST_CHAIN) {
    const found: WireBooking | undefined = await calls.read(next);
    if (!found) break;
    chain.set(next, found);
    next = found.rescheduledToUid;
  }
  return [...chain.values()];
}

const starts = (at: number) => (booking: WireBooking) => booking.start === at;

/**
 * Moves a booking. Cal.com makes a new booking for each move, so whether it was made already is looked up first: a
 * repeat after a lost answer finds the booking that took the old one's place.
 *
 * @throws {CodedFailure} `vendor-not-found`; `vendor-rejected` when it was cancelled; `vendor-conflict` when somebody
 *   else moved it to another time meanwhile: that decision is not ours to undo.
 */
export async function moveBooking(calls: MoveCalls, uid: string, startsAt: number): Promise<WireBooking> {
  const chain = await chainOf(calls, uid);
  const [old] = chain;
  if (!old) throw new CodedFailure('vendor-not-found', 'calcom: no such booking to move');
  const moved = chain.slice(1).findLast(starts(startsAt));
  if (moved) return moved;
  if (chain.length > 1)
    throw new CodedFailure('vendor-conflict', 'calcom: the booking was moved to another time meanwhile');
  if (old.status === 'cancelled' || old.status === 'rejected')
    throw new CodedFailure('vendor-rejected', 'calcom: the booking to move is cancelled');
  if (old.start === startsAt) return old;
  try {
    return await calls.reschedule(old);
  } catch (error) {
    // A 400 that says in words only that somebody was quicker, which may be a repeat of this very call.
    if (!(error instanceof VendorFailure) || error.status !== 400) throw error;
    const since = (await chainOf(calls, uid)).slice(1).findLast(starts(startsAt));
    if (since) return since;
    throw error;
  }
}
