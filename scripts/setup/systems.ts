import { gatewayBootstrapOf } from '../../api/gateway/bootstrap.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { createSaleorCredentials } from '../../db/saleor-credentials.ts';
import type { AdminApiOptions } from '../../integrations/apisix/admin-api.ts';
import type { GatewayBootstrap } from '../../integrations/apisix/contract.ts';
import { createCalcomClient } from '../../integrations/calcom/client.ts';
import type { CalcomDoctor } from '../../integrations/calcom/doctor.ts';
import type { CalcomSetup } from '../../integrations/calcom/setup.ts';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import type { CalendlySetup } from '../../integrations/calendly/setup.ts';
import type { CalendlyClient, CalendlySubscriptions } from '../../integrations/calendly/contract.ts';
import type { ShopToLookAt } from '../../integrations/saleor/doctor.ts';
import { configuredTokens, domainOf } from '../../integrations/saleor/shops.ts';
import { WEBHOOK_PATHS } from '../../integrations/scheduling/subscriptions.ts';
import type { PlanSetup } from '../../integrations/setup/step.ts';
import { createZammadSetup } from '../../integrations/zammad/setup.ts';
import type { Config } from '../../platform/config.ts';
import type { Environment } from '../../platform/environment.ts';
import { connectClient, type TemporalClient, temporalSettings } from '../../platform/temporal.ts';

/** Per request to a vendor, in milliseconds. Shorter than a check may take, so that the failure's own words are told. */
const REQUEST_MS = 4000;
const CONNECT_MS = 3000;
/** A migration of a large table takes its time. */
const STATEMENT_MS = 10 * 60 * 1000;

/** Everything that the set-up and the doctor talk with. Nothing is connected before it is asked. */
export interface Systems {
  readonly config: Config;
  readonly database: DatabaseConnection;
  readonly temporal: TemporalClient;
  readonly apisix: AdminApiOptions & { readonly gatewayUrl: string; readonly settings: GatewayBootstrap };
  readonly shops: readonly ShopToLookAt[];
  readonly zammad: PlanSetup;
  /** Null where it is not configured. */
  readonly calendly: (CalendlySetup & { readonly client: CalendlyClient & CalendlySubscriptions }) | null;
  readonly calcom: (CalcomSetup & Pick<CalcomDoctor, 'client' | 'eventTypeId'>) | null;
  readonly requestMs: number;
  close(): Promise<void>;
}

function calendlyOf({ calendly, http }: Config): Systems['calendly'] {
  return (
    calendly && {
      client: createCalendlyClient({
        baseUrl: calendly.apiUrl,
        token: calendly.token,
        timeoutMs: REQUEST_MS,
      }),
      url: http.publicUrl + WEBHOOK_PATHS.calendly,
      signingKey: calendly.webhookSecret,
    }
  );
}

function calcomOf({ calcom, http }: Config): Systems['calcom'] {
  return (
    calcom && {
      client: createCalcomClient({
        baseUrl: calcom.apiUrl,
        webUrl: calcom.webUrl,
        apiKey: calcom.apiKey,
        timeoutMs: REQUEST_MS,
      }),
      url: http.publicUrl + WEBHOOK_PATHS.calcom,
      secret: calcom.webhookSecret,
      eventTypeId: calcom.eventTypeId,
    }
  );
}

/** Each shop with the token that the product would use: what the shop gave us, else what the environment has. */
function shopsOf({ saleor, keys }: Config, db: DatabaseConnection['db']): readonly ShopToLookAt[] {
  const { shops } = saleor;
  const credentials = createSaleorCredentials(db, {
    shops: configuredTokens(shops),
    keys: keys.credential,
  });
  return shops.map(({ apiUrl }) => ({
    apiUrl,
    token: async () => (await credentials.of(domainOf(apiUrl)))?.token ?? null,
  }));
}

export function openSystems(config: Config, env: Environment): Systems {
  const database = connectDatabase(config.database.url, {
    max: 2,
    onIdleError: () => undefined,
    statementTimeoutMs: STATEMENT_MS,
  });
  const settings = temporalSettings(env);
  // No interceptor: the SDK's own would go on trying for longer than anybody waits here.
  const connectionOptions = { ...settings.connectionOptions, connectTimeout: CONNECT_MS, interceptors: [] };
  const temporal = connectClient({ ...settings, connectionOptions }, config.keys.payload);
  const { apisix, zammad, http } = config;
  return {
    config,
    database,
    temporal,
    apisix: {
      adminUrl: apisix.adminUrl,
      adminKey: apisix.adminKey,
      timeoutMs: REQUEST_MS,
      gatewayUrl: apisix.gatewayUrl,
      settings: gatewayBootstrapOf(apisix),
    },
    shops: shopsOf(config, database.db),
    zammad: createZammadSetup({
      baseUrl: zammad.url,
      token: zammad.token,
      group: zammad.group,
      timeoutMs: REQUEST_MS,
      webhook: { url: `${http.publicUrl}/webhooks/zammad`, secret: zammad.webhookSecret },
    }),
    calendly: calendlyOf(config),
    calcom: calcomOf(config),
    requestMs: REQUEST_MS,
    async close() {
      await Promise.all([database.close(), temporal.close()]);
    },
  };
}
