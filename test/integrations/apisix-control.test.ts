import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { createGatewayClient } from '../../integrations/apisix/client.ts';
import { fieldsThatDiffer } from '../../integrations/apisix/compare.ts';
import type { GatewayBootstrap, GatewayControl } from '../../integrations/apisix/contract.ts';
import { eventsUrlOf } from '../../integrations/apisix/plugins.ts';
import { bootstrapResources, sessionServiceOf } from '../../integrations/apisix/resources.ts';
import { type ApisixTwin, startApisixTwin } from '../../integrations/apisix/twin.ts';
import type { VendorCall } from '../../platform/http-client.ts';
import { adminKey, bootstrapSettings } from './apisix-support.ts';
import { failureOf } from './failure-of.ts';

const settings = bootstrapSettings('http://api.internal:3001/forward-auth', 'http://api.internal:3000');
const withAdmin: GatewayBootstrap = { ...settings, adminAllow: ['203.0.113.0/24'] };
const all = [
  'global_rules/latchkey-deny',
  'upstreams/latchkey-api',
  'services/latchkey-session',
  'services/latchkey-open',
  'routes/latchkey-customer',
  'routes/latchkey-login',
  'routes/latchkey-public',
];
const missing = (resources: readonly string[]) =>
  resources.map((resource) => ({ resource, kind: 'missing', fields: [] }));

let now: number;
let twin: ApisixTwin;
let control: GatewayControl;
let calls: VendorCall[];

beforeEach(async () => {
  now = Date.parse('2026-12-01T00:00:00Z');
  calls = [];
  twin = await startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey, now: () => now });
  control = createGatewayClient({
    adminUrl: twin.adminUrl,
    adminKey,
    gatewayUrl: twin.gatewayUrl,
    timeoutMs: 2000,
    onCall: (call) => calls.push(call),
  });
});
afterEach(() => twin.close());

const writes = () =>
  calls.filter((call) => call.method !== 'GET').map(({ method, path }) => `${method} ${path}`);

