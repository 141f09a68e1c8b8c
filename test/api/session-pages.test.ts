import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { updateIdOf } from '../../api/gate/engine.ts';
import { PAGE_CHANNEL } from '../../db/queries/session-page.ts';
import { recordAppointment } from '../../db/queries/appointments.ts';
import { handOverSession, renewBookingLink } from '../../db/queries/booking.ts';
import { listen } from '../../db/listen.ts';
import type { Policy, SessionView } from '../../workflows/contract/session.ts';
import type { AppointmentUri } from '../../workflows/contract/values.ts';
import { type ApiRig, GATEWAY_ORIGIN, startApiRig } from './support/api-rig.ts';
import { browser } from './support/ask.ts';
import { changeSession, copySession, publishGate } from './support/rows.ts';
import { viewOf } from './support/session-view.ts';
import { after, gateOf, HOUR, KEY, NOW, SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;
const iso = (ms: number): string => new Date(NOW + ms).toISOString();
const calcom = 'calcom:bookings/u1' as AppointmentUri;
const policy: Partial<Policy> = {
  refund: 'full',
  lateDeadlineMs: 12 * HOUR,
  lateDefault: 'decline',
  lateGrace: 'once',
};
let rig: ApiRig;

const booked: Partial<SessionView> = {
  phase: 'scheduled',
  startsAt: iso(48 * HOUR),
  endsAt: iso(49 * HOUR),
  cutoffAt: iso(24 * HOUR),
  lateChange: null,
};
const show = (more: Partial<SessionView> = {}): void => {
  rig.engine.viewAnswer = { kind: 'answer', value: viewOf({ ...booked, ...more }) };
};
async function sell(change: Partial<Policy> = {}): Promise<void> {
  const input = { sessionKey: KEY, paidAt: NOW - HOUR, durationMs: HOUR, policy: { ...policy, ...change } };
  await rig.db
    .updateTable('sessions')
    .set({ input: JSON.stringify(input) })
    .where('session_key', '=', KEY)
    .execute();
}

beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.now = NOW;
  rig.engine.asked.updates.length = 0;
  rig.engine.updateAnswer = { kind: 'answer', verdict: { accepted: true, next: 'none' } };
  show();
  await sell();
  await changeSession(rig.db, { phase: 'scheduled', outcome: null, resource: null, booking_url: null });
});

const page = (path: string, headers: Record<string, string> = {}) =>
  rig.upstream(path, { headers: { ...browser, ...headers } });
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  rig.upstream(path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: {
      ...browser,
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...headers,
    },
  });

describe('in the client’s language', () => {
  const german = { cookie: 'latchkey_language=de' };

  test('that of the order, which a choice beats', async () => {
    await rig.db.updateTable('sessions').set({ language: 'DE_CH' }).where('session_key', '=', KEY).execute();
    const first = await page(own, { 'accept-language': 'en' });
    expect(first.text).toContain('<html lang="de">');
    expect(first.text).toContain('Mittwoch, 9. Dezember 2026 um 10:00 Uhr MEZ (Europe/Berlin)');
    expect(first.text).toContain('in 1 Tag');
    const chosen = await page(`${own}?lang=en`);
    expect(chosen.text).toContain('<html lang="en">');
    expect(chosen.headers.get('set-cookie')).toContain('latchkey_language=en; Path=/customer;');
    await rig.db.updateTable('sessions').set({ language: 'en' }).where('session_key', '=', KEY).execute();
  });

  /** No German page of ours has these between its tags. */
  const ENGLISH = /\b(?:the|your|you|this|please|until|booked|session|cancel|time|is|are|with)\b/i;
  test.each(['', '/cancel', '/reschedule', '/receipt', '/history', '/time-zone', '/late-change'])(
    'no English is left on %s',
    async (path) => {
      for (const phase of ['scheduled', 'locked', 'awaiting-booking'] as const) {
        show({ phase, ...(phase === 'locked' && { cutoffAt: iso(-HOUR) }) });
        const { text } = await page(`${own}${path}`, german);
        expect(text).toContain('<html lang="de">');
        const words = text
          .replaceAll(/<(script|style|option|title|h1)[^>]*>.*?<\/\1>/gs, '')
          .replaceAll(/<p class="muted">[^<]*<\/p>|<option[^>]*>[^<]*|<[^>]+>/g, ' ')
          .replaceAll('Coaching &lt;b&gt;hour&lt;/b&gt;', '');
        expect(words).not.toMatch(ENGLISH);
      }
    },
  );
});

