import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { updateIdOf } from '../../api/gate/engine.ts';
import { webAddress } from '../../api/pages/web-address.ts';
import { html } from '../../platform/html.ts';
import { timeInWords } from '../../api/pages/time.ts';
import type { SessionView } from '../../workflows/contract/session.ts';
import type { AppointmentUri } from '../../workflows/contract/values.ts';
import { type ApiRig, GATEWAY_ORIGIN, startApiRig, UPSTREAM_SECRET } from './support/api-rig.ts';
import { ask, browser } from './support/ask.ts';
import { changeSession } from './support/rows.ts';
import { after, gateOf, HOUR, KEY, linkId, NOW, OTHER_KEY, SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;
const iso = (ms: number): string => new Date(NOW + ms).toISOString();
const uri = 'https://api.calendly.com/scheduled_events/E/invitees/I' as AppointmentUri;
let rig: ApiRig;

function viewOf(more: Partial<SessionView> = {}): SessionView {
  return {
    sessionKey: KEY,
    tenantId: 1,
    rulesVersion: 1,
    phase: 'scheduled',
    outcome: null,
    provider: 'calendly',
    appointment: uri,
    startsAt: iso(48 * HOUR),
    endsAt: iso(49 * HOUR),
    cutoffAt: iso(24 * HOUR),
    bookingDeadline: null,
    nextInstant: null,
    ticketNumber: null,
    linkId: linkId(1),
    lateChange: null,
    moveUntil: null,
    attention: [],
    refund: 'none',
    gate: gateOf(),
    timeline: [],
    ...more,
  };
}

beforeAll(async () => {
  rig = await startApiRig();
  await rig.db
    .insertInto('appointments')
    .values({
      uri,
      session_key: KEY,
      provider: 'calendly',
      event_uri: 'https://api.calendly.com/scheduled_events/E',
      starts_at: new Date(NOW),
      ends_at: new Date(NOW),
      reschedule_url: 'https://calendly.com/reschedulings/I',
      cancel_url: 'https://calendly.com/cancellations/I',
      join_url: 'https://meet.example/room?x=1',
      time_zone: null,
    })
    .execute();
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.now = NOW;
  rig.engine.gateAnswer = { kind: 'answer', value: gateOf() };
  rig.engine.viewAnswer = { kind: 'answer', value: viewOf() };
  rig.engine.updateAnswer = { kind: 'answer', verdict: { accepted: true, next: 'none' } };
  rig.engine.asked.updates.length = 0;
  await changeSession(rig.db, { phase: 'scheduled', outcome: null, resource: null, booking_url: null });
});

const page = (path = own, headers: Record<string, string> = {}) =>
  rig.upstream(path, { headers: { ...browser, ...headers } });
const post = (action: string, headers: Record<string, string> = {}, body = '', path = own) =>
  rig.upstream(`${path}/${action}`, {
    method: 'POST',
    body,
    headers: {
      ...browser,
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...headers,
    },
  });

describe('only the gateway is believed', () => {
  test.each([own, `${own}/join`, `${own}/cancel`, '/customer/login', '/customer/x'])('%s', async (path) => {
    const forged = { 'x-session-id': KEY, 'x-client-id': '1', 'x-tenant-id': '1', 'x-access': 'page' };
    for (const headers of [
      forged,
      { ...forged, 'x-upstream-auth': '' },
      { ...forged, 'x-upstream-auth': `${UPSTREAM_SECRET}x` },
    ])
      for (const method of ['GET', 'POST']) {
        const answer = await ask(`${rig.api.publicUrl}${path}`, { method, headers });
        expect([answer.status, answer.json?.['code']]).toEqual([401, 'not-authenticated']);
      }
    expect(rig.engine.asked.updates).toEqual([]);
  });

  test('identity and slug must belong together, and a door is one door', async () => {
    expect((await page(own, { 'x-session-id': OTHER_KEY })).status).toBe(404);
    expect((await page(own, { 'x-session-id': '' })).status).toBe(404);
    expect((await page(`${own}/join`, { 'x-access': 'page' })).status).toBe(404);
    expect((await page(own, { 'x-access': 'join' })).status).toBe(404);
    expect((await page(`${own}/JOIN`, { 'x-access': 'join' })).status).toBe(404);
    expect((await page(`${own}/join/`, { 'x-access': 'join' })).status).toBe(404);
    expect((await post('cancel', { 'x-session-id': OTHER_KEY })).status).toBe(404);
    expect(rig.engine.asked.updates).toEqual([]);
  });
});

/** The actions that a page offers. */
const offered = (text: string): readonly string[] =>
  ['reschedule', 'cancel', 'late-change'].filter((action) => text.includes(`href="${own}/${action}"`));

describe('the session’s page', () => {
  test('shows what was bought, when and until when, escaped and in the session’s zone', async () => {
    const { status, text, headers } = await page();
    expect(status).toBe(200);
    expect(text).toContain('<h1>Coaching &lt;b&gt;hour&lt;/b&gt;</h1>');
    expect(text).toContain('Online &amp; live');
    expect(text).toContain('Wednesday, 9 December 2026 at 10:00 CET (Europe/Berlin)');
    expect(text).toContain('You can reschedule or cancel it until Tuesday, 8 December 2026 at 10:00 CET');
    expect(text).toContain('<span data-until="2026-12-08T09:00:00.000Z">in 1 day</span>');
    expect(text).toContain('<p class="brand">Demo</p>');
    expect(offered(text)).toEqual(['reschedule', 'cancel']);
    expect(text).not.toMatch(/<script src|<b>hour|ada@example|onclick|style="/i);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-robots-tag')).toBe('noindex');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('asks to book, with the link once there is one that a browser may follow', async () => {
    rig.engine.viewAnswer = {
      kind: 'answer',
      value: viewOf({
        phase: 'awaiting-booking',
        appointment: null,
        startsAt: null,
        endsAt: null,
        cutoffAt: null,
        bookingDeadline: iso(HOUR),
      }),
    };
    expect((await page()).text).toContain('The booking link is being made');
    await changeSession(rig.db, { booking_url: 'https://calendly.com/d/x?name="A"&utm_content=r' });
    const { text } = await page();
    expect(text).toContain('Please book a time before Monday, 7 December 2026 at 11:00 CET');
    expect(text).toContain('href="https://calendly.com/d/x?name=%22A%22&amp;utm_content=r"');
    expect(offered(text)).toEqual(['cancel']);
    await changeSession(rig.db, { booking_url: 'javascript:alert(1)' });
    expect((await page()).text).not.toContain('javascript:');
  });

  test('offers no change from the cutoff on, even while the phase still lags behind', async () => {
    rig.now = after(24 * HOUR - 1);
    expect(offered((await page()).text)).toContain('reschedule');
    rig.now = after(24 * HOUR);
    const { text } = await page();
    expect(offered(text)).toEqual([]);
    expect(text).toContain('could be rescheduled or cancelled until');
  });

  test('falls back to the records when the workflow cannot be asked', async () => {
    rig.engine.viewAnswer = { kind: 'unavailable', why: 'deadline' };
    await changeSession(rig.db, {
      phase: 'locked',
      starts_at: new Date(NOW + HOUR),
      ends_at: new Date(NOW + 2 * HOUR),
      cutoff_at: new Date(NOW - HOUR),
    });
    const { status, text } = await page();
    expect(status).toBe(200);
    expect(text).toContain('Monday, 7 December 2026 at 11:00 CET');
    expect(text).toContain('it may be a moment old');
  });

  test.each([
    ['opening', null, 'is being prepared'],
    ['settling', 'completed', 'has taken place'],
    ['ended', 'no-show', 'passed without you'],
    ['ended', 'cancelled', 'is cancelled'],
    ['ended', 'expired', 'expired before a time was booked'],
    ['ended', 'refunded', 'was refunded'],
    ['settling', null, 'time has passed'],
  ] as const)('%s %s', async (phase, outcome, words) => {
    rig.engine.viewAnswer = { kind: 'answer', value: viewOf({ phase, outcome }) };
    const { text } = await page();
    expect(text).toContain(words);
    expect(offered(text)).toEqual([]);
  });
});

describe('the join link', () => {
  test('leads to the resource, else to the appointment’s room', async () => {
    const room = await page(`${own}/join`);
    expect([room.status, room.headers.get('location')]).toEqual([302, 'https://meet.example/room?x=1']);
    expect(room.headers.get('referrer-policy')).toBe('no-referrer');
    await changeSession(rig.db, { resource: 'https://files.example/course' });
    expect((await page(`${own}/join`)).headers.get('location')).toBe('https://files.example/course');
  });

  test.each([
    'Room <7>, second floor',
    'javascript:alert(1)',
    'zoommtg://join?x=1',
    '//evil.example',
    'data:text/html,x',
  ])('is text when it is %j', async (resource) => {
    await changeSession(rig.db, { resource });
    const { status, text, headers } = await page(`${own}/join`);
    expect([status, headers.get('location')]).toEqual([200, null]);
    expect(text).toContain(html`${resource}`.text);
    expect(text).not.toMatch(/href="(?:javascript|data|zoommtg|\/\/)/);
  });
});

describe('reschedule and cancel', () => {
  test('an accepted reschedule goes on at the provider', async () => {
    rig.engine.updateAnswer = { kind: 'answer', verdict: { accepted: true, next: 'provider-page' } };
    const answer = await post('reschedule', {}, 'nonce=n1');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${own}?notice=choose-time`]);
    expect((await page(`${own}?notice=choose-time`)).text).toContain(
      'href="https://calendly.com/reschedulings/I"',
    );
    expect((await page()).text).not.toContain('reschedulings');
    expect(rig.engine.asked.updates).toEqual([
      {
        key: KEY,
        name: 'reschedule',
        argument: { by: 'client' },
        updateId: updateIdOf(KEY, 'reschedule', 'n1'),
      },
    ]);
  });

  test('after the cutoff the page offers to ask for another time, and says what happens then', async () => {
    const locked = viewOf({ phase: 'locked' });
    rig.engine.viewAnswer = { kind: 'answer', value: locked };
    rig.now = after(25 * HOUR);
    const { text } = await page();
    expect(offered(text)).toEqual(['late-change']);
    const asked = await post('late-change', {}, 'nonce=n2');
    expect([asked.status, asked.headers.get('location')]).toEqual([303, `${own}?notice=late-asked`]);
    expect(rig.engine.asked.updates).toEqual([
      {
        key: KEY,
        name: 'requestLateChange',
        argument: { by: 'client' },
        updateId: updateIdOf(KEY, 'late-change', 'n2'),
      },
    ]);
    const lateChange = { requestedAt: iso(25 * HOUR), deadline: iso(37 * HOUR), by: 'client' };
    rig.engine.viewAnswer = { kind: 'answer', value: { ...locked, lateChange } };
    expect((await page(`${own}?notice=late-asked`)).text).toContain('A person looks at it');
    expect(offered((await page()).text)).toEqual([]);
    rig.engine.viewAnswer = { kind: 'answer', value: { ...locked, moveUntil: iso(48 * HOUR) } };
    expect(offered((await page()).text)).toEqual(['reschedule']);
    // Answered: the notice is not true any more.
    expect((await page(`${own}?notice=late-asked`)).text).not.toContain('A person looks at it');
    rig.now = after(48 * HOUR);
    rig.engine.viewAnswer = { kind: 'answer', value: locked };
    expect(offered((await page()).text)).toEqual([]);
  });

  test('programs speak JSON', async () => {
    rig.engine.updateAnswer = { kind: 'answer', verdict: { accepted: true, next: 'provider-page' } };
    const headers = {
      accept: 'application/json',
      'sec-fetch-mode': 'cors',
      'content-type': 'application/json',
    };
    const answer = await post('reschedule', { ...headers, 'idempotency-key': 'k1' }, '{}');
    expect([answer.status, answer.json]).toEqual([
      200,
      { accepted: true, next: 'provider-page', url: 'https://calendly.com/reschedulings/I' },
    ]);
    expect(answer.headers.get('idempotency-key')).toBe('k1');
    rig.engine.updateAnswer = {
      kind: 'answer',
      verdict: { accepted: false, reason: 'after-cutoff', at: after(-HOUR) },
    };
    const refused = await post('cancel', headers, '{}');
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({ code: 'refused', reason: 'after-cutoff', at: iso(-HOUR) });
  });

  test('a refusal says why and since when', async () => {
    rig.engine.updateAnswer = {
      kind: 'answer',
      verdict: { accepted: false, reason: 'after-cutoff', at: after(-HOUR) },
    };
    const { status, text } = await post('reschedule');
    expect(status).toBe(409);
    expect(text).toContain(
      'The last moment for changes was Monday, 7 December 2026 at 09:00 CET (Europe/Berlin).',
    );
  });

  test('a cancel is by the client and by the policy', async () => {
    const { status, text } = await post('cancel', {}, 'nonce=n2');
    expect(status).toBe(200);
    expect(text).toContain('Your session is cancelled');
    expect(rig.engine.asked.updates[0]?.argument).toEqual({ by: 'client', refund: 'policy' });
  });

  test('no answer in time: 202, and the same request can be repeated', async () => {
    rig.engine.updateAnswer = { kind: 'unknown' };
    const first = await post('cancel', {}, 'nonce=n3');
    expect(first.status).toBe(202);
    const nonce = /name="nonce" value="([^"]+)"/.exec(first.text)?.[1] ?? '';
    await post('cancel', {}, new URLSearchParams({ nonce }).toString());
    const [one, other] = rig.engine.asked.updates;
    expect(one?.updateId).toBe(other?.updateId);
    expect((await post('cancel', { accept: 'application/json' })).json).toMatchObject({
      code: 'outcome-unknown',
    });
  });

  test('different keys and actions are different updates; without a key each is its own', async () => {
    await post('cancel', {}, 'nonce=a');
    await post('reschedule', {}, 'nonce=a');
    await post('cancel', {}, 'nonce=b');
    await post('cancel');
    await post('cancel');
    expect(new Set(rig.engine.asked.updates.map(({ updateId }) => updateId)).size).toBe(5);
  });

  test('a run that is gone: 410 when it is over, else 409', async () => {
    rig.engine.updateAnswer = { kind: 'not-found' };
    expect((await post('cancel', { accept: 'application/json' })).status).toBe(409);
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ state: 'over' }) };
    expect((await post('cancel')).status).toBe(410);
  });

  test('Temporal away: 503', async () => {
    rig.engine.updateAnswer = { kind: 'unavailable', why: 'UNAVAILABLE' };
    expect((await post('cancel', { accept: 'application/json' })).json).toMatchObject({
      code: 'engine-unavailable',
    });
    expect((await post('cancel')).headers.get('content-type')).toContain('text/html');
  });

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: GATEWAY_ORIGIN }],
    ['a sibling', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { 'sec-fetch-site': '', origin: 'https://evil.example' }],
    ['a hidden origin', { 'sec-fetch-site': '', origin: 'null' }],
  ])('a form of %s is refused', async (_name, headers) => {
    const { 'sec-fetch-site': site, ...rest } = { ...headers };
    const answer = await rig.upstream(`${own}/cancel`, {
      method: 'POST',
      headers: { cookie: 'latchkey_s=x', ...rest, ...(site === '' ? {} : { 'sec-fetch-site': site }) },
    });
    expect([answer.status, answer.json?.['reason']]).toEqual([403, 'cross-site']);
    expect(rig.engine.asked.updates).toEqual([]);
  });

  test('an older browser of ours, and a program with its own credential, are not', async () => {
    for (const headers of [{ origin: GATEWAY_ORIGIN }, { authorization: 'Bearer x' }])
      expect((await rig.upstream(`${own}/cancel`, { method: 'POST', headers })).status).toBe(200);
    expect((await rig.upstream(`${own}/cancel`, { method: 'POST' })).status).toBe(403);
  });

  test.each([
    ['a body of another type', 415, 'text/plain', 'x'],
    ['broken JSON', 400, 'application/json', '{'],
    ['a body that is too large', 413, 'application/json', JSON.stringify({ nonce: 'x'.repeat(9000) })],
    ['a key that is no text', 400, 'application/json', '{"nonce":1}'],
    ['an unknown charset', 415, 'application/json; charset=x', '{}'],
  ])('%s: %d', async (_name, status, type, body) => {
    const answer = await post('cancel', { 'content-type': type, accept: 'application/json' }, body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(rig.engine.asked.updates).toEqual([]);
  });

  test('GET acts on nothing', async () => {
    for (const action of ['cancel', 'reschedule', 'late-change']) await page(`${own}/${action}`);
    expect((await page(`${own}/cancel`)).text).toContain(`action="${own}/cancel"`);
    const answer = await rig.upstream(`${own}/cancel`, { method: 'PUT', headers: browser });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    expect(rig.engine.asked.updates).toEqual([]);
  });
});

describe('pieces', () => {
  test('templates escape everything but templates', () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    expect(html`<p title="${evil}">${[html`<i>${1}</i>`, evil, null, undefined, false]}</p>`.text).toBe(
      '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;"><i>1</i>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>',
    );
  });

  test('only web addresses are links', () => {
    expect(webAddress('https://a.example/x y')).toBe('https://a.example/x%20y');
    for (const text of [
      null,
      '',
      'x',
      '//a',
      'javascript:x',
      'JaVaScRiPt:x',
      ' javascript:x',
      'ftp://a',
      'mailto:a@b',
    ])
      expect(webAddress(text)).toBeNull();
  });

  test('one instant, each zone’s own words, across the change of the clocks', () => {
    const words = (text: string, zone: string): string => timeInWords(Date.parse(text), zone);
    expect(words('2026-10-25T00:30:00Z', 'Europe/Berlin')).toBe(
      'Sunday, 25 October 2026 at 02:30 CEST (Europe/Berlin)',
    );
    expect(words('2026-10-25T01:30:00Z', 'Europe/Berlin')).toBe(
      'Sunday, 25 October 2026 at 02:30 CET (Europe/Berlin)',
    );
    expect(words('2026-10-25T01:30:00Z', 'No/Where')).toBe('Sunday, 25 October 2026 at 01:30 UTC');
  });
});