async function admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${twin.adminUrl}/apisix/admin/${path}`, {
    method,
    headers: { 'x-api-key': adminKey },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.ok).toBe(true);
  return z.looseObject({ value: z.record(z.string(), z.unknown()) }).parse(await answer.json()).value;
}

test('forward-auth is told of the gateway’s trace where that is asked for, and nowhere else', async () => {
  const asked = async (): Promise<unknown> => {
    const service = await admin('GET', 'services/latchkey-session');
    const plugins = z.record(z.string(), z.looseObject({ request_headers: z.unknown() })).parse({
      of: z.looseObject({ 'forward-auth': z.unknown() }).parse(service['plugins'])['forward-auth'],
    });
    return plugins['of']?.request_headers;
  };
  await control.bootstrap(settings);
  expect(await asked()).not.toContain('traceparent');
  const traced = { ...settings, traceparent: true };
  expect(await control.inspect(traced)).toMatchObject([
    { resource: 'services/latchkey-session', kind: 'different' },
  ]);
  await control.bootstrap(traced);
  expect(await asked()).toContain('traceparent');
  expect(await control.inspect(traced)).toEqual([]);
});

describe('what is there is left alone', () => {
  test('the first time everything is made, each after what it refers to', async () => {
    expect(await control.inspect(settings)).toEqual(missing(all));
    expect(writes()).toEqual([]);
    expect(await control.bootstrap(settings)).toEqual(missing(all));
    expect(writes()).toEqual(all.map((resource) => `PUT /apisix/admin/${resource}`));
  });

  test('the second time nothing is written, however much later', async () => {
    await control.bootstrap(withAdmin);
    calls.length = 0;
    now += 86_400_000;
    expect(await control.bootstrap(withAdmin)).toEqual([]);
    expect(await control.inspect(withAdmin)).toEqual([]);
    expect(writes()).toEqual([]);
  });

  test('an attempt that broke off in the middle is finished by the next one', async () => {
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'PUT', path: 'latchkey-session' });
    expect(await failureOf(control.bootstrap(settings))).toMatchObject({ code: 'vendor-unreachable' });
    expect(await control.bootstrap(settings)).toEqual(missing(all.slice(3)));
    expect(await control.inspect(settings)).toEqual([]);
  });

  test('a secret that the gateway would change is refused before anything is asked', async () => {
    const refused = control.inspect({ ...settings, gatewaySecret: 'a$host' });
    await expect(refused).rejects.toMatchObject({ code: 'not-configured', retryable: false });
    expect(calls).toEqual([]);
  });
});

describe('what is not as it should be is put back', () => {
  beforeEach(async () => {
    await control.bootstrap(settings);
    calls.length = 0;
  });

  test.each([
    [
      'forward-auth that lets pass when it cannot ask',
      'services/latchkey-session',
      { plugins: { 'forward-auth': { allow_degradation: true } } },
      ['plugins.forward-auth.allow_degradation'],
    ],
    [
      'forward-auth that is switched off',
      'services/latchkey-session',
      { plugins: { 'forward-auth': { _meta: { disable: true } } } },
      ['plugins.forward-auth._meta'],
    ],
    [
      'a plugin beside ours',
      'services/latchkey-open',
      { plugins: { 'uri-blocker': { block_rules: ['x'] } } },
      ['plugins.uri-blocker'],
    ],
    [
      'a plugin that is gone',
      'services/latchkey-session',
      { plugins: { 'forward-auth': null } },
      ['plugins.forward-auth'],
    ],
    [
      'a header that is not removed any more',
      'services/latchkey-session',
      { plugins: { 'proxy-rewrite': { headers: { remove: ['X-Session-Id'] } } } },
      ['plugins.proxy-rewrite.headers.remove'],
    ],
    [
      'another upstream',
      'upstreams/latchkey-api',
      { nodes: [{ host: 'elsewhere', port: 3000, weight: 1 }] },
      ['nodes.0.host'],
    ],
    [
      'a rule that denies less',
      'global_rules/latchkey-deny',
      { plugins: { 'uri-blocker': { block_rules: ['^/internal'] } } },
      ['plugins.uri-blocker.block_rules'],
    ],
    [
      'events that go elsewhere',
      'services/latchkey-session',
      { plugins: { 'http-logger': { uri: 'http://elsewhere/', log_format: { path: '$request_uri' } } } },
      ['plugins.http-logger.uri', 'plugins.http-logger.log_format.path'],
    ],
    ['a route that is off', 'routes/latchkey-customer', { status: 0 }, ['status']],
    ['a URI more', 'routes/latchkey-login', { uris: ['/customer/*'] }, ['uris']],
    ['a host', 'routes/latchkey-login', { host: 'a.example' }, ['host']],
  ])('%s', async (_, resource, change, fields) => {
    await admin('PATCH', resource, change);
    expect(await control.inspect(settings)).toEqual([{ resource, kind: 'different', fields }]);
    expect(await control.bootstrap(settings)).toEqual([{ resource, kind: 'different', fields }]);
    expect(writes()).toEqual([`PUT /apisix/admin/${resource}`]);
    expect(await control.inspect(settings)).toEqual([]);
  });

  test("APISIX's defaults, written out, are no difference", async () => {
    await admin('PATCH', 'services/latchkey-session', {
      plugins: {
        'forward-auth': { ssl_verify: true, max_req_body_size: 67_108_864 },
        'http-logger': { include_req_body: false, max_resp_body_bytes: 524_288, name: 'http logger' },
        'limit-count': { window_type: 'fixed', show_limit_quota_header: true },
        'proxy-rewrite': { use_real_request_uri_unsafe: false, headers: { add: {} } },
      },
    });
    await admin('PATCH', 'routes/latchkey-public', { priority: 0, status: 1, enable_websocket: false });
    await admin('PATCH', 'upstreams/latchkey-api', { hash_on: 'vars' });
    expect(await control.inspect(settings)).toEqual([]);
  });

  test('a rotated secret is a difference that does not say the secret', async () => {
    const rotated = {
      ...settings,
      gatewaySecret: 'new-gateway-secret',
      upstreamSecret: 'new-upstream-secret',
    };
    const found = await control.bootstrap(rotated);
    expect(found).toEqual([
      {
        resource: 'services/latchkey-session',
        kind: 'different',
        fields: [
          'plugins.forward-auth.extra_headers.X-Gateway-Auth',
          'plugins.http-logger.auth_header',
          'plugins.proxy-rewrite.headers.set.X-Upstream-Auth',
        ],
      },
      {
        resource: 'services/latchkey-open',
        kind: 'different',
        fields: ['plugins.proxy-rewrite.headers.set.X-Upstream-Auth'],
      },
    ]);
    expect(JSON.stringify([found, calls])).not.toMatch(/new-gateway-secret|new-upstream-secret/);
  });

  test('the admin route comes with the first address, changes with the list and goes with the last', async () => {
    const route = 'routes/latchkey-admin';
    const deny = { resource: all[0], kind: 'different', fields: ['plugins.uri-blocker.block_rules.0'] };
    expect(await control.bootstrap(withAdmin)).toEqual([
      deny,
      { resource: route, kind: 'missing', fields: [] },
    ]);
    expect(await control.bootstrap({ ...settings, adminAllow: ['198.51.100.1'] })).toEqual([
      { resource: route, kind: 'different', fields: ['plugins.ip-restriction.whitelist.0'] },
    ]);
    expect(await control.bootstrap({ ...settings, adminAllow: [] })).toEqual([
      deny,
      { resource: route, kind: 'unwanted', fields: [] },
    ]);
    expect(writes().slice(-2)).toEqual([`PUT /apisix/admin/${all[0]}`, `DELETE /apisix/admin/${route}`]);
    expect(await control.bootstrap(settings)).toEqual([]);
  });

  test("what is not ours stays: others' routes and sessions'", async () => {
    await admin('PUT', 'routes/other', { uri: '/other', service_id: 'latchkey-open' });
    await admin('PUT', 'routes/sess-x?ttl=60', { uri: '/customer/s/x', service_id: 'latchkey-session' });
    expect(await control.bootstrap(settings)).toEqual([]);
    expect(twin.routes().map(({ id }) => id)).toEqual(expect.arrayContaining(['other', 'sess-x']));
  });
});

describe('comparing', () => {
  const wanted = bootstrapResources(withAdmin);

  test('nothing differs from itself, whatever the order of its fields', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([name, inner]) => [name, shuffled(inner)]),
      );
    };
    for (const { id, body } of wanted) {
      const held = z.record(z.string(), z.unknown()).parse(shuffled(body));
      expect(fieldsThatDiffer({ ...held, id, create_time: 1, update_time: 2 }, body)).toEqual([]);
    }
  });

  test('whatever single value is changed or removed, it is found', () => {
    type Path = readonly (string | number)[];
    const leaves = (value: unknown, path: Path = []): Path[] => {
      if (typeof value !== 'object' || value === null) return [path];
      return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
    };
    const changed = (value: unknown, [name, ...rest]: Path, to: unknown): unknown => {
      if (name === undefined) return to;
      if (Array.isArray(value))
        return value.map((inner, at) => (at === Number(name) ? changed(inner, rest, to) : inner));
      return Object.fromEntries(
        Object.entries(Object(value)).map(([key, inner]) => [
          key,
          key === name ? changed(inner, rest, to) : inner,
        ]),
      );
    };
    const places = wanted.flatMap(({ body }) => leaves(body).map((path) => ({ body, path })));
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.oneof(fc.constant(undefined), fc.constant(null), fc.constant('another'), fc.constant(-7)),
        ({ body, path }, to) => {
          const held = z.record(z.string(), z.unknown()).parse(changed(body, path, to));
          const found = fieldsThatDiffer(held, body);
          expect(found).toEqual([path.join('.')]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('the service of every session', () => {
  const spellings = ['-Session-Id', '-Session_Id', '_Session-Id', '_Session_Id'].map((rest) => `X${rest}`);
  const { body } = sessionServiceOf(settings);
  expect(body).toEqual({
    name: 'latchkey-session',
    upstream_id: 'latchkey-api',
    labels: { app: 'latchkey' },
    plugins: {
      'limit-count': {
        count: 6000,
        time_window: 60,
        key_type: 'var',
        key: 'remote_addr',
        rejected_code: 429,
        rejected_msg: 'too many requests',
        policy: 'local',
        // forward-auth's own is 2002, and the higher one runs first.
        _meta: { priority: 2500 },
      },
      'forward-auth': {
        uri: 'http://api.internal:3001/forward-auth',
        request_method: 'GET',
        request_headers: [
          'Cookie',
          'Authorization',
          'Accept',
          'Accept-Language',
          'X-Requested-With',
          'Sec-Fetch-Mode',
          'Sec-Fetch-Dest',
        ],
        upstream_headers: ['X-Session-Id', 'X-Client-Id', 'X-Tenant-Id', 'X-Access'],
        client_headers: [
          'Location',
          'Set-Cookie',
          'Content-Type',
          'Cache-Control',
          'Referrer-Policy',
          'X-Robots-Tag',
          'Retry-After',
          'Vary',
          'WWW-Authenticate',
        ],
        extra_headers: { 'X-Gateway-Auth': 'the-gateway-secret', 'X-Original-Uri': '$real_request_uri' },
        status_on_error: 503,
        allow_degradation: false,
        timeout: 2000,
        keepalive: true,
        keepalive_pool: 64,
        keepalive_timeout: 4000,
      },
      'http-logger': {
        uri: 'http://api.internal:3001/gateway/events',
        auth_header: 'Bearer the-gateway-secret',
        // Variables that hold a query, a header or an address are none of these.
        log_format: {
          at: '$msec',
          method: '$request_method',
          path: '$uri',
          status: '$status',
          upstreamStatus: '$upstream_status',
        },
        concat_method: 'json',
        ssl_verify: true,
        timeout: 3,
        batch_max_size: 100,
        inactive_timeout: 2,
        buffer_duration: 5,
        max_retry_count: 5,
        retry_delay: 3,
      },
      'proxy-rewrite': {
        headers: {
          set: { 'X-Upstream-Auth': 'the-upstream-secret' },
          remove: expect.arrayContaining([...spellings, 'X_Access', 'X-Gateway-Auth', 'X_Upstream_Auth']),
        },
      },
    },
  });
});

test.each([
  ['http://api:3001/forward-auth', 'http://api:3001/gateway/events'],
  ['https://inside.example/latchkey/forward-auth', 'https://inside.example/latchkey/gateway/events'],
])('the gateway’s events go beside forward-auth: %s', (forwardAuthUrl, events) => {
  expect(eventsUrlOf(forwardAuthUrl)).toBe(events);
});
