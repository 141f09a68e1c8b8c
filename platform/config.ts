import { z } from 'zod';
import {
  calcomSettings,
  calendlySettings,
  defaultProviderProblems,
  type ProvidersConfig,
  toProviders,
} from './config-providers.ts';
import { shops } from './config-values.ts';
import { defaultDataDirectory } from './data-directory.ts';
import type { Environment } from './environment.ts';
import type { KeyRing } from './keys.ts';
import { apisixSettings } from './settings/apisix.ts';
import {
  bookingSettings,
  moneySettings,
  recordSettings,
  schedulingProvider,
  tenantSettings,
} from './settings/booking.ts';
import { codecPort, codecSettings, keySettings } from './settings/keys.ts';
import { limitSettings, vendorRateSettings } from './settings/limits.ts';
import { environmentName, listenerPorts, listenerSettings } from './settings/listeners.ts';
import { logSettings } from './settings/logging.ts';
import { machineSettings } from './settings/machine.ts';
import { mailSettings } from './settings/mail.ts';
import { peopleSettings } from './settings/people.ts';
import { saleorSettings } from './settings/saleor.ts';
import { localDatabase, storeSettings } from './settings/stores.ts';
import { workerSettings } from './settings/worker.ts';
import { zammadSettings } from './settings/zammad.ts';
import { tracingSettings } from './settings/tracing.ts';
import { type TracingConfig, tracingOf, tracingProblems } from './tracing/config.ts';

export type DeploymentEnvironment = 'production' | 'development';
/**
 * What a session's URL is at the gateway. `session`: a route of its own. `shared`: the wildcard. `auto`: its own until
 * `maxRoutes` are there.
 */
export type RouteMode = 'session' | 'shared' | 'auto';

