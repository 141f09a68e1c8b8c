import { randomBytes } from 'node:crypto';
import type { ClientAccount } from '../../db/queries/login.ts';
import { clearCookie, readCookie, setCookie } from '../../platform/cookies.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type LoginClaims, mintLoginCookie, verifyLoginCookie } from '../../platform/tokens.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { LOGIN_COOKIE } from '../gate/credentials.ts';

const LOGIN_PATH = '/customer';
export const LOGIN_COOKIE_SECONDS = 12 * 3600;
/** As many accounts as a cookie carries. */
export const MOST_ACCOUNTS = 20;

/** A fresh login and its `Set-Cookie` value. */
export async function startLogin(
  deps: { readonly keys: KeyRing; readonly secureCookies: boolean },
  accounts: readonly ClientAccount[],
  now: Instant,
): Promise<{ readonly claims: LoginClaims; readonly setCookie: string }> {
  const claims: LoginClaims = {
    loginId: randomBytes(16).toString('base64url'),
    clients: accounts.slice(0, MOST_ACCOUNTS),
    expiresAt: (now + LOGIN_COOKIE_SECONDS * 1000) as Instant,
  };
  const value = await mintLoginCookie(deps.keys, claims, now);
  return {
    claims,
    setCookie: setCookie(LOGIN_COOKIE, value, {
      path: LOGIN_PATH,
      maxAgeSeconds: LOGIN_COOKIE_SECONDS,
      secure: deps.secureCookies,
    }),
  };
}

/** The login that a `Cookie` header speaks of, or undefined. Whether it was ended is not looked at. */
export async function readLogin(
  keys: KeyRing,
  header: string | undefined,
  now: Instant,
): Promise<LoginClaims | undefined> {
  const text = readCookie(header, LOGIN_COOKIE);
  if (text === undefined) return undefined;
  const verdict = await verifyLoginCookie(keys, text, now);
  return verdict.ok ? verdict.claims : undefined;
}

/** Makes the browser forget the login. */
export function endLoginCookie(secure: boolean): string {
  return clearCookie(LOGIN_COOKIE, { path: LOGIN_PATH, secure });
}
