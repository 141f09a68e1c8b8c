import { describe, expect, test } from '@jest/globals';
import { createBoundedMemo } from '../../api/gate/bounded-memo.ts';
import { bearerIn, cookiesIn, readCredentials } from '../../api/gate/credentials.ts';
import { createVerifiedTokens } from '../../api/gate/verified-tokens.ts';
import { mintAccessCookie, mintLoginCookie, mintSessionToken } from '../../platform/tokens.ts';
import { ringOf } from './support/keys.ts';
import { after, HOUR, KEY, LOGIN_ID, linkId, NOW } from './support/values.ts';

const who = { sessionKey: KEY, linkId: linkId(1), tenantId: 1, clientId: 7 };
const keys = () => ({ link: ringOf('link-2', 'link-1'), cookie: ringOf('cookie-2', 'cookie-1') });
const session = (ring = ringOf('link-1'), expiresAt: null | ReturnType<typeof after> = null) =>
  mintSessionToken(ring, {
    ...who,
    userId: 5,
    calendarId: 1,
    templateId: 1,
    purpose: expiresAt === null ? 'permanent-booking-link' : 'one-time-booking-link',
    issuedAt: NOW,
    expiresAt,
  });
const access = () => mintAccessCookie(ringOf('cookie-1'), who, NOW, 3600);
const login = () =>
  mintLoginCookie(
    ringOf('cookie-1'),
    { loginId: LOGIN_ID, clients: [{ tenantId: 1, clientId: 7 }], expiresAt: after(HOUR) },
    NOW,
  );

describe('a signature is checked once', () => {
  test.each([
    ['session-token', session],
    ['access-cookie', access],
    ['login-cookie', login],
  ] as const)('%s: remembered when good, under its own kind alone', async (kind, mint) => {
    const tokens = createVerifiedTokens(keys());
    const text = await mint();
    expect(tokens.remembered(kind, text, NOW)).toBeUndefined();
    const checked = await tokens.verify(kind, text, NOW);
    expect(checked.ok).toBe(true);
    expect(tokens.remembered(kind, text, NOW)).toBe(checked.ok ? checked.token : null);
    for (const other of ['session-token', 'access-cookie', 'login-cookie'] as const)
      if (other !== kind) {
        expect(tokens.remembered(other, text, NOW)).toBeUndefined();
        expect((await tokens.verify(other, text, NOW)).ok).toBe(false);
      }
  });

  test('a refused one is not remembered', async () => {
    const tokens = createVerifiedTokens(keys());
    const text = `${await access()}x`;
    expect(await tokens.verify('access-cookie', text, NOW)).toEqual({ ok: false, reason: 'bad-signature' });
    expect(tokens.remembered('access-cookie', text, NOW)).toBeUndefined();
  });

  test('until it expires, to the same millisecond as a fresh check', async () => {
    const tokens = createVerifiedTokens(keys());
    for (const [kind, text] of [
      ['access-cookie', await access()],
      ['login-cookie', await login()],
      ['session-token', await session(ringOf('link-1'), after(HOUR))],
    ] as const) {
      await tokens.verify(kind, text, NOW);
      expect(tokens.remembered(kind, text, after(HOUR - 1))).toBeDefined();
      expect(tokens.remembered(kind, text, after(HOUR))).toBeUndefined();
      const fresh = createVerifiedTokens(keys());
      expect((await fresh.verify(kind, text, after(HOUR - 1))).ok).toBe(true);
      expect(await fresh.verify(kind, text, after(HOUR))).toEqual({ ok: false, reason: 'expired' });
      expect(await tokens.verify(kind, text, after(HOUR))).toEqual({ ok: false, reason: 'expired' });
    }
  });

  test('a permanent one for as long as its key is in the ring', async () => {
    const rings = keys();
    const tokens = createVerifiedTokens(rings);
    const text = await session();
    await tokens.verify('session-token', text, NOW);
    expect(tokens.remembered('session-token', text, after(1e6 * HOUR))).toBeDefined();
    rings.link = ringOf('link-3', 'link-2');
    expect(tokens.remembered('session-token', text, NOW)).toBeUndefined();
    expect(await tokens.verify('session-token', text, NOW)).toEqual({ ok: false, reason: 'unknown-key' });
  });
});

describe('what a request brought', () => {
  const tokens = createVerifiedTokens(keys());

  test('each is checked by itself', async () => {
    const given = {
      tokenInUrl: await session(),
      cookie: `a=b; latchkey_s=bad; latchkey_c=${await login()}; latchkey_s=${await access()}`,
      authorization: 'Bearer x.y.z',
    };
    const credentials = await readCredentials(tokens, given, NOW);
    expect(
      credentials.map((one) => (one.kind === 'held' ? [one.from, one.holder.kind] : ['refused', one.reason])),
    ).toEqual([
      ['url', 'link'],
      ['refused', 'malformed'],
      ['cookie', 'login'],
      ['cookie', 'link'],
      ['refused', 'malformed'],
    ]);
  });

  test('nothing of ours is nothing', async () => {
    const given = { tokenInUrl: null, cookie: 'a=latchkey_s; xlatchkey_s=1; =2', authorization: 'Basic x' };
    expect(await readCredentials(tokens, given, NOW)).toEqual([]);
    expect(
      await readCredentials(tokens, { ...given, cookie: undefined, authorization: undefined }, NOW),
    ).toEqual([]);
  });

  test('of one name only the first four: a header full of them costs no more', () => {
    const many = Array.from({ length: 50 }, (_, n) => `latchkey_s=${n}; latchkey_c=${n}`).join('; ');
    expect(cookiesIn(many).map(({ kind, text }) => `${kind} ${text}`)).toEqual(
      [0, 1, 2, 3].flatMap((n) => [`access-cookie ${n}`, `login-cookie ${n}`]),
    );
  });

  test.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER a.b.c'])('%s', (header) => {
    expect(bearerIn(header)).toEqual([{ kind: 'session-token', from: 'bearer', text: 'a.b.c' }]);
  });
  test.each([undefined, '', 'Bearer', 'Bearer ', 'Bearer a b', 'Basic a.b.c', 'xBearer a', 'Bearer a,b'])(
    'no bearer token: %j',
    (header) => {
      expect(bearerIn(header)).toEqual([]);
    },
  );
});

describe('a bounded memo', () => {
  test('keeps what is used, and never more than twice its bound', () => {
    const memo = createBoundedMemo<string, { n: number }>(10);
    memo.set('used', { n: -1 });
    for (let n = 0; n < 1000; n += 1) {
      memo.set(`once ${n}`, { n });
      expect(memo.get('used')).toEqual({ n: -1 });
      expect(memo.size()).toBeLessThanOrEqual(20);
    }
    expect(memo.get('once 0')).toBeUndefined();
    expect(memo.get('once 999')).toEqual({ n: 999 });
  });

  test('a newer value replaces an older one, in either generation', () => {
    const memo = createBoundedMemo<number, { n: number }>(2);
    memo.set(1, { n: 1 });
    memo.set(2, { n: 2 });
    memo.set(3, { n: 3 });
    memo.set(1, { n: 10 });
    expect([memo.get(1), memo.get(2), memo.get(3)]).toEqual([{ n: 10 }, { n: 2 }, { n: 3 }]);
    expect(memo.get(1)).toEqual({ n: 10 });
  });
});
