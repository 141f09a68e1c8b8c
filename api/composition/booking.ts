import type { Client } from '@temporalio/client';
import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { createCatalogRoutes } from '../admin/catalog.ts';
import { createBookRoutes, refuseTooMany, schedulingOriginOf } from '../booking/book.ts';
import { type BookingSweep, createBookingSweep } from '../booking/book-sweep.ts';
import { createBookingLinkRoutes } from '../booking/links.ts';
import { refuseCaller, refuseLimited } from '../booking/refusals.ts';
import { type BookingRuns, createBookingRuns } from '../booking/starts.ts';
import { validateBookingLink } from '../booking/validate.ts';
import type { Revocations } from '../gate/revocations.ts';
import type { Callers } from './callers.ts';

export interface Booking {
  readonly routers: readonly Router[];
  readonly sweep: BookingSweep;
  readonly runs: BookingRuns;
}

/** Booking links: who makes them, what they are made for, and booking with them. */
export function composeBooking(
  config: Pick<Config, 'keys' | 'calendly'>,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Logger;
    readonly callers: Callers;
    readonly revocations: Revocations;
    /** Origins whose forms are ours: the gateway's, and the public one. */
    readonly origins: readonly string[];
    readonly connect: () => Promise<Client>;
  },
): Booking {
  const { db, clock, log, callers, revocations } = deps;
  const linkKeys = config.keys.link;
  const runs = createBookingRuns(deps.connect);
  const sweep = createBookingSweep({ db, clock, log, runs });
  return {
    runs,
    sweep,
    routers: [
      createBookingLinkRoutes({
        db,
        linkKeys,
        clock,
        log,
        revocations,
        guard: callers.guard(['admin', 'tenant'], refuseCaller),
        limits: [
          callers.limit('links-per-address', refuseLimited),
          callers.limit('links-per-tenant', refuseLimited),
          callers.limit('links-per-user', refuseLimited),
        ],
      }),
      createBookRoutes({
        db,
        clock,
        log,
        validate: (token, now) => validateBookingLink({ db, linkKeys }, token, now),
        runs,
        onOwed: () => sweep.kick(),
        origins: deps.origins,
        schedulingOrigins: [schedulingOriginOf(config.calendly.apiUrl)],
        limits: [callers.limit('bookings-per-address', refuseTooMany)],
      }),
      createCatalogRoutes({ db, clock, guard: callers.guard(['admin']), providers: ['calendly'] }),
    ],
  };
}
