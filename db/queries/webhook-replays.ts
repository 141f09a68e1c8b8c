import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { WantedDelivery } from './webhook-deliveries.ts';

/**
 * What a row says that is owed a run again: the same message, and a run of another id, since there is one under the
 * old id already. Its attempts are counted anew, so that the first waits are short again; the log stays.
 */
function owedAgain() {
  const suffix = randomBytes(9).toString('base64url');
  return {
    workflow_id: sql<string>`'webhook-' || delivery_id || '-' || ${suffix}::text`,
    start_state: 'intended',
    status: 'pending',
    attempts: 0,
    touched_at: new Date(0),
    settled_at: null,
  } as const;
}

/** @returns false when it is not settled yet, or not there. */
export async function replayDelivery(db: Database, wanted: WantedDelivery): Promise<boolean> {
  const replayed = await db
    .updateTable('webhook_deliveries')
    .set(owedAgain())
    .where('tenant_id', '=', wanted.tenantId)
    .where('endpoint_id', '=', wanted.endpointId)
    .where('delivery_id', '=', wanted.deliveryId)
    .where('status', '<>', 'pending')
    .executeTakeFirst();
  return replayed.numUpdatedRows === 1n;
}

/**
 * Replays an endpoint's failed deliveries, oldest first.
 *
 * @returns how many it were; as many as `limit` when there may be more.
 */
export async function replayFailed(
  db: Database,
  wanted: {
    readonly tenantId: number;
    readonly endpointId: string;
    /** Of messages that were made at this instant or later. */
    readonly since: Date;
    readonly limit: number;
  },
): Promise<number> {
  const replayed = await db
    .with('failed', (cte) =>
      cte
        .selectFrom('webhook_deliveries')
        .select('delivery_id')
        .where('tenant_id', '=', wanted.tenantId)
        .where('endpoint_id', '=', wanted.endpointId)
        .where('status', '=', 'failed')
        .where('created_at', '>=', wanted.since)
        .orderBy('created_at')
        .limit(wanted.limit)
        .forUpdate(),
    )
    .updateTable('webhook_deliveries')
    .set(owedAgain())
    .where('delivery_id', 'in', (select) => select.selectFrom('failed').select('delivery_id'))
    .executeTakeFirst();
  return Number(replayed.numUpdatedRows);
}
