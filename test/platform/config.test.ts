import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, loadConfig, loadLocalConfig } from '../../platform/config.ts';
import { WELL_KNOWN_SECRET } from '../../platform/keys.ts';
import { settingFacts } from '../../scripts/docs/configuration.ts';

const allSettings = settingFacts().flatMap(([, facts]) => facts);

const key = Buffer.alloc(32, 7).toString('base64');
const secret = 'x'.repeat(32);

const production: Readonly<Record<string, string>> = {
  PUBLIC_URL: 'https://latchkey.example.com/',
  DATABASE_URL: 'postgresql://latchkey:hidden-password@db:5432/latchkey',
  SALEOR_API_URL: 'https://shop.example.com/graphql/',
  ZAMMAD_URL: 'https://zammad.example.com',
  ZAMMAD_TOKEN: 'zammad-token',
  APISIX_ADMIN_URL: 'http://apisix:9180',
  APISIX_ADMIN_KEY: 'admin-key',
  GATEWAY_URL: 'https://sessions.example.com',
  FORWARD_AUTH_URL: 'http://api:3001/forward-auth',
  UPSTREAM_URL: 'http://api:3000',
  GATEWAY_SECRET: secret,
  UPSTREAM_SECRET: secret,
  CALENDLY_API_TOKEN: 'calendly-token',
  CALENDLY_EVENT_TYPE_UUID: 'some-event-type',
  CALENDLY_WEBHOOK_SECRET: secret,
  CALENDLY_DEFAULT_LINK: 'https://calendly.com/host/meeting',
  LINK_SIGNING_KEYS: `a:${key}`,
  COOKIE_KEYS: `a:${key}`,
  PAYLOAD_KEYS: `a:${key}`,
  CREDENTIAL_KEYS: `a:${key}`,
  ZAMMAD_WEBHOOK_SECRET: 'z'.repeat(32),
  AUTH_ISSUER: 'https://id.example.com',
};

