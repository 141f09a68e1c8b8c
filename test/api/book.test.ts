import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { schedulingOriginOf } from '../../api/booking/book-pages.ts';
import { createBookingSweep } from '../../api/booking/book-sweep.ts';
import { rateLimited } from '../../api/limits/rate-limited.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { recordAppointment } from '../../db/queries/appointments.ts';
import { type Booking, bookingByKey } from '../../db/queries/bookings.ts';
import { writeRevocation } from '../../db/queries/revocations.ts';
import { bookingKeyOf } from '../../platform/session-ids.ts';
import type { BookingKey, Instant, LinkId } from '../../workflows/contract/values.ts';
import { type Catalog, EMAIL, intend, issueLink, writeCatalog } from '../support/booking-rows.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { type BookRig, CALENDAR, OUR_ORIGIN, startBookRig } from './book-rig.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z') as Instant;
const DAY = 86_400_000;
const NONCE = 'form-nonce-1';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let catalog: Catalog;
let rig: BookRig;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
  catalog = await writeCatalog(db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const table of ['appointments', 'bookings', 'revocations', 'links'] as const)
    await db.deleteFrom(table).execute();
  rig = await startBookRig({ db, at: NOW });
});
afterEach(() => rig.close());

const bookings = (): Promise<Booking[]> =>
  db.selectFrom('bookings').selectAll().orderBy('created_at').execute();
const oneTime = () => issueLink(db, catalog, NOW);
const permanent = () => issueLink(db, catalog, NOW, 'permanent-booking-link');

/** What the webhook of the client's choice leaves. */
async function appoint(key: BookingKey): Promise<void> {
  await recordAppointment(db, {
    uri: `https://api.calendly.com/scheduled_events/e/invitees/${key}`,
    session_key: null,
    booking_key: key,
    provider: 'calendly',
    event_uri: 'https://api.calendly.com/scheduled_events/e',
    starts_at: new Date(NOW + DAY),
    ends_at: new Date(NOW + DAY + 3_600_000),
    reschedule_url: null,
    cancel_url: null,
    join_url: null,
    time_zone: null,
  });
}

async function revoke(linkId: LinkId): Promise<void> {
  await writeRevocation(db, {
    kind: 'link',
    subject: linkId,
    sessionKey: null,
    actor: 'user:5',
    keepUntil: null,
  });
}

/** The values of the page's hidden fields. */
function formOf(page: string): Record<string, string> {
  const fields = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}

describe('GET /booking/book', () => {
  test('speaks the client’s language, unless the visitor chooses another', async () => {
    const { token } = await oneTime();
    await db.updateTable('clients').set({ language: 'de-at' }).execute();
    const german = await rig.get(token);
    expect(german.text).toContain('<html lang="de">');
    expect(german.text).toContain('45 Minuten');
    const chosen = await rig.get(`${token}&lang=en`);
    expect(chosen.text).toContain('<html lang="en">');
    expect(chosen.headers.get('set-cookie')).toContain('latchkey_language=en; Path=/booking;');
    await db.updateTable('clients').set({ language: 'en' }).execute();
  });

  test('shows what the link is for, with a form that carries token and nonce, and leads nowhere else', async () => {
    const { token } = await oneTime();
    const answer = await rig.get(token);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('First &lt;talk&gt;');
    expect(answer.text).toContain('45 minutes');
    expect(answer.text).toContain('Hello Zoë,');
    expect(answer.text).not.toContain('Müller');
    expect(answer.text).not.toContain(EMAIL);
    expect(formOf(answer.text)).toEqual({ token, nonce: expect.stringMatching(/^[\w-]{22}$/) });
    expect(answer.text).not.toMatch(/<(a|img|link|script|iframe)\b/);
    expect(answer.text).not.toMatch(/https?:\/\/(?!calendar\.example[ ;])/);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    });
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    // Chromium checks the redirect that answers a form against the form's own policy.
    expect(policy).toContain(`form-action 'self' ${CALENDAR}`);
    expect(answer.text).toContain(`form-action &#39;self&#39; ${CALENDAR}`);
  });

  test('every form has a nonce of its own', async () => {
    const { token } = await oneTime();
    const nonces = await Promise.all([1, 2, 3].map(async () => formOf((await rig.get(token)).text)['nonce']));
    expect(new Set(nonces).size).toBe(3);
  });

  test('a scanner with HEAD, three GETs and the page’s links spends nothing', async () => {
    const { token } = await oneTime();
    const scanner = { headers: { accept: '*/*', 'user-agent': 'scanner' } };
    const head = await fetch(`${rig.api.publicUrl}/booking/book?token=${token}`, {
      ...scanner,
      method: 'HEAD',
    });
    expect(head.status).toBe(200);
    for (let time = 0; time < 3; time += 1) expect((await rig.get(token, scanner)).status).toBe(200);
    expect((await rig.get(token)).status).toBe(200);
    expect(await bookings()).toEqual([]);
    expect(rig.runs.attempts).toEqual([]);
    expect((await rig.post({ token, nonce: NONCE })).status).toBe(303);
  });

  test('a program gets JSON', async () => {
    const { token } = await oneTime();
    const answer = await rig.get(token, { headers: { accept: 'application/json' } });
    expect(answer.json).toEqual({
      purpose: 'one-time-booking-link',
      name: 'First <talk>',
      duration_minutes: 45,
    });
  });

  test('other methods are refused with those that there are', async () => {
    const { token } = await oneTime();
    const answer = await rig.get(token, { method: 'DELETE' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
  });
});

