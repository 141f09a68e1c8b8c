import { Agent } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createGatewayClient } from '../../integrations/apisix/client.ts';
import type { GatewayClient, GatewayControl } from '../../integrations/apisix/contract.ts';
import { separatorVariants, uriBlocker } from '../../integrations/apisix/plugins.ts';
import { type ApisixTwin, startApisixTwin } from '../../integrations/apisix/twin.ts';
import { uriBlockerSchema } from '../../integrations/apisix/twin/schemas.ts';
import { isBlocked } from '../../integrations/apisix/twin/uri-blocker.ts';
import { parseGatewayUri } from '../../integrations/apisix/twin/uri.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import {
  adminKey,
  bootstrapSettings,
  identityHeaders,
  rawRequest,
  type RecordingServer,
  slug,
  startRecordingServer,
} from './apisix-support.ts';

const start = Date.parse('2026-12-01T00:00:00Z');
const page = `/customer/s/${slug}`;
const sessionKey = 'Abc_def-0123456789ABCD' as SessionKey;

let now: number;
let auth: RecordingServer;
let upstream: RecordingServer;
let twin: ApisixTwin;
let client: GatewayClient & GatewayControl;

const identity = {
  'X-Session-Id': sessionKey,
  'X-Client-Id': '7',
  'X-Tenant-Id': '1',
  'X-Access': 'page',
};

beforeEach(async () => {
  now = start;
  auth = await startRecordingServer((_, response) => response.writeHead(200, identity).end('who reads this'));
  upstream = await startRecordingServer((seen, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html', 'x-own': 'yes' })
      .end(`<p>${seen.method} ${seen.body}</p>`),
  );
  twin = await startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey, now: () => now });
  client = createGatewayClient({
    adminUrl: twin.adminUrl,
    adminKey,
    gatewayUrl: twin.gatewayUrl,
    timeoutMs: 2000,
  });
  await client.bootstrap(bootstrapSettings(`${auth.url}/forward-auth`, upstream.url));
  await client.putRoute({ id: `sess-${sessionKey}`, slug, sessionKey, ttlSeconds: 60 });
});

afterEach(async () => {
  await twin.close();
  await upstream.close();
  await auth.close();
});

const get = (path: string, headers: Record<string, string | string[]> = {}) =>
  rawRequest(twin.gatewayUrl, path, { headers });

