import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { shopStanding } from '../../db/queries/saleor-apps.ts';
import { createSaleorCredentials } from '../../db/saleor-credentials.ts';
import { createSaleorClient, type WholeSaleorClient } from '../../integrations/saleor/client.ts';
import { fetchShopKeys } from '../../integrations/saleor/jwks.ts';
import {
  configuredTokens,
  createSaleorClients,
  domainOf,
  jwksUrlOf,
} from '../../integrations/saleor/shops.ts';
import type { SigningShop } from '../../integrations/saleor/webhook.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { Admissions } from '../../platform/vendor-pace/vendors.ts';
import { within } from '../../platform/within.ts';
import type { Routes } from '../operations/routes.ts';
import { createSaleorAppPage } from '../saleor/app-page.ts';
import { addSaleorAppRoutes } from '../saleor/routes.ts';

const TIMEOUT_MS = 5000;
/** Saleor waits 18 s for an answer, of which the keys may take five and the inbox four. */
const STORE_PATIENCE_MS = 4000;

/** The shops as this process knows them. */
export interface Shops {
  /** @throws {CodedFailure} `not-configured` for a shop that is not ours. */
  readonly clientOf: (domain: string) => WholeSaleorClient;
  /**
   * For webhooks: undefined for a shop that is not ours or has not installed the app.
   *
   * @throws while PostgreSQL cannot say.
   */
  readonly signing: (domain: string) => Promise<SigningShop | undefined>;
  /** To be mounted before the described routes. */
  readonly page: Router;
}

/** Saleor's side of the API: how shops install the app, its page in their dashboards, and what opens their APIs. */
export function composeSaleor(
  config: Pick<Config, 'saleor' | 'keys' | 'http'>,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Logger;
    readonly routes: Routes;
    readonly admissions: Pick<Admissions, 'shop'>;
  },
): Shops {
  const { shops, dashboardOrigins } = config.saleor;
  const { publicUrl } = config.http;
  const credentials = createSaleorCredentials(deps.db, {
    shops: configuredTokens(shops),
    keys: config.keys.credential,
  });
  const apiUrls = new Map(shops.map(({ apiUrl }) => [domainOf(apiUrl), apiUrl]));
  addSaleorAppRoutes(deps.routes, {
    ...deps,
    shops,
    credentials,
    publicUrl,
    appIdOf: (apiUrl, appToken) => createSaleorClient({ apiUrl, appToken, timeoutMs: TIMEOUT_MS }).appId(),
    fetchKeys: (apiUrl) => fetchShopKeys(jwksUrlOf(apiUrl), { timeoutMs: TIMEOUT_MS }),
  });
  return {
    clientOf: createSaleorClients([...apiUrls.values()], (domain) => ({
      appToken: () => credentials.tokenOf(domain),
      timeoutMs: TIMEOUT_MS,
      admission: deps.admissions.shop(domain),
    })),
    async signing(domain) {
      const apiUrl = apiUrls.get(domain);
      if (apiUrl === undefined) return undefined;
      const looked: Promise<{ readonly appId: string | null } | undefined | 'late'> =
        credentials.recipientOf(domain);
      const recipient = await within(STORE_PATIENCE_MS, looked, () => 'late' as const);
      if (recipient === 'late')
        throw new CodedFailure('store-unavailable', 'PostgreSQL took too long to say who installed the app');
      return recipient && { jwksUrl: jwksUrlOf(apiUrl), appId: recipient.appId };
    },
    page: createSaleorAppPage({
      clock: deps.clock,
      shops,
      credentials,
      standingOf: (domain) => shopStanding(deps.db, domain),
      dashboardOrigins,
      publicUrl,
    }),
  };
}
