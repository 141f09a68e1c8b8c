import { clearCookie, readCookie, setCookie } from '../../platform/cookies.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { createSignedTexts } from '../signed-text.ts';

/** Says that an operator's browser may read payloads, and for how long. Nothing about who it is. */
const COOKIE = 'latchkey_codec';
const AUDIENCE = 'latchkey:codec';
const LONGEST_SECONDS = 3600;

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
  const texts = createSignedTexts(ring, AUDIENCE);
  return {
    async issue(now, tokenEnds) {
      const seconds = Math.min(LONGEST_SECONDS, Math.floor((tokenEnds - now) / 1000));
      const text = await texts.sign({}, now, (now + seconds * 1000) as Instant);
      return setCookie(COOKIE, text, { ...settings, maxAgeSeconds: seconds });
    },
    async goodUntil(header, now) {
      const claims = await texts.read(readCookie(header, COOKIE), now);
      return claims && (((claims.exp ?? 0) * 1000) as Instant);
    },
    end: clearCookie(COOKIE, settings),
  };
}
