import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiRig, startApiRig } from './support/api-rig.ts';
import { type Answer, browser } from './support/ask.ts';
import { after, gateOf, HOUR, KEY, linkId, NOW, OTHER_KEY, OTHER_SLUG, SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;
let rig: ApiRig;

beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.now = NOW;
  rig.engine.gateAnswer = { kind: 'answer', value: gateOf() };
});

const cookieOf = (answer: Answer): string => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

describe('a mailed token is exchanged for a cookie', () => {
  test('303 to the clean URL, with a cookie for this session alone', async () => {
    const token = await rig.token();
    const answer = await rig.auth(`${own}?utm=mail&token=${token}`, browser);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(own);
    expect(answer.headers.get('set-cookie')).toMatch(
      new RegExp(`^latchkey_s=[\\w.-]+; Path=${own}; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$`),
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('set-cookie')).not.toContain(token);

    const next = await rig.auth(own, { ...browser, cookie: cookieOf(answer) });
    expect([next.status, next.headers.get('x-session-id')]).toEqual([200, KEY]);
    const elsewhere = await rig.auth(`/customer/s/${OTHER_SLUG}`, { ...browser, cookie: cookieOf(answer) });
    expect(elsewhere.status).toBe(403);
  });

  test('as often as it is opened: a scanner that follows the link spends nothing', async () => {
    const uri = `${own}?token=${await rig.token()}`;
    for (const method of ['HEAD', 'GET', 'GET', 'GET'])
      expect((await rig.auth(uri, {}, method)).status).toBe(303);
    expect((await rig.auth(uri, browser)).status).toBe(303);
    expect(rig.engine.asked.updates).toEqual([]);
  });

  test('at the join link too, before it opens', async () => {
    const answer = await rig.auth(`${own}/join?token=${await rig.token()}`, browser);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${own}/join`]);
  });

  test('in development the cookie works without TLS', async () => {
    const plain = await startApiRig({ secureCookies: false });
    try {
      const answer = await plain.auth(`${own}?token=${await plain.token()}`, browser);
      expect(answer.headers.get('set-cookie')).not.toContain('Secure');
    } finally {
      await plain.close();
    }
  });

  test('an old link in a browser that is let in already only loses its token', async () => {
    const cookie = await rig.cookie();
    const answer = await rig.auth(`${own}?token=${await rig.token()}x`, { ...browser, cookie });
    expect([answer.status, answer.headers.get('location'), answer.headers.get('set-cookie')]).toEqual([
      303,
      own,
      null,
    ]);
  });

  test('so does a revoked one in a browser that is logged in; a good one gives its cookie there too', async () => {
    const login = await rig.login();
    const good = await rig.auth(`${own}?token=${await rig.token()}`, { ...browser, cookie: login });
    expect([good.status, cookieOf(good).startsWith('latchkey_s=')]).toEqual([303, true]);
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ linkId: linkId(2) }) };
    const old = await rig.auth(`${own}?token=${await rig.token()}`, { ...browser, cookie: login });
    expect([old.status, old.headers.get('location'), old.headers.get('set-cookie')]).toEqual([
      303,
      own,
      null,
    ]);
  });

  test('the browser’s next request is answered at once, when the session is in memory', async () => {
    const owner = { tenantId: rig.rows.tenantId, clientId: rig.rows.clientId };
    rig.memory.remember(SLUG, gateOf(), owner);
    // A cookie of another second is another cookie.
    rig.now = after(5000);
    try {
      const cookie = cookieOf(await rig.auth(`${own}?token=${await rig.token()}`, browser));
      const before = rig.forwardAuth.counts().answeredAtOnce;
      for (const wait of ['checks the signature', 'remembers it'])
        expect([wait, (await rig.auth(own, { ...browser, cookie })).status]).toEqual([wait, 200]);
      expect(rig.forwardAuth.counts().answeredAtOnce - before).toBe(1);
    } finally {
      rig.memory.forgetAll();
    }
  });
});

describe('no cookie', () => {
  const refused = async (token: string, uri = own): Promise<void> => {
    const page = await rig.auth(`${uri}?token=${token}`, browser);
    expect([page.status, page.headers.get('set-cookie')]).toEqual([302, null]);
    expect(page.headers.get('location')).toBe(`/customer/login?rd=${encodeURIComponent(uri)}`);
    const program = await rig.auth(`${uri}?token=${token}`, { accept: 'application/json' });
    expect([program.status, program.headers.get('set-cookie')]).toEqual([401, null]);
  };

  test('for a token that is empty, broken, forged or a cookie', async () => {
    const token = await rig.token();
    const [header = '', , signature = ''] = token.split('.');
    const payload = Buffer.from(JSON.stringify({ session_id: KEY })).toString('base64url');
    for (const bad of [
      '',
      'x',
      `${token}x`,
      `${header}.${payload}.${signature}`,
      (await rig.cookie()).slice(11),
    ])
      await refused(bad);
  });

  test('for one that was revoked or replaced', async () => {
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ linkId: linkId(2) }) };
    await refused(await rig.token());
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ access: 'revoked' }) };
    await refused(await rig.token());
  });

  test('for one of another session', async () => {
    const token = await rig.token(linkId(1, OTHER_KEY), OTHER_KEY, rig.rows.otherClientId);
    const answer = await rig.auth(`${own}?token=${token}`, browser);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
  });

  test('when the session is over, or nobody can tell', async () => {
    const uri = `${own}?token=${await rig.token()}`;
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ state: 'over' }) };
    expect((await rig.auth(uri, browser)).status).toBe(410);
    rig.engine.gateAnswer = { kind: 'unavailable', why: 'deadline' };
    const answer = await rig.auth(uri, browser);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([503, null]);
  });

  test.each(['POST', 'PUT', 'OPTIONS', ''])('for %j: a token in its URL is nothing', async (method) => {
    const answer = await rig.auth(`${own}/cancel?token=${await rig.token()}`, browser, method);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
  });
});

test('a cookie ends with its own age', async () => {
  const cookie = cookieOf(await rig.auth(`${own}?token=${await rig.token()}`, browser));
  rig.engine.gateAnswer = {
    kind: 'answer',
    value: gateOf({ page: { from: NOW, until: after(24 * 30 * HOUR) } }),
  };
  rig.now = after(7 * 24 * HOUR - 1000);
  expect((await rig.auth(own, { cookie })).status).toBe(200);
  rig.now = after(7 * 24 * HOUR);
  expect((await rig.auth(own, { cookie })).status).toBe(401);
});
