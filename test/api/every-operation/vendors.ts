import { expect } from '@jest/globals';
import { signCalendlyWebhook } from '../../../integrations/calendly/webhook.ts';
import { calendlyBody } from '../intake-requests.ts';
import type { Calls } from './rig.ts';

export const vendorCalls = {
  // Only the shop has the key; what it signs is tested where the shop's twin is.
  receiveSaleorWebhook: async ({ anyone }) => {
    expect((await anyone.receiveSaleorWebhook({ body: '{}' })).status).toBe(401);
  },
  receiveCalendlyWebhook: async ({ anyone, stack }) => {
    const body = calendlyBody('invitee.created');
    const secret = stack.config.calendly.webhookSecret;
    const signature = signCalendlyWebhook(body, secret, Math.floor(Date.now() / 1000));
    expect((await anyone.receiveCalendlyWebhook({ body: body.toString() })).status).toBe(401);
    return anyone.receiveCalendlyWebhook({
      headers: { 'calendly-webhook-signature': signature },
      body: body.toString(),
    });
  },
} as const satisfies Calls;
