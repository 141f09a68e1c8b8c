import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedDevelopment } from '../../db/seed.ts';
import type { Answer } from './support/ask.ts';
import { type LinkRig, startLinkRig } from './support/link-rig.ts';

let rig: LinkRig;
beforeAll(async () => {
  rig = await startLinkRig();
});
afterAll(() => rig.close());

const ADMIN = '/api/v1/admin';
const calendar = { user_id: 5, name: 'Studio', provider: 'calendly', event_type: 'a1b2-c3' } as const;
const template = { calendar_id: 1, name: 'Hour', duration_minutes: 60 } as const;
let people = 0;
const client = (more: object = {}): object => {
  people += 1;
  return { email: `person-${people}@example.com`, first_name: 'Grace', last_name: 'Example', ...more };
};
const rooms = [
  ['calendars', () => calendar],
  ['templates', () => template],
  ['clients', () => client()],
] as const;
const foreignId = (room: (typeof rooms)[number][0]): number =>
  ({
    calendars: rig.foreign.calendarId,
    templates: rig.foreign.templateId,
    clients: rig.foreign.clientId,
  })[room];
const idOf = (answer: Answer): number => Number(answer.json?.['id']);
const idsOf = (page: Answer): number[] => {
  const items = page.json?.['items'];
  if (!Array.isArray(items)) throw new Error(`no page: ${page.text}`);
  return items.map((item: { id: number }) => item.id);
};
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe.each(rooms)('%s', (room, body) => {
  const path = `${ADMIN}/${room}`;

  test('are made, told where, and read back', async () => {
    const sent = body();
    const made = await rig.as('admin', path, sent);
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`${path}/${idOf(made)}`);
    expect(made.headers.get('cache-control')).toBe('no-store');
    expect(made.json).toMatchObject({ ...sent, created_at: expect.stringMatching(UTC) });
    expect(made.json).not.toHaveProperty('tenant_id');
    const read = await rig.as('admin', `${path}/${idOf(made)}`);
    expect([read.status, read.json]).toEqual([200, made.json]);
    const audit = await rig.db
      .selectFrom('audit')
      .selectAll()
      .where('subject', '=', `${room.slice(0, -1)}:${idOf(made)}`)
      .execute();
    expect(audit).toMatchObject([
      { tenant_id: 1, actor: 'user:7', action: `${room.slice(0, -1)}.created`, details: null },
    ]);
  });

  test('are listed page by page, newest first, each once while others are added', async () => {
    const made: number[] = [];
    for (let count = 0; count < 3; count++) made.push(idOf(await rig.as('admin', path, body())));
    const all: unknown[] = [];
    let query = '?limit=2';
    for (;;) {
      const page = await rig.as('admin', path + query);
      expect(page.status).toBe(200);
      all.push(...idsOf(page));
      const cursor = page.json?.['next_cursor'];
      if (typeof cursor !== 'string') break;
      query = `?limit=2&cursor=${cursor}`;
      await rig.as('admin', path, body());
    }
    expect(all.slice(0, 3)).toEqual(made.reverse());
    const rows = await rig.db.selectFrom(room).select('id').where('tenant_id', '=', 1).execute();
    const before = rows.map((row) => row.id).filter((id) => id <= (made[0] ?? 0));
    expect(all).toEqual(before.sort((a, b) => b - a));
  });

  test('of another tenant are not there, by id, in a list or by a cursor', async () => {
    const mine = idOf(await rig.as('admin', path, body()));
    const theirs = foreignId(room);
    for (const [caller, id] of [
      ['admin', theirs],
      ['stranger', mine],
      ['admin', 2_000_000_000],
      ['admin', '0'],
      ['admin', '01'],
      ['admin', '2147483648'],
      ['admin', '99999999999999999999'],
      ['admin', 'x'],
    ] as const) {
      const answer = await rig.as(caller, `${path}/${id}`);
      const { requestId, ...problem } = answer.json ?? {};
      expect(requestId).toBe(answer.headers.get('x-request-id'));
      expect(problem).toEqual({ type: 'about:blank', title: 'Not found', status: 404, code: 'not-found' });
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    }
    const first = await rig.as('admin', `${path}?limit=1`);
    const cursor = String(first.json?.['next_cursor']);
    for (const query of ['', `?cursor=${cursor}`]) {
      const answer = await rig.as('stranger', path + query);
      const ids = idsOf(answer);
      expect(ids.every((id) => id === theirs)).toBe(true);
    }
    expect((await rig.as('stranger', path)).json?.['items']).toHaveLength(1);
  });

  test('are exported whole, with what the list shows, and for one tenant alone', async () => {
    const made = await rig.as('admin', path, body());
    const csv = async (caller: string): Promise<string[]> => {
      const answer = await rig.ask(`${path}?limit=1`, {
        headers: { accept: 'text/csv', authorization: `Bearer ${caller}` },
      });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
      expect(answer.headers.get('content-disposition')).toContain(`"${room}.csv"`);
      return answer.text.split('\r\n');
    };
    const [heading, newest, ...more] = await csv('admin');
    expect(heading).toBe(Object.keys(made.json ?? {}).join(','));
    const shown = (made.json ?? {}) as Record<string, string | number | null>;
    expect(newest).toBe(
      Object.values(shown)
        .map((value) => String(value ?? ''))
        .join(','),
    );
    const rows = await rig.db.selectFrom(room).select('id').where('tenant_id', '=', 1).execute();
    expect(more.filter((line) => line !== '')).toHaveLength(rows.length - 1);
    expect(await csv('stranger')).toEqual([heading, expect.stringMatching(`^${foreignId(room)},`), '']);
  });

  test('are for admins alone', async () => {
    const before = await rig.db.selectFrom(room).select('id').execute();
    const refused = async (caller: string | null, question: 'POST' | 'GET' | 'ONE'): Promise<unknown[]> => {
      const answer = await rig.ask(question === 'ONE' ? `${path}/1` : path, {
        method: question === 'POST' ? 'POST' : 'GET',
        headers: {
          'content-type': 'application/json',
          ...(caller === null ? {} : { authorization: `Bearer ${caller}` }),
        },
        ...(question === 'POST' ? { body: JSON.stringify(body()) } : {}),
      });
      return [answer.status, answer.json?.['code']];
    };
    for (const question of ['POST', 'GET', 'ONE'] as const) {
      expect(await refused(null, question)).toEqual([401, 'not-authenticated']);
      expect(await refused('no-tenant', question)).toEqual([401, 'not-authenticated']);
      expect(await refused('tenant', question)).toEqual([403, 'not-allowed']);
      expect(await refused('service', question)).toEqual([403, 'not-allowed']);
    }
    expect(await rig.db.selectFrom(room).select('id').execute()).toHaveLength(before.length);
  });

  test.each<[string, string, Record<string, string>, string, number, string]>([
    ['broken JSON', 'POST', { 'content-type': 'application/json' }, '{', 400, 'invalid-request'],
    ['a list', 'POST', { 'content-type': 'application/json' }, '[]', 400, 'invalid-request'],
    [
      'a form',
      'POST',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'a=1',
      415,
      'unsupported-media-type',
    ],
    ['too much', 'POST', { 'content-type': 'application/json' }, `"${'x'.repeat(20_000)}"`, 413, 'too-large'],
    ['another method', 'PUT', { 'content-type': 'application/json' }, '{}', 405, 'method-not-allowed'],
  ])('%s is refused', async (_, method, headers, text, status, code) => {
    const answer = await rig.ask(path, {
      method,
      headers: { authorization: 'Bearer admin', ...headers },
      body: text,
    });
    expect([answer.status, answer.json?.['code']]).toEqual([status, code]);
  });

  test.each([
    ['limit=0', 'limit: must be a whole number from 1 to 200'],
    ['limit=201', 'limit: must be a whole number from 1 to 200'],
    ['cursor=x', 'cursor: must be the next_cursor of a page'],
    [`cursor=${Buffer.from('[0]').toString('base64url')}`, 'cursor: must be the next_cursor of a page'],
    [`cursor=${Buffer.from('[3e9]').toString('base64url')}`, 'cursor: must be the next_cursor of a page'],
    ['tenant_id=2', 'tenant_id: is not a field of this request'],
  ])('a list refuses ?%s', async (query, detail) => {
    const answer = await rig.as('admin', `${path}?${query}`);
    expect(answer.json).toMatchObject({ status: 400, code: 'invalid-request', detail });
  });
});