function problemsOf(env: Readonly<Record<string, string | undefined>>): ConfigurationError['problems'] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('production', () => {
  test('is the default, with the documented values', () => {
    const config = loadConfig(production);
    expect(config.env).toBe('production');
    expect(config.http).toEqual({
      port: 3000,
      internalPort: 3001,
      internalHost: '127.0.0.1',
      publicUrl: 'https://latchkey.example.com',
      formOrigins: [],
    });
    expect(config.saleor.productTypes).toEqual(['paid-session']);
    expect(config.saleor.shops).toEqual([
      { apiUrl: 'https://shop.example.com/graphql/', tenantId: 1, appToken: null },
    ]);
    expect(config.apisix.maxRoutes).toBe(2000);
    expect(config.tenant.defaultId).toBe(1);
    expect(config.keys.link.newest.id).toBe('a');
  });

  test('takes a Calendly token without a URL to the real Calendly', () => {
    expect(loadConfig(production).calendly?.apiUrl).toBe('https://api.calendly.com');
  });

  describe('with Cal.com', () => {
    const others = Object.entries(production).filter(([name]) => !name.startsWith('CALENDLY_'));
    const calcom: Readonly<Record<string, string>> = {
      CALCOM_API_KEY: 'cal_live_key',
      CALCOM_EVENT_TYPE_ID: '7',
      CALCOM_WEBHOOK_SECRET: secret,
    };
    const link = { CALCOM_DEFAULT_LINK: 'https://cal.com/host/meeting' };
    const alone = { ...Object.fromEntries(others), ...calcom, ...link };

    test('needs no Calendly', () => {
      const config = loadConfig(alone);
      expect(config.calendly).toBeNull();
      expect(config.calcom).toEqual({
        apiUrl: 'https://api.cal.com',
        webUrl: 'https://cal.com',
        apiKey: 'cal_live_key',
        eventTypeId: '7',
        webhookSecret: secret,
        defaultLink: 'https://cal.com/host/meeting',
      });
      expect([config.defaultProvider, config.vendorRates.calcom]).toEqual(['calcom', 120]);
    });

    test('may have both', () => {
      const config = loadConfig({ ...production, ...calcom });
      expect([config.calendly, config.calcom]).not.toContain(null);
      expect(loadConfig(production).calcom).toBeNull();
    });

    test('who visitors book with is Calendly unless told otherwise, and is one that is there', () => {
      const both = { ...production, ...calcom };
      expect(loadConfig(both).defaultProvider).toBe('calendly');
      const told = { ...both, ...link, SCHEDULING_PROVIDER: 'calcom' };
      expect(loadConfig(told).defaultProvider).toBe('calcom');
      expect(problemsOf({ ...both, SCHEDULING_PROVIDER: 'calcom' })).toMatchObject([
        { variable: 'CALCOM_DEFAULT_LINK' },
      ]);
      expect(problemsOf({ ...production, SCHEDULING_PROVIDER: 'calcom' })).toEqual([
        { variable: 'SCHEDULING_PROVIDER', problem: 'names a provider without settings' },
      ]);
      expect(problemsOf({ ...production, SCHEDULING_PROVIDER: 'outlook' })).toEqual([
        { variable: 'SCHEDULING_PROVIDER', problem: 'must be calendly or calcom' },
      ]);
    });

    test.each(Object.keys(calcom))('cannot do without %s', (variable) => {
      expect(problemsOf({ ...alone, [variable]: undefined })).toEqual([
        { variable, problem: expect.stringMatching(/^is not set: /) },
      ]);
    });

    test('asks for all of a provider of which one setting is there', () => {
      const half = { ...alone, CALENDLY_EVENT_TYPE_UUID: 'e' };
      expect(problemsOf(half).map((one) => one.variable)).toEqual([
        'CALENDLY_API_TOKEN',
        'CALENDLY_WEBHOOK_SECRET',
        'CALENDLY_DEFAULT_LINK',
      ]);
    });

    test.each([
      ['CALCOM_EVENT_TYPE_ID', 'paid-session', /number of an event type/],
      ['CALCOM_WEBHOOK_SECRET', 'short', /32 are the least/],
      ['CALCOM_WEB_URL', 'http://cal.example.com', /must begin with https/],
    ])('refuses %s=%s', (variable, value, problem) => {
      expect(problemsOf({ ...alone, [variable]: value })).toEqual([
        { variable, problem: expect.stringMatching(problem) },
      ]);
    });
  });

  test('reports everything that is missing at once, each by its name', () => {
    expect(problemsOf({}).map((one) => one.variable)).toEqual([
      'PUBLIC_URL',
      'DATABASE_URL',
      'ZAMMAD_URL',
      'ZAMMAD_TOKEN',
      'ZAMMAD_WEBHOOK_SECRET',
      'APISIX_ADMIN_URL',
      'APISIX_ADMIN_KEY',
      'GATEWAY_URL',
      'FORWARD_AUTH_URL',
      'UPSTREAM_URL',
      'GATEWAY_SECRET',
      'UPSTREAM_SECRET',
      'LINK_SIGNING_KEYS',
      'COOKIE_KEYS',
      'PAYLOAD_KEYS',
      'CREDENTIAL_KEYS',
      'CALENDLY_API_TOKEN',
      'CALENDLY_EVENT_TYPE_UUID',
      'CALENDLY_WEBHOOK_SECRET',
      'CALENDLY_DEFAULT_LINK',
      'AUTH_ISSUER',
      'SALEOR_API_URL',
    ]);
    for (const { problem } of problemsOf({})) expect(problem).toMatch(/^is not set: ./);
  });

  test.each(Object.keys(production))('cannot do without %s', (variable) => {
    expect(problemsOf({ ...production, [variable]: undefined })).toEqual([
      { variable, problem: expect.stringMatching(/^is not set: /) },
    ]);
    expect(problemsOf({ ...production, [variable]: '' })).toHaveLength(1);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['LATCHKEY_ENV', 'staging', /neither production nor development/],
    ['CALENDLY_LINKS', 'shares', /must be single-use or share/],
    ['PORT', '70000', /not a port/],
    ['PORT', '3000x', /not a port/],
    ['PORT', '-1', /not a port/],
    ['INTERNAL_PORT', '1e3', /not a port/],
    ['DATABASE_POOL_MAX', '0', /whole number from 1 to 1000/],
    ['WORKER_WORKFLOW_TASK_SLOTS', '1', /whole number from 2/],
    ['DATABASE_URL', 'mysql://db/latchkey', /postgresql/],
    ['DATABASE_URL', 'db', /postgresql/],
    ['ZAMMAD_URL', 'zammad.example.com', /not a URL/],
    ['ZAMMAD_URL', 'ftp://zammad.example.com', /http: or https:/],
    ['ZAMMAD_URL', 'https://user:pass@zammad.example.com', /may not carry a user name/],
    ['ZAMMAD_URL', 'https://zammad.example.com/?a=b', /neither a query nor a fragment/],
    ['GATEWAY_URL', 'http://sessions.example.com', /must begin with https/],
    ['PUBLIC_URL', 'http://latchkey.example.com', /must begin with https/],
    ['PUBLIC_URL', 'http://127.example.com', /must begin with https/],
    ['GATEWAY_SECRET', 'short', /has 5 bytes; 32 are the least/],
    ['UPSTREAM_SECRET', WELL_KNOWN_SECRET, /published example/],
    ['CALENDLY_WEBHOOK_SECRET', 'short', /32 are the least/],
    ['LINK_SIGNING_KEYS', 'a:AAAA', /key 1 \(a\) has 3 bytes/],
    ['LINK_SIGNING_KEYS', WELL_KNOWN_SECRET, /not written as id:base64/],
    ['COOKIE_KEYS', `a:${key},a:${key}`, /stands twice/],
    ['SALEOR_SESSION_PRODUCT_TYPES', ' , ', /names nothing/],
    ['ZAMMAD_SYSTEM_ID', '5x', /numeric system id/],
    ['LOG_LEVEL', 'loud', /is none of/],
    ['LOG_FORMAT', 'xml', /neither json nor pretty/],
    ['DEFAULT_TENANT_ID', '0', /whole number/],
    ['AUTH_ISSUER', 'http://id.example.com', /must begin with https/],
    ['AUTH_KEYS', 'a:AAAA', /key 1 \(a\) has 3 bytes/],
    ['APISIX_ROUTE_MODE', 'bucket', /none of session, shared and auto/],
    ['APISIX_ADMIN_ALLOW', '10.0.0.0/33', /not a list of IP addresses/],
    ['APISIX_ADMIN_ALLOW', 'office', /not a list of IP addresses/],
    ['RATE_LIMIT_LINKS_PER_USER', '0', /whole number/],
  ];
  test.each(wrong)('refuses %s=%s', (variable, value, problem) => {
    expect(problemsOf({ ...production, [variable]: value })).toEqual([
      { variable, problem: expect.stringMatching(problem) },
    ]);
  });

  test('logging in with OpenID Connect needs a client id and a secret', () => {
    const asked = { ...production, OIDC_ISSUER: 'https://login.example.com' };
    expect(problemsOf(asked).map((one) => one.variable)).toEqual(['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']);
    const given = { ...asked, OIDC_CLIENT_ID: 'latchkey', OIDC_CLIENT_SECRET: 'theirs' };
    expect(loadConfig(given).login.oidc?.issuer).toBe('https://login.example.com');
    expect(loadConfig(production).login.oidc).toBeNull();
  });

  test('keys of our own do instead of an issuer', () => {
    const { AUTH_ISSUER: _, ...others } = production;
    expect(loadConfig({ ...others, AUTH_KEYS: `a:${key}` }).auth).toMatchObject({ oidc: null });
  });

  test('plain HTTP is good enough on this machine', () => {
    expect(loadConfig({ ...production, GATEWAY_URL: 'http://127.0.0.1:9080/' }).apisix.gatewayUrl).toBe(
      'http://127.0.0.1:9080',
    );
  });

  test('never repeats a value in its message', () => {
    const values = {
      ...production,
      PORT: 'aValueOfMine',
      GATEWAY_SECRET: 'aValueOfMine',
      ZAMMAD_URL: 'aValueOfMine',
    };
    expect(() => loadConfig(values)).toThrow(ConfigurationError);
    try {
      loadConfig(values);
    } catch (error) {
      expect(String(error)).not.toContain('aValueOfMine');
      expect(String(error)).toContain('PORT is not a port');
      expect(String(error)).toContain('ZAMMAD_URL is not a URL');
    }
  });
});

describe('shops', () => {
  const two = 'https://one.example.com/graphql/=1, https://two.example.com:8443/graphql/=2';
  const shopsOf = (more: Readonly<Record<string, string>>) =>
    loadConfig({ ...production, ...more }).saleor.shops;

  test('the only one is of the default tenant, with the token of the environment', () => {
    expect(shopsOf({ SALEOR_APP_TOKEN: 'token', DEFAULT_TENANT_ID: '7' })).toEqual([
      { apiUrl: 'https://shop.example.com/graphql/', tenantId: 7, appToken: 'token' },
    ]);
  });

  test('several have a tenant each; the token is of the one that SALEOR_API_URL names', () => {
    const SALEOR_API_URL = 'https://two.example.com:8443/graphql/';
    expect(shopsOf({ SALEOR_SHOPS: two, SALEOR_API_URL, SALEOR_APP_TOKEN: 'token' })).toEqual([
      { apiUrl: 'https://one.example.com/graphql/', tenantId: 1, appToken: null },
      { apiUrl: 'https://two.example.com:8443/graphql/', tenantId: 2, appToken: 'token' },
    ]);
    expect(shopsOf({ SALEOR_SHOPS: two, SALEOR_API_URL: '' })).toHaveLength(2);
  });

  test.each([
    ['SALEOR_SHOPS', { SALEOR_SHOPS: 'https://one.example.com/graphql/', SALEOR_API_URL: '' }, /not a list/],
    [
      'SALEOR_SHOPS',
      { SALEOR_SHOPS: 'https://one.example.com/graphql/=0', SALEOR_API_URL: '' },
      /not a list/,
    ],
    ['SALEOR_SHOPS', { SALEOR_SHOPS: 'one.example.com=1', SALEOR_API_URL: '' }, /not a list/],
    ['SALEOR_SHOPS', { SALEOR_SHOPS: `${two},https://one.example.com/=2`, SALEOR_API_URL: '' }, /twice/],
    ['SALEOR_API_URL', { SALEOR_SHOPS: two }, /not one of SALEOR_SHOPS/],
    ['SALEOR_API_URL', { SALEOR_SHOPS: two, SALEOR_API_URL: '', SALEOR_APP_TOKEN: 'x' }, /whose token/],
    ['SALEOR_FULFIL', { SALEOR_FULFIL: 'yes' }, /neither true nor false/],
    ['SALEOR_WAREHOUSE', { SALEOR_FULFIL: 'true' }, /is not set: SALEOR_FULFIL needs it/],
  ])('%s: %j is refused', (variable, more, problem) => {
    expect(problemsOf({ ...production, ...more })).toEqual([
      { variable, problem: expect.stringMatching(problem) },
    ]);
  });

  test('fulfilment is off unless it is asked for', () => {
    const SALEOR_WAREHOUSE = 'V2FyZWhvdXNlOjE=';
    expect(loadConfig({ ...production, SALEOR_WAREHOUSE }).saleor.fulfilFrom).toBeNull();
    expect(loadConfig({ ...production, SALEOR_FULFIL: 'true', SALEOR_WAREHOUSE }).saleor.fulfilFrom).toBe(
      SALEOR_WAREHOUSE,
    );
  });
});

describe('development', () => {
  const development = { LATCHKEY_ENV: 'development', DATABASE_URL: 'postgresql://127.0.0.1:5433/latchkey' };

  test('needs no vendor: the twins are on their default ports', () => {
    const config = loadConfig(development);
    expect(config.saleor.shops[0].apiUrl).toBe('http://127.0.0.1:3010/graphql/');
    expect(config.zammad.url).toBe('http://127.0.0.1:3011');
    expect(config.apisix.adminUrl).toBe('http://127.0.0.1:3012');
    expect(config.apisix.gatewayUrl).toBe('http://127.0.0.1:3013');
    expect(config.calendly?.apiUrl).toBe('http://127.0.0.1:3014');
    expect(config.calcom?.apiUrl).toBe('http://127.0.0.1:3015');
  });

  test('follows the ports of the twins', () => {
    expect(loadConfig({ ...development, ZAMMAD_TWIN_PORT: '4011' }).zammad.url).toBe('http://127.0.0.1:4011');
  });

  test('never sends a real token to a twin, nor a sandbox token to a real vendor', () => {
    expect(problemsOf({ ...development, ZAMMAD_TOKEN: 'real' })).toEqual([
      { variable: 'ZAMMAD_URL', problem: expect.stringContaining('is not set') },
      { variable: 'ZAMMAD_WEBHOOK_SECRET', problem: expect.stringContaining('is not set') },
    ]);
    const shop = loadConfig({ ...development, SALEOR_API_URL: 'https://shop.example.com/graphql/' });
    expect(shop.saleor.shops[0].appToken).toBeNull();
    expect(problemsOf({ ...development, SALEOR_APP_TOKEN: 'real' })).toEqual([
      { variable: 'SALEOR_API_URL', problem: expect.stringContaining('is not set') },
    ]);
    const calendly = {
      CALENDLY_API_TOKEN: 'real',
      CALENDLY_EVENT_TYPE_UUID: 'e',
      CALENDLY_WEBHOOK_SECRET: 's',
      CALENDLY_DEFAULT_LINK: 'https://calendly.com/host/meeting',
    };
    expect(loadConfig({ ...development, ...calendly }).calendly?.apiUrl).toBe('https://api.calendly.com');
  });

  test('takes weak keys', () => {
    expect(loadConfig({ ...development, LINK_SIGNING_KEYS: 'a:AAAA', GATEWAY_SECRET: 'x' }).env).toBe(
      'development',
    );
  });
});

describe('the local configuration', () => {
  test('knows which vendors are played by twins', () => {
    expect(loadLocalConfig({}).sandboxed).toEqual(['saleor', 'zammad', 'apisix', 'calendly', 'calcom']);
    expect(loadLocalConfig({ ZAMMAD_TOKEN: 'x', CALENDLY_API_TOKEN: '' }).sandboxed).toEqual([
      'saleor',
      'apisix',
      'calendly',
      'calcom',
    ]);
  });

  test('reports all its problems too', () => {
    expect(() => loadLocalConfig({ POSTGRES_PORT: 'x', TEMPORAL_UI_PORT: '99999' })).toThrow(
      /POSTGRES_PORT is not a port[^]*TEMPORAL_UI_PORT is not a port/,
    );
  });
});

describe('traces', () => {
  const tracing = (set: Readonly<Record<string, string>>) => loadConfig({ ...production, ...set }).tracing;
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
  const otlp = (url: string) => ({ exporter: { kind: 'otlp', url } });

  test.each([
    ['nothing is set', {}],
    ['no exporter is wanted', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }],
    ['the SDK is disabled', { ...endpoint, OTEL_SDK_DISABLED: 'true' }],
    ['the address is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
  ])('are off where %s', (_, set) => {
    expect(tracing(set)).toBeNull();
  });

  test('go where the specification says', () => {
    expect(tracing(endpoint)).toMatchObject(otlp('http://collector:4318/v1/traces'));
    expect(tracing({ OTEL_TRACES_EXPORTER: 'otlp' })).toMatchObject(otlp('http://localhost:4318/v1/traces'));
    const own = { ...endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://tempo.example.com/otlp' };
    expect(tracing(own)).toMatchObject(otlp('https://tempo.example.com/otlp'));
  });

  test('have headers, a name, attributes and a sampler', () => {
    expect(
      tracing({
        ...endpoint,
        OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YTpi, x-scope = one',
        OTEL_SERVICE_NAME: 'sessions',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.25',
      }),
    ).toEqual({
      exporter: {
        kind: 'otlp',
        url: 'http://collector:4318/v1/traces',
        headers: { Authorization: 'Basic YTpi', 'x-scope': 'one' },
      },
      serviceName: 'sessions',
      resource: { 'deployment.environment.name': 'staging' },
      sampler: { kind: 'parentbased_traceidratio', ratio: 0.25 },
    });
  });

  test.each([
    ['OTEL_TRACES_EXPORTER', 'zipkin', 'is none of none, otlp, console'],
    ['OTEL_TRACES_EXPORTER', 'console', 'may be console in development only'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'must be http/protobuf'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'is not a URL of http: or https://'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'secret-key', 'is not a list like key=value,other=value'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=%', 'is not a list like key=value,other=value'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5', 'is not a number from 0 to 1'],
  ])('are refused with %s=%s', (variable, value, problem) => {
    expect(problemsOf({ ...production, [variable]: value })).toEqual([{ variable, problem }]);
  });

  test('may go to the terminal in development', () => {
    const set = {
      LATCHKEY_ENV: 'development',
      DATABASE_URL: 'postgresql://x/y',
      OTEL_TRACES_EXPORTER: 'console',
    };
    expect(loadConfig(set).tracing?.exporter).toEqual({ kind: 'console' });
  });
});

describe('.env.example', () => {
  test('names every variable that can be set, and sets none that does not exist', () => {
    const text = readFileSync('.env.example', 'utf8');
    const named = new Set([...text.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]));
    const known = allSettings.map(({ name }) => name);
    expect(known.filter((name) => !named.has(name))).toEqual([]);
    const others = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_CLI', 'TEMPORAL_TEST_SERVER'];
    expect([...named].filter((name) => !known.includes(name ?? '') && !others.includes(name ?? ''))).toEqual(
      [],
    );
  });

  test('shows the default of what has one', () => {
    const shown = new Map(
      [...readFileSync('.env.example', 'utf8').matchAll(/^#([A-Z][A-Z_]+)=(.*)$/gm)].map(
        ([, name = '', value = '']) => [name, value] as const,
      ),
    );
    const withDefault = allSettings.filter(({ fallback }) => fallback);
    expect(withDefault.length).toBeGreaterThan(40);
    for (const { name, fallback } of withDefault) expect([name, shown.get(name)]).toEqual([name, fallback]);
  });

  test('says exactly what is left to fill in', () => {
    const empty = Object.entries(parseEnv(readFileSync('.env.example', 'utf8')));
    const missing = empty.filter(([, value]) => value === '').map(([name]) => name);
    expect(
      problemsOf(Object.fromEntries(empty))
        .map((one) => one.variable)
        .toSorted(),
    ).toEqual(missing.toSorted());
  });
});

describe('the reference of the configuration', () => {
  test('has every variable that is read, once', () => {
    const read = ['config', 'config-providers'].flatMap((name) =>
      [
        ...readFileSync(`platform/${name}.ts`, 'utf8').matchAll(
          /\b(?:values|calendly|calcom)\.([A-Z][A-Z_]+)/g,
        ),
      ].map((match) => match[1] ?? ''),
    );
    const told = allSettings.map(({ name }) => name);
    expect(new Set(read).size).toBeGreaterThan(90);
    expect(read.filter((name) => !told.includes(name) && name !== 'TEMPORAL_ADDRESS')).toEqual([]);
    expect(new Set(told).size).toBe(told.length);
  });

  test('says of what production cannot do without that it is needed', () => {
    const missing = problemsOf({}).map((one) => one.variable);
    const needed = allSettings.filter((facts) => facts.needed !== '').map(({ name }) => name);
    expect(missing.filter((name) => !needed.includes(name))).toEqual([]);
    const always = allSettings.filter((facts) => facts.needed === 'always').map(({ name }) => name);
    expect(always.filter((name) => !missing.includes(name))).toEqual([]);
  });

  test('calls every key, token and shared secret one', () => {
    const keys = allSettings.filter(({ name }) => /(?:_KEYS?|_TOKEN|_SECRET)$/.test(name));
    expect(keys.filter(({ secret: isSecret }) => !isSecret)).toEqual([]);
    expect(keys.length).toBeGreaterThan(12);
  });
});
