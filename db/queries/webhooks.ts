import { type Selectable, sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { WebhookEndpointsTable } from '../tables.ts';
import { lockUntilCommit } from './lock.ts';

export type Endpoint = Selectable<WebhookEndpointsTable>;
export type EndpointState = Endpoint['state'];

export interface NewEndpoint {
  readonly endpointId: string;
  readonly tenantId: number;
  readonly url: string;
  readonly description: string | null;
  readonly events: readonly string[];
  readonly at: Date;
}

/** @returns undefined when the tenant has `most` already. */
export async function insertEndpoint(
  trx: Database,
  { endpointId, tenantId, url, description, events, at }: NewEndpoint,
  most: number,
): Promise<Endpoint | undefined> {
  await lockUntilCommit(trx, `webhook-endpoints|${tenantId}`);
  const { count } = await trx
    .selectFrom('webhook_endpoints')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  if (Number(count) >= most) return undefined;
  return trx
    .insertInto('webhook_endpoints')
    .values({
      endpoint_id: endpointId,
      tenant_id: tenantId,
      url,
      description,
      events: [...events],
      created_at: at,
      updated_at: at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Where a page of endpoints ends. */
export interface EndpointPlace {
  readonly createdAt: Date;
  readonly endpointId: string;
}

/** A tenant's endpoints, oldest first. */
export async function listEndpoints(
  db: Database,
  wanted: { readonly tenantId: number; readonly after: EndpointPlace | null; readonly limit: number },
): Promise<readonly Endpoint[]> {
  let query = db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('tenant_id', '=', wanted.tenantId)
    .orderBy('created_at')
    .orderBy('endpoint_id')
    .limit(wanted.limit);
  if (wanted.after !== null) {
    const { createdAt, endpointId } = wanted.after;
    query = query.where(sql<boolean>`(created_at, endpoint_id) > (${createdAt}, ${endpointId})`);
  }
  return query.execute();
}

export interface WantedEndpoint {
  readonly tenantId: number;
  readonly endpointId: string;
}

export async function findEndpoint(db: Database, wanted: WantedEndpoint): Promise<Endpoint | undefined> {
  return db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('tenant_id', '=', wanted.tenantId)
    .where('endpoint_id', '=', wanted.endpointId)
    .executeTakeFirst();
}

/** The endpoint as it is, and stays until the transaction ends. */
export async function lockEndpoint(trx: Database, wanted: WantedEndpoint): Promise<Endpoint | undefined> {
  return trx
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('tenant_id', '=', wanted.tenantId)
    .where('endpoint_id', '=', wanted.endpointId)
    .forUpdate()
    .executeTakeFirst();
}

export interface EndpointChange {
  readonly url?: string;
  readonly description?: string | null;
  readonly events?: readonly string[];
  readonly state?: EndpointState;
}

/** @param endpointId of an endpoint that was locked, and so is the tenant's and there. */
export async function changeEndpoint(
  trx: Database,
  endpointId: string,
  { events, ...change }: EndpointChange,
  at: Date,
): Promise<Endpoint> {
  return trx
    .updateTable('webhook_endpoints')
    .set({
      ...change,
      ...(events === undefined ? {} : { events: [...events] }),
      updated_at: newerThan(at),
    })
    .where('endpoint_id', '=', endpointId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @returns undefined when there is no such endpoint. */
export async function rotateSecret(
  trx: Database,
  wanted: WantedEndpoint,
  at: Date,
): Promise<Endpoint | undefined> {
  return trx
    .updateTable('webhook_endpoints')
    .set({ secret_round: sql<number>`secret_round + 1`, updated_at: newerThan(at) })
    .where('tenant_id', '=', wanted.tenantId)
    .where('endpoint_id', '=', wanted.endpointId)
    .returningAll()
    .executeTakeFirst();
}

/** Two changes in one millisecond still make two versions. */
function newerThan(at: Date) {
  return sql<Date>`greatest(${at}::timestamptz, updated_at + interval '1 millisecond')`;
}

/** Its deliveries go with it, and runs that are under way end. */
export async function deleteEndpoint(trx: Database, endpointId: string): Promise<void> {
  await trx.deleteFrom('webhook_endpoints').where('endpoint_id', '=', endpointId).execute();
}

/** @returns how many deliveries, settled before `before`, were removed with their attempts. */
export async function pruneDeliveries(db: Database, before: Date): Promise<number> {
  const removed = await db
    .deleteFrom('webhook_deliveries')
    .where('settled_at', '<', before)
    .executeTakeFirst();
  return Number(removed.numDeletedRows);
}