/** One Saleor instance that sessions are sold in. */
export interface SaleorShop {
  /** The GraphQL endpoint. */
  readonly apiUrl: string;
  readonly tenantId: number;
  /** The app's token from the environment; null: only what the shop gave us when it installed the app. */
  readonly appToken: string | null;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** One wrong or missing variable. The problem never repeats the value, which may be a secret. */
export interface ConfigurationProblem {
  readonly variable: string;
  readonly problem: string;
}

/** The environment is not usable; lists everything that is wrong with it at once. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[]) {
    const lines = problems.map(({ variable, problem }) => `  ${variable} ${problem}`);
    super(['The configuration is not usable:', ...lines, 'See .env.example.'].join('\n'));
    this.problems = problems;
  }
}

export interface Config extends ProvidersConfig {
  readonly env: DeploymentEnvironment;
  readonly http: {
    readonly port: number;
    readonly internalPort: number;
    readonly internalHost: string;
    /** Where the outside reaches the public listener; no slash at the end. */
    readonly publicUrl: string;
    /** Other origins whose pages may call the public booking API from a browser. */
    readonly formOrigins: readonly string[];
  };
  readonly database: { readonly url: string; readonly poolMax: number };
  readonly saleor: {
    /** Nobody else's orders are taken, and nobody else may install the app. */
    readonly shops: readonly [SaleorShop, ...SaleorShop[]];
    /** Slugs of the product types whose lines are sessions. */
    readonly productTypes: readonly string[];
    /** Where shops' dashboards are, beside the origins of the shops themselves. */
    readonly dashboardOrigins: readonly string[];
    /** Completed sessions are fulfilled out of this warehouse; null: the shop does that itself. */
    readonly fulfilFrom: string | null;
  };
  readonly zammad: {
    readonly url: string;
    readonly token: string;
    readonly group: string;
    /** The first digits of each ticket number. */
    readonly systemId: string;
    /** `signature_token` of the webhook that agents' actions come by. */
    readonly webhookSecret: string;
  };
  readonly apisix: {
    readonly adminUrl: string;
    readonly adminKey: string;
    /** Where clients reach the gateway. */
    readonly gatewayUrl: string;
    /** Where the gateway reaches our forward-auth. */
    readonly forwardAuthUrl: string;
    /** Where the gateway reaches our public listener. */
    readonly upstreamUrl: string;
    readonly gatewaySecret: string;
    readonly upstreamSecret: string;
    readonly maxRoutes: number;
    readonly routeMode: RouteMode;
    /** Whether the gateway begins the trace of each request, so that its `traceparent` may be believed. */
    readonly traceparent: boolean;
    /** Addresses or CIDRs that the gateway lets through to `/api/v1/admin`; none: no such route. */
    readonly adminAllow: readonly string[];
  };
  readonly booking: {
    /** How long a visitor waits for a link of their own, in milliseconds. */
    readonly linkWaitMs: number;
  };
  readonly temporal: {
    /** Where Temporal UI is, for links to runs; null: nobody told us. */
    readonly uiUrl: string | null;
  };
  /** Mails to operators about what needs attention; null: nobody is mailed. */
  readonly mail: {
    /** With user and password. */
    readonly smtpUrl: string;
    readonly from: string;
    readonly attentionTo: readonly string[];
  } | null;
  /** Webhooks to tenants. */
  readonly webhooks: {
    /** Networks of our own that they may go to all the same, as CIDRs. */
    readonly allowedNetworks: readonly string[];
  };
  readonly keys: {
    readonly link: KeyRing;
    readonly cookie: KeyRing;
    /** Of the payloads in Temporal's histories. */
    readonly payload: KeyRing;
    /** Of tokens that shops gave us, as they are stored. */
    readonly credential: KeyRing;
  };
  /** Shows Temporal UI the payloads in clear, to who may see them. */
  readonly codec: {
    readonly port: number;
    readonly host: string;
    /** The one origin whose pages may ask; null: that of `temporal.uiUrl`. */
    readonly allowedOrigin: string | null;
  };
  /** A refund above its currency's amount waits for an operator; with limits set, so does any other currency. */
  readonly refunds: { readonly approvalAbove: ReadonlyMap<string, string> };
  readonly retention: {
    /** A settled webhook's body, which may hold personal data, is emptied after this many days. */
    readonly inboxBodyDays: number;
    /** What an operator can still look up of a settled webhook, and the audit, go after this many days. */
    readonly recordDays: number;
  };
  readonly reconcile: {
    /** How many days of paid orders are compared with the sessions. */
    readonly orderDays: number;
  };
  /** Requests per minute over all processes; 0: as many as are needed. */
  readonly vendorRates: Readonly<Record<Vendor, number>>;
  readonly tenant: { readonly defaultId: number };
  /** Bearer tokens of admins, tenants and services. At least one of the two is there. */
  readonly auth: {
    /** An OpenID Connect issuer whose JWKS verifies them, or null. */
    readonly oidc: { readonly issuer: string; readonly audience: string } | null;
    /** Our own keys (HS256), for `npm run token`, or null. */
    readonly localKeys: KeyRing | null;
    /** Our client at the issuer, for operators who sign in to our pages; null: with a token alone. */
    readonly signIn: { readonly clientId: string; readonly clientSecret: string } | null;
  };
  /** Logging clients in; null: by e-mail and one-time code alone. */
  readonly login: {
    readonly oidc: {
      readonly issuer: string;
      readonly clientId: string;
      readonly clientSecret: string;
    } | null;
  };
  readonly limits: {
    readonly linksPerTenant: number;
    readonly linksPerUser: number;
    readonly linksPerAddress: number;
    readonly bookingsPerAddress: number;
    readonly loginsPerAddress: number;
    readonly loginsPerEmail: number;
    readonly bookingRequestsPerAddress: number;
    readonly bookingRequestsPerEmail: number;
    readonly bookingReadsPerAddress: number;
    readonly registrationsPerAddress: number;
  };
  readonly worker: {
    readonly healthPort: number;
    readonly healthHost: string;
    readonly metricsPort: number;
    readonly metricsHost: string;
    readonly size: {
      readonly workflowTasks: number;
      readonly activities: number;
      readonly cachedWorkflows: number;
    };
    readonly shutdownGraceMs: number;
    /** Worker Deployment Versioning; null: workers are not versioned. */
    readonly deployment: { readonly name: string; readonly buildId: string } | null;
  };
  readonly log: { readonly level: LogLevel; readonly pretty: boolean };
  /** Null: nothing is traced. */
  readonly tracing: TracingConfig | null;
}

