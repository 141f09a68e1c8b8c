import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { ACCESS_LOG_FORMAT } from '../../integrations/apisix/access-log.ts';
import { loadConfig, loadLocalConfig } from '../../platform/config.ts';
import { SEARCH_ATTRIBUTES } from '../../platform/search-attributes.ts';
import { temporalSettings } from '../../platform/temporal.ts';
import {
  composeFile,
  environmentOf as environmentOfService,
  filledIn,
  madeSettings,
  referencesIn,
  SETTINGS_BY_HAND,
  textOf,
  yamlOf,
} from './compose-file.ts';

const compose = composeFile();
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('latchkey:'));
/** The processes that read the whole configuration. */
const PROCESSES = ['api', 'operators', 'worker'] as const;
const serviceOf = (name: string) => {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
};
const hostOf = (url: string): string => new URL(url).hostname;

const made = madeSettings();
const noCalendly = {
  CALENDLY_API_TOKEN: '',
  CALENDLY_EVENT_TYPE_UUID: '',
  CALENDLY_WEBHOOK_SECRET: '',
  CALENDLY_DEFAULT_LINK: '',
};
const calcom = {
  CALCOM_API_URL: 'http://calcom-api',
  CALCOM_WEB_URL: 'http://127.0.0.1:3100',
  CALCOM_API_KEY: 'a-key',
  CALCOM_EVENT_TYPE_ID: '7',
  CALCOM_WEBHOOK_SECRET: 'a secret that somebody chose, long enough',
  CALCOM_DEFAULT_LINK: 'https://cal.com/host/event',
};
const filled = { ...made, ...SETTINGS_BY_HAND };
const environmentOf = (name: string, more: Readonly<Record<string, string>> = {}) =>
  environmentOfService(serviceOf(name), { ...filled, ...more });

