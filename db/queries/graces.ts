import { sql } from 'kysely';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';

/**
 * Takes the one grace of the session's client, unless it was taken before. Of several that ask at once one gets it;
 * who got it gets it again.
 *
 * @returns undefined when there is no such session.
 */
export async function claimGrace(
  db: Database,
  claim: { readonly sessionKey: SessionKey; readonly lateChange: string; readonly at: Date },
): Promise<boolean | undefined> {
  const { sessionKey, lateChange, at } = claim;
  await sql`
    insert into graces (tenant_id, client_id, session_key, late_change, granted_at)
    select tenant_id, client_id, session_key, ${lateChange}, ${at}
    from sessions where session_key = ${sessionKey}
    on conflict (tenant_id, client_id) do nothing
  `.execute(db);
  const row = await db
    .selectFrom('sessions')
    .leftJoin('graces', (join) =>
      join
        .onRef('graces.tenant_id', '=', 'sessions.tenant_id')
        .onRef('graces.client_id', '=', 'sessions.client_id'),
    )
    .select(['graces.session_key', 'graces.late_change'])
    .where('sessions.session_key', '=', sessionKey)
    .executeTakeFirst();
  return row && row.session_key === sessionKey && row.late_change === lateChange;
}
