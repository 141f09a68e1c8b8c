import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { z } from 'zod';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import type { Role } from '../../api/auth/caller.ts';
import { type CodecConfig, type RunningCodec, startCodec } from '../../api/codec/start.ts';
import { createLogger } from '../../platform/log.ts';
import { createPayloadCipher } from '../../platform/payload-codec/cipher.ts';
import { mintLoginCookie } from '../../platform/tokens.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { type Answer, ask } from './support/ask.ts';
import { ringOf } from './support/keys.ts';

const UI = 'http://127.0.0.1:8233';
const NOW = 1_800_000_000_000 as Instant;
const HOUR = 3_600_000;
const keys = {
  link: ringOf('link'),
  cookie: ringOf('cookie'),
  payload: ringOf('new', 'old'),
  credential: ringOf('credential'),
};
const authKeys = ringOf('auth');
const cipher = createPayloadCipher(keys.payload);

const configOf = (more: Partial<CodecConfig['codec']> = {}): CodecConfig => ({
  env: 'development',
  auth: { oidc: null, localKeys: authKeys, signIn: null },
  keys,
  codec: { port: 0, host: '127.0.0.1', allowedOrigin: null, ...more },
  temporal: { uiUrl: `${UI}/` },
});

const logged: string[] = [];
const log = createLogger({
  level: 'trace',
  pretty: false,
  destination: { write: (line: string) => void logged.push(line) },
});
let now = NOW;
let codec: RunningCodec;

beforeAll(async () => {
  codec = await startCodec(configOf(), log, () => now);
});
afterAll(() => codec.close());

const tokenOf = (role: Role, goodForMs = HOUR): Promise<string> =>
  mintCallerToken(
    authKeys,
    { role, tenantId: 1, userId: null, subject: 'codec-test' },
    now,
    (now + goodForMs) as Instant,
  );

const json = (payloads: readonly Payload[]): string =>
  JSON.stringify({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
      ),
      ...(data ? { data: Buffer.from(data).toString('base64') } : {}),
    })),
  });

const answerSchema = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string(), z.string()), data: z.string().optional() })),
});
const payloadsOf = ({ json: body }: Answer): Payload[] =>
  answerSchema.parse(body).payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')]),
    ),
    ...(data === undefined ? {} : { data: Buffer.from(data, 'base64') }),
  }));

const SECRET = 'only-for-operators';
const clear = defaultPayloadConverter.toPayload({ sessionKey: SECRET });
const sealed = cipher.seal(clear);

