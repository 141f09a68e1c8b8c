import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApisixTwin, startApisixTwin } from '../../integrations/apisix/twin.ts';
import { rawRequest } from './apisix-support.ts';

const key = 'admin-key';
const start = Date.parse('2026-12-01T00:00:00Z');
const seconds = start / 1000;

let now: number;
let twin: ApisixTwin;

beforeEach(async () => {
  now = start;
  twin = await startApisixTwin({
    adminPort: 0,
    gatewayPort: 0,
    adminKey: key,
    viewerKey: 'viewer',
    now: () => now,
  });
});

afterEach(() => twin.close());

const upstream = { type: 'roundrobin', nodes: { '127.0.0.1:1': 1 } };
const route = { uri: '/a', upstream_id: 'up' };

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { 'x-api-key': key },
) {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const answer = await rawRequest(twin.adminUrl, `/apisix/admin${path}`, { method, headers, body: text });
  return { status: answer.status, text: answer.body, headers: answer.headers };
}

async function put(path: string, body: unknown) {
  const { status, text } = await call('PUT', path, body);
  return { status, text };
}

const errorMessage = (message: string) => `${JSON.stringify({ error_msg: message })}\n`;

describe('answers', () => {
  test('201, then 200 with the first create_time, whole bodies and a line feed', async () => {
    await put('/upstreams/up', upstream);
    const made = await call('PUT', '/routes/r', route);
    expect(made.status).toBe(201);
    expect(made.text).toBe(
      `{"key":"/apisix/routes/r","value":{"uri":"/a","upstream_id":"up","id":"r","create_time":${seconds},"update_time":${seconds}}}\n`,
    );
    expect(made.headers).toMatchObject({
      'content-type': ['application/json'],
      'x-api-version': ['v3'],
      server: ['APISIX/3.18.0'],
    });
    now += 5000;
    expect(await put('/routes/r', { uri: '/b', upstream_id: 'up' })).toEqual({
      status: 200,
      text: `{"key":"/apisix/routes/r","value":{"uri":"/b","upstream_id":"up","id":"r","create_time":${seconds},"update_time":${seconds + 5}}}\n`,
    });
  });

  test('POST takes the etcd revision as id', async () => {
    const made = await call('POST', '/routes', { uri: '/a', upstream });
    expect(made.status).toBe(201);
    expect(made.text).toMatch(/"key":"\/apisix\/routes\/\d{20}"/);
  });

  test('GET has the indexes; lists are [] when unpaged and {} when paged and empty', async () => {
    expect((await call('GET', '/routes')).text).toBe('{"total":0,"list":[]}\n');
    expect((await call('GET', '/routes?page=1&page_size=10')).text).toBe('{"total":0,"list":{}}\n');
    expect(await call('GET', '/routes?page=1&page_size=9')).toMatchObject({
      status: 400,
      text: 'page_size must be between 10 and 500',
    });
    await put('/upstreams/up', upstream);
    await put('/routes/r', { ...route, labels: { app: 'x' }, name: 'alpha' });
    const one: unknown = JSON.parse((await call('GET', '/routes/r')).text);
    expect(Object.keys(Object(one))).toEqual(['key', 'value', 'createdIndex', 'modifiedIndex']);
    const total = async (query: string): Promise<unknown> =>
      Object(JSON.parse((await call('GET', `/routes?${query}`)).text)).total;
    expect(await total('label=app')).toBe(1);
    expect(await total('label=app:x')).toBe(0);
    expect(await total('name=al.ha')).toBe(1);
    expect(await total('uri=%5E/b')).toBe(0);
    expect(await total('filter=upstream_id%3Dup')).toBe(1);
    expect(await total('filter=service_id%3Dup')).toBe(0);
  });

  test('DELETE', async () => {
    await put('/upstreams/up', upstream);
    await put('/routes/r', route);
    expect(await call('DELETE', '/routes/r')).toMatchObject({
      status: 200,
      text: '{"deleted":"1","key":"/apisix/routes/r"}\n',
    });
  });

  test.each(['GET', 'PATCH', 'DELETE'])('%s of what is not there', async (method) => {
    expect(await call(method, '/routes/r', method === 'PATCH' ? { uri: '/a' } : undefined)).toMatchObject({
      status: 404,
      text: '{"message":"Key not found"}\n',
    });
  });

  test('HEAD needs no key', async () => {
    expect((await call('HEAD', '', undefined, {})).status).toBe(200);
  });

  test('PATCH merges, null deletes, a path sets one value', async () => {
    await put('/routes/r', { uri: '/a', upstream, name: 'n', labels: { a: '1' } });
    await call('PATCH', '/routes/r', { name: null, labels: { b: '2' } });
    await call('PATCH', '/routes/r/labels', { c: '3' });
    const held: unknown = JSON.parse((await call('GET', '/routes/r')).text);
    expect(Object(held).value).toMatchObject({ labels: { a: '1', b: '2', c: '3' } });
    expect(Object(held).value).not.toHaveProperty('name');
  });
});

