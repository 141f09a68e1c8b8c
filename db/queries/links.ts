import type { Selectable } from 'kysely';
import type { Instant, LinkId, SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { LinksTable } from '../tables.ts';

/** The claims of a session's link, as they were when it was issued. The token is minted from them again. */
export type Link = Selectable<LinksTable>;

/**
 * Records a link with the claims of its session, and revokes an earlier one, in one transaction. A repeat changes
 * nothing; a revoked link never comes back.
 *
 * @returns false when the session, its template or its calendar is not there.
 */
export async function recordLink(
  db: Database,
  link: {
    readonly sessionKey: SessionKey;
    readonly linkId: LinkId;
    readonly revokes: LinkId | null;
    readonly at: Instant;
  },
): Promise<boolean> {
  const at = new Date(link.at);
  return db.transaction().execute(async (trx) => {
    const claims = await trx
      .selectFrom('sessions')
      .innerJoin('templates', 'templates.id', 'sessions.template_id')
      .innerJoin('calendars', 'calendars.id', 'templates.calendar_id')
      .select([
        'sessions.session_key',
        'sessions.tenant_id',
        'calendars.user_id',
        'templates.calendar_id',
        'sessions.template_id',
        'sessions.client_id',
      ])
      .where('sessions.session_key', '=', link.sessionKey)
      .executeTakeFirst();
    if (!claims) return false;
    await trx
      .insertInto('links')
      .values({
        ...claims,
        link_id: link.linkId,
        purpose: 'permanent-booking-link',
        issued_at: at,
        revoked_at: null,
      })
      .onConflict((conflict) => conflict.column('link_id').doNothing())
      .execute();
    if (link.revokes !== null) {
      await trx
        .updateTable('links')
        .set({ revoked_at: at })
        .where('link_id', '=', link.revokes)
        .where('session_key', '=', link.sessionKey)
        .where('revoked_at', 'is', null)
        .execute();
    }
    return true;
  });
}

/** The link of this id, revoked or not. */
export async function findLink(db: Database, linkId: LinkId): Promise<Link | undefined> {
  return db.selectFrom('links').selectAll().where('link_id', '=', linkId).executeTakeFirst();
}

/** A tenant's link of this id, a session's included. Another tenant's is not there. */
export async function findLinkOf(db: Database, tenantId: number, linkId: LinkId): Promise<Link | undefined> {
  return db
    .selectFrom('links')
    .selectAll()
    .where('link_id', '=', linkId)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
}
