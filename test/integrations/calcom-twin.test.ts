import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startCalcomTwin, type CalcomTwin } from '../../integrations/calcom/twin.ts';
import { isWithinNotice } from '../../integrations/calcom/twin/bookings.ts';
import { verifyCalcomSignature } from '../../integrations/calcom/webhook.ts';
import { type CalcomWebhook, parseCalcomWebhook } from '../../integrations/calcom/webhook-body.ts';
import { type CalcomFixture, readCalcomFixture } from './calcom-fixtures.ts';
import { startWebhookCatcher, type WebhookCatcher } from './webhook-catcher.ts';

const secret = 'a-webhook-secret';
const start = Date.parse('2026-03-01T09:00:00.250Z');
const hour = 3_600_000;
const day = 24 * hour;
const startsAt = new Date(Date.parse('2026-03-28T09:00:00Z'));
const ada = { name: 'Ada Example', email: 'ada@example.test', startsAt };

let now: number;
let twin: CalcomTwin;
let catcher: WebhookCatcher;

async function open(options: Partial<Parameters<typeof startCalcomTwin>[0]> = {}): Promise<void> {
  twin = await startCalcomTwin({
    port: 0,
    now: () => now,
    webhook: { url: catcher.url, secret },
    meetingsEveryMs: 0,
    ...options,
  });
}

beforeEach(async () => {
  now = start;
  catcher = await startWebhookCatcher();
});

afterEach(async () => {
  await twin.close();
  await catcher.close();
});

function api(method: string, path: string, version: string, body?: unknown): Promise<Response> {
  return fetch(twin.url + path, {
    method,
    headers: {
      authorization: 'Bearer any',
      'content-type': 'application/json',
      'cal-api-version': version,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

interface Link {
  readonly data: { readonly bookingUrl: string; readonly isExpired: boolean };
}

async function newLink(limit: unknown = { maxUsageCount: 1 }): Promise<string> {
  const answer = await api('POST', '/v2/event-types/7/private-links', '2024-09-04', limit);
  expect(answer.status).toBe(201);
  return ((await answer.json()) as Link).data.bookingUrl;
}

async function bodies(): Promise<Record<string, unknown>[]> {
  await twin.webhooksIdle();
  return catcher.caught.map(({ body }) => JSON.parse(body.toString('utf8')) as Record<string, unknown>);
}

async function webhooks(): Promise<CalcomWebhook[]> {
  await twin.webhooksIdle();
  return catcher.caught.flatMap(({ body }) => parseCalcomWebhook(body) ?? []);
}

const triggers = async (): Promise<unknown[]> => (await bodies()).map(({ triggerEvent }) => triggerEvent);

describe('private links', () => {
  beforeEach(() => open());

  test('a page shows the form and spends nothing, however often it is fetched', async () => {
    const url = `${await newLink()}?name=Ada%20%3Cb%3E&email=ada%40example.test`;
    for (let n = 0; n < 3; n += 1) {
      const page = await (await fetch(url)).text();
      expect(page).toContain('value="Ada &lt;b&gt;"');
      expect(page).toContain('Sandbox');
    }
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect(twin.appointments()).toEqual([]);
  });

  test('one booking closes it, by whatever door; the metadata of its query is kept', async () => {
    const url = `${await newLink()}?metadata%5BbookingRef%5D=ref.sig&metadata[campaign]=booking-1&utm_source=x`;
    const post = () =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...ada, startsAt: startsAt.toISOString() }),
      });
    const first = await post();
    expect(first.status).toBe(201);
    const { uid } = (await first.json()) as { uid: string };
    expect((await post()).status).toBe(404);
    expect(() => twin.book(url, ada)).toThrow('link-expired');
    expect(twin.appointments()).toMatchObject([
      { uid, metadata: { bookingRef: 'ref.sig', campaign: 'booking-1' } },
    ]);
  });

  test('one that is limited by time counts no uses, and closes by itself', async () => {
    const url = await newLink({ expiresAt: new Date(start + hour).toISOString() });
    twin.book(url, ada);
    twin.book(url, ada);
    now = start + hour;
    expect(() => twin.book(url, ada)).toThrow('link-expired');
  });

  test('is limited by one of the two', async () => {
    const both = { maxUsageCount: 1, expiresAt: new Date(start + hour).toISOString() };
    const answer = await api('POST', '/v2/event-types/7/private-links', '2024-09-04', both);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      status: 'error',
      error: { code: 'BadRequestException', message: 'Provide only one of expiresAt or maxUsageCount' },
    });
  });

  test('an endpoint asked in another version is not there', async () => {
    expect((await api('POST', '/v2/event-types/7/private-links', '2020-01-01', {})).status).toBe(404);
    expect((await api('GET', '/v2/bookings', '')).status).toBe(404);
  });
});

