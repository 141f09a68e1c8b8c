import type { Instant } from '../../workflows/contract/values.ts';
import type { Credential } from './decision.ts';
import type { TokenKind, VerifiedTokens } from './verified-tokens.ts';

/** The cookie that a mailed token is exchanged for; its path is one session's. */
export const ACCESS_COOKIE = 'latchkey_s';

/** A week: a mailed link is good for longer, and opening it again renews the cookie. */
export const ACCESS_COOKIE_SECONDS = 7 * 24 * 3600;

/** The cookie of a login; its path is every session's. */
export const LOGIN_COOKIE = 'latchkey_c';

/** A browser sends one of each. More may be there for one name under several paths or domains; few are looked at. */
const MOST_PER_NAME = 4;

/** A text that claims to be one of ours, and what it claims to be. */
export interface Presented {
  readonly kind: TokenKind;
  readonly from: 'url' | 'cookie' | 'bearer';
  readonly text: string;
}

/** Our cookies in a `Cookie` header: the first few of each name. */
export function cookiesIn(header: string | undefined): Presented[] {
  const found: Presented[] = [];
  let access = 0;
  let login = 0;
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim();
    const kind =
      name === ACCESS_COOKIE && access++ < MOST_PER_NAME
        ? 'access-cookie'
        : name === LOGIN_COOKIE && login++ < MOST_PER_NAME
          ? 'login-cookie'
          : undefined;
    if (kind !== undefined) found.push({ kind, from: 'cookie', text: pair.slice(at + 1).trim() });
  }
  return found;
}

/** The token in an `Authorization` header; another scheme's is none of ours. */
export function bearerIn(header: string | undefined): Presented[] {
  const text = /^Bearer ([\w.-]+)$/i.exec(header ?? '')?.[1];
  return text === undefined ? [] : [{ kind: 'session-token', from: 'bearer', text }];
}

/**
 * Everything that a request brought, each checked by itself: a token in the URL (only where `tokenInUrl` is not
 * null), the gate's cookie, the login's, a bearer token.
 */
export async function readCredentials(
  tokens: VerifiedTokens,
  given: {
    readonly tokenInUrl: string | null;
    readonly cookie: string | undefined;
    readonly authorization: string | undefined;
  },
  now: Instant,
): Promise<readonly Credential[]> {
  const inUrl: Presented[] =
    given.tokenInUrl === null ? [] : [{ kind: 'session-token', from: 'url', text: given.tokenInUrl }];
  return Promise.all(
    [...inUrl, ...cookiesIn(given.cookie), ...bearerIn(given.authorization)].map(
      async ({ kind, from, text }): Promise<Credential> => {
        const checked = await tokens.verify(kind, text, now);
        return checked.ok
          ? { kind: 'held', from, holder: checked.token.holder }
          : { kind: 'refused', reason: checked.reason };
      },
    ),
  );
}
