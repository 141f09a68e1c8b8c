import { gatewayOnly } from '../gateway-only.ts';
import { createHash } from 'node:crypto';
import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { Database } from '../../db/connect.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import {
  accountsOfAddress,
  type ClientAccount,
  isLoginRevoked,
  listedSessionsOf,
  openChallenge,
} from '../../db/queries/login.ts';
import { emailKeyOf } from '../../db/queries/people.ts';
import type { Clock } from '../../platform/clock.ts';
import { failures } from '../../platform/failures.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { loginPath, readReturnPath } from '../gate/paths.ts';
import type { Revocations } from '../gate/revocations.ts';
import { reasonOf } from '../intake/deliver.ts';
import type { RateLimits } from '../limits/limits.ts';
import { rateLimited, showStanding } from '../limits/rate-limited.ts';
import type { ObserveLogin } from '../metrics/observers.ts';
import { languageCookie, type Reader, readerOf, remembersLanguage } from '../pages/language-choice.ts';
import { type RenderedPage, sendPage } from '../pages/layout.ts';
import { codePage, linksPage, loggedInPage, loginPage } from '../pages/login-pages.ts';
import { loginWords } from '../pages/messages/login.ts';
import { problemPage } from '../pages/notices.ts';
import { chosenZone } from '../pages/zone-choice.ts';
import { codeOfError, methodNotAllowed, requestIdOf, sendProblem } from '../problem.ts';
import { wantsHtml } from '../wants-html.ts';
import { refuseLimited, refuseReturnPath, stored } from './answers.ts';
import type { Background } from './background.ts';
import { CODE_DIGITS, CODE_GOOD_FOR_MS, hashOfNoCode, newChallenge, readCode } from './codes.ts';
import type { LoginLog } from './log.ts';
import { MOST_ACCOUNTS, readLogin, startLogin } from './login-cookie.ts';
import { logOut } from './logout.ts';
import type { OidcLogin } from './oidc-contract.ts';
import { addOidcRoutes } from './oidc-routes.ts';
import { type LoginForm, readAddress, readForm, readLoginForm } from './requests.ts';
import type { ResendLinks } from './resend-links.ts';
import type { SendCode } from './send-code.ts';
import { tryCode } from './try-code.ts';

/** Of the cookie with a chosen language: all pages at the gateway that are ours. */
const COOKIE_PATH = '/customer';

export interface LoginDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: LoginLog;
  /** What the gateway sends as `X-Upstream-Auth`. */
  readonly upstreamSecret: string;
  /** Origins whose forms are ours: the gateway's, and the public one. */
  readonly origins: readonly string[];
  /** Where clients reach the gateway: the provider sends them back there. */
  readonly gatewayOrigin: string;
  /** Signs the login's cookie and the codes. */
  readonly keys: KeyRing;
  /** False only in development, where the gateway may be plain HTTP. */
  readonly secureCookies: boolean;
  readonly limits: RateLimits;
  /** What a request's own address is counted as. */
  readonly clientAddress: (req: Request) => string;
  readonly revocations: Revocations;
  /** Null: there is no second way to log in. */
  readonly oidc: OidcLogin | null;
  readonly background: Background;
  readonly sendCode: SendCode;
  readonly resendLinks: ResendLinks;
  readonly observe?: ObserveLogin;
  /** A code was used, and its mail may be deleted. */
  readonly onCodeUsed: () => void;
}

/** Sessions on the page after a login: those ahead, and the last of those that are over. */
const MOST_LISTED = { ahead: 50, past: 10 };

/** Counted by the address as it was typed: known or not makes no difference. */
function emailLimitKey(emailKey: string): string {
  return createHash('sha256').update(emailKey).digest('base64url');
}

/**
 * The login of clients, before the gate: by a code that is mailed to them, or with an account elsewhere; and the end
 * of it. An address that nobody has gets the same answers as any other, and at the same cost until the answer is
 * out: what differs is done after it.
 *
 * It must stand before the other routes below `/customer`.
 */
