import type { Request } from 'express';

/**
 * Whether a POST comes from a page of ours. Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`. Without
 * either it is no browser, and then only a credential that no browser sends by itself will do.
 */
export function isSameOrigin(req: Request, ourOrigins: readonly string[]): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = req.get('origin');
  if (origin !== undefined) return ourOrigins.includes(origin);
  return /^Bearer /i.test(req.get('authorization') ?? '');
}
