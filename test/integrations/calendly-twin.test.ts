import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type CalendlyTwin, startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import { verifyCalendlySignature } from '../../integrations/calendly/webhook.ts';
import { type CalendlyWebhook, parseCalendlyWebhook } from '../../integrations/calendly/webhook-body.ts';
import { startWebhookCatcher, type WebhookCatcher } from './webhook-catcher.ts';

const signingKey = 'a-signing-key';
const start = Date.parse('2026-03-01T09:00:00.250Z');
const day = 86_400_000;
const startsAt = new Date(start + 3 * day);
const ada = { name: 'Ada Example', email: 'ada@example.test', startsAt };

let now: number;
let twin: CalendlyTwin;
let catcher: WebhookCatcher;

beforeEach(async () => {
  now = start;
  catcher = await startWebhookCatcher();
  twin = await startCalendlyTwin({
    port: 0,
    now: () => now,
    webhook: { url: catcher.url, signingKey },
    retryScale: 0,
  });
});

afterEach(async () => {
  await twin.close();
  await catcher.close();
});

function api(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(twin.url + path, {
    method,
    headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function newLink(): Promise<string> {
  const owner = `${twin.url}/event_types/a1b2c3d4-0000-4000-8000-000000000010`;
  const response = await api('POST', '/scheduling_links', {
    max_event_count: 1,
    owner,
    owner_type: 'EventType',
  });
  const body = (await response.json()) as {
    resource: { booking_url: string; owner: string; owner_type: string };
  };
  expect(response.status).toBe(201);
  expect(body.resource).toMatchObject({ owner, owner_type: 'EventType' });
  return body.resource.booking_url;
}

async function webhooks(): Promise<CalendlyWebhook[]> {
  await twin.webhooksIdle();
  return catcher.caught.flatMap(({ body }) => parseCalendlyWebhook(body) ?? []);
}

describe('single-use links', () => {
  test('a page shows the form and spends nothing, however often it is fetched', async () => {
    const url = `${await newLink()}?name=Ada%20%3Cb%3E&email=ada%40example.test`;
    for (let n = 0; n < 3; n += 1) {
      const response = await fetch(url);
      expect(response.status).toBe(200);
      const page = await response.text();
      expect(page).toContain('value="Ada &lt;b&gt;"');
      expect(page).toContain('Sandbox');
    }
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect(twin.appointments()).toEqual([]);
  });

  test('one booking closes it, by whatever door', async () => {
    const url = `${await newLink()}?utm_content=ref.sig&utm_source=session`;
    const first = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'Ada Example',
        email: 'ada@example.test',
        startsAt: startsAt.toISOString(),
      }),
    });
    expect(first.status).toBe(201);
    expect(await first.json()).toMatchObject({ inviteeUri: twin.appointments()[0]?.inviteeUri });
    expect(twin.appointments()[0]).toMatchObject({ reference: 'ref.sig', startsAt: startsAt.getTime() });
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(url, { method: 'POST', body: new URLSearchParams({}) })).status).toBe(404);
    expect(() => twin.book(url, ada)).toThrow('no-such-link');
    expect(twin.appointments()).toHaveLength(1);
  });

  test('fifty at once make one booking', async () => {
    const url = await newLink();
    const body = new URLSearchParams({
      name: 'Ada',
      email: 'ada@example.test',
      startsAt: startsAt.toISOString(),
    });
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await fetch(url, { method: 'POST', body })).status),
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, ...Array.from({ length: 49 }, () => 404)]);
  });

  test.each([
    ['no name', { name: '' }],
    ['no address', { email: 'nobody' }],
    ['no time', { startsAt: 'soon' }],
    ['a time in the past', { startsAt: '2020-01-01T00:00:00Z' }],
  ])('%s is refused and the link stays open', async (_, wrong) => {
    const url = await newLink();
    const fields = { name: 'Ada', email: 'ada@example.test', startsAt: startsAt.toISOString(), ...wrong };
    expect((await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })).status).toBe(422);
    expect((await fetch(url)).status).toBe(200);
  });

  test('an event lasts as long as its type says, to the millisecond', async () => {
    const brief = await startCalendlyTwin({ port: 0, now: () => now, durationMs: 4500 });
    try {
      const owner = `${brief.url}/event_types/a1b2c3d4-0000-4000-8000-000000000010`;
      const response = await fetch(`${brief.url}/scheduling_links`, {
        method: 'POST',
        headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
        body: JSON.stringify({ max_event_count: 1, owner, owner_type: 'EventType' }),
      });
      const body = (await response.json()) as { resource: { booking_url: string } };
      const booked = brief.book(body.resource.booking_url, ada);
      expect(booked.endsAt - booked.startsAt).toBe(4500);
    } finally {
      await brief.close();
    }
  });
});

