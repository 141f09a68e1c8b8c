import type { Request, RequestHandler, Response } from 'express';
import type { Caller, CallerRefusal, Role, VerifyBearer } from './caller.ts';
import { insideCallerOf } from './inside-caller.ts';

/** Why a request may not pass. */
export type GuardRefusal =
  | { readonly status: 401; readonly reason: CallerRefusal }
  | { readonly status: 403; readonly caller: Caller }
  | { readonly status: 503; readonly reason: 'keys-unavailable' };

/** Answers a refused request; status-independent headers are set already. */
export type AnswerRefusal = (req: Request, res: Response, refusal: GuardRefusal) => void;

const REALM = 'Bearer realm="latchkey"';
const RETRY_AFTER_SECONDS = '5';

/** RFC 6750, section 3: who sent no token is told no error. */
function challengeOf(refusal: GuardRefusal): string | null {
  switch (refusal.status) {
    case 401:
      return refusal.reason === 'no-token' ? REALM : `${REALM}, error="invalid_token"`;
    case 403:
      return `${REALM}, error="insufficient_scope"`;
    case 503:
      return null;
  }
}

/**
 * Lets only callers of these roles pass; the handlers behind it have the caller from `callerOf`. 401 without a good
 * token, 403 for another role, 503 while nobody can tell. A request that the process makes by itself needs no token.
 *
 * @param answer writes status and body; `WWW-Authenticate`, `Retry-After` and `Cache-Control` are set before it.
 */
export function requireCaller(
  verify: VerifyBearer,
  roles: readonly Role[],
  answer: AnswerRefusal,
): RequestHandler {
  function refuse(req: Request, res: Response, refusal: GuardRefusal): void {
    const challenge = challengeOf(refusal);
    res.set('cache-control', 'no-store');
    if (challenge !== null) res.set('www-authenticate', challenge);
    if (refusal.status === 503) res.set('retry-after', RETRY_AFTER_SECONDS);
    answer(req, res, refusal);
  }

  return async (req, res, next) => {
    const inside = insideCallerOf(req);
    const verdict =
      inside === undefined ? await verify(req.get('authorization')) : ({ ok: true, caller: inside } as const);
    if (!verdict.ok) {
      const { reason } = verdict;
      refuse(req, res, reason === 'keys-unavailable' ? { status: 503, reason } : { status: 401, reason });
      return;
    }
    const { caller } = verdict;
    if (!roles.includes(caller.role)) {
      refuse(req, res, { status: 403, caller });
      return;
    }
    (res.locals as { caller?: Caller }).caller = caller;
    next();
  };
}
