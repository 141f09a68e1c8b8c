import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exportSPKI, type JWTPayload, SignJWT } from 'jose';
import { createBearer } from '../../api/auth/bearer.ts';
import type { CallerRefusal, VerifyBearer } from '../../api/auth/caller.ts';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import {
  mintAccessCookie,
  mintBookingToken,
  mintLoginCookie,
  mintSessionToken,
} from '../../platform/tokens.ts';
import type { LinkId } from '../../workflows/contract/values.ts';
import { type IssuerKey, type IssuerServer, issuerKey, startIssuer } from '../support/oidc-provider-keys.ts';
import { ringOf } from './support/keys.ts';
import { after, HOUR, KEY, linkId, NOW } from './support/values.ts';

const ring = ringOf('new', 'old');
const AUDIENCE = 'latchkey';
const seconds = (ms: number) => Math.floor(ms / 1000);
const bearer = (token: string) => `Bearer ${token}`;
const clock = () => NOW;

let issuer: IssuerServer;
let es: IssuerKey;
let rsa: IssuerKey;
let verify: VerifyBearer;

beforeAll(async () => {
  [es, rsa] = await Promise.all([issuerKey('es'), issuerKey('rsa', 'RS256')]);
  issuer = await startIssuer([es, rsa]);
  verify = createBearer({ oidc: { issuer: issuer.url, audience: AUDIENCE }, localKeys: ring }, { clock });
});
afterAll(() => issuer.close());

type Claims = Readonly<Record<string, unknown>>;
const issuerClaims = (more: Claims = {}): JWTPayload => ({
  iss: issuer.url,
  aud: AUDIENCE,
  sub: 'ada',
  tenant_id: 7,
  role: 'tenant',
  iat: seconds(NOW),
  exp: seconds(NOW) + 600,
  ...more,
});
const localClaims = (more: Claims = {}): JWTPayload =>
  issuerClaims({ iss: 'latchkey', aud: 'latchkey:api', ...more });