describe('webhooks', () => {
  test('a booking is told, signed over its raw bytes at the time of sending', async () => {
    const booked = twin.book(`${await newLink()}?utm_content=ref.sig`, ada);
    const [webhook] = await webhooks();
    expect(webhook).toMatchObject({
      event: 'invitee.created',
      createdAt: Date.parse('2026-03-01T09:00:00Z'),
      appointment: { uri: booked.inviteeUri, reference: 'ref.sig', startsAt: startsAt.getTime() },
    });
    const [delivery] = catcher.caught;
    const header = delivery?.headers['calendly-webhook-signature'];
    expect(header).toMatch(/^t=\d{10},v1=[0-9a-f]{64}$/);
    const request = { header: String(header), body: delivery?.body ?? Buffer.of(), toleranceMs: 1000, now };
    expect(verifyCalendlySignature({ ...request, secret: signingKey })).toBe(true);
    expect(verifyCalendlySignature({ ...request, secret: 'another' })).toBe(false);
    expect(delivery?.body.toString()).toContain('"created_at":"2026-03-01T09:00:00.000000Z"');
    expect(delivery?.body.toString()).toMatch(/"start_time":"2026-03-04T09:00:00\.250000Z"/);
  });

  test('a reschedule is two deliveries', async () => {
    const old = twin.book(await newLink(), ada);
    now += 60_000;
    const moved = twin.reschedule(old.inviteeUri, new Date(start + 5 * day));
    const heard = await webhooks();
    const told = heard.slice(1).toSorted((a, b) => a.event.localeCompare(b.event));
    expect(told).toMatchObject([
      {
        event: 'invitee.canceled',
        appointment: { uri: old.inviteeUri, rescheduled: true, replacedBy: moved.inviteeUri },
      },
      { event: 'invitee.created', appointment: { uri: moved.inviteeUri, replaces: old.inviteeUri } },
    ]);
  });

  test('mark, unmark, mark, unmark are four messages', async () => {
    const { inviteeUri } = twin.book(await newLink(), ada);
    for (let n = 0; n < 2; n += 1) {
      now += 60_000;
      expect(twin.markNoShow(inviteeUri).noShow).toBe(true);
      now += 60_000;
      expect(twin.clearNoShow(inviteeUri).noShow).toBe(false);
    }
    const keys = (await webhooks()).map((webhook) => webhook.deliveryKey);
    expect(new Set(keys).size).toBe(5);
  });

  test('a silent move tells nobody', async () => {
    const { inviteeUri } = twin.book(await newLink(), ada);
    twin.moveSilently(inviteeUri, new Date(start + 9 * day));
    expect(await webhooks()).toHaveLength(1);
  });

  test('a failing receiver hears it again: the same bytes, a new signature', async () => {
    catcher.answerWith(500, 302, 404);
    twin.book(await newLink(), ada);
    await twin.webhooksIdle();
    expect(twin.deliveries().map((delivery) => delivery.attempts)).toEqual([[500, 302, 404, 200]]);
    expect(new Set(catcher.caught.map((one) => one.body.toString())).size).toBe(1);
  });

  test('duplicated and reordered on demand', async () => {
    const old = twin.book(await newLink(), ada);
    await twin.webhooksIdle();
    twin.faults.set({ kind: 'reorder', path: 'invitee.canceled' });
    twin.reschedule(old.inviteeUri, new Date(start + 5 * day));
    await twin.webhooksIdle();
    expect(twin.deliveries().map((delivery) => delivery.event)).toEqual([
      'invitee.created',
      'invitee.created',
      'invitee.canceled',
    ]);
    twin.faults.set({ kind: 'duplicate' });
    const active = twin.appointments().find((one) => one.status === 'active');
    twin.cancel(active?.inviteeUri ?? '', 'host', 'Ill');
    await twin.webhooksIdle();
    expect(catcher.caught).toHaveLength(5);
  });
});

