import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import type { CalendlyClient } from '../../integrations/calendly/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { defaultBooking, providersOf } from '../../platform/config-providers.ts';
import { runUrlOf } from '../../platform/run-url.ts';
import { addAdminBookingRoutes } from '../admin-booking/routes.ts';
import { addAuditRoutes } from '../admin/audit.ts';
import { sessionPlacesOf } from '../admin/sessions/places.ts';
import { addSessionRoutes } from '../admin/sessions/routes.ts';
import type { BookingRuns } from '../booking/starts.ts';
import type { SessionEngine } from '../gate/engine.ts';
import type { Revocations } from '../gate/revocations.ts';
import type { OrderSettings } from '../intake/orders.ts';
import type { Routes } from '../operations/routes.ts';
import type { SessionStarter } from '../sessions/starter.ts';

/** What an operator does: with visitors' bookings, with sessions, and the audit of it. */
export function composeAdmin(
  config: Pick<
    Config,
    'keys' | 'calendly' | 'calcom' | 'defaultProvider' | 'temporal' | 'apisix' | 'zammad' | 'saleor'
  >,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Logger;
    readonly routes: Routes;
    readonly engine: SessionEngine;
    readonly revocations: Revocations;
    readonly starter: SessionStarter;
    readonly orders: OrderSettings;
    readonly runs: BookingRuns;
    /** Null where it is not configured. */
    readonly calendly: CalendlyClient | null;
    /** Temporal's, for links to runs. */
    readonly namespace: string;
  },
): void {
  const { routes, namespace } = deps;
  const { uiUrl } = config.temporal;
  const { provider, link: defaultLink } = defaultBooking(config);
  addAuditRoutes(routes, deps);
  addAdminBookingRoutes(routes, {
    ...deps,
    shown: { linkKeys: config.keys.link, provider, defaultLink, uiUrl, namespace },
  });
  addSessionRoutes(routes, {
    ...deps,
    providers: providersOf(config),
    places: sessionPlacesOf(config),
    runUrl: (workflowId) => runUrlOf(uiUrl, namespace, workflowId),
  });
}
