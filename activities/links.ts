import { findLink, type Link, recordLink } from '../db/queries/links.ts';
import { CodedFailure } from '../platform/failures.ts';
import type { KeyRing } from '../platform/keys.ts';
import { mintSessionToken } from '../platform/tokens.ts';
import type { SessionActivities } from '../workflows/contract/activities.ts';
import type { Instant, LinkId, SessionKey } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** The address of a session's page. It gives no access by itself. */
export function sessionUrl(gatewayUrl: string, slug: string): string {
  return `${gatewayUrl.replace(/\/+$/, '')}/customer/s/${slug}`;
}

function mint(ring: KeyRing, link: Link, sessionKey: SessionKey): Promise<string> {
  return mintSessionToken(ring, {
    sessionKey,
    linkId: link.link_id,
    tenantId: link.tenant_id,
    userId: link.user_id,
    calendarId: link.calendar_id,
    templateId: link.template_id,
    clientId: link.client_id,
    purpose: link.purpose,
    issuedAt: link.issued_at.getTime() as Instant,
    expiresAt: null,
  });
}

/** A session's URL with a token in it, or why there is none. */
export type Access =
  | { readonly state: 'good'; readonly url: string }
  | { readonly state: 'revoked' | 'missing' };

/** The session's URL with its token, for a mail to the client. Minted from the link's row and kept nowhere. */
export async function accessUrl(
  { db, gatewayUrl, linkKeys }: Pick<ActivityDependencies, 'db' | 'gatewayUrl' | 'linkKeys'>,
  slug: string,
  linkId: LinkId,
): Promise<Access> {
  const link = await findLink(db, linkId);
  if (!link || link.session_key === null) return { state: 'missing' };
  if (link.revoked_at !== null) return { state: 'revoked' };
  return {
    state: 'good',
    url: `${sessionUrl(gatewayUrl, slug)}?token=${await mint(linkKeys, link, link.session_key)}`,
  };
}

export function linkActivities({
  db,
  clock,
}: Pick<ActivityDependencies, 'db' | 'clock'>): Pick<SessionActivities, 'issueLink'> {
  return {
    async issueLink({ sessionKey, linkId, revokes }) {
      const recorded = await recordLink(db, { sessionKey, linkId, revokes, at: clock() });
      if (!recorded) throw new CodedFailure('row-missing', `no session ${sessionKey}, or no calendar for it`);
      return { kind: 'issue-link' };
    },
  };
}
