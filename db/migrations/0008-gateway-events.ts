import { type Kysely, type Migration, sql } from 'kysely';

/** What the gateway tells of a session's URL: that its link was opened, and what was refused before it reached us. */
export const gatewayEventsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table gateway_events (
        session_key text not null references sessions on delete cascade,
        entry text not null,
        at timestamptz not null,
        event text not null check (event in ('gateway.opened', 'gateway.refused')),
        status integer not null,
        primary key (session_key, entry)
      );
    `.execute(db);
  },
};