describe('the API', () => {
  test.each([
    ['owner is no URI', { owner: 'x' }, [{ parameter: 'owner', message: 'must be a valid URI' }]],
    [
      'unknown owner',
      { owner: 'https://api.calendly.com/event_types/nope' },
      [{ parameter: 'owner', message: 'is invalid' }],
    ],
    [
      'a count that is not 1',
      { max_event_count: 2 },
      [{ parameter: 'max_event_count', message: 'is invalid' }],
    ],
    ['no owner', { owner: undefined }, [{ parameter: 'owner', message: 'is missing' }]],
  ])('a scheduling link is refused: %s', async (_, wrong, details) => {
    const owner = `${twin.url}/event_types/a1b2c3d4-0000-4000-8000-000000000010`;
    const response = await api('POST', '/scheduling_links', {
      max_event_count: 1,
      owner,
      owner_type: 'EventType',
      ...wrong,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      title: 'Invalid Argument',
      message: 'The supplied parameters are invalid.',
      details,
    });
  });

  test('error bodies and rate limit headers', async () => {
    const missing = await api('GET', '/scheduled_events/nope');
    expect(missing.status).toBe(404);
    expect(await missing.text()).toBe(
      '{"title":"Resource Not Found","message":"The server could not find the requested resource."}',
    );
    expect(missing.headers.get('x-ratelimit-limit')).toBe('500');
    expect(missing.headers.get('x-ratelimit-remaining')).toBe('499');
    expect(missing.headers.get('x-ratelimit-reset')).toBe('60');
    const anonymous = await fetch(`${twin.url}/users/me`);
    expect(anonymous.status).toBe(401);
    expect(await anonymous.text()).toBe(
      '{"title":"Unauthenticated","message":"The access token is invalid"}',
    );
  });

  test('a cancellation and its repeat', async () => {
    const { eventUri } = twin.book(await newLink(), ada);
    const path = `${new URL(eventUri).pathname}/cancellation`;
    const first = await api('POST', path, { reason: 'Client requested cancellation' });
    expect(first.status).toBe(201);
    expect(await first.json()).toEqual({
      resource: {
        canceled_by: 'Host',
        reason: 'Client requested cancellation',
        canceler_type: 'host',
        created_at: expect.stringMatching(/^2026-03-01T09:00:00\.\d{6}Z$/),
      },
    });
    const second = await api('POST', path, {});
    expect(second.status).toBe(403);
    expect(await second.text()).toBe('{"title":"Permission Denied","message":"Event is already canceled"}');
  });

  test('no-shows', async () => {
    const { inviteeUri } = twin.book(await newLink(), ada);
    const made = await api('POST', '/invitee_no_shows', { invitee: inviteeUri });
    expect(made.status).toBe(201);
    const { resource } = (await made.json()) as {
      resource: { uri: string; invitee: string; created_at: string };
    };
    expect(Object.keys(resource)).toEqual(['uri', 'invitee', 'created_at']);
    expect(resource.invitee).toBe(inviteeUri);
    expect((await api('POST', '/invitee_no_shows', { invitee: inviteeUri })).status).toBe(400);
    expect((await api('DELETE', new URL(resource.uri).pathname)).status).toBe(204);
    expect((await api('DELETE', new URL(resource.uri).pathname)).status).toBe(404);
    expect(twin.appointments()[0]?.noShow).toBe(false);
  });

  test('a second subscription for one URL is a conflict', async () => {
    const subscription = {
      url: 'http://127.0.0.1:9/other',
      events: ['invitee.created'],
      organization: `${twin.url}/organizations/ORG1`,
      scope: 'organization',
      signing_key: 'k',
    };
    const made = await api('POST', '/webhook_subscriptions', subscription);
    expect(made.status).toBe(201);
    const text = await made.text();
    expect(text).not.toContain('signing_key');
    expect(Object.keys((JSON.parse(text) as { resource: object }).resource)).toEqual([
      'uri',
      'callback_url',
      'created_at',
      'updated_at',
      'retry_started_at',
      'state',
      'events',
      'scope',
      'organization',
      'user',
      'creator',
    ]);
    const again = await api('POST', '/webhook_subscriptions', subscription);
    expect(again.status).toBe(409);
    expect(await again.text()).toBe(
      '{"title":"Already Exists","message":"Hook with this url already exists"}',
    );
  });

  test('lists are paged', async () => {
    for (let n = 0; n < 5; n += 1)
      twin.book(await newLink(), { ...ada, startsAt: new Date(start + (n + 1) * day) });
    const query = `organization=${encodeURIComponent(`${twin.url}/organizations/ORG1`)}&count=2`;
    const starts: string[] = [];
    let path: string | null = `/scheduled_events?${query}`;
    let pages = 0;
    while (path !== null) {
      const response = await api('GET', path);
      const body = (await response.json()) as {
        collection: { start_time: string }[];
        pagination: { next_page: string | null };
      };
      starts.push(...body.collection.map((one) => one.start_time));
      const next: string | null = body.pagination.next_page;
      path = next === null ? null : next.slice(twin.url.length);
      pages += 1;
    }
    expect(pages).toBe(3);
    expect(starts).toEqual(starts.toSorted());
    expect(starts).toHaveLength(5);
    expect((await api('GET', '/scheduled_events')).status).toBe(400);
  });
});

