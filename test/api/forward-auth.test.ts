import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Insertable } from 'kysely';
import { identityHeaders } from '../../api/gate/identity.ts';
import type { RevocationsTable } from '../../db/tables.ts';
import { mintLoginCookie } from '../../platform/tokens.ts';
import { type ApiRig, GATEWAY_SECRET, startApiRig } from './support/api-rig.ts';
import { type Answer, ask, browser } from './support/ask.ts';
import { ringOf } from './support/keys.ts';
import { changeSession, publishGate, revokeLink, writeLink } from './support/rows.ts';
import {
  after,
  gateOf,
  HOUR,
  KEY,
  LOGIN_ID,
  linkId,
  NOW,
  OTHER_KEY,
  OTHER_SLUG,
  SLUG,
} from './support/values.ts';

const own = `/customer/s/${SLUG}`;
let rig: ApiRig;
let cookie: string;

const revoke = (
  what: Pick<Insertable<RevocationsTable>, 'kind' | 'subject' | 'session_key'>,
): Promise<unknown> =>
  rig.db
    .insertInto('revocations')
    .values({
      ...what,
      actor: 'test',
      revoked_at: new Date(NOW),
      keep_until: null,
      delivered_at: null,
      next_attempt_at: new Date(NOW),
    })
    .execute();

beforeAll(async () => {
  rig = await startApiRig();
  cookie = await rig.cookie();
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.now = NOW;
  rig.engine.gateAnswer = { kind: 'answer', value: gateOf() };
  rig.engine.asked.gates = 0;
  rig.reports.length = 0;
  rig.memory.forgetAll();
  await rig.db.deleteFrom('revocations').execute();
  await rig.db.deleteFrom('gates').execute();
  await changeSession(rig.db, { start_state: 'started' });
});

