import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { base64url, decodeProtectedHeader } from 'jose';
import { createOidcLogin, type OidcLoginOptions } from '../../api/login/oidc.ts';
import type { OidcLogin } from '../../api/login/oidc-contract.ts';
import { keyRing } from '../../platform/keys.ts';
import { freePort } from '../../scripts/servers/free-port.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import {
  type Account,
  CLIENT,
  type ProviderProcess,
  REDIRECT_URI,
  startProvider,
} from '../support/oidc-provider.ts';
import { ringOf } from './support/keys.ts';

const MINUTE = 60_000;
const ring = ringOf('new', 'old');
const BACK = '/customer/s/pQ7_-rStUvWxYz0123456789/join';

let provider: ProviderProcess;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

function loginWith(more: Partial<OidcLoginOptions> = {}): OidcLogin {
  return createOidcLogin({
    issuer: provider.issuer,
    ...CLIENT,
    redirectUri: REDIRECT_URI,
    cookieKeys: ring,
    clock: () => Date.now() as Instant,
    ...more,
  });
}

/** From the button to the moment at which the browser is back. */
async function goThere(
  login: OidcLogin,
  as: Account | null = 'ada',
  change: (location: URL) => void = () => undefined,
): Promise<{ readonly callback: URL; readonly state: string }> {
  const { location, state } = await login.begin(BACK);
  const changed = new URL(location);
  change(changed);
  return { callback: await provider.signIn(changed.href, as), state };
}

