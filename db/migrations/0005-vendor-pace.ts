import { type Kysely, type Migration, sql } from 'kysely';

/** When the next request to a vendor may be made, over all processes. Worth nothing after a crash: it is not logged. */
export const vendorPaceMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create unlogged table vendor_paces (
        vendor text primary key,
        next_at timestamptz not null,
        line_at timestamptz not null,
        asked_at timestamptz not null,
        granted boolean not null
      );
    `.execute(db);
  },
};
