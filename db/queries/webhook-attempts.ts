import { sql } from 'kysely';
import type { WebhookMessage } from '../../workflows/contract/webhook.ts';
import type { FailureCode } from '../../platform/failures.ts';
import type { Database } from '../connect.ts';

/** A delivery with what an attempt needs of its endpoint. */
export interface Outgoing {
  readonly deliveryId: string;
  readonly endpointId: string;
  readonly tenantId: number;
  readonly messageId: string;
  readonly message: WebhookMessage;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly url: string;
  readonly enabled: boolean;
  readonly secretRound: number;
}

/** @returns undefined when there is no such delivery: it goes with its endpoint. */
export async function findOutgoing(db: Database, deliveryId: string): Promise<Outgoing | undefined> {
  const row = await db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhook_endpoints', 'webhook_endpoints.endpoint_id', 'webhook_deliveries.endpoint_id')
    .select(['delivery_id', 'webhook_deliveries.endpoint_id', 'webhook_deliveries.tenant_id'])
    .select(['message_id', 'payload', 'status', 'url', 'state', 'secret_round'])
    .where('delivery_id', '=', deliveryId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    deliveryId: row.delivery_id,
    endpointId: row.endpoint_id,
    tenantId: row.tenant_id,
    messageId: row.message_id,
    message: row.payload,
    status: row.status,
    url: row.url,
    enabled: row.state === 'enabled',
    secretRound: row.secret_round,
  };
}

/** What one attempt came to. */
export interface AttemptResult {
  readonly at: Date;
  /** HTTP status, or null without an answer. */
  readonly status: number | null;
  /** Null when the receiver has it. */
  readonly code: FailureCode | null;
  readonly durationMs: number;
}

/**
 * Adds an attempt to the log, under the next number. One that was received settles the delivery.
 *
 * @returns how many attempts this run has made.
 */
export async function writeAttempt(
  trx: Database,
  deliveryId: string,
  attempt: AttemptResult,
): Promise<number> {
  const { at, status, code, durationMs } = attempt;
  const counted = await trx
    .updateTable('webhook_deliveries')
    .set({
      attempts: sql<number>`attempts + 1`,
      last_status: status,
      last_code: code,
      ...(code === null ? ({ status: 'delivered', start_state: 'ended', settled_at: at } as const) : {}),
    })
    .where('delivery_id', '=', deliveryId)
    .returning('attempts')
    .executeTakeFirst();
  // Its endpoint was deleted while it was on its way.
  if (counted === undefined) return 1;
  await trx
    .insertInto('webhook_attempts')
    .values({
      delivery_id: deliveryId,
      n: sql<number>`(select coalesce(max(n), 0) + 1 from webhook_attempts where delivery_id = ${deliveryId})`,
      at,
      status,
      code,
      duration_ms: durationMs,
    })
    .execute();
  return counted.attempts;
}

/**
 * A delivery that nobody attempts any more. One that was received stays so.
 *
 * @param code why, where it was not the last attempt.
 */
export async function failDelivery(
  trx: Database,
  deliveryId: string,
  at: Date,
  code: FailureCode | null,
): Promise<void> {
  await trx
    .updateTable('webhook_deliveries')
    .set({
      status: 'failed',
      start_state: 'ended',
      settled_at: at,
      ...(code === null ? {} : { last_code: code }),
    })
    .where('delivery_id', '=', deliveryId)
    .where('status', '=', 'pending')
    .execute();
}

/**
 * Deliveries whose run must have ended long ago without a word, as one does that was terminated: nobody else would ever
 * settle them.
 *
 * @param startedBefore no run that was started then can still be under way.
 * @returns how many it were.
 */
export async function failLostDeliveries(
  db: Database,
  { startedBefore, at }: { readonly startedBefore: Date; readonly at: Date },
): Promise<number> {
  const code: FailureCode = 'run-lost';
  const failed = await db
    .updateTable('webhook_deliveries')
    .set({ status: 'failed', start_state: 'ended', settled_at: at, last_code: code })
    .where('start_state', '=', 'started')
    .where('status', '=', 'pending')
    .where('touched_at', '<', startedBefore)
    .executeTakeFirst();
  return Number(failed.numUpdatedRows);
}

/** The receiver said that it is gone for good. */
export async function disableEndpoint(trx: Database, endpointId: string, at: Date): Promise<boolean> {
  const disabled = await trx
    .updateTable('webhook_endpoints')
    .set({ state: 'disabled', updated_at: at })
    .where('endpoint_id', '=', endpointId)
    .where('state', '=', 'enabled')
    .executeTakeFirst();
  return disabled.numUpdatedRows === 1n;
}