describe('a login at the provider', () => {
  test('ends with the verified address and the way back', async () => {
    const login = loginWith();
    const { callback, state } = await goThere(login);
    expect(callback.origin + callback.pathname).toBe(REDIRECT_URI);
    expect(await login.finish(callback, state)).toEqual({ ok: true, email: 'ada@example.com', back: BACK });
  });

  test('needs no way back, and does not mind by which address the gateway reached us', async () => {
    const login = loginWith();
    const { location, state } = await login.begin(null);
    const { search } = await provider.signIn(location, 'ada');
    const inside = new URL(`http://127.0.0.1:3000/customer/login/oidc/callback${search}`);
    expect(await login.finish(inside, state)).toEqual({ ok: true, email: 'ada@example.com', back: null });
  });

  test('may be finished by another replica, and with an older key of the ring', async () => {
    const { callback, state } = await goThere(loginWith({ cookieKeys: ringOf('old') }));
    expect(await loginWith().finish(callback, state)).toMatchObject({ ok: true });
  });

  test('asks for nothing but the address, with PKCE, and keeps its secrets', async () => {
    const { location, state } = await loginWith().begin(BACK);
    const { origin, searchParams } = new URL(location);
    expect(origin).toBe(provider.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: CLIENT.clientId,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid email',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(decodeProtectedHeader(state)).toEqual({ alg: 'dir', enc: 'A256GCM', kid: 'new' });
    const readable = state.split('.').map((part) => Buffer.from(base64url.decode(part)).toString('latin1'));
    expect(readable.join()).not.toMatch(/customer|verifier|nonce/);
    // What fits into a cookie of ours.
    expect(state).toMatch(/^[\w.-]{1,2000}$/);
    const again = await loginWith().begin(BACK);
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(new URL(again.location).searchParams.get(name)).not.toBe(searchParams.get(name));
  });

  test.each<[string, { emailIn?: 'userinfo'; secretBy?: 'body' }]>([
    ['tells the address only when asked for it', { emailIn: 'userinfo' }],
    ['wants our secret in the body', { secretBy: 'body' }],
  ])('works with a provider that %s', async (_name, options) => {
    const other = await startProvider(options);
    try {
      const login = loginWith({ issuer: other.issuer });
      const { location, state } = await login.begin(BACK);
      const callback = await other.signIn(location, 'ada');
      expect(await login.finish(callback, state)).toMatchObject({ ok: true, email: 'ada@example.com' });
      const unverified = await login.begin(BACK);
      expect(await login.finish(await other.signIn(unverified.location, 'eve'), unverified.state)).toEqual({
        ok: false,
        reason: 'unverified-email',
      });
    } finally {
      await other.stop();
    }
  });
});

describe('nobody is let in', () => {
  test.each<Account>(['eve', 'una', 'ned'])('without a verified address: %s', async (account) => {
    const login = loginWith();
    const { callback, state } = await goThere(login, account);
    expect(await login.finish(callback, state)).toEqual({ ok: false, reason: 'unverified-email' });
  });

  test('who changed their mind', async () => {
    const login = loginWith();
    const { callback, state } = await goThere(login, null);
    expect(callback.searchParams.get('error')).toBe('access_denied');
    expect(await login.finish(callback, state)).toEqual({ ok: false, reason: 'refused' });
  });

  test('twice with one code', async () => {
    const login = loginWith();
    const { callback, state } = await goThere(login);
    expect(await login.finish(callback, state)).toMatchObject({ ok: true });
    expect(await login.finish(callback, state)).toEqual({ ok: false, reason: 'refused' });
  });

  test('with the answer to another login', async () => {
    const login = loginWith();
    const mine = await goThere(login);
    const theirs = await login.begin(BACK);
    expect(await login.finish(mine.callback, theirs.state)).toEqual({ ok: false, reason: 'refused' });
    expect(await login.finish(mine.callback, mine.state)).toMatchObject({ ok: true });
  });

  const changes: readonly (readonly [string, (callback: URL) => void])[] = [
    ['the state', ({ searchParams }) => searchParams.set('state', 'x'.repeat(43))],
    ['no state', ({ searchParams }) => searchParams.delete('state')],
    ['two states', ({ searchParams }) => searchParams.append('state', 'x')],
    ['the code', ({ searchParams }) => searchParams.set('code', 'x'.repeat(43))],
    ['no code', ({ searchParams }) => searchParams.delete('code')],
    ['the issuer', ({ searchParams }) => searchParams.set('iss', 'https://elsewhere.example')],
  ];
  test.each(changes)('with a changed answer: %s', async (_name, change) => {
    const login = loginWith();
    const { callback, state } = await goThere(login);
    change(callback);
    expect(await login.finish(callback, state)).toEqual({ ok: false, reason: 'refused' });
  });

  test.each<[string, string, string]>([
    ['a nonce', 'nonce', 'of-another-login'],
    ['a PKCE challenge', 'code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
  ])('with a code that was got with another question: %s', async (_name, parameter, value) => {
    const login = loginWith();
    const { callback, state } = await goThere(login, 'ada', ({ searchParams }) =>
      searchParams.set(parameter, value),
    );
    expect(callback.searchParams.get('code')).not.toBeNull();
    expect(await login.finish(callback, state)).toEqual({ ok: false, reason: 'refused' });
  });

  test('without the state that we sealed, as we sealed it', async () => {
    const login = loginWith();
    const { callback, state } = await goThere(login);
    const noState = { ok: false, reason: 'no-state' };
    const broken = (at: number) => {
      const parts = state.split('.');
      const part = parts[at] ?? '';
      parts[at] = `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`;
      return parts.join('.');
    };
    for (const bad of [
      undefined,
      '',
      'x',
      'a.b.c.d.e',
      `${state}x`,
      broken(0),
      broken(2),
      broken(3),
      broken(4),
    ])
      expect(await login.finish(callback, bad)).toEqual(noState);
    expect(await loginWith({ cookieKeys: ringOf('newer') }).finish(callback, state)).toEqual(noState);
    const sameId = keyRing([{ id: 'new', secret: new Uint8Array(32) }]);
    expect(await loginWith({ cookieKeys: sameId }).finish(callback, state)).toEqual(noState);
    expect(await login.finish(callback, state)).toMatchObject({ ok: true });
  });

  test('after ten minutes', async () => {
    let now = Date.now();
    const login = loginWith({ clock: () => now as Instant });
    const { callback, state } = await goThere(login);
    now += 10 * MINUTE;
    expect(await login.finish(callback, state)).toEqual({ ok: false, reason: 'no-state' });
    now -= MINUTE;
    expect(await login.finish(callback, state)).toMatchObject({ ok: true });
  });

  test('when our secret is wrong, which is our trouble and not theirs', async () => {
    const words: string[] = [];
    const login = loginWith({ clientSecret: 'wrong', report: (step, word) => words.push(`${step} ${word}`) });
    const { callback, state } = await goThere(login);
    expect(await login.finish(callback, state)).toEqual({ ok: false, reason: 'provider-unavailable' });
    expect(words).toEqual([expect.stringMatching(/^callback \S+$/)]);
    expect(words.join()).not.toContain('wrong');
  });
});

describe('a provider that is down', () => {
  test('is looked for again with the next login', async () => {
    const port = await freePort();
    const words: string[] = [];
    const login = loginWith({
      issuer: `http://127.0.0.1:${port}`,
      report: (step, word) => words.push(`${step} ${word}`),
    });
    await expect(login.begin(BACK)).rejects.toMatchObject({ code: 'vendor-unavailable' });
    const { callback, state } = await goThere(loginWith());
    expect(await login.finish(callback, state)).toEqual({ ok: false, reason: 'provider-unavailable' });
    expect(words).toHaveLength(3);

    const late = await startProvider({ port });
    try {
      const { location, state } = await login.begin(BACK);
      const callback = await late.signIn(location, 'ada');
      await late.stop();
      expect(await login.finish(callback, state)).toEqual({ ok: false, reason: 'provider-unavailable' });
    } finally {
      await late.stop();
    }
  });

  test('keeps nobody from starting, and nobody longer than it must', async () => {
    const login = loginWith({ issuer: 'https://127.0.0.1:1', timeoutSeconds: 1 });
    const begun = await Promise.allSettled([login.begin(BACK), login.begin(BACK)]);
    expect(begun.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

test('an issuer on plain HTTP elsewhere is not accepted at all', () => {
  for (const issuer of ['http://issuer.example', 'http://127.0.0.1.example.com'])
    expect(() => loginWith({ issuer })).toThrow('https://');
});
