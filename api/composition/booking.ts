import type { Client } from '@temporalio/client';
import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import type { CalendlyClient } from '../../integrations/calendly/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { defaultBooking } from '../../platform/config-providers.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { addCatalogRoutes } from '../admin/catalog.ts';
import { createFormCors } from '../booking-requests/cors.ts';
import { addPublicBookingRoutes } from '../booking-requests/routes.ts';
import { addBookRoutes } from '../booking/book.ts';
import { createBookPages, schedulingOriginOf } from '../booking/book-pages.ts';
import { type BookingSweep, createBookingSweep } from '../booking/book-sweep.ts';
import { addBookingLinkRoutes } from '../booking/links.ts';
import { type BookingRuns, createBookingRuns } from '../booking/starts.ts';
import { validateBookingLink } from '../booking/validate.ts';
import type { Revocations } from '../gate/revocations.ts';
import type { Referred } from '../intake/referred.ts';
import type { Routes } from '../operations/routes.ts';
import type { Callers } from './callers.ts';

export interface Booking {
  /** To be mounted before the described routes. */
  readonly routers: readonly Router[];
  readonly sweep: BookingSweep;
  readonly runs: BookingRuns;
}

/** Bookings: links to them and what those are made for, booking with a link, and what visitors ask for. */
export function composeBooking(
  config: Pick<Config, 'keys' | 'calendly' | 'calcom' | 'defaultProvider' | 'booking' | 'http'>,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Logger;
    readonly callers: Callers;
    readonly revocations: Revocations;
    /** Origins whose forms are ours: the gateway's, and the public one. */
    readonly origins: readonly string[];
    readonly connect: () => Promise<Client>;
    readonly routes: Routes;
    /** Null where it is not configured. */
    readonly calendly: CalendlyClient | null;
    readonly referred: Referred;
    /** Whose the bookings of visitors are; made with the first of them. */
    readonly tenant: { readonly id: number; readonly name: string; readonly timeZone: string };
  },
): Booking {
  const { db, clock, log, callers, revocations, routes } = deps;
  const linkKeys = config.keys.link;
  const runs = createBookingRuns(deps.connect);
  const sweep = createBookingSweep({ db, clock, log, runs });
  const { provider, eventType, link: defaultLink } = defaultBooking(config);
  const { linkWaitMs } = config.booking;
  const waiting = { db, clock, log, runs, linkWaitMs, onOwed: () => sweep.kick() };
  const book = {
    ...waiting,
    validate: (token: string, now: Instant) => validateBookingLink({ db, linkKeys }, token, now),
    origins: deps.origins,
  };
  addBookingLinkRoutes(routes, { db, linkKeys, clock, revocations });
  addBookRoutes(routes, book);
  addCatalogRoutes(routes, { db, clock });
  addPublicBookingRoutes(routes, {
    ...waiting,
    runs,
    linkKeys,
    defaultLink,
    limits: callers.limits,
    tenant: deps.tenant,
    provider,
    eventType,
    calendly: deps.calendly,
    calendlySecret: config.calendly?.webhookSecret ?? '',
    calendlyApiUrl: config.calendly?.apiUrl ?? null,
    referred: deps.referred,
  });
  return {
    runs,
    sweep,
    routers: [
      createFormCors(config.http.formOrigins),
      createBookPages({
        ...book,
        schedulingOrigins: [
          ...(config.calendly ? [schedulingOriginOf(config.calendly.apiUrl)] : []),
          ...(config.calcom ? [new URL(config.calcom.webUrl).origin] : []),
        ],
        keepers: callers,
      }),
    ],
  };
}