describe('a link that does not work', () => {
  const other = (token: string) => `${token.slice(0, -4)}AAAA`;
  const cases: [string, () => Promise<string | null>, number, string, string][] = [
    ['no token', async () => null, 400, 'invalid-request', 'not complete'],
    ['an empty token', async () => '', 400, 'invalid-request', 'not complete'],
    [
      'half a token',
      async () => (await oneTime()).token.slice(0, 40),
      400,
      'invalid-request',
      'not complete',
    ],
    ['two tokens', async () => `${(await oneTime()).token}&token=x`, 400, 'invalid-request', 'not complete'],
    ['a forged token', async () => other((await oneTime()).token), 401, 'not-authenticated', 'not complete'],
    [
      'a link without its row',
      async () => {
        const { token, linkId } = await oneTime();
        await db.deleteFrom('links').where('link_id', '=', linkId).execute();
        return token;
      },
      401,
      'not-authenticated',
      'not complete',
    ],
    [
      'an expired one',
      async () => {
        const { token } = await oneTime();
        rig.now = (NOW + DAY) as Instant;
        return token;
      },
      410,
      'link-over',
      'limited time',
    ],
    [
      'a revoked one',
      async () => {
        const { token, linkId } = await permanent();
        await revoke(linkId);
        return token;
      },
      410,
      'link-over',
      'withdrawn',
    ],
    [
      'a spent one',
      async () => {
        const { token, linkId } = await oneTime();
        await rig.post({ token, nonce: NONCE });
        await appoint(bookingKeyOf(linkId, null));
        return token;
      },
      410,
      'link-over',
      'booked with this link',
    ],
  ];

  test.each(cases)('%s: a page for people, a problem for programs, by GET and by POST', async (...row) => {
    const [, make, status, code, words] = row;
    const token = await make();
    const before = await bookings();
    const page = await rig.get(token);
    expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(page.text).toContain(words);
    expect(page.text).not.toContain('<form');
    const problem = await rig.get(token, { headers: { accept: 'application/json' } });
    expect(problem.headers.get('content-type')).toContain('application/problem+json');
    expect(problem.json).toMatchObject({ status, code });
    if (!token?.includes('&')) {
      const posted = await rig.post({ token: token ?? '', nonce: NONCE });
      expect([posted.status, posted.text.includes('<form')]).toEqual([status, false]);
      expect((await rig.send({ token })).json).toMatchObject({ status, code });
    }
    expect(await bookings()).toEqual(before);
    if (token) expect(page.text + problem.text + rig.logged()).not.toContain(token);
  });
});

