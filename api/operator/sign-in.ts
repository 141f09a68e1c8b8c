import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { decodeJwt } from 'jose';
import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { actorOf, type Caller, type CallerRefusal, type VerifyBearer } from '../auth/caller.ts';
import type { Revocations } from '../gate/revocations.ts';
import type { OidcProvider } from '../login/oidc-provider.ts';
import type { RateLimits } from '../limits/limits.ts';
import { showStanding } from '../limits/rate-limited.ts';
import { type Reader, readerOf } from '../pages/language-choice.ts';
import { sendPage } from '../pages/layout.ts';
import { operatorFrameWords } from '../pages/messages/operator-frame.ts';
import type { OperatorFrameWords } from '../pages/messages/operator-frame.en.ts';
import { methodNotAllowed, requestIdOf } from '../problem.ts';
import { describeError } from '../request-log.ts';
import { isSameOrigin } from '../same-origin.ts';
import { noticePage } from './again-pages.ts';
import { type AccountRefusal, type AccountSettings, addAccountRoutes } from './account.ts';
import { backPath } from './back-path.ts';
import { fieldsOf, isOfSession } from './forms.ts';
import type { Operator, OperatorSessions } from './operator-session.ts';
import { signInPage } from './sign-in-page.ts';

export interface SignInDependencies {
  readonly db: Database;
  readonly log: Logger;
  readonly clock: Clock;
  readonly verify: VerifyBearer;
  readonly sessions: OperatorSessions;
  readonly revocations: Revocations;
  readonly limits: RateLimits;
  readonly addressOf: (req: Request) => string;
  readonly ownOrigins: (req: Request) => readonly string[];
  readonly operatorOf: (req: Request) => Promise<Operator | undefined>;
  /** Signing in with an account elsewhere; null: with a token alone. */
  readonly account: { readonly settings: AccountSettings; readonly accounts: OidcProvider } | null;
}

type SignInWords = OperatorFrameWords['signIn'];

/** Why somebody was not let in. */
type Refused = { readonly reason: CallerRefusal | 'role'; readonly tenantId: number | null };

function statusOf({ reason }: Refused): 401 | 403 | 503 {
  return reason === 'role' ? 403 : reason === 'keys-unavailable' ? 503 : 401;
}

function wordsOf({ reason }: Refused, words: SignInWords): string {
  if (reason === 'role') return words.wrongRole;
  return reason === 'keys-unavailable' ? words.keysAway : words.badToken;
}

