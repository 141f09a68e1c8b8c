import type { Client } from '@temporalio/client';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { connectDatabase } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { vendorPaceStore } from '../db/queries/vendor-paces.ts';
import { createAdminApi } from '../integrations/apisix/admin-api.ts';
import { createGatewayControl } from '../integrations/apisix/control.ts';
import { domainOf } from '../integrations/saleor/shops.ts';
import { createSchedulingClients } from '../integrations/scheduling/clients.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { bookingOriginsOf, eventTypesOf } from '../platform/config-providers.ts';
import { sessionPlaces } from '../platform/session-places.ts';
import { createAdmissions } from '../platform/vendor-pace/vendors.ts';
import { composeAdmin } from './composition/admin.ts';
import { composeAttention } from './composition/attention.ts';
import { composeBooking } from './composition/booking.ts';
import { composeCallers } from './composition/callers.ts';
import { composeGate } from './composition/gate.ts';
import { composeHousekeeping } from './composition/housekeeping.ts';
import { composeInstallation } from './composition/installation.ts';
import { composeIntake } from './composition/intake.ts';
import { composeLogin } from './composition/login.ts';
import { composeMetrics } from './composition/metrics.ts';
import { composeOperator } from './composition/operator.ts';
import { composePrivacy } from './composition/privacy.ts';
import { composeSaleor } from './composition/saleor.ts';
import { composeWebhooksOut } from './composition/webhooks-out.ts';
import { addDocumentationRoutes } from './docs/openapi.ts';
import { createReferencePage } from './docs/page.ts';
import { createTemporalEngine } from './gate/engine.ts';
import { createReadGate } from './gate/read-gate.ts';
import { type GatewayBootstrapping, gatewayBootstrapOf, startGatewayBootstrap } from './gateway/bootstrap.ts';
import type { OrderSettings } from './intake/orders.ts';
import { createReferred } from './intake/referred.ts';
import { createMetricsPage } from './metrics/page.ts';
import { createRoutes } from './operations/routes.ts';
import { createCustomerPages } from './pages/customer.ts';
import { createSessionStreams } from './pages/session-events.ts';
import { describeError } from './request-log.ts';
import { type RunningApi, startApi } from './server.ts';
import { traceRequests } from './traced-listener.ts';
import { createSessionStarter } from './sessions/start.ts';

/** What the API needs of the configuration. */
export type ApiConfig = Omit<Config, 'worker' | 'log'>;

/** Temporal, connected with its first call: the API starts and takes payments without it. */
export interface TemporalAccess {
  readonly client: Client;
  close(): Promise<void>;
}

export interface ComposedApi extends RunningApi {
  /** Brings the gateway to what the configuration says, beside everything else. */
  readonly gateway: GatewayBootstrapping;
}

const STARTER_DEADLINE_MS = 5000;
const VENDOR_TIMEOUT_MS = 5000;
/** Requests of ours that may wait for one vendor at once. */
const VENDOR_PLACES = 50;

/** What the default tenant is made with when it is not there yet. */
const NEW_TENANT = { name: 'Default', timeZone: 'Europe/Berlin' } as const;
const DEFAULT_CALENDAR_OWNER = 5;

/** Which tenant each shop is of, with what it is made of when it is not there yet. */
function tenantsOfShops({ saleor, tenant }: Pick<ApiConfig, 'saleor' | 'tenant'>): OrderSettings['shops'] {
  return new Map(
    saleor.shops.map(({ apiUrl, tenantId: id }) => {
      const domain = domainOf(apiUrl);
      const name = id === tenant.defaultId ? NEW_TENANT.name : domain;
      return [domain, { id, name, timeZone: NEW_TENANT.timeZone }] as const;
    }),
  );
}

/**
 * The whole API of one process: database, webhooks, sweep, gate and pages on two listeners. Whoever gets it closes
 * it; when this throws, nothing is left open.
 */