describe('POST /booking/book with a one-time link', () => {
  test('writes one row, starts one run, and leads to the stored scheduling link', async () => {
    const { token, linkId } = await oneTime();
    const form = formOf((await rig.get(token)).text);
    const answer = await rig.post(form);
    expect(answer.status).toBe(303);
    const location = answer.headers.get('location');
    expect(location).toBe(`${CALENDAR}/d/1?utm_content=${linkId}`);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    const [booking, ...others] = await bookings();
    expect(others).toEqual([]);
    expect(booking).toMatchObject({
      booking_key: linkId,
      link_id: linkId,
      nonce: form['nonce'],
      tenant_id: catalog.tenantId,
      client_id: catalog.clientId,
      template_id: catalog.templateId,
      workflow_id: `booking-${linkId}`,
      start_state: 'started',
      provider: 'calendly',
      event_type: 'et-1',
      status: 'pending',
      booking_url: location,
      input: {
        rulesVersion: 1,
        bookingKey: linkId,
        tenantId: catalog.tenantId,
        provider: 'calendly',
        requestedAt: NOW,
        policy: { bookingDeadlineMs: 30 * DAY, settleMs: DAY, halfRescheduleMs: 120_000 },
      },
    });
    expect(JSON.stringify(booking?.input)).not.toContain(EMAIL);
  });

  test('fifty at once: one row, one run, one scheduling link, the same answer for all', async () => {
    const { token, linkId } = await oneTime();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => rig.post({ token, nonce: `form-nonce-${index}` })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(new Set(answers.map(({ headers }) => headers.get('location')))).toEqual(
      new Set([`${CALENDAR}/d/1?utm_content=${linkId}`]),
    );
    expect(await bookings()).toHaveLength(1);
    expect(rig.runs.starts).toEqual([linkId]);
    expect(rig.runs.links.size).toBe(1);
  });

  test('any form in any browser leads to the same link until an appointment exists, then it is 410', async () => {
    const { token, linkId } = await oneTime();
    const first = await rig.post({ token, nonce: NONCE });
    const again = await rig.post({ token, nonce: 'another-form' });
    expect([again.status, again.headers.get('location')]).toEqual([303, first.headers.get('location')]);
    expect(rig.runs.starts).toHaveLength(1);
    await appoint(bookingKeyOf(linkId, null));
    for (const nonce of [NONCE, 'another-form']) {
      const answer = await rig.post({ token, nonce });
      expect([answer.status, answer.headers.get('location')]).toEqual([410, null]);
    }
  });

  test('a program gets 201, and 200 for a repeat', async () => {
    const { token, linkId } = await oneTime();
    const first = await rig.send({ token });
    expect([first.status, first.json]).toEqual([
      201,
      {
        booking_id: linkId,
        status: 'pending',
        scheduling_url: `${CALENDAR}/d/1?utm_content=${linkId}`,
      },
    ]);
    const again = await rig.send({ token, nonce: NONCE });
    expect([again.status, again.json]).toEqual([200, first.json]);
  });
});

describe('POST /booking/book with a permanent link', () => {
  test('each form is a booking of its own, and a repeat of one is the same booking', async () => {
    const { token, linkId } = await permanent();
    const places = [];
    for (const nonce of [NONCE, 'form-nonce-2', NONCE]) {
      const answer = await rig.post({ token, nonce });
      expect(answer.status).toBe(303);
      places.push(answer.headers.get('location'));
    }
    expect(places[0]).toBe(places[2]);
    expect(places[0]).not.toBe(places[1]);
    expect((await bookings()).map((booking) => booking.workflow_id).toSorted()).toEqual([
      `booking-${linkId}-form-nonce-1`,
      `booking-${linkId}-form-nonce-2`,
    ]);
    expect(rig.runs.starts).toHaveLength(2);
  });

  test('an appointment spends its form, not the link', async () => {
    const { token, linkId } = await permanent();
    await rig.post({ token, nonce: NONCE });
    await appoint(bookingKeyOf(linkId, NONCE));
    expect((await rig.post({ token, nonce: NONCE })).status).toBe(410);
    expect((await rig.get(token)).status).toBe(200);
    expect((await rig.post({ token, nonce: 'form-nonce-2' })).status).toBe(303);
  });

  test('without a nonce each POST of a program is a booking of its own', async () => {
    const { token } = await permanent();
    const ids = await Promise.all([1, 2].map(async () => (await rig.send({ token })).json?.['booking_id']));
    expect(new Set(ids).size).toBe(2);
  });
});