describe('what is refused', () => {
  const id = 'must be a whole number from 1 to 2147483647';
  const text = 'must be text of 1 to 200 characters, without control characters';
  const minutes = 'must be a whole number of minutes from 1 to 1440';
  const email = 'email: must be an e-mail address';
  const language = 'language: must be a language tag of BCP 47, such as en or pt-BR';
  test.each<[string, object, string]>([
    ['calendars', { ...calendar, user_id: '5' }, `user_id: ${id}`],
    ['calendars', { ...calendar, name: ' ' }, `name: ${text}`],
    ['calendars', { ...calendar, name: 'a\u0000b' }, `name: ${text}`],
    ['calendars', { ...calendar, name: 'a\nb' }, `name: ${text}`],
    ['calendars', { ...calendar, name: '\ud800' }, `name: ${text}`],
    ['calendars', { ...calendar, name: 'x'.repeat(201) }, `name: ${text}`],
    ['calendars', { ...calendar, provider: 'outlook' }, 'provider: must be one of: calendly, calcom'],
    ['calendars', { ...calendar, event_type: '../x' }, 'event_type: must be the id of an event type'],
    ['calendars', { ...calendar, tenant_id: 2 }, 'tenant_id: is not a field of this request'],
    ['templates', { ...template, duration_minutes: 0 }, `duration_minutes: ${minutes}`],
    ['templates', { ...template, duration_minutes: 0.5 }, `duration_minutes: ${minutes}`],
    ['templates', { ...template, duration_minutes: 1441 }, `duration_minutes: ${minutes}`],
    ['templates', { name: 'x' }, `calendar_id: ${id}; duration_minutes: ${minutes}`],
    [
      'templates',
      { ...template, saleor_product_id: 'x' },
      'saleor_product_id: is not a field of this request',
    ],
    ['clients', client({ email: 'nobody' }), email],
    ['clients', client({ email: ' a@example.com' }), email],
    ['clients', client({ email: `a@example.com\u0000` }), email],
    ['clients', client({ email: `${'a'.repeat(250)}@example.com` }), email],
    ['clients', client({ first_name: '' }), `first_name: ${text}`],
    ['clients', client({ language: 'e' }), language],
    ['clients', client({ language: 'en_GB' }), language],
    ['clients', client({ language: 5 }), language],
    ['clients', client({ id: 7 }), 'id: is not a field of this request'],
  ])('%s %#', async (room, body, detail) => {
    const answer = await rig.as('admin', `${ADMIN}/${room}`, body);
    expect(answer.json).toMatchObject({ status: 400, code: 'invalid-request', detail });
  });
});

