import type {
  Carried,
  CarryingActivities,
  Riders,
  SessionActivities,
} from '../workflows/contract/activities.ts';
import type { EffectResult } from '../workflows/contract/events.ts';
import { isStoreUnavailable, storeAway } from './failures.ts';

type Writers = Pick<SessionActivities, 'issueLink' | 'publish'>;

/** `optional`: the vendor is called although a write failed for good. */
type Need = 'optional' | 'needed';

/** Nothing when it failed and was not needed: then it is done again by itself, and its failure told of there. */
async function write(rider: Promise<EffectResult> | undefined, need: Need): Promise<readonly EffectResult[]> {
  try {
    return rider ? [await rider] : [];
  } catch (error) {
    // A gate that is not published is an open one: it waits no longer than it would by itself.
    if (isStoreUnavailable(error)) throw storeAway();
    if (need === 'needed') throw error;
    return [];
  }
}

async function writeRiders(
  { issueLink, publish }: Writers,
  { link, publication }: Riders,
  need: Need,
): Promise<readonly EffectResult[]> {
  const issued = await write(link && issueLink(link), need);
  return [...issued, ...(await write(publication && publish(publication), need))];
}

function withRiders<Input extends object, Result extends EffectResult>(
  writers: Writers,
  run: (input: Input) => Promise<Result>,
  need: Need,
): (input: Input & { readonly riders?: Riders }) => Promise<Carried<Result>> {
  return async (input) => {
    const { riders } = input;
    if (!riders) return await run(input);
    const results = await writeRiders(writers, riders, need);
    return { ...(await run(input)), riders: results };
  };
}

/**
 * The effects of a session, of which those at vendors carry writes to our own rows. These are done first, again at each
 * attempt; each is safe to repeat. While PostgreSQL is away the attempt fails before the vendor is called. A route is not
 * deleted before the publication that it carries is written, whatever keeps it from that.
 */
export function carrying(activities: Readonly<SessionActivities>): CarryingActivities {
  const carry = <Input extends object, Result extends EffectResult>(
    run: (input: Input) => Promise<Result>,
    need: Need = 'optional',
  ) => withRiders(activities, run, need);
  return {
    ...activities,
    confirmPayment: carry(activities.confirmPayment),
    openTicket: carry(activities.openTicket),
    writeTicket: carry(activities.writeTicket),
    remind: carry(activities.remind),
    deleteRoute: carry(activities.deleteRoute, 'needed'),
    makeBookingLink: carry(activities.makeBookingLink),
    askProvider: carry(activities.askProvider),
    cancelAppointment: carry(activities.cancelAppointment),
    moveAppointment: carry(activities.moveAppointment),
    handOver: carry(activities.handOver),
    claimGrace: carry(activities.claimGrace),
    refund: carry(activities.refund),
  };
}
