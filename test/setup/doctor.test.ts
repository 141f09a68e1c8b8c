import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { startApisixTwin } from '../../integrations/apisix/twin.ts';
import { saleorChecks } from '../../integrations/saleor/doctor.ts';
import type { Finding } from '../../integrations/setup/finding.ts';
import { createZammadSetup } from '../../integrations/zammad/setup.ts';
import { startZammadTwin } from '../../integrations/zammad/twin.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Area } from '../../scripts/doctor/areas.ts';
import { examine } from '../../scripts/doctor/examine.ts';
import { runChecks } from '../../scripts/doctor/run-checks.ts';
import { joinRunningStack } from '../../scripts/stack/join.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { closedPort } from '../integrations/apisix-targets.ts';
import { devServer } from '../support/temporal.ts';
import { startTestStack, type TestEngine } from '../support/test-stack.ts';
import { startTransactionPooler } from '../support/transaction-pooler.ts';
import { ADMIN_KEY, CALCOM_KEY, startSystem, type TestSystem } from './support/system.ts';

let engine: TestWorkflowEnvironment;
let system: TestSystem;

beforeAll(async () => {
  engine = await devServer();
  // A namespace that nobody registered our search attributes in, and that keeps runs long enough.
  await engine.connection.workflowService.registerNamespace({
    namespace: 'bare',
    workflowExecutionRetentionPeriod: msToTs('30 days'),
  });
  system = await startSystem({ address: engine.address, namespace: 'default' });
});
afterAll(async () => {
  await system?.close();
  await engine?.teardown();
});
beforeEach(() => system.setUpGateway());

interface Planted {
  readonly env?: Readonly<Record<string, string>>;
  readonly aheadMs?: number;
}

async function findings(area: Area, planted: Planted = {}): Promise<readonly Finding[]> {
  const { env = {}, aheadMs = 0 } = planted;
  const clock = () => (systemClock() + aheadMs) as Instant;
  const examined = await examine({ ...system.env, ...env }, [area], clock);
  return examined.flatMap((one) => one.findings);
}

const notOk = (found: readonly Finding[]) => found.filter(({ status }) => status !== 'ok');
const nextTo = (found: readonly Finding[], check: string) => found.find((one) => one.check === check);

test('a system that is as it should be has no finding, but that nobody works or is mailed, and runs are kept for a day', async () => {
  const examined = await examine(system.env, [], systemClock);
  const found = notOk(examined.flatMap((one) => one.findings));
  expect(found).toEqual([
    {
      check: 'temporal-retention',
      status: 'warning',
      message: 'Closed runs are kept for 1 day',
      remedy: expect.stringContaining('provision'),
    },
    {
      check: 'temporal-worker',
      status: 'warning',
      message: 'No worker takes tasks',
      remedy: expect.stringContaining('start:worker'),
    },
    {
      check: 'mail-attention',
      status: 'warning',
      message: expect.stringContaining('Nobody is mailed'),
      remedy: expect.stringContaining('ATTENTION_MAIL_TO'),
    },
  ]);
});

interface Row {
  readonly fault: string;
  readonly area: Area;
  readonly check: string;
  readonly status?: Finding['status'];
  readonly message: RegExp;
  readonly remedy: RegExp;
  /** Plants the fault. */
  readonly plant: () => Planted | Promise<Planted>;
  /** Puts it right again. */
  readonly mend?: () => Promise<void>;
}

const open: (() => Promise<void>)[] = [];
const closing = <T extends { close(): Promise<void> }>(thing: T): T => {
  open.push(() => thing.close());
  return thing;
};
afterAll(async () => {
  for (const close of open.splice(0)) await close();
});