test('a template names a calendar of its own tenant', async () => {
  for (const calendarId of [rig.foreign.calendarId, 999]) {
    const answer = await rig.as('admin', `${ADMIN}/templates`, { ...template, calendar_id: calendarId });
    expect(answer.json).toMatchObject({
      status: 404,
      code: 'not-found',
      detail: 'There is no calendar of this id.',
    });
  }
});

test('text is kept as it was given, and never read as markup or SQL', async () => {
  const name = '  <b>Ö’; drop table clients; --</b> 👩‍🏫 ';
  const made = await rig.as('admin', `${ADMIN}/templates`, { ...template, name });
  expect(made.json?.['name']).toBe(name);
  expect((await rig.as('admin', `${ADMIN}/templates/${idOf(made)}`)).json?.['name']).toBe(name);
});

test('a language is kept in lower case, and is English unless told', async () => {
  const told = await rig.as('admin', `${ADMIN}/clients`, client({ language: 'pt-BR' }));
  expect(told.json?.['language']).toBe('pt-br');
  expect((await rig.as('admin', `${ADMIN}/clients`, client())).json?.['language']).toBe('en');
});

describe('a client’s address', () => {
  test('is one client’s within a tenant, whatever its case', async () => {
    const made = await rig.as('admin', `${ADMIN}/clients`, client({ email: 'One@example.com' }));
    expect(made.json?.['email']).toBe('One@example.com');
    const again = await rig.as('admin', `${ADMIN}/clients`, client({ email: 'oNE@Example.com' }));
    expect(again.json).toMatchObject({ status: 409, code: 'already-exists' });
    expect(again.text).not.toMatch(/one@/i);
    expect(again.headers.get('location')).toBe(`${ADMIN}/clients/${idOf(made)}`);
    const elsewhere = await rig.as('stranger', `${ADMIN}/clients`, client({ email: 'one@example.com' }));
    expect(elsewhere.status).toBe(201);
  });

  test('ten at once make one client', async () => {
    const body = client({ email: 'race@example.com' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => rig.as('admin', `${ADMIN}/clients`, body)),
    );
    const statuses = answers.map((answer) => answer.status).sort((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array(9).fill(409)]);
    expect(new Set(answers.map((answer) => answer.headers.get('location'))).size).toBe(1);
  });

  test('is in no log and no audit', async () => {
    await rig.as('admin', `${ADMIN}/clients`, client({ email: 'quiet@example.com' }));
    await rig.as('admin', `${ADMIN}/clients`, client({ email: 'quiet@example.com' }));
    const audit = await rig.db.selectFrom('audit').selectAll().execute();
    expect(rig.logged() + JSON.stringify(audit)).not.toContain('quiet@');
  });
});

