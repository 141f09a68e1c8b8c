import { describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { readCookie, setCookie } from '../../platform/cookies.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { signReference, verifyReference } from '../../platform/reference.ts';
import { sameSecret } from '../../platform/secrets.ts';
import {
  mintAccessCookie,
  mintSessionToken,
  type SessionTokenClaims,
  verifyAccessCookie,
  verifySessionToken,
} from '../../platform/tokens.ts';
import { ringOf } from './support/keys.ts';
import { after, HOUR, KEY, linkId, NOW } from './support/values.ts';

const ring = ringOf('2026b', '2026a');
const claims: SessionTokenClaims = {
  sessionKey: KEY,
  linkId: linkId(1),
  tenantId: 1,
  userId: 5,
  calendarId: 10,
  templateId: 3,
  clientId: 123,
  purpose: 'permanent-booking-link',
  issuedAt: NOW,
  expiresAt: null,
};
const part = (token: string, at: number): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[at] ?? '', 'base64url').toString());
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('session tokens', () => {
  test('carry the claims of the Booking Link API and the session’s own', async () => {
    const token = await mintSessionToken(ring, claims);
    expect(part(token, 0)).toEqual({ alg: 'HS256', typ: 'JWT', kid: '2026b' });
    expect(part(token, 1)).toEqual({
      tenant_id: 1,
      user_id: 5,
      calendar_id: 10,
      template_id: 3,
      client_id: 123,
      purpose: 'permanent-booking-link',
      iat: NOW / 1000,
      jti: linkId(1),
      iss: 'latchkey',
      aud: 'latchkey:booking',
      session_id: KEY,
    });
    expect(await verifySessionToken(ring, token, after(9000 * HOUR))).toEqual({ ok: true, claims });
  });

  test('are the same whenever and wherever they are minted', async () => {
    expect(await mintSessionToken(ring, claims)).toBe(await mintSessionToken(ringOf('2026b'), { ...claims }));
  });

  test('of a one-time link expire', async () => {
    const once = { ...claims, purpose: 'one-time-booking-link', expiresAt: after(HOUR) } as const;
    const token = await mintSessionToken(ring, once);
    expect(part(token, 1)['exp']).toBe(after(HOUR) / 1000);
    expect(await verifySessionToken(ring, token, after(HOUR - 1000))).toEqual({ ok: true, claims: once });
    expect(await verifySessionToken(ring, token, after(HOUR))).toEqual({ ok: false, reason: 'expired' });
  });

  test('outlive a rotation, and end with their key', async () => {
    const old = await mintSessionToken(ringOf('2026a'), claims);
    expect((await verifySessionToken(ring, old, NOW)).ok).toBe(true);
    expect(await verifySessionToken(ringOf('2026b'), old, NOW)).toEqual({ ok: false, reason: 'unknown-key' });
  });

  test('are refused for a reason', async () => {
    const token = await mintSessionToken(ring, claims);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const otherSecret: KeyRing = { ...ring, byId: () => ringOf('stranger').newest };
    const signed = (
      more: Record<string, unknown>,
      kid: string | undefined = '2026b',
      typ = 'JWT',
      alg = 'HS256',
    ) =>
      new SignJWT({ ...part(token, 1), ...more })
        .setProtectedHeader({ alg, typ, ...(kid === undefined ? {} : { kid }) })
        .sign(ring.newest.secret);
    const cases: readonly (readonly [string, string, KeyRing?])[] = [
      ['malformed', ''],
      ['malformed', 'x'],
      ['malformed', 'a.b.c'],
      ['malformed', `${header}.${payload}`],
      ['malformed', `${header}.${payload}.${signature}.x`],
      ['malformed', `${token}${'x'.repeat(2048)}`],
      ['bad-signature', `${header}.${encode({ ...part(token, 1), client_id: 124 })}.${signature}`],
      ['bad-signature', `${header}.${payload}.${encode('x')}`],
      ['bad-signature', token, otherSecret],
      ['unknown-key', `${encode({ alg: 'HS256', typ: 'JWT', kid: 'nope' })}.${payload}.${signature}`],
      ['unknown-key', await signed({}, '')],
      ['wrong-algorithm', `${encode({ alg: 'none', typ: 'JWT', kid: '2026b' })}.${payload}.`],
      ['wrong-algorithm', `${encode({ alg: 'HS512', typ: 'JWT', kid: '2026b' })}.${payload}.${signature}`],
      ['wrong-algorithm', `${encode({ alg: 'RS256', typ: 'JWT', kid: '2026b' })}.${payload}.${signature}`],
      ['wrong-issuer', await signed({ iss: 'someone' })],
      ['wrong-issuer', await signed({ iss: undefined })],
      ['wrong-audience', await signed({ aud: 'latchkey:access' })],
      ['wrong-audience', await signed({ aud: undefined })],
      ['not-yet-valid', await signed({ nbf: after(HOUR) / 1000 })],
      ['expired', await signed({ exp: NOW / 1000 - 1 })],
      ['bad-claims', await signed({}, '2026b', 'at+jwt')],
      ['bad-claims', await signed({ jti: undefined })],
      ['bad-claims', await signed({ jti: `${'z'.repeat(22)}-1` })],
      ['bad-claims', await signed({ jti: `${KEY}-0` })],
      ['bad-claims', await signed({ session_id: 'x' })],
      ['bad-claims', await signed({ client_id: '123' })],
      ['bad-claims', await signed({ tenant_id: -1 })],
      ['bad-claims', await signed({ purpose: 'admin' })],
      ['bad-claims', await signed({ purpose: 'one-time-booking-link' })],
    ];
    for (const [reason, text, otherRing] of cases)
      expect([text.slice(0, 40), await verifySessionToken(otherRing ?? ring, text, NOW)]).toEqual([
        text.slice(0, 40),
        { ok: false, reason },
      ]);
  });
});

