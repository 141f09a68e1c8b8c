import { expect } from '@jest/globals';
import { signCalcomWebhook } from '../../../integrations/calcom/webhook.ts';
import { signCalendlyWebhook } from '../../../integrations/calendly/webhook.ts';
import { signZammadWebhook } from '../../../integrations/zammad/webhook.ts';
import { configured } from '../../../platform/config-providers.ts';
import { calendlyBody } from '../intake-requests.ts';
import type { Calls } from './rig.ts';

export const vendorCalls = {
  // Only the shop has the key; what it signs is tested where the shop's twin is.
  receiveSaleorWebhook: async ({ anyone }) => {
    expect((await anyone.receiveSaleorWebhook({ body: '{}' })).status).toBe(401);
  },
  getSaleorManifest: ({ anyone }) => anyone.getSaleorManifest(),
  registerSaleorApp: async ({ anyone, stack }) => {
    const headers = { 'Saleor-Api-Url': stack.config.saleor.shops[0].apiUrl };
    expect((await anyone.registerSaleorApp({ headers, body: { auth_token: 'wrong' } })).status).toBe(401);
    const body = { auth_token: stack.addresses.saleor.appToken };
    expect((await anyone.registerSaleorApp({ body })).status).toBe(403);
    return anyone.registerSaleorApp({ headers, body });
  },
  receiveCalendlyWebhook: async ({ anyone, stack }) => {
    const body = calendlyBody('invitee.created');
    const secret = configured(stack.config, 'calendly').webhookSecret;
    const signature = signCalendlyWebhook(body, secret, Math.floor(Date.now() / 1000));
    expect((await anyone.receiveCalendlyWebhook({ body: body.toString() })).status).toBe(401);
    return anyone.receiveCalendlyWebhook({
      headers: { 'calendly-webhook-signature': signature },
      body: body.toString(),
    });
  },
  receiveCalcomWebhook: async ({ anyone, stack }) => {
    // It must be fresh: the signature has no time of its own.
    const payload = {
      uid: 'every-operation',
      startTime: '2026-03-28T09:00:00Z',
      endTime: '2026-03-28T10:00:00Z',
    };
    const createdAt = new Date().toISOString();
    const body = JSON.stringify({ triggerEvent: 'BOOKING_CREATED', createdAt, payload });
    const secret = configured(stack.config, 'calcom').webhookSecret;
    expect((await anyone.receiveCalcomWebhook({ body })).status).toBe(401);
    return anyone.receiveCalcomWebhook({
      headers: { 'x-cal-signature-256': signCalcomWebhook(Buffer.from(body), secret) },
      body,
    });
  },
  receiveZammadWebhook: async ({ anyone, stack }) => {
    const body = JSON.stringify({ ticket_id: '1', session_id: '', action: '' });
    const signature = signZammadWebhook(Buffer.from(body), stack.config.zammad.webhookSecret);
    expect((await anyone.receiveZammadWebhook({ body })).status).toBe(401);
    return anyone.receiveZammadWebhook({ headers: { 'x-hub-signature': signature }, body });
  },
} as const satisfies Calls;
