import { type Kysely, type Migration, sql } from 'kysely';

/** Which span brought a webhook, for its delivery to go on with. */
export const inboxTraceMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table inbox add column traceparent text`.execute(db);
  },
};