describe('in pages of others', () => {
  test('its script puts the booking page into each element of its class, once', async () => {
    const answer = await fetch(`${twin.url}/assets/external/widget.js`);
    expect(answer.headers.get('content-type')).toContain('text/javascript');
    const frames: { src?: string }[] = [];
    const element = {
      dataset: { url: `${twin.url}/d/x/60?utm_content=r` },
      append: (frame: object) => frames.push(frame),
    };
    const page = {
      document: {
        readyState: 'complete',
        querySelectorAll: () => ('processed' in element.dataset ? [] : [element]),
        createElement: () => ({}),
      },
      location: { hostname: 'gw.example' },
      window: {} as { Calendly?: { initInlineWidgets(): void } },
    };
    runInNewContext(await answer.text(), { ...page, URL });
    page.window.Calendly?.initInlineWidgets();
    expect(frames.map(({ src }) => src)).toEqual([
      `${twin.url}/d/x/60?utm_content=r&embed_domain=gw.example&embed_type=Inline`,
    ]);
  });

  test('a booking made in a frame is told to the page around it', async () => {
    const page = `${twin.url}/host/60-min-paid-session?embed_domain=gw.example&embed_type=Inline`;
    const form = new URLSearchParams({
      name: 'Ada',
      email: 'ada@example.test',
      startsAt: startsAt.toISOString(),
    });
    const answer = await fetch(page, { method: 'POST', body: form });
    expect(answer.headers.get('x-frame-options')).toBeNull();
    const text = await answer.text();
    expect(text).toContain('parent.postMessage({"event":"calendly.event_scheduled"');
    expect(text).toContain('/invitees/');
  });
});

describe('the pages of an appointment', () => {
  test('reschedule and cancel by the links in the mail', async () => {
    const booked = twin.book(await newLink(), ada);
    expect((await fetch(booked.rescheduleUrl)).status).toBe(200);
    const later = new Date(start + 6 * day).toISOString();
    const moved = await fetch(booked.rescheduleUrl, {
      method: 'POST',
      body: new URLSearchParams({ startsAt: later }),
    });
    expect(moved.status).toBe(201);
    expect((await fetch(booked.rescheduleUrl)).status).toBe(409);
    const current = twin.appointments().find((one) => one.status === 'active');
    expect(current?.startsAt).toBe(start + 6 * day);
    expect((await fetch(current?.cancelUrl ?? '')).status).toBe(200);
    const cancelled = await fetch(current?.cancelUrl ?? '', {
      method: 'POST',
      body: new URLSearchParams({ reason: 'Ill' }),
    });
    expect(cancelled.status).toBe(201);
    expect(twin.appointments().map((one) => one.canceledBy)).toEqual(['invitee', 'invitee']);
    expect((await fetch(`${twin.url}/cancellations/nope`)).status).toBe(404);
  });

  test('the root leads to the page that shows what the twin holds', async () => {
    twin.book(await newLink(), ada);
    const response = await fetch(twin.url);
    expect(response.url).toBe(`${twin.url}/__sandbox`);
    expect(await response.text()).toContain('ada@example.test');
  });
});
