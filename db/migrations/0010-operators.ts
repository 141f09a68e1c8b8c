import { type Kysely, type Migration, sql } from 'kysely';

/**
 * What operators look at: filters that they keep, and what each process says of itself. `owner` of a view is null where
 * every admin of the tenant has it.
 */
export const operatorsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table saved_views (
        view_id text primary key,
        tenant_id integer not null references tenants,
        owner text,
        list text not null check (list in ('sessions', 'bookings', 'inbox')),
        name text not null,
        filter jsonb not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null
      );
      create unique index saved_views_by_name on saved_views (tenant_id, list, coalesce(owner, ''), lower(name));
      create table processes (
        process_id text primary key,
        kind text not null check (kind in ('api', 'worker')),
        version text not null,
        build_id text,
        started_at timestamptz not null,
        seen_at timestamptz not null,
        vendors jsonb not null,
        gateway jsonb
      );
      create index webhook_deliveries_unreceived on webhook_deliveries (status, created_at)
        where status <> 'delivered';
    `.execute(db);
  },
};
