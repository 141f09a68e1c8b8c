import { type Kysely, type Migration, sql } from 'kysely';

/** Scheduling links that can be taken back at the provider. `sessions.booking_link` names the one that is handed out. */
export const withdrawableLinksMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table sessions add column booking_link text;
      create table withdrawable_links (
        link text primary key,
        provider text not null check (provider in ('calendly', 'calcom')),
        session_key text not null references sessions on delete cascade,
        made_at timestamptz not null default now(),
        settled_at timestamptz
      );
      create index withdrawable_links_by_session on withdrawable_links (session_key);
      create index withdrawable_links_open on withdrawable_links (link) where settled_at is null;
    `.execute(db);
  },
};
