import { type Kysely, type Migration, sql } from 'kysely';

/**
 * The app as each shop has installed it, its token encrypted. What a shop was told of its sessions, and which variant a
 * unit is of, so that units of one fixed start can be counted.
 */
export const saleorAppsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table saleor_apps (
        saleor_domain text primary key,
        api_url text not null,
        app_id text not null,
        token_key_id text not null,
        token bytea not null,
        registered_at timestamptz not null
      );

      alter table sessions add column variant_id text;
      alter table sessions add column shop_state text;
      alter table sessions add column fulfilled_at timestamptz;
      create index sessions_of_start on sessions (saleor_domain, variant_id, starts_at)
        where variant_id is not null;
      create index sessions_shop_untold on sessions (updated_at)
        where shop_state is distinct from coalesce(outcome, 'open');
    `.execute(db);
  },
};
