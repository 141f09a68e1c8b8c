import { sql } from 'kysely';
import type { Gate } from '../../workflows/contract/session.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { StartState } from '../tables.ts';

/** The last gate that the session's workflow published, and how far its start came. */
export async function publishedGate(
  db: Database,
  key: SessionKey,
): Promise<{ readonly gate: Gate | null; readonly startState: StartState } | undefined> {
  const row = await db
    .selectFrom('sessions')
    .leftJoin('gates', 'gates.session_key', 'sessions.session_key')
    .select(['gates.gate', 'sessions.start_state'])
    .where('sessions.session_key', '=', key)
    .executeTakeFirst();
  return row && { gate: row.gate, startState: row.start_state };
}

/** Everything that PostgreSQL knows of a session's URL and of what a request speaks with, at one instant. */
export interface GateFacts {
  readonly sessionKey: SessionKey;
  readonly slug: string;
  readonly tenantId: number;
  readonly clientId: number;
  readonly startState: StartState;
  /** The last gate that the workflow published; as it was written, so not checked. */
  readonly published: unknown;
  /** Access was revoked, and the workflow has not heard of it. */
  readonly held: boolean;
  /** Of the ids asked about, those that are links of this session and not revoked. */
  readonly goodLinks: readonly string[];
  /** Of the ids asked about, those that were revoked as a link or a login. */
  readonly revoked: readonly string[];
}

/** In one statement; undefined for a slug that is nobody's. */
export async function gateFacts(
  db: Database,
  slug: string,
  ids: readonly string[],
): Promise<GateFacts | undefined> {
  const asked = [...ids];
  const { rows } = await sql<GateFacts>`
    select s.session_key as "sessionKey", s.slug, s.tenant_id as "tenantId", s.client_id as "clientId",
      s.start_state as "startState", g.gate as published,
      exists (
        select 1 from revocations r
        where r.session_key = s.session_key and r.kind = 'access' and r.delivered_at is null
      ) as held,
      array(
        select l.link_id from links l
        where l.session_key = s.session_key and l.link_id = any(${asked}::text[]) and l.revoked_at is null
      ) as "goodLinks",
      array(
        select r.subject from revocations r
        where r.kind in ('link', 'login') and r.subject = any(${asked}::text[])
      ) as revoked
    from sessions s left join gates g on g.session_key = s.session_key
    where s.slug = ${slug}
  `.execute(db);
  return rows[0];
}

/** Of these sessions, the gates that were published with a greater version than the one known. */
export async function newerGates(
  db: Database,
  known: readonly { readonly sessionKey: SessionKey; readonly version: number }[],
): Promise<readonly unknown[]> {
  if (known.length === 0) return [];
  const { rows } = await sql<{ gate: unknown }>`
    select g.gate from gates g
    join unnest(${known.map((one) => one.sessionKey)}::text[], ${known.map((one) => one.version)}::bigint[])
      as known (session_key, version) on known.session_key = g.session_key
    where g.version > known.version
  `.execute(db);
  return rows.map((row) => row.gate);
}

/**
 * A person must look at this session, and its run cannot say so: it is not there, or does not know.
 *
 * @returns false when that was said already.
 */
export async function raiseAttention(db: Database, key: SessionKey): Promise<boolean> {
  const raised = await db
    .updateTable('sessions')
    .set({ needs_attention: true })
    .where('session_key', '=', key)
    .where('needs_attention', '=', false)
    .executeTakeFirst();
  return raised.numUpdatedRows === 1n;
}