export function createLoginRoutes(deps: LoginDependencies): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const paths = ['/customer/login', '/customer/logout'];
  router.use(paths, gatewayOnly(deps.upstreamSecret), remembersLanguage(COOKIE_PATH));
  const form = readForm(deps.origins);
  const limitByAddress = rateLimited(deps.limits, 'logins-per-address', deps.clientAddress, refuseLimited);

  /** A cookie for these accounts, and on to where they wanted to go. */
  async function letIn(
    req: Request,
    res: Response,
    accounts: readonly ClientAccount[],
    by: 'code' | 'oidc',
    back: string | null,
  ): Promise<void> {
    const login = await startLogin(deps, accounts, deps.clock());
    deps.observe?.(by, 'in');
    res.append('set-cookie', login.setCookie);
    deps.background.run('login-audit', () =>
      writeAudit(
        deps.db,
        login.claims.clients.map(({ tenantId, clientId }) => ({
          at: new Date(deps.clock()),
          tenantId,
          actor: `client:${clientId}`,
          action: 'login.succeeded',
          subject: `login:${login.claims.loginId}`,
          reason: by,
        })),
      ),
    );
    if (wantsHtml(req))
      res
        .status(303)
        .set('location', back ?? '/customer/login')
        .end();
    else res.json({ loggedIn: true, expiresAt: new Date(login.claims.expiresAt).toISOString(), back });
  }

  function loginForm(
    req: Request,
    back: string | null,
    error: 'noAddress' | 'codeEnded' | null,
    email?: string,
  ): RenderedPage {
    const reader = readerOf(req, null, loginPath(back));
    return loginPage({
      reader,
      back,
      withAccount: deps.oidc !== null,
      error: error === null ? null : loginWords[reader.language][error],
      ...(email !== undefined && { email }),
    });
  }

  const showLogin: RequestHandler = async (req, res) => {
    const back = readReturnPath(req.query['rd']);
    if (back === undefined) {
      refuseReturnPath(req, res);
      return;
    }
    // Whom the gate sent here is to log in, whatever cookie they carry: it was not good enough.
    const login = back === null ? await readLogin(deps.keys, req.get('cookie'), deps.clock()) : undefined;
    if (login !== undefined && !(await stored(isLoginRevoked(deps.db, login.loginId))))
      sendPage(
        res,
        200,
        loggedInPage(
          readerOf(req),
          await stored(listedSessionsOf(deps.db, login.clients, MOST_LISTED)),
          chosenZone(req.get('cookie')) ?? null,
        ),
      );
    else sendPage(res, 200, loginForm(req, back, null));
  };

  /** What both e-mail forms begin with: the form, its address, and the address's own limit. */
  function withAddress(
    answer: (req: Request, res: Response, emailKey: string, back: string | null) => Promise<void> | void,
  ): RequestHandler {
    return async (req, res) => {
      const given: LoginForm = readLoginForm(req);
      if (given.back === undefined) {
        refuseReturnPath(req, res);
        return;
      }
      const address = readAddress(given.email);
      if (address === undefined) {
        const { back, email } = given;
        if (wantsHtml(req)) sendPage(res, 400, loginForm(req, back, 'noAddress', email));
        else sendProblem(req, res, 'invalid-request', { detail: 'email must be an e-mail address.' });
        return;
      }
      const emailKey = emailKeyOf(address);
      const standing = await deps.limits.charge('logins-per-email', emailLimitKey(emailKey));
      if (!standing.allowed) {
        // Shown only now: how much is left tells others how often somebody has tried.
        showStanding(res, standing);
        refuseLimited(req, res, standing);
        return;
      }
      await answer(req, res, emailKey, given.back);
    };
  }

  const askForCode = withAddress(async (req, res, emailKey, back) => {
    const challenge = newChallenge();
    const now = deps.clock();
    const expiresAt = new Date(now + CODE_GOOD_FOR_MS);
    await stored(
      openChallenge(deps.db, {
        challenge,
        emailKey,
        codeHash: hashOfNoCode(),
        at: new Date(now),
        expiresAt,
      }),
    );
    deps.background.run('login-code', () => deps.sendCode(challenge, emailKey));
    if (wantsHtml(req)) sendPage(res, 200, codeForm(readerOf(req, null, null), challenge, back, null));
    else res.status(202).json({ challenge, digits: CODE_DIGITS, expiresAt: expiresAt.toISOString() });
  });

  function codeForm(
    reader: Reader,
    challenge: string,
    back: string | null,
    error: string | null,
  ): RenderedPage {
    const goodForMinutes = CODE_GOOD_FOR_MS / 60_000;
    return codePage({ reader, challenge, back, error, digits: CODE_DIGITS, goodForMinutes });
  }

  const askForLinks = withAddress((req, res, emailKey, back) => {
    deps.background.run('login-links', async () =>
      deps.resendLinks(await accountsOfAddress(deps.db, emailKey, MOST_ACCOUNTS)),
    );
    if (wantsHtml(req)) sendPage(res, 200, linksPage(readerOf(req, null, loginPath(back)), back));
    else res.status(202).json({ accepted: true });
  });

  const enterCode: RequestHandler = async (req, res) => {
    const { challenge, code: typed, back, language } = readLoginForm(req);
    if (back === undefined) {
      refuseReturnPath(req, res);
      return;
    }
    if (language !== undefined && wantsHtml(req)) {
      res.append('set-cookie', languageCookie(language, COOKIE_PATH));
      sendPage(res, 200, codeForm({ language, here: null }, challenge, back, null));
      return;
    }
    const reader = readerOf(req, null, null);
    const words = loginWords[reader.language];
    const code = readCode(typed);
    if (code === undefined) {
      if (wantsHtml(req)) sendPage(res, 400, codeForm(reader, challenge, back, words.notACode(CODE_DIGITS)));
      else sendProblem(req, res, 'invalid-request', { detail: loginWords.en.notACode(CODE_DIGITS) });
      return;
    }
    const outcome = await stored(tryCode(deps, challenge, code));
    if (outcome.kind !== 'in') deps.observe?.('code', outcome.kind);
    switch (outcome.kind) {
      case 'in':
        deps.onCodeUsed();
        await letIn(req, res, outcome.accounts, 'code', back);
        return;
      case 'wrong': {
        res.set('www-authenticate', 'Bearer realm="session"');
        if (wantsHtml(req)) {
          const error = `${words.wrongCode} ${words.triesLeft(outcome.triesLeft)}`;
          sendPage(res, 401, codeForm(reader, challenge, back, error));
        } else {
          const detail = loginWords.en.triesLeft(outcome.triesLeft);
          sendProblem(req, res, 'not-authenticated', { reason: 'wrong-code', detail });
        }
        return;
      }
      case 'ended':
        res.set('www-authenticate', 'Bearer realm="session"');
        if (wantsHtml(req)) sendPage(res, 401, loginForm(req, back, 'codeEnded'));
        else
          sendProblem(req, res, 'not-authenticated', {
            reason: 'code-ended',
            detail: loginWords.en.codeEnded,
          });
        return;
    }
  };

  router.route('/customer/login').get(showLogin).post(form, limitByAddress, askForCode);
  router.route('/customer/login').all(methodNotAllowed('GET', 'HEAD', 'POST'));
  router.route('/customer/login/code').post(form, enterCode).all(methodNotAllowed('POST'));
  router.route('/customer/login/link').post(form, limitByAddress, askForLinks).all(methodNotAllowed('POST'));
  router.route('/customer/logout').post(form, logOut(deps)).all(methodNotAllowed('POST'));

  const { oidc } = deps;
  if (oidc !== null) addOidcRoutes(router, { ...deps, oidc }, { limitByAddress, letIn });

  router.use(paths, ((error, req, res, next) => {
    const { status } = failures[codeOfError(error)];
    if (res.headersSent || !wantsHtml(req)) {
      next(error);
      return;
    }
    if (status >= 500)
      deps.log.warn({ requestId: requestIdOf(req), reason: reasonOf(error) }, 'login request failed');
    sendPage(res, status, problemPage(readerOf(req, null, loginPath(null)), 'failed', requestIdOf(req)));
  }) satisfies ErrorRequestHandler);
  return router;
}
