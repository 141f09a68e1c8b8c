import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCalcomClient } from '../../integrations/calcom/client.ts';
import type { CalcomClient } from '../../integrations/calcom/contract.ts';
import { type CalcomTwin, startCalcomTwin } from '../../integrations/calcom/twin.ts';
import type { VendorCall } from '../../platform/http-client.ts';
import { codeOf, failureOf } from './failure-of.ts';

const apiKey = 'cal_a-key-that-must-not-leak';
const ada = { name: 'Ada Example', email: 'ada+x@example.test' };
const start = Date.parse('2026-03-01T09:00:00Z');
const hour = 3_600_000;
const day = 24 * hour;
const because = 'The client asked for another time.';

let now: number;
let twin: CalcomTwin;
let client: CalcomClient;
let calls: VendorCall[];

async function open(options: Partial<Parameters<typeof startCalcomTwin>[0]> = {}): Promise<void> {
  twin = await startCalcomTwin({
    port: 0,
    apiKey,
    now: () => now,
    meetingsEveryMs: 0,
    requestsPerMinute: 1000,
    ...options,
  });
  client = createCalcomClient({
    baseUrl: twin.url,
    webUrl: twin.url,
    apiKey,
    timeoutMs: 2000,
    onCall: (call) => calls.push(call),
  });
}

beforeEach(() => {
  now = start;
  calls = [];
});

afterEach(async () => {
  await twin.close();
});

async function book(startsAt = start + 3 * day) {
  const facts = { reference: 'ref.sig', campaign: 'booking-1', ...ada };
  const { bookingUrl } = await client.createSchedulingLink('7', facts);
  return twin.book(bookingUrl, { ...ada, startsAt: new Date(startsAt) });
}

describe('what was booked', () => {
  beforeEach(() => open());

  test('with a private link has our marks', async () => {
    const booked = await book();
    expect(await client.getAppointment(booked.uri)).toEqual({
      uri: booked.uri,
      eventUri: booked.uri,
      createdAt: start,
      startsAt: start + 3 * day,
      endsAt: start + 3 * day + hour,
      status: 'active',
      rescheduled: false,
      replaces: null,
      replacedBy: null,
      noShow: false,
      cancellation: null,
      rescheduleUrl: `${twin.url}/reschedule/${booked.uid}`,
      cancelUrl: `${twin.url}/booking/${booked.uid}?cancel=true`,
      joinUrl: `${twin.url}/video/${booked.uid}`,
      timeZone: 'Europe/Berlin',
      reference: 'ref.sig',
      campaign: 'booking-1',
    });
  });

  test('and moved by the client points both ways', async () => {
    const old = await book();
    now += 1000;
    const moved = twin.reschedule(old.uri, new Date(start + 5 * day));
    expect(await client.getAppointment(old.uri)).toMatchObject({
      status: 'cancelled',
      rescheduled: true,
      replacedBy: moved.uri,
    });
    expect(await client.getAppointment(moved.uri)).toMatchObject({
      status: 'active',
      replaces: old.uri,
      createdAt: start + 1000,
      startsAt: start + 5 * day,
      reference: 'ref.sig',
    });
  });

  test.each(['host', 'client', 'nobody-named'] as const)(
    'and cancelled in the name of the %s counts as cancelled by the client',
    async (by) => {
      const { uri } = await book();
      now += 1000;
      twin.cancel(uri, by);
      expect(await client.getAppointment(uri)).toMatchObject({
        status: 'cancelled',
        rescheduled: false,
        cancellation: { by: 'client', at: start + 1000 },
      });
    },
  );

  test('and asked by the host to be moved looks cancelled: only the webhook tells', async () => {
    const { uri } = await book();
    twin.requestReschedule(uri);
    expect(await client.getAppointment(uri)).toMatchObject({ status: 'cancelled', replacedBy: null });
    const moved = twin.reschedule(uri, new Date(start + 6 * day));
    expect(await client.getAppointment(uri)).toMatchObject({ rescheduled: true, replacedBy: moved.uri });
  });

  test('and moved silently, or marked as a no-show, is seen by asking', async () => {
    const { uri } = await book();
    twin.moveSilently(uri, new Date(start + 9 * day));
    expect(await client.getAppointment(uri)).toMatchObject({ startsAt: start + 9 * day });
    now = start + 9 * day + hour;
    twin.markNoShow(uri);
    expect(await client.getAppointment(uri)).toMatchObject({ noShow: true });
    twin.clearNoShow(uri);
    expect(await client.getAppointment(uri)).toMatchObject({ noShow: false });
  });

  test('is found over many pages, the past and the cancelled included, by no other address', async () => {
    const booked = [];
    const bookedAt = (startsAt: number, person = ada) =>
      twin.book(twin.hostPage, { ...person, startsAt: new Date(startsAt) });
    for (let n = 0; n < 103; n += 1) booked.push(bookedAt(start + (n + 1) * hour));
    bookedAt(start + day, { name: 'Bob', email: 'bob@example.test' });
    twin.cancel(booked[5]?.uri ?? '', 'client');
    now += 3 * hour;
    const found = await client.findAppointments({ email: ada.email, since: start });
    expect(found.map(({ uri }) => uri)).toEqual(booked.map(({ uri }) => uri));
    const later = await client.findAppointments({ email: ada.email, since: start + 3 * hour });
    expect(later.map(({ uri }) => uri)).toEqual(booked.slice(2).map(({ uri }) => uri));
    expect(calls.every((call) => !call.path.includes('@'))).toBe(true);
  });
});

