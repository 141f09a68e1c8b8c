import type { ActivityLog, ActivityObserver } from '../activities/dependencies.ts';
import type { HousekeepingDependencies } from '../activities/housekeeping/dependencies.ts';
import type { Database } from '../db/connect.ts';
import { vendorPaceStore } from '../db/queries/vendor-paces.ts';
import { createSaleorCredentials } from '../db/saleor-credentials.ts';
import { createGatewayClient } from '../integrations/apisix/client.ts';
import { createWebhookSender } from '../integrations/receivers/sender.ts';
import { configuredTokens, createSaleorClients, domainOf } from '../integrations/saleor/shops.ts';
import { createSchedulingClients } from '../integrations/scheduling/clients.ts';
import { providerSubscriptions } from '../integrations/scheduling/subscriptions.ts';
import { createZammadClient } from '../integrations/zammad/client.ts';
import { systemClock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { VendorCall } from '../platform/http-client.ts';
import { runUrlOf } from '../platform/run-url.ts';
import type { VendorObserver } from '../platform/vendor-pace/observer.ts';
import { type Admissions, createAdmissions } from '../platform/vendor-pace/vendors.ts';

/** Per request. An activity of four requests stays within its attempt's bound in workflows/session/activities.ts. */
const VENDOR_TIMEOUT_MS = 5000;

/** How long a fresh route may take until its URL answers. */
const ROUTE_WAIT_MS = 5000;

/** Of the activity slots one vendor gets a fifth: all of them silent at once still leave some to everything else. */
const SHARE_OF_SLOTS = 5;

/**
 * The activities' clients, each to the vendor that the configuration names.
 *
 * @param namespace Temporal's, for links to runs.
 */
export function createDependencies(
  config: Config,
  db: Database,
  log: ActivityLog,
  namespace: string,
  observers: { readonly activities: ActivityObserver; readonly vendors: VendorObserver },
): Omit<HousekeepingDependencies, 'runs'> & Pick<Admissions, 'sights'> {
  const each = {
    timeoutMs: VENDOR_TIMEOUT_MS,
    onCall: (call: VendorCall): void => {
      // A look-up that finds nothing is an answer.
      if (call.code === 'vendor-not-found') log.info({ ...call }, 'vendor does not know it');
      else if (call.code !== null) log.warn({ ...call }, 'vendor call failed');
    },
  };
  const admissions = createAdmissions({
    rates: config.vendorRates,
    store: vendorPaceStore(db),
    places: Math.max(1, Math.floor(config.worker.size.activities / SHARE_OF_SLOTS)),
    log,
    observer: observers.vendors,
  });
  const { shops } = config.saleor;
  const credentials = createSaleorCredentials(db, {
    shops: configuredTokens(shops),
    keys: config.keys.credential,
  });
  const saleor = createSaleorClients(
    shops.map(({ apiUrl }) => apiUrl),
    (domain) => ({
      appToken: () => credentials.tokenOf(domain),
      ...each,
      admission: admissions.shop(domain),
    }),
  );
  const apisix = createGatewayClient({
    adminUrl: config.apisix.adminUrl,
    adminKey: config.apisix.adminKey,
    gatewayUrl: config.apisix.gatewayUrl,
    ...each,
    admission: admissions.apisix,
    gatewayAdmission: admissions.gateway,
  });
  const clients = createSchedulingClients(config, { ...each, admissions });
  return {
    sights: admissions.sights,
    db,
    log,
    clock: systemClock,
    zammad: createZammadClient({
      baseUrl: config.zammad.url,
      token: config.zammad.token,
      group: config.zammad.group,
      ...each,
      admission: admissions.zammad,
    }),
    zammadSystemId: config.zammad.systemId,
    runUrl: (workflowId) => runUrlOf(config.temporal.uiUrl, namespace, workflowId),
    apisix,
    routes: apisix,
    gatewayUrl: config.apisix.gatewayUrl,
    routeMode: config.apisix.routeMode,
    maxRoutes: config.apisix.maxRoutes,
    routeWaitMs: ROUTE_WAIT_MS,
    scheduling: clients.scheduling,
    calendly: clients.calendly,
    saleor,
    fulfilFrom: config.saleor.fulfilFrom,
    refundApprovalAbove: config.refunds.approvalAbove,
    sendWebhook: createWebhookSender({ ownNetworks: config.webhooks.allowedNetworks }),
    linkKeys: config.keys.link,
    observer: observers.activities,
    shops: {
      all: shops.map(({ apiUrl }) => ({ domain: domainOf(apiUrl), orders: saleor(domainOf(apiUrl)) })),
      productTypes: config.saleor.productTypes,
      orderDays: config.reconcile.orderDays,
      resealCredential: (domain) => credentials.reseal(domain),
    },
    subscriptions: providerSubscriptions(config, clients),
    retention: config.retention,
  };
}
