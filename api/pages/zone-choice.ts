import { readCookie, setCookie } from '../../platform/cookies.ts';

/** The time zone that a client chose on a session's page. It says nothing about the client but that. */
export const ZONE_COOKIE = 'latchkey_zone';
const REMEMBERED_SECONDS = 365 * 24 * 60 * 60;

/** Whether times can be written in it: a name of the IANA time zone database that this machine knows. */
export function isZone(name: unknown): name is string {
  // Offsets such as `+02:00` would be understood too, and would be wrong after the next change of the clocks.
  if (typeof name !== 'string' || !/^[A-Za-z][\w+/-]{1,63}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What an earlier request chose; undefined where nothing was, or nothing that is a zone. */
export function chosenZone(cookies: string | undefined): string | undefined {
  const kept = readCookie(cookies, ZONE_COOKIE);
  const name = kept === undefined ? undefined : Buffer.from(kept, 'base64url').toString();
  return isZone(name) ? name : undefined;
}

/**
 * The `Set-Cookie` value that remembers a zone for all of a client's pages. Names have slashes, so it is base64url; it is
 * no secret, so HTTP may carry it.
 */
export function zoneCookie(zone: string): string {
  const value = Buffer.from(zone).toString('base64url');
  return setCookie(ZONE_COOKIE, value, {
    path: '/customer',
    maxAgeSeconds: REMEMBERED_SECONDS,
    secure: false,
  });
}

/** Every zone that can be chosen, by region and then by name. */
export function zonesByRegion(): ReadonlyMap<string, readonly string[]> {
  const regions = new Map<string, string[]>();
  for (const zone of [...Intl.supportedValuesOf('timeZone'), 'UTC'].toSorted()) {
    const region = zone.includes('/') ? (zone.split('/')[0] ?? zone) : 'UTC';
    regions.set(region, [...new Set([...(regions.get(region) ?? []), zone])]);
  }
  return regions;
}