async function admin(method: string, path: string, body?: unknown): Promise<number> {
  const answer = await fetch(`${twin.adminUrl}/apisix/admin${path}`, {
    method,
    headers: { 'x-api-key': adminKey },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await answer.text();
  return answer.status;
}

describe('what forward-auth is asked', () => {
  test('exactly the generated, the listed and the extra headers', async () => {
    const { host } = new URL(twin.gatewayUrl);
    await get(`${page}/a%2Fb?x=%20y`, {
      Host: host.toUpperCase(),
      Cookie: 'latchkey_s=c',
      Accept: 'text/html',
      'Sec-Fetch-Mode': 'navigate',
      'X-Custom': 'no',
      'Accept-Language': 'de',
      'X-Forwarded-Uri': '/public',
      'X-Forwarded-Method': 'OPTIONS',
      'X-Forwarded-Host': 'evil.example',
      'X-Original-Uri': '/public',
      'X-Gateway-Auth': 'forged',
    });
    const [seen] = auth.seen;
    expect(seen).toEqual({
      method: 'GET',
      url: '/forward-auth',
      body: '',
      headers: {
        host: [new URL(auth.url).host],
        connection: ['keep-alive'],
        'user-agent': [expect.stringMatching(/^lua-resty-http\//)],
        'x-forwarded-proto': ['http'],
        'x-forwarded-method': ['GET'],
        'x-forwarded-host': ['127.0.0.1'],
        'x-forwarded-uri': [`${page}/a/b?x=%20y`],
        'x-forwarded-for': ['127.0.0.1'],
        'x-gateway-auth': ['the-gateway-secret'],
        'x-original-uri': [`${page}/a%2Fb?x=%20y`],
        cookie: ['latchkey_s=c'],
        accept: ['text/html'],
        'accept-language': ['de'],
        'sec-fetch-mode': ['navigate'],
      },
    });
  });

  test('the login page and the public paths are not asked about', async () => {
    for (const path of [
      '/customer/login',
      '/customer/login?rd=%2Fcustomer',
      '/customer/login/callback',
      '/customer/logout',
      '/public/x',
      '/docs',
      '/openapi.json',
    ]) {
      expect((await get(path)).status).toBe(200);
    }
    expect(auth.seen).toEqual([]);
    expect(upstream.seen).toHaveLength(7);
  });
});

describe('what the upstream gets', () => {
  test('the normalised path, escaped again, and the query as it was written', async () => {
    await get(`${page}//a%2Fb/./%3F%20%C3%BC?x=%20y&z=//..`);
    expect(upstream.seen[0]?.url).toBe(`${page}/a/b/%3F%20%C3%BC?x=%20y&z=//..`);
    expect(auth.seen[0]?.headers['x-original-uri']).toEqual([`${page}//a%2Fb/./%3F%20%C3%BC?x=%20y&z=//..`]);
  });

  test('without proxy-rewrite it would be the URL as the client wrote it', async () => {
    await admin('PATCH', '/services/latchkey-open', { plugins: { 'proxy-rewrite': null } });
    await get('/public//a%2Fb/./c?x=%20y');
    expect(upstream.seen[0]?.url).toBe('/public//a%2Fb/./c?x=%20y');
  });

  test('the identity that forward-auth gave, the secret, and who asked', async () => {
    const answer = await get(page, {
      'X-Custom': 'kept',
      'X-Forwarded-For': '203.0.113.9',
    });
    expect(answer).toMatchObject({ status: 200, body: '<p>GET </p>' });
    expect(answer.headers).toMatchObject({ 'x-own': ['yes'], server: ['APISIX/3.18.0'] });
    const [seen] = upstream.seen;
    expect(seen?.headers).toMatchObject({
      host: [new URL(twin.gatewayUrl).host],
      'x-session-id': [sessionKey],
      'x-client-id': ['7'],
      'x-access': ['page'],
      'x-upstream-auth': ['the-upstream-secret'],
      'x-custom': ['kept'],
      'x-real-ip': ['127.0.0.1'],
      'x-forwarded-for': ['203.0.113.9, 127.0.0.1'],
      'x-forwarded-proto': ['http'],
      'x-forwarded-host': ['127.0.0.1'],
      'x-forwarded-port': [new URL(twin.gatewayUrl).port],
    });
    expect(seen?.headers).not.toHaveProperty('x-gateway-auth');
    expect(seen?.headers).not.toHaveProperty('x-forwarded-uri');
  });

  const names = [...identityHeaders, 'X-Upstream-Auth'];
  const spellings = names.flatMap((name) =>
    separatorVariants(name).flatMap((one) => [one, one.toLowerCase()]),
  );

  test.each([
    ['a session', () => page],
    ['the login page', () => '/customer/login'],
    ['a public path', () => '/public/x'],
  ])('no spelling of an identity header from outside: %s', async (_, path) => {
    auth.reply = (_seen, response) => response.writeHead(200).end();
    await get(path(), Object.fromEntries(spellings.map((name) => [name, 'forged'])));
    const { 'x-upstream-auth': secret, ...others } = upstream.seen[0]?.headers ?? {};
    expect(secret).toEqual(['the-upstream-secret']);
    expect(JSON.stringify(others)).not.toContain('forged');
  });

  test('an identity header that forward-auth leaves out is removed, not passed', async () => {
    const { 'X-Client-Id': _, ...partial } = identity;
    auth.reply = (_seen, response) => response.writeHead(204, partial).end();
    await get(page, { 'X-Client-Id': 'forged' });
    expect(upstream.seen[0]?.headers).not.toHaveProperty('x-client-id');
    expect(upstream.seen[0]?.headers).toMatchObject({ 'x-session-id': [sessionKey] });
  });
});

describe('what the client sees of forward-auth', () => {
  test('302: status, body, Location and every Set-Cookie, and no other header', async () => {
    auth.reply = (_seen, response) =>
      response
        .writeHead(302, {
          location: '/customer/login?rd=%2F',
          'set-cookie': ['a=1; Path=/customer', 'b=2'],
          'cache-control': 'no-store',
          'x-secret': 'no',
        })
        .end('go there');
    const answer = await get(page, { Accept: 'text/html' });
    expect(answer).toMatchObject({ status: 302, body: 'go there' });
    expect(answer.headers).toMatchObject({
      location: ['/customer/login?rd=%2F'],
      'set-cookie': ['a=1; Path=/customer', 'b=2'],
      'cache-control': ['no-store'],
      'content-type': ['text/plain; charset=utf-8'],
    });
    expect(answer.headers).not.toHaveProperty('x-secret');
    expect(upstream.seen).toEqual([]);
  });

  test.each([303, 401, 403, 410, 500, 503])('%d goes through as it is', async (status) => {
    auth.reply = (_seen, response) =>
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '5' }).end('{"a":1}');
    const answer = await get(page);
    expect(answer).toMatchObject({ status, body: '{"a":1}' });
    expect(answer.headers).toMatchObject({ 'content-type': ['application/json'], 'retry-after': ['5'] });
    expect(upstream.seen).toEqual([]);
  });

  test('a cookie on a 200 is lost', async () => {
    auth.reply = (_seen, response) => response.writeHead(200, { ...identity, 'set-cookie': 'a=1' }).end();
    expect((await get(page)).headers).not.toHaveProperty('set-cookie');
  });

  test('down: 503, never a pass', async () => {
    await auth.close();
    const answer = await get(page);
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('<h1>503 Service Temporarily Unavailable</h1>');
    expect(upstream.seen).toEqual([]);
    auth = await startRecordingServer();
  });

  test('too slow: 503', async () => {
    const service = bootstrapSettings(`${auth.url}/slow`, upstream.url);
    await client.bootstrap(service);
    await admin('PATCH', '/services/latchkey-session', { plugins: { 'forward-auth': { timeout: 30 } } });
    auth.reply = () => undefined;
    expect((await get(page)).status).toBe(503);
    expect(upstream.seen).toEqual([]);
  });

  test('a line break in the path makes the call fail: 503, never a pass', async () => {
    expect((await get(`${page}/%0d%0aX-Session-Id:%20forged`)).status).toBe(503);
    expect(auth.seen).toEqual([]);
    expect(upstream.seen).toEqual([]);
  });

  test('allow_degradation is the bypass that it is in APISIX', async () => {
    await admin('PATCH', '/services/latchkey-session', {
      plugins: { 'forward-auth': { allow_degradation: true } },
    });
    expect((await get(`${page}/%0d%0a`)).status).toBe(200);
  });
});

describe('bodies', () => {
  test.each([
    ['whole', 'POST', 'a=1&b=2', {}],
    ['chunked', 'POST', ['a=1', '&b=2'], {}],
    ['PUT', 'PUT', 'a=1&b=2', {}],
    ['chunked DELETE', 'DELETE', ['a=1', '&b=2'], { 'transfer-encoding': 'chunked' }],
    ['expecting', 'POST', 'a=1&b=2', { expect: '100-continue' }],
  ] as const)('%s, through a GET auth call, twice on one connection', async (_, method, body, headers) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      for (let n = 0; n < 2; n += 1) {
        const answer = await rawRequest(twin.gatewayUrl, page, { method, body, headers, agent });
        expect(answer).toMatchObject({ status: 200, body: `<p>${method} a=1&b=2</p>` });
      }
    } finally {
      agent.destroy();
    }
    expect(auth.seen.map((seen) => [seen.method, seen.body, seen.headers['content-length']])).toEqual([
      ['GET', '', undefined],
      ['GET', '', undefined],
    ]);
    expect(upstream.seen.map((seen) => seen.body)).toEqual(['a=1&b=2', 'a=1&b=2']);
  });

  test('a refused POST leaves the connection usable', async () => {
    auth.reply = (_seen, response) => response.writeHead(401).end('no');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      for (let n = 0; n < 2; n += 1) {
        const answer = await rawRequest(twin.gatewayUrl, page, {
          method: 'POST',
          body: 'x'.repeat(200_000),
          agent,
        });
        expect(answer).toMatchObject({ status: 401, body: 'no' });
      }
    } finally {
      agent.destroy();
    }
  });

  test('an answer is streamed, and HEAD has none', async () => {
    upstream.reply = (_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      for (let n = 0; n < 50; n += 1) response.write('y'.repeat(10_000));
      response.end();
    };
    expect((await get(page)).body).toHaveLength(500_000);
    expect((await rawRequest(twin.gatewayUrl, page, { method: 'HEAD' })).body).toBe('');
  });
});

