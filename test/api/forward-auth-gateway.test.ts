import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { timelinePage } from '../../api/admin/sessions/timeline.ts';
import { identityHeaders } from '../../api/gate/identity.ts';
import { createGatewayClient } from '../../integrations/apisix/client.ts';
import { type ApisixTwin, startApisixTwin } from '../../integrations/apisix/twin.ts';
import { observe } from '../../scripts/demo/observe.ts';
import {
  type ApiRig,
  GATEWAY_ORIGIN,
  GATEWAY_SECRET,
  startApiRig,
  UPSTREAM_SECRET,
} from './support/api-rig.ts';
import { type Answer, ask, browser } from './support/ask.ts';
import { changeSession } from './support/rows.ts';
import { after, gateOf, HOUR, KEY, NOW, OTHER_KEY, SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;
let rig: ApiRig;
let gateway: ApisixTwin;

beforeAll(async () => {
  rig = await startApiRig();
  gateway = await startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey: 'admin-key-of-the-tests' });
  const client = createGatewayClient({
    adminUrl: gateway.adminUrl,
    adminKey: 'admin-key-of-the-tests',
    gatewayUrl: gateway.gatewayUrl,
    timeoutMs: 5000,
  });
  await client.bootstrap({
    forwardAuthUrl: `${rig.api.internalUrl}/forward-auth`,
    upstreamUrl: rig.api.publicUrl,
    gatewaySecret: GATEWAY_SECRET,
    upstreamSecret: UPSTREAM_SECRET,
    identityHeaders,
  });
  await client.putRoute({ id: `sess-${KEY}`, slug: SLUG, sessionKey: KEY, ttlSeconds: 600 });
});
afterAll(async () => {
  await gateway.close();
  await rig.close();
});
beforeEach(async () => {
  rig.now = NOW;
  rig.engine.gateAnswer = { kind: 'answer', value: gateOf() };
  rig.engine.asked.updates.length = 0;
  await changeSession(rig.db, { phase: 'scheduled', resource: 'https://files.example/course' });
});

const visit = (
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body?: string,
): Promise<Answer> =>
  ask(`${gateway.gatewayUrl}${path}`, {
    method,
    headers: { ...browser, ...headers },
    ...(body === undefined ? {} : { body }),
  });

