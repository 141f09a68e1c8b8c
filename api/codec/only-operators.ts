import type { RequestHandler } from 'express';
import type { Clock } from '../../platform/clock.ts';
import type { VerifyBearer } from '../auth/caller.ts';
import { requireCaller } from '../auth/guard.ts';
import { sendProblem } from '../problem.ts';
import type { OperatorCookies } from './operator-cookie.ts';

/**
 * Lets operators pass: a bearer token of role `admin`, or the cookie that one was given for. The cookie counts only
 * for a page of the allowed origin, behind `allowOrigin`: browsers send it along by themselves.
 */
export function onlyOperators(deps: {
  readonly verify: VerifyBearer;
  readonly cookies: OperatorCookies;
  readonly clock: Clock;
}): RequestHandler {
  const withToken = requireCaller(deps.verify, ['admin'], (req, res, refusal) => {
    if (refusal.status === 503) sendProblem(req, res, 'keys-unavailable');
    else if (refusal.status === 403)
      sendProblem(req, res, 'not-allowed', { detail: 'This is for the role admin.' });
    else sendProblem(req, res, 'not-authenticated', { reason: refusal.reason });
  });
  return async (req, res, next) => {
    const fromPage = req.get('authorization') === undefined && req.get('origin') !== undefined;
    if (fromPage && (await deps.cookies.goodUntil(req.get('cookie'), deps.clock())) !== undefined) next();
    else await withToken(req, res, next);
  };
}