describe('while the scheduling link is not there', () => {
  test('Temporal away: 202 with the same form again, and the sweep gives the booking its run', async () => {
    const { token, linkId } = await oneTime();
    rig.runs.down = true;
    const answer = await rig.post({ token, nonce: NONCE });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([202, '5']);
    expect(formOf(answer.text)).toEqual({ token, nonce: NONCE });
    expect(answer.text).not.toMatch(/<(a|script)\b/);
    const program = await rig.send({ token });
    expect([program.status, program.json, program.headers.get('retry-after')]).toEqual([
      202,
      { booking_id: linkId, status: 'pending', scheduling_url: null },
      '5',
    ]);
    expect(await bookings()).toMatchObject([{ start_state: 'intended', booking_url: null }]);
    expect(rig.owed()).toBe(2);

    rig.now = (NOW + 59_000) as Instant;
    expect(await rig.sweep.runOnce()).toBe(0);
    rig.now = (NOW + 60_000) as Instant;
    expect(await rig.sweep.runOnce()).toBe(1);
    expect(await bookings()).toMatchObject([{ start_state: 'intended' }]);
    rig.runs.down = false;
    // Whoever is owed a run does not wait a minute more once Temporal is back.
    expect(await rig.sweep.runOnce()).toBe(1);
    expect(await bookings()).toMatchObject([{ start_state: 'started', started_at: new Date(rig.now) }]);
    expect(rig.runs.starts).toEqual([linkId]);
    expect((await rig.post({ token, nonce: NONCE })).status).toBe(303);
    expect(rig.runs.starts).toHaveLength(1);
  });

  test('Temporal away: each pass asks with one booking alone; once it is back the rest follow at once', async () => {
    for (let n = 0; n < 5; n += 1) await intend(db, (await oneTime()).linkId, NOW);
    rig.runs.down = true;
    rig.now = (NOW + 60_000) as Instant;
    expect(await rig.sweep.runOnce()).toBe(5);
    for (let pass = 1; pass <= 3; pass += 1) {
      expect(await rig.sweep.runOnce()).toBe(1);
      expect(rig.runs.attempts).toHaveLength(1 + pass);
    }
    rig.runs.down = false;
    expect(await rig.sweep.runOnce()).toBe(1);
    expect(await rig.sweep.runOnce()).toBe(4);
    expect(rig.runs.starts).toHaveLength(5);
    // What comes after that is left to its POST for a minute again.
    await intend(db, (await oneTime()).linkId, rig.now);
    expect(await rig.sweep.runOnce()).toBe(0);
  });

  test('a crash between row and start: whoever asks next, or a kicked sweep, starts it at once', async () => {
    const [first, second] = [await oneTime(), await oneTime()];
    await intend(db, first.linkId, NOW);
    const { booking_key: key } = await intend(db, second.linkId, NOW);
    expect((await rig.post({ token: first.token, nonce: NONCE })).status).toBe(303);
    expect(rig.runs.starts).toEqual([first.linkId]);
    rig.sweep.kick();
    rig.sweep.kick();
    for (;;) if ((await bookingByKey(db, key))?.start_state === 'started') break;
    expect(rig.runs.starts).toEqual([first.linkId, second.linkId]);
  });

  test('a crash between start and the word of it: the run is there already', async () => {
    const { token, linkId } = await oneTime();
    const booking = await intend(db, linkId, NOW);
    await rig.runs.start(booking);
    expect((await rig.post({ token, nonce: NONCE })).status).toBe(303);
    expect(rig.runs.starts).toHaveLength(1);
    expect(await bookings()).toMatchObject([{ start_state: 'started' }]);
  });

  test('two replicas sweep side by side: each booking is taken by one', async () => {
    for (let n = 0; n < 20; n += 1) await intend(db, (await oneTime()).linkId, NOW);
    rig.now = (NOW + 60_000) as Instant;
    const log = { info: () => undefined, warn: () => undefined };
    const other = createBookingSweep({
      db,
      runs: rig.runs,
      clock: () => rig.now,
      log,
      intervalMs: 0,
      batch: 20,
    });
    const mine = createBookingSweep({
      db,
      runs: rig.runs,
      clock: () => rig.now,
      log,
      intervalMs: 0,
      batch: 20,
    });
    const taken = await Promise.all([other.runOnce(), mine.runOnce()]);
    expect(taken.reduce((sum, one) => sum + one, 0)).toBe(20);
    expect(rig.runs.attempts).toHaveLength(20);
    await Promise.all([other.stop(), mine.stop()]);
  });

  test.each(['late', 'refused'] as const)(
    'the run is %s: 202, and the next one finds the link',
    async (how) => {
      const { token } = await oneTime();
      rig.runs.link = how;
      expect((await rig.post({ token, nonce: NONCE })).status).toBe(202);
      rig.runs.link = 'made';
      expect((await rig.post({ token, nonce: NONCE })).status).toBe(303);
      expect(rig.runs.starts).toHaveLength(1);
    },
  );

  test('a scheduling link that is no web address is not followed', async () => {
    const { token, linkId } = await oneTime();
    const { booking_key: key } = await intend(db, linkId, NOW);
    for (const url of ['javascript:alert(1)', '/elsewhere', 'data:text/html,x']) {
      await db.updateTable('bookings').set({ booking_url: url }).where('booking_key', '=', key).execute();
      const answer = await rig.post({ token, nonce: NONCE });
      expect([answer.status, answer.headers.get('location')]).toEqual([502, null]);
      expect(answer.text).not.toContain(url);
    }
  });
});

