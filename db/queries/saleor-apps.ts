import type { Selectable } from 'kysely';
import type { Database } from '../connect.ts';
import type { SaleorAppsTable } from '../tables.ts';

export type SaleorApp = Selectable<SaleorAppsTable>;

export async function saleorAppOf(db: Database, domain: string): Promise<SaleorApp | undefined> {
  return db.selectFrom('saleor_apps').selectAll().where('saleor_domain', '=', domain).executeTakeFirst();
}

/** One row for each shop: a new installation takes the place of the one before. */
export async function keepSaleorApp(
  db: Database,
  app: {
    readonly domain: string;
    readonly apiUrl: string;
    readonly appId: string;
    readonly keyId: string;
    readonly token: Buffer;
    readonly at: Date;
  },
): Promise<void> {
  const row = {
    api_url: app.apiUrl,
    app_id: app.appId,
    token_key_id: app.keyId,
    token: app.token,
    registered_at: app.at,
  };
  await db
    .insertInto('saleor_apps')
    .values({ saleor_domain: app.domain, ...row })
    .onConflict((conflict) => conflict.column('saleor_domain').doUpdateSet(row))
    .execute();
}

/** @returns false when the app was installed anew meanwhile; then nothing is changed. */
export async function resealSaleorApp(
  db: Database,
  before: SaleorApp,
  sealed: { readonly keyId: string; readonly token: Buffer },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('saleor_apps')
    .set({ token_key_id: sealed.keyId, token: sealed.token })
    .where('saleor_domain', '=', before.saleor_domain)
    .where('app_id', '=', before.app_id)
    .where('token', '=', before.token)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** How a shop's sessions stand: numbers only. */
export interface ShopStanding {
  readonly open: number;
  readonly needAttention: number;
  /** When a webhook of it was last taken in. */
  readonly lastWebhookAt: Date | null;
  /** Webhooks that wait for a person. */
  readonly quarantined: number;
}

/** For the app's page in the shop's dashboard. */
export async function shopStanding(db: Database, domain: string): Promise<ShopStanding> {
  const sessions = await db
    .selectFrom('sessions')
    .select(({ fn }) => [
      fn.countAll<string>().filterWhere('start_state', '<>', 'ended').as('open'),
      fn.countAll<string>().filterWhere('needs_attention', '=', true).as('attention'),
    ])
    .where('saleor_domain', '=', domain)
    .executeTakeFirstOrThrow();
  // A correlation names the shop whose keys verified the webhook; a domain holds neither % nor _.
  const inbox = await db
    .selectFrom('inbox')
    .select(({ fn }) => [
      fn.max('received_at').filterWhere('event', '<>', 'reconciled').as('last'),
      fn.countAll<string>().filterWhere('status', '=', 'quarantined').as('quarantined'),
    ])
    .where('source', '=', 'saleor')
    .where('correlation', 'like', `order|${domain}|%`)
    .executeTakeFirstOrThrow();
  return {
    open: Number(sessions.open),
    needAttention: Number(sessions.attention),
    lastWebhookAt: inbox.last,
    quarantined: Number(inbox.quarantined),
  };
}