async function signIn(): Promise<string> {
  const answer = await visit(`${own}?token=${await rig.token()}`);
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('through the gateway', () => {
  test('the login wall, the mailed link, the page, the join link at its time', async () => {
    const wall = await visit(own);
    expect(wall.status).toBe(302);
    const location = wall.headers.get('location') ?? '';
    expect(location).toBe(`/customer/login?rd=${encodeURIComponent(own)}`);
    const login = await visit(location);
    expect([login.status, login.text.includes('Please open the link in the e-mail')]).toEqual([200, true]);

    const exchange = await visit(`${own}?token=${await rig.token()}`);
    expect([exchange.status, exchange.headers.get('location')]).toEqual([303, own]);
    expect(exchange.headers.get('referrer-policy')).toBe('no-referrer');
    const cookie = exchange.headers.get('set-cookie')?.split(';')[0] ?? '';

    const page = await visit(own, { cookie });
    expect([page.status, page.text.includes('Coaching &lt;b&gt;hour')]).toEqual([200, true]);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");

    expect((await visit(`${own}/join`, { cookie })).status).toBe(403);
    rig.now = after(HOUR);
    const join = await visit(`${own}/join`, { cookie });
    expect([join.status, join.headers.get('location')]).toEqual([302, 'https://files.example/course']);
  });

  test('the first opening and the refusals come into the session’s timeline, once', async () => {
    await rig.db.deleteFrom('gateway_events').execute();
    const cookie = await signIn();
    for (const _visit of [1, 2]) await visit(own, { cookie });
    await visit(own);
    for (const _visit of [1, 2]) expect((await visit(`${own}/join`, { cookie })).status).toBe(403);
    const told = await observe('what the gateway told', 10_000, async () => {
      await gateway.flushLogs();
      const { items } = await timelinePage(rig.db, KEY, null, 50);
      return items.length >= 2 ? items : undefined;
    });
    expect(told.map(({ kind, event, reason }) => [kind, event, reason])).toEqual([
      ['gateway', 'gateway.opened', 'first-opening'],
      ['gateway', 'gateway.refused', 'not-allowed'],
    ]);
  });

  test('a login opens the page; the link that is in force does not matter to it', async () => {
    const login = await rig.login();
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ linkId: null }) };
    expect((await visit(own, { cookie: login })).status).toBe(200);
    expect((await visit(own, { cookie: await rig.cookie() })).status).toBe(302);
    expect((await visit(own, { cookie: `${await rig.cookie()}; ${login}` })).status).toBe(200);
    const stranger = await rig.login([rig.rows.otherClientId], 'login_-0123456789abcdF');
    expect((await visit(own, { cookie: stranger })).status).toBe(403);
  });

  test('a form goes through, twice on one connection’s worth of bodies', async () => {
    const cookie = await signIn();
    const form = {
      cookie,
      origin: GATEWAY_ORIGIN,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    };
    for (const nonce of ['n1', 'n2'])
      expect((await visit(`${own}/cancel`, form, 'POST', `nonce=${nonce}`)).status).toBe(200);
    expect(rig.engine.asked.updates).toHaveLength(2);
    expect((await visit(`${own}/cancel`, { ...form, 'sec-fetch-site': 'cross-site' }, 'POST')).status).toBe(
      403,
    );
  });

  test('nobody brings an identity, a verdict or a path of his own', async () => {
    const forged = {
      'x-session-id': KEY,
      x_session_id: KEY,
      'x-client-id': String(rig.rows.clientId),
      'x-tenant-id': String(rig.rows.tenantId),
      'x-access': 'join',
      'x-upstream-auth': UPSTREAM_SECRET,
      'x-gateway-auth': GATEWAY_SECRET,
      'x-original-uri': '/customer/login',
      'x-forwarded-uri': '/customer/login',
      'x-forwarded-method': 'OPTIONS',
    };
    expect((await visit(own, forged)).status).toBe(302);
    expect((await visit(own, { ...forged, accept: '*/*' })).status).toBe(401);
    const cookie = await signIn();
    const page = await visit(own, { ...forged, 'x-session-id': OTHER_KEY, cookie });
    expect(page.status).toBe(200);
    expect((await visit(`${own}/join`, { ...forged, cookie })).status).toBe(403);
  });

  test.each([
    '/forward-auth',
    '/internal/x',
    '/healthz',
    '/customer/../internal',
    '/%69nternal',
    '/Customer/s/x',
  ])('%s is not reached', async (path) => {
    const cookie = await signIn();
    expect([403, 404]).toContain((await visit(path, { cookie })).status);
  });

  test.each(['/%2e%2e/x', '//join', ';join', '/%6aoin', '/./join', '/JOIN', '/join/'])(
    'a session’s path that reads in two ways (%s) opens no door',
    async (rest) => {
      const cookie = await signIn();
      rig.now = after(HOUR);
      const answer = await visit(`${own}${rest}`, { cookie });
      expect(answer.headers.get('location')).not.toBe('https://files.example/course');
      expect([403, 404]).toContain(answer.status);
    },
  );

  test('over: 410, whether the route is still there or not; a stranger sees the login page', async () => {
    const cookie = await signIn();
    rig.engine.gateAnswer = { kind: 'answer', value: gateOf({ state: 'over' }) };
    const over = await visit(own, { cookie });
    expect([over.status, over.headers.get('content-type')]).toEqual([410, 'text/html; charset=utf-8']);
    expect((await visit(own)).status).toBe(302);
  });

  test('no token reaches the upstream’s log or any Location', async () => {
    const token = await rig.token();
    await visit(`${own}?token=${token}`);
    await visit(`${own}?token=${token}x`);
    expect(rig.logged()).not.toContain(token);
  });
});
