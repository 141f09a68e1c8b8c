import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import type { CalendlyClient } from '../../integrations/calendly/contract.ts';
import { type CalendlyTwin, startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import type { VendorCall } from '../../platform/http-client.ts';
import { failureOf } from './failure-of.ts';

const eventType = 'a1b2c3d4-0000-4000-8000-000000000010';
const token = 'a-token-that-must-not-leak';
const ada = { name: 'Ada Example', email: 'ada@example.test' };
const start = Date.parse('2026-03-01T09:00:00Z');
const day = 86_400_000;
const facts = { ...ada, reference: 'ref.sig', campaign: null };

let now: number;
let twin: CalendlyTwin;
let client: CalendlyClient;
let calls: VendorCall[];

beforeEach(async () => {
  now = start;
  calls = [];
  twin = await startCalendlyTwin({ port: 0, token, now: () => now });
  client = createCalendlyClient({
    baseUrl: twin.url,
    token,
    timeoutMs: 2000,
    onCall: (call) => calls.push(call),
  });
});

afterEach(async () => {
  await twin.close();
});

async function book(startsAt = new Date(start + 3 * day), reference = 'ref.sig', person = ada) {
  const { bookingUrl } = await client.createSchedulingLink(eventType, {
    ...person,
    reference,
    campaign: null,
  });
  return twin.book(bookingUrl, { ...person, startsAt });
}

describe('the happy path', () => {
  test('who we are', async () => {
    expect(await client.me()).toEqual({
      uri: `${twin.url}/users/0d3f4a5b-1111-4222-8333-944455556666`,
      organization: `${twin.url}/organizations/ORG1`,
      timeZone: 'Europe/Berlin',
    });
  });

  test('a share is made only where it is configured, and somebody wants to take it back', async () => {
    const facts = { reference: 'ref.sig', campaign: null, ...ada };
    const withShares = createCalendlyClient({ baseUrl: twin.url, token, timeoutMs: 2000, links: 'share' });
    expect(await client.createSchedulingLink(eventType, facts, { withdrawable: true })).toMatchObject({
      link: null,
    });
    expect(await withShares.createSchedulingLink(eventType, facts)).toMatchObject({ link: null });
    const share = await withShares.createSchedulingLink(eventType, facts, { withdrawable: true });
    expect(share.link).toMatch(/\/shares\/[\w-]+$/);
    // Whoever may not make shares any more may still take back those that there are.
    expect(await client.withdrawLink(share.link ?? '')).toBe('withdrawn');
    expect(() => twin.book(share.bookingUrl, { ...ada, startsAt: new Date(start + day) })).toThrow(
      'no-such-link',
    );
  });

  test('a share that was booked stays, and so does the appointment', async () => {
    const facts = { reference: 'ref.sig', campaign: null, ...ada };
    const withShares = createCalendlyClient({ baseUrl: twin.url, token, timeoutMs: 2000, links: 'share' });
    const share = await withShares.createSchedulingLink(eventType, facts, { withdrawable: true });
    const { inviteeUri } = twin.book(share.bookingUrl, { ...ada, startsAt: new Date(start + day) });
    expect(await withShares.withdrawLink(share.link ?? '')).toBe('booked');
    expect(await withShares.getAppointment(inviteeUri)).toMatchObject({ status: 'active' });
  });

  test('what names no share is not asked for', async () => {
    await expect(client.withdrawLink('https://elsewhere.example/d/abc')).rejects.toMatchObject({
      code: 'vendor-not-found',
    });
    expect(calls).toEqual([]);
  });

  test('a link is booked, and the appointment is what was booked', async () => {
    const booked = await book();
    expect(await client.getAppointment(booked.inviteeUri)).toEqual({
      uri: booked.inviteeUri,
      eventUri: booked.eventUri,
      createdAt: start,
      startsAt: start + 3 * day,
      endsAt: start + 3 * day + 3_600_000,
      status: 'active',
      rescheduled: false,
      replaces: null,
      replacedBy: null,
      noShow: false,
      cancellation: null,
      rescheduleUrl: booked.rescheduleUrl,
      cancelUrl: booked.cancelUrl,
      joinUrl: expect.stringMatching(/\/j\/\d+$/),
      timeZone: 'Europe/Berlin',
      reference: 'ref.sig',
      campaign: null,
    });
  });

  test('only the ids of a URI are used, so the real host works too', async () => {
    const booked = await book();
    const real = booked.inviteeUri.replace(twin.url, 'https://api.calendly.com');
    expect((await client.getAppointment(real))?.uri).toBe(booked.inviteeUri);
  });

  test.each([
    'https://api.calendly.com/scheduled_events/nope/invitees/nope',
    'https://api.calendly.com/scheduled_events/../users/me',
    'not a uri',
  ])('an unknown appointment is undefined: %s', async (uri) => {
    expect(await client.getAppointment(uri)).toBeUndefined();
  });

  test('a rescheduled appointment points both ways', async () => {
    const old = await book();
    now += 1000;
    const moved = twin.reschedule(old.inviteeUri, new Date(start + 5 * day));
    expect(await client.getAppointment(old.inviteeUri)).toMatchObject({
      status: 'cancelled',
      rescheduled: true,
      replacedBy: moved.inviteeUri,
      cancellation: { by: 'client', at: start + 1000 },
    });
    expect(await client.getAppointment(moved.inviteeUri)).toMatchObject({
      status: 'active',
      replaces: old.inviteeUri,
      startsAt: start + 5 * day,
      reference: 'ref.sig',
    });
  });

  test('a silent move is seen by asking', async () => {
    const booked = await book();
    twin.moveSilently(booked.inviteeUri, new Date(start + 9 * day));
    expect(await client.getAppointment(booked.inviteeUri)).toMatchObject({ startsAt: start + 9 * day });
  });

  test('a search finds everything of one address, over many pages', async () => {
    const booked = [];
    for (let n = 0; n < 103; n += 1) booked.push(await book(new Date(start + (n + 1) * 3_600_000), `r${n}`));
    await book(new Date(start + day), 'other', { name: 'Bob', email: 'bob@example.test' });
    const found = await client.findAppointments({ email: 'ada@example.test', since: start });
    expect(found.map((one) => one.uri)).toEqual(booked.map((one) => one.inviteeUri));
    expect(await client.findAppointments({ email: 'nobody@example.test', since: start })).toEqual([]);
    expect(calls.every((call) => !call.path.includes('@'))).toBe(true);
  });

  test('a search leaves out what began before', async () => {
    await book(new Date(start + day));
    expect(await client.findAppointments({ email: ada.email, since: start + 2 * day })).toEqual([]);
  });

  test('a cancel, and its repeat', async () => {
    const booked = await book();
    await client.cancelAppointment(booked.inviteeUri, 'The session ended');
    expect(await client.getAppointment(booked.inviteeUri)).toMatchObject({
      status: 'cancelled',
      rescheduled: false,
      cancellation: { by: 'host', at: start },
    });
    await expect(client.cancelAppointment(booked.inviteeUri, 'again')).resolves.toBeUndefined();
    await twin.webhooksIdle();
  });

  test('an event in the past cannot be cancelled, and no permission would help', async () => {
    const booked = await book();
    now = start + 30 * day;
    expect(await failureOf(client.cancelAppointment(booked.inviteeUri, 'late'))).toMatchObject({
      code: 'vendor-rejected',
      retryable: false,
    });
  });
});

describe('the webhook subscription', () => {
  const url = 'http://127.0.0.1:9/hook';

  async function subscriptions(): Promise<unknown> {
    const query = new URLSearchParams({
      organization: `${twin.url}/organizations/ORG1`,
      scope: 'organization',
    });
    const response = await fetch(`${twin.url}/webhook_subscriptions?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return response.json();
  }

  test('is made once', async () => {
    await client.ensureWebhook({ url, signingKey: 'k' });
    await client.ensureWebhook({ url, signingKey: 'k' });
    expect(await subscriptions()).toMatchObject({
      collection: [
        {
          callback_url: url,
          state: 'active',
          events: [
            'invitee.created',
            'invitee.canceled',
            'invitee_no_show.created',
            'invitee_no_show.deleted',
          ],
        },
      ],
    });
  });

  test('is made anew when Calendly has switched it off', async () => {
    await twin.close();
    // Retries without a wait: a day of failure in a moment.
    twin = await startCalendlyTwin({ port: 0, token, now: () => now, retryScale: 0 });
    client = createCalendlyClient({ baseUrl: twin.url, token, timeoutMs: 2000 });
    await client.ensureWebhook({ url, signingKey: 'k' });
    await book();
    await twin.webhooksIdle();
    expect(await subscriptions()).toMatchObject({ collection: [{ state: 'disabled' }] });
    await client.ensureWebhook({ url, signingKey: 'k' });
    expect(await subscriptions()).toMatchObject({
      collection: [{ state: 'active', retry_started_at: null }],
    });
  });
});

describe('failures', () => {
  test.each([
    [400, 'vendor-rejected', false],
    [401, 'vendor-unauthorized', false],
    [403, 'vendor-forbidden', false],
    [404, 'vendor-not-found', false],
    [409, 'vendor-conflict', false],
    [429, 'vendor-rate-limited', true],
    [500, 'vendor-unavailable', true],
    [503, 'vendor-unavailable', true],
  ] as const)('%d is %s', async (status, code, retryable) => {
    twin.faults.set({ kind: 'status', status });
    expect(await failureOf(client.createSchedulingLink(eventType, facts))).toMatchObject({
      code,
      status,
      retryable,
    });
  });

  test('429 waits as long as X-RateLimit-Reset says, in seconds left', async () => {
    twin.faults.set({
      kind: 'status',
      status: 429,
      headers: { 'X-RateLimit-Limit': '500', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '37' },
    });
    expect(await failureOf(client.me())).toMatchObject({ retryAfterMs: 37_000 });
  });

  test('an error with requests left is no reason to wait for the reset', async () => {
    twin.faults.set({
      kind: 'status',
      status: 500,
      headers: { 'X-RateLimit-Remaining': '12', 'X-RateLimit-Reset': '37' },
    });
    expect(await failureOf(client.me())).toMatchObject({ retryAfterMs: null });
  });

  test("the twin's own limit", async () => {
    const narrow = await startCalendlyTwin({ port: 0, token, now: () => now, requestsPerMinute: 1 });
    try {
      const limited = createCalendlyClient({ baseUrl: narrow.url, token, timeoutMs: 2000 });
      await limited.me();
      now += 20_000;
      expect(await failureOf(limited.me())).toMatchObject({
        code: 'vendor-rate-limited',
        retryAfterMs: 40_000,
      });
      now += 40_000;
      await limited.me();
    } finally {
      await narrow.close();
    }
  });

  test('malformed, dropped, refused, too slow', async () => {
    twin.faults.set({ kind: 'malformed' });
    expect(await failureOf(client.me())).toMatchObject({ code: 'vendor-malformed' });
    twin.faults.set({ kind: 'drop' });
    expect(await failureOf(client.me())).toMatchObject({ code: 'vendor-unreachable' });
    twin.faults.set({ kind: 'delay', delayMs: 500 });
    const hasty = createCalendlyClient({ baseUrl: twin.url, token, timeoutMs: 50 });
    expect(await failureOf(hasty.me())).toMatchObject({ code: 'vendor-timeout' });
    const nobody = createCalendlyClient({ baseUrl: 'http://127.0.0.1:1', token, timeoutMs: 2000 });
    expect(await failureOf(nobody.me())).toMatchObject({ code: 'vendor-unreachable' });
  });

  test('a cancel whose answer was lost is done, and its repeat succeeds', async () => {
    const booked = await book();
    twin.faults.set({ kind: 'commit-then-hang-up', path: '/cancellation$' });
    expect(await failureOf(client.cancelAppointment(booked.inviteeUri, 'x'))).toMatchObject({
      code: 'vendor-unreachable',
    });
    expect(twin.appointments()[0]?.status).toBe('canceled');
    await client.cancelAppointment(booked.inviteeUri, 'x');
    await twin.webhooksIdle();
  });

  test('a link whose answer was lost exists, and asking again makes a second one', async () => {
    twin.faults.set({ kind: 'commit-then-hang-up', path: '^/scheduling_links$' });
    await failureOf(client.createSchedulingLink(eventType, facts));
    await client.createSchedulingLink(eventType, facts);
    const state = await fetch(`${twin.url}/__sandbox/state`);
    expect((await state.text()).match(/"open"/g)).toHaveLength(2);
  });

  test('a wrong event type is refused, with nothing private in the error', async () => {
    const failure = await failureOf(client.createSchedulingLink('no-such-type', facts));
    expect(failure).toMatchObject({ code: 'vendor-rejected', status: 400 });
    expect(`${failure.message} ${JSON.stringify(failure)}`).not.toContain(token);
  });

  test('a wrong token', async () => {
    const stranger = createCalendlyClient({ baseUrl: twin.url, token: 'wrong', timeoutMs: 2000 });
    const failure = await failureOf(stranger.me());
    expect(failure.code).toBe('vendor-unauthorized');
    expect(failure.vendorBody).toEqual({ title: 'Unauthenticated', message: 'The access token is invalid' });
  });

  test('every call is reported, without query or secret', async () => {
    await book();
    await client.findAppointments({ email: ada.email, since: start });
    expect(calls.length).toBeGreaterThan(2);
    expect(JSON.stringify(calls)).not.toMatch(/ada@|a-token|\?/);
  });
});