/** Of the webhook at Cal.com. */
async function writeSecret(secret: string | null): Promise<Planted> {
  const headers = { authorization: `Bearer ${CALCOM_KEY}`, 'content-type': 'application/json' };
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(`${system.calcom.url}/v2/webhooks${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const { data } = (await call('')) as { readonly data: readonly { readonly id: string }[] };
  for (const { id } of data) await call(`/${id}`, { method: 'PATCH', body: JSON.stringify({ secret }) });
  return {};
}

const TOKEN = 'hidden-zammad-token';
const changed = (env: Readonly<Record<string, string>>) => (): Planted => ({ env });
const short = `2026-11:${Buffer.alloc(16, 1).toString('base64')}`;
const old = `2024-10:${Buffer.alloc(32, 1).toString('base64')}`;

const rows: readonly Row[] = [
  {
    fault: 'a wrong address of Saleor',
    area: 'saleor',
    check: 'saleor-url',
    message: /does not answer as Saleor/,
    remedy: /SALEOR_API_URL/,
    plant: () => ({ env: { SALEOR_API_URL: `${system.apisix.adminUrl}/graphql/` } }),
  },
  {
    fault: 'a Saleor that is away',
    area: 'saleor',
    check: 'saleor-url',
    message: /does not answer/,
    remedy: /SALEOR_API_URL/,
    plant: async () => ({ env: { SALEOR_API_URL: `http://127.0.0.1:${await closedPort()}/graphql/` } }),
  },
  {
    fault: "an app's token that was revoked",
    area: 'saleor',
    check: 'saleor-app',
    message: /no active app/,
    remedy: /install it again/,
    plant: changed({ SALEOR_APP_TOKEN: 'revoked' }),
  },
  {
    fault: 'public keys that cannot be fetched',
    area: 'saleor',
    check: 'saleor-jwks',
    message: /vendor-unavailable/,
    remedy: /jwks\.json/,
    plant() {
      system.saleor.faults.set({ kind: 'status', path: 'jwks', status: 502 });
      return {};
    },
  },
  {
    fault: 'a wrong token of Zammad',
    area: 'zammad',
    check: 'zammad-token',
    message: /does not take the token/,
    remedy: /ZAMMAD_TOKEN/,
    plant: changed({ ZAMMAD_TOKEN: 'wrong' }),
  },
  {
    fault: 'a group of Zammad that is missing',
    area: 'zammad',
    check: 'zammad-group',
    message: /group Nobody/,
    remedy: /ZAMMAD_GROUP|API user/,
    plant: changed({ ZAMMAD_GROUP: 'Nobody' }),
  },
  {
    fault: 'ticket attributes that are missing',
    area: 'zammad',
    check: 'zammad-attributes',
    message: /session_action/,
    remedy: /provision -- --only zammad/,
    plant: async () => ({
      env: { ZAMMAD_URL: closing(await startZammadTwin({ port: 0, token: TOKEN, bare: true })).url },
    }),
  },
  {
    fault: 'a restart of Zammad that is pending',
    area: 'zammad',
    check: 'zammad-restart',
    message: /does not know/,
    remedy: /^Restart Zammad/,
    async plant() {
      const twin = closing(await startZammadTwin({ port: 0, token: TOKEN, bare: true }));
      const options = { baseUrl: twin.url, token: TOKEN, group: 'Sessions', timeoutMs: 2000 };
      const webhook = { url: `${system.api.url}/webhooks/zammad`, secret: 'x'.repeat(32) };
      for (const { apply } of await createZammadSetup({ ...options, webhook })()) await apply?.();
      return { env: { ZAMMAD_URL: twin.url } };
    },
  },
  {
    fault: "a trigger of Zammad's that is missing",
    area: 'zammad',
    check: 'zammad-trigger',
    message: /trigger/,
    remedy: /provision -- --only zammad/,
    async plant() {
      const twin = closing(await startZammadTwin({ port: 0, token: TOKEN, group: 'Sessions' }));
      return { env: { ZAMMAD_URL: twin.url } };
    },
  },
  {
    fault: 'a wrong key of APISIX',
    area: 'apisix',
    check: 'apisix-key',
    message: /refuses the credential/,
    remedy: /APISIX_ADMIN_KEY/,
    plant: changed({ APISIX_ADMIN_KEY: 'wrong' }),
  },
  {
    fault: 'an APISIX that is too old',
    area: 'apisix',
    check: 'apisix-version',
    message: /3\.16\.0 is too old/,
    remedy: /Upgrade to APISIX 3\.17/,
    async plant() {
      const twin = await startApisixTwin({
        adminPort: 0,
        gatewayPort: 0,
        adminKey: ADMIN_KEY,
        version: '3.16.0',
      });
      return { env: { APISIX_ADMIN_URL: closing(twin).adminUrl } };
    },
  },
  {
    fault: 'a service of APISIX that somebody changed',
    area: 'apisix',
    check: 'apisix-services',
    message: /plugins\.forward-auth\.allow_degradation/,
    remedy: /provision -- --only apisix/,
    async plant() {
      const plugins = { 'forward-auth': { allow_degradation: true } };
      await system.admin('PATCH', 'services/latchkey-session', { plugins });
      return {};
    },
  },
  {
    fault: 'a global rule that is missing',
    area: 'apisix',
    check: 'apisix-rule',
    message: /global_rules\/latchkey-deny/,
    remedy: /provision -- --only apisix/,
    async plant() {
      await system.admin('DELETE', 'global_rules/latchkey-deny');
      return {};
    },
  },
  {
    fault: 'a gateway that does not reach forward-auth',
    area: 'apisix',
    check: 'apisix-forward-auth',
    message: /503/,
    remedy: /FORWARD_AUTH_URL/,
    async plant() {
      const env = { FORWARD_AUTH_URL: `http://127.0.0.1:${await closedPort()}/forward-auth` };
      await system.setUpGateway(env);
      return { env };
    },
  },
  {
    fault: 'a wrong token of Calendly',
    area: 'calendly',
    check: 'calendly-token',
    message: /refuses the credential/,
    remedy: /CALENDLY_API_TOKEN/,
    plant: changed({ CALENDLY_API_TOKEN: 'wrong' }),
  },
  {
    fault: 'no webhook subscription',
    area: 'calendly',
    check: 'calendly-subscription',
    message: /No webhook subscription/,
    remedy: /provision -- --only calendly/,
    plant: changed({ PUBLIC_URL: 'http://127.0.0.1:1' }),
  },
  {
    fault: 'a plan without webhooks',
    area: 'calendly',
    check: 'calendly-subscription',
    message: /plan has no webhooks/,
    remedy: /Standard plan/,
    plant() {
      system.calendly.setWebhooksOnPlan(false);
      return {};
    },
    mend: async () => system.calendly.setWebhooksOnPlan(true),
  },
  {
    fault: 'a webhook subscription that was switched off',
    area: 'calendly',
    check: 'calendly-subscription',
    message: /switched the webhook subscription off/,
    remedy: /provision -- --only calendly/,
    plant() {
      system.calendly.disableSubscriptions();
      return {};
    },
    mend: () => system.subscribe(),
  },
  {
    fault: 'a wrong key of Cal.com',
    area: 'calcom',
    check: 'calcom-key',
    message: /refuses the credential/,
    remedy: /CALCOM_API_KEY/,
    plant: changed({ CALCOM_API_KEY: 'cal_wrong' }),
  },
  {
    fault: 'a webhook of Cal.com without a secret',
    area: 'calcom',
    check: 'calcom-webhook',
    message: /no secret/,
    remedy: /provision -- --only calcom/,
    plant: () => writeSecret(null),
    async mend() {
      await writeSecret(system.env['CALCOM_WEBHOOK_SECRET'] ?? '');
    },
  },
  {
    fault: 'an event type of Cal.com that is none',
    area: 'calcom',
    check: 'calcom-event-type',
    message: /no event type 99/,
    remedy: /CALCOM_EVENT_TYPE_ID/,
    plant: changed({ CALCOM_EVENT_TYPE_ID: '99' }),
  },
  {
    fault: 'an event type whose notice is not the cutoff',
    area: 'calcom',
    check: 'calcom-event-type',
    status: 'warning',
    message: /until 0 minutes before the start, here until 1440/,
    remedy: /minimum reschedule notice/,
    plant: changed({ CALCOM_EVENT_TYPE_ID: '8' }),
  },
  {
    fault: 'an event type that nobody may cancel',
    area: 'calcom',
    check: 'calcom-event-type',
    message: /our own cancellations are refused/,
    remedy: /Disable cancelling/,
    plant: changed({ CALCOM_EVENT_TYPE_ID: '10' }),
  },
  {
    fault: 'an event type that a host must confirm',
    area: 'calcom',
    check: 'calcom-event-type',
    status: 'warning',
    message: /must confirm/,
    remedy: /Requires confirmation/,
    plant: changed({ CALCOM_EVENT_TYPE_ID: '9' }),
  },
  {
    fault: 'a namespace that is missing',
    area: 'temporal',
    check: 'temporal-namespace',
    message: /no namespace nowhere/,
    remedy: /provision -- --only temporal/,
    plant: changed({ TEMPORAL_NAMESPACE: 'nowhere' }),
  },
  {
    fault: 'search attributes that are missing',
    area: 'temporal',
    check: 'temporal-search-attributes',
    message: /SessionStatus/,
    remedy: /provision -- --only temporal/,
    plant: changed({ TEMPORAL_NAMESPACE: 'bare' }),
  },
  {
    fault: 'a Temporal that is away',
    area: 'temporal',
    check: 'temporal-answers',
    message: /./,
    remedy: /TEMPORAL_ADDRESS/,
    plant: async () => ({ env: { TEMPORAL_ADDRESS: `127.0.0.1:${await closedPort()}` } }),
  },
  {
    fault: 'a PostgreSQL that is away',
    area: 'postgres',
    check: 'postgres-answers',
    message: /ECONNREFUSED/,
    remedy: /DATABASE_URL/,
    plant: async () => ({ env: { DATABASE_URL: `postgresql://a@127.0.0.1:${await closedPort()}/a` } }),
  },
  {
    fault: 'a pooler of transactions',
    area: 'postgres',
    check: 'postgres-session',
    message: /hears nothing/,
    remedy: /pool_mode = session/,
    plant: async () => ({
      env: { DATABASE_URL: closing(await startTransactionPooler(system.database.url)).url },
    }),
  },
  {
    fault: 'migrations that were not run',
    area: 'postgres',
    check: 'postgres-migrations',
    message: /0005-vendor-pace/,
    remedy: /npm run migrate/,
    async plant() {
      await system.database.connection.pool.query(
        "update kysely_migration set name = 'hidden' where name = '0005-vendor-pace'",
      );
      return {};
    },
    async mend() {
      await system.database.connection.pool.query(
        "update kysely_migration set name = '0005-vendor-pace' where name = 'hidden'",
      );
    },
  },
  {
    fault: 'a key that is too short',
    area: 'process',
    check: 'keys-link-signing-keys',
    message: /16 bytes; 32/,
    remedy: /LINK_SIGNING_KEYS=.*openssl rand/,
    plant: changed({ LINK_SIGNING_KEYS: short }),
  },
  {
    fault: 'a key that is older than a year',
    area: 'process',
    check: 'keys-cookie-keys',
    status: 'warning',
    message: /2024-10, is \d+ days old/,
    remedy: /new key before the others/,
    plant: changed({ COOKIE_KEYS: old }),
  },
  {
    fault: 'a clock that is 5 seconds ahead',
    area: 'process',
    check: 'clock',
    message: /[45]\.\d s ahead of PostgreSQL, Saleor, Zammad, APISIX, Calendly, Cal\.com/,
    remedy: /NTP/,
    plant: () => ({ aheadMs: 5000 }),
  },
  {
    fault: 'a public address that is not HTTPS in production',
    area: 'process',
    check: 'public-url-https',
    message: /PUBLIC_URL is http:/,
    remedy: /https:/,
    plant: changed({ LATCHKEY_ENV: 'production' }),
  },
  {
    fault: 'a public address where nothing of ours answers',
    area: 'process',
    check: 'public-url-answers',
    status: 'warning',
    message: /not our API/,
    remedy: /Start the API/,
    plant: () => ({ env: { PUBLIC_URL: system.calendly.url } }),
  },
];

