import { gatewayBootstrapOf } from '../../api/gateway/bootstrap.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import type { AdminApiOptions } from '../../integrations/apisix/admin-api.ts';
import type { GatewayBootstrap } from '../../integrations/apisix/contract.ts';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import type { CalendlySetup } from '../../integrations/calendly/setup.ts';
import type { CalendlyClient, CalendlySubscriptions } from '../../integrations/calendly/contract.ts';
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
  readonly calendly: CalendlySetup & { readonly client: CalendlyClient & CalendlySubscriptions };
  readonly requestMs: number;
  close(): Promise<void>;
}

export function openSystems(config: Config, env: Environment): Systems {
  const database = connectDatabase(config.database.url, {
    max: 2,
    onIdleError: () => undefined,
    statementTimeoutMs: STATEMENT_MS,
  });
  const settings = temporalSettings(env);
  const connectionOptions = { ...settings.connectionOptions, connectTimeout: CONNECT_MS };
  const temporal = connectClient({ ...settings, connectionOptions }, config.keys.payload);
  const { apisix, calendly, http } = config;
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
    calendly: {
      client: createCalendlyClient({
        baseUrl: calendly.apiUrl,
        token: calendly.token,
        timeoutMs: REQUEST_MS,
      }),
      url: `${http.publicUrl}/api/v1/public/calendly/webhook`,
      signingKey: calendly.webhookSecret,
    },
    requestMs: REQUEST_MS,
    async close() {
      await Promise.all([database.close(), temporal.close()]);
    },
  };
}
