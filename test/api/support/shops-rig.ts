import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { pino } from 'pino';
import { composeSaleor, type Shops } from '../../../api/composition/saleor.ts';
import { createRoutes } from '../../../api/operations/routes.ts';
import { addSaleorWebhookRoute } from '../../../api/webhooks/saleor.ts';
import type { Database } from '../../../db/connect.ts';
import { vendorPaceStore } from '../../../db/queries/vendor-paces.ts';
import { type SaleorTwin, startSaleorTwin } from '../../../integrations/saleor/twin.ts';
import { makeTwinKey } from '../../../integrations/saleor/twin-keys.ts';
import { createSaleorVerifier } from '../../../integrations/saleor/webhook.ts';
import type { SaleorShop } from '../../../platform/config.ts';
import { type KeyRing, keyRing } from '../../../platform/keys.ts';
import { createAdmissions } from '../../../platform/vendor-pace/vendors.ts';
import { keepersOf } from './serve-routes.ts';

export const ringOf = (...ids: readonly string[]): KeyRing =>
  keyRing(ids.map((id) => ({ id, secret: new Uint8Array(32).fill(id.length + id.charCodeAt(0)) })));

/** Making a key takes longer than a test. */
const twinKeys = Promise.all([makeTwinKey(), makeTwinKey()]);

export const DASHBOARD = 'https://dashboard.example.com';

/** Two shops, and our side of them on a real listener. */
export interface ShopsRig {
  readonly one: SaleorTwin;
  readonly two: SaleorTwin;
  readonly origin: string;
  readonly manifestUrl: string;
  readonly shops: Shops;
  /** Every line that was logged, as text. */
  readonly logged: readonly string[];
  register(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  webhook(request: { headers: Readonly<Record<string, string>>; body: Buffer }): Promise<Response>;
  close(): Promise<void>;
}

export async function startShops(
  db: Database,
  more: { readonly keys?: KeyRing; readonly token?: string; readonly now?: () => number } = {},
): Promise<ShopsRig> {
  const [one, two] = await Promise.all(
    (await twinKeys).map((key) => startSaleorTwin({ port: 0, events: [], retryScale: 0.0001, key })),
  );
  if (!one || !two) throw new Error('no twins');
  const app = express();
  app.set('query parser', 'simple');
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;

  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  const routes = createRoutes(
    keepersOf(async () => ({ ok: false, reason: 'no-token' })),
    log,
  );
  const all: readonly [SaleorShop, SaleorShop] = [
    { apiUrl: one.apiUrl, tenantId: 1, appToken: more.token ?? null },
    { apiUrl: two.apiUrl, tenantId: 2, appToken: null },
  ];
  const admissions = createAdmissions({
    rates: { saleor: 0, zammad: 0, apisix: 0, calendly: 0, calcom: 0 },
    store: vendorPaceStore(db),
    places: 10,
    log,
  });
  const keys = ringOf('unused');
  const clock = more.now ?? Date.now;
  const shops = composeSaleor(
    {
      saleor: {
        shops: all,
        productTypes: ['paid-session'],
        dashboardOrigins: [DASHBOARD],
        fulfilFrom: null,
      },
      keys: { link: keys, cookie: keys, payload: keys, credential: more.keys ?? ringOf('a') },
      http: { port: 0, internalPort: 0, internalHost: '', publicUrl: origin, formOrigins: [] },
    },
    { db, clock: () => clock() as never, log, routes, admissions },
  );
  addSaleorWebhookRoute(routes, {
    db,
    clock: () => clock() as never,
    log,
    onStored: () => undefined,
    saleorVerifier: createSaleorVerifier({ shopOf: shops.signing, refetchAfterMs: 0 }),
  });
  app.use(shops.page, routes.router());

  return {
    one,
    two,
    origin,
    manifestUrl: `${origin}/saleor/manifest`,
    shops,
    logged,
    register: (body, headers = {}) =>
      fetch(`${origin}/saleor/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    webhook: ({ headers, body }) =>
      fetch(`${origin}/webhooks/saleor`, { method: 'POST', headers, body: new Uint8Array(body) }),
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.all([once(server, 'close'), one.close(), two.close()]);
    },
  };
}
