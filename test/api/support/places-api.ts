import { addAdminBookingRoutes } from '../../../api/admin-booking/routes.ts';
import { addAuditRoutes } from '../../../api/admin/audit.ts';
import { addCatalogRoutes } from '../../../api/admin/catalog.ts';
import { addInstallationRoutes } from '../../../api/admin/installation/routes.ts';
import { addIntakeRoutes } from '../../../api/admin/intake/intake-routes.ts';
import { addPrivacyRoutes } from '../../../api/admin/privacy/routes.ts';
import { addViewRoutes } from '../../../api/admin/views/routes.ts';
import { addWebhookRoutes } from '../../../api/admin/webhooks/routes.ts';
import { addBookingLinkRoutes, type BookingLinkDependencies } from '../../../api/booking/links.ts';
import { createReferred } from '../../../api/intake/referred.ts';
import type { Routes } from '../../../api/operations/routes.ts';
import { schedulingProviders } from '../../../integrations/scheduling/providers.ts';
import { CodedFailure } from '../../../platform/failures.ts';
import { ringOf } from './keys.ts';

const away = async (): Promise<never> => Promise.reject(new CodedFailure('engine-unavailable', 'away'));
const ignored = (): void => undefined;

/** The rest of the admin API, over the same database; Temporal, and every provider, is away. */
export function addPlacesApi(
  routes: Routes,
  shared: Pick<BookingLinkDependencies, 'db' | 'clock' | 'revocations'> & { readonly tenantId: number },
): void {
  const { db, clock, revocations, tenantId: defaultTenantId } = shared;
  const linkKeys = ringOf('link');
  const log = { info: ignored, warn: ignored, error: ignored };
  addAuditRoutes(routes, { db });
  addCatalogRoutes(routes, { db, clock });
  addViewRoutes(routes, { db, clock });
  addPrivacyRoutes(routes, { db, clock, linkKeys, onOwed: ignored });
  addWebhookRoutes(routes, { db, clock, linkKeys, ownNetworks: [], onOwed: ignored });
  addBookingLinkRoutes(routes, { db, clock, linkKeys, revocations });
  addInstallationRoutes(routes, {
    db,
    clock,
    defaultTenantId,
    namespace: 'default',
    runUrl: () => null,
    temporal: { ask: away, settled: async () => undefined },
  });
  addIntakeRoutes(routes, {
    db,
    clock,
    defaultTenantId,
    referred: createReferred(linkKeys),
    scheduling: schedulingProviders([]),
    onDue: ignored,
  });
  addAdminBookingRoutes(routes, {
    db,
    clock,
    log,
    calendly: null,
    runs: { start: away, update: async () => ({ kind: 'unavailable' }) },
    shown: {
      provider: 'calendly',
      defaultLink: 'https://book.example/d',
      linkKeys,
      uiUrl: null,
      namespace: 'n',
    },
  });
}