describe('the deny rule', () => {
  const isOpen = (url: string, admin: boolean) => {
    const uri = parseGatewayUri(url);
    expect(uri).toBeDefined();
    return !isBlocked(uriBlockerSchema.parse(uriBlocker({ admin })), `${uri?.path}${uri?.query}`);
  };

  test.each([
    ['/public', true],
    ['/public/', true],
    ['/public?x=1', true],
    ['/customer/s/x?next=/internal/foo', true],
    ['/booking/book', true],
    ['/webhooks/saleor', true],
    ['/saleor/manifest', true],
    ['/docs', true],
    ['/openapi.json', true],
    ['/api/v1/public/booking', true],
    ['/api/v1/public', true],
    ['/', false],
    ['/publicly', false],
    ['/customers-all', false],
    ['/PUBLIC/x', false],
    ['/openapi.json/x', false],
    ['/openapi_json', false],
    ['/api/v1/admin/sessions', false],
    ['/api/v1/publicity', false],
    ['/api', false],
    ['/internal', false],
    ['/forward-auth', false],
    ['/metrics', false],
    ['/apisix/admin/routes', false],
    ['/customer/internal/x', false],
    ['/customer/Internal', false],
    ['/customer/internals', true],
    ['/public/../internal', false],
    ['/public/%2e%2e/internal', false],
    ['/public/%2e%2e/forward-auth', false],
    ['//internal', false],
    ['/%69nternal', false],
    ['/customer/%49NTERNAL/x', false],
    ['/customer%2Finternal', false],
    ['/customer%3F/internal', true],
    ['/;/customer', false],
  ])('%s → open: %s', (url, open) => {
    expect(isOpen(url, false)).toBe(open);
  });

  test.each([
    ['/api/v1/admin/sessions', true],
    ['/api/v1/admin', true],
    ['/api/v1/administrators', false],
    ['/api/v1/admin/internal', false],
    ['/api/v1/public/../admin', true],
    ['/api/v1', false],
    ['/api/v1/ADMIN/x', false],
    ['/internal', false],
    ['/public', true],
  ])('%s where admins have a route → open: %s', (url, open) => {
    expect(isOpen(url, true)).toBe(open);
  });

  test('is 403 with its own words, before any route is looked for', async () => {
    const answer = await get('/internal/x');
    expect(answer).toMatchObject({ status: 403, body: '{"error_msg":"access denied"}\n' });
    expect(answer.headers['content-type']).toEqual(['text/plain; charset=utf-8']);
    expect((await get('/nowhere')).status).toBe(403);
    expect((await get('/customer/nowhere')).body).toBe('{"error_msg":"404 Route Not Found"}\n');
    expect(auth.seen).toEqual([]);
  });
});

