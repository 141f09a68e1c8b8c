import type { ZodType } from 'zod';
import { createHttpClient, type Fetch, type VendorCall, VendorFailure } from '../../platform/http-client.ts';
import {
  anyRecord,
  attributesSchema,
  groupsSchema,
  macrosSchema,
  meSchema,
  tagsSchema,
  ticketKeysSchema,
  triggersSchema,
  webhooksSchema,
} from './admin-wire.ts';
import { classify } from './wire.ts';

export interface ZammadAdminOptions {
  /** Without `/api/v1`. */
  readonly baseUrl: string;
  readonly token: string;
  /** Per request, in milliseconds. */
  readonly timeoutMs: number;
  readonly onCall?: (call: VendorCall) => void;
  readonly fetch?: Fetch;
}

/** Lists that Zammad has an endpoint of this name for. */
const collections = {
  groups: groupsSchema,
  object_manager_attributes: attributesSchema,
  webhooks: webhooksSchema,
  triggers: triggersSchema,
  macros: macrosSchema,
  tag_list: tagsSchema,
} as const;
type Collection = keyof typeof collections;
type ItemsOf<Name extends Collection> =
  (typeof collections)[Name] extends ZodType<infer Items> ? Items : never;

export type ZammadAdmin = ReturnType<typeof createZammadAdmin>;

/**
 * What a Zammad is set up by. Each call throws `VendorFailure`: `vendor-forbidden` where token or user lack the
 * permission.
 */
export function createZammadAdmin(options: ZammadAdminOptions) {
  const http = createHttpClient({
    vendor: 'zammad',
    baseUrl: options.baseUrl,
    headers: { authorization: `Token token=${options.token}`, 'content-type': 'application/json' },
    timeoutMs: options.timeoutMs,
    classify,
    ...(options.onCall ? { onCall: options.onCall } : {}),
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  const get = async <T>(
    path: string,
    schema: ZodType<T>,
    query: Record<string, string | boolean> = {},
  ): Promise<T> => (await http.request({ method: 'GET', path: `/api/v1/${path}`, query, schema })).body;

  async function write(method: 'POST' | 'PUT', path: string, body: unknown): Promise<void> {
    await http.request({ method, path: `/api/v1/${path}`, body, schema: anyRecord });
  }

  return {
    /** Our API user, with its rights on groups, direct ones and by its roles. */
    readMe: () => get('users/me', meSchema, { full: true }),

    /** Any agent may ask for the tickets that it looked at. Throws `vendor-forbidden` to who is none. */
    async actAsAgent(): Promise<void> {
      await get('ticket_recent', anyRecord);
    },

    list: <Name extends Collection>(name: Name): Promise<ItemsOf<Name>> =>
      // The schema of a name is the one of its items; TypeScript does not follow that through the index.
      get(name, collections[name] as unknown as ZodType<ItemsOf<Name>>),

    create: (name: Collection, body: unknown) => write('POST', name, body),
    change: (name: Collection, id: number, body: unknown) => write('PUT', `${name}/${id}`, body),
    executeMigrations: () => write('POST', 'object_manager_attributes_execute_migrations', {}),

    /**
     * Whether token and user may write in a collection that more may read: nothing has the id 0, and who may not even
     * look for it is told that first.
     */
    async mayWrite(name: Collection): Promise<boolean> {
      try {
        await write('PUT', `${name}/0`, {});
      } catch (error) {
        if (error instanceof VendorFailure && error.code === 'vendor-forbidden') return false;
        if (!(error instanceof VendorFailure) || error.code !== 'vendor-not-found') throw error;
      }
      return true;
    },

    /** Whether Zammad takes the ticket attribute in a condition. It changes nothing and finds nothing. */
    async knowsAttribute(name: string): Promise<boolean> {
      try {
        await http.request({
          method: 'POST',
          path: '/api/v1/tickets/search',
          query: { expand: true, per_page: 1 },
          body: { condition: { [`ticket.${name}`]: { operator: 'is', value: ['0'] } } },
          schema: ticketKeysSchema,
        });
        return true;
      } catch (error) {
        const refused = error instanceof VendorFailure && (error.status === 422 || error.status === 500);
        if (!refused) throw error;
        return false;
      }
    },

    /** The keys of one ticket that may be read, or null where there is none. */
    async keysOfATicket(): Promise<ReadonlySet<string> | null> {
      const [ticket] = await get('tickets', ticketKeysSchema, { expand: true, per_page: '1' });
      return ticket === undefined ? null : new Set(Object.keys(ticket));
    },
  };
}
