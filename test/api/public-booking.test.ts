import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { recordAppointment } from '../../db/queries/appointments.ts';
import { DEFAULT_LINK } from '../../db/queries/booking-requests.ts';
import type { Booking } from '../../db/queries/bookings.ts';
import { pruneIdempotencyKeys } from '../../db/queries/idempotency.ts';
import { verifyBookingReference } from '../../platform/reference.ts';
import type { BookingKey, Instant } from '../../workflows/contract/values.ts';
import { linkKeys } from '../support/booking-rows.ts';
import { createTestDatabase } from '../support/postgres.ts';
import {
  DEFAULT_LINK_PAGE,
  FORM_ORIGIN,
  type PublicBookingRig,
  shownIn,
  startPublicBooking,
  TENANT,
  visitor,
} from './public-booking-rig.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z') as Instant;
const DAY = 86_400_000;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let rig: PublicBookingRig;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const table of ['appointments', 'bookings', 'idempotency_keys'] as const)
    await db.deleteFrom(table).execute();
  rig = await startPublicBooking({ db, at: NOW });
});
afterEach(() => rig.close());

const rows = (): Promise<Booking[]> => db.selectFrom('bookings').selectAll().orderBy('created_at').execute();
const without = (field: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(visitor).filter(([name]) => name !== field));