describe('a revocation beside a booking', () => {
  test('that commits first stops it, even when the link was good when it was looked at', async () => {
    const { token, linkId } = await permanent();
    let posted: Promise<{ status: number }> | undefined;
    await db.transaction().execute(async (trx) => {
      await trx
        .updateTable('links')
        .set({ revoked_at: new Date(NOW) })
        .where('link_id', '=', linkId)
        .execute();
      posted = rig.post({ token, nonce: NONCE });
      // The POST stands before the link's row, which this transaction holds.
      for (;;) {
        const { rows } = await database.connection.pool.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        if (rows.length > 0) break;
      }
    });
    expect((await posted)?.status).toBe(410);
    expect(await bookings()).toEqual([]);
    expect(rig.runs.attempts).toEqual([]);
  });
});

test('one-time is valid if and only if not expired, not used and not revoked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.boolean(), fc.boolean(), async (expired, used, revoked) => {
      rig.now = NOW;
      const { token, linkId } = await oneTime();
      if (used) {
        await rig.post({ token, nonce: NONCE });
        await appoint(bookingKeyOf(linkId, null));
      }
      if (revoked) await revoke(linkId);
      if (expired) rig.now = (NOW + DAY) as Instant;
      const good = !expired && !used && !revoked;
      expect((await rig.get(token)).status).toBe(good ? 200 : 410);
      expect((await rig.post({ token, nonce: 'another-form' })).status).toBe(good ? 303 : 410);
    }),
    { numRuns: 16, seed: 20261121 },
  );
});

describe('whose form it is', () => {
  const cases: [string, Record<string, string>, number][] = [
    ['our own page', { 'sec-fetch-site': 'same-origin' }, 303],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling of ours', { 'sec-fetch-site': 'same-site' }, 403],
    ['another site in an old browser', { origin: 'https://evil.example' }, 403],
    ['our own page in an old browser', { origin: OUR_ORIGIN }, 303],
    ['a page without a referrer in an old browser', { origin: 'null' }, 303],
    ['another site that names ours', { 'sec-fetch-site': 'cross-site', origin: OUR_ORIGIN }, 403],
    ['no browser', {}, 303],
  ];
  test.each(cases)('%s', async (_name, headers, status) => {
    const { token } = await oneTime();
    const plain = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ token, nonce: NONCE }).toString();
    const answer = await rig.get(null, { method: 'POST', headers: { ...plain, ...headers }, body });
    expect(answer.status).toBe(status);
    expect(await bookings()).toHaveLength(status === 303 ? 1 : 0);
  });
});