/** What the scripts need to know to run servers and twins on this machine. */
export interface LocalConfig {
  readonly env: DeploymentEnvironment;
  readonly dataDirectory: string;
  readonly publicPort: number;
  readonly internalPort: number;
  readonly postgresPort: number;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly codecPort: number;
  /** Undefined: an embedded PostgreSQL is started. */
  readonly databaseUrl: string | undefined;
  /** Undefined: a Temporal server is started. */
  readonly temporalAddress: string | undefined;
  /** The vendors of which nothing is configured: a twin stands in, in development. */
  readonly sandboxed: readonly Vendor[];
  readonly twinPorts: {
    readonly saleor: number;
    readonly zammad: number;
    readonly apisixAdmin: number;
    readonly apisixGateway: number;
    readonly calendly: number;
    readonly calcom: number;
  };
  /** The sandbox mailbox; null: `SMTP_URL` names a real one. */
  readonly mailbox: { readonly pagePort: number; readonly smtpPort: number } | null;
  readonly log: Config['log'];
}

export type Vendor = 'saleor' | 'zammad' | 'apisix' | 'calendly' | 'calcom';

/** Any of these set means that the vendor is a real one. */
const CONFIGURED_BY: Readonly<Record<Vendor, readonly string[]>> = {
  saleor: ['SALEOR_API_URL', 'SALEOR_APP_TOKEN', 'SALEOR_SHOPS'],
  zammad: ['ZAMMAD_URL', 'ZAMMAD_TOKEN'],
  apisix: ['APISIX_ADMIN_URL', 'APISIX_ADMIN_KEY'],
  calendly: ['CALENDLY_API_URL', 'CALENDLY_API_TOKEN'],
  calcom: ['CALCOM_API_URL', 'CALCOM_API_KEY'],
};
const VENDORS: readonly Vendor[] = ['saleor', 'zammad', 'apisix', 'calendly', 'calcom'];

function sandboxedIn(values: Readonly<Record<string, string>>): readonly Vendor[] {
  return VENDORS.filter((vendor) => !CONFIGURED_BY[vendor].some((name) => values[name]));
}

/** What the scripts read; the ports are those of the processes too. */
const locals = () => ({
  LATCHKEY_ENV: environmentName(),
  ...listenerPorts(),
  ...codecPort(),
  ...machineSettings(),
  ...localDatabase(),
  TEMPORAL_ADDRESS: z.string().optional(),
  ...logSettings(),
});

/** What both processes read; the providers are read apart, since one of them is enough. */
const settings = (weak: boolean) => ({
  ...listenerSettings(weak),
  ...storeSettings(),
  ...saleorSettings(),
  ...zammadSettings(weak),
  ...apisixSettings(weak),
  ...bookingSettings(),
  ...keySettings(weak),
  ...codecSettings(),
  ...peopleSettings(weak),
  ...mailSettings(),
  ...tenantSettings(),
  ...moneySettings(),
  ...recordSettings(),
  ...vendorRateSettings(),
  ...limitSettings(),
  ...workerSettings(),
  ...logSettings(),
  ...tracingSettings(),
});

/** An empty variable is one that is not set: that is how compose files and `.env` leave one out. */
function given(env: Environment): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value) values[name] = value;
  return values;
}

/** What the values are as `shape`, and what is wrong with them. */
function read<Shape extends z.ZodRawShape>(shape: Shape, values: Record<string, string>) {
  const parsed = z.object(shape).safeParse(values);
  const problems: ConfigurationProblem[] = (parsed.error?.issues ?? []).map((issue) => ({
    variable: String(issue.path[0]),
    problem: issue.message,
  }));
  return { data: parsed.data, problems };
}

/** A provider of which nothing is set is not there; Calendly is asked for when neither is. */
function readProviders(weak: boolean, values: Record<string, string>) {
  const [calendlyShape, calcomShape] = [calendlySettings(weak), calcomSettings(weak)];
  const isSet = (shape: z.ZodRawShape) => Object.keys(shape).some((name) => values[name]);
  const calcom = isSet(calcomShape) ? read(calcomShape, values) : null;
  const calendly = isSet(calendlyShape) || calcom === null ? read(calendlyShape, values) : null;
  const problems = [...(calendly?.problems ?? []), ...(calcom?.problems ?? [])];
  // What is not a provider at all is said where it is read.
  const wanted = schedulingProvider().safeParse(values['SCHEDULING_PROVIDER']).data;
  const data = toProviders(calendly?.data ?? null, calcom?.data ?? null, wanted);
  return { data, problems: problems.length > 0 ? problems : defaultProviderProblems(data) };
}

