import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createRevocations } from '../../api/gate/revoke.ts';
import { connectDatabase } from '../../db/connect.ts';
import { keyRing } from '../../platform/keys.ts';
import { mintBookingToken, mintSessionToken } from '../../platform/tokens.ts';
import type { LinkId } from '../../workflows/contract/values.ts';
import type { Answer } from './support/ask.ts';
import { ringOf } from './support/keys.ts';
import { type LinkRig, startLinkRig, writeBooking } from './support/link-rig.ts';
import type { CallerName } from './support/named-callers.ts';
import { writeRows } from './support/rows.ts';
import { after, at, HOUR, KEY, linkId } from './support/values.ts';

const NOW = at('2024-01-15T19:30:00.789Z');
const ONE_TIME = { template_id: 1, client_id: 123, token_purpose: 'one-time-booking-link' } as const;
const PERMANENT = { ...ONE_TIME, token_purpose: 'permanent-booking-link' } as const;

let rig: LinkRig;
beforeAll(async () => {
  rig = await startLinkRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  for (const table of ['appointments', 'bookings', 'links', 'revocations', 'audit'] as const)
    await rig.db.deleteFrom(table).execute();
  rig.now = NOW;
  rig.ring = ringOf('2024a');
  rig.revocationState = 'confirmed';
  rig.orders.length = 0;
  rig.exhausted.clear();
  rig.charged.length = 0;
});

const part = (token: string, index: number): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());
const dataOf = (answer: Answer): Record<string, unknown> => {
  const data = answer.json?.['data'];
  if (typeof data !== 'object' || data === null) throw new Error(`no data: ${answer.text}`);
  return { ...data };
};
const tokenOf = (answer: Answer): string => String(dataOf(answer)['token']);
const jtiOf = (answer: Answer): LinkId => String(part(tokenOf(answer), 1)['jti']) as LinkId;
const refusal = (message: string, error = ''): string =>
  JSON.stringify({ success: false, message, data: null, error });
const make = async (body: object = ONE_TIME, caller: CallerName = 'tenant'): Promise<Answer> => {
  const answer = await rig.as(caller, '/booking/link', body);
  expect(answer.status).toBe(201);
  return answer;
};
const links = () => rig.db.selectFrom('links').selectAll().execute();