describe('is found, with its remedy:', () => {
  test.each(rows)('$fault', async ({ area, check, status, message, remedy, plant, mend }) => {
    const planted = await plant();
    const found = await findings(area, planted);
    await mend?.();
    expect(nextTo(found, check)).toEqual({
      check,
      status: status ?? 'failed',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });

  test('an app that one of several shops never installed', async () => {
    const { apiUrl, appToken } = system.saleor;
    const shops = [
      { apiUrl, token: async () => appToken },
      { apiUrl: apiUrl.replace('127.0.0.1', 'localhost'), token: async () => null },
    ];
    const checks = saleorChecks({ shops, timeoutMs: 2000 });
    const found = await runChecks(checks, { timeoutMs: 2000 });
    expect(notOk(found)).toEqual([
      {
        check: 'saleor-installed',
        status: 'failed',
        message: expect.stringMatching(/^localhost:\d+: No token[^;]*$/),
        remedy: expect.stringMatching(/Install the app/),
      },
      { check: 'saleor-app', status: 'skipped', message: expect.anything(), remedy: null },
    ]);
  });

  test('a configuration with every problem at once, and this process all the same', async () => {
    const found = await findings('temporal', {
      env: { LATCHKEY_ENV: 'production', PORT: 'x', PUBLIC_URL: '' },
    });
    expect(found.filter(({ check }) => check === 'configuration').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^PORT is not a port/),
      expect.stringMatching(/^PUBLIC_URL is not set/),
    ]);
    expect(nextTo(found, 'node-version')).toMatchObject({ status: 'ok' });
  });
});