describe('the notice that guests must give', () => {
  const notice = 24 * 60;
  test.each([
    [day + 1, false],
    [day, false],
    [day - 1, true],
    [1, true],
    [0, false],
    [-1, false],
  ])('%d ms before the start: blocked %p', (left, blocked) => {
    expect(isWithinNotice(start + left, notice, start)).toBe(blocked);
    expect(isWithinNotice(start + left, 0, start)).toBe(false);
  });

  test('holds on the page', async () => {
    await open({ eventTypes: [{ id: 7, rescheduleNoticeMinutes: notice }] });
    const { rescheduleUrl } = twin.book(twin.hostPage, ada);
    const post = () =>
      fetch(rescheduleUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ startsAt: '2026-04-01T09:00:00Z' }),
      });
    now = startsAt.getTime() - day + 1;
    expect((await post()).status).toBe(409);
    now = startsAt.getTime() - day;
    expect((await post()).status).toBe(201);
  });
});

describe('webhooks', () => {
  test('are signed over their bytes, with Cal.com’s headers', async () => {
    await open();
    twin.book(twin.hostPage, ada);
    await twin.webhooksIdle();
    const [{ headers, body } = { headers: {}, body: Buffer.from('') }] = catcher.caught;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-cal-webhook-version': '2021-10-20',
    });
    expect(verifyCalcomSignature({ header: String(headers['x-cal-signature-256']), body, secret })).toBe(
      true,
    );
  });

  test('say so when there is no secret', async () => {
    await open();
    const { data } = (await (await api('GET', '/v2/webhooks', '')).json()) as { data: { id: string }[] };
    await api('PATCH', `/v2/webhooks/${data[0]?.id}`, '', { secret: null });
    twin.book(twin.hostPage, ada);
    await twin.webhooksIdle();
    expect(catcher.caught[0]?.headers['x-cal-signature-256']).toBe('no-secret-provided');
  });

  test('are sent once: what is not received is lost', async () => {
    await open();
    catcher.answerWith(500);
    twin.book(twin.hostPage, ada);
    await twin.webhooksIdle();
    expect(twin.deliveries()).toMatchObject([{ event: 'BOOKING_CREATED', attempts: [500] }]);
    expect(catcher.caught).toHaveLength(1);
  });

  test('can be doubled, turned round and lost', async () => {
    await open();
    twin.faults.set({ kind: 'duplicate' });
    const { uri } = twin.book(twin.hostPage, ada);
    expect(await triggers()).toEqual(['BOOKING_CREATED', 'BOOKING_CREATED']);
    twin.faults.set({ kind: 'reorder' });
    const { uri: next } = twin.reschedule(uri, new Date(startsAt.getTime() + day));
    twin.cancel(next, 'client');
    expect((await triggers()).slice(2)).toEqual(['BOOKING_CANCELLED', 'BOOKING_RESCHEDULED']);
    twin.faults.set({ kind: 'lose' });
    twin.book(twin.hostPage, ada);
    expect(await triggers()).toHaveLength(4);
  });

  test('tell a life as it was', async () => {
    await open();
    const first = twin.book(twin.hostPage, ada);
    now += 1000;
    const second = twin.reschedule(first.uri, new Date(startsAt.getTime() + day));
    twin.requestReschedule(second.uri, 'Please pick another time');
    const third = twin.reschedule(second.uri, new Date(startsAt.getTime() + 2 * day));
    now = startsAt.getTime() + 2 * day;
    expect(() => twin.cancel(first.uri, 'client')).toThrow('already-cancelled');
    twin.markNoShow(third.uri);
    twin.clearNoShow(third.uri);
    now += 2 * hour;
    twin.tellEnds();
    twin.tellEnds();
    const heard = await webhooks();
    expect(
      heard
        .toSorted((a, b) => a.saidAt - b.saidAt)
        .map(({ trigger, appointmentUri, replaces, ending }) => [trigger, appointmentUri, replaces, ending]),
    ).toEqual([
      ['BOOKING_CREATED', first.uri, null, null],
      ['BOOKING_RESCHEDULED', second.uri, first.uri, null],
      ['BOOKING_CANCELLED', second.uri, null, { by: 'host', asksToReschedule: true }],
      ['BOOKING_RESCHEDULED', third.uri, second.uri, null],
      ['BOOKING_NO_SHOW_UPDATED', third.uri, null, null],
      ['BOOKING_NO_SHOW_UPDATED', third.uri, null, null],
      ['MEETING_ENDED', third.uri, null, null],
    ]);
    expect(new Set(heard.map(({ deliveryKey }) => deliveryKey)).size).toBe(heard.length);
  });

  test('the end of a meeting is told once, and not after a day', async () => {
    await open();
    twin.book(twin.hostPage, ada);
    twin.book(twin.hostPage, { ...ada, startsAt: new Date(startsAt.getTime() + day + 2 * hour) });
    now = startsAt.getTime() + day + 4 * hour;
    twin.tellEnds();
    expect((await triggers()).filter((trigger) => trigger === 'MEETING_ENDED')).toHaveLength(1);
  });

  test('a booking that the host has to confirm is requested first', async () => {
    await open({ eventTypes: [{ id: 7, requiresConfirmation: true }] });
    const first = twin.book(twin.hostPage, ada);
    const button = (uid: string, name: string) =>
      fetch(`${twin.url}/host-actions/${uid}/${name}`, { method: 'POST', redirect: 'manual' });
    expect((await button(first.uid, 'confirm')).status).toBe(303);
    const second = twin.reschedule(first.uri, new Date(startsAt.getTime() + day));
    await button(second.uid, 'decline');
    const told = (await bodies()).map(({ triggerEvent, payload }) => [
      triggerEvent,
      (payload as { rescheduleUid?: string }).rescheduleUid,
    ]);
    expect(told).toEqual([
      ['BOOKING_REQUESTED', undefined],
      ['BOOKING_CREATED', undefined],
      ['BOOKING_REQUESTED', first.uid],
      ['BOOKING_REJECTED', undefined],
    ]);
  });
});