describe('in the client’s time zone', () => {
  test('it is chosen from all that there are, and remembered for every session', async () => {
    const list = await page(`${own}/time-zone`);
    expect(list.text).toContain('<option selected>Europe/Berlin</option>');
    expect(list.text).toContain('<option>Pacific/Apia</option>');
    const answer = await post(`${own}/time-zone`, { zone: 'America/New_York' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${own}?notice=zone`]);
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    const { text } = await page(own, { cookie });
    expect(text).toContain('Wednesday, 9 December 2026 at 04:00 GMT-5 (America/New_York)');
    expect(text).not.toContain('(Europe/Berlin)');
  });

  test('an unknown one is refused beside its field', async () => {
    for (const zone of ['Atlantis/Capital', '+02:00', '']) {
      const { status, text, headers } = await post(`${own}/time-zone`, { zone });
      expect([status, headers.get('set-cookie')]).toEqual([422, null]);
      expect(text).toContain('aria-describedby="zone-hint zone-error" aria-invalid="true"');
      expect(text).toMatch(/id="zone-error" role="alert">We do not know that time zone/);
    }
  });

  test('the gate says in it when the way in opens', async () => {
    const from = after(47 * HOUR);
    const gate = gateOf({ join: [{ from, until: after(50 * HOUR) }] });
    rig.engine.gateAnswer = { kind: 'answer', value: gate };
    const access = await rig.cookie();
    const zone = Buffer.from('America/New_York').toString('base64url');
    const early = await rig.auth(`${own}/join`, { ...browser, cookie: `${access}; latchkey_zone=${zone}` });
    expect(early.status).toBe(403);
    expect(early.text).toContain('Wednesday, 9 December 2026 at 03:00 GMT-5 (America/New_York)');
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf() };
  });
});

describe('before a client acts', () => {
  test.each([
    ['full', 'You get €49.00 back'],
    ['none', 'the €49.00 that you paid are not refunded'],
  ] as const)('a cancel under the refund policy %s says so', async (refund, words) => {
    await sell({ refund });
    const { status, text } = await page(`${own}/cancel`);
    expect(status).toBe(200);
    expect(text).toContain(words);
    expect(text).toContain('You can cancel until Tuesday, 8 December 2026 at 10:00 CET (Europe/Berlin).');
    expect(text).toContain(`<form method="post" action="${own}/cancel">`);
    expect(rig.engine.asked.updates).toEqual([]);
  });

  test('a move says until when, and that nothing is lost without one', async () => {
    const { text } = await page(`${own}/reschedule`);
    expect(text).toContain('You can choose another time until Tuesday, 8 December 2026 at 10:00 CET');
    expect(text).toContain('Your time stays yours until the new one is booked');
    expect(text).not.toContain('datetime-local');
  });

  test('a late request says who answers, until when, and what counts without an answer', async () => {
    show({ phase: 'locked', cutoffAt: iso(-HOUR) });
    const { text } = await page(`${own}/late-change`);
    expect(text).toContain('a person looks at your request');
    expect(text).toContain('by Monday, 7 December 2026 at 22:00 CET (Europe/Berlin) at the latest');
    expect(text).toContain('counts as declined');
    expect(text).toContain('approved at once');
    await sell({ lateDefault: 'approve', lateGrace: 'none' });
    const other = await page(`${own}/late-change`);
    expect(other.text).toContain('counts as approved');
    expect(other.text).not.toContain('approved at once');
  });

  test('what is not possible is said at once, with the way that is left', async () => {
    show({ phase: 'locked', cutoffAt: iso(-HOUR) });
    const { text } = await page(`${own}/cancel`);
    expect(text).toContain('The last moment for changes was Monday, 7 December 2026 at 09:00 CET');
    expect(text).toContain(`href="${own}/late-change"`);
    expect(text).not.toContain('<form');
  });
});

describe('a new start is named where the provider moves appointments', () => {
  beforeEach(() => show({ provider: 'calcom', appointment: calcom }));

  test('in the zone that is shown', async () => {
    const zone = Buffer.from('America/New_York').toString('base64url');
    const { text } = await page(`${own}/reschedule`, { cookie: `latchkey_zone=${zone}` });
    expect(text).toContain('type="datetime-local" required value="2026-12-09T04:00"');
    expect(text).toContain('name="zone" value="America/New_York"');
    rig.engine.updateAnswer = { kind: 'answer', verdict: { accepted: true, next: 'moving' } };
    const fields = { nonce: 'n1', start: '2026-12-10T09:30', zone: 'America/New_York' };
    const answer = await post(`${own}/reschedule`, fields);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${own}?notice=moving`]);
    const startsAt = Date.parse('2026-12-10T14:30:00Z');
    expect(rig.engine.asked.updates).toEqual([
      {
        key: KEY,
        name: 'reschedule',
        argument: { by: 'client', startsAt },
        updateId: updateIdOf(KEY, `reschedule|${startsAt}`, 'n1'),
      },
    ]);
    expect((await page(`${own}?notice=moving`)).text).toContain('We have asked the calendar for that time');
  });

  test.each([
    ['2027-03-28T02:30', 'the clocks are put forward'],
    ['2026-12-01T10:00', 'That time has passed'],
    ['tomorrow', 'Please enter a date and a time'],
  ])('%s is refused beside its field', async (start, words) => {
    const { status, text } = await post(`${own}/reschedule`, { nonce: 'n', start, zone: 'Europe/Berlin' });
    expect(status).toBe(422);
    expect(text).toMatch(new RegExp(`id="start-error" role="alert">[^<]*${words}`));
    expect(text).toContain(`value="${start}" aria-describedby="start-hint start-error" aria-invalid="true"`);
    expect(rig.engine.asked.updates).toEqual([]);
  });

  test('one that comes twice is asked about', async () => {
    const fields = { nonce: 'n', start: '2027-10-31T02:30', zone: 'Europe/Berlin' };
    const { status, text } = await post(`${own}/reschedule`, fields);
    expect(status).toBe(422);
    expect(text).toContain('The first one (UTC+2)');
    await post(`${own}/reschedule`, { ...fields, which: 'second' });
    expect(rig.engine.asked.updates[0]?.argument).toEqual({
      by: 'client',
      startsAt: Date.parse('2027-10-31T01:30:00Z'),
    });
  });

  test('no answer in time: the same time is asked for again', async () => {
    rig.engine.updateAnswer = { kind: 'unknown' };
    const fields = { nonce: 'n', start: '2026-12-10T09:30', zone: 'Europe/Berlin' };
    const { status, text } = await post(`${own}/reschedule`, fields);
    expect(status).toBe(202);
    const again = Object.fromEntries(
      [...text.matchAll(/name="(\w+)" value="([^"]+)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    await post(`${own}/reschedule`, again);
    const [one, other] = rig.engine.asked.updates;
    expect(other).toEqual(one);
  });
});

test('a cancelled session leaves its calendar’s file behind, since its address leads nowhere', async () => {
  const { status, text } = await post(`${own}/cancel`, { nonce: 'n' });
  expect(status).toBe(200);
  expect(text).toContain('You get €49.00 back');
  const data = /href="data:text\/calendar;charset=utf-8;base64,([^"]+)"/.exec(text)?.[1] ?? '';
  const file = Buffer.from(data, 'base64').toString();
  expect(file).toContain('STATUS:CANCELLED');
  expect(file).toContain('DTSTART:20261209T090000Z');
});