describe('only the gateway is answered', () => {
  test.each([
    ['without the secret', {}],
    ['with an empty one', { 'x-gateway-auth': '' }],
    ['with another', { 'x-gateway-auth': `${GATEWAY_SECRET}x` }],
    ['with two, as a proxy joins them', { 'x-gateway-auth': `${GATEWAY_SECRET}, ${GATEWAY_SECRET}` }],
    [
      'with it under another name',
      { x_gateway_auth: GATEWAY_SECRET, authorization: `Bearer ${GATEWAY_SECRET}` },
    ],
  ])('%s: 401, whatever else the request says', async (_name, headers) => {
    const answer = await ask(`${rig.api.internalUrl}/forward-auth`, {
      headers: {
        ...headers,
        cookie,
        'x-forwarded-method': 'GET',
        'x-forwarded-uri': own,
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-host': '127.0.0.1',
        'x-original-uri': own,
        'x-session-id': KEY,
        'x-client-id': String(rig.rows.clientId),
        'x-tenant-id': String(rig.rows.tenantId),
        'x-access': 'join',
      },
    });
    expect(answer.status).toBe(401);
    for (const name of identityHeaders) expect(answer.headers.get(name)).toBeNull();
    expect(answer.json).toMatchObject({ code: 'not-authenticated' });
    expect(answer.headers.get('location')).toBeNull();
    expect([rig.memory.looks.length, rig.engine.asked.gates]).toEqual([0, 0]);
  });

  test('it is not on the public listener, and takes no other method', async () => {
    expect((await ask(`${rig.api.publicUrl}/forward-auth`)).status).toBe(404);
    const answer = await ask(`${rig.api.internalUrl}/forward-auth`, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('who is let in', () => {
  test('a cookie: 200 with every identity header, and none that the client made up', async () => {
    const answer = await rig.auth(own, { cookie, 'x-session-id': OTHER_KEY, 'x-client-id': '999' });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(identityHeaders.map((name) => [name, answer.headers.get(name)]))).toEqual({
      'X-Session-Id': KEY,
      'X-Client-Id': String(rig.rows.clientId),
      'X-Tenant-Id': String(rig.rows.tenantId),
      'X-Access': 'page',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('vary')).toContain('Cookie');
    expect(answer.headers.get('vary')).toContain('Authorization');
  });

  test('a program with the token itself', async () => {
    const answer = await rig.auth(own, { authorization: `Bearer ${await rig.token()}` });
    expect(answer.status).toBe(200);
  });

  test.each([
    ['HEAD', 200],
    ['POST', 200],
    ['OPTIONS', 200],
    ['DELETE', 200],
  ])('whatever the client’s method is (%s): a cookie is judged the same', async (method, status) => {
    expect((await rig.auth(own, { cookie }, method)).status).toBe(status);
    const none = await rig.auth(own, browser, method);
    expect(none.status).toBe(method === 'HEAD' ? 302 : 401);
  });

  test('a login opens every session of its clients, and no one else’s', async () => {
    const login = await rig.login();
    const answer = await rig.auth(own, { cookie: login });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(identityHeaders.map((name) => [name, answer.headers.get(name)]))).toEqual({
      'X-Session-Id': KEY,
      'X-Client-Id': String(rig.rows.clientId),
      'X-Tenant-Id': String(rig.rows.tenantId),
      'X-Access': 'page',
    });
    expect((await rig.auth(`/customer/s/${OTHER_SLUG}`, { cookie: login })).json).toMatchObject({
      reason: 'not-yours',
    });
    // The link that is in force does not matter to who logged in.
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ linkId: linkId(2) }) };
    expect((await rig.auth(own, { cookie: login })).status).toBe(200);
    const both = await rig.login([rig.rows.clientId, rig.rows.otherClientId], 'login_-0123456789abcdF');
    rig.engine.gateAnswer = {
      kind: 'answer',
      value: gateOf({ sessionKey: OTHER_KEY, linkId: linkId(1, OTHER_KEY) }),
    };
    expect((await rig.auth(`/customer/s/${OTHER_SLUG}`, { cookie: both })).headers.get('x-session-id')).toBe(
      OTHER_KEY,
    );
  });

  test('several credentials: a bad one hides no good one, in any order', async () => {
    const login = await rig.login();
    const others = await rig.cookie(linkId(1, OTHER_KEY), OTHER_KEY, rig.rows.otherClientId);
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ linkId: linkId(2) }) };
    expect((await rig.auth(own, { cookie })).json).toMatchObject({ reason: 'revoked' });
    for (const header of [
      `${cookie}; ${login}`,
      `${login}; ${cookie}`,
      `latchkey_s=x; latchkey_c=y; ${others}; ${login}`,
      `${others}; theme=dark; ${login}; latchkey_c=y`,
    ])
      expect([header, (await rig.auth(own, { cookie: header })).status]).toEqual([header, 200]);
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf() };
    const bearer = { cookie: `${others}; latchkey_c=y`, authorization: `Bearer ${await rig.token()}` };
    expect((await rig.auth(own, bearer)).status).toBe(200);
  });

  test('memory answers where it can, and nobody else is asked', async () => {
    const owner = { tenantId: rig.rows.tenantId, clientId: rig.rows.clientId };
    rig.engine.gateAnswer = { kind: 'unavailable', why: 'deadline' };
    rig.memory.remember(SLUG, gateOf(), owner);
    const fresh = await rig.cookie(linkId(1), KEY, rig.rows.clientId);
    expect((await rig.auth(own, { cookie: fresh })).status).toBe(200);
    expect((await rig.auth(`${own}/join`, { cookie: fresh })).json).toMatchObject({ reason: 'not-yet' });
    rig.memory.revoked.add(linkId(1));
    expect((await rig.auth(own, { cookie: fresh })).json).toMatchObject({ reason: 'revoked' });
    rig.memory.revoked.clear();
    rig.memory.held.add(KEY);
    expect((await rig.auth(own, { cookie: fresh })).json).toMatchObject({ reason: 'revoked' });
    expect(rig.memory.looks).toEqual([]);
    // Behind, it is not believed: neither its yes nor its no.
    rig.memory.isFresh = false;
    expect((await rig.auth(own, { cookie: fresh })).status).toBe(503);
    expect(rig.memory.looks).toEqual([{ slug: SLUG, ids: [linkId(1)] }]);
  });

  test('the raw URI decides, and the normalised one only where the gateway passes no raw one', async () => {
    const spoofed = await rig.auth(`/customer/s/${OTHER_SLUG}`, { cookie, 'x-forwarded-uri': own });
    expect(spoofed.status).toBe(403);
    const headers = { 'x-gateway-auth': GATEWAY_SECRET, 'x-forwarded-method': 'GET', cookie };
    const answer = await ask(`${rig.api.internalUrl}/forward-auth`, {
      headers: { ...headers, 'x-forwarded-uri': own },
    });
    expect(answer.status).toBe(200);
    expect((await ask(`${rig.api.internalUrl}/forward-auth`, { headers })).status).toBe(403);
  });

  test('the join link has its own hours, named to the millisecond', async () => {
    const early = await rig.auth(`${own}/join`, { cookie });
    expect(early.status).toBe(403);
    expect(early.json).toMatchObject({
      code: 'not-allowed',
      reason: 'not-yet',
      at: new Date(after(HOUR)).toISOString(),
    });
    rig.now = after(HOUR - 1);
    expect((await rig.auth(`${own}/join`, { cookie })).status).toBe(403);
    rig.now = after(HOUR);
    const open = await rig.auth(`${own}/join`, { cookie });
    expect([open.status, open.headers.get('x-access')]).toEqual([200, 'join']);
  });

  test('a query opens no other door', async () => {
    rig.now = after(HOUR);
    expect((await rig.auth(`${own}?/join`, { cookie })).headers.get('x-access')).toBe('page');
    for (const uri of [
      `${own}/%6aoin`,
      `${own}//join`,
      `${own};/join`,
      `${own}/../${SLUG}/join`,
      `/Customer/s/${SLUG}`,
    ])
      expect([uri, (await rig.auth(uri, { cookie })).status]).toEqual([uri, 403]);
  });
});

