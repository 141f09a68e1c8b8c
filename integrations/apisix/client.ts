import { randomUUID } from 'node:crypto';
import { CodedFailure } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import { type AdminApiOptions, createAdminApi, isReferenceMissing } from './admin-api.ts';
import type { GatewayClient, GatewayControl, GatewayRoutes } from './contract.ts';
import { createGatewayControl } from './control.ts';
import { awaitLive, type LiveProbeOptions } from './live-probe.ts';
import { type ResourceName, sessionRoute } from './resources.ts';
import { createGatewayRoutes } from './session-routes.ts';

export type GatewayClientOptions = AdminApiOptions & LiveProbeOptions;

/** APISIX's Admin API and the probe of its gateway. Failures are `VendorFailure`s; it never retries by itself. */
export function createGatewayClient(
  options: GatewayClientOptions,
): GatewayClient & GatewayControl & GatewayRoutes {
  const admin = createAdminApi(options);
  const routeOf = (id: string): ResourceName => ({ collection: 'routes', id });

  return {
    ...createGatewayControl(admin),
    ...createGatewayRoutes(admin),

    async putRoute(lease) {
      if (!Number.isSafeInteger(lease.ttlSeconds) || lease.ttlSeconds <= 0) {
        throw new CodedFailure('invalid-request', `apisix: a lease of ${lease.ttlSeconds} s`);
      }
      const route = sessionRoute(lease);
      try {
        await admin.put(route, lease.ttlSeconds);
      } catch (error) {
        if (!isReferenceMissing(error)) throw error;
        // Bootstrap brings the service that it refers to: a gateway that is not set up yet is worth a repeat.
        throw new VendorFailure(
          'vendor-unavailable',
          { vendor: 'apisix', method: 'PUT', path: `/apisix/admin/routes/${route.id}` },
          { status: 400, requestId: error instanceof VendorFailure ? error.requestId : randomUUID() },
        );
      }
    },

    async deleteRoute(id) {
      await admin.delete(routeOf(id));
    },

    async routeExists(id) {
      return (await admin.get(routeOf(id))) !== undefined;
    },

    awaitLive: (slug, withinMs) => awaitLive(options, slug, withinMs),
  };
}
