import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CodedFailure, type FailureCode } from '../../platform/failures.ts';
import { createHttpClient, type VendorCall, VendorFailure } from '../../platform/http-client.ts';
import type { GatewayClient } from './contract.ts';
import { type AdminResource, bootstrapResources, sessionRoute } from './resources.ts';

export interface GatewayClientOptions {
  /** The Admin API's address, with or without `/apisix/admin`. */
  readonly adminUrl: string;
  readonly adminKey: string;
  /** Where clients reach the gateway. */
  readonly gatewayUrl: string;
  /** Per request, in milliseconds. */
  readonly timeoutMs: number;
  readonly onCall?: (call: VendorCall) => void;
}

/** Between two looks at a URL that is not live yet: a change is seen after about 4 ms, or 2 s after an etcd restart. */
const probeEveryMs = 50;

const writtenSchema = z.looseObject({ key: z.string(), value: z.looseObject({}) });
const deletedSchema = z.looseObject({ deleted: z.string() });

function errorMessage(body: unknown): string {
  const parsed = z.looseObject({ error_msg: z.string() }).safeParse(body);
  if (parsed.success) return parsed.data.error_msg;
  return typeof body === 'string' ? body.trim() : '';
}

/**
 * With etcd down, a route that refers to a service is refused with 400, because the service could not be looked
 * up: worth a repeat, unless the service really is missing. And `ttl must be integer` is a 503 that no repeat mends.
 */
export function classifyAdminError(status: number, body: unknown): FailureCode | undefined {
  const message = errorMessage(body);
  if (
    status === 400 &&
    /^failed to fetch .* info by/.test(message) &&
    !message.includes('response code: 404')
  )
    return 'vendor-unavailable';
  if (status === 503 && message === 'ttl must be integer') return 'vendor-rejected';
  return undefined;
}

/** Only the Admin API's own words: a 404 from a wrong address must not look like a route that is gone. */
function isKeyNotFound(error: unknown): boolean {
  return (
    error instanceof VendorFailure &&
    error.status === 404 &&
    z.looseObject({ message: z.literal('Key not found') }).safeParse(error.vendorBody).success
  );
}

/** APISIX's Admin API and the probe of its gateway. Failures are `VendorFailure`s; it never retries by itself. */
export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const http = createHttpClient({
    vendor: 'apisix',
    baseUrl: options.adminUrl.replace(/\/+$/, '').replace(/\/apisix\/admin$/, ''),
    // In a header only: APISIX also takes it from the query, where it would reach access logs.
    headers: { 'x-api-key': options.adminKey },
    timeoutMs: options.timeoutMs,
    classify: classifyAdminError,
    ...(options.onCall ? { onCall: options.onCall } : {}),
  });
  const gateway = options.gatewayUrl.replace(/\/+$/, '');

  async function put(resource: AdminResource, ttlSeconds?: number): Promise<void> {
    await http.request({
      method: 'PUT',
      path: `/apisix/admin/${resource.collection}/${resource.id}`,
      ...(ttlSeconds === undefined ? {} : { query: { ttl: ttlSeconds } }),
      body: resource.body,
      schema: writtenSchema,
    });
  }

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
    async bootstrap(settings) {
      for (const resource of bootstrapResources(settings)) await put(resource);
    },

    async putRoute(lease) {
      if (!Number.isSafeInteger(lease.ttlSeconds) || lease.ttlSeconds <= 0) {
        throw new CodedFailure('invalid-request', `apisix: a lease of ${lease.ttlSeconds} s`);
      }
      await put(sessionRoute(lease), lease.ttlSeconds);
    },

    async deleteRoute(id) {
      try {
        await http.request({ method: 'DELETE', path: `/apisix/admin/routes/${id}`, schema: deletedSchema });
      } catch (error) {
        if (isKeyNotFound(error)) return;
        throw error;
      }
    },

    async routeExists(id) {
      try {
        await http.request({ method: 'GET', path: `/apisix/admin/routes/${id}`, schema: writtenSchema });
        return true;
      } catch (error) {
        if (isKeyNotFound(error)) return false;
        throw error;
      }
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
