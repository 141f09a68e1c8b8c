import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import { startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import { createHttpClient } from '../../platform/http-client.ts';
import { holdContract, MARKER, type Subject } from './contract-subject.ts';
import { codeOf } from './failure-of.ts';

interface OpenCalendly extends Subject {
  readonly baseUrl: string;
  readonly token: string;
  readonly eventType: string;
}

const TWINS_TOKEN = 'a-token-of-the-twin';
const EVENT_TYPE = 'a1b2c3d4-0000-4000-8000-000000000010';
/** Nobody answers there; Calendly does not look. */
const HOOK = `https://${MARKER}.example/webhook`;

const FACTS = { reference: 'ref.sig', campaign: MARKER, name: 'Nobody', email: `${MARKER}@example.com` };

const clientOf = ({ baseUrl, token }: { readonly baseUrl: string; readonly token: string }) =>
  createCalendlyClient({ baseUrl, token, timeoutMs: 10_000, links: 'share' });

const subscriptions = z.looseObject({
  collection: z.array(z.looseObject({ uri: z.string(), callback_url: z.string() })),
});

holdContract({
  vendor: 'Calendly',
  needs: ['CALENDLY_API_TOKEN', 'CALENDLY_EVENT_TYPE_UUID'],
  async twin(): Promise<OpenCalendly> {
    const twin = await startCalendlyTwin({ port: 0, token: TWINS_TOKEN });
    return { baseUrl: twin.url, token: TWINS_TOKEN, eventType: EVENT_TYPE, close: () => twin.close() };
  },
  real: async (values) => ({
    baseUrl: process.env['CALENDLY_API_URL'] || 'https://api.calendly.com',
    token: values.CALENDLY_API_TOKEN,
    eventType: values.CALENDLY_EVENT_TYPE_UUID,
    close: async () => undefined,
  }),
  async clean(opened) {
    const { baseUrl, token } = opened;
    const { organization } = await clientOf(opened).me();
    const http = createHttpClient({
      vendor: 'calendly',
      baseUrl,
      headers: { authorization: `Bearer ${token}` },
      timeoutMs: 10_000,
    });
    const { body } = await http.request({
      method: 'GET',
      path: '/webhook_subscriptions',
      query: { organization, scope: 'organization', count: 100 },
      schema: subscriptions,
    });
    const ours = body.collection.filter((one) => one.callback_url.startsWith(HOOK));
    for (const { uri } of ours) {
      const path = `/webhook_subscriptions/${uri.slice(uri.lastIndexOf('/') + 1)}`;
      await http.request({ method: 'DELETE', path, schema: z.unknown() });
    }
    return ours.length;
  },
  suite(opened) {
    test('we are somebody in an organisation, with a time zone', async () => {
      const me = await clientOf(opened()).me();
      expect(me.uri).toMatch(/\/users\/[\w-]+$/);
      expect(me.organization).toMatch(/\/organizations\/[\w-]+$/);
      expect(() => new Intl.DateTimeFormat('en', { timeZone: me.timeZone })).not.toThrow();
    });

    test('a token that is none is refused', async () => {
      const { baseUrl } = opened();
      expect(await codeOf(clientOf({ baseUrl, token: 'no-token' }).me())).toBe('vendor-unauthorized');
    });

    // The one thing that cannot be removed again: a link that nobody knows and nobody books with.
    test('a single-use link is made, another one each time', async () => {
      const { eventType } = opened();
      const client = clientOf(opened());
      const first = await client.createSchedulingLink(eventType, FACTS);
      const second = await client.createSchedulingLink(eventType, FACTS);
      expect(new URL(first.bookingUrl).pathname).toMatch(/^\/d\/[\w-]+\//);
      expect(second.bookingUrl).not.toBe(first.bookingUrl);
    });

    test('a share is a link that can be taken back, until it is gone', async () => {
      const client = clientOf(opened());
      const made = await client.createSchedulingLink(opened().eventType, FACTS, { withdrawable: true });
      expect(Object.fromEntries(new URL(made.bookingUrl).searchParams)).toMatchObject({
        utm_content: FACTS.reference,
        utm_campaign: MARKER,
      });
      const share = made.link ?? '';
      expect(share).toMatch(/\/shares\/[\w-]+$/);
      expect(await client.withdrawLink(share)).toBe('withdrawn');
      expect(await client.withdrawLink(share)).toBe('gone');
    });

    test('a link of an event type that is none is refused for good', async () => {
      const client = clientOf(opened());
      const code = await codeOf(client.createSchedulingLink('00000000-0000-4000-8000-000000000000', FACTS));
      expect(['vendor-rejected', 'vendor-forbidden', 'vendor-not-found']).toContain(code);
      const share = client.createSchedulingLink('00000000-0000-4000-8000-000000000000', FACTS, {
        withdrawable: true,
      });
      expect(['vendor-rejected', 'vendor-forbidden', 'vendor-not-found']).toContain(await codeOf(share));
    });

    test('an appointment that is none is undefined', async () => {
      const { baseUrl } = opened();
      const nowhere = '00000000-0000-4000-8000-000000000000';
      const uri = `${baseUrl}/scheduled_events/${nowhere}/invitees/${nowhere}`;
      expect(await clientOf(opened()).getAppointment(uri)).toBeUndefined();
    });

    test('nobody has appointments under an address of nobody', async () => {
      const found = await clientOf(opened()).findAppointments({
        email: `${MARKER}@example.com`,
        since: Date.now(),
      });
      expect(found).toEqual([]);
    });

    test('the webhook subscription is missing, made, and then well', async () => {
      const client = clientOf(opened());
      const hook = { url: HOOK, signingKey: 'a-signing-key-of-the-contract-32-bytes' };
      expect(await client.inspectWebhook(HOOK)).toEqual({ fault: 'was-missing', failingSince: null });
      expect(await client.ensureWebhook(hook)).toBe('was-missing');
      expect(await client.inspectWebhook(HOOK)).toEqual({ fault: 'none', failingSince: null });
      expect(await client.ensureWebhook(hook)).toBe('none');
    });
  },
});
