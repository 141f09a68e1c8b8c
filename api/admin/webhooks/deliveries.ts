import { randomBytes } from 'node:crypto';
import type { Database } from '../../../db/connect.ts';
import {
  deliveryIdOf,
  findDelivery,
  insertDeliveries,
  listDeliveries,
} from '../../../db/queries/webhook-deliveries.ts';
import { replayDelivery, replayFailed } from '../../../db/queries/webhook-replays.ts';
import { TEST_WEBHOOK, type WebhookMessage } from '../../../workflows/contract/webhook.ts';
import { type Caller, callerOf } from '../../auth/caller.ts';
import { type Outcome, refusal, reply, type Routes } from '../../operations/routes.ts';
import { pageOf } from '../paging.ts';
import {
  listDeliveriesOperation,
  MOST_REPLAYS,
  readDeliveryOperation,
  replayDeliveryOperation,
  replayFailedOperation,
  testEndpointOperation,
} from './delivery-operations.ts';
import { toDelivery, toDeliveryLog } from './model.ts';
import { auditWebhook, endpointOf, WEBHOOKS_PATH, type WebhookDeps, withEndpoint } from './shared.ts';

/** The log of what was sent to an endpoint, and sending it again. */
export function addDeliveryRoutes(routes: Routes, deps: WebhookDeps): void {
  const { db, clock, onOwed } = deps;

  routes.add(listDeliveriesOperation, async ({ params, query, res }) => {
    const caller = callerOf(res);
    if ((await endpointOf(db, caller, params.id)) === undefined) return refusal('not-found');
    const { limit, cursor, status = null, event = null } = query;
    const rows = await listDeliveries(db, {
      tenantId: caller.tenantId,
      endpointId: params.id,
      after: cursor === undefined ? null : { createdAt: new Date(cursor[0]), deliveryId: cursor[1] },
      limit: limit + 1,
      status,
      event,
    });
    return reply(
      200,
      pageOf(rows, limit, toDelivery, (row) => [row.created_at.getTime(), row.delivery_id]),
    );
  });

  routes.add(readDeliveryOperation, async ({ params, res }) => {
    const wanted = {
      tenantId: callerOf(res).tenantId,
      endpointId: params.id,
      deliveryId: params.delivery_id,
    };
    const found = await findDelivery(db, wanted);
    return found === undefined ? refusal('not-found') : reply(200, toDeliveryLog(found.delivery, found.log));
  });

  /** Owes deliveries to an endpoint that can be sent to. */
  async function owe(
    caller: Caller,
    endpointId: string,
    act: (trx: Database) => Promise<Outcome>,
  ): Promise<Outcome> {
    const outcome = await withEndpoint(db, caller, endpointId, async (trx, endpoint) =>
      endpoint.state === 'enabled' ? act(trx) : refusal('refused', { reason: 'endpoint-disabled' }),
    );
    if (outcome.kind === 'reply') onOwed();
    return outcome;
  }

  routes.add(replayDeliveryOperation, async ({ params, res }) => {
    const caller = callerOf(res);
    const wanted = { tenantId: caller.tenantId, endpointId: params.id, deliveryId: params.delivery_id };
    return owe(caller, params.id, async (trx) => {
      const replayed = await replayDelivery(trx, wanted);
      const found = await findDelivery(trx, wanted);
      if (found === undefined) return refusal('not-found');
      if (!replayed) return refusal('refused', { reason: 'pending' });
      const details = { deliveryId: params.delivery_id };
      await auditWebhook(trx, caller, 'replayed', params.id, new Date(clock()), details);
      return reply(202, toDelivery(found.delivery));
    });
  });

  routes.add(replayFailedOperation, async ({ params, body, res }) => {
    const caller = callerOf(res);
    return owe(caller, params.id, async (trx) => {
      const replayed = await replayFailed(trx, {
        tenantId: caller.tenantId,
        endpointId: params.id,
        since: new Date(body.since),
        limit: MOST_REPLAYS,
      });
      await auditWebhook(trx, caller, 'replayed', params.id, new Date(clock()), { count: replayed });
      return reply(202, { replayed, more: replayed === MOST_REPLAYS });
    });
  });

  routes.add(testEndpointOperation, async ({ params, res }) => {
    const caller = callerOf(res);
    const { tenantId } = caller;
    const endpointId = params.id;
    return owe(caller, endpointId, async (trx) => {
      const at = new Date(clock());
      const messageId = `msg_${randomBytes(20).toString('base64url')}`;
      const message: WebhookMessage = {
        type: TEST_WEBHOOK,
        timestamp: at.toISOString(),
        data: { endpoint_id: endpointId },
      };
      await insertDeliveries(trx, [{ endpointId, tenantId, messageId, message, at }]);
      const deliveryId = deliveryIdOf(endpointId, messageId);
      await auditWebhook(trx, caller, 'tested', endpointId, at, { deliveryId });
      const found = await findDelivery(trx, { tenantId, endpointId, deliveryId });
      if (found === undefined) throw new Error('a delivery was written and is not there');
      const location = `${WEBHOOKS_PATH}/${endpointId}/deliveries/${deliveryId}`;
      return reply(202, toDelivery(found.delivery), { location });
    });
  });
}