describe('paths', () => {
  test.each([
    [`/customer/s/${slug}/../../login`, '/customer/login'],
    [`/customer//s/./${slug}`, page],
    [`/%63ustomer/s/${slug}`, page],
  ])('%s is matched as %s', async (path, matched) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(upstream.seen[0]?.url).toBe(matched);
    if (matched === page) expect(auth.seen[0]?.headers['x-forwarded-uri']).toEqual([page]);
    else expect(auth.seen).toEqual([]);
  });

  test('an escaped question mark stays part of the path', async () => {
    await get(`${page}%3Fa?b`);
    expect(auth.seen[0]?.headers).toMatchObject({
      'x-forwarded-uri': [`${page}?a?b`],
      'x-original-uri': [`${page}%3Fa?b`],
    });
  });

  test.each(['/customer/%00', '/customer/%zz', '/..', '/customer/../../x'])('400: %s', async (path) => {
    expect((await get(path)).status).toBe(400);
  });
});

describe('routing', () => {
  const put = (id: string, body: object) => admin('PUT', `/routes/${id}`, body);
  const at = () => ({ upstream: { type: 'roundrobin', nodes: { [`127.0.0.1:${upstream.port}`]: 1 } } });
  const marked = (id: string) => ({
    ...at(),
    plugins: { 'proxy-rewrite': { headers: { set: { 'X-Route': id } } } },
  });
  const routeFor = async (path: string, headers: Record<string, string> = {}) => {
    upstream.seen.length = 0;
    await get(path, headers);
    return upstream.seen[0]?.headers['x-route']?.[0];
  };

  test('host, then exact, then the longest prefix, then priority', async () => {
    await put('prefix', { uri: '/public/*', ...marked('prefix') });
    await put('longer', { uri: '/public/a/*', ...marked('longer') });
    await put('exact', { uri: '/public/a/b', ...marked('exact') });
    await put('first', { uri: '/public/p/*', priority: 5, ...marked('first') });
    await put('second', { uri: '/public/p/*', priority: 1, ...marked('second') });
    await put('hosted', { uri: '/*', host: 'a.example', ...marked('hosted') });
    await put('wild', { uri: '/*', hosts: ['*.b.example'], ...marked('wild') });
    expect(await routeFor('/public/a/b')).toBe('exact');
    expect(await routeFor('/public/a/c')).toBe('longer');
    expect(await routeFor('/public/p/c')).toBe('first');
    expect(await routeFor('/public/a/b', { Host: 'A.example:80' })).toBe('hosted');
    expect(await routeFor('/public/a/b', { Host: 'x.b.example' })).toBe('wild');
  });

  test('a method that is not listed is 404, and a route that is off is passed over', async () => {
    await put('get', { uri: '/public/m', methods: ['GET'], ...marked('get') });
    await admin('DELETE', '/routes/latchkey-public');
    expect((await rawRequest(twin.gatewayUrl, '/public/m', { method: 'POST' })).status).toBe(404);
    expect(await routeFor('/public/m')).toBe('get');
    await put('get', { uri: '/public/m', status: 0, ...marked('get') });
    expect((await get('/public/m')).status).toBe(404);
  });

  test('a session without its own route falls to the wildcard; /* does not match the bare path', async () => {
    await client.deleteRoute(`sess-${sessionKey}`);
    expect((await get(page)).status).toBe(200);
    await admin('DELETE', '/routes/latchkey-customer');
    expect((await get(page)).status).toBe(404);
    await put('only', { uri: `${page}/*`, service_id: 'latchkey-session' });
    expect((await get(page)).status).toBe(404);
    expect((await get(`${page}/join`)).status).toBe(200);
  });

  test('a lease that runs out tears the route down; a PUT without ttl makes it permanent', async () => {
    await admin('DELETE', '/routes/latchkey-customer');
    now += 59_999;
    expect((await get(page)).status).toBe(200);
    now += 1;
    expect((await get(page)).body).toBe('{"error_msg":"404 Route Not Found"}\n');
    await client.putRoute({ id: `sess-${sessionKey}`, slug, sessionKey, ttlSeconds: 60 });
    await put(`sess-${sessionKey}`, { uris: [page], service_id: 'latchkey-session' });
    now += 1_000_000;
    expect((await get(page)).status).toBe(200);
  });

  test('etcd down does not stop the gateway', async () => {
    twin.etcdDown(true);
    expect((await get(page)).status).toBe(200);
  });

  test('no node is 503, a dead node is 502', async () => {
    await put('empty', { uri: '/public/e', upstream: { type: 'roundrobin', nodes: [] } });
    expect((await get('/public/e')).status).toBe(503);
    await put('dead', { uri: '/public/d', upstream: { type: 'roundrobin', nodes: { '127.0.0.1:1': 1 } } });
    const dead = await get('/public/d');
    expect(dead.status).toBe(502);
    expect(dead.body).toContain('502 Bad Gateway');
    expect(dead.headers['x-apisix-upstream-status']).toEqual(['502']);
  });
});

