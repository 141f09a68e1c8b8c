import { z } from 'zod';
import type { Delivery } from '../../db/queries/inbox.ts';
import { parseCalendlyWebhook } from '../../integrations/calendly/webhook-body.ts';
import { calendlyEventCorrelation, ownerCorrelation, unrelatedCorrelation } from '../../db/correlation.ts';
import type { Referred } from '../intake/referred.ts';
import { bodyKey } from '../intake/store.ts';
import { problems } from '../operations/family.ts';
import { describeOperation } from '../operations/operation.ts';
import type { Routes } from '../operations/routes.ts';
import { CALENDLY_SIGNATURE, isSignedByCalendly } from './calendly-signature.ts';
import { keptSchema, rawBodySchema, WEBHOOK_BODY_LIMIT } from './raw-body.ts';
import { refuseUnsigned, takeIn, type TakeInDeps } from './take-in.ts';

export interface CalendlyWebhookDeps extends TakeInDeps {
  /** The signing key that we chose for the subscription; empty where there is no Calendly: then nothing is taken. */
  readonly calendlySecret: string;
  readonly referred: Referred;
}

const envelopeSchema = z.object({ event: z.string().min(1).max(100) });

export const calendlyWebhookOperation = describeOperation({
  id: 'receiveCalendlyWebhook',
  method: 'post',
  path: '/api/v1/public/calendly/webhook',
  tag: 'vendors',
  summary: 'Calendly tells of an appointment',
  description:
    'Events `invitee.created`, `invitee.canceled`, `invitee_no_show.created` (also by the name `invitee.no_show`) ' +
    'and `invitee_no_show.deleted`. The webhook is verified and stored, and delivered afterwards: to the paid ' +
    'session or the booking that its signed reference names, else to the one whose appointment it is known to be, ' +
    'else to the one whose appointment it replaced, else it is quarantined. What its body lacks is asked of Calendly.',
  family: problems,
  access: { kind: 'signature', header: CALENDLY_SIGNATURE },
  body: rawBodySchema,
  bodyType: 'raw',
  bodyLimit: WEBHOOK_BODY_LIMIT,
  bodyExample: {
    event: 'invitee.created',
    created_at: '2026-03-01T09:15:31.000000Z',
    payload: { uri: 'https://api.calendly.com/scheduled_events/7f3c1d52/invitees/2b9d7c10' },
  },
  // Never a refusal for an appointment that we do not know: Calendly would disable the subscription.
  answers: {
    200: { description: 'It is kept.', body: keptSchema, example: { status: 'stored' } },
  },
  refusals: ['bad-signature', 'store-unavailable'],
});

export function addCalendlyWebhookRoute(routes: Routes, deps: CalendlyWebhookDeps): void {
  routes.add(calendlyWebhookOperation, async ({ req, body }) => {
    // Within the tolerance the inbox's key is the guard against a replay.
    if (!isSignedByCalendly(req, body, deps)) return refuseUnsigned(deps.log, 'calendly');
    return takeIn(deps, { source: 'calendly', ...identify(body, deps.referred), body });
  });
}

function identify(body: Buffer, referred: Referred): Pick<Delivery, 'deliveryKey' | 'correlation' | 'event'> {
  const webhook = parseCalendlyWebhook(body);
  if (!webhook) {
    const deliveryKey = bodyKey(body);
    return {
      deliveryKey,
      correlation: unrelatedCorrelation('calendly', deliveryKey),
      event: eventNameOf(body),
    };
  }
  const { deliveryKey, event, reference, eventUri } = webhook;
  const owner = reference === null ? undefined : referred(reference);
  if (owner) return { deliveryKey, event, correlation: ownerCorrelation(owner) };
  return {
    deliveryKey,
    event,
    correlation:
      eventUri === null ? unrelatedCorrelation('calendly', deliveryKey) : calendlyEventCorrelation(eventUri),
  };
}

function eventNameOf(body: Buffer): string {
  try {
    const envelope = envelopeSchema.safeParse(JSON.parse(body.toString('utf8')));
    return envelope.success ? envelope.data.event : 'unknown';
  } catch {
    return 'unknown';
  }
}