describe('POST /booking/link', () => {
  test('answers the document’s example to the letter', async () => {
    const answer = await make();
    const token = tokenOf(answer);
    expect(answer.text).toBe(
      `{"success":true,"message":"Booking link created successfully","data":{"token":"${token}",` +
        `"url":"/booking/book?token=${token}","purpose":"one-time-booking-link",` +
        '"expires_at":"2024-01-16T19:30:00Z","created_at":"2024-01-15T19:30:00Z"},"error":null}',
    );
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(part(token, 0)).toEqual({ alg: 'HS256', typ: 'JWT', kid: '2024a' });
    const iat = at('2024-01-15T19:30:00Z') / 1000;
    expect(part(token, 1)).toEqual({
      tenant_id: 1,
      user_id: 5,
      calendar_id: 1,
      template_id: 1,
      client_id: 123,
      purpose: 'one-time-booking-link',
      iat,
      exp: iat + 86_400,
      jti: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      iss: 'latchkey',
      aud: 'latchkey:booking',
    });
  });

  test('a permanent link has no expiry anywhere', async () => {
    const answer = await make(PERMANENT);
    expect(answer.text).toContain('"expires_at":null,"created_at":"2024-01-15T19:30:00Z"');
    expect(part(tokenOf(answer), 1)).not.toHaveProperty('exp');
    expect((await links())[0]?.expires_at).toBeNull();
  });

  test('keeps the claims, who asked, and never the token', async () => {
    const answer = await make(ONE_TIME, 'admin');
    const jti = jtiOf(answer);
    expect(await links()).toEqual([
      {
        link_id: jti,
        session_key: null,
        tenant_id: 1,
        user_id: 5,
        calendar_id: 1,
        template_id: 1,
        client_id: 123,
        purpose: 'one-time-booking-link',
        issued_at: new Date('2024-01-15T19:30:00Z'),
        expires_at: new Date('2024-01-16T19:30:00Z'),
        revoked_at: null,
        revoked_by: null,
      },
    ]);
    const audit = await rig.db.selectFrom('audit').selectAll().execute();
    expect(audit).toMatchObject([
      { tenant_id: 1, actor: 'user:7', action: 'link.created', subject: jti, details: { clientId: 123 } },
    ]);
    const [, , signature = ''] = tokenOf(answer).split('.');
    expect(JSON.stringify([await links(), audit]) + rig.logged()).not.toContain(signature);
  });

  test('fifty at once are fifty links', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => make()));
    expect(new Set(answers.map(jtiOf)).size).toBe(50);
    expect(await links()).toHaveLength(50);
  });

  test('is signed with the newest key', async () => {
    rig.ring = ringOf('2024b', '2024a');
    expect(part(tokenOf(await make()), 0)['kid']).toBe('2024b');
  });

  const id = 'must be a whole number from 1 to 2147483647';
  const purpose = 'must be "one-time-booking-link" or "permanent-booking-link"';
  test.each<[string, unknown, string]>([
    ['no fields', {}, `template_id: ${id}; client_id: ${id}; token_purpose: ${purpose}`],
    ['a text for an id', { ...ONE_TIME, template_id: '1' }, `template_id: ${id}`],
    ['null for an id', { ...ONE_TIME, template_id: null }, `template_id: ${id}`],
    ['zero', { ...ONE_TIME, client_id: 0 }, `client_id: ${id}`],
    ['a negative id', { ...ONE_TIME, client_id: -1 }, `client_id: ${id}`],
    ['a fraction', { ...ONE_TIME, client_id: 1.5 }, `client_id: ${id}`],
    ['an id past the store’s', { ...ONE_TIME, client_id: 2_147_483_648 }, `client_id: ${id}`],
    ['an id past every number', { ...ONE_TIME, client_id: 1e300 }, `client_id: ${id}`],
    ['another purpose', { ...ONE_TIME, token_purpose: 'forever' }, `token_purpose: ${purpose}`],
    ['a list', [ONE_TIME], 'the body must be a JSON object'],
    ['a field too many', { ...ONE_TIME, tenant_id: 2 }, 'tenant_id: is not a field of this request'],
  ])('400 for %s', async (_, body, error) => {
    const answer = await rig.as('tenant', '/booking/link', body);
    expect([answer.status, answer.text]).toEqual([400, refusal('Invalid request data', error)]);
    expect(await links()).toEqual([]);
  });

  test.each<[string, number, Record<string, string>, string | undefined, string]>([
    ['broken JSON', 400, { 'content-type': 'application/json' }, '{"template_id":', 'the body is not JSON'],
    ['a bare value', 400, { 'content-type': 'application/json' }, '7', 'the body is not JSON'],
    [
      'no body',
      400,
      { 'content-type': 'application/json' },
      undefined,
      `template_id: ${id}; client_id: ${id}; token_purpose: ${purpose}`,
    ],
    ['no type', 415, {}, JSON.stringify(ONE_TIME), 'send application/json'],
    ['a form', 415, { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1', 'send application/json'],
    [
      'another charset',
      415,
      { 'content-type': 'application/json; charset=latin1' },
      JSON.stringify(ONE_TIME),
      'send application/json in UTF-8',
    ],
    [
      'a large body',
      413,
      { 'content-type': 'application/json' },
      JSON.stringify({ ...ONE_TIME, more: 'x'.repeat(9000) }),
      'the body is too large',
    ],
  ])('%s is refused in the envelope with %i', async (_, status, headers, body, error) => {
    const answer = await rig.ask('/booking/link', {
      method: 'POST',
      headers: { authorization: 'Bearer tenant', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    expect([answer.status, answer.text]).toEqual([status, refusal('Invalid request data', error)]);
  });

  test.each(['POST', 'GET', 'REVOKE'])('%s needs a bearer token of a tenant', async (what) => {
    const path = what === 'REVOKE' ? '/booking/link/revoke' : '/booking/link';
    const method = what === 'GET' ? 'GET' : 'POST';
    const question = async (authorization?: string): Promise<Answer> =>
      rig.ask(path, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(method === 'GET' ? {} : { body: JSON.stringify(ONE_TIME) }),
      });
    for (const authorization of [undefined, 'Bearer nonsense', 'Bearer expired', 'Bearer no-tenant']) {
      const answer = await question(authorization);
      expect([answer.status, answer.text]).toEqual([401, refusal('Tenant information required')]);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    const service = await question('Bearer service');
    expect([service.status, service.text]).toEqual([403, refusal('Not allowed')]);
    const away = await question('Bearer keys-away');
    expect(away.status).toBe(503);
    expect(away.json).toMatchObject({ success: false, message: '', data: null });
    expect(await links()).toEqual([]);
  });

  test.each<[string, () => object, string]>([
    ['an unknown template', () => ({ ...ONE_TIME, template_id: 999 }), 'booking template not found'],
    [
      'another tenant’s template',
      () => ({ ...ONE_TIME, template_id: rig.foreign.templateId }),
      'booking template not found',
    ],
    ['an unknown client', () => ({ ...ONE_TIME, client_id: 999 }), 'client not found'],
    ['another tenant’s client', () => ({ ...ONE_TIME, client_id: rig.foreign.clientId }), 'client not found'],
  ])('404 for %s', async (_, body, message) => {
    const answer = await rig.as('tenant', '/booking/link', body());
    expect([answer.status, answer.text]).toEqual([404, refusal(message)]);
    expect(await links()).toEqual([]);
  });

  test.each(['links-per-tenant', 'links-per-user', 'links-per-address'] as const)(
    '429 when %s is used up',
    async (name) => {
      rig.exhausted.add(name);
      const answer = await rig.as('tenant', '/booking/link', ONE_TIME);
      expect([answer.status, answer.text]).toEqual([429, refusal('Too many requests')]);
      expect(answer.headers.get('retry-after')).toBe('42');
      expect(await links()).toEqual([]);
    },
  );

  test('each limit is charged once, and only for new links', async () => {
    await make();
    expect(rig.charged.map((one) => one.split('|')[0])).toEqual([
      'links-per-address',
      'links-per-tenant',
      'links-per-user',
    ]);
    await rig.as('tenant', '/booking/link');
    await rig.as('tenant', '/booking/link/revoke', { jti: 'x'.repeat(22) });
    await rig.ask('/booking/link', { method: 'POST' });
    expect(rig.charged).toHaveLength(3);
  });

  test.each([
    ['PUT', '/booking/link', 'POST, GET, HEAD'],
    ['DELETE', '/booking/link', 'POST, GET, HEAD'],
    ['GET', '/booking/link/revoke', 'POST'],
  ])('405 in the envelope for %s %s', async (method, path, allow) => {
    const answer = await rig.ask(path, { method });
    expect([answer.status, answer.text]).toEqual([405, refusal('Method not allowed')]);
    expect(answer.headers.get('allow')).toBe(allow);
  });
});

test('500 carries a correlation id and nothing of ours', async () => {
  // Nobody listens on port 1.
  const broken = connectDatabase('postgres://somebody@127.0.0.1:1/nowhere', {
    max: 1,
    onIdleError: () => undefined,
  });
  const other = await startLinkRig(broken.db);
  try {
    for (const [path, body] of [
      ['/booking/link', ONE_TIME],
      ['/booking/link', undefined],
      ['/booking/link/revoke', { jti: 'x'.repeat(22) }],
    ] as const) {
      const answer = await other.as('tenant', path, body);
      const requestId = answer.headers.get('x-request-id') ?? '';
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect([answer.status, answer.text]).toEqual([500, refusal('', requestId)]);
      const line = other
        .logged()
        .split('\n')
        .find((text) => text.includes('request failed') && text.includes(requestId));
      expect(line).toContain('"level":50');
    }
  } finally {
    await other.close();
    await broken.close();
  }
});

describe('POST /booking/link/revoke', () => {
  const revoke = (body: object, caller: CallerName = 'tenant'): Promise<Answer> =>
    rig.as(caller, '/booking/link/revoke', body);

  test.each(['jti', 'token'] as const)('by %s; a repeat tells the same instant', async (by) => {
    const made = await make();
    const body = by === 'jti' ? { jti: jtiOf(made) } : { token: tokenOf(made) };
    const expected =
      `{"success":true,"message":"Booking link revoked","data":{"jti":"${jtiOf(made)}",` +
      '"revoked_at":"2024-01-15T19:30:00Z","state":"confirmed"},"error":null}';
    const first = await revoke(body);
    expect([first.status, first.text]).toEqual([200, expected]);
    expect(rig.orders).toEqual([
      {
        kind: 'link',
        linkId: jtiOf(made),
        sessionKey: null,
        keepUntil: at('2024-01-16T19:30:00Z'),
      },
    ]);
    rig.now = after(HOUR, NOW);
    const again = await revoke(body, 'admin');
    expect([again.status, again.text]).toEqual([200, expected]);
    const audit = await rig.db.selectFrom('audit').selectAll().where('action', '=', 'link.revoked').execute();
    expect(audit).toMatchObject([
      { tenant_id: 1, actor: 'tenant:shop-software', subject: jtiOf(made), at: new Date(NOW) },
    ]);
  });

  test('an expired link, and one whose key is no longer the newest', async () => {
    const made = await make();
    rig.now = after(48 * HOUR, NOW);
    rig.ring = ringOf('2024b', '2024a');
    expect((await revoke({ token: tokenOf(made) })).status).toBe(200);
    expect((await links())[0]?.revoked_at).toEqual(new Date(rig.now));
  });

  test('202 while a replica has not confirmed it', async () => {
    rig.revocationState = 'unconfirmed';
    const made = await make(PERMANENT);
    const answer = await revoke({ jti: jtiOf(made) });
    expect([answer.status, dataOf(answer)['state']]).toEqual([202, 'unconfirmed']);
    expect(rig.orders).toMatchObject([{ keepUntil: null }]);
    rig.revocationState = 'confirmed';
    expect((await revoke({ jti: jtiOf(made) })).status).toBe(200);
  });

  test('through the real writer: the row is revoked once, by the first who asked', async () => {
    const fake = rig.revocations;
    rig.revocations = createRevocations({
      db: rig.db,
      acknowledgements: { confirmed: async () => true },
      onWritten: () => undefined,
    });
    try {
      const made = await make();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => revoke({ jti: jtiOf(made) }, n % 2 === 0 ? 'tenant' : 'admin')),
      );
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      const audit = await rig.db
        .selectFrom('audit')
        .selectAll()
        .where('action', '=', 'link.revoked')
        .execute();
      const [row] = await links();
      expect(audit).toMatchObject([{ subject: jtiOf(made), actor: row?.revoked_by, at: row?.revoked_at }]);
    } finally {
      rig.revocations = fake;
    }
  });

  test('404 for what is another tenant’s, unknown, or not signed by us', async () => {
    const made = await make();
    const claims = part(tokenOf(made), 1);
    const encoded = Buffer.from(JSON.stringify({ ...claims, jti: 'x'.repeat(22) })).toString('base64url');
    const [header, , signature] = tokenOf(made).split('.');
    for (const [body, caller] of [
      [{ jti: jtiOf(made) }, 'stranger'],
      [{ token: tokenOf(made) }, 'stranger'],
      [{ jti: 'x'.repeat(22) }, 'tenant'],
      [{ token: `${header}.${encoded}.${signature}` }, 'tenant'],
      [{ token: 'a.b.c' }, 'tenant'],
      [{ token: 'nonsense' }, 'tenant'],
    ] as const) {
      const answer = await revoke(body, caller);
      expect([answer.status, answer.text]).toEqual([404, refusal('booking link not found')]);
    }
    expect(rig.orders).toEqual([]);
    expect((await links())[0]?.revoked_at).toBeNull();
  });

  const jti = 'must be the jti of a link';
  test.each<[string, unknown, string]>([
    ['neither', {}, 'send either token or jti'],
    ['both', { jti: 'x'.repeat(22), token: 'a.b.c' }, 'send either token or jti'],
    ['a jti of another form', { jti: 'x\u0000' }, `jti: ${jti}`],
    ['a number', { jti: 7 }, `jti: ${jti}`],
    ['an endless token', { token: 'x'.repeat(2049) }, 'token: is too long'],
    ['a field too many', { jti: 'x'.repeat(22), why: '' }, 'why: is not a field of this request'],
  ])('400 for %s', async (_, body, error) => {
    const answer = await rig.as('tenant', '/booking/link/revoke', body);
    expect([answer.status, answer.text]).toEqual([400, refusal('Invalid request data', error)]);
  });

  test('a session’s link, by jti or token, is owed to its workflow', async () => {
    const rows = await writeRows(rig.db);
    await rig.db.updateTable('links').set({ tenant_id: 1 }).where('link_id', '=', linkId(1)).execute();
    const token = await mintSessionToken(rig.ring, {
      sessionKey: KEY,
      linkId: linkId(1),
      tenantId: 1,
      userId: 5,
      calendarId: rows.calendarId,
      templateId: rows.templateId,
      clientId: rows.clientId,
      purpose: 'permanent-booking-link',
      issuedAt: NOW,
      expiresAt: null,
    });
    for (const body of [{ jti: linkId(1) }, { token }]) {
      expect((await revoke(body)).status).toBe(200);
      expect((await revoke(body, 'stranger')).status).toBe(404);
    }
    const order = { kind: 'link', linkId: linkId(1), sessionKey: KEY, keepUntil: null };
    expect(rig.orders).toEqual([order, order]);
    // And it is none of the tenant's booking links.
    expect(dataOf(await rig.as('tenant', '/booking/link'))['items']).toEqual([]);
  });
});

describe('GET /booking/link', () => {
  const list = async (query = '', caller: CallerName = 'tenant') => {
    const answer = await rig.as(caller, `/booking/link${query}`);
    expect(answer.status).toBe(200);
    return dataOf(answer) as { items: Record<string, unknown>[]; next_cursor: string | null };
  };

  test('tells a link’s facts, never its token', async () => {
    const made = await make();
    const answer = await rig.as('tenant', '/booking/link');
    expect(answer.text).toBe(
      `{"success":true,"message":"Booking links","data":{"items":[{"jti":"${jtiOf(made)}",` +
        '"purpose":"one-time-booking-link","template_id":1,"client_id":123,' +
        '"created_at":"2024-01-15T19:30:00Z","expires_at":"2024-01-16T19:30:00Z","revoked_at":null,' +
        '"uses":0,"state":"active"}],"next_cursor":null},"error":null}',
    );
  });

  test('pages newest first, without gap or repeat, while links are added', async () => {
    const jtis: string[] = [];
    for (let index = 0; index < 7; index++) {
      // Three of them in one second.
      rig.now = after(Math.floor(index / 3) * 1000, NOW);
      jtis.push(jtiOf(await make()));
    }
    const seen: unknown[] = [];
    let cursor: string | null = '';
    let pages = 0;
    while (cursor !== null) {
      const page = await list(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map((item) => item['jti']));
      cursor = page.next_cursor;
      pages += 1;
      rig.now = after(HOUR + pages * 1000, NOW);
      await make();
    }
    expect(pages).toBe(4);
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(jtis));
    expect(new Set(seen.slice(0, 1))).toEqual(new Set(jtis.slice(6)));
    expect(new Set(seen.slice(1, 4))).toEqual(new Set(jtis.slice(3, 6)));
  });

  test('a full last page has no next', async () => {
    await make();
    await make();
    expect((await list('?limit=2')).next_cursor).toBeNull();
  });

  test('tells and filters each state, the strongest first', async () => {
    const made: Record<string, LinkId> = {};
    for (const name of ['expired', 'spent', 'looked', 'pending', 'revoked', 'usedAndRevoked'])
      made[name] = jtiOf(await make());
    const of = (name: string): LinkId => made[name] ?? linkId(99);
    await writeBooking(rig.db, of('spent'), { status: 'scheduled' });
    await writeBooking(rig.db, of('looked'), { appointment: true });
    await writeBooking(rig.db, of('pending'));
    await writeBooking(rig.db, of('usedAndRevoked'), { status: 'cancelled' });
    const permanent = jtiOf(await make(PERMANENT));
    await writeBooking(rig.db, permanent, { key: 'a'.repeat(22), status: 'completed' });
    await writeBooking(rig.db, permanent, { key: 'b'.repeat(22), status: 'pending' });
    for (const name of ['revoked', 'usedAndRevoked'])
      await rig.as('tenant', '/booking/link/revoke', { jti: of(name) });

    const states = async (): Promise<Record<string, unknown>> =>
      Object.fromEntries((await list()).items.map((item) => [item['jti'], [item['state'], item['uses']]]));
    const fixed = {
      [of('spent')]: ['spent', 1],
      [of('looked')]: ['spent', 1],
      [of('revoked')]: ['revoked', 0],
      [of('usedAndRevoked')]: ['revoked', 1],
      [permanent]: ['active', 2],
    };
    rig.now = (at('2024-01-16T19:30:00Z') - 1) as typeof NOW;
    expect(await states()).toEqual({
      ...fixed,
      [of('expired')]: ['active', 0],
      [of('pending')]: ['active', 1],
    });
    rig.now = at('2024-01-16T19:30:00Z');
    expect(await states()).toEqual({
      ...fixed,
      [of('expired')]: ['expired', 0],
      [of('pending')]: ['expired', 1],
    });

    const filtered = async (state: string): Promise<Set<unknown>> =>
      new Set((await list(`?state=${state}`)).items.map((item) => item['jti']));
    expect(await filtered('active')).toEqual(new Set([permanent]));
    expect(await filtered('expired')).toEqual(new Set([of('expired'), of('pending')]));
    expect(await filtered('spent')).toEqual(new Set([of('spent'), of('looked')]));
    expect(await filtered('revoked')).toEqual(new Set([of('revoked'), of('usedAndRevoked')]));
  });

  test('filters by template and client', async () => {
    await make();
    expect((await list('?template_id=1&client_id=123')).items).toHaveLength(1);
    expect((await list('?template_id=2')).items).toEqual([]);
    expect((await list('?client_id=124')).items).toEqual([]);
  });

  test('another tenant sees none of it, not even by a cursor or an id', async () => {
    await make();
    await make();
    const { next_cursor: cursor } = await list('?limit=1');
    expect(cursor).not.toBeNull();
    for (const query of ['', '?template_id=1', '?client_id=123', `?cursor=${cursor}`, '?state=active'])
      expect(await list(query, 'stranger')).toEqual({ items: [], next_cursor: null });
  });

  const csv = async (query: string, caller: CallerName): Promise<string[]> => {
    const answer = await rig.ask(`/booking/link${query}`, {
      headers: { accept: 'text/csv', authorization: `Bearer ${caller}` },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(answer.headers.get('content-disposition')).toContain('"booking-links.csv"');
    return answer.text.split('\r\n');
  };

  test('exports the whole list of one tenant, filtered like the list, without a token', async () => {
    // A jti may begin with a hyphen, and stays as it is: programs look things up by it.
    const first = jtiOf(await make());
    const second = jtiOf(await make(PERMANENT));
    const heading = 'jti,purpose,template_id,client_id,created_at,expires_at,revoked_at,uses,state';
    const time = '2024-01-15T19:30:00Z';
    const lines = await csv('?limit=1', 'tenant');
    expect([lines[0], ...lines.slice(1).sort()]).toEqual([
      heading,
      ...[
        '',
        `${first},one-time-booking-link,1,123,${time},2024-01-16T19:30:00Z,,0,active`,
        `${second},permanent-booking-link,1,123,${time},,,0,active`,
      ].sort(),
    ]);
    expect(await csv('?state=spent', 'tenant')).toEqual([heading, '']);
    expect(await csv('', 'stranger')).toEqual([heading, '']);
  });

  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const cursor = 'cursor: must be the next_cursor of a page';
  test.each([
    ['limit=0', 'limit: must be a whole number from 1 to 200'],
    ['limit=201', 'limit: must be a whole number from 1 to 200'],
    ['limit=1&limit=2', 'limit: must be a whole number from 1 to 200'],
    ['limit=all', 'limit: must be a whole number from 1 to 200'],
    ['cursor=!', cursor],
    [`cursor=${encode([1])}`, cursor],
    [`cursor=${encode([9e15, 'x'.repeat(22)])}`, cursor],
    [`cursor=${encode([1, "'; drop table links --"])}`, cursor],
    [`cursor=${encode({ tenant: 2 })}`, cursor],
    ['state=lost', 'state: must be active, revoked, expired or spent'],
    ['template_id=1e3', 'template_id: must be a whole number from 1 to 2147483647'],
    ['client_id=2147483648', 'client_id: must be a whole number from 1 to 2147483647'],
    ['tenant_id=2', 'tenant_id: is not a field of this request'],
  ])('400 for ?%s', async (query, error) => {
    const answer = await rig.as('tenant', `/booking/link?${query}`);
    expect([answer.status, answer.text]).toEqual([400, refusal('Invalid request data', error)]);
  });
});

test('a token of ours under a key that was dropped names no link', async () => {
  const made = await make();
  rig.ring = ringOf('2024b');
  expect((await rig.as('tenant', '/booking/link/revoke', { token: tokenOf(made) })).status).toBe(404);
  expect((await rig.as('tenant', '/booking/link/revoke', { jti: jtiOf(made) })).status).toBe(200);
});

test('a token that is minted again from its row is the same', async () => {
  const made = await make();
  const [row] = await links();
  if (row === undefined) throw new Error('no row');
  const minted = await mintBookingToken(keyRing(rig.ring.all), {
    linkId: row.link_id,
    tenantId: row.tenant_id,
    userId: row.user_id,
    calendarId: row.calendar_id,
    templateId: row.template_id,
    clientId: row.client_id,
    purpose: row.purpose,
    issuedAt: at(row.issued_at.toISOString()),
    expiresAt: row.expires_at === null ? null : at(row.expires_at.toISOString()),
  });
  expect(minted).toBe(tokenOf(made));
});
