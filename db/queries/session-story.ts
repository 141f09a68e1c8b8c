import { type Selectable, sql } from 'kysely';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { GatewayEventsTable, LinksTable, TimelineTable } from '../tables.ts';

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

/** One entry of a session's timeline: what its workflow decided, or what the gateway told of its URL. */
export type TimelineRow = TimelinePlace &
  (
    | (Omit<Selectable<TimelineTable>, 'session_key'> & { readonly kind: 'decision' })
    | (Pick<Selectable<GatewayEventsTable>, 'at' | 'event' | 'status'> & { readonly kind: 'gateway' })
  );

/** Where an entry stands: by its instant, decisions before the gateway's, then by what tells them apart. */
export interface TimelinePlace {
  readonly at: Date;
  readonly rank: number;
  readonly tie: string;
}

/**
 * What happened in a session, oldest first. Decisions are in the order in which they were made, since their instants
 * are.
 *
 * @param after the place of the last entry of the page before; null: from the beginning.
 */
export async function timelineOf(
  db: Database,
  key: SessionKey,
  after: TimelinePlace | null,
  limit: number,
): Promise<readonly TimelineRow[]> {
  const { rows } = await sql<TimelineRow>`
    select * from (
      select 'decision' as kind, at, 0 as rank, lpad(seq::text, 10, '0') collate "C" as tie,
        seq, event, from_phase, to_phase, reason, null::integer as status
      from timeline where session_key = ${key}
      union all
      select 'gateway', at, 1, entry collate "C", null, event, null, null, null, status
      from gateway_events where session_key = ${key}
    ) as entries
    ${after === null ? sql`` : sql`where (at, rank, tie) > (${after.at}, ${after.rank}, ${after.tie})`}
    order by at, rank, tie
    limit ${limit}
  `.execute(db);
  return rows;
}
