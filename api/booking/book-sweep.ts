import { claimIntendedBookings } from '../../db/queries/bookings.ts';
import { reasonOf } from '../intake/deliver.ts';
import { createPasses } from '../passes.ts';
import { startBooking, type StartDeps } from './starts.ts';

export interface BookingSweepDeps extends StartDeps {
  /**
   * Between two passes, in milliseconds; 0 leaves it to `kick` and `runOnce`.
   * @default 1000
   */
  readonly intervalMs?: number;
  /** @default 60 000: a booking that stayed `intended` for this long is started again */
  readonly intendedAfterMs?: number;
  /** For one start, in milliseconds. @default 5000 */
  readonly startDeadlineMs?: number;
  /** Bookings of one pass. @default 16 */
  readonly batch?: number;
}

export interface BookingSweep {
  /** Takes up everything that is owed, however young, soon and off the caller's path. Never throws. */
  kick(): void;
  /** One pass. Resolves with the number of bookings that it took up. */
  runOnce(): Promise<number>;
  /** No new work; resolves when what is under way is done. */
  stop(): Promise<void>;
}

/** Gives intended bookings the run that they are owed. Several replicas may sweep: none takes what another has. */
export function createBookingSweep(deps: BookingSweepDeps): BookingSweep {
  const intendedAfterMs = deps.intendedAfterMs ?? 60_000;
  const startDeadlineMs = deps.startDeadlineMs ?? 5000;
  const batch = deps.batch ?? 16;

  let kicked = false;
  /** Temporal did not answer the last time: one booking of each pass finds out when it does again. */
  let away = false;

  async function startOwed(): Promise<number> {
    const now = deps.clock();
    const waitedMs = kicked || away ? 0 : intendedAfterMs;
    kicked = false;
    const owed = await claimIntendedBookings(deps.db, {
      now: new Date(now),
      intendedBefore: new Date(now - waitedMs),
      retryBefore: new Date(now - waitedMs),
      limit: away ? 1 : batch,
    });
    // Nobody waits behind one that was only asked for to find out.
    if (away && owed.length > 0) kicked = true;
    away = false;
    for (const booking of owed) {
      try {
        await startBooking(booking, startDeadlineMs, deps);
      } catch (error) {
        const reason = reasonOf(error);
        deps.log.warn({ bookingKey: booking.booking_key, reason }, 'booking could not be started');
        // The others would wait for the same deadline; their turn comes again.
        if (reason !== 'engine-unavailable') continue;
        away = true;
        break;
      }
    }
    return owed.length;
  }

  async function pass(): Promise<number> {
    if (passes.isStopped()) return 0;
    try {
      return await startOwed();
    } catch (error) {
      deps.log.warn({ reason: reasonOf(error) }, 'bookings could not be swept');
      return 0;
    }
  }

  const passes = createPasses(deps.intervalMs ?? 1000, pass);
  return {
    ...passes,
    kick() {
      kicked = true;
      passes.kick();
    },
  };
}
