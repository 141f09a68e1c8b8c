import type { Request, RequestHandler, Response, Router } from 'express';
import type { Database } from '../../db/connect.ts';
import { accountsOfAddress, type ClientAccount } from '../../db/queries/login.ts';
import { emailKeyOf } from '../../db/queries/people.ts';
import { clearCookie, readCookie, setCookie } from '../../platform/cookies.ts';
import { type FailureCode, failures } from '../../platform/failures.ts';
import { loginPath, readReturnPath } from '../gate/paths.ts';
import { reasonOf } from '../intake/deliver.ts';
import { readerOf } from '../pages/language-choice.ts';
import { loginFailedPage } from '../pages/login-pages.ts';
import type { LoginWords } from '../pages/messages/login.en.ts';
import { loginWords } from '../pages/messages/login.ts';
import { methodNotAllowed, sendProblem } from '../problem.ts';
import { wantsHtml } from '../wants-html.ts';
import { refuseReturnPath, stored } from './answers.ts';
import { sendPage } from '../pages/layout.ts';
import type { LoginLog } from './log.ts';
import { MOST_ACCOUNTS } from './login-cookie.ts';
import type { OidcLogin, OidcOutcome } from './oidc-contract.ts';

/** What the provider is to bring back unchanged; sealed by the provider's own module. */
export const OIDC_COOKIE = 'latchkey_o';
const OIDC_COOKIE_PATH = '/customer/login';
const OIDC_COOKIE_SECONDS = 600;

type Refusal = Extract<OidcOutcome, { ok: false }>['reason'] | 'unknown-client';

interface Told {
  readonly code: FailureCode;
  readonly title: string;
  readonly why: string;
}

/** Who is nobody's client learns no more than who was refused. */
function toldOf(reason: Refusal, words: LoginWords): Told {
  switch (reason) {
    case 'no-state':
      return { code: 'invalid-request', title: words.beginAgain, why: words.tookTooLong };
    case 'provider-unavailable':
      return { code: 'keys-unavailable', title: words.providerAway, why: words.providerAwayWhy };
    case 'unverified-email':
      return { code: 'not-allowed', title: words.notThisAccount, why: words.unverified };
    case 'refused':
    case 'unknown-client':
      return { code: 'not-allowed', title: words.notThisAccount, why: words.unknownAccount };
  }
}

/** Mounts the login with an account at an outside provider. */
export function addOidcRoutes(
  router: Router,
  deps: {
    readonly oidc: OidcLogin;
    readonly db: Database;
    readonly log: LoginLog;
    readonly gatewayOrigin: string;
    readonly secureCookies: boolean;
  },
  shared: {
    readonly limitByAddress: RequestHandler;
    readonly letIn: (
      req: Request,
      res: Response,
      accounts: readonly ClientAccount[],
      by: 'oidc',
      back: string | null,
    ) => Promise<void>;
  },
): void {
  function refuse(req: Request, res: Response, reason: Refusal): void {
    const reader = readerOf(req, null, loginPath(null));
    const { code, title, why } = toldOf(reason, loginWords[reader.language]);
    deps.log.info({ reason }, 'login with an account refused');
    if (wantsHtml(req))
      sendPage(res, failures[code].status, loginFailedPage(reader, { title, why, back: null }));
    else sendProblem(req, res, code, { reason: reason === 'unknown-client' ? 'refused' : reason });
  }

  const begin: RequestHandler = async (req, res) => {
    const back = readReturnPath(req.query['rd']);
    if (back === undefined) {
      refuseReturnPath(req, res);
      return;
    }
    let begun: Awaited<ReturnType<OidcLogin['begin']>>;
    try {
      begun = await deps.oidc.begin(back);
    } catch (error) {
      deps.log.warn({ reason: reasonOf(error) }, 'login with an account could not begin');
      refuse(req, res, 'provider-unavailable');
      return;
    }
    res.append(
      'set-cookie',
      setCookie(OIDC_COOKIE, begun.state, {
        path: OIDC_COOKIE_PATH,
        maxAgeSeconds: OIDC_COOKIE_SECONDS,
        secure: deps.secureCookies,
      }),
    );
    res.status(302).set('location', begun.location).end();
  };

  const finish: RequestHandler = async (req, res) => {
    const state = readCookie(req.get('cookie'), OIDC_COOKIE);
    res.append(
      'set-cookie',
      clearCookie(OIDC_COOKIE, { path: OIDC_COOKIE_PATH, secure: deps.secureCookies }),
    );
    const outcome = await deps.oidc.finish(new URL(req.originalUrl, deps.gatewayOrigin), state);
    if (!outcome.ok) {
      refuse(req, res, outcome.reason);
      return;
    }
    const accounts = await stored(accountsOfAddress(deps.db, emailKeyOf(outcome.email), MOST_ACCOUNTS));
    if (accounts.length === 0) {
      refuse(req, res, 'unknown-client');
      return;
    }
    // Checked again: it has been out of our hands, however well it was sealed.
    await shared.letIn(req, res, accounts, 'oidc', readReturnPath(outcome.back ?? undefined) ?? null);
  };

  router.route('/customer/login/oidc').get(shared.limitByAddress, begin).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/customer/login/oidc/callback').get(finish).all(methodNotAllowed('GET', 'HEAD'));
}