describe('whose answer was lost', () => {
  beforeEach(() => open());

  test('a move: its repeat finds it, and no third booking is made', async () => {
    const old = await book();
    const to = { startsAt: start + 4 * day, reason: because };
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'POST', path: '/reschedule$' });
    expect((await failureOf(client.moveAppointment(old.uri, to))).outcomeUnknown).toBe(true);
    const moved = await client.moveAppointment(old.uri, to);
    expect(moved).toMatchObject({ startsAt: to.startsAt, replaces: old.uri });
    expect(twin.appointments().map(({ uri }) => uri)).toEqual([old.uri, moved.uri]);
  });

  test('a cancellation', async () => {
    const { uri } = await book();
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'POST', path: '/cancel$' });
    expect((await failureOf(client.cancelAppointment(uri, because))).outcomeUnknown).toBe(true);
    await client.cancelAppointment(uri, because);
    expect(twin.appointments().map(({ status }) => status)).toEqual(['CANCELLED']);
  });

  test('a private link: there are two, each good once', async () => {
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'POST', path: '/private-links$' });
    const facts = { reference: 'ref.sig', campaign: 'booking-1', ...ada };
    expect((await failureOf(client.createSchedulingLink('7', facts))).outcomeUnknown).toBe(true);
    await client.createSchedulingLink('7', facts);
    const state = (await (await fetch(`${twin.url}/__sandbox/state`)).json()) as {
      tables: { title: string; rows: unknown[] }[];
    };
    expect(state.tables.find(({ title }) => title === 'Private links')?.rows).toHaveLength(2);
  });

  test('the webhook', async () => {
    const webhook = { url: 'https://latchkey.example.com/webhooks/calcom', secret: 'x'.repeat(32) };
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'POST', path: '/webhooks$' });
    expect((await failureOf(client.ensureWebhook(webhook))).outcomeUnknown).toBe(true);
    expect(await client.ensureWebhook(webhook)).toBe('none');
  });
});

describe('two at once', () => {
  beforeEach(() => open());

  test('the client moves it in between to another time: that is not undone', async () => {
    const { uri } = await book();
    twin.reschedule(uri, new Date(start + 5 * day));
    const to = { startsAt: start + 4 * day, reason: because };
    expect(await codeOf(client.moveAppointment(uri, to))).toBe('vendor-conflict');
    expect(twin.appointments()).toHaveLength(2);
  });

  test('two of us move it to the same time: one booking', async () => {
    const { uri } = await book();
    const to = { startsAt: start + 4 * day, reason: because };
    // Both look before either acts.
    twin.faults.set({ kind: 'delay', delayMs: 150, method: 'POST', path: '/reschedule$' });
    const [one, other] = await Promise.all([
      client.moveAppointment(uri, to),
      client.moveAppointment(uri, to),
    ]);
    expect(one.uri).toBe(other.uri);
    expect(twin.appointments()).toHaveLength(2);
  });
});