/** What is not set in development: where the twins and our own listeners are, and keys that anyone can read. */
export function developmentDefaults(values: Record<string, string>): Record<string, string> {
  const at = (variable: string, fallback: number) => `http://127.0.0.1:${values[variable] ?? fallback}`;
  // Anyone can read these: they lock nothing, and production refuses them.
  const key = Buffer.from('latchkey development key').toString('base64');
  const twins: Readonly<Record<Vendor, Record<string, string>>> = {
    saleor: { SALEOR_API_URL: `${at('SALEOR_TWIN_PORT', 3010)}/graphql/`, SALEOR_APP_TOKEN: 'development' },
    zammad: {
      ZAMMAD_URL: at('ZAMMAD_TWIN_PORT', 3011),
      ZAMMAD_TOKEN: 'development',
      ZAMMAD_WEBHOOK_SECRET: 'development',
    },
    apisix: {
      APISIX_ADMIN_URL: at('APISIX_TWIN_ADMIN_PORT', 3012),
      APISIX_ADMIN_KEY: 'development',
      GATEWAY_URL: at('APISIX_TWIN_GATEWAY_PORT', 3013),
    },
    calendly: {
      CALENDLY_API_URL: at('CALENDLY_TWIN_PORT', 3014),
      CALENDLY_API_TOKEN: 'development',
      CALENDLY_EVENT_TYPE_UUID: 'a1b2c3d4-0000-4000-8000-000000000010',
      CALENDLY_WEBHOOK_SECRET: 'development',
      CALENDLY_DEFAULT_LINK: `${at('CALENDLY_TWIN_PORT', 3014)}/host/60-min-paid-session`,
      // Nobody shares the twin with us: it is asked as fast as it answers, and says itself when that is too much.
      VENDOR_RATE_CALENDLY: '0',
    },
    calcom: {
      CALCOM_API_URL: at('CALCOM_TWIN_PORT', 3015),
      CALCOM_API_KEY: 'development',
      CALCOM_EVENT_TYPE_ID: '7',
      CALCOM_WEBHOOK_SECRET: 'development',
      CALCOM_WEB_URL: at('CALCOM_TWIN_PORT', 3015),
      CALCOM_DEFAULT_LINK: `${at('CALCOM_TWIN_PORT', 3015)}/host/paid-session`,
      VENDOR_RATE_CALCOM: '0',
    },
  };
  return {
    PUBLIC_URL: at('PORT', 3000),
    FORWARD_AUTH_URL: `${at('INTERNAL_PORT', 3001)}/forward-auth`,
    UPSTREAM_URL: at('PORT', 3000),
    GATEWAY_SECRET: 'development',
    UPSTREAM_SECRET: 'development',
    LINK_SIGNING_KEYS: `development:${key}`,
    COOKIE_KEYS: `development:${key}`,
    PAYLOAD_KEYS: `development:${key}`,
    CREDENTIAL_KEYS: `development:${key}`,
    AUTH_KEYS: `development:${key}`,
    // A tenant's receiver runs on this machine.
    WEBHOOKS_ALLOW_NETWORKS: '127.0.0.0/8,::1/128',
    // Only where nothing of a vendor is set: a real token never goes to a twin, nor a sandbox's to a real vendor.
    ...Object.assign({}, ...sandboxedIn(values).map((vendor) => twins[vendor])),
  };
}