const post = (path: string, headers: Readonly<Record<string, string>>, body = json([sealed])) =>
  ask(`${codec.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
const bearer = async (role: Role = 'admin') => ({ authorization: `Bearer ${await tokenOf(role)}` });

async function signIn(token: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask(`${codec.url}/login`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...headers,
    },
    body: new URLSearchParams({ token }).toString(),
  });
}
const cookieOf = (answer: Answer): string => (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';

describe('the remote codec', () => {
  test('decrypts and encrypts for a bearer of role admin, in order, under any path before it', async () => {
    const second = cipher.seal(defaultPayloadConverter.toPayload(undefined));
    const answer = await post('/decode', await bearer(), json([sealed, clear, second]));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(payloadsOf(answer).map((one) => defaultPayloadConverter.fromPayload(one))).toEqual([
      { sessionKey: SECRET },
      { sessionKey: SECRET },
      undefined,
    ]);

    const encoded = await post(
      '/some/namespace/encode',
      { ...(await bearer()), 'x-namespace': 'some' },
      json([clear]),
    );
    const [one] = payloadsOf(encoded);
    if (one === undefined) throw new Error('nothing was encoded');
    expect(Buffer.from(one.metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted');
    expect(defaultPayloadConverter.fromPayload(cipher.open(one))).toEqual({ sessionKey: SECRET });
    expect(payloadsOf(await post('/decode', await bearer(), '{}'))).toEqual([]);
  });

  test('refuses everybody else, before it reads what they sent', async () => {
    expect((await post('/decode', {}, 'no json')).status).toBe(401);
    expect((await post('/encode', {})).status).toBe(401);
    for (const role of ['tenant', 'service'] as const)
      expect((await post('/decode', await bearer(role))).status).toBe(403);
    const old = await bearer();
    now = (NOW + 2 * HOUR) as Instant;
    const late = await post('/decode', old);
    now = NOW;
    expect([late.status, late.json?.['code'], late.json?.['reason']]).toEqual([
      401,
      'not-authenticated',
      'expired',
    ]);
    expect(late.headers.get('www-authenticate')).toContain('Bearer');
  });

  test('says what is wrong with a body, a method, a path or a payload', async () => {
    const who = await bearer();
    for (const [body, status] of [
      ['{', 400],
      ['{"payloads":[{"metadata":{"encoding":"%"}}]}', 400],
      ['{"payloads":{}}', 400],
      [JSON.stringify({ payloads: [{ data: 'A'.repeat(9_000_000) }] }), 413],
    ] as const)
      expect((await post('/decode', who, body)).status).toBe(status);
    expect((await post('/decode', { ...who, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await ask(`${codec.url}/decode`, { headers: who })).status).toBe(405);
    expect((await post('/decoded', who)).status).toBe(404);

    const gone = createPayloadCipher(ringOf('gone')).seal(clear);
    const unknown = await post('/decode', who, json([gone]));
    expect([unknown.status, unknown.json?.['code']]).toEqual([503, 'payload-key-unknown']);
    expect(unknown.json?.['detail']).toContain('"gone"');
    const changed = { ...sealed, data: Buffer.from(sealed.data ?? []).fill(0, 20, 21) };
    const broken = await post('/decode', who, json([changed, { ...sealed, data: Buffer.alloc(40) }]));
    expect([broken.status, broken.json?.['code']]).toEqual([422, 'payload-unreadable']);
  });
});

describe('a page may ask', () => {
  test('of Temporal UI’s origin alone', async () => {
    const preflight = (origin: string) =>
      ask(`${codec.url}/decode`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-namespace',
        },
      });
    const ui = await preflight(UI);
    expect(ui.status).toBe(204);
    expect(Object.fromEntries(ui.headers)).toMatchObject({
      'access-control-allow-origin': UI,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': expect.stringContaining('x-namespace'),
      vary: 'Origin',
    });
    const allowed = await post('/decode', { ...(await bearer()), origin: UI });
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, UI]);
    // A refusal is readable too, or the page could only say that it failed.
    const refused = await post('/decode', { origin: UI });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, UI]);

    for (const origin of ['http://localhost:8233', 'http://127.0.0.1:8234', 'https://evil.example', 'null']) {
      for (const answer of [
        await preflight(origin),
        await post('/decode', { ...(await bearer()), origin }),
      ]) {
        expect(answer.status).toBe(403);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        expect(answer.text).not.toContain(SECRET);
      }
    }
  });

  test('of the configured origin instead, and of none where there is none', async () => {
    const other = await startCodec(configOf({ allowedOrigin: 'https://ui.example.com' }), log, () => now);
    const none = await startCodec({ ...configOf(), temporal: { uiUrl: null } }, log, () => now);
    try {
      const from = async (url: string, origin: string | null) =>
        (
          await ask(`${url}/decode`, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              ...(await bearer()),
              ...(origin === null ? {} : { origin }),
            },
            body: json([sealed]),
          })
        ).status;
      expect(await from(other.url, 'https://ui.example.com')).toBe(200);
      expect(await from(other.url, UI)).toBe(403);
      expect(await from(none.url, UI)).toBe(403);
      expect(await from(none.url, null)).toBe(200);
    } finally {
      await other.close();
      await none.close();
    }
  });
});

describe('a browser signs in', () => {
  test('with a token of role admin, and may then decrypt for an hour from the UI’s origin', async () => {
    expect((await ask(`${codec.url}/`)).headers.get('location')).toBe('/login');
    const form = await ask(`${codec.url}/login`);
    expect(form.text).toContain('name="token"');
    expect(form.headers.get('content-security-policy')).toContain("default-src 'none'");

    const answer = await signIn(await tokenOf('admin', 12 * HOUR));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login']);
    const [line = ''] = answer.headers.getSetCookie();
    expect(line).toMatch(/^latchkey_codec=[\w.-]+; Path=\/; Max-Age=3600; HttpOnly; SameSite=Strict$/);
    const cookie = cookieOf(answer);
    expect((await ask(`${codec.url}/login`, { headers: { cookie } })).text).toContain('You are signed in');

    expect((await post('/decode', { cookie, origin: UI })).status).toBe(200);
    // Whoever is no page of that origin needs a token.
    expect((await post('/decode', { cookie })).status).toBe(401);
    expect((await post('/decode', { cookie, origin: 'https://evil.example' })).status).toBe(403);
    now = (NOW + HOUR + 1000) as Instant;
    expect((await post('/decode', { cookie, origin: UI })).status).toBe(401);
    expect((await ask(`${codec.url}/login`, { headers: { cookie } })).text).toContain('name="token"');
    now = NOW;

    const out = await ask(`${codec.url}/logout`, {
      method: 'POST',
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    });
    expect([out.status, out.headers.getSetCookie()[0]]).toEqual([
      303,
      'latchkey_codec=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
    ]);
  });

  test('no longer than its token is good', async () => {
    const answer = await signIn(await tokenOf('admin', 90_000));
    expect(answer.headers.getSetCookie()[0]).toContain('Max-Age=90;');
    const cookie = cookieOf(answer);
    now = (NOW + 91_000) as Instant;
    expect((await post('/decode', { cookie, origin: UI })).status).toBe(401);
    now = NOW;
  });

  test('not with another role, nor with what is no token, nor from another site’s form', async () => {
    for (const [token, status] of [
      [await tokenOf('tenant'), 403],
      ['x', 401],
      ['', 401],
    ] as const) {
      const answer = await signIn(token);
      expect(answer.status).toBe(status);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(answer.text).toContain('role="alert"');
    }
    const good = await tokenOf('admin');
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
      const answer = await signIn(good, headers);
      expect(answer.status).toBe(403);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  test('no other cookie or token of ours is taken for its cookie', async () => {
    const login = await mintLoginCookie(
      keys.cookie,
      { loginId: 'l'.repeat(22), clients: [], expiresAt: (now + HOUR) as Instant },
      now,
    );
    for (const value of [login, await tokenOf('admin'), 'x.y.z', 'x'.repeat(3000)])
      expect((await post('/decode', { cookie: `latchkey_codec=${value}`, origin: UI })).status).toBe(401);
  });

  test('behind TLS the cookie is for TLS alone', async () => {
    const other = await startCodec({ ...configOf(), env: 'production' }, log, () => now);
    try {
      const answer = await ask(`${other.url}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ token: await tokenOf('admin') }).toString(),
      });
      expect(answer.headers.getSetCookie()[0]).toMatch(/; Secure$/);
    } finally {
      await other.close();
    }
  });
});

test('a taken port is named by its variable', async () => {
  const port = Number(new URL(codec.url).port);
  await expect(startCodec(configOf({ port }), log)).rejects.toThrow(/CODEC_PORT/);
});

test('no line of its log holds a payload, a token or a cookie', async () => {
  const token = await tokenOf('admin');
  const answer = await signIn(token);
  await post('/decode', { cookie: cookieOf(answer), origin: UI });
  await post('/decode', { authorization: `Bearer ${token}` }, '{"payloads":[{"metadata":{"x":"broken!"}}]}');
  expect(logged.length).toBeGreaterThan(10);
  expect(logged.join('')).toContain('"listener":"codec"');
  for (const secret of [
    SECRET,
    token,
    cookieOf(answer).slice(15),
    'broken!',
    Buffer.from(sealed.data ?? []).toString('base64'),
  ])
    expect(logged.join('')).not.toContain(secret);
});