describe('POST /api/v1/public/booking', () => {
  test('answers as the given document says, with the whole model, and owes one run', async () => {
    const answer = await rig.post(visitor);
    expect(answer.status).toBe(201);
    const { _id: id, calendlyLink } = shownIn(answer);
    expect(answer.json).toEqual({
      success: true,
      message: 'Booking request created successfully! Please use the provided link to schedule your meeting.',
      results: {
        booking: {
          _id: expect.stringMatching(/^[\w-]{22}$/),
          ...visitor,
          calendlyLink: expect.stringMatching(/^https:\/\/calendar\.example\/d\/1\?/),
          calendlyEventUri: null,
          calendlyInviteeUri: null,
          status: 'pending',
          scheduledAt: null,
          createdAt: new Date(NOW).toISOString(),
          updatedAt: new Date(NOW).toISOString(),
        },
        calendlyLink,
      },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await rows()).toMatchObject([
      {
        booking_key: id,
        kind: 'request',
        tenant_id: TENANT,
        workflow_id: `booking-${id}`,
        start_state: 'started',
        provider: 'calendly',
        event_type: 'et-1',
        default_link_at: null,
        is_read: false,
        input: { rulesVersion: 1, bookingKey: id, tenantId: TENANT, provider: 'calendly', requestedAt: NOW },
      },
    ]);
    expect(rig.runs.starts).toEqual([id]);
    expect(rig.charged).toEqual([
      ['booking-requests-per-address', 'address'],
      ['booking-requests-per-email', 'john@acme.com'],
    ]);
  });

  test('text is stored as given: markup, quotes, other scripts', async () => {
    const given = {
      ...visitor,
      firstName: '<script>alert(1)</script>',
      lastName: "O'Brien; drop table bookings;--",
      companyName: '"Łódź" & 東京 🚀',
      companyWebsite: 'HTTPS://Müller.example/a?b=<c>#d',
      position: '  Chief  ',
      businessPhone: { code: '+49', number: '(0)151 / 2345-6789' },
    };
    const answer = await rig.post(given);
    expect(answer.status).toBe(201);
    expect(shownIn(answer)).toMatchObject(given);
    expect(shownIn(await rig.get(shownIn(answer)._id))).toEqual(shownIn(answer));
  });

  test('a phone is optional', async () => {
    const answer = await rig.post(without('businessPhone'));
    expect([answer.status, shownIn(answer)['businessPhone']]).toEqual([201, null]);
  });

  const field = (name: string, value: unknown): unknown => ({ ...visitor, [name]: value });
  const bad: [string, unknown, string][] = [
    ...Object.keys(without('businessPhone')).map((name): [string, unknown, string] => [
      `no ${name}`,
      without(name),
      `${name}: must be`,
    ]),
    ['an empty name', field('firstName', '   '), 'firstName: must be text of 1 to 100 characters'],
    ['a long name', field('lastName', 'x'.repeat(101)), 'lastName: must be text of 1 to 100'],
    ['a NUL', field('companyName', 'a\u0000b'), 'companyName: must be text of 1 to 200'],
    ['half a surrogate pair', field('position', '\ud800'), 'position: must be text of 1 to 200'],
    ['a number for a name', field('position', 7), 'position: must be text'],
    ['a site without a scheme', field('companyWebsite', 'acme.com'), 'companyWebsite: must be the address'],
    ['a script for a site', field('companyWebsite', 'javascript:alert(1)'), 'companyWebsite: must be'],
    ['a file for a site', field('companyWebsite', 'ftp://acme.com'), 'companyWebsite: must be'],
    ['a site with a password', field('companyWebsite', 'https://a:b@acme.com'), 'companyWebsite: must be'],
    ['a site with a space', field('companyWebsite', 'https://acme.com/a b'), 'companyWebsite: must be'],
    ['a site without a dot', field('companyWebsite', 'https://localhost'), 'companyWebsite: must be'],
    ['a site with a NUL', field('companyWebsite', 'https://acme.com/\u0000'), 'companyWebsite: must be'],
    [
      'a site on no port',
      field('companyWebsite', 'https://acme.com:99999'),
      'companyWebsite: must be the address',
    ],
    [
      'a long site',
      field('companyWebsite', `https://acme.com/${'x'.repeat(2048)}`),
      'companyWebsite: must be',
    ],
    ['no e-mail address', field('email', 'john'), 'email: must be an e-mail address'],
    ['two addresses', field('email', 'a@acme.com,b@acme.com'), 'email: must be'],
    ['a long address', field('email', `${'a'.repeat(250)}@acme.com`), 'email: must be'],
    ['text for a boolean', field('isDecisionMaker', 'yes'), 'isDecisionMaker: must be true or false'],
    ['half a phone', field('businessPhone', { code: '+1' }), 'businessPhone.number: must be'],
    [
      'a code without +',
      field('businessPhone', { code: '1', number: '5551234567' }),
      'businessPhone.code: must',
    ],
    [
      'letters in a number',
      field('businessPhone', { code: '+1', number: '555-CALL' }),
      'businessPhone.number',
    ],
    [
      'a number too short',
      field('businessPhone', { code: '+1', number: '123' }),
      'businessPhone: is no possible',
    ],
    [
      'a code of no country',
      field('businessPhone', { code: '+999', number: '5551234567' }),
      'businessPhone: is no',
    ],
    [
      'more in a phone',
      field('businessPhone', { ...visitor.businessPhone, ext: '1' }),
      'ext: is not a field',
    ],
    ['an unknown field', field('status', 'completed'), 'status: is not a field of this request'],
    ['a list', [visitor], 'expected object'],
    ['broken JSON', '{', 'the body is not JSON'],
  ];
  test.each(bad)('%s is 400, says what is wrong, and keeps nothing', async (_name, body, words) => {
    const answer = await rig.post(body);
    expect([answer.status, answer.json]).toMatchObject([
      400,
      {
        success: false,
        message: expect.stringContaining(words),
        results: null,
        error: { code: 'invalid-request' },
      },
    ]);
    expect(await rows()).toEqual([]);
    expect(rig.runs.attempts).toEqual([]);
  });

  test('a website of a hundred thousand dots is refused in no time', async () => {
    const answer = await rig.post({ ...visitor, companyWebsite: `https://${'a.'.repeat(45_000)} ` });
    expect(answer.status).toBe(400);
  });

  test('other types, other methods, too much', async () => {
    const typed = await rig.post(JSON.stringify(visitor), { 'content-type': 'text/plain' });
    expect([typed.status, typed.json?.['success']]).toEqual([415, false]);
    const large = await rig.post({ ...visitor, position: 'x'.repeat(110_000) });
    expect(large.status).toBe(413);
  });

  test('what a hidden field catches is answered like the others, and nothing is kept of it', async () => {
    const real = await rig.post({ ...visitor, homepage: '' });
    const caught = await rig.post({ ...visitor, homepage: 'https://spam.example' });
    expect(caught.status).toBe(201);
    expect(Object.keys(shownIn(caught))).toEqual(Object.keys(shownIn(real)));
    expect(shownIn(caught)).toMatchObject({ ...visitor, status: 'pending', calendlyLink: DEFAULT_LINK_PAGE });
    expect(JSON.stringify([real.json, caught.json])).not.toContain('homepage');
    expect(await rows()).toHaveLength(1);
    expect(rig.runs.starts).toEqual([shownIn(real)._id]);
    expect((await rig.get(shownIn(caught)._id)).status).toBe(404);
    // It has cost its address what every other costs.
    expect(rig.charged.filter(([name]) => name === 'booking-requests-per-address')).toHaveLength(2);
  });

  test.each(['booking-requests-per-address', 'booking-requests-per-email'] as const)(
    'beyond %s it is 429 in the envelope, with the time to wait, and keeps nothing',
    async (name) => {
      rig.standings.set(name, { allowed: false, limit: 5, remaining: 0, resetSeconds: 42 });
      const answer = await rig.post(visitor);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '42']);
      expect(answer.json).toMatchObject({ success: false, error: { code: 'too-many-requests' } });
      expect(await rows()).toEqual([]);
    },
  );

  test('an address is one whatever its case', async () => {
    await rig.post({ ...visitor, email: 'John@ACME.com' });
    expect(rig.charged.at(-1)).toEqual(['booking-requests-per-email', 'john@acme.com']);
    expect(await rows()).toMatchObject([{ email: 'John@ACME.com' }]);
  });

  test('PostgreSQL away: 503 in the envelope, and nothing of what it said', async () => {
    const lost = connectDatabase('postgres://nobody:secret@127.0.0.1:1/none', {
      max: 1,
      onIdleError: () => undefined,
    });
    const away = await startPublicBooking({ db: lost.db, at: NOW });
    try {
      for (const answer of [await away.post(visitor), await away.get('A'.repeat(22))]) {
        expect([answer.status, answer.json]).toMatchObject([
          503,
          { success: false, error: { code: 'store-unavailable' } },
        ]);
        expect(answer.text).not.toMatch(/ECONN|postgres|127\.0/);
      }
      expect(away.logged()).not.toContain('john@acme.com');
    } finally {
      await away.close();
      await lost.close();
    }
  });
});