describe('the host’s page', () => {
  test('offers what can be done, and does it', async () => {
    await open();
    const { uid } = twin.book(twin.hostPage, ada);
    const page = async () => (await fetch(`${twin.url}/__sandbox`)).text();
    expect(await page()).toContain(`/host-actions/${uid}/request-reschedule`);
    const act = (name: string) =>
      fetch(`${twin.url}/host-actions/${uid}/${name}`, { method: 'POST', redirect: 'manual' });
    await act('no-show');
    expect(twin.appointments()[0]?.noShow).toBe(false);
    now = startsAt.getTime() + 1;
    await act('no-show');
    expect(twin.appointments()[0]?.noShow).toBe(true);
    expect(await page()).toContain('clear-no-show');
    await act('nothing-of-the-kind');
    expect(await triggers()).toEqual(['BOOKING_CREATED', 'BOOKING_NO_SHOW_UPDATED']);
  });
});

/** The names of all fields, as far as they lie in objects; a field that is null may hold anything. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? 'array' : value.slice(0, 1).map(shapeOf);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]));
  return value === null ? 'null' : typeof value;
}

describe('each body has the fields of the real one', () => {
  const marks = 'metadata[bookingRef]=bk_01HZX4';
  const told: readonly (readonly [CalcomFixture, (link: string) => void])[] = [
    ['BOOKING_CREATED', (link) => twin.book(link, ada)],
    // It is rescheduled below, on the page: that takes a reason.
    ['BOOKING_RESCHEDULED', (link) => twin.book(link, ada)],
    ['BOOKING_CANCELLED', (link) => twin.cancel(twin.book(link, ada).uri, 'client', 'Ill')],
    [
      'BOOKING_CANCELLED.request_reschedule',
      (link) => twin.requestReschedule(twin.book(link, ada).uri, 'Please pick another time'),
    ],
    [
      'BOOKING_NO_SHOW_UPDATED',
      (link) => {
        const { uri } = twin.book(link, ada);
        now = startsAt.getTime();
        twin.markNoShow(uri);
      },
    ],
    [
      'MEETING_ENDED',
      (link) => {
        twin.book(link, ada);
        now = startsAt.getTime() + hour;
        twin.tellEnds();
      },
    ],
  ];

  test.each(told)('%s', async (name, act) => {
    await open();
    const link = `${await newLink()}?${marks}`;
    act(link);
    if (name === 'BOOKING_RESCHEDULED') {
      const [one] = twin.appointments();
      await fetch(one?.rescheduleUrl ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ startsAt: '2026-03-30T08:00:00Z', reason: 'Ill' }),
      });
    }
    const fixture = JSON.parse(readCalcomFixture(name).toString('utf8')) as Record<string, unknown>;
    const sent = (await bodies()).at(-1);
    expect(shapeOf(sent)).toEqual(shapeOf(fixture));
    const times = ({ payload, startTime }: Record<string, unknown>) =>
      (payload as { startTime?: string } | undefined)?.startTime ?? startTime;
    expect(times(sent ?? {})).toBe(times(fixture));
  });
});

describe('in pages of others', () => {
  test('only its framed pages may be framed, which hide until they are answered', async () => {
    await open();
    const link = await newLink();
    const plain = await fetch(link);
    expect(plain.headers.get('x-frame-options')).toBe('DENY');
    expect(await plain.text()).not.toContain('__iframeReady');
    const framed = await fetch(`${link}/embed?name=Ada`);
    expect([framed.status, framed.headers.get('x-frame-options')]).toEqual([200, null]);
    const text = await framed.text();
    expect(text).toContain('visibility:hidden');
    expect(text).toContain('parentKnowsIframeReady');
    expect(text).toContain('value="Ada"');
  });

  test('a booking made there carries its metadata, and is told to the page around it', async () => {
    await open();
    const link = await newLink();
    const form = new URLSearchParams({ name: 'Ada', email: ada.email, startsAt: startsAt.toISOString() });
    const answer = await fetch(`${link}/embed?metadata[bookingRef]=r.s`, { method: 'POST', body: form });
    expect(await answer.text()).toContain("tell('bookingSuccessful'");
    const [told] = await bodies();
    expect(told).toMatchObject({ payload: { metadata: { bookingRef: 'r.s' } } });
    expect((await fetch(`${link}/embed`)).status).toBe(404);
  });
});