describe('a body that is none', () => {
  const cases: [string, (token: string) => [unknown, Record<string, string>], number, string][] = [
    ['no token', () => [{}, {}], 400, 'invalid-request'],
    ['a number', () => [{ token: 7 }, {}], 400, 'invalid-request'],
    ['an unknown field', (token) => [{ token, admin: true }, {}], 400, 'invalid-request'],
    ['a nonce with a slash', (token) => [{ token, nonce: 'form/../nonce' }, {}], 400, 'invalid-request'],
    ['a short nonce', (token) => [{ token, nonce: 'x' }, {}], 400, 'invalid-request'],
    ['broken JSON', () => ['{"token":', {}], 400, 'invalid-request'],
    ['plain text', (token) => [token, { 'content-type': 'text/plain' }], 415, 'unsupported-media-type'],
    ['too much', (token) => [{ token, nonce: 'x'.repeat(10_000) }, {}], 413, 'too-large'],
  ];
  test.each(cases)('%s', async (_name, make, status, code) => {
    const { token } = await oneTime();
    const [body, headers] = make(token);
    const answer = await rig.send(body, headers);
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.text).not.toContain(token);
    expect(await bookings()).toEqual([]);
  });
});

test('a limit is asked before anything is read, and a person gets a page', async () => {
  const usedUp = { charge: async () => ({ allowed: false, limit: 1, remaining: 0, resetSeconds: 9 }) };
  const limited = await startBookRig({
    db,
    at: NOW,
    keepers: { limit: (name, refuse) => rateLimited(usedUp, name, () => 'address', refuse) },
  });
  try {
    const { token } = await oneTime();
    expect((await limited.get(token)).status).toBe(200);
    const page = await limited.post({ token, nonce: NONCE });
    expect([page.status, page.headers.get('content-type')]).toEqual([429, 'text/html; charset=utf-8']);
    expect((await limited.send({ token })).json).toMatchObject({ code: 'too-many-requests' });
    expect(await bookings()).toEqual([]);
  } finally {
    await limited.close();
  }
});

test('PostgreSQL away: 503, a page for people, and nothing of what it said', async () => {
  const { token } = await oneTime();
  const away = connectDatabase('postgres://nobody@127.0.0.1:1/nothing', {
    max: 1,
    onIdleError: () => undefined,
  });
  const blind = await startBookRig({ db: away.db, at: NOW });
  try {
    for (const answer of [await blind.get(token), await blind.post({ token, nonce: NONCE })]) {
      expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
      expect(answer.text).not.toContain('127.0.0.1');
    }
    expect((await blind.send({ token })).json).toMatchObject({ status: 503, code: 'store-unavailable' });
  } finally {
    await blind.close();
    await away.close();
  }
});

test('the log names bookings by id and never a token, an address or a scheduling link', async () => {
  const { token, linkId } = await oneTime();
  await rig.get(token);
  rig.runs.down = true;
  await rig.post({ token, nonce: NONCE });
  rig.runs.down = false;
  await rig.post({ token, nonce: NONCE });
  await rig.post({ token: `${token}x`, nonce: NONCE });
  expect(rig.logged()).toContain(linkId);
  for (const secret of [token, EMAIL, CALENDAR, 'Zoë']) expect(rig.logged()).not.toContain(secret);
});

test('the calendar’s pages live beside its API, but for Calendly’s own', () => {
  expect(schedulingOriginOf('https://api.calendly.com')).toBe('https://calendly.com');
  expect(schedulingOriginOf('http://127.0.0.1:4010/')).toBe('http://127.0.0.1:4010');
});