describe('the gate’s cookie', () => {
  const who = { sessionKey: KEY, linkId: linkId(1), tenantId: 1, clientId: 123 };

  test('is good for its age and no longer', async () => {
    const cookie = await mintAccessCookie(ring, who, NOW, 60);
    expect(await verifyAccessCookie(ring, cookie, after(59_000))).toEqual({ ok: true, claims: who });
    expect(await verifyAccessCookie(ring, cookie, after(60_000))).toEqual({ ok: false, reason: 'expired' });
  });

  test('is no token, and a token is no cookie, even under one key', async () => {
    const cookie = await mintAccessCookie(ring, who, NOW, 60);
    const token = await mintSessionToken(ring, claims);
    expect(await verifySessionToken(ring, cookie, NOW)).toEqual({ ok: false, reason: 'wrong-audience' });
    expect(await verifyAccessCookie(ring, token, NOW)).toEqual({ ok: false, reason: 'wrong-audience' });
  });

  test('is read from among others and written with every guard', () => {
    expect(readCookie('a=1; latchkey_s=x.y.z; b=2', 'latchkey_s')).toBe('x.y.z');
    expect(readCookie('xlatchkey_s=1; latchkey_s2=2', 'latchkey_s')).toBeUndefined();
    expect(readCookie(undefined, 'latchkey_s')).toBeUndefined();
    expect(
      setCookie('latchkey_s', 'a.b-c_d', { path: '/customer/s/x', maxAgeSeconds: 60, secure: true }),
    ).toBe('latchkey_s=a.b-c_d; Path=/customer/s/x; Max-Age=60; HttpOnly; SameSite=Lax; Secure');
    expect(setCookie('latchkey_s', 'a', { path: '/x', maxAgeSeconds: 1, secure: false })).not.toContain(
      'Secure',
    );
    for (const [name, value, path] of [
      ['a b', 'x', '/'],
      ['a', 'x; Domain=evil', '/'],
      ['a', 'x', '/; Domain=evil'],
      ['a', 'x\r\nSet-Cookie: y=z', '/'],
    ] as const)
      expect(() => setCookie(name, value, { path, maxAgeSeconds: 1, secure: true })).toThrow(
        'not a cookie of ours',
      );
  });
});

describe('references', () => {
  test('name a session to the outside and come back', () => {
    const text = signReference(ring, KEY);
    expect(text).toMatch(/^abcdefghijklmnopqrstuv\.[A-Za-z0-9_-]{11}$/);
    expect(verifyReference(ring, text)).toBe(KEY);
    expect(verifyReference(ring, signReference(ringOf('2026a'), KEY))).toBe(KEY);
    expect(verifyReference(ringOf('2027'), text)).toBeUndefined();
  });

  test('cannot be made up', () => {
    const text = signReference(ring, KEY);
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === 'A' ? 'B' : 'A';
      expect(verifyReference(ring, text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined();
    }
    for (const wrong of ['', '.', KEY, `${KEY}.`, ` ${text}`, `${text} `, `${text}x`, text.slice(1)])
      expect(verifyReference(ring, wrong)).toBeUndefined();
  });
});

test('secrets are the same or they are not, and an empty one never is', () => {
  expect(sameSecret('a-secret', 'a-secret')).toBe(true);
  expect(sameSecret('a-secreT', 'a-secret')).toBe(false);
  expect(sameSecret('a-secret-', 'a-secret')).toBe(false);
  expect(sameSecret(undefined, 'a-secret')).toBe(false);
  expect(sameSecret('', '')).toBe(false);
  expect(sameSecret(undefined, '')).toBe(false);
});
