import { type Kysely, type Migration, sql } from 'kysely';

/** Operators look for late changes first: few of all entries ever speak of one. */
export const lateChangesMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create index timeline_late_changes on timeline (session_key, seq)
        where reason in ('late-change', 'late-change-requested');
    `.execute(db);
  },
};
