import { z } from 'zod';
import { calcomBookingCorrelation, ownerCorrelation, unrelatedCorrelation } from '../../db/correlation.ts';
import type { Delivery } from '../../db/queries/inbox.ts';
import { verifyCalcomSignature } from '../../integrations/calcom/webhook.ts';
import { ageOf, type CalcomWebhook, parseCalcomWebhook } from '../../integrations/calcom/webhook-body.ts';
import type { Referred } from '../intake/referred.ts';
import { bodyKey } from '../intake/store.ts';
import { problems } from '../operations/family.ts';
import { describeOperation } from '../operations/operation.ts';
import type { Routes } from '../operations/routes.ts';
import { keptSchema, rawBodySchema, WEBHOOK_BODY_LIMIT } from './raw-body.ts';
import { refuseUnsigned, takeIn, type TakeInDeps } from './take-in.ts';

export interface CalcomWebhookDeps extends TakeInDeps {
  /** The secret that we chose for the webhook; empty where there is no Cal.com: then nothing is taken. */
  readonly calcomSecret: string;
  readonly referred: Referred;
}

const SIGNATURE = 'x-cal-signature-256';

const envelopeSchema = z.object({ triggerEvent: z.string().min(1).max(100) });

export const calcomWebhookOperation = describeOperation({
  id: 'receiveCalcomWebhook',
  method: 'post',
  path: '/webhooks/calcom',
  tag: 'vendors',
  summary: 'Cal.com tells of an appointment',
  description:
    'Triggers `BOOKING_CREATED`, `BOOKING_REQUESTED`, `BOOKING_RESCHEDULED`, `BOOKING_CANCELLED`, ' +
    '`BOOKING_REJECTED`, `BOOKING_NO_SHOW_UPDATED` and `MEETING_ENDED`. The webhook is verified and stored, and ' +
    'delivered afterwards: to the paid session or the booking that its signed reference names, else to the one whose ' +
    'appointment it is known to be, else to the one whose appointment it replaced, else it is quarantined. What its ' +
    'body lacks is asked of Cal.com. The signature has no time: a body that says it is older than 25 hours, or more ' +
    'than five minutes ahead, is refused like one that is not signed. Cal.com sends each webhook once; what is lost ' +
    'is found by asking Cal.com every ten minutes.',
  family: problems,
  access: { kind: 'signature', header: SIGNATURE },
  body: rawBodySchema,
  bodyType: 'raw',
  bodyLimit: WEBHOOK_BODY_LIMIT,
  bodyExample: {
    triggerEvent: 'BOOKING_CREATED',
    createdAt: '2026-03-01T09:15:31.538Z',
    payload: { uid: 'bFJeNb2uX8ANpT3JL5EfXw', startTime: '2026-03-28T09:00:00Z' },
  },
  answers: {
    200: { description: 'It is kept.', body: keptSchema, example: { status: 'stored' } },
  },
  refusals: ['bad-signature', 'store-unavailable'],
});

export function addCalcomWebhookRoute(routes: Routes, deps: CalcomWebhookDeps): void {
  const { calcomSecret: secret } = deps;
  routes.add(calcomWebhookOperation, async ({ req, body }) => {
    if (!verifyCalcomSignature({ header: req.get(SIGNATURE), body, secret }))
      return refuseUnsigned(deps.log, 'calcom');
    const webhook = parseCalcomWebhook(body);
    // Whoever captured a body could send it for ever; within the window the inbox's key is the guard.
    const age = webhook ? ageOf(webhook, deps.clock()) : 'fresh';
    if (age !== 'fresh') return refuseUnsigned(deps.log, 'calcom', age);
    return takeIn(deps, { source: 'calcom', ...identify(webhook, body, deps.referred), body });
  });
}

function identify(
  webhook: CalcomWebhook | undefined,
  body: Buffer,
  referred: Referred,
): Pick<Delivery, 'deliveryKey' | 'correlation' | 'event'> {
  if (!webhook) {
    const deliveryKey = bodyKey(body);
    const correlation = unrelatedCorrelation('calcom', deliveryKey);
    return { deliveryKey, correlation, event: triggerOf(body) };
  }
  const { deliveryKey, trigger: event, reference, appointmentUri } = webhook;
  const owner = reference === null ? undefined : referred(reference);
  const correlation = owner ? ownerCorrelation(owner) : calcomBookingCorrelation(appointmentUri);
  return { deliveryKey, event, correlation };
}

function triggerOf(body: Buffer): string {
  try {
    const envelope = envelopeSchema.safeParse(JSON.parse(body.toString('utf8')));
    return envelope.success ? envelope.data.triggerEvent : 'unknown';
  } catch {
    return 'unknown';
  }
}
