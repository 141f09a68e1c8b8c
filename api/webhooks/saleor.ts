import type { IncomingHttpHeaders } from 'node:http';
import type { SaleorVerdict, SaleorVerifier } from '../../integrations/saleor/webhook.ts';
import type { SaleorWebhookEvent } from '../../integrations/saleor/wire.ts';
import { saleorCorrelation, unrelatedCorrelation } from '../../db/correlation.ts';
import { bodyKey } from '../intake/store.ts';
import { problems } from '../operations/family.ts';
import { describeOperation } from '../operations/operation.ts';
import { refusal, type Routes } from '../operations/routes.ts';
import { keptSchema, rawBodySchema, WEBHOOK_BODY_LIMIT } from './raw-body.ts';
import { laterPlease, takeIn, type TakeInDeps } from './take-in.ts';

export interface SaleorWebhookDeps extends TakeInDeps {
  readonly saleorVerifier: SaleorVerifier;
}

export const saleorWebhookOperation = describeOperation({
  id: 'receiveSaleorWebhook',
  method: 'post',
  path: '/webhooks/saleor',
  tag: 'vendors',
  summary: 'The shop tells of an order',
  description:
    'A paid order becomes sessions; a cancelled or refunded one is told to its sessions. The webhook is verified ' +
    'with the keys of the shop that it names, if that shop has installed the app, and stored; it is delivered ' +
    'afterwards, and what we do not know is kept. Saleor repeats after a 503, not after a 401, whose `reason` is stable.',
  family: problems,
  access: { kind: 'signature', header: 'saleor-signature' },
  body: rawBodySchema,
  bodyType: 'raw',
  bodyLimit: WEBHOOK_BODY_LIMIT,
  bodyExample: { __typename: 'OrderFullyPaid', issuedAt: '2026-11-21T10:46:34.095656+00:00', order: {} },
  answers: {
    200: { description: 'It is kept.', body: keptSchema, example: { status: 'stored' } },
  },
  refusals: ['bad-signature', 'keys-unavailable', 'store-unavailable'],
});

export function addSaleorWebhookRoute(routes: Routes, deps: SaleorWebhookDeps): void {
  routes.add(saleorWebhookOperation, async ({ req, body }) => {
    let verdict: SaleorVerdict;
    try {
      verdict = await deps.saleorVerifier.verify({ headers: flat(req.headers), body });
    } catch {
      // Who has installed the app could not be looked up.
      deps.log.warn({ source: 'saleor', code: 'store-unavailable' }, 'webhook not kept');
      return laterPlease('store-unavailable');
    }
    if (!verdict.ok) {
      const { code, reason } = verdict;
      if (code === 'bad-signature') {
        deps.log.warn({ source: 'saleor', code, reason }, 'webhook refused');
        return refusal(code, { reason });
      }
      deps.log.warn({ source: 'saleor', code, reason }, 'webhook not kept');
      return laterPlease(code);
    }
    const deliveryKey = bodyKey(body);
    return takeIn(deps, {
      source: 'saleor',
      deliveryKey,
      correlation: correlationOf(verdict.domain, verdict.event, deliveryKey),
      event: verdict.event.typename,
      body,
    });
  });
}

function flat(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

function correlationOf(domain: string, event: SaleorWebhookEvent, deliveryKey: string): string {
  return event.orderId === null
    ? unrelatedCorrelation('saleor', deliveryKey)
    : saleorCorrelation(domain, event.orderId);
}
