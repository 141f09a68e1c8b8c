import { jwtVerify, SignJWT } from 'jose';
import { clearCookie, readCookie, setCookie } from '../../platform/cookies.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { TOKEN_ISSUER } from '../../platform/tokens.ts';
import type { Instant } from '../../workflows/contract/values.ts';

/** Says that an operator's browser may read payloads, and for how long. Nothing about who it is. */
const COOKIE = 'latchkey_codec';
/** Of its own: no other cookie or token of ours stands for this one. */
const AUDIENCE = 'latchkey:codec';
const ALGORITHM = 'HS256';
const LONGEST_SECONDS = 3600;
const LONGEST_TEXT = 1024;

export interface OperatorCookies {
  /**
   * A `Set-Cookie` value, good for an hour and no longer than the token that it was given for.
   *
   * @param tokenEnds when that token expires.
   */
  issue(now: Instant, tokenEnds: Instant): Promise<string>;
  /** Until when the cookie in a `Cookie` header is good; undefined: there is none, or it is not. Never throws. */
  goodUntil(header: string | undefined, now: Instant): Promise<Instant | undefined>;
  /** A `Set-Cookie` value that ends it. */
  readonly end: string;
}

/** @param secure false only where the codec server is plain HTTP on one's own machine. */
export function createOperatorCookies(ring: KeyRing, secure: boolean): OperatorCookies {
  // A page of another site must not even learn whether there is one.
  const settings = { path: '/', secure, sameSite: 'Strict' } as const;
  return {
    async issue(now, tokenEnds) {
      const seconds = Math.min(LONGEST_SECONDS, Math.floor((tokenEnds - now) / 1000));
      const issuedAt = Math.floor(now / 1000);
      const text = await new SignJWT({})
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: ring.newest.id })
        .setIssuer(TOKEN_ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + seconds)
        .sign(ring.newest.secret);
      return setCookie(COOKIE, text, { ...settings, maxAgeSeconds: seconds });
    },
    async goodUntil(header, now) {
      const text = readCookie(header, COOKIE);
      if (text === undefined || text.length > LONGEST_TEXT) return undefined;
      try {
        const { payload } = await jwtVerify(
          text,
          ({ kid }) => {
            const key = kid === undefined ? undefined : ring.byId(kid);
            if (key === undefined) throw new Error('no key of ours');
            return key.secret;
          },
          {
            algorithms: [ALGORITHM],
            typ: 'JWT',
            issuer: TOKEN_ISSUER,
            audience: AUDIENCE,
            requiredClaims: ['exp'],
            currentDate: new Date(now),
          },
        );
        return ((payload.exp ?? 0) * 1000) as Instant;
      } catch {
        return undefined;
      }
    },
    end: clearCookie(COOKIE, settings),
  };
}