describe('docker-compose.yml', () => {
  test('is what the Compose Specification describes', () => {
    const schema = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(textOf('test/fixtures/deploy/compose-spec.json')));
    const ajv = new Ajv({ strict: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv) => void)(ajv);
    // The dialect is named with https there, and ajv knows it with http.
    const fits = ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
    const written = yamlOf('docker-compose.yml');
    expect([fits(written), fits.errors]).toEqual([true, null]);
    expect(fits({ services: { api: { imagee: 'x' } } })).toBe(false);
  });

  test('every image has a release as its tag', () => {
    const untagged = services.filter(
      ([, { image }]) => !/:\$?[\w{}:.-]*\d/.test(image) || image.endsWith(':latest'),
    );
    expect(untagged.map(([name]) => name)).toEqual([]);
  });

  test('nothing waits for what a smaller profile leaves out', () => {
    for (const [name, { profiles, depends_on: needs }] of services) {
      expect([name, profiles.length]).toEqual([name, 1]);
      for (const other of Object.keys(needs))
        expect([name, serviceOf(other).profiles]).toEqual([name, profiles]);
    }
    expect(new Set(services.flatMap(([, { profiles }]) => profiles))).toEqual(
      new Set(['core', 'vendors', 'calcom', 'observability']),
    );
  });

  test('who waits for health waits for one that says so, who waits for an end for one that ends', () => {
    for (const [name, { depends_on: needs }] of services)
      for (const [other, { condition }] of Object.entries(needs)) {
        const { healthcheck, restart } = serviceOf(other);
        const fits =
          condition === 'service_healthy'
            ? healthcheck?.test !== undefined
            : condition === 'service_completed_successfully'
              ? restart !== 'unless-stopped'
              : condition === 'service_started';
        expect([name, other, condition, fits]).toEqual([name, other, condition, true]);
      }
  });

  test('only the gateway is for the outside; operators’ pages stand on the loopback address', () => {
    const published = services.flatMap(([name, { ports }]) =>
      ports.map((port) => [name, filledIn(port, {})] as const),
    );
    expect(published).toEqual([
      ['temporal-ui', '127.0.0.1:8080:8080'],
      ['apisix', '127.0.0.1:9080:9080'],
      ['operators', '127.0.0.1:3000:3000'],
      ['operators', '127.0.0.1:3002:3002'],
      ['zammad-nginx', '127.0.0.1:8081:8080'],
      ['saleor-api', '127.0.0.1:8000:8000'],
      ['saleor-dashboard', '127.0.0.1:9000:80'],
      ['mailpit', '127.0.0.1:8025:8025'],
      ['calcom-web', '127.0.0.1:3100:3000'],
      ['calcom-api', '127.0.0.1:3101:80'],
      ['prometheus', '127.0.0.1:9090:9090'],
      ['jaeger', '127.0.0.1:16686:16686'],
      ['grafana', '127.0.0.1:3030:3000'],
    ]);
    const hosts = published.map(([, port]) => port.split(':').slice(0, 2).join(':'));
    expect(new Set(hosts).size).toBe(hosts.length);
    // Only the gateway's address can be another one.
    const movable = services.filter(([, { ports }]) => ports.some((port) => referencesIn(port).length > 0));
    expect(movable.map(([name]) => name)).toEqual(['apisix']);
  });

  test('what keeps data is on networks of its own, and published by nobody', () => {
    const open = Object.entries(compose.networks).filter(([, { internal }]) => !internal);
    expect(open.map(([name]) => name)).toEqual(['edge', 'outside', 'operators']);
    const reached = (name: string) =>
      serviceOf(name).networks.filter((network) => !compose.networks[network]?.internal);
    for (const store of services.filter(([name]) => /postgres|redis|cache|etcd|memcached/.test(name)))
      expect([store[0], reached(store[0])]).toEqual([store[0], []]);
    expect([reached('apisix'), reached('temporal'), reached('migrate')]).toEqual([['edge'], [], []]);
    expect(services.filter(([, { networks }]) => networks.includes('edge')).map(([name]) => name)).toEqual([
      'apisix',
    ]);
  });

  test('nobody waits for, or is configured to ask, whom it cannot reach', () => {
    const share = (one: string, other: string) =>
      serviceOf(one).networks.some((network) => serviceOf(other).networks.includes(network));
    for (const [name, { depends_on: needs, environment }] of services) {
      // What only waits for the end of another need not reach it.
      for (const [other, { condition }] of Object.entries(needs))
        if (condition === 'service_healthy')
          expect([name, other, share(name, other)]).toEqual([name, other, true]);
      for (const value of Object.values(environment))
        for (const [, host] of filledIn(value, filled).matchAll(/(?:@|\/\/|^)([a-z][a-z-]+)(?=:\d)/g))
          if (host !== undefined && compose.services[host] !== undefined)
            expect([name, host, share(name, host)]).toEqual([name, host, true]);
    }
  });

  test('networks and volumes are declared, and none is left over', () => {
    const used = services.flatMap(([, { networks }]) => networks);
    expect(new Set(used)).toEqual(new Set(Object.keys(compose.networks)));
    const mounted = services.flatMap(([, { volumes }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const named = mounted.filter((volume) => !volume.startsWith('./'));
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
    for (const path of mounted.filter((volume) => volume.startsWith('./')))
      expect([path, existsSync(new URL(`../../${path}`, import.meta.url))]).toEqual([path, true]);
  });

  test('no secret has a default, and no secret is left out silently', () => {
    const isSecret = (name: string) => /(SECRET|PASSWORD|TOKEN|KEYS?)$/.test(name);
    const references = referencesIn(textOf('docker-compose.yml')).filter(({ name }) => isSecret(name));
    expect(references.length).toBeGreaterThan(20);
    const optional = references.filter(({ kind }) => kind !== 'required');
    // Each is only needed together with another setting; the configuration says so at start.
    expect([...new Set(optional.map(({ name }) => name))].toSorted()).toEqual([
      'ADMIN_OIDC_CLIENT_SECRET',
      'AUTH_KEYS',
      'CALCOM_API_KEY',
      'CALCOM_WEBHOOK_SECRET',
      'CALENDLY_API_TOKEN',
      'CALENDLY_WEBHOOK_SECRET',
      'OIDC_CLIENT_SECRET',
      'SALEOR_APP_TOKEN',
    ]);
    for (const { name, kind, text } of optional) expect([name, kind, text]).toEqual([name, 'default', '']);
    // Nor is one written into the file itself.
    const written = services.flatMap(([name, { environment }]) =>
      Object.entries(environment)
        .filter(
          ([variable, value]) =>
            /(SECRET|PASSWORD|PASS|PWD|TOKEN|KEYS?)$/.test(variable) && !value.startsWith('${'),
        )
        .map(([variable]) => `${name} ${variable}`),
    );
    expect(written).toEqual([]);
  });

  test('.env.compose.example names every variable, and the defaults that it shows are the real ones', () => {
    const text = textOf('.env.compose.example');
    const shown = new Map(
      [...text.matchAll(/^(#?)([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, off, name = '', value]) => [
        name,
        { off, value },
      ]),
    );
    const references = referencesIn(textOf('docker-compose.yml'));
    expect(new Set(shown.keys())).toEqual(
      new Set([...references.map(({ name }) => name), 'COMPOSE_PROFILES']),
    );
    for (const { name, kind, text: fallback } of references) {
      const expected =
        kind === 'required' || name in made ? { off: '', value: '' } : { off: '#', value: fallback };
      expect([name, shown.get(name)]).toEqual([name, expected]);
    }
  });
});

describe('what make-env.sh prints', () => {
  test('lacks only what a person must know', () => {
    const missing = Object.entries(made).filter(([, value]) => value === '');
    expect(missing.map(([name]) => name).toSorted()).toEqual(Object.keys(SETTINGS_BY_HAND).toSorted());
  });

  test('is different each time, and fits where it stands', () => {
    const again = madeSettings();
    const secrets = Object.keys(made).filter((name) => made[name] !== '' && name !== 'COMPOSE_PROFILES');
    expect(secrets.length).toBeGreaterThan(15);
    expect(secrets.filter((name) => made[name] === again[name])).toEqual([]);
    for (const name of secrets.filter((one) => one.endsWith('POSTGRES_PASSWORD')))
      expect([name, encodeURIComponent(made[name] ?? '')]).toEqual([name, made[name]]);
    expect(made['SALEOR_RSA_PRIVATE_KEY']).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[^]+\n-----END PRIVATE KEY-----\n$/,
    );
    expect(made['CALCOM_ENCRYPTION_KEY']).toHaveLength(32);
  });
});

describe.each(PROCESSES)('%s', (name) => {
  const environment = environmentOf(name);

  test('starts with what it is given', () => {
    const config = loadConfig(environment);
    expect(config.env).toBe('production');
    expect(temporalSettings(environment)).toMatchObject({
      namespace: serviceOf('temporal-namespace').environment['TEMPORAL_NAMESPACE'],
      connectionOptions: { address: 'temporal:7233' },
    });
  });

  test('starts with Cal.com instead of Calendly, and with neither says so', () => {
    const other = loadConfig(environmentOf(name, { ...noCalendly, ...calcom }));
    expect([other.calendly, other.calcom?.apiUrl]).toEqual([null, calcom.CALCOM_API_URL]);
    expect(loadConfig(environment).calcom).toBeNull();
    expect(() => loadConfig(environmentOf(name, noCalendly))).toThrow(/CALENDLY_API_TOKEN is not set/);
  });

  test('is given no variable that nobody reads', () => {
    const known = new Set(
      [...textOf('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, one]) => one),
    );
    expect(Object.keys(environment).filter((variable) => !known.has(variable))).toEqual([]);
  });

  test('Compose refuses to start it without any of what is required', () => {
    const values = Object.values(serviceOf(name).environment);
    const required = values
      .flatMap(referencesIn)
      .flatMap((one) => (one.kind === 'required' ? [one.name] : []));
    expect(required.length).toBeGreaterThan(10);
    for (const variable of required) {
      const without = { ...filled, [variable]: '' };
      expect(() => values.map((value) => filledIn(value, without))).toThrow(`${variable}: `);
    }
  });

  test('asks itself on the port that the code listens to, and is stopped in time', () => {
    const config = loadConfig(environment);
    const port = name === 'worker' ? config.worker.healthPort : config.http.internalPort;
    expect(serviceOf(name).healthcheck?.test?.join(' ')).toContain(`http://127.0.0.1:${port}/readyz`);
    const grace = Number(String(serviceOf(name)['stop_grace_period']).replace(/s$/, ''));
    // Ten seconds of draining on each of the two listeners of an API.
    expect(grace * 1000).toBeGreaterThan(name === 'worker' ? config.worker.shutdownGraceMs : 20_000);
  });
});

describe('the parts find each other', () => {
  const { http, apisix, codec } = loadConfig(environmentOf('operators'));

  test('the gateway reaches both listeners of the API, by a name that APISIX takes', () => {
    expect(apisix).toMatchObject({
      forwardAuthUrl: `http://api:${http.internalPort}/forward-auth`,
      upstreamUrl: `http://api:${http.port}`,
      adminUrl: 'http://apisix:9180',
    });
    expect(http.internalHost).toBe('0.0.0.0');
    for (const [name] of ours) expect(name).toMatch(/^[a-z-]+$/);
  });

  test('what operators reach is what the code listens to', () => {
    expect(serviceOf('operators').ports).toEqual([
      `127.0.0.1:${http.port}:${http.port}`,
      `127.0.0.1:${codec.port}:${codec.port}`,
    ]);
    expect(codec.host).toBe('0.0.0.0');
    expect(loadConfig(environmentOf('api')).codec.host).toBe('127.0.0.1');
    const ui = serviceOf('temporal-ui').environment;
    expect(filledIn(ui['TEMPORAL_CODEC_ENDPOINT'] ?? '', {})).toBe(`http://127.0.0.1:${codec.port}`);
    expect(ui['TEMPORAL_CODEC_INCLUDE_CREDENTIALS']).toBe('true');
    expect(ui['TEMPORAL_DEFAULT_NAMESPACE']).toBe(environmentOf('api')['TEMPORAL_NAMESPACE']);
  });

  test('migrations go to the same database', () => {
    expect(loadLocalConfig(environmentOf('migrate')).databaseUrl).toBe(
      loadConfig(environmentOf('api')).database.url,
    );
    const { POSTGRES_DB: name, POSTGRES_USER: user } = serviceOf('postgres').environment;
    const url = new URL(loadConfig(environmentOf('api')).database.url);
    expect([url.hostname, url.pathname, url.username]).toEqual(['postgres', `/${name}`, user]);
  });

  test('processes of ours write nothing and may do nothing', () => {
    for (const [name, service] of ours)
      expect([name, service]).toEqual([
        name,
        expect.objectContaining({
          init: true,
          read_only: true,
          tmpfs: ['/tmp'],
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          volumes: [],
        }),
      ]);
    expect(ours.map(([name]) => name)).toEqual(['migrate', ...PROCESSES]);
    for (const name of ['api', 'worker']) expect(serviceOf(name)['deploy']).toEqual({ replicas: 2 });
  });
});

describe('the files in deploy/', () => {
  const apisixSchema = z.looseObject({
    apisix: z.looseObject({ node_listen: z.int(), status: z.object({ ip: z.string(), port: z.int() }) }),
    nginx_config: z.object({
      error_log_level: z.string(),
      http: z.object({
        access_log_format: z.string(),
        real_ip_header: z.string(),
        real_ip_from: z.array(z.string()),
      }),
    }),
    deployment: z.object({
      role: z.string(),
      role_traditional: z.object({ config_provider: z.string() }),
      admin: z.object({
        admin_key: z.array(z.object({ name: z.string(), key: z.string(), role: z.string() })),
        allow_admin: z.array(z.string()),
        admin_listen: z.object({ ip: z.string(), port: z.int() }),
        enable_admin_cors: z.boolean(),
        enable_admin_ui: z.boolean(),
      }),
      etcd: z.object({ host: z.array(z.string()), prefix: z.string(), timeout: z.int() }),
    }),
    plugin_attr: z
      .object({ prometheus: z.object({ export_addr: z.object({ ip: z.string(), port: z.int() }) }) })
      .optional(),
  });
  const inCompose = apisixSchema.parse(yamlOf('deploy/apisix/config.yaml'));
  const alone = apisixSchema.parse(yamlOf('docs/apisix/config.yaml'));

  test('APISIX: what keeps tokens out of logs is in both', () => {
    expect(inCompose.nginx_config).toEqual(alone.nginx_config);
    expect(inCompose.nginx_config.http.access_log_format).toBe(ACCESS_LOG_FORMAT);
    expect(inCompose.nginx_config.error_log_level).toBe('crit');
  });

  test('APISIX: its key comes from the environment, and the Admin API answers our network alone', () => {
    const { admin, etcd } = inCompose.deployment;
    expect(admin.admin_key).toEqual(alone.deployment.admin.admin_key);
    expect(admin.admin_key.map(({ key }) => key)).toEqual(['${{APISIX_ADMIN_KEY}}']);
    expect(admin.allow_admin).toEqual(compose.networks['gateway']?.ipam?.config.map(({ subnet }) => subnet));
    expect([admin.enable_admin_cors, admin.enable_admin_ui]).toEqual([false, false]);
    expect(`http://apisix:${admin.admin_listen.port}`).toBe(serviceOf('api').environment['APISIX_ADMIN_URL']);
    expect(etcd.host.map(hostOf)).toEqual(['etcd']);
    expect(serviceOf('apisix').ports.join()).toMatch(new RegExp(`:${inCompose.apisix.node_listen}$`));
    expect(serviceOf('apisix').healthcheck?.test?.join(' ')).toContain(
      `/dev/tcp/127.0.0.1/${inCompose.apisix.status.port}\n`,
    );
  });

  test('Temporal: the search attributes are those of the code', () => {
    const made = [...textOf('deploy/temporal/namespace.sh').matchAll(/^ {2}(\w+)=(Keyword|Datetime)/gm)];
    expect(Object.fromEntries(made.map(([, name, type]) => [name, type]))).toEqual(SEARCH_ATTRIBUTES);
  });

  test('Temporal: the dynamic configuration is one, and is mounted where it is looked for', () => {
    expect(z.record(z.string(), z.unknown()).parse(yamlOf('deploy/temporal/dynamic-config.yaml'))).toEqual(
      {},
    );
    const { environment, volumes } = serviceOf('temporal');
    expect(volumes).toContain('./deploy/temporal:/setup:ro');
    expect(environment['DYNAMIC_CONFIG_FILE_PATH']).toBe('/setup/dynamic-config.yaml');
  });

  test.each(['deploy/make-env.sh', 'deploy/temporal/schema.sh', 'deploy/temporal/namespace.sh'])(
    '%s is a script',
    (path) => {
      expect(textOf(path)).toMatch(/^#!\/bin\/sh\n[^]*\nset -eu\n/);
      execFileSync('sh', ['-n', fileURLToPath(new URL(`../../${path}`, import.meta.url))]);
    },
  );

  test('Prometheus asks services that are there, where it can reach them, on ports that they listen to', () => {
    const { scrape_configs: jobs, rule_files: rules } = z
      .looseObject({
        rule_files: z.array(z.string()),
        scrape_configs: z.array(
          z.looseObject({
            job_name: z.string(),
            dns_sd_configs: z.array(z.looseObject({ names: z.array(z.string()), port: z.int() })).default([]),
            static_configs: z.array(z.object({ targets: z.array(z.string()) })).default([]),
          }),
        ),
      })
      .parse(yamlOf('deploy/prometheus/prometheus.yml'));
    const targets = jobs.flatMap(({ dns_sd_configs: found, static_configs: fixed }) => [
      ...found.flatMap(({ names, port }) => names.map((host) => `${host}:${port}`)),
      ...fixed.flatMap((one) => one.targets),
    ]);
    expect(targets).toEqual([
      `api:${loadConfig(environmentOf('api')).http.internalPort}`,
      `operators:${loadConfig(environmentOf('operators')).http.internalPort}`,
      `worker:${loadConfig(environmentOf('worker')).worker.metricsPort}`,
      `apisix:${inCompose.plugin_attr?.prometheus.export_addr.port}`,
      `temporal:${serviceOf('temporal').environment['PROMETHEUS_ENDPOINT']?.split(':')[1]}`,
      'etcd:2379',
      'localhost:9090',
    ]);
    // On a loopback address nobody else would reach it.
    expect(loadConfig(environmentOf('worker')).worker.metricsHost).toBe('0.0.0.0');
    const { networks: own, volumes } = serviceOf('prometheus');
    expect(rules).toEqual(['alerts.yml']);
    expect(volumes).toContain('./deploy/prometheus:/etc/prometheus:ro');
    for (const target of targets.slice(0, -1)) {
      const { networks } = serviceOf(target.split(':')[0] ?? '');
      expect([target, networks.some((network) => own.includes(network))]).toEqual([target, true]);
    }
  });

  test('Jaeger: processes and the gateway reach it, and Grafana shows it; without an address nothing is traced', () => {
    const jaeger = serviceOf('jaeger').networks;
    for (const name of [...PROCESSES, 'apisix', 'grafana'])
      expect([name, serviceOf(name).networks.some((network) => jaeger.includes(network))]).toEqual([
        name,
        true,
      ]);
    const url = 'http://jaeger:4318';
    for (const name of PROCESSES) {
      expect(loadConfig(environmentOf(name)).tracing).toBeNull();
      const { tracing } = loadConfig(environmentOf(name, { OTEL_EXPORTER_OTLP_ENDPOINT: url }));
      expect(tracing?.exporter).toMatchObject({ kind: 'otlp', url: `${url}/v1/traces` });
    }
    expect(yamlOf('deploy/grafana/provisioning/datasources/jaeger.yaml')).toMatchObject({
      datasources: [{ type: 'jaeger', uid: 'jaeger', url: 'http://jaeger:16686' }],
    });
  });

  test('Grafana: one source, Prometheus, and a folder of dashboards that is mounted', () => {
    const { datasources } = z
      .looseObject({
        datasources: z.array(z.looseObject({ type: z.string(), url: z.string(), uid: z.string() })),
      })
      .parse(yamlOf('deploy/grafana/provisioning/datasources/prometheus.yaml'));
    expect(datasources).toEqual([
      expect.objectContaining({ type: 'prometheus', uid: 'prometheus', url: 'http://prometheus:9090' }),
    ]);
    const { providers } = z
      .looseObject({ providers: z.array(z.looseObject({ options: z.object({ path: z.string() }) })) })
      .parse(yamlOf('deploy/grafana/provisioning/dashboards/latchkey.yaml'));
    const [path] = providers.map(({ options }) => options.path);
    expect(serviceOf('grafana').volumes).toContain(`./deploy/grafana/dashboards:${path}:ro`);
  });
});
