import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedFailure, type FailureCode } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import { type AdminApiOptions, createAdminApi, isReferenceMissing } from './admin-api.ts';
import type { GatewayClient, GatewayControl } from './contract.ts';
import { createGatewayControl } from './control.ts';
import { type ResourceName, sessionRoute } from './resources.ts';

export interface GatewayClientOptions extends AdminApiOptions {
  /** Where clients reach the gateway. */
  readonly gatewayUrl: string;
}

/** Between two looks at a URL that is not live yet: a change is seen after about 4 ms, or 2 s after an etcd restart. */
const probeEveryMs = 50;

/** APISIX's Admin API and the probe of its gateway. Failures are `VendorFailure`s; it never retries by itself. */
export function createGatewayClient(options: GatewayClientOptions): GatewayClient & GatewayControl {
  const admin = createAdminApi(options);
  const gateway = options.gatewayUrl.replace(/\/+$/, '');
  const routeOf = (id: string): ResourceName => ({ collection: 'routes', id });

  /** Whether the gateway answers with anything but its own "no such route". */
  async function isLive(slug: string, timeoutMs: number): Promise<boolean> {
    const started = performance.now();
    const report = (status: number | null, code: FailureCode | null) =>
      options.onCall?.({
        vendor: 'apisix',
        method: 'GET',
        path: '/customer/s/:slug',
        status,
        code,
        ms: performance.now() - started,
        requestId: randomUUID(),
      });
    try {
      const response = await fetch(`${gateway}/customer/s/${slug}`, {
        headers: { accept: 'application/json' },
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      report(response.status, null);
      return response.status !== 404 || !text.includes('404 Route Not Found');
    } catch {
      report(null, 'vendor-unreachable');
      return false;
    }
  }

  return {
    ...createGatewayControl(admin),

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

    async awaitLive(slug, withinMs) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const left = deadline - performance.now();
        if (left <= 0) break;
        if (await isLive(slug, Math.ceil(Math.min(left, options.timeoutMs)))) return;
        await sleep(Math.min(probeEveryMs, Math.max(0, deadline - performance.now())));
      }
      throw new VendorFailure(
        'vendor-timeout',
        { vendor: 'apisix', method: 'GET', path: '/customer/s/:slug' },
        { status: null, requestId: randomUUID() },
      );
    },
  };
}
