import { Router } from 'express';
import type { Database } from '../../db/connect.ts';
import { type SaleorVerifier, typenameOfHeader } from '../../integrations/saleor/webhook.ts';
import type { SaleorWebhookEvent } from '../../integrations/saleor/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import { saleorCorrelation, unrelatedCorrelation } from '../intake/correlation.ts';
import type { IntakeLog } from '../intake/log.ts';
import { bodyKey, keep } from '../intake/store.ts';
import { sendProblem } from '../problem.ts';
import { bytesOf, rawBody } from './raw-body.ts';

export interface SaleorWebhookDeps {
  readonly db: Database;
  readonly verifier: SaleorVerifier;
  readonly clock: Clock;
  readonly log: IntakeLog;
  /** Called after a webhook was kept, before the answer; must return at once. */
  readonly onStored: () => void;
}

/**
 * `POST /webhooks/saleor`. 200 after verify and store, a repeat included; 401 for a bad signature, which Saleor
 * does not repeat; 503 when the keys or the store cannot be reached, which it does. What we do not know is kept.
 */
export function createSaleorWebhookRouter(deps: SaleorWebhookDeps): Router {
  const router = Router();
  router.post('/webhooks/saleor', rawBody(), async (req, res) => {
    const body = bytesOf(req.body);
    const headers: Record<string, string | undefined> = {};
    for (const [name, value] of Object.entries(req.headers))
      headers[name] = Array.isArray(value) ? value.join(', ') : value;

    const verdict = await deps.verifier.verify({ headers, body });
    if (!verdict.ok) {
      deps.log.warn({ source: 'saleor', code: verdict.code, why: verdict.why }, 'webhook refused');
      if (verdict.code === 'keys-unavailable') res.set('retry-after', '10');
      sendProblem(req, res, verdict.code);
      return;
    }
    // Headers are not signed: whoever replays a body may not rename the event.
    if (typenameOfHeader(verdict.event.headerEvent) !== verdict.event.typename) {
      deps.log.warn({ source: 'saleor', code: 'bad-signature' }, 'webhook refused');
      sendProblem(req, res, 'bad-signature');
      return;
    }
    const deliveryKey = bodyKey(body);
    const result = await keep(deps.db, {
      source: 'saleor',
      deliveryKey,
      correlation: correlationOf(verdict.domain, verdict.event, deliveryKey),
      event: verdict.event.typename,
      body,
      receivedAt: new Date(deps.clock()),
    });
    if (result === 'stored') deps.onStored();
    res.status(200).json({ status: result });
  });
  return router;
}

function correlationOf(domain: string, event: SaleorWebhookEvent, deliveryKey: string): string {
  return event.orderId === null
    ? unrelatedCorrelation('saleor', deliveryKey)
    : saleorCorrelation(domain, event.orderId);
}
