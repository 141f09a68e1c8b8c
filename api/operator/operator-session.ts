import { clearCookie, readCookie, setCookie } from '../../platform/cookies.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { randomId } from '../../platform/random-id.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { isCallerId, isRole, isSubject } from '../auth/bearer-claims.ts';
import type { Caller } from '../auth/caller.ts';
import { createSignedTexts } from '../signed-text.ts';

/** An operator whose browser is signed in. */
export interface Operator {
  readonly caller: Caller;
  /** Names this sign-in, so that signing out ends it on every process. */
  readonly sessionId: string;
  /** Stands in each form of the session's pages, and nowhere else. */
  readonly formToken: string;
  /** When the session ends whatever is done. */
  readonly endsAt: Instant;
  /** When it ends if nothing is done. */
  readonly idleAt: Instant;
}

export interface OperatorSessions {
  /** @param tokenEnds of the token that was shown: no session outlives it. */
  begin(caller: Caller, now: Instant, tokenEnds: Instant): Operator;
  /** A `Set-Cookie` value. */
  cookieOf(operator: Operator, now: Instant): Promise<string>;
  /** Whom the cookie in a `Cookie` header speaks of. Whether that session was ended is not looked at. Never throws. */
  read(header: string | undefined, now: Instant): Promise<Operator | undefined>;
  /** The session with its idle time begun anew, where enough of it is gone to be worth a cookie. */
  awake(operator: Operator, now: Instant): Operator | null;
  /** A `Set-Cookie` value that ends it in the browser. */
  readonly end: string;
}

export const OPERATOR_PATH = '/admin';
const AUDIENCE = 'latchkey:operator';
export const LONGEST_SESSION_MS = 8 * 3_600_000;
export const IDLE_MS = 3_600_000;
/** A cookie with every answer would be one for nothing. */
const WORTH_A_COOKIE_MS = 60_000;

/** The prefix makes browsers refuse such a cookie from plain HTTP (RFC 6265bis, section 4.1.3.1). */
export const operatorCookieName = (secure: boolean): string =>
  secure ? '__Secure-latchkey_admin' : 'latchkey_admin';

const earlier = (one: Instant, other: number): Instant => Math.min(one, other) as Instant;

/** @param secure false only in development. */
export function createOperatorSessions(ring: KeyRing, secure: boolean): OperatorSessions {
  const name = operatorCookieName(secure);
  // Not `Strict`: a ticket or a chat leads here by link, and the provider of accounts sends browsers back here.
  const settings = { path: OPERATOR_PATH, secure, sameSite: 'Lax' } as const;
  const texts = createSignedTexts(ring, AUDIENCE, 2048);
  return {
    begin(caller, now, tokenEnds) {
      const endsAt = earlier(tokenEnds, now + LONGEST_SESSION_MS);
      return {
        caller,
        sessionId: randomId(),
        formToken: randomId(),
        endsAt,
        idleAt: earlier(endsAt, now + IDLE_MS),
      };
    },
    async cookieOf({ caller, sessionId, formToken, endsAt, idleAt }, now) {
      const { role, tenantId, userId, subject } = caller;
      const claims = {
        jti: sessionId,
        sub: subject,
        role,
        tenant_id: tenantId,
        user_id: userId,
        form: formToken,
        ends: endsAt,
      };
      const text = await texts.sign(claims, now, idleAt);
      const maxAgeSeconds = Math.max(0, Math.floor((idleAt - now) / 1000));
      return setCookie(name, text, { ...settings, maxAgeSeconds });
    },
    async read(header, now) {
      const claims = await texts.read(readCookie(header, name), now);
      if (claims === undefined) return undefined;
      const { jti, sub, role, tenant_id: tenantId, user_id: userId, form, ends, exp } = claims;
      if (typeof jti !== 'string' || typeof form !== 'string' || typeof ends !== 'number') return undefined;
      if (!isRole(role) || !isCallerId(tenantId) || !isSubject(sub) || exp === undefined) return undefined;
      return {
        caller: { role, tenantId, userId: isCallerId(userId) ? userId : null, subject: sub },
        sessionId: jti,
        formToken: form,
        endsAt: ends as Instant,
        idleAt: (exp * 1000) as Instant,
      };
    },
    awake(operator, now) {
      const idleAt = earlier(operator.endsAt, now + IDLE_MS);
      return idleAt - operator.idleAt < WORTH_A_COOKIE_MS ? null : { ...operator, idleAt };
    },
    end: clearCookie(name, settings),
  };
}
