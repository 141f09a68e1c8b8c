import type { Request } from 'express';
import { clearCookie, readCookie, setCookie } from '../../platform/cookies.ts';
import { isTimeZone } from '../../integrations/saleor/instant.ts';
import { OPERATOR_PATH } from './operator-session.ts';

const COOKIE = 'latchkey_zone';
const REMEMBERED_SECONDS = 365 * 24 * 60 * 60;
/** For who has not chosen one: what logs and Temporal UI say, too. */
const USUAL = 'UTC';

/** The time zone that an operator chose to see times in. */
export function zoneOf(req: Request): string {
  const kept = readCookie(req.get('cookie'), COOKIE);
  const zone = kept === undefined ? '' : Buffer.from(kept, 'base64url').toString();
  return isTimeZone(zone) ? zone : USUAL;
}

/** A `Set-Cookie` value; undefined for what is no zone. */
export function zoneCookie(zone: string, secure: boolean): string | undefined {
  const settings = { path: OPERATOR_PATH, secure } as const;
  if (zone === USUAL) return clearCookie(COOKIE, settings);
  if (!isTimeZone(zone)) return undefined;
  const value = Buffer.from(zone).toString('base64url');
  return setCookie(COOKIE, value, { ...settings, maxAgeSeconds: REMEMBERED_SECONDS });
}
