import { type Selectable, sql } from 'kysely';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { LinksTable, TimelineTable } from '../tables.ts';

export type SessionLinkRow = Pick<Selectable<LinksTable>, 'link_id' | 'issued_at' | 'revoked_at'>;

/** Every link that a session ever had, oldest first. */
export async function linksOfSession(db: Database, key: SessionKey): Promise<readonly SessionLinkRow[]> {
  return (
    db
      .selectFrom('links')
      .select(['link_id', 'issued_at', 'revoked_at'])
      .where('session_key', '=', key)
      // Two may be of one millisecond, and `…-10` comes after `…-9`.
      .orderBy('issued_at')
      .orderBy(sql`length(link_id)`)
      .orderBy('link_id')
      .execute()
  );
}

export type TimelineRow = Selectable<TimelineTable>;

/**
 * What happened in a session, oldest first.
 *
 * @param after the number of the last entry of the page before; 0: from the beginning.
 */
export async function timelineOf(
  db: Database,
  key: SessionKey,
  after: number,
  limit: number,
): Promise<readonly TimelineRow[]> {
  return db
    .selectFrom('timeline')
    .selectAll()
    .where('session_key', '=', key)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
}