describe('who is not', () => {
  test('a navigation goes to the login page, with the way back', async () => {
    const answer = await rig.auth(`${own}/join?x=1`, browser);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(`/customer/login?rd=${encodeURIComponent(`${own}/join`)}`);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('x-robots-tag')).toBe('noindex');
  });

  test.each([
    ['no Accept', {}, 'GET'],
    ['Accept: */*', { accept: '*/*' }, 'GET'],
    ['Accept: text/htmlx', { accept: 'text/htmlx' }, 'GET'],
    ['fetch()', { ...browser, 'sec-fetch-mode': 'cors' }, 'GET'],
    ['XMLHttpRequest', { accept: 'text/html', 'x-requested-with': 'XMLHttpRequest' }, 'GET'],
    ['a form', browser, 'POST'],
  ])('a program (%s) is told 401', async (_name, headers, method) => {
    const answer = await rig.auth(own, headers, method);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(answer.json).toMatchObject({ code: 'not-authenticated', reason: 'no-credential' });
  });

  test('an unknown slug looks like any other, and no store is asked for who has no credential', async () => {
    const unknown = '/customer/s/nobodys-slug-0123456789';
    /** All of an answer but the number of the request, its moment and the slug itself. */
    const looksOf = (answer: Answer) => ({
      status: answer.status,
      headers: [...answer.headers]
        .filter(([name]) => name !== 'x-request-id' && name !== 'date')
        .map(([name, value]) => [
          name,
          value.replace('nobodys-slug-0123456789', SLUG).replace(OTHER_SLUG, SLUG),
        ]),
      body: answer.json === null ? answer.text : { ...answer.json, requestId: null },
    });
    rig.memory.remember(SLUG, gateOf(), { tenantId: rig.rows.tenantId, clientId: rig.rows.clientId });
    for (const headers of [
      browser,
      {},
      { ...browser, cookie: 'latchkey_s=forged; latchkey_c=forged' },
      { authorization: 'Bearer x.y.z' },
    ])
      expect(looksOf(await rig.auth(own, headers))).toEqual(looksOf(await rig.auth(unknown, headers)));
    expect([rig.memory.looks.length, rig.engine.asked.gates]).toEqual([0, 0]);

    for (const held of [cookie, await rig.login()])
      for (const headers of [{ ...browser, cookie: held }, { cookie: held }])
        expect(looksOf(await rig.auth(`/customer/s/${OTHER_SLUG}`, headers))).toEqual(
          looksOf(await rig.auth(unknown, headers)),
        );
    const [known, stranger] = await Promise.all([
      rig.auth(`/customer/s/${OTHER_SLUG}`, { cookie }),
      rig.auth(unknown, { cookie }),
    ]);
    expect([known.status, known.json?.['reason']]).toEqual([403, 'not-yours']);
    expect([stranger.status, stranger.json?.['reason']]).toEqual([403, 'not-yours']);
  });

  test('a cookie for another session, a forged one, an expired one, another client’s', async () => {
    const others = await rig.cookie(linkId(1, OTHER_KEY), OTHER_KEY, rig.rows.otherClientId);
    expect((await rig.auth(own, { cookie: others })).status).toBe(403);
    expect((await rig.auth(own, { cookie: `${cookie}x` })).json).toMatchObject({ reason: 'bad-credential' });
    expect((await rig.auth(own, { cookie: `latchkey_s=${await rig.token()}` })).status).toBe(401);
    expect((await rig.auth(own, { cookie: await rig.cookie(linkId(1), KEY, 999) })).status).toBe(403);
    rig.now = after(2 * HOUR);
    expect((await rig.auth(own, { cookie })).status).toBe(401);
  });

  test('a link that was revoked, replaced or never issued', async () => {
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ linkId: linkId(2) }) };
    expect((await rig.auth(own, { cookie })).json).toMatchObject({ reason: 'revoked' });
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ access: 'revoked' }) };
    expect((await rig.auth(own, { cookie })).status).toBe(401);
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ linkId: linkId(7) }) };
    expect((await rig.auth(own, { cookie: await rig.cookie(linkId(7)) })).status).toBe(401);
    await writeLink(rig.db, rig.rows, KEY, linkId(8));
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ linkId: linkId(8) }) };
    const eighth = await rig.cookie(linkId(8));
    expect((await rig.auth(own, { cookie: eighth })).status).toBe(200);
    await revokeLink(rig.db, linkId(8));
    expect((await rig.auth(own, { cookie: eighth })).status).toBe(401);
  });

  test('a login that was ended, and access that was revoked: links and logins alike', async () => {
    const login = await rig.login();
    expect((await rig.auth(own, { cookie: login })).status).toBe(200);
    await revoke({ kind: 'login', subject: LOGIN_ID, session_key: null });
    expect((await rig.auth(own, { cookie: login })).json).toMatchObject({ reason: 'revoked' });
    expect((await rig.auth(own, { ...browser, cookie: login })).status).toBe(302);
    const another = await rig.login(undefined, 'login_-0123456789abcdF');
    expect((await rig.auth(own, { cookie: another })).status).toBe(200);
    // Before the workflow has heard of it.
    await revoke({ kind: 'access', subject: KEY, session_key: KEY });
    for (const held of [another, cookie])
      expect((await rig.auth(own, { cookie: held })).json).toMatchObject({ reason: 'revoked' });
    await rig.db.deleteFrom('revocations').execute();
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ access: 'revoked' }) };
    for (const held of [another, cookie])
      expect((await rig.auth(own, { cookie: held })).json).toMatchObject({ reason: 'revoked' });
  });

  test('a login at another tenant with the same client number', async () => {
    const clients = [{ tenantId: rig.rows.tenantId + 1, clientId: rig.rows.clientId }];
    const claims = { loginId: LOGIN_ID, clients, expiresAt: after(HOUR) };
    const foreign = await mintLoginCookie(ringOf('cookie-1'), claims, NOW);
    expect((await rig.auth(own, { cookie: `latchkey_c=${foreign}` })).json).toMatchObject({
      reason: 'not-yours',
    });
  });

  test('each cookie only under its own name', async () => {
    const login = await rig.login();
    expect((await rig.auth(own, { cookie: `latchkey_s=${login.slice(11)}` })).status).toBe(401);
    expect((await rig.auth(own, { cookie: `latchkey_c=${cookie.slice(11)}` })).status).toBe(401);
    expect((await rig.auth(own, { authorization: `Bearer ${login.slice(11)}` })).status).toBe(401);
  });

  test('over is 410, for people and for programs', async () => {
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ state: 'over' }) };
    const page = await rig.auth(own, { ...browser, cookie });
    expect([page.status, page.headers.get('content-type')]).toEqual([410, 'text/html; charset=utf-8']);
    expect(page.text).toContain('This session is over');
    expect((await rig.auth(own, { cookie })).json).toMatchObject({ code: 'session-over' });
  });

  test('a person is answered in the language they chose, else as their browser asks', async () => {
    const shut = `${own}/join`;
    const asked = { ...browser, cookie, 'accept-language': 'de-AT,de;q=0.9' };
    const german = await rig.auth(shut, asked);
    expect(german.text).toContain('<html lang="de">');
    expect(german.text).toContain('Das öffnet am Montag, 7. Dezember 2026 um 10:00 Uhr UTC.');
    expect(german.text).toContain('href="?lang=en"');
    expect(german.headers.get('vary')).toContain('Accept-Language');
    const before = await rig.auth(shut, { ...asked, cookie: `${cookie}; latchkey_language=en` });
    expect(before.text).toContain('<html lang="en">');
    const now = await rig.auth(`${shut}?lang=de`, { ...browser, cookie });
    expect(now.text).toContain('<html lang="de">');
    expect(now.headers.get('set-cookie')).toContain('latchkey_language=de; Path=/customer;');
    expect((await rig.auth(`${shut}?lang=xx`, { ...browser, cookie })).headers.get('set-cookie')).toBeNull();
  });

  test('a person is told when', async () => {
    const page = await rig.auth(`${own}/join`, { ...browser, cookie });
    expect(page.status).toBe(403);
    expect(page.text).toContain('7 December 2026 at 10:00 UTC');
  });
});