describe('Cal.com’s own rules', () => {
  test('the notice that guests must give does not bind us, nor is the host asked to confirm', async () => {
    await open({ eventTypes: [{ id: 7, rescheduleNoticeMinutes: 1440, requiresConfirmation: true }] });
    const { uri } = await book();
    now = start + 3 * day - 1000;
    expect(() => twin.reschedule(uri, new Date(start + 4 * day))).toThrow('within-notice');
    const to = { startsAt: start + 4 * day, reason: because };
    const moved = await client.moveAppointment(uri, to);
    expect(twin.appointments().find((one) => one.uri === moved.uri)?.status).toBe('ACCEPTED');
  });

  test('are read', async () => {
    await open({
      eventTypes: [
        { id: 7, rescheduleNoticeMinutes: 1440, durationMs: 90 * 60_000 },
        {
          id: 8,
          title: 'Other',
          disableRescheduling: true,
          disableCancelling: true,
          requiresConfirmation: true,
        },
      ],
    });
    expect(await client.readEventType('7')).toEqual({
      id: 7,
      title: 'Paid session',
      slug: 'paid-session',
      durationMs: 90 * 60_000,
      rescheduleNoticeMs: day,
      reschedulingDisabled: false,
      cancellingDisabled: false,
      needsConfirmation: false,
      seats: false,
    });
    expect(await client.readEventType('8')).toMatchObject({
      rescheduleNoticeMs: 0,
      reschedulingDisabled: true,
      cancellingDisabled: true,
      needsConfirmation: true,
    });
    expect(await client.readEventType('9')).toBeUndefined();
  });

  test('what cannot be cancelled is told as such, and not as done', async () => {
    await open({ eventTypes: [{ id: 7, disableCancelling: true }] });
    const { uri } = await book();
    expect((await failureOf(client.cancelAppointment(uri, because))).code).toBe('vendor-rejected');
    expect(await codeOf(client.cancelAppointment('calcom:x', because))).toBe('vendor-not-found');
  });

  test('a meeting that is over cannot be cancelled', async () => {
    await open();
    const { uri } = await book();
    now = start + 4 * day;
    expect((await failureOf(client.cancelAppointment(uri, because))).code).toBe('vendor-rejected');
  });
});

describe('a vendor that is not well', () => {
  test('a limit of its own: we wait until the instant that it names, by its own clock', async () => {
    await open({ requestsPerMinute: 2 });
    now += 20_500;
    await client.me();
    await client.me();
    const failure = await failureOf(client.me());
    expect(failure.code).toBe('vendor-rate-limited');
    // The window is a minute from its first call on; the date of an answer has whole seconds.
    expect(failure.retryAfterMs).toBeGreaterThan(59_000);
    expect(failure.retryAfterMs).toBeLessThanOrEqual(62_000);
  });

  test.each([
    [{ kind: 'status', status: 500 }, 'vendor-unavailable'],
    [{ kind: 'status', status: 403 }, 'vendor-forbidden'],
    [{ kind: 'status', status: 429, headers: { 'retry-after': '7' } }, 'vendor-rate-limited'],
    [{ kind: 'drop' }, 'vendor-unreachable'],
    [{ kind: 'malformed' }, 'vendor-malformed'],
    [{ kind: 'wrong-content-type' }, 'vendor-malformed'],
  ] as const)('%j is %s', async (fault, code) => {
    await open();
    twin.faults.set({ ...fault, headers: 'headers' in fault ? { ...fault.headers } : {} });
    const failure = await failureOf(client.getAppointment('calcom:bookings/abc'));
    expect(failure.code).toBe(code);
    if (code === 'vendor-rate-limited') expect(failure.retryAfterMs).toBe(7000);
  });

  test('no failure and no log line tells the key, an address or a reason', async () => {
    await open();
    const { uri } = await book();
    for (const path of ['/bookings', '/me', '/webhooks'])
      twin.faults.set({ kind: 'status', status: 500, path, times: 3 });
    const failures = [
      await failureOf(client.findAppointments({ email: ada.email, since: start })),
      await failureOf(client.cancelAppointment(uri, because)),
      await failureOf(client.me()),
      await failureOf(client.ensureWebhook({ url: 'https://x.example/y', secret: 'a-webhook-secret' })),
    ];
    const told = JSON.stringify([failures.map((one) => [String(one), Object.entries(one)]), calls]);
    for (const secret of [apiKey, ada.email, 'ada%2Bx', because, 'a-webhook-secret', 'ref.sig'])
      expect(told).not.toContain(secret);
  });
});
