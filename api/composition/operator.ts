import { type Request, Router } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { isLoginRevoked } from '../../db/queries/login.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Revocations } from '../gate/revocations.ts';
import { createAccounts } from '../operator/account.ts';
import { createInside } from '../operator/inside.ts';
import { createOperatorSessions, OPERATOR_PATH } from '../operator/operator-session.ts';
import { overviewPage } from '../operator/overview.ts';
import { createOperatorPages } from '../operator/pages.ts';
import { addPlaces } from '../operator/places.ts';
import { bulkPage } from '../operator/sessions/bulk-page.ts';
import { sessionsExport, sessionsPage } from '../operator/sessions/list.ts';
import { sessionPage, timelinePage } from '../operator/sessions/one.ts';
import { startPage } from '../operator/sessions/start-page.ts';
import { createSignIn } from '../operator/sign-in.ts';
import { createToldCookies } from '../operator/told.ts';
import { zonePage } from '../operator/zone-page.ts';
import type { Routes } from '../operations/routes.ts';
import { remembersLanguage } from '../pages/language-choice.ts';
import type { Callers } from './callers.ts';

/** The operators' pages. They are made last: what they can do is what the API has by then. */
export function composeOperator(
  config: Pick<Config, 'env' | 'keys' | 'auth' | 'http'>,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Logger;
    readonly routes: Routes;
    readonly callers: Callers;
    readonly revocations: Revocations;
    /** Origins whose forms are ours: the gateway's, and the public one. */
    readonly origins: readonly string[];
  },
): Router {
  const { db, clock, log, callers } = deps;
  const secure = config.env !== 'development';
  const sessions = createOperatorSessions(config.keys.cookie, secure);
  // Whichever name this process is reached by: there is no other page of that name.
  const ownOrigins = (req: Request): readonly string[] => {
    const host = req.get('host') ?? '';
    return [...deps.origins, `http://${host}`, `https://${host}`];
  };
  const pages = createOperatorPages({
    log,
    clock,
    sessions,
    ownOrigins,
    told: createToldCookies(config.keys.cookie, secure),
    isEnded: (sessionId) => isLoginRevoked(db, sessionId),
    inside: createInside({ router: deps.routes.router(), log }),
  });
  pages.add(overviewPage, 'overview');
  pages.add(sessionsPage, 'sessions');
  pages.add(sessionsExport);
  pages.add(startPage);
  pages.add(bulkPage);
  pages.add(sessionPage);
  pages.add(timelinePage);
  addPlaces(pages);
  pages.add(zonePage(secure));

  const account = config.auth.oidc !== null &&
    config.auth.signIn !== null && {
      issuer: config.auth.oidc.issuer,
      ...config.auth.signIn,
      publicUrl: config.http.publicUrl,
      cookieKeys: config.keys.cookie,
      secure,
    };
  const router = Router({ caseSensitive: true, strict: true });
  router.use(OPERATOR_PATH, remembersLanguage(OPERATOR_PATH));
  router.use(
    createSignIn({
      db,
      log,
      clock,
      sessions,
      ownOrigins,
      verify: callers.verify,
      limits: callers.limits,
      addressOf: callers.addressOf,
      revocations: deps.revocations,
      operatorOf: (req) => pages.operatorOf(req),
      account:
        account === false ? null : { settings: account, accounts: createAccounts(account, { clock, log }) },
    }),
    pages.router(),
  );
  return router;
}
