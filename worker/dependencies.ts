import type { ActivityDependencies, ActivityLog } from '../activities/dependencies.ts';
import type { Database } from '../db/connect.ts';
import { createGatewayClient } from '../integrations/apisix/client.ts';
import { createCalendlyClient } from '../integrations/calendly/client.ts';
import { createWebhookSender } from '../integrations/receivers/sender.ts';
import { createSaleorClient } from '../integrations/saleor/client.ts';
import { createZammadClient } from '../integrations/zammad/client.ts';
import { systemClock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { CodedFailure } from '../platform/failures.ts';
import type { VendorCall } from '../platform/http-client.ts';

/** Per request. An activity of four requests stays within its attempt's bound in workflows/session/activities.ts. */
const VENDOR_TIMEOUT_MS = 5000;

/** How long a fresh route may take until its URL answers. */
const ROUTE_WAIT_MS = 5000;

/** The activities' clients, each to the vendor that the configuration names. */
export function createDependencies(config: Config, db: Database, log: ActivityLog): ActivityDependencies {
  const each = {
    timeoutMs: VENDOR_TIMEOUT_MS,
    onCall: (call: VendorCall): void => {
      // A look-up that finds nothing is an answer.
      if (call.code === 'vendor-not-found') log.info({ ...call }, 'vendor does not know it');
      else if (call.code !== null) log.warn({ ...call }, 'vendor call failed');
    },
  };
  const shop = new URL(config.saleor.apiUrl).host;
  const saleor = createSaleorClient({
    apiUrl: config.saleor.apiUrl,
    appToken: config.saleor.appToken,
    ...each,
  });
  return {
    db,
    log,
    clock: systemClock,
    zammad: createZammadClient({
      baseUrl: config.zammad.url,
      token: config.zammad.token,
      group: config.zammad.group,
      ...each,
    }),
    zammadSystemId: config.zammad.systemId,
    apisix: createGatewayClient({
      adminUrl: config.apisix.adminUrl,
      adminKey: config.apisix.adminKey,
      gatewayUrl: config.apisix.gatewayUrl,
      ...each,
    }),
    gatewayUrl: config.apisix.gatewayUrl,
    routeMode: config.apisix.routeMode,
    maxRoutes: config.apisix.maxRoutes,
    routeWaitMs: ROUTE_WAIT_MS,
    calendly: createCalendlyClient({
      baseUrl: config.calendly.apiUrl,
      token: config.calendly.token,
      ...each,
    }),
    saleor(domain) {
      if (domain !== shop) throw new CodedFailure('not-configured', 'no credential for this shop');
      return saleor;
    },
    sendWebhook: createWebhookSender({ ownNetworks: config.webhooks.allowedNetworks }),
    linkKeys: config.keys.link,
  };
}
