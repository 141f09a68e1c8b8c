import type { Request } from 'express';
import { isSameOrigin } from '../same-origin.ts';

/**
 * Whether a booking comes from somebody else's page. What authorises it is the token in the body, which no browser
 * adds by itself, so a program without either header is let through, and so is `Origin: null`: that is what browsers
 * which know no `Sec-Fetch-Site` say of our own page, because it sends no referrer.
 *
 * @param origins those of our own pages.
 */
export function isCrossSite(req: Request, origins: readonly string[]): boolean {
  const origin = req.get('origin');
  if (req.get('sec-fetch-site') === undefined && (origin === undefined || origin === 'null')) return false;
  return !isSameOrigin(req, origins);
}