/** Settings that are only needed, or only enough, together with others. */
function missingTogether(values: Readonly<Record<string, string>>): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  if (!values['AUTH_ISSUER'] && !values['AUTH_KEYS'])
    problems.push({
      variable: 'AUTH_ISSUER',
      problem: 'is not set: without it, or AUTH_KEYS, nobody could call the API',
    });
  if (values['OIDC_ISSUER']) {
    for (const variable of ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'])
      if (!values[variable]) problems.push({ variable, problem: 'is not set: OIDC_ISSUER needs it' });
  }
  if (values['ADMIN_OIDC_CLIENT_ID'] || values['ADMIN_OIDC_CLIENT_SECRET']) {
    for (const variable of ['AUTH_ISSUER', 'ADMIN_OIDC_CLIENT_ID', 'ADMIN_OIDC_CLIENT_SECRET'])
      if (!values[variable])
        problems.push({ variable, problem: 'is not set: operators’ sign-in with an account needs it' });
  }
  if (values['ATTENTION_MAIL_TO'])
    for (const variable of ['SMTP_URL', 'MAIL_FROM'])
      if (!values[variable]) problems.push({ variable, problem: 'is not set: ATTENTION_MAIL_TO needs it' });
  problems.push(...shopProblems(values));
  if (values['SALEOR_FULFIL'] === 'true' && !values['SALEOR_WAREHOUSE'])
    problems.push({ variable: 'SALEOR_WAREHOUSE', problem: 'is not set: SALEOR_FULFIL needs it' });
  for (const [one, other] of [
    ['WORKER_DEPLOYMENT_NAME', 'WORKER_BUILD_ID'],
    ['WORKER_BUILD_ID', 'WORKER_DEPLOYMENT_NAME'],
  ] as const)
    if (values[other] && !values[one])
      problems.push({ variable: one, problem: `is not set: ${other} needs it` });
  return problems;
}

function shopProblems(values: Readonly<Record<string, string>>): readonly ConfigurationProblem[] {
  const { SALEOR_API_URL: apiUrl, SALEOR_SHOPS: listed, SALEOR_APP_TOKEN: token } = values;
  if (!apiUrl && !listed)
    return [{ variable: 'SALEOR_API_URL', problem: "is not set: the shop's GraphQL endpoint" }];
  if (listed && token && !apiUrl)
    return [{ variable: 'SALEOR_API_URL', problem: 'is not set: it says whose token SALEOR_APP_TOKEN is' }];
  const isListed =
    shops()
      .safeParse(listed ?? '')
      .data?.some((shop) => shop.apiUrl === apiUrl) ?? true;
  return listed && apiUrl && !isListed
    ? [{ variable: 'SALEOR_API_URL', problem: 'is not one of SALEOR_SHOPS' }]
    : [];
}

/** The shops of the list, or the only one. */
function shopsOf(values: {
  readonly SALEOR_API_URL?: string | undefined;
  readonly SALEOR_APP_TOKEN?: string | undefined;
  readonly SALEOR_SHOPS: readonly Omit<SaleorShop, 'appToken'>[];
  readonly DEFAULT_TENANT_ID: number;
}): Config['saleor']['shops'] {
  const { SALEOR_API_URL: apiUrl = '', SALEOR_APP_TOKEN: token } = values;
  const tokenOf = (url: string): string | null => (url === apiUrl && token ? token : null);
  const [first, ...others] = values.SALEOR_SHOPS.map((shop) => ({ ...shop, appToken: tokenOf(shop.apiUrl) }));
  return first
    ? [first, ...others]
    : [{ apiUrl, tenantId: values.DEFAULT_TENANT_ID, appToken: tokenOf(apiUrl) }];
}

function loginProviderOf(values: {
  readonly OIDC_ISSUER?: string | undefined;
  readonly OIDC_CLIENT_ID?: string | undefined;
  readonly OIDC_CLIENT_SECRET?: string | undefined;
}): Config['login']['oidc'] {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  return issuer && clientId && clientSecret ? { issuer, clientId, clientSecret } : null;
}

function mailOf(values: {
  readonly SMTP_URL?: string | undefined;
  readonly MAIL_FROM?: string | undefined;
  readonly ATTENTION_MAIL_TO: readonly string[];
}): Config['mail'] {
  const { SMTP_URL: smtpUrl, MAIL_FROM: from, ATTENTION_MAIL_TO: attentionTo } = values;
  return smtpUrl && from && attentionTo.length > 0 ? { smtpUrl, from, attentionTo } : null;
}