function byIssuer(claims: JWTPayload, key: IssuerKey = es, header: Record<string, string> = {}) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);
}
function byUs(claims: JWTPayload, header: Record<string, unknown> = {}, key = ring.newest) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: key.id, ...header })
    .sign(key.secret);
}
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A JWT by hand: libraries refuse to make what an attacker would. */
function forged(header: object, claims: JWTPayload, secret: string | null): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${secret === null ? '' : createHmac('sha256', secret).update(text).digest('base64url')}`;
}

describe('a caller', () => {
  test('of the issuer is whom the claims name', async () => {
    const token = await byIssuer(issuerClaims({ user_id: 5 }));
    expect(await verify(bearer(token))).toEqual({
      ok: true,
      caller: { role: 'tenant', tenantId: 7, userId: 5, subject: 'ada' },
    });
  });

  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('may be signed for with %s', async (alg) => {
    const key = await issuerKey('k', alg);
    const own = await startIssuer([key]);
    try {
      const check = createBearer(
        { oidc: { issuer: own.url, audience: AUDIENCE }, localKeys: null },
        { clock },
      );
      const token = await byIssuer({ ...issuerClaims(), iss: own.url }, key, { typ: 'at+jwt' });
      expect(await check(bearer(token))).toMatchObject({ ok: true });
    } finally {
      await own.close();
    }
  });

  test('of our own keys is the one that was minted for, with an old key of the ring too', async () => {
    const caller = { role: 'admin', tenantId: 1, userId: null, subject: 'npm-run-token' } as const;
    const oldRing = ringOf('old');
    for (const keys of [ring, oldRing]) {
      const token = await mintCallerToken(keys, caller, NOW, after(HOUR));
      expect(await verify(bearer(token))).toEqual({ ok: true, caller });
    }
    const withUser = { ...caller, role: 'tenant', userId: 5 } as const;
    const token = await mintCallerToken(ring, withUser, NOW, after(HOUR));
    expect(await verify(`bearer  ${token} `)).toEqual({ ok: true, caller: withUser });
  });

  test.each<[Claims, string]>([
    [{ role: 'service' }, 'service'],
    [{ role: undefined, roles: ['service', 'admin', 'tenant'] }, 'admin'],
    [{ role: undefined, roles: ['service', 'x', 3, 'tenant'] }, 'tenant'],
    [{ role: 'service', roles: ['admin'] }, 'service'],
  ])('has of %j the role %s', async (claims, role) => {
    expect(await verify(bearer(await byUs(localClaims(claims))))).toMatchObject({
      ok: true,
      caller: { role },
    });
  });

  test('of the issuer may have a clock that is a little off, ours may not', async () => {
    const late = { exp: seconds(NOW) - 20 };
    expect(await verify(bearer(await byIssuer(issuerClaims(late))))).toMatchObject({ ok: true });
    expect(await verify(bearer(await byUs(localClaims(late))))).toMatchObject({ reason: 'expired' });
  });

  test('with a long token is read, as issuers make them', async () => {
    const token = await byIssuer(issuerClaims({ groups: 'g'.repeat(4000) }));
    expect(await verify(bearer(token))).toMatchObject({ ok: true });
  });
});

describe('refused is', () => {
  type Row = readonly [string, CallerRefusal, () => Promise<string | undefined> | string | undefined];
  const signedByUs = (claims: Claims, header?: Record<string, unknown>) => async () =>
    bearer(await byUs(localClaims(claims), header));
  const signedByIssuer = (claims: Claims, header?: Record<string, string>) => async () =>
    bearer(await byIssuer(issuerClaims(claims), es, header));
  const rows: readonly Row[] = [
    ['no header', 'no-token', () => undefined],
    ['an empty header', 'no-token', () => ''],
    ['another scheme', 'no-token', () => 'Basic YTpi'],
    ['a scheme that only begins like ours', 'no-token', () => 'BearerToken abc'],
    ['no token', 'malformed', () => 'Bearer '],
    ['two tokens', 'malformed', () => 'Bearer a.b.c d.e.f'],
    ['garbage', 'malformed', () => 'Bearer not-a-token'],
    ['three parts of garbage', 'malformed', () => 'Bearer a.b.c'],
    [
      'two parts',
      'malformed',
      async () => bearer((await byUs(localClaims())).split('.').slice(0, 2).join('.')),
    ],
    ['four parts', 'malformed', async () => `${bearer(await byUs(localClaims()))}.x`],
    ['3 KB of junk', 'malformed', () => bearer('x'.repeat(3000))],
    ['9 KB', 'malformed', async () => bearer(await byUs(localClaims({ pad: 'x'.repeat(9000) })))],
    ['a control character', 'malformed', async () => `${bearer(await byUs(localClaims()))}\u0000`],
    [
      'alg none as ours',
      'wrong-algorithm',
      () => bearer(forged({ alg: 'none', kid: 'new', typ: 'JWT' }, localClaims(), null)),
    ],
    [
      'alg none as the issuer’s',
      'wrong-algorithm',
      () => bearer(forged({ alg: 'none', kid: 'es' }, issuerClaims(), null)),
    ],
    [
      'HS256 with the issuer’s public key as the secret',
      'wrong-algorithm',
      async () =>
        bearer(forged({ alg: 'HS256', kid: 'rsa' }, issuerClaims(), await exportSPKI(rsa.publicKey))),
    ],
    [
      'HS256 of our ring in the issuer’s name',
      'wrong-algorithm',
      async () => bearer(await byUs(issuerClaims())),
    ],
    [
      'the issuer’s key in our name',
      'wrong-algorithm',
      async () => bearer(await byIssuer(localClaims(), es, { typ: 'JWT' })),
    ],
    [
      'HS512 of our ring',
      'wrong-algorithm',
      async () =>
        bearer(
          await new SignJWT(localClaims())
            .setProtectedHeader({ alg: 'HS512', typ: 'JWT', kid: 'new' })
            .sign(new Uint8Array(64)),
        ),
    ],
    ['an unknown key of ours', 'unknown-key', async () => bearer(await byUs(localClaims(), { kid: 'gone' }))],
    ['no key id', 'unknown-key', async () => bearer(await byUs(localClaims(), { kid: undefined }))],
    [
      'another key under our id',
      'bad-signature',
      async () => bearer(await byUs(localClaims(), {}, { id: 'new', secret: new Uint8Array(32) })),
    ],
    [
      'a changed payload',
      'bad-signature',
      async () => {
        const [header, , signature] = (await byUs(localClaims())).split('.');
        return bearer(`${header}.${encode(localClaims({ role: 'admin' }))}.${signature}`);
      },
    ],
    [
      'another key under the issuer’s id',
      'bad-signature',
      async () => bearer(await byIssuer(issuerClaims(), { ...(await issuerKey('es')), kid: 'es' })),
    ],
    ['another issuer', 'wrong-issuer', signedByIssuer({ iss: 'https://elsewhere.example' })],
    [
      'the issuer with a slash more',
      'wrong-issuer',
      async () => bearer(await byIssuer(issuerClaims({ iss: `${issuer.url}/` }))),
    ],
    ['no issuer', 'wrong-issuer', signedByUs({ iss: undefined })],
    ['the issuer’s audience for another API', 'wrong-audience', signedByIssuer({ aud: 'elsewhere' })],
    ['no audience', 'wrong-audience', signedByIssuer({ aud: undefined })],
    ['the issuer’s audience on a token of ours', 'wrong-audience', signedByUs({ aud: AUDIENCE })],
    ['our audience on a token of the issuer', 'wrong-audience', signedByIssuer({ aud: 'latchkey:api' })],
    ['an expired one of ours', 'expired', signedByUs({ exp: seconds(NOW) })],
    ['an expired one of the issuer', 'expired', signedByIssuer({ exp: seconds(NOW) - 31 })],
    ['one of tomorrow', 'not-yet-valid', signedByUs({ nbf: seconds(NOW) + 1 })],
    ['the issuer’s one of tomorrow', 'not-yet-valid', signedByIssuer({ nbf: seconds(NOW) + 31 })],
    ['one without an end', 'malformed', signedByUs({ exp: undefined })],
    ['one without a subject', 'malformed', signedByUs({ sub: undefined })],
    ['an empty subject', 'malformed', signedByUs({ sub: '' })],
    ['a subject over two lines', 'malformed', signedByUs({ sub: 'a\nb' })],
    ['an endless subject', 'malformed', signedByUs({ sub: 'a'.repeat(256) })],
    ['no tenant', 'no-tenant', signedByUs({ tenant_id: undefined })],
    ['tenant 0', 'no-tenant', signedByUs({ tenant_id: 0 })],
    ['tenant -1', 'no-tenant', signedByUs({ tenant_id: -1 })],
    ['tenant 1.5', 'no-tenant', signedByUs({ tenant_id: 1.5 })],
    ['a tenant in quotes', 'no-tenant', signedByUs({ tenant_id: '7' })],
    ['a tenant beyond any id', 'no-tenant', signedByUs({ tenant_id: 2_147_483_648 })],
    ['a user 0', 'malformed', signedByUs({ user_id: 0 })],
    ['a user in quotes', 'malformed', signedByUs({ user_id: '5' })],
    ['no role', 'no-role', signedByUs({ role: undefined })],
    ['an unknown role', 'no-role', signedByUs({ role: 'Admin' })],
    ['an unknown role beside good ones', 'no-role', signedByUs({ role: 'viewer', roles: ['admin'] })],
    ['roles without one of ours', 'no-role', signedByUs({ role: undefined, roles: ['viewer'] })],
    ['roles that are no list', 'no-role', signedByUs({ role: undefined, roles: 'admin' })],
    ['a logout token of the issuer', 'malformed', signedByIssuer({}, { typ: 'logout+jwt' })],
    ['a token of ours of no type', 'malformed', signedByUs({}, { typ: undefined })],
  ];
  test.each(rows)('%s: %s', async (_name, reason, make) => {
    expect(await verify(await make())).toEqual({ ok: false, reason });
  });

  test('every link and cookie of ours, signed with the same ring', async () => {
    const claims = {
      linkId: linkId(1),
      tenantId: 7,
      userId: 5,
      calendarId: 1,
      templateId: 1,
      clientId: 1,
      purpose: 'permanent-booking-link',
      issuedAt: NOW,
      expiresAt: null,
      sessionKey: KEY,
    } as const;
    const tokens = await Promise.all([
      mintSessionToken(ring, claims),
      mintBookingToken(ring, { ...claims, linkId: 'abcdefghijklmnopqrstuv' as LinkId }),
      mintAccessCookie(ring, claims, NOW, 600),
      mintLoginCookie(ring, { loginId: 'abcdefghijklmnopqrstuv', clients: [], expiresAt: after(HOUR) }, NOW),
    ]);
    for (const token of tokens)
      expect(await verify(bearer(token))).toEqual({ ok: false, reason: 'wrong-audience' });
  });

  test('whoever’s issuer is not configured', async () => {
    const mine = await byUs(localClaims());
    const theirs = await byIssuer(issuerClaims());
    const onlyIssuer = createBearer(
      { oidc: { issuer: issuer.url, audience: AUDIENCE }, localKeys: null },
      { clock },
    );
    const onlyOurs = createBearer({ oidc: null, localKeys: ring }, { clock });
    expect(await onlyIssuer(bearer(mine))).toEqual({ ok: false, reason: 'wrong-issuer' });
    expect(await onlyOurs(bearer(theirs))).toEqual({ ok: false, reason: 'wrong-issuer' });
    expect(await onlyIssuer(bearer(theirs))).toMatchObject({ ok: true });
    expect(await onlyOurs(bearer(mine))).toMatchObject({ ok: true });
  });

  test('any text at all, without ever throwing', async () => {
    const good = await byUs(localClaims());
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `Bearer ${text}`),
          fc
            .tuple(
              fc.nat(good.length - 1),
              fc.constantFrom('A', 'B', 'z', '0', '9', '-', '_', '.', '=', '~', ' '),
            )
            .filter(([at, letter]) => good[at] !== letter)
            .map(([at, letter]) => `Bearer ${good.slice(0, at)}${letter}${good.slice(at + 1)}`),
        ),
        async (header) => {
          const verdict = await verify(header);
          // The last letter of a signature has bits that say nothing.
          if (verdict.ok) expect(header.slice(0, -1)).toBe(bearer(good).slice(0, -1));
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('an issuer on plain HTTP elsewhere is not accepted at all', () => {
  for (const bad of ['http://issuer.example', 'http://127.0.0.1.example.com', 'http://127.example.com'])
    expect(() =>
      createBearer({ oidc: { issuer: bad, audience: AUDIENCE }, localKeys: null }, { clock }),
    ).toThrow('https://');
});
