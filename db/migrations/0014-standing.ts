import { type Kysely, type Migration, sql } from 'kysely';

/**
 * What a person must look at and since when, and late changes that wait, beside the sessions that they are of; and
 * indexes of only what is open, so that the numbers of the moment cost as much as there is to do, not as there ever was.
 */
export const standingMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table sessions
        add column attention jsonb,
        add column late_requested_at timestamptz,
        add column late_deadline timestamptz;
      create index sessions_open on sessions (phase) where phase <> 'ended';
      create index sessions_late on sessions (late_deadline) where late_deadline is not null;
      create index bookings_attention on bookings (updated_at) where needs_attention;
      create index webhook_deliveries_pending on webhook_deliveries (created_at) where status = 'pending';
    `.execute(db);
  },
};
