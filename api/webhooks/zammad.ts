import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { ticketCorrelation, unrelatedCorrelation } from '../../db/correlation.ts';
import { parseZammadWebhook, verifyZammadSignature } from '../../integrations/zammad/webhook.ts';
import { problems } from '../operations/family.ts';
import { describeOperation } from '../operations/operation.ts';
import type { Routes } from '../operations/routes.ts';
import { keptSchema, rawBodySchema, WEBHOOK_BODY_LIMIT } from './raw-body.ts';
import { refuseUnsigned, takeIn, type TakeInDeps } from './take-in.ts';

export interface ZammadWebhookDeps extends TakeInDeps {
  /** The signature token of the webhook in Zammad. */
  readonly zammadSecret: string;
}

const SIGNATURE = 'x-hub-signature';
const DELIVERY = 'x-zammad-delivery';

export const zammadWebhookOperation = describeOperation({
  id: 'receiveZammadWebhook',
  method: 'post',
  path: '/webhooks/zammad',
  tag: 'vendors',
  summary: 'The help desk tells that an agent acted on a ticket',
  description:
    'Sent by a trigger on the ticket’s field `session_action`: `cancel`, `cancel_no_refund`, `approve_change`, ' +
    '`decline_change` or `resend_link`. The webhook is verified and stored, and delivered afterwards: the ticket is ' +
    'asked what its field says by then, and its session carries it out, answers on the ticket and clears the field. ' +
    'Zammad repeats four times after anything but a 2xx, within 100 seconds.',
  family: problems,
  access: { kind: 'signature', header: SIGNATURE },
  body: rawBodySchema,
  bodyType: 'raw',
  bodyLimit: WEBHOOK_BODY_LIMIT,
  bodyExample: { ticket_id: '19', session_id: 'abcdefghijklmnopqrstuv', action: 'approve_change' },
  answers: {
    200: { description: 'It is kept.', body: keptSchema, example: { status: 'stored' } },
  },
  refusals: ['bad-signature', 'store-unavailable'],
});

export function addZammadWebhookRoute(routes: Routes, deps: ZammadWebhookDeps): void {
  routes.add(zammadWebhookOperation, async ({ req, body }) => {
    if (!verifyZammadSignature({ header: req.get(SIGNATURE), body, secret: deps.zammadSecret }))
      return refuseUnsigned(deps.log, 'zammad');
    const deliveryKey = deliveryKeyOf(req);
    return takeIn(deps, {
      source: 'zammad',
      deliveryKey,
      correlation: correlationOf(body, deliveryKey),
      event: 'ticket.action',
      body,
    });
  });
}

/**
 * The id of Zammad's job, the same at each of its attempts. One that was lost on the way counts as new: the same choice
 * made twice has the same body, and a look at the ticket too many does no harm.
 */
function deliveryKeyOf(req: Request): string {
  const key = req.get(DELIVERY) ?? '';
  return /^[\w-]{1,100}$/.test(key) ? key : randomUUID();
}

function correlationOf(body: Buffer, deliveryKey: string): string {
  const sessionId = parseZammadWebhook(body)?.sessionId ?? '';
  // Only what looks like a key of ours: agents can write into the field.
  return /^[A-Za-z0-9_-]{22}$/.test(sessionId)
    ? ticketCorrelation(sessionId)
    : unrelatedCorrelation('zammad', deliveryKey);
}
