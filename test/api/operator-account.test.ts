import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Instant } from '../../workflows/contract/values.ts';
import { CLIENT, type ProviderProcess, startProvider } from '../support/oidc-provider.ts';
import { cookiesOf, type OperatorRig, startOperatorRig } from './support/operator-rig.ts';

const PUBLIC_URL = 'https://ours.example';
let provider: ProviderProcess;
let rig: OperatorRig;

beforeAll(async () => {
  provider = await startProvider({ redirectUri: `${PUBLIC_URL}/admin/sign-in/callback` });
  rig = await startOperatorRig({
    env: 'production',
    auth: { oidc: { issuer: provider.issuer, audience: 'latchkey' }, localKeys: null, signIn: CLIENT },
    http: {
      port: 0,
      internalPort: 0,
      internalHost: '127.0.0.1',
      publicUrl: PUBLIC_URL,
      formOrigins: [],
    },
  });
});
afterAll(async () => {
  await rig?.close();
  await provider?.stop();
});
beforeEach(async () => {
  // The provider's tokens are of its own clock.
  rig.api.now = Date.now() as Instant;
  rig.standing = { allowed: true, limit: 30, remaining: 29, resetSeconds: 60 };
  await rig.api.db.deleteFrom('audit').execute();
});

/** The path of an address of ours. */
const pathOf = (url: URL): string => url.pathname + url.search;

test('an account of role admin is signed in, with PKCE, and led on', async () => {
  const page = await rig.get('/admin/sign-in?back=%2Fadmin%2Fzone');
  expect(page.text).toContain('href="/admin/sign-in/account?back=%2Fadmin%2Fzone"');
  const begun = await rig.get('/admin/sign-in/account?back=%2Fadmin%2Fzone');
  const location = begun.headers.get('location') ?? '';
  expect(new URL(location).searchParams.get('code_challenge_method')).toBe('S256');
  const state = cookiesOf(begun);
  const back = await provider.signIn(location, 'ada');
  const answer = await rig.get(pathOf(back), state);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/admin/zone']);
  const cookie = cookiesOf(answer, state);
  // The state has done its work.
  expect(cookie).toMatch(/^__Secure-latchkey_admin=[\w.-]+$/);
  expect((await rig.get('/admin/zone', cookie)).text).toContain('ada (7), tenant 1');
  // Nothing comes of the same answer again.
  expect((await rig.get(pathOf(back), state)).status).toBe(403);
});

test.each([
  ['another role', 'eve', 403, 'no-role'],
  ['no role', 'una', 403, 'no-role'],
  ['a change of mind', null, 403, 'refused'],
] as const)('%s is refused, in words, and audited', async (_, as, status, reason) => {
  const begun = await rig.get('/admin/sign-in/account');
  const back = await provider.signIn(begun.headers.get('location') ?? '', as);
  const answer = await rig.get(pathOf(back), cookiesOf(begun));
  expect(answer.status).toBe(status);
  expect(answer.text).toContain('role="alert"');
  expect(cookiesOf(answer)).toBe('');
  const rows = await rig.api.db.selectFrom('audit').select(['action', 'reason']).execute();
  expect(rows).toEqual([{ action: 'operator.sign-in-refused', reason }]);
});

test('an answer that this browser did not ask for is refused', async () => {
  const begun = await rig.get('/admin/sign-in/account');
  const back = await provider.signIn(begun.headers.get('location') ?? '', 'ada');
  expect((await rig.get(pathOf(back))).status).toBe(400);
});

test('beginning is counted', async () => {
  rig.standing = { allowed: false, limit: 30, remaining: 0, resetSeconds: 9 };
  expect((await rig.get('/admin/sign-in/account')).status).toBe(429);
});
