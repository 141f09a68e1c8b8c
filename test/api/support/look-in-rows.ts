import type { Look } from '../../../api/gate/memory.ts';
import type { ReadGate } from '../../../api/gate/read-gate.ts';
import type { Database } from '../../../db/connect.ts';
import type { LinkId } from '../../../workflows/contract/values.ts';

const LINK = /^[\w-]{22}-\d+$/;

/** A slow look at the rows and at Temporal, with nothing remembered between two. */
export function lookInRows(
  db: Database,
  readGate: ReadGate,
): (slug: string, ids: readonly string[]) => Promise<Look> {
  return async (slug, ids) => {
    try {
      const session = await db
        .selectFrom('sessions')
        .select(['session_key', 'tenant_id', 'client_id'])
        .where('slug', '=', slug)
        .executeTakeFirst();
      if (session === undefined) return { kind: 'unknown' };
      const sessionKey = session.session_key;
      const dead = new Set<string>();
      for (const id of ids) {
        if (LINK.test(id)) {
          const link = await db
            .selectFrom('links')
            .select('revoked_at')
            .where('session_key', '=', sessionKey)
            .where('link_id', '=', id as LinkId)
            .executeTakeFirst();
          if (link === undefined || link.revoked_at !== null) dead.add(id);
          continue;
        }
        const login = await db
          .selectFrom('revocations')
          .select('seq')
          .where('kind', '=', 'login')
          .where('subject', '=', id)
          .executeTakeFirst();
        if (login !== undefined) dead.add(id);
      }
      const access = await db
        .selectFrom('revocations')
        .select('seq')
        .where('kind', '=', 'access')
        .where('session_key', '=', sessionKey)
        .where('delivered_at', 'is', null)
        .executeTakeFirst();
      return {
        kind: 'session',
        sessionKey,
        tenantId: session.tenant_id,
        clientId: session.client_id,
        reading: await readGate(sessionKey),
        held: access !== undefined,
        dead,
      };
    } catch {
      return { kind: 'unavailable' };
    }
  };
}