function logOf(values: { LOG_LEVEL: LogLevel; LOG_FORMAT?: 'json' | 'pretty' | undefined }): Config['log'] {
  const pretty = values.LOG_FORMAT ? values.LOG_FORMAT === 'pretty' : process.stdout.isTTY === true;
  return { level: values.LOG_LEVEL, pretty };
}

/**
 * Reads the configuration of an API or worker process. In development a missing vendor setting is the sandbox
 * twin's on its default port, and weak keys pass.
 *
 * @throws {ConfigurationError} with every problem.
 */
export function loadConfig(env: Environment): Config {
  const set = given(env);
  const weak = set['LATCHKEY_ENV'] === 'development';
  const all = weak ? { ...developmentDefaults(set), ...set } : set;
  const { data: values, problems } = read(settings(weak), all);
  const providers = readProviders(weak, all);
  const wrong = [...problems, ...providers.problems, ...missingTogether(all), ...tracingProblems(all)];
  if (values === undefined || wrong.length > 0) throw new ConfigurationError(wrong);
  return {
    env: values.LATCHKEY_ENV,
    http: {
      port: values.PORT,
      internalPort: values.INTERNAL_PORT,
      internalHost: values.INTERNAL_HOST,
      publicUrl: values.PUBLIC_URL,
      formOrigins: values.PUBLIC_FORM_ORIGINS,
    },
    database: { url: values.DATABASE_URL, poolMax: values.DATABASE_POOL_MAX },
    saleor: {
      shops: shopsOf(values),
      productTypes: values.SALEOR_SESSION_PRODUCT_TYPES,
      dashboardOrigins: values.SALEOR_DASHBOARD_ORIGINS,
      fulfilFrom: values.SALEOR_FULFIL ? (values.SALEOR_WAREHOUSE ?? null) : null,
    },
    zammad: {
      url: values.ZAMMAD_URL,
      token: values.ZAMMAD_TOKEN,
      group: values.ZAMMAD_GROUP,
      systemId: values.ZAMMAD_SYSTEM_ID,
      webhookSecret: values.ZAMMAD_WEBHOOK_SECRET,
    },
    apisix: {
      adminUrl: values.APISIX_ADMIN_URL,
      adminKey: values.APISIX_ADMIN_KEY,
      gatewayUrl: values.GATEWAY_URL,
      forwardAuthUrl: values.FORWARD_AUTH_URL,
      upstreamUrl: values.UPSTREAM_URL,
      gatewaySecret: values.GATEWAY_SECRET,
      upstreamSecret: values.UPSTREAM_SECRET,
      maxRoutes: values.APISIX_MAX_ROUTES,
      routeMode: values.APISIX_ROUTE_MODE,
      adminAllow: values.APISIX_ADMIN_ALLOW,
      traceparent: values.APISIX_TRACEPARENT,
    },
    ...providers.data,
    booking: { linkWaitMs: values.BOOKING_LINK_WAIT_MS },
    temporal: { uiUrl: values.TEMPORAL_UI_URL ?? null },
    mail: mailOf(values),
    webhooks: { allowedNetworks: values.WEBHOOKS_ALLOW_NETWORKS },
    keys: {
      link: values.LINK_SIGNING_KEYS,
      cookie: values.COOKIE_KEYS,
      payload: values.PAYLOAD_KEYS,
      credential: values.CREDENTIAL_KEYS,
    },
    codec: {
      port: values.CODEC_PORT,
      host: values.CODEC_HOST,
      allowedOrigin: values.CODEC_ALLOWED_ORIGIN[0] ?? null,
    },
    refunds: { approvalAbove: values.REFUND_APPROVAL_ABOVE },
    retention: { inboxBodyDays: values.INBOX_BODY_DAYS, recordDays: values.RECORD_DAYS },
    reconcile: { orderDays: values.RECONCILE_ORDER_DAYS },
    vendorRates: {
      saleor: values.VENDOR_RATE_SALEOR,
      zammad: values.VENDOR_RATE_ZAMMAD,
      apisix: values.VENDOR_RATE_APISIX,
      calendly: values.VENDOR_RATE_CALENDLY,
      calcom: values.VENDOR_RATE_CALCOM,
    },
    tenant: { defaultId: values.DEFAULT_TENANT_ID },
    auth: {
      oidc: values.AUTH_ISSUER ? { issuer: values.AUTH_ISSUER, audience: values.AUTH_AUDIENCE } : null,
      localKeys: values.AUTH_KEYS ?? null,
      signIn:
        values.ADMIN_OIDC_CLIENT_ID && values.ADMIN_OIDC_CLIENT_SECRET
          ? { clientId: values.ADMIN_OIDC_CLIENT_ID, clientSecret: values.ADMIN_OIDC_CLIENT_SECRET }
          : null,
    },
    login: { oidc: loginProviderOf(values) },
    limits: {
      linksPerTenant: values.RATE_LIMIT_LINKS_PER_TENANT,
      linksPerUser: values.RATE_LIMIT_LINKS_PER_USER,
      linksPerAddress: values.RATE_LIMIT_LINKS_PER_ADDRESS,
      bookingsPerAddress: values.RATE_LIMIT_BOOKINGS_PER_ADDRESS,
      loginsPerAddress: values.RATE_LIMIT_LOGINS_PER_ADDRESS,
      loginsPerEmail: values.RATE_LIMIT_LOGINS_PER_EMAIL,
      bookingRequestsPerAddress: values.RATE_LIMIT_BOOKING_REQUESTS_PER_ADDRESS,
      bookingRequestsPerEmail: values.RATE_LIMIT_BOOKING_REQUESTS_PER_EMAIL,
      bookingReadsPerAddress: values.RATE_LIMIT_BOOKING_READS_PER_ADDRESS,
      registrationsPerAddress: values.RATE_LIMIT_REGISTRATIONS_PER_ADDRESS,
    },
    worker: {
      healthPort: values.WORKER_HEALTH_PORT,
      healthHost: values.WORKER_HEALTH_HOST,
      metricsPort: values.WORKER_METRICS_PORT,
      metricsHost: values.WORKER_METRICS_HOST,
      size: {
        workflowTasks: values.WORKER_WORKFLOW_TASK_SLOTS,
        activities: values.WORKER_ACTIVITY_SLOTS,
        cachedWorkflows: values.WORKER_CACHED_WORKFLOWS,
      },
      shutdownGraceMs: values.WORKER_SHUTDOWN_GRACE_SECONDS * 1000,
      deployment:
        values.WORKER_DEPLOYMENT_NAME && values.WORKER_BUILD_ID
          ? { name: values.WORKER_DEPLOYMENT_NAME, buildId: values.WORKER_BUILD_ID }
          : null,
    },
    log: logOf(values),
    tracing: tracingOf(values),
  };
}