describe('the link', () => {
  test.each(['late', 'refused'] as const)(
    'of a run that is %s: the default one, signed and prefilled; the booking’s own once it is there',
    async (how) => {
      rig.runs.link = how;
      const { _id: id, calendlyLink } = shownIn(await rig.post(visitor));
      const url = new URL(calendlyLink);
      expect(url.origin + url.pathname).toBe('https://calendar.example/host/intro');
      const { utm_content: reference = '', ...query } = Object.fromEntries(url.searchParams);
      expect(query).toEqual({
        month: '2026-12',
        utm_campaign: DEFAULT_LINK,
        name: 'John Doe',
        email: 'john@acme.com',
      });
      expect(verifyBookingReference(linkKeys, reference)).toBe(id);
      expect(await rows()).toMatchObject([{ default_link_at: new Date(NOW), start_state: 'started' }]);
      expect(shownIn(await rig.get(id)).calendlyLink).toBe(calendlyLink);

      await db.updateTable('bookings').set({ booking_url: 'https://calendar.example/d/own' }).execute();
      expect(shownIn(await rig.get(id)).calendlyLink).toBe('https://calendar.example/d/own');
    },
  );

  test.each([
    [DEFAULT_LINK, '/host/intro'],
    ['booking-link', '/d/own'],
  ])('once booked by %s the other one is never handed out', async (campaign, path) => {
    rig.runs.link = 'late';
    const { _id: id } = shownIn(await rig.post(visitor, { 'idempotency-key': 'k1' }));
    await recordAppointment(db, {
      uri: `https://api.calendly.com/scheduled_events/e/invitees/${id}`,
      session_key: null,
      booking_key: id,
      provider: 'calendly',
      event_uri: 'https://api.calendly.com/scheduled_events/e',
      starts_at: new Date(NOW + DAY),
      ends_at: new Date(NOW + DAY + 3_600_000),
      campaign,
    });
    await db.updateTable('bookings').set({ booking_url: 'https://calendar.example/d/own' }).execute();
    const again = await rig.post(visitor, { 'idempotency-key': 'k1' });
    for (const answer of [again, await rig.get(id)])
      expect(new URL(shownIn(answer).calendlyLink).pathname).toBe(path);
  });

  test('Temporal away: 201 with the default link, and the sweep gives the booking its run', async () => {
    rig.runs.down = true;
    const answer = await rig.post(visitor);
    const { _id: id, calendlyLink } = shownIn(answer);
    expect([answer.status, new URL(calendlyLink).pathname]).toEqual([201, '/host/intro']);
    expect(rig.state.owed).toBe(1);
    expect(await rows()).toMatchObject([{ start_state: 'intended', default_link_at: new Date(NOW) }]);
    rig.runs.down = false;
    rig.state.now = (NOW + 60_000) as Instant;
    await rig.sweep.runOnce();
    expect(rig.runs.starts).toEqual([id]);
    expect(await rows()).toMatchObject([{ start_state: 'started' }]);
  });
});