describe('keys', () => {
  const unauthorised = (description: string) =>
    `${JSON.stringify({ error_msg: 'failed to check token', description })}\n`;

  test.each([
    ['missing', {}, 'missing apikey'],
    ['wrong', { 'x-api-key': 'nope' }, 'wrong apikey'],
    ['a viewer that writes', { 'x-api-key': 'viewer' }, 'invalid method for role viewer'],
  ] as const)('%s', async (_, headers, description) => {
    expect(await call('PUT', '/routes/r', route, headers)).toMatchObject({
      status: 401,
      text: unauthorised(description),
    });
  });

  test.each([
    ['query', '/routes?api_key=admin-key', {}],
    ['cookie', '/routes', { cookie: 'a=b; x_api_key=admin-key' }],
    ['viewer', '/routes', { 'x-api-key': 'viewer' }],
  ] as const)('%s is enough to read', async (_, path, headers) => {
    expect((await call('GET', path, undefined, headers)).status).toBe(200);
  });
});

describe('refusals', () => {
  const forwardAuth = (conf: unknown) => ({ uri: '/a', upstream, plugins: { 'forward-auth': conf } });
  const plugin = (name: string, conf: unknown) => ({ uri: '/a', upstream, plugins: { [name]: conf } });
  const schema = (name: string, why: string) =>
    `failed to check the configuration of plugin ${name} err: ${why}`;

  test.each([
    ['empty body', '/routes/r', '', 'missing configurations'],
    [
      'unknown property',
      '/routes/r',
      { ...route, foo: 1 },
      'invalid configuration: additional properties forbidden, found foo',
    ],
    [
      'no uri',
      '/routes/r',
      { upstream },
      'invalid configuration: allOf 1 failed: value should match only one schema, but matches none',
    ],
    [
      'bad id',
      '/routes/a:b',
      { uri: '/a', upstream },
      'invalid configuration: property "id" validation failed: object matches none of the required',
    ],
    ['another id', '/routes/r', { id: 'q', uri: '/a', upstream }, 'wrong route id'],
    [
      'create_time',
      '/routes/r',
      { uri: '/a', upstream, create_time: 1 },
      'the property is forbidden:  create_time',
    ],
    [
      'unknown upstream',
      '/routes/r',
      route,
      'failed to fetch upstream info by upstream id [up], response code: 404',
    ],
    [
      'unknown service',
      '/routes/r',
      { uri: '/a', service_id: 's' },
      'failed to fetch service info by service id [s], response code: 404',
    ],
    ['unknown plugin', '/routes/r', plugin('nope', {}), 'unknown plugin [nope]'],
    [
      'forward-auth without uri',
      '/routes/r',
      forwardAuth({}),
      schema('forward-auth', 'property "uri" is required'),
    ],
    [
      'forward-auth, timeout 0',
      '/routes/r',
      forwardAuth({ uri: 'http://a', timeout: 0 }),
      schema('forward-auth', 'property "timeout" validation failed: expected 0 to be at least 1'),
    ],
    [
      'forward-auth, timeout text',
      '/routes/r',
      forwardAuth({ uri: 'http://a', timeout: '1' }),
      schema(
        'forward-auth',
        'property "timeout" validation failed: wrong type: expected integer, got string',
      ),
    ],
    [
      'forward-auth, method',
      '/routes/r',
      forwardAuth({ uri: 'http://a', request_method: 'PUT' }),
      schema('forward-auth', 'property "request_method" validation failed: matches none of the enum values'),
    ],
    [
      'the given deny_uri',
      '/routes/r',
      plugin('uri-blocker', { deny_uri: ['x'] }),
      schema('uri-blocker', 'property "block_rules" is required'),
    ],
    [
      'limit-count without count',
      '/routes/r',
      plugin('limit-count', { time_window: 1 }),
      schema('limit-count', 'property "count" is required'),
    ],
    [
      '_meta is closed',
      '/routes/r',
      forwardAuth({ uri: 'http://a', _meta: { prio: 1 } }),
      schema(
        'forward-auth',
        'property "_meta" validation failed: additional properties forbidden, found prio',
      ),
    ],
    [
      'a label with a space',
      '/routes/r',
      { uri: '/a', upstream, labels: { a: 'b c' } },
      'invalid configuration: property "labels" validation failed: property "a" validation failed: failed to match pattern',
    ],
    ['ttl=abc', '/routes/r?ttl=abc', { uri: '/a', upstream }, 'invalid argument ttl: should be a number'],
  ])('400 %s', async (_, path, body, message) => {
    const answer = await put(path, body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(JSON.stringify(message).slice(1, -1));
    expect(answer.text.startsWith('{"error_msg":"')).toBe(true);
  });

  test('a misspelt field in a plugin is accepted silently', async () => {
    expect(
      (await put('/routes/r', forwardAuth({ uri: 'http://a', client_header: ['Location'] }))).status,
    ).toBe(201);
  });

  test('bad JSON is echoed', async () => {
    const { status, text } = await put('/routes/r', '{nope');
    expect(status).toBe(400);
    expect(text).toMatch(/^\{"error_msg":"invalid request body: .*","req_body":"\{nope"\}\n$/);
  });

  test('ttl=1.5 is a 503', async () => {
    expect(await put('/routes/r?ttl=1.5', { uri: '/a', upstream })).toEqual({
      status: 503,
      text: errorMessage('ttl must be integer'),
    });
  });

  test('a resource in use', async () => {
    await put('/upstreams/up', upstream);
    await put('/services/s', { upstream_id: 'up' });
    await put('/routes/r', { uri: '/a', service_id: 's' });
    await put('/routes/q', { uri: '/q', upstream_id: 'up' });
    expect(await call('DELETE', '/upstreams/up')).toMatchObject({
      status: 400,
      text: errorMessage('can not delete this upstream, route [q] is still using it now'),
    });
    expect((await call('DELETE', '/services/s')).status).toBe(400);
    expect((await call('DELETE', '/services/s?force=true')).status).toBe(200);
  });

  test('the same plugin in two global rules', async () => {
    const rule = { plugins: { 'uri-blocker': { block_rules: ['x'] } } };
    expect((await put('/global_rules/deny', rule)).status).toBe(201);
    expect((await put('/global_rules/deny', rule)).status).toBe(200);
    expect(await put('/global_rules/other', rule)).toEqual({
      status: 400,
      text: errorMessage("plugin 'uri-blocker' already exists in global rule with id 'deny'"),
    });
  });

  test('an unknown resource', async () => {
    expect(await call('GET', '/foo')).toMatchObject({
      status: 404,
      text: errorMessage('Unsupported resource type: foo'),
    });
  });

  test('etcd down: 503, or 400 where a reference has to be looked up', async () => {
    await put('/upstreams/up', upstream);
    twin.etcdDown(true);
    const down = errorMessage('has no healthy etcd endpoint available');
    expect(await put('/routes/r', { uri: '/a', upstream })).toEqual({ status: 503, text: down });
    expect(await call('GET', '/routes/r')).toMatchObject({ status: 503, text: down });
    expect(await call('GET', '/routes')).toMatchObject({ status: 503, text: down });
    expect(await call('DELETE', '/routes/r')).toMatchObject({ status: 503, text: down });
    expect(await put('/routes/r', route)).toEqual({
      status: 400,
      text: errorMessage(
        'failed to fetch upstream info by upstream id [up]: has no healthy etcd endpoint available',
      ),
    });
  });
});

describe('leases', () => {
  const expiresAt = () => twin.routes()[0]?.expiresAt;

  test('a PUT with ttl renews, a PUT without makes the route permanent', async () => {
    await put('/routes/r?ttl=3', { uri: '/a', upstream });
    expect(expiresAt()).toBe(start + 3000);
    now += 2000;
    await put('/routes/r?ttl=3', { uri: '/a', upstream });
    expect(expiresAt()).toBe(start + 5000);
    await put('/routes/r', { uri: '/a', upstream });
    expect(expiresAt()).toBeNull();
    now += 1_000_000;
    expect((await call('GET', '/routes/r')).status).toBe(200);
  });

  test('so does a PATCH', async () => {
    await put('/routes/r?ttl=3', { uri: '/a', upstream });
    await call('PATCH', '/routes/r', { name: 'n' });
    expect(expiresAt()).toBeNull();
  });

  test('a lease ends by itself', async () => {
    await put('/routes/r?ttl=3', { uri: '/a', upstream });
    now += 2999;
    expect((await call('GET', '/routes/r')).status).toBe(200);
    now += 1;
    expect((await call('GET', '/routes/r')).status).toBe(404);
    expect((await put('/routes/r', { uri: '/a', upstream })).status).toBe(201);
  });
});