/** The sign-in of operators with a token, and the way out. */
export function createSignIn(deps: SignInDependencies): Router {
  const { db, log, clock, sessions } = deps;
  const router = Router({ caseSensitive: true, strict: true });
  const readForm = express.urlencoded({ extended: false, limit: '16kb' });
  const withAccount = deps.account !== null;

  const audited = (
    action: string,
    who: { readonly actor: string; readonly tenantId: number | null },
    more: { readonly subject: string; readonly reason: string | null },
  ): Promise<void> => writeAudit(db, [{ at: new Date(clock()), action, ...who, ...more }]);

  async function letIn(res: Response, caller: Caller, tokenEnds: Instant, back: string): Promise<void> {
    const now = clock();
    const operator = sessions.begin(caller, now, tokenEnds);
    const who = { actor: actorOf(caller), tenantId: caller.tenantId };
    await audited('operator.signed-in', who, { subject: operator.sessionId, reason: null });
    res.append('set-cookie', await sessions.cookieOf(operator, now));
    res.status(303).set('location', back).end();
  }

  function refuse(res: Response, reader: Reader, status: number, back: string, words: string): void {
    sendPage(res, status, signInPage(reader, { back, withAccount, notice: { tone: 'danger', words } }));
  }

  const onlyOurs: RequestHandler = (req, res, next) => {
    if (isSameOrigin(req, deps.ownOrigins(req))) next();
    else {
      const reader = readerOf(req, null, null);
      const { title, words } = operatorFrameWords[reader.language].failed['cross-site'];
      sendPage(res, 403, noticePage(reader, title, words));
    }
  };

  /** What nobody can tell, or write down, is answered with the form again. */
  const attempt =
    (handle: (req: Request, res: Response, reader: Reader, back: string) => Promise<void>): RequestHandler =>
    async (req, res) => {
      const reader = readerOf(req, null, '/admin/sign-in');
      const back = backPath(fieldsOf(req.body)['back']);
      const words = operatorFrameWords[reader.language].signIn;
      try {
        const standing = await deps.limits.charge('logins-per-address', deps.addressOf(req));
        showStanding(res, standing);
        if (standing.allowed) await handle(req, res, reader, back);
        else refuse(res, reader, 429, back, words.tooMany(standing.resetSeconds));
      } catch (error) {
        log.warn({ requestId: requestIdOf(req), err: describeError(error) }, 'an operator could not sign in');
        refuse(res, reader, 503, back, words.storeAway);
      }
    };

  const limitByAddress: RequestHandler = async (req, res, next) => {
    const standing = await deps.limits.charge('logins-per-address', deps.addressOf(req));
    showStanding(res, standing);
    if (standing.allowed) {
      next();
      return;
    }
    const reader = readerOf(req, null, '/admin/sign-in');
    const words = operatorFrameWords[reader.language].signIn;
    refuse(res, reader, 429, '/admin', words.tooMany(standing.resetSeconds));
  };

  async function refuseAccount(req: Request, res: Response, reason: AccountRefusal): Promise<void> {
    const reader = readerOf(req, null, '/admin/sign-in');
    const status = reason === 'provider-unavailable' ? 503 : reason === 'no-state' ? 400 : 403;
    const who = { actor: 'unknown', tenantId: null };
    await audited('operator.sign-in-refused', who, { subject: 'admin', reason });
    refuse(res, reader, status, '/admin', operatorFrameWords[reader.language].signIn.provider[reason]);
  }

  const withToken = attempt(async (req, res, reader, back) => {
    const token = fieldsOf(req.body)['token']?.trim() ?? '';
    const verdict = await deps.verify(`Bearer ${token}`);
    if (verdict.ok && verdict.caller.role === 'admin') {
      // A token that is good has an end.
      await letIn(res, verdict.caller, ((decodeJwt(token).exp ?? 0) * 1000) as Instant, back);
      return;
    }
    const refused: Refused = verdict.ok
      ? { reason: 'role', tenantId: verdict.caller.tenantId }
      : { reason: verdict.reason, tenantId: null };
    const who = {
      actor: verdict.ok ? actorOf(verdict.caller) : 'unknown',
      tenantId: refused.tenantId,
    };
    await audited('operator.sign-in-refused', who, { subject: 'admin', reason: refused.reason });
    refuse(
      res,
      reader,
      statusOf(refused),
      back,
      wordsOf(refused, operatorFrameWords[reader.language].signIn),
    );
  });

  async function end(operator: Operator): Promise<void> {
    const { caller, sessionId, endsAt } = operator;
    const actor = actorOf(caller);
    await deps.revocations.revoke({ kind: 'login', loginId: sessionId, keepUntil: endsAt }, actor);
    const who = { actor, tenantId: caller.tenantId };
    await audited('operator.signed-out', who, { subject: sessionId, reason: null });
  }

  const signOut: RequestHandler = async (req, res) => {
    try {
      const operator = await deps.operatorOf(req);
      if (operator !== undefined && isOfSession(fieldsOf(req.body), operator)) await end(operator);
    } catch (error) {
      // A sign-in that could not be ended keeps its cookie: the operator can try again.
      log.warn({ requestId: requestIdOf(req), err: describeError(error) }, 'an operator could not sign out');
      const reader = readerOf(req, null, null);
      const { title, words } = operatorFrameWords[reader.language].failed['store-unavailable'];
      sendPage(res, 503, noticePage(reader, title, words));
      return;
    }
    res.append('set-cookie', sessions.end);
    res.status(303).set('location', '/admin/sign-in?told=out').end();
  };

  router.use(['/admin/sign-in', '/admin/sign-out'], (_req, res, next) => {
    res.set('cache-control', 'no-store');
    next();
  });
  router
    .route('/admin/sign-in')
    .get((req, res) => {
      const reader = readerOf(req);
      const words = operatorFrameWords[reader.language].signIn;
      const notice = req.query['told'] === 'out' ? ({ tone: 'ok', words: words.signedOut } as const) : null;
      sendPage(res, 200, signInPage(reader, { back: backPath(req.query['back']), withAccount, notice }));
    })
    .post(onlyOurs, readForm, withToken)
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));
  if (deps.account !== null)
    addAccountRoutes(router, {
      ...deps.account,
      verify: deps.verify,
      log,
      limitByAddress,
      letIn,
      refuse: refuseAccount,
    });
  router.route('/admin/sign-out').post(onlyOurs, readForm, signOut).all(methodNotAllowed('POST'));
  return router;
}