test('what an admin made is bookable by link', async () => {
  const calendarId = idOf(await rig.as('admin', `${ADMIN}/calendars`, { ...calendar, user_id: 42 }));
  const templateId = idOf(
    await rig.as('admin', `${ADMIN}/templates`, { ...template, calendar_id: calendarId }),
  );
  const clientId = idOf(await rig.as('admin', `${ADMIN}/clients`, client()));
  const link = { template_id: templateId, client_id: clientId, token_purpose: 'permanent-booking-link' };
  const made = await rig.as('tenant', '/booking/link', link);
  expect(made.status).toBe(201);
  const [row] = await rig.db.selectFrom('links').selectAll().execute();
  expect(row).toMatchObject({ user_id: 42, calendar_id: calendarId, template_id: templateId });
  expect((await rig.as('stranger', '/booking/link', link)).status).toBe(404);
});

describe('the development rows', () => {
  test('can be written again beside what was made since, with ids of their own', async () => {
    const before = await rig.db.selectFrom('clients').selectAll().orderBy('id').execute();
    expect(before.find((row) => row.id === 123)).toMatchObject({ tenant_id: 1, email: 'ada@example.com' });
    await seedDevelopment(rig.db);
    expect(await rig.db.selectFrom('clients').selectAll().orderBy('id').execute()).toEqual(before);
    const made = await rig.as('admin', `${ADMIN}/clients`, client());
    expect(idOf(made)).toBeGreaterThan(Math.max(...before.map((row) => row.id)));
  });

  test('leave a client be who already has the address', async () => {
    const other = await startLinkRig();
    try {
      await other.db.deleteFrom('clients').where('tenant_id', '=', 1).execute();
      const person = { email: 'Ada@example.com', first_name: 'Ada', last_name: 'Elsewhere' };
      const made = await other.as('admin', `${ADMIN}/clients`, person);
      await seedDevelopment(other.db);
      const rows = await other.db.selectFrom('clients').selectAll().where('tenant_id', '=', 1).execute();
      expect(rows).toMatchObject([{ id: idOf(made), last_name: 'Elsewhere' }]);
    } finally {
      await other.close();
    }
  });
});