export async function composeApi(
  config: ApiConfig,
  log: Logger,
  outside: { readonly temporal: TemporalAccess; readonly clock?: Clock },
): Promise<ComposedApi> {
  const clock = outside.clock ?? systemClock;
  const { temporal } = outside;
  const database = connectDatabase(config.database.url, {
    max: config.database.poolMax,
    onIdleError: (error) => log.warn({ err: describeError(error) }, 'an idle database connection broke'),
  });
  const { db } = database;
  try {
    await migrate(db);
  } catch (error) {
    await database.close();
    await temporal.close();
    throw error;
  }

  const connect = async (): Promise<Client> => temporal.client;
  const engine = createTemporalEngine(connect);
  const { namespace } = temporal.client.options;
  const places = sessionPlaces(config, namespace);
  const starter = createSessionStarter({
    client: connect,
    deadlineMs: STARTER_DEADLINE_MS,
    described: { places, zammadSystemId: config.zammad.systemId },
  });
  const gate = await composeGate(config, { database, engine, clock, log }).catch(async (error: unknown) => {
    await database.close();
    await temporal.close();
    throw error;
  });
  const { revocations, changes } = gate.held;
  const streams = createSessionStreams({
    changes,
    stillPasses: (given) => gate.forwardAuth.stillPasses(given),
  });
  const metrics = composeMetrics({ database, clock });
  const { observers } = metrics;
  const callers = composeCallers(config, { database, clock, log, onLimited: observers.limited });
  const origins = [new URL(config.apisix.gatewayUrl).origin, new URL(config.http.publicUrl).origin];
  const admissions = createAdmissions({
    rates: config.vendorRates,
    store: vendorPaceStore(db),
    places: VENDOR_PLACES,
    log,
    observer: metrics.vendors,
  });
  const login = composeLogin(config, {
    db,
    clock,
    log,
    callers,
    revocations,
    origins,
    starter,
    zammadAdmission: admissions.zammad,
    observe: observers.login,
  });
  const gateway = startGatewayBootstrap({
    control: createGatewayControl(
      createAdminApi({
        adminUrl: config.apisix.adminUrl,
        adminKey: config.apisix.adminKey,
        timeoutMs: VENDOR_TIMEOUT_MS,
        admission: admissions.apisix,
      }),
    ),
    settings: gatewayBootstrapOf(config.apisix),
    log,
  });

  const housekeeping = composeHousekeeping({ db, clock, log });
  const referred = createReferred(config.keys.link);
  const { scheduling, calendly } = createSchedulingClients(config, {
    timeoutMs: VENDOR_TIMEOUT_MS,
    admissions,
  });
  const orders = {
    shops: tenantsOfShops(config),
    defaultTenant: { id: config.tenant.defaultId, ...NEW_TENANT },
    productTypes: config.saleor.productTypes,
    defaults: { provider: config.defaultProvider, eventTypes: eventTypesOf(config) },
    calendarOwnerId: DEFAULT_CALENDAR_OWNER,
  } as const;
  const routes = createRoutes(callers, log);
  const booking = composeBooking(config, {
    db,
    clock,
    log,
    callers,
    revocations,
    origins,
    connect,
    routes,
    calendly,
    referred,
    tenant: { id: config.tenant.defaultId, ...NEW_TENANT },
  });
  composeAdmin(config, {
    db,
    clock,
    log,
    routes,
    engine,
    revocations,
    starter,
    orders,
    runs: booking.runs,
    calendly,
    namespace,
  });
  const shops = composeSaleor(config, { db, clock, log, routes, admissions });
  const sweep = composeIntake(config, {
    db,
    clock,
    log,
    routes,
    referred,
    scheduling,
    starter,
    orders,
    shops,
    admissions,
    observer: observers.intake,
  });
  const webhooks = composeWebhooksOut(config, { db, clock, log, routes, connect });
  const attention = composeAttention(config, { db, clock, log, places, onOwed: () => webhooks.kick() });
  const privacy = composePrivacy(config, { db, clock, log, routes, connect });
  const installation = composeInstallation(config, {
    db,
    clock,
    routes,
    connect,
    namespace: temporal.client.options.namespace,
    admissions,
    gateway,
  });
  // Last: it documents what was added before it.
  addDocumentationRoutes(routes, { publicUrl: config.http.publicUrl });
  const operator = composeOperator(config, { db, clock, log, routes, callers, revocations, origins });

  const api = await startApi({
    http: {
      port: config.http.port,
      internalPort: config.http.internalPort,
      internalHost: config.http.internalHost,
      ...(config.env === 'development' ? { host: '127.0.0.1' } : {}),
    },
    log,
    observe: observers.request,
    strictTransport: config.env !== 'development',
    ...(config.tracing === null ? {} : { traced: traceRequests(config.apisix) }),
    publicRouters: [
      login.routes,
      createCustomerPages({
        db,
        engine,
        readGate: createReadGate({ db, engine, report: gate.report }),
        streams,
        clock,
        upstreamSecret: config.apisix.upstreamSecret,
        origins,
        gatewayOrigin: new URL(config.apisix.gatewayUrl).origin,
        bookingOrigins: bookingOriginsOf(config),
      }),
      ...booking.routers,
      createReferencePage(),
      shops.page,
      operator,
      routes.router(),
    ],
    endStreams: () => streams.close(),
    internalFirst: gate.forwardAuth.answerAtOnce,
    internalRouters: [
      gate.forwardAuth.router,
      gate.events,
      createMetricsPage([gate.metrics, ...metrics.registries]),
    ],
    readiness: [
      {
        name: 'database',
        check: async () => {
          await sql`select 1`.execute(db);
          return true;
        },
      },
      { name: 'temporal', check: () => engine.reachable() },
      ...gate.held.readiness,
    ],
    stopInOrder: [
      { name: 'installation', stop: () => installation.stop() },
      { name: 'refusals', stop: () => gate.forwardAuth.settled() },
      { name: 'gate', stop: () => gate.held.close() },
      { name: 'gateway', stop: () => gateway.stop() },
      { name: 'login', stop: () => login.background.settled() },
      { name: 'housekeeping', stop: () => housekeeping.stop() },
      { name: 'login sweep', stop: () => login.sweep.stop() },
      { name: 'booking sweep', stop: () => booking.sweep.stop() },
      { name: 'sweep', stop: () => sweep.stop() },
      { name: 'attention sweep', stop: () => attention.stop() },
      { name: 'webhook sweep', stop: () => webhooks.stop() },
      { name: 'erasure sweep', stop: () => privacy.stop() },
      {
        name: 'temporal',
        async stop() {
          await Promise.all([engine.settled(), booking.runs.settled()]);
          await temporal.close();
        },
      },
      { name: 'database', stop: () => database.close() },
    ],
  });
  return { ...api, gateway };
}
