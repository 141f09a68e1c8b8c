import { sql } from 'kysely';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';

/** What the gateway needs to know of a session. */
export interface RouteSubject {
  readonly slug: string;
  /** The session's final gate is published. */
  readonly over: boolean;
}

export async function findRouteSubject(db: Database, key: SessionKey): Promise<RouteSubject | undefined> {
  const row = await db
    .selectFrom('sessions')
    .leftJoin('gates', 'gates.session_key', 'sessions.session_key')
    .select(['sessions.slug', 'gates.gate'])
    .where('sessions.session_key', '=', key)
    .executeTakeFirst();
  return row && { slug: row.slug, over: row.gate?.state === 'over' };
}

/**
 * How many open sessions came before this one, counted up to `cap`. A session's place among the open ones, oldest
 * first, only ever gets smaller, so those whose place is below a cap are never more than the cap, however often and
 * in whatever order they ask.
 */
export async function openSessionsBefore(db: Database, key: SessionKey, cap: number): Promise<number> {
  const { rows } = await sql<{ ahead: number }>`
    select count(*)::int as ahead from (
      select from sessions other, sessions own
      where own.session_key = ${key} and other.start_state <> 'ended'
        and (other.created_at, other.session_key) < (own.created_at, own.session_key)
      limit ${cap}
    ) older
  `.execute(db);
  return rows[0]?.ahead ?? 0;
}
