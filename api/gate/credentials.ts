import { readCookie } from '../../platform/cookies.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type AccessClaims, verifyAccessCookie, verifySessionToken } from '../../platform/tokens.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import type { Credential, Holder } from './decision.ts';

/** The cookie that a mailed token is exchanged for; its path is one session's. */
export const ACCESS_COOKIE = 'latchkey_s';

/** A week: a mailed link is good for longer, and opening it again renews the cookie. */
export const ACCESS_COOKIE_SECONDS = 7 * 24 * 3600;

const holderOf = ({ sessionKey, linkId, tenantId, clientId }: AccessClaims): Holder => ({
  sessionKey,
  linkId,
  tenantId,
  clientId,
});

/**
 * What a request brought, the first good one of: a token in the URL (only where `tokenInUrl` is not null), the
 * gate's cookie, a bearer token. A bad one does not spoil a good one: an old mail opened in a browser that is
 * already let in stays let in.
 */
export async function readCredential(
  rings: { readonly link: KeyRing; readonly cookie: KeyRing },
  given: {
    readonly tokenInUrl: string | null;
    readonly cookie: string | undefined;
    readonly authorization: string | undefined;
  },
  now: Instant,
): Promise<Credential> {
  let refused: Credential = { kind: 'none' };
  if (given.tokenInUrl !== null) {
    const verdict = await verifySessionToken(rings.link, given.tokenInUrl, now);
    if (verdict.ok) return { kind: 'held', from: 'link', holder: holderOf(verdict.claims) };
    refused = { kind: 'refused', reason: verdict.reason };
  }
  const cookie = readCookie(given.cookie, ACCESS_COOKIE);
  if (cookie !== undefined) {
    const verdict = await verifyAccessCookie(rings.cookie, cookie, now);
    if (verdict.ok) return { kind: 'held', from: 'cookie', holder: verdict.claims };
    refused = { kind: 'refused', reason: verdict.reason };
  }
  const bearer = /^Bearer ([\w.-]+)$/i.exec(given.authorization ?? '')?.[1];
  if (bearer !== undefined) {
    const verdict = await verifySessionToken(rings.link, bearer, now);
    if (verdict.ok) return { kind: 'held', from: 'bearer', holder: holderOf(verdict.claims) };
    refused = { kind: 'refused', reason: verdict.reason };
  }
  return refused;
}
