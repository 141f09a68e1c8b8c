import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { createBearer } from '../../api/auth/bearer.ts';
import type { VerifyBearer } from '../../api/auth/caller.ts';
import { type IssuerKey, type IssuerServer, issuerKey, startIssuer } from '../support/oidc-provider-keys.ts';
import { NOW } from './support/values.ts';

const DISCOVERY = '/.well-known/openid-configuration';
const seconds = Math.floor(NOW / 1000);

let first: IssuerKey;
let issuer: IssuerServer;
let elapsed: number;

beforeEach(async () => {
  first = await issuerKey('first');
  issuer = await startIssuer([first]);
  elapsed = 0;
});
afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.close();
});

function checker(more: { jwksUri?: string; issuer?: string; timeoutMs?: number } = {}): VerifyBearer {
  const { timeoutMs, ...oidc } = more;
  return createBearer(
    { oidc: { issuer: issuer.url, audience: 'latchkey', ...oidc }, localKeys: null },
    { clock: () => NOW, elapsed: () => elapsed, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  );
}

async function tokenOf(key: IssuerKey, iss = issuer.url): Promise<string> {
  const token = await new SignJWT({ tenant_id: 1, role: 'admin' })
    .setProtectedHeader({ alg: key.alg, kid: key.kid })
    .setIssuer(iss)
    .setAudience('latchkey')
    .setSubject('ada')
    .setExpirationTime(seconds + 600)
    .sign(key.privateKey);
  return `Bearer ${token}`;
}

/** The pause after a failure is ours and monotonic; jose keeps its own time by the system's clock. */
function later(ms: number): void {
  elapsed += ms;
  const now = Date.now() + ms;
  jest.spyOn(Date, 'now').mockReturnValue(now);
}

describe('the issuer’s keys', () => {
  test('are looked up with the first token and kept', async () => {
    const verify = checker();
    expect(issuer.asked).toEqual([]);
    const token = await tokenOf(first);
    const verdicts = await Promise.all([verify(token), verify(token), verify(token)]);
    expect(verdicts.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(await verify(token)).toMatchObject({ ok: true });
    expect(issuer.asked).toEqual([DISCOVERY, '/jwks']);
  });

  test('may be named directly', async () => {
    const verify = checker({ jwksUri: `${issuer.url}/jwks` });
    expect(await verify(await tokenOf(first))).toMatchObject({ ok: true });
    expect(issuer.asked).toEqual(['/jwks']);
  });

  test('are not asked for in vain: a text that only claims to be a token of the issuer is', async () => {
    const verify = checker();
    expect(await verify('Bearer a.b.c')).toMatchObject({ ok: false });
    expect(await verify(await tokenOf(first, 'https://elsewhere.example'))).toMatchObject({ ok: false });
    expect(issuer.asked).toEqual([]);
  });

  test('are asked for again when they rotate, but not for each unknown key', async () => {
    const verify = checker();
    expect(await verify(await tokenOf(first))).toMatchObject({ ok: true });
    const second = await issuerKey('second');
    const stranger = await issuerKey('stranger');
    issuer.keys = [second, first];

    // Too soon after the last answer.
    expect(await verify(await tokenOf(second))).toEqual({ ok: false, reason: 'unknown-key' });
    expect(issuer.asked).toEqual([DISCOVERY, '/jwks']);

    later(31_000);
    expect(await verify(await tokenOf(second))).toMatchObject({ ok: true });
    expect(await verify(await tokenOf(first))).toMatchObject({ ok: true });
    for (let n = 0; n < 5; n += 1)
      expect(await verify(await tokenOf(stranger))).toEqual({ ok: false, reason: 'unknown-key' });
    expect(issuer.asked).toEqual([DISCOVERY, '/jwks', '/jwks']);
  });

  test('that were withdrawn are no longer good after ten minutes', async () => {
    const verify = checker();
    const token = await tokenOf(first);
    expect(await verify(token)).toMatchObject({ ok: true });
    issuer.keys = [await issuerKey('second')];
    later(601_000);
    expect(await verify(token)).toEqual({ ok: false, reason: 'unknown-key' });
  });

  test('of which several fit a token without a key id are none', async () => {
    issuer.keys = [first, await issuerKey('second')];
    const nameless = await new SignJWT({ tenant_id: 1, role: 'admin', sub: 'ada' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(issuer.url)
      .setAudience('latchkey')
      .setExpirationTime(seconds + 600)
      .sign(first.privateKey);
    expect(await checker()(`Bearer ${nameless}`)).toEqual({ ok: false, reason: 'unknown-key' });
  });
});

describe('keys that cannot be had', () => {
  const unavailable = { ok: false, reason: 'keys-unavailable' };

  test.each([500, 404, 302])('leave the caller unknown, not refused: %i', async (status) => {
    issuer.failing = status;
    expect(await checker()(await tokenOf(first))).toEqual(unavailable);
    expect(await checker({ jwksUri: `${issuer.url}/jwks` })(await tokenOf(first))).toEqual(unavailable);
  });

  test('are asked for again, after a pause in which nobody waits', async () => {
    const verify = checker();
    const token = await tokenOf(first);
    issuer.failing = 503;
    for (let n = 0; n < 3; n += 1) expect(await verify(token)).toEqual(unavailable);
    expect(issuer.asked).toEqual([DISCOVERY]);
    issuer.failing = null;
    expect(await verify(token)).toEqual(unavailable);
    elapsed += 5001;
    expect(await verify(token)).toMatchObject({ ok: true });
  });

  test('while an unknown key is looked for leave the known ones good', async () => {
    const verify = checker();
    const token = await tokenOf(first);
    expect(await verify(token)).toMatchObject({ ok: true });
    issuer.failing = 503;
    later(31_000);
    const stranger = await tokenOf(await issuerKey('stranger'));
    for (let n = 0; n < 3; n += 1) expect(await verify(stranger)).toEqual(unavailable);
    expect(await verify(token)).toMatchObject({ ok: true });
    expect(issuer.asked).toEqual([DISCOVERY, '/jwks', '/jwks']);
  });

  test('because nobody listens', async () => {
    const token = await tokenOf(first);
    const verify = checker();
    await issuer.close();
    expect(await verify(token)).toEqual(unavailable);
  });

  test('because nobody answers in time', async () => {
    const hung = createBearer(
      { oidc: { issuer: issuer.url, audience: 'latchkey' }, localKeys: null },
      {
        clock: () => NOW,
        timeoutMs: 20,
        fetch: (_url, init) =>
          new Promise((_resolve, reject) => {
            init.signal?.addEventListener('abort', () => reject(new Error('aborted')));
          }),
      },
    );
    expect(await hung(await tokenOf(first))).toEqual(unavailable);
  });

  test('because the discovery document is another issuer’s, or leads where the keys would travel in the clear', async () => {
    issuer.claimedIssuer = 'https://elsewhere.example';
    expect(await checker()(await tokenOf(first))).toEqual(unavailable);
    issuer.claimedIssuer = null;
    issuer.claimedJwksUri = 'http://keys.example/jwks';
    expect(await checker()(await tokenOf(first))).toEqual(unavailable);
    expect(issuer.asked).toEqual([DISCOVERY, DISCOVERY]);
  });
});
