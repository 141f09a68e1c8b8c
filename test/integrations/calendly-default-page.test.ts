import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import { type CalendlyTwin, startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import { parseCalendlyWebhook } from '../../integrations/calendly/webhook-body.ts';
import type { FaultInput } from '../../integrations/sandbox/faults.ts';
import { failureOf } from './failure-of.ts';
import { startWebhookCatcher, type WebhookCatcher } from './webhook-catcher.ts';

const start = Date.parse('2026-03-01T09:00:00.000Z');
const startsAt = new Date(start + 3 * 86_400_000).toISOString();
const fields = { name: 'Ada Example', email: 'ada@example.test', startsAt };
const facts = { reference: 'ref.sig', campaign: null, name: fields.name, email: fields.email };
const eventType = 'a1b2c3d4-0000-4000-8000-000000000010';

let twin: CalendlyTwin;
let catcher: WebhookCatcher;

beforeAll(async () => {
  catcher = await startWebhookCatcher();
  twin = await startCalendlyTwin({
    port: 0,
    now: () => start,
    webhook: { url: catcher.url, signingKey: 'a-signing-key' },
    retryScale: 0,
    eventTypes: [{ uuid: 'brief', name: 'First Talk', durationMs: 1_800_000 }],
  });
});
afterAll(async () => {
  await twin.close();
  await catcher.close();
});

describe('the page that anyone can book on', () => {
  const page = () => `${twin.url}/host/60-min-paid-session`;

  test('shows the form, filled in from the query', async () => {
    const response = await fetch(`${page()}?name=Ada%20%3Cb%3E&email=ada%40example.test`);
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain('value="Ada &lt;b&gt;"');
    expect(html).toContain('60 min paid session');
  });

  test('is booked any number of times, and each appointment keeps its tracking', async () => {
    for (const reference of ['one.sig', 'two.sig']) {
      const query = `?month=2026-03&utm_content=${reference}&utm_campaign=default-link`;
      const response = await fetch(page() + query, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fields),
      });
      expect(response.status).toBe(201);
      const booked = twin.appointments().at(-1);
      expect(await response.json()).toMatchObject({ inviteeUri: booked?.inviteeUri });
      expect(booked).toMatchObject({ reference, email: fields.email, startsAt: Date.parse(startsAt) });
    }
    expect((await fetch(page(), { method: 'POST', body: new URLSearchParams(fields) })).status).toBe(201);
    await twin.webhooksIdle();
    const told = catcher.caught.map(({ body }) => parseCalendlyWebhook(body)?.appointment);
    expect(told.map((one) => `${one?.reference} by ${one?.campaign}`).toSorted()).toEqual([
      'null by null',
      'one.sig by default-link',
      'two.sig by default-link',
    ]);
  });

  test('each event type has one of its own', () => {
    const booked = twin.book(`${twin.url}/host/first-talk?utm_content=three.sig`, fields);
    expect(booked).toMatchObject({ reference: 'three.sig', endsAt: booked.startsAt + 1_800_000 });
  });

  test.each(['/host', '/host/unheard-of', '/nobody/60-min-paid-session'])('%s is no page', async (path) => {
    expect((await fetch(twin.url + path)).status).toBe(404);
    expect(() => twin.book(twin.url + path, fields)).toThrow('no-such-link');
  });

  test('what is wrong in the form is refused', async () => {
    const before = twin.appointments().length;
    const body = new URLSearchParams({ ...fields, email: 'nobody' });
    expect((await fetch(page(), { method: 'POST', body })).status).toBe(422);
    expect(twin.appointments()).toHaveLength(before);
  });
});

describe('making a single-use link fails as Calendly can', () => {
  const path = '^/scheduling_links$';
  const limited = { 'X-RateLimit-Limit': '500', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '37' };

  beforeEach(() => twin.faults.clear());

  const openLinks = async (): Promise<number> => {
    const state = await (await fetch(`${twin.url}/__sandbox/state`)).text();
    return state.match(/"open"/g)?.length ?? 0;
  };

  test.each<[string, FaultInput, object, number]>([
    ['down', { kind: 'drop', path, times: 1000 }, { code: 'vendor-unreachable' }, 0],
    ['silent', { kind: 'delay', delayMs: 30_000, path, times: 1000 }, { code: 'vendor-timeout' }, 0],
    [
      'over its limit',
      { kind: 'status', status: 429, headers: limited, path, times: 1000 },
      { code: 'vendor-rate-limited', retryAfterMs: 37_000 },
      0,
    ],
    [
      'broken',
      { kind: 'status', status: 500, path, times: 1000 },
      { code: 'vendor-unavailable', retryAfterMs: null },
      0,
    ],
    [
      'gone after the work',
      { kind: 'commit-then-hang-up', path, times: 1000 },
      { code: 'vendor-unreachable' },
      1,
    ],
  ])('%s, for as long as it is told to', async (_what, fault, failure, left) => {
    const client = createCalendlyClient({ baseUrl: twin.url, token: 'any', timeoutMs: 200 });
    const before = await openLinks();
    twin.faults.set(fault);
    for (const _attempt of [1, 2])
      expect(await failureOf(client.createSchedulingLink(eventType, facts))).toMatchObject(failure);
    expect(await openLinks()).toBe(before + 2 * left);
    // The rest of the API goes on answering.
    await client.me();
    twin.faults.clear();
    const { bookingUrl } = await client.createSchedulingLink(eventType, facts);
    expect(bookingUrl).toContain('/60-min-paid-session');
  });
});