describe('what a client reads back', () => {
  test('the receipt', async () => {
    const { text } = await page(`${own}/receipt`);
    for (const words of [
      'Demo',
      'Order number',
      'Coaching &lt;b&gt;hour&lt;/b&gt;, Online &amp; live',
      '€49.00',
    ])
      expect(text).toContain(words);
    expect(text).toContain('Monday, 7 December 2026 at 09:00 CET');
    expect(text).not.toContain('1 of');
    expect(text).not.toContain('<dt>Refund</dt>');
    await copySession(rig.db, 1);
    show({ refund: 'requested' });
    const again = await page(`${own}/receipt`);
    expect(again.text).toContain('<dd>1 of 2</dd>');
    expect(again.text).toContain('<dt>Refund</dt><dd>is on its way</dd>');
  });

  test('the history: what is theirs to read, newest first, in pages', async () => {
    expect((await page(`${own}/history`)).text).toContain('Nothing has happened yet');
    const entry = (seq: number, event: string, reason: string) => ({
      session_key: KEY,
      seq,
      at: new Date(NOW + seq * 1000),
      event,
      from_phase: 'opening' as const,
      to_phase: 'scheduled' as const,
      reason,
    });
    await rig.db
      .insertInto('timeline')
      .values([
        entry(1, 'clock.opened', 'opened'),
        entry(2, 'opening.over', 'opened'),
        entry(25, 'operator.retry', 'step-retried'),
        entry(3, 'appointment.booked', 'booked'),
        entry(4, 'effect.failed', 'vendor-timeout'),
        ...Array.from({ length: 20 }, (_, n) => entry(5 + n, 'clock.reminder', 'reminded')),
      ])
      .execute();
    const newest = await page(`${own}/history`);
    expect(newest.text.match(/We sent you a reminder/g)).toHaveLength(20);
    expect(newest.text).not.toMatch(/vendor|retried|booked\./);
    const older = /href="([^"]+\?before=\d+)"/.exec(newest.text)?.[1] ?? '';
    const last = await page(older);
    expect(last.text.indexOf('A time was booked')).toBeGreaterThan(0);
    expect(last.text.indexOf('A time was booked')).toBeLessThan(last.text.indexOf('your session was opened'));
    expect(last.text.match(/your session was opened/g)).toHaveLength(1);
    expect(last.text).not.toContain('history?before=');
    expect((await page(`${own}/history?before=x`)).status).toBe(200);
  });

  test('the calendar’s file: its time, then the end of it', async () => {
    const none = async () => {
      show({ startsAt: null, endsAt: null, phase: 'awaiting-booking', appointment: null });
      return page(`${own}/calendar.ics`);
    };
    expect((await none()).status).toBe(404);
    await publishGate(rig.db, gateOf({ version: NOW }));
    show();
    const file = await page(`${own}/calendar.ics`);
    expect(file.headers.get('content-type')).toContain('text/calendar');
    expect(file.headers.get('content-disposition')).toContain('session.ics');
    expect(file.text).toContain('STATUS:CONFIRMED');
    expect(file.text.replaceAll('\r\n ', '')).toContain(`${GATEWAY_ORIGIN}${own}`);
    await recordAppointment(rig.db, {
      uri: calcom,
      session_key: KEY,
      booking_key: null,
      provider: 'calcom',
      event_uri: calcom,
      starts_at: new Date(NOW + 48 * HOUR),
      ends_at: new Date(NOW + 49 * HOUR),
      reschedule_url: null,
      cancel_url: null,
      join_url: null,
      time_zone: null,
    });
    await publishGate(rig.db, gateOf({ version: NOW + 90_000 }));
    const gone = await none();
    expect(gone.text).toContain('STATUS:CANCELLED');
    const sequence = (text: string) => Number(/SEQUENCE:(\d+)/.exec(text)?.[1]);
    expect(sequence(gone.text)).toBe(sequence(file.text) + 90);
  });

  test.each(['/receipt', '/history', '/calendar.ics', '/time-zone', '/cancel', '/events'])(
    '%s is for who was let in alone',
    async (path) => {
      for (const headers of [{ 'x-session-id': 'x'.repeat(22) }, { 'x-access': 'join' }])
        expect((await page(`${own}${path}`, headers)).status).toBe(404);
      expect((await rig.auth(`${own}${path}`, { accept: 'application/json' })).status).toBe(401);
      expect((await rig.auth(`${own}${path}`, { cookie: await rig.cookie() })).status).toBe(200);
    },
  );
});