describe('when Temporal cannot answer', () => {
  test('the published gate does, and goes on shutting on time', async () => {
    rig.engine.gateAnswer = { kind: 'unavailable', why: 'deadline' };
    await publishGate(rig.db, gateOf());
    expect((await rig.auth(own, { cookie })).status).toBe(200);
    expect((await rig.auth(`${own}/join`, { cookie })).status).toBe(403);
    await publishGate(rig.db, gateOf({ page: { from: after(-HOUR), until: NOW } }));
    expect((await rig.auth(own, { cookie })).json).toMatchObject({ reason: 'no-longer' });
    expect(rig.reports.every(({ kind }) => kind === 'degraded')).toBe(true);
  });

  test('nothing published: 503, never 200 and never 401', async () => {
    rig.engine.gateAnswer = { kind: 'unavailable', why: 'deadline' };
    const answer = await rig.auth(own, { cookie });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await rig.auth(own, { ...browser, cookie })).headers.get('content-type')).toContain('text/html');
  });

  test('something published that is not a gate: 503', async () => {
    rig.engine.gateAnswer = { kind: 'unavailable', why: 'deadline' };
    await publishGate(rig.db, { ...gateOf(), page: { from: 'x', until: 'y' } as never });
    expect((await rig.auth(own, { cookie })).status).toBe(503);
  });

  test('no such run: over by the final row, else closed and a person is told', async () => {
    rig.engine.gateAnswer = { kind: 'not-found' };
    await publishGate(rig.db, gateOf());
    const closed = await rig.auth(own, { cookie });
    expect([closed.status, closed.json?.['reason']]).toEqual([403, 'closed']);
    expect(rig.reports).toEqual([{ sessionKey: KEY, kind: 'attention', why: 'not-found' }]);
    await publishGate(rig.db, gateOf({ version: NOW + 1, state: 'over' }));
    expect((await rig.auth(own, { cookie })).status).toBe(410);
    await rig.db.deleteFrom('gates').execute();
    await changeSession(rig.db, { start_state: 'ended' });
    expect((await rig.auth(own, { cookie })).status).toBe(410);
  });

  test('a run that was not started yet is nobody’s fault', async () => {
    rig.engine.gateAnswer = { kind: 'not-found' };
    await changeSession(rig.db, { start_state: 'intended' });
    expect((await rig.auth(own, { cookie })).status).toBe(403);
    expect(rig.reports).toEqual([]);
  });

  test('a run that ended uncleanly is closed, whatever was published', async () => {
    rig.engine.gateAnswer = { kind: 'ended-uncleanly' };
    await publishGate(rig.db, gateOf());
    expect((await rig.auth(own, { cookie })).json).toMatchObject({ reason: 'closed' });
    expect(rig.reports).toEqual([{ sessionKey: KEY, kind: 'attention', why: 'ended-uncleanly' }]);
  });
});