test('a whole stack is joined by its data directory, and as it should be', async () => {
  const own: TestEngine = {
    address: engine.address,
    namespace: async (name) => name,
    close: async () => undefined,
  };
  const stack = await startTestStack({ engine: own });
  try {
    const joined = joinRunningStack({ LATCHKEY_DATA: stack.env['LATCHKEY_DATA'] });
    expect(joined.stack).toBe(stack.env['LATCHKEY_DATA']);
    const found = (await examine(joined.env, [], systemClock)).flatMap((one) => one.findings);
    expect(notOk(found).map(({ check, status }) => [check, status])).toEqual([
      // The twin's event type has no notice, and the test server keeps runs for a day.
      ['temporal-retention', 'warning'],
      ['calcom-event-type', 'warning'],
    ]);
    expect(nextTo(found, 'temporal-worker')).toMatchObject({ status: 'ok' });
  } finally {
    await stack.close();
  }
});

test('one vendor that is away hides nothing of the others', async () => {
  const env = {
    ...system.env,
    SALEOR_API_URL: `http://127.0.0.1:${await closedPort()}/graphql/`,
    TEMPORAL_NAMESPACE: 'nowhere',
  };
  const found = (await examine(env, [], systemClock)).flatMap((one) => one.findings);
  const failed = found.filter(({ status }) => status === 'failed').map(({ check }) => check);
  expect(failed).toEqual(['temporal-namespace', 'saleor-url']);
  expect(nextTo(found, 'saleor-jwks')).toMatchObject({ status: 'skipped' });
  expect(nextTo(found, 'temporal-worker')).toMatchObject({ status: 'skipped' });
  expect(nextTo(found, 'apisix-forward-auth')).toMatchObject({ status: 'ok' });
});

test('no finding tells a secret', async () => {
  const env = { ...system.env, CALENDLY_API_TOKEN: 'hidden-wrong', ZAMMAD_TOKEN: 'hidden-wrong' };
  for (const looked of [system.env, env])
    expect(JSON.stringify(await examine(looked, [], systemClock))).not.toMatch(/hidden-|cal_hidden/);
});