describe('the calendar on the page', () => {
  const unbooked = () =>
    show({ phase: 'awaiting-booking', startsAt: null, endsAt: null, cutoffAt: null, appointment: null });

  test('Calendly’s script, and nothing else of others', async () => {
    unbooked();
    await changeSession(rig.db, { booking_url: 'https://calendly.com/d/x/60?utm_content=r' });
    const { text, headers } = await page(own);
    expect(text).toContain(
      '<script src="https://assets.calendly.com/assets/external/widget.js" defer></script>',
    );
    expect(text).toContain('<a href="https://calendly.com/d/x/60?utm_content=r" rel="noreferrer">');
    const policyOf = headers.get('content-security-policy') ?? '';
    expect(policyOf).toMatch(
      /script-src 'sha256-[^']+' https:\/\/assets\.calendly\.com\/assets\/external\/widget\.js(?:;|$)/,
    );
    expect(policyOf).toContain('frame-src https://calendly.com');
    expect(policyOf).toContain("connect-src 'self'");
    expect(policyOf).not.toContain('unsafe');
  });

  test('once it is booked, nobody else is asked for anything', async () => {
    const { text, headers } = await page(own);
    expect(text).not.toContain('widget.js');
    expect(headers.get('content-security-policy')).not.toMatch(/https?:/);
  });

  test('a link that leads elsewhere is only a link', async () => {
    unbooked();
    await changeSession(rig.db, { booking_url: 'https://elsewhere.example/d/x' });
    const { text, headers } = await page(own);
    expect(text).toContain('<a class="button" href="https://elsewhere.example/d/x"');
    expect(headers.get('content-security-policy')).not.toContain('elsewhere');
  });
});

test('what a page shows beside its gate is told with its commit', async () => {
  const told: string[] = [];
  const url = rig.databaseUrl;
  const listener = await listen({
    url,
    channels: [PAGE_CHANNEL],
    onNotification: (_channel, payload) => void told.push(payload),
    onLost: () => {},
  });
  const heard = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    told.length = 0;
    await work();
    // An answer on the same connection comes after what was committed before it was asked for.
    await listener.query('select 1', []);
    return [...told];
  };
  const made = { bookingUrl: 'https://calendly.com/d/y', link: null };
  expect(await heard(() => renewBookingLink(rig.db, KEY, async () => made))).toEqual([KEY]);
  expect(await heard(() => renewBookingLink(rig.db, KEY, async () => null))).toEqual([]);
  const to = { provider: 'calcom', eventType: '7' } as const;
  expect(await heard(async () => expect(await handOverSession(rig.db, KEY, to)).toBe(true))).toEqual([KEY]);
  await listener.close();
});
