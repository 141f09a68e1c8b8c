import type { Client } from '@temporalio/client';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { connectDatabase } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { findRoute } from '../db/queries/gate.ts';
import { createSaleorVerifier } from '../integrations/saleor/webhook.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { KeyRing } from '../platform/keys.ts';
import { verifyReference } from '../platform/reference.ts';
import type { SessionKey } from '../workflows/contract/values.ts';
import { createTemporalEngine } from './gate/engine.ts';
import { createForwardAuth } from './gate/forward-auth.ts';
import { createReadGate, type GateReport } from './gate/read-gate.ts';
import { createSweep } from './intake/sweep.ts';
import { createCustomerPages } from './pages/customer.ts';
import { describeError } from './request-log.ts';
import { type RunningApi, startApi } from './server.ts';
import { createSessionStarter } from './sessions/start.ts';
import { createCalendlyWebhookRouter } from './webhooks/calendly.ts';
import { createSaleorWebhookRouter } from './webhooks/saleor.ts';

/** What the API needs of the configuration. */
export interface ApiConfig {
  readonly env: 'development' | 'production';
  readonly http: {
    readonly port: number;
    readonly internalPort: number;
    readonly internalHost: string;
    readonly publicUrl: string;
  };
  readonly database: { readonly url: string; readonly poolMax: number };
  readonly saleor: { readonly apiUrl: string; readonly productTypes: readonly string[] };
  readonly apisix: {
    readonly gatewayUrl: string;
    readonly gatewaySecret: string;
    readonly upstreamSecret: string;
  };
  readonly calendly: { readonly eventTypeUuid: string; readonly webhookSecret: string };
  readonly keys: { readonly link: KeyRing; readonly cookie: KeyRing };
  /** Whose the orders of the configured shop are. */
  readonly tenant: { readonly defaultId: number };
}

/** Temporal, connected with its first call: the API starts and takes payments without it. */
export interface TemporalAccess {
  readonly client: Client;
  close(): Promise<void>;
}

const STARTER_DEADLINE_MS = 5000;
const REPORT_EVERY_MS = 60_000;
const REPORTS_REMEMBERED = 1000;

/** What the default tenant is made with when it is not there yet. */
const NEW_TENANT = { name: 'Default', timeZone: 'Europe/Berlin' } as const;
const DEFAULT_CALENDAR_OWNER = 5;

/** One line per session and minute: every request to a session in trouble would say the same. */
function reportTo(log: Logger, clock: Clock): (report: GateReport) => void {
  const last = new Map<SessionKey, number>();
  return (report) => {
    const now = clock();
    if (now - (last.get(report.sessionKey) ?? -REPORT_EVERY_MS) < REPORT_EVERY_MS) return;
    if (last.size >= REPORTS_REMEMBERED) last.clear();
    last.set(report.sessionKey, now);
    if (report.kind === 'attention')
      log.error({ ...report }, 'a session’s run is not there or ended uncleanly');
    else log.warn({ ...report }, 'gate answered without the workflow');
  };
}

/**
 * The whole API of one process: database, webhooks, sweep, gate and pages on two listeners. Whoever gets it closes
 * it; when this throws, nothing is left open.
 */
export async function composeApi(
  config: ApiConfig,
  log: Logger,
  outside: { readonly temporal: TemporalAccess; readonly clock?: Clock },
): Promise<RunningApi> {
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
  const readGate = createReadGate({ db, engine, report: reportTo(log, clock) });
  const shop = new URL(config.saleor.apiUrl);
  const sessionOfReference = (reference: string): SessionKey | undefined =>
    verifyReference(config.keys.link, reference);
  const sweep = createSweep({
    db,
    clock,
    log,
    sessionOfReference,
    starter: createSessionStarter({ client: connect, deadlineMs: STARTER_DEADLINE_MS }),
    orders: {
      domain: shop.host,
      productTypes: config.saleor.productTypes,
      defaults: {
        provider: 'calendly',
        providers: ['calendly'],
        eventType: config.calendly.eventTypeUuid,
      },
      defaultTenant: { id: config.tenant.defaultId, ...NEW_TENANT },
      calendarOwnerId: DEFAULT_CALENDAR_OWNER,
    },
  });
  const onStored = (): void => sweep.kick();

  return startApi({
    http: {
      port: config.http.port,
      internalPort: config.http.internalPort,
      internalHost: config.http.internalHost,
      ...(config.env === 'development' ? { host: '127.0.0.1' } : {}),
    },
    log,
    publicRouters: [
      createSaleorWebhookRouter({
        db,
        clock,
        log,
        onStored,
        verifier: createSaleorVerifier({
          jwksUrlFor: (domain) =>
            domain === shop.host ? new URL('/.well-known/jwks.json', shop) : undefined,
        }),
      }),
      createCalendlyWebhookRouter({
        db,
        clock,
        log,
        onStored,
        sessionOfReference,
        secret: config.calendly.webhookSecret,
      }),
      createCustomerPages({
        db,
        engine,
        readGate,
        clock,
        upstreamSecret: config.apisix.upstreamSecret,
        origins: [new URL(config.apisix.gatewayUrl).origin, new URL(config.http.publicUrl).origin],
      }),
    ],
    internalRouters: [
      createForwardAuth({
        gatewaySecret: config.apisix.gatewaySecret,
        keys: config.keys,
        secureCookies: config.env !== 'development',
        clock,
        findRoute: (slug, linkId) => findRoute(db, slug, linkId),
        readGate,
        report: (error) => log.error({ err: describeError(error) }, 'forward-auth could not tell'),
      }),
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
    ],
    stopInOrder: [
      { name: 'sweep', stop: () => sweep.stop() },
      {
        name: 'temporal',
        async stop() {
          await engine.settled();
          await temporal.close();
        },
      },
      { name: 'database', stop: () => database.close() },
    ],
  });
}
