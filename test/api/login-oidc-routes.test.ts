import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyLoginCookie } from '../../platform/tokens.ts';
import { GATEWAY_ORIGIN, type LoginRig, program, resetRig, startLoginRig } from './support/login-rig.ts';
import { NOW, SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;
const callback = '/customer/login/oidc/callback?code=c&state=s';
let rig: LoginRig;
let asked: { begun: (string | null)[]; finished: { url: string; state: string | undefined }[] };

beforeAll(async () => {
  rig = await startLoginRig({ withOidc: true });
});
afterAll(() => rig.close());
beforeEach(async () => {
  await resetRig(rig);
  asked = { begun: [], finished: [] };
  answer({ ok: true, email: 'Ada@Example.com', back: own });
});

function answer(outcome: Awaited<ReturnType<LoginRig['oidc']['finish']>>): void {
  rig.oidc = {
    async begin(back) {
      asked.begun.push(back);
      return { location: 'https://id.example/authorize?x=1', state: 'sea.led_state-1' };
    },
    async finish(url, state) {
      asked.finished.push({ url: url.href, state });
      return outcome;
    },
  };
}

const cookies = (headers: Headers): readonly string[] => headers.getSetCookie();
const cleared = 'latchkey_o=; Path=/customer/login; Max-Age=0; HttpOnly; SameSite=Lax; Secure';

describe('with an account', () => {
  test('out to the provider, with what must come back', async () => {
    const page = await rig.get(`/customer/login?rd=${own}`);
    const href = /href="(\/customer\/login\/oidc[^"]*)"/.exec(page.text)?.[1] ?? '';
    const { status, headers } = await rig.get(href);
    expect([status, headers.get('location')]).toEqual([302, 'https://id.example/authorize?x=1']);
    expect(cookies(headers)).toEqual([
      'latchkey_o=sea.led_state-1; Path=/customer/login; Max-Age=600; HttpOnly; SameSite=Lax; Secure',
    ]);
    await rig.get('/customer/login/oidc');
    expect(asked.begun).toEqual([own, null]);
  });

  test('and back to the session', async () => {
    const { status, headers } = await rig.get(callback, { cookie: 'latchkey_o=sea.led_state-1' });
    expect([status, headers.get('location')]).toEqual([303, own]);
    expect(asked.finished).toEqual([{ url: `${GATEWAY_ORIGIN}${callback}`, state: 'sea.led_state-1' }]);
    const [state, login = ''] = cookies(headers);
    expect(state).toBe(cleared);
    const verdict = await verifyLoginCookie(
      rig.keys,
      login.split(';')[0]?.slice('latchkey_c='.length) ?? '',
      NOW,
    );
    expect(verdict).toMatchObject({ ok: true, claims: { clients: [{ clientId: rig.rows.clientId }] } });
  });

  test.each([null, '//evil.example', 'https://evil.example', '/internal'])(
    'from %j it goes to the login page',
    async (back) => {
      answer({ ok: true, email: 'ada@example.com', back });
      const { status, headers } = await rig.get(callback);
      expect([status, headers.get('location')]).toEqual([303, '/customer/login']);
    },
  );

  test('an address that is nobody’s is told no more than a refusal', async () => {
    answer({ ok: false, reason: 'refused' });
    const refused = await rig.get(callback);
    answer({ ok: true, email: 'eve@example.com', back: own });
    const unknown = await rig.get(callback);
    expect([unknown.status, cookies(unknown.headers)]).toEqual([403, [cleared]]);
    expect(unknown.text).toBe(refused.text);
    expect(unknown.text).not.toContain('eve@');
    const json = await rig.get(callback, program);
    expect(json.json).toMatchObject({ code: 'not-allowed', reason: 'refused' });
    expect(rig.logged()).not.toContain('eve@');
  });

  test.each([
    ['no-state', 400, 'invalid-request'],
    ['refused', 403, 'not-allowed'],
    ['unverified-email', 403, 'not-allowed'],
    ['provider-unavailable', 503, 'keys-unavailable'],
  ] as const)('%s: %d, and no login', async (reason, status, code) => {
    answer({ ok: false, reason });
    const page = await rig.get(callback);
    expect([page.status, cookies(page.headers)]).toEqual([status, [cleared]]);
    expect(page.text).toContain('href="/customer/login"');
    expect((await rig.get(callback, program)).json).toMatchObject({ code, reason });
  });

  test('a provider that cannot be reached: 503 before anything was begun', async () => {
    rig.oidc = {
      ...rig.oidc,
      begin: () => Promise.reject(new Error('getaddrinfo ENOTFOUND id.example')),
    };
    const { status, headers } = await rig.get('/customer/login/oidc');
    expect([status, cookies(headers)]).toEqual([503, []]);
  });

  test('beginning is limited by place', async () => {
    rig.exhausted = () => true;
    expect((await rig.get('/customer/login/oidc')).status).toBe(429);
    expect(asked.begun).toEqual([]);
  });

  test.each(['/customer/login/oidc', '/customer/login/oidc/callback'])('%s takes no POST', async (path) => {
    expect((await rig.raw('POST', path)).headers.get('allow')).toBe('GET, HEAD');
  });
});

test('without a provider there is no such way', async () => {
  const plain = await startLoginRig();
  try {
    expect((await plain.get('/customer/login')).text).not.toContain('account');
    for (const path of ['/customer/login/oidc', callback]) expect((await plain.get(path)).status).toBe(404);
  } finally {
    await plain.close();
  }
});