/**
 * Reads what a script needs before there is a stack.
 *
 * @throws {ConfigurationError} with every problem.
 */
export function loadLocalConfig(env: Environment): LocalConfig {
  const set = given(env);
  const { data: values, problems } = read(locals(), set);
  if (values === undefined) throw new ConfigurationError(problems);
  return {
    env: values.LATCHKEY_ENV,
    dataDirectory: values.LATCHKEY_DATA ?? defaultDataDirectory(),
    publicPort: values.PORT,
    internalPort: values.INTERNAL_PORT,
    postgresPort: values.POSTGRES_PORT,
    temporalPort: values.TEMPORAL_PORT,
    temporalUiPort: values.TEMPORAL_UI_PORT,
    codecPort: values.CODEC_PORT,
    databaseUrl: values.DATABASE_URL,
    temporalAddress: values.TEMPORAL_ADDRESS,
    sandboxed: sandboxedIn(set),
    twinPorts: {
      saleor: values.SALEOR_TWIN_PORT,
      zammad: values.ZAMMAD_TWIN_PORT,
      apisixAdmin: values.APISIX_TWIN_ADMIN_PORT,
      apisixGateway: values.APISIX_TWIN_GATEWAY_PORT,
      calendly: values.CALENDLY_TWIN_PORT,
      calcom: values.CALCOM_TWIN_PORT,
    },
    mailbox: set['SMTP_URL']
      ? null
      : { pagePort: values.MAIL_TWIN_PORT, smtpPort: values.MAIL_TWIN_SMTP_PORT },
    log: logOf(values),
  };
}