describe('Idempotency-Key', () => {
  const keyed = (key: string, body: unknown = visitor) => rig.post(body, { 'idempotency-key': key });

  test('fifty at once with one key: one booking, one run, fifty times the same answer', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => keyed('once')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await rows()).toHaveLength(1);
    expect(rig.runs.starts).toHaveLength(1);
  });

  test('a repeat is the same booking as it is now, whatever the order of its fields, and is not charged', async () => {
    const first = shownIn(await keyed('a'));
    await db
      .updateTable('bookings')
      .set({ status: 'scheduled', starts_at: new Date(NOW + DAY) })
      .execute();
    const shuffled = Object.fromEntries(Object.entries(visitor).toReversed());
    const again = shownIn(await keyed('a', shuffled));
    expect(again).toMatchObject({ _id: first._id, status: 'scheduled' });
    expect(await rows()).toHaveLength(1);
    expect(rig.charged.filter(([name]) => name === 'booking-requests-per-email')).toHaveLength(1);
  });

  test('with another body it is 422; another key, or none, is another booking', async () => {
    await keyed('a');
    const reused = await keyed('a', { ...visitor, position: 'CTO' });
    expect([reused.status, reused.json]).toMatchObject([
      422,
      { success: false, error: { code: 'key-reused' } },
    ]);
    expect(await rows()).toHaveLength(1);
    await keyed('b');
    await rig.post(visitor);
    expect(await rows()).toHaveLength(3);
  });

  test('two bodies at once under one key: one is a booking, the others are 422', async () => {
    const bodies = Array.from({ length: 10 }, (_, n) => ({ ...visitor, position: `P${n}` }));
    const answers = await Promise.all(bodies.map((body) => keyed('race', body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(9);
    expect(await rows()).toHaveLength(1);
  });

  test('is honoured for 24 hours, and pruned after them', async () => {
    const first = shownIn(await keyed('a'));
    rig.state.now = (NOW + DAY - 1) as Instant;
    expect(await pruneIdempotencyKeys(db, rig.state.now)).toBe(0);
    expect(shownIn(await keyed('a'))._id).toBe(first._id);
    rig.state.now = (NOW + DAY) as Instant;
    expect(shownIn(await keyed('a', { ...visitor, position: 'CTO' }))._id).not.toBe(first._id);
    rig.state.now = (NOW + 2 * DAY) as Instant;
    expect(await pruneIdempotencyKeys(db, rig.state.now)).toBe(1);
    expect(await db.selectFrom('idempotency_keys').selectAll().execute()).toEqual([]);
  });

  test('of a booking that was deleted: 404, and no second booking', async () => {
    await keyed('a');
    await db
      .updateTable('bookings')
      .set({ deleted_at: new Date(NOW), start_state: 'ended' })
      .execute();
    expect((await keyed('a')).status).toBe(404);
    expect(await rows()).toHaveLength(1);
  });

  test('neither the key nor what was sent under it can be read in its row', async () => {
    await keyed('my-key');
    const text = JSON.stringify(await db.selectFrom('idempotency_keys').selectAll().execute());
    expect(text).not.toMatch(/my-key|acme|john/i);
  });

  test.each(['', 'two words', 'x'.repeat(201), 'ü'])('%j is no key', async (key) => {
    const answer = await keyed(key);
    expect([answer.status, answer.json?.['message']]).toEqual([
      400,
      'idempotency-key: must be 1 to 200 visible ASCII characters',
    ]);
    expect(await rows()).toEqual([]);
  });
});

describe('GET /api/v1/public/booking/:id', () => {
  test('shows no more than the visitor gave, with status and link', async () => {
    const { _id: id } = shownIn(await rig.post(visitor));
    await db
      .updateTable('bookings')
      .set({ meeting_notes: 'a secret', is_read: true, cancel_reason: 'ours', needs_attention: true })
      .execute();
    const answer = await rig.get(id);
    expect([answer.status, Object.keys(shownIn(answer)).toSorted()]).toEqual([
      200,
      [...Object.keys(visitor), '_id', 'calendlyEventUri', 'calendlyInviteeUri', 'calendlyLink']
        .concat('status', 'scheduledAt', 'createdAt', 'updatedAt')
        .toSorted(),
    ]);
    expect(answer.text).not.toMatch(/secret|ours|tenant|booking-/);
  });

  test('what is not there is 404: unknown, malformed, deleted, a booking of a link', async () => {
    const { _id: id } = shownIn(await rig.post(visitor));
    await db
      .updateTable('bookings')
      .set({ deleted_at: new Date(NOW) })
      .execute();
    for (const one of [id, 'A'.repeat(22), 'A'.repeat(21), 'x%00', '1 or 1=1', '..']) {
      const answer = await rig.get(encodeURIComponent(one));
      expect([answer.status, answer.json]).toMatchObject([
        404,
        { success: false, results: null, error: { code: 'not-found' } },
      ]);
    }
  });
});

describe('CORS', () => {
  const preflight = (origin: string, path = '') =>
    fetch(rig.url + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });

  test('a page of an allowed origin may ask, post and read, without credentials', async () => {
    const answer = await preflight(FORM_ORIGIN);
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': FORM_ORIGIN,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type, idempotency-key',
      vary: 'Origin',
    });
    const posted = await rig.post(visitor, { origin: FORM_ORIGIN });
    const read = await rig.get(shownIn(posted)._id, { origin: FORM_ORIGIN });
    const refused = await rig.post({}, { origin: FORM_ORIGIN });
    expect([posted.status, read.status, refused.status]).toEqual([201, 200, 400]);
    for (const { headers } of [answer, posted, read, refused]) {
      expect(headers.get('access-control-allow-origin')).toBe(FORM_ORIGIN);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  test.each(['https://evil.example', 'https://www.example.com.evil.example', 'null'])(
    '%s gets no leave, and what it gets is not kept for another',
    async (origin) => {
      const answers = [await preflight(origin), await rig.post(visitor, { origin })];
      expect(answers[0]?.status).toBe(405);
      for (const { headers } of answers) {
        expect(headers.get('access-control-allow-origin')).toBeNull();
        expect(headers.get('vary')).toContain('Origin');
      }
    },
  );

  test('the status is not for pages', async () => {
    const answer = await preflight(FORM_ORIGIN, `/${'A'.repeat(22)}/status`);
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([405, null]);
  });
});

test('no log line has what a visitor gave, nor a link', async () => {
  const { _id: id } = shownIn(await rig.post(visitor, { 'idempotency-key': 'my-key' }));
  rig.runs.link = 'late';
  await rig.post(visitor);
  await rig.get(id as BookingKey);
  const text = rig.logged();
  expect(text).toContain(id);
  for (const secret of ['john@acme.com', 'Doe', 'Acme', '5551234567', 'calendar.example', 'my-key'])
    expect(text).not.toContain(secret);
});
