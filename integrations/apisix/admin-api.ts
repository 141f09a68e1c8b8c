import { z } from 'zod';
import type { FailureCode } from '../../platform/failures.ts';
import { createHttpClient, type VendorCall, VendorFailure } from '../../platform/http-client.ts';
import type { Admission } from '../../platform/vendor-pace/admission.ts';
import type { AdminResource, ResourceName } from './resources.ts';

export interface AdminApiOptions {
  /** The Admin API's address, with or without `/apisix/admin`. */
  readonly adminUrl: string;
  readonly adminKey: string;
  /** Per request, in milliseconds. */
  readonly timeoutMs: number;
  readonly onCall?: (call: VendorCall) => void;
  /** Stands before each request to the Admin API. */
  readonly admission?: Admission;
}

/** APISIX's Admin API, resource by resource. Failures are `VendorFailure`s; it never retries by itself. */
export interface AdminApi {
  /** The resource's value; undefined when there is none. */
  get(name: ResourceName): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Replaces the resource and its lease: without `ttlSeconds` it is permanent, whatever it was before. */
  put(resource: AdminResource, ttlSeconds?: number): Promise<void>;
  /** The values of one page, from 1; of a size from 10 to 500. Empty after the last one. */
  list(
    collection: ResourceName['collection'],
    page: { readonly page: number; readonly size: number },
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** False when there was none. */
  delete(name: ResourceName): Promise<boolean>;
}

const heldSchema = z.looseObject({ key: z.string(), value: z.record(z.string(), z.unknown()) });
/** An empty page is written as an object. */
const listSchema = z.looseObject({
  list: z.union([z.array(heldSchema), z.strictObject({}).transform(() => [])]),
});
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

/** Only the Admin API's own words: a 404 from a wrong address must not look like a resource that is gone. */
function isKeyNotFound(error: unknown): boolean {
  return (
    error instanceof VendorFailure &&
    error.status === 404 &&
    z.looseObject({ message: z.literal('Key not found') }).safeParse(error.vendorBody).success
  );
}

/** Whether a write was refused because what it refers to is not there. */
export function isReferenceMissing(error: unknown): boolean {
  return (
    error instanceof VendorFailure &&
    error.status === 400 &&
    /^failed to fetch .* info by .*, response code: 404$/.test(errorMessage(error.vendorBody))
  );
}

export function createAdminApi(options: AdminApiOptions): AdminApi {
  const http = createHttpClient({
    vendor: 'apisix',
    baseUrl: options.adminUrl.replace(/\/+$/, '').replace(/\/apisix\/admin$/, ''),
    // In a header only: APISIX also takes it from the query, where it would reach access logs.
    headers: { 'x-api-key': options.adminKey },
    timeoutMs: options.timeoutMs,
    classify: classifyAdminError,
    ...(options.onCall ? { onCall: options.onCall } : {}),
    ...(options.admission ? { admission: options.admission } : {}),
  });
  const pathOf = ({ collection, id }: ResourceName): string => `/apisix/admin/${collection}/${id}`;

  return {
    async get(name) {
      try {
        const { body } = await http.request({ method: 'GET', path: pathOf(name), schema: heldSchema });
        return body.value;
      } catch (error) {
        if (isKeyNotFound(error)) return undefined;
        throw error;
      }
    },
    async put(resource, ttlSeconds) {
      await http.request({
        method: 'PUT',
        path: pathOf(resource),
        ...(ttlSeconds === undefined ? {} : { query: { ttl: ttlSeconds } }),
        body: resource.body,
        schema: heldSchema,
      });
    },
    async list(collection, { page, size }) {
      const { body } = await http.request({
        method: 'GET',
        path: `/apisix/admin/${collection}`,
        query: { page, page_size: size },
        schema: listSchema,
      });
      return body.list.map(({ value }) => value);
    },
    async delete(name) {
      try {
        await http.request({ method: 'DELETE', path: pathOf(name), schema: deletedSchema });
        return true;
      } catch (error) {
        if (isKeyNotFound(error)) return false;
        throw error;
      }
    },
  };
}
