import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import type { Delivery } from '../../db/queries/inbox.ts';
import { verifyCalendlySignature } from '../../integrations/calendly/webhook.ts';
import { parseCalendlyWebhook } from '../../integrations/calendly/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import { calendlyEventCorrelation, ownerCorrelation, unrelatedCorrelation } from '../intake/correlation.ts';
import type { IntakeLog } from '../intake/log.ts';
import type { Referred } from '../intake/referred.ts';
import { bodyKey, keep } from '../intake/store.ts';
import { sendProblem } from '../problem.ts';
import { bytesOf, rawBody } from './raw-body.ts';

export interface CalendlyWebhookDeps {
  readonly db: Database;
  /** The signing key that we chose for the subscription. */
  readonly secret: string;
  readonly clock: Clock;
  readonly log: IntakeLog;
  readonly referred: Referred;
  /** Called after a webhook was kept, before the answer; must return at once. */
  readonly onStored: () => void;
}

/**
 * Calendly repeats a failed delivery for 24 hours and may not sign it again. Within that time the inbox's key is
 * the guard against a replay.
 */
const TOLERANCE_MS = 25 * 60 * 60 * 1000;

const envelopeSchema = z.object({ event: z.string().min(1).max(100) });

/**
 * `POST /api/v1/public/calendly/webhook`. 200 after verify and store, a repeat included; 401 for a bad signature;
 * 503 when the store cannot be reached. Never a refusal for an appointment that we do not know: Calendly would
 * disable the subscription.
 */
export function createCalendlyWebhookRouter(deps: CalendlyWebhookDeps): Router {
  const router = Router();
  router.post('/api/v1/public/calendly/webhook', rawBody(), async (req, res) => {
    const body = bytesOf(req.body);
    const now = deps.clock();
    const verified = verifyCalendlySignature({
      header: req.get('calendly-webhook-signature'),
      body,
      secret: deps.secret,
      toleranceMs: TOLERANCE_MS,
      now,
    });
    if (!verified) {
      deps.log.warn({ source: 'calendly', code: 'bad-signature' }, 'webhook refused');
      sendProblem(req, res, 'bad-signature');
      return;
    }
    const result = await keep(deps.db, {
      source: 'calendly',
      ...identify(body, deps.referred),
      body,
      receivedAt: new Date(now),
    });
    if (result === 'stored') deps.onStored();
    res.status(200).json({ status: result });
  });
  return router;
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
  const { reference, eventUri } = webhook.appointment;
  const owner = reference === null ? undefined : referred(reference);
  return {
    deliveryKey: webhook.deliveryKey,
    correlation: owner ? ownerCorrelation(owner) : calendlyEventCorrelation(eventUri),
    event: webhook.event,
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
