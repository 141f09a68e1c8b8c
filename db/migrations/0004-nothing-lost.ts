import { type Kysely, type Migration, sql } from 'kysely';

/**
 * What is forgotten and when: bodies of webhooks, persons who asked to be erased. The one late change that a client is
 * granted without a person's yes. Keys of webhooks outlive their bodies: a signature without a time can be replayed for
 * ever.
 */
export const nothingLostMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table inbox add column pruned_at timestamptz;
      create index inbox_unpruned on inbox (settled_at) where pruned_at is null and status <> 'stored';

      alter table clients add column erased_at timestamptz;
      create table erasures (
        erasure_id text primary key,
        tenant_id integer not null references tenants,
        client_id integer not null references clients,
        actor text not null,
        status text not null default 'running' check (status in ('running', 'done')),
        blanked jsonb,
        certificate text,
        created_at timestamptz not null default now(),
        finished_at timestamptz
      );
      create index erasures_of_client on erasures (tenant_id, client_id);

      create table graces (
        tenant_id integer not null references tenants,
        client_id integer not null references clients,
        session_key text not null,
        late_change text not null,
        granted_at timestamptz not null,
        primary key (tenant_id, client_id)
      );
    `.execute(db);
  },
};