describe('limits', () => {
  test('our limit stands before forward-auth, so a flood does not reach it', async () => {
    await admin('PATCH', '/services/latchkey-session', { plugins: { 'limit-count': { count: 2 } } });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await get(page)).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect(auth.seen).toHaveLength(2);
    const limited = await get(page);
    expect(limited.body).toBe('{"error_msg":"too many requests"}\n');
    expect(limited.headers).toMatchObject({ 'x-ratelimit-limit': ['2'], 'x-ratelimit-remaining': ['0'] });
    now += 60_000;
    await client.putRoute({ id: `sess-${sessionKey}`, slug, sessionKey, ttlSeconds: 60 });
    expect((await get(page)).status).toBe(200);
  });

  test('without the priority it would stand behind it', async () => {
    await admin('PATCH', '/services/latchkey-session', {
      plugins: { 'limit-count': { count: 1, _meta: null } },
    });
    for (let n = 0; n < 3; n += 1) await get(page);
    expect(auth.seen).toHaveLength(3);
  });
});

describe('the admin API', () => {
  const path = '/api/v1/admin/sessions';
  const settings = () => bootstrapSettings(`${auth.url}/forward-auth`, upstream.url);
  const from = (address: string, headers: Record<string, string> = {}) =>
    get(path, { 'X-Real-IP': address, ...headers });

  test('is not there unless addresses are named', async () => {
    expect(await from('203.0.113.7')).toMatchObject({ status: 403, body: '{"error_msg":"access denied"}\n' });
  });

  test('is there for the addresses that are named, and for nobody else', async () => {
    await client.bootstrap({
      ...settings(),
      adminAllow: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7'],
    });
    for (const address of ['203.0.113.7', '2001:db8::1', '198.51.100.7']) {
      upstream.seen.length = 0;
      expect((await from(address, { 'X-Upstream-Auth': 'forged', 'X-Tenant-Id': '1' })).status).toBe(200);
      expect(upstream.seen[0]?.headers).toMatchObject({ 'x-upstream-auth': ['the-upstream-secret'] });
      expect(upstream.seen[0]?.headers).not.toHaveProperty('x-tenant-id');
    }
    upstream.seen.length = 0;
    for (const address of ['203.0.114.7', '2001:db9::1', '198.51.100.8']) {
      const refused = await from(address);
      expect(refused).toMatchObject({ status: 403, body: '{"message":"access denied"}\n' });
      expect(refused.headers).not.toHaveProperty('x-ratelimit-limit');
    }
    expect(upstream.seen).toEqual([]);
    expect(auth.seen).toEqual([]);
    expect((await get('/api/v1/public/x')).status).toBe(200);
    expect((await get('/api/v1/admin')).status).toBe(404);
  });

  test('is gone again when the list becomes empty', async () => {
    await client.bootstrap({ ...settings(), adminAllow: ['203.0.113.0/24'] });
    expect((await from('203.0.113.7')).status).toBe(200);
    expect(await client.bootstrap(settings())).toEqual([
      { resource: 'global_rules/latchkey-deny', kind: 'different', fields: [expect.any(String)] },
      { resource: 'routes/latchkey-admin', kind: 'unwanted', fields: [] },
    ]);
    expect((await from('203.0.113.7')).body).toBe('{"error_msg":"access denied"}\n');
    expect(twin.routes().map(({ id }) => id)).not.toContain('latchkey-admin');
  });
});
