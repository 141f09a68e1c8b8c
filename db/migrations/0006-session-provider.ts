import { type Kysely, type Migration, sql } from 'kysely';

/** With whom a session books from here on; its input keeps the provider that it was sold with. */
export const sessionProviderMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table sessions add column provider text not null default 'calendly'
        check (provider in ('calendly', 'calcom'));
      update sessions set provider = input ->> 'provider' where input ->> 'provider' <> 'calendly';
      create index sessions_open_by_provider on sessions (provider, session_key) where start_state = 'started';
    `.execute(db);
  },
};
