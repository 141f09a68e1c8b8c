import type { Request } from 'express';
import { verifyCalendlySignature } from '../../integrations/calendly/webhook.ts';
import type { Clock } from '../../platform/clock.ts';

export const CALENDLY_SIGNATURE = 'calendly-webhook-signature';

/**
 * Calendly repeats a failed delivery for 24 hours and may not sign it again. Within that time it is for each receiver
 * that a repeat changes nothing.
 */
const TOLERANCE_MS = 25 * 60 * 60 * 1000;

/** Whether a request bears Calendly's signature of these bytes, made with the key of our subscription. */
export function isSignedByCalendly(
  req: Request,
  body: Buffer,
  by: { readonly calendlySecret: string; readonly clock: Clock },
): boolean {
  return verifyCalendlySignature({
    header: req.get(CALENDLY_SIGNATURE),
    body,
    secret: by.calendlySecret,
    toleranceMs: TOLERANCE_MS,
    now: by.clock(),
  });
}