describe('when PostgreSQL cannot answer', () => {
  test('503 for who has a credential, the login page for who has none', async () => {
    const broken = await startApiRig();
    try {
      await broken.db.schema.alterTable('sessions').renameTo('sessions_away').execute();
      const answer = await broken.auth(own, { cookie: await broken.cookie() });
      expect([answer.status, answer.json?.['code']]).toEqual([503, 'store-unavailable']);
      expect((await broken.auth(own, { cookie: await broken.login() })).status).toBe(503);
      expect((await broken.auth(own, browser)).status).toBe(302);
    } finally {
      await broken.close();
    }
  });
});

test('no log line holds a cookie, a token, a query or an address', async () => {
  const token = await rig.token();
  const login = await rig.login();
  await rig.auth(`${own}?token=${token}`, { cookie, authorization: `Bearer ${token}` });
  await rig.auth(`${own}?token=${token}`, { cookie: login }, 'POST');
  await ask(`${rig.api.publicUrl}/customer/login?rd=secret-in-query&token=${token}`);
  const logged = rig.logged();
  expect(logged).toContain('"path":"/forward-auth"');
  for (const secret of [
    token,
    cookie.slice(11),
    login.slice(11),
    GATEWAY_SECRET,
    'secret-in-query',
    '?token',
    'ada@example.com',
  ])
    expect(logged).not.toContain(secret);
});
