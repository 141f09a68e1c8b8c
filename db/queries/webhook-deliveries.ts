import { createHash } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { WebhookMessage } from '../../workflows/contract/webhook.ts';
import type { Database } from '../connect.ts';
import type { WebhookAttemptsTable, WebhookDeliveriesTable } from '../tables.ts';

export type Delivery = Selectable<WebhookDeliveriesTable>;
export type Attempt = Selectable<WebhookAttemptsTable>;
export type DeliveryStatus = Delivery['status'];

export interface NewDelivery {
  readonly endpointId: string;
  readonly tenantId: number;
  readonly messageId: string;
  readonly message: WebhookMessage;
  readonly at: Date;
}

/** No sweep has taken it up yet. */
const NEVER = new Date(0);

/** One per endpoint and message, so that a repeat makes the same. */
export function deliveryIdOf(endpointId: string, messageId: string): string {
  const hash = createHash('sha256').update(`${endpointId}|${messageId}`).digest('base64url');
  return `dlv_${hash.slice(0, 27)}`;
}

/** Owes runs. A message that is owed to its endpoint already is left as it is. */
export async function insertDeliveries(db: Database, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await db
    .insertInto('webhook_deliveries')
    .values(
      deliveries.map(({ endpointId, tenantId, messageId, message, at }) => {
        const deliveryId = deliveryIdOf(endpointId, messageId);
        return {
          delivery_id: deliveryId,
          endpoint_id: endpointId,
          tenant_id: tenantId,
          message_id: messageId,
          event: message.type,
          payload: JSON.stringify(message),
          workflow_id: `webhook-${deliveryId}`,
          last_status: null,
          last_code: null,
          created_at: at,
          touched_at: NEVER,
          settled_at: null,
        };
      }),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Takes deliveries whose run is owed, the longest waiting first. Each is touched, so that it comes up again only
 * after `retryBefore` has passed it.
 */
export async function claimDeliveries(
  db: Database,
  claim: { readonly now: Date; readonly retryBefore: Date; readonly limit: number },
): Promise<readonly Delivery[]> {
  const claimed = await sql<Delivery>`
    with owed as materialized (
      select delivery_id from webhook_deliveries
      where start_state = 'intended' and touched_at <= ${claim.retryBefore}
      order by touched_at
      limit ${claim.limit}
      for update skip locked
    )
    update webhook_deliveries set touched_at = ${claim.now}
    from owed where webhook_deliveries.delivery_id = owed.delivery_id
    returning webhook_deliveries.*
  `.execute(db);
  return claimed.rows;
}

/** Temporal has this run. One that a replay has replaced meanwhile is left as it is. */
export async function markDeliveryStarted(db: Database, workflowId: string): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ start_state: 'started' })
    .where('workflow_id', '=', workflowId)
    .where('start_state', '=', 'intended')
    .execute();
}

/** Where a page of deliveries ends. */
export interface DeliveryPlace {
  readonly createdAt: Date;
  readonly deliveryId: string;
}

/** One endpoint's deliveries, newest first. */
export async function listDeliveries(
  db: Database,
  wanted: {
    readonly tenantId: number;
    readonly endpointId: string;
    readonly after: DeliveryPlace | null;
    readonly limit: number;
    readonly status: DeliveryStatus | null;
    readonly event: string | null;
  },
): Promise<readonly Delivery[]> {
  let query = db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('tenant_id', '=', wanted.tenantId)
    .where('endpoint_id', '=', wanted.endpointId)
    .orderBy('created_at', 'desc')
    .orderBy('delivery_id', 'desc')
    .limit(wanted.limit);
  if (wanted.status !== null) query = query.where('status', '=', wanted.status);
  if (wanted.event !== null) query = query.where('event', '=', wanted.event);
  if (wanted.after !== null) {
    const { createdAt, deliveryId } = wanted.after;
    query = query.where(sql<boolean>`(created_at, delivery_id) < (${createdAt}, ${deliveryId})`);
  }
  return query.execute();
}

export interface WantedDelivery {
  readonly tenantId: number;
  readonly endpointId: string;
  readonly deliveryId: string;
}

/** A delivery with every attempt, oldest first. */
export async function findDelivery(
  db: Database,
  wanted: WantedDelivery,
): Promise<{ readonly delivery: Delivery; readonly log: readonly Attempt[] } | undefined> {
  const delivery = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('tenant_id', '=', wanted.tenantId)
    .where('endpoint_id', '=', wanted.endpointId)
    .where('delivery_id', '=', wanted.deliveryId)
    .executeTakeFirst();
  if (delivery === undefined) return undefined;
  const log = await db
    .selectFrom('webhook_attempts')
    .selectAll()
    .where('delivery_id', '=', wanted.deliveryId)
    .orderBy('n')
    .execute();
  return { delivery, log };
}
