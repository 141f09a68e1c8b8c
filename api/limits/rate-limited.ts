import type { Request, RequestHandler, Response } from 'express';
import type { LimitName, LimitStanding, RateLimits } from './limits.ts';

/** Answers a request that is over the limit; its headers are set already. */
export type RefuseLimited = (req: Request, res: Response, standing: LimitStanding) => void;

/** Of two the one that a client meets first: fewer left, or as few for longer. */
function tighter(one: LimitStanding, other: LimitStanding): LimitStanding {
  if (one.allowed !== other.allowed) return one.allowed ? other : one;
  if (one.remaining !== other.remaining) return one.remaining < other.remaining ? one : other;
  return one.resetSeconds >= other.resetSeconds ? one : other;
}

/**
 * Tells the client how it stands: `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds), of the
 * most exhausted of all the limits that were charged for this answer, and `Retry-After` where it is used up. The
 * three are those of draft-ietf-httpapi-ratelimit-headers-06: what clients implement. From draft 07 on there is one
 * structured `RateLimit` field instead, which is not settled yet.
 */
export function showStanding(res: Response, standing: LimitStanding): void {
  const locals = res.locals as { limitStanding?: LimitStanding };
  const shown = locals.limitStanding === undefined ? standing : tighter(standing, locals.limitStanding);
  locals.limitStanding = shown;
  res.set({
    'RateLimit-Limit': String(shown.limit),
    'RateLimit-Remaining': String(shown.remaining),
    'RateLimit-Reset': String(shown.resetSeconds),
  });
  if (!shown.allowed) res.set('Retry-After', String(shown.resetSeconds));
}

/**
 * Charges each request to the key's counter and lets it pass while there is something left. Several of them may
 * stand before one handler.
 *
 * @param keyOf null: this request is not counted here.
 * @param refuse writes the 429.
 */
export function rateLimited(
  limits: RateLimits,
  name: LimitName,
  keyOf: (req: Request, res: Response) => string | null,
  refuse: RefuseLimited,
): RequestHandler {
  return async (req, res, next) => {
    const key = keyOf(req, res);
    if (key === null) {
      next();
      return;
    }
    const standing = await limits.charge(name, key);
    showStanding(res, standing);
    if (standing.allowed) next();
    else refuse(req, res, standing);
  };
}
