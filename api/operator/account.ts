import type { Request, RequestHandler, Response, Router } from 'express';
import { decodeJwt } from 'jose';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import { clearCookie, readCookie, setCookie } from '../../platform/cookies.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { callerOfClaims } from '../auth/bearer-claims.ts';
import type { Caller, VerifyBearer } from '../auth/caller.ts';
import { createOidcProvider, type OidcProvider, type Redeemed } from '../login/oidc-provider.ts';
import { LOGIN_STATE_SECONDS } from '../login/oidc-state.ts';
import { methodNotAllowed, requestIdOf } from '../problem.ts';
import { describeError } from '../request-log.ts';
import { backPath } from './back-path.ts';
import { OPERATOR_PATH } from './operator-session.ts';

/** What the account's provider is to bring back unchanged. */
const COOKIE = 'latchkey_admin_state';
const SIGN_IN = `${OPERATOR_PATH}/sign-in`;
const CALLBACK = `${SIGN_IN}/callback`;

export type AccountRefusal = 'no-state' | 'refused' | 'provider-unavailable' | 'no-role';

/** Whose account it is, and until when the token that says so is good. */
interface SignedIn {
  readonly ok: true;
  readonly caller: Caller;
  readonly tokenEnds: Instant;
  readonly back: string;
}

type Outcome = SignedIn | { readonly ok: false; readonly reason: AccountRefusal };

export interface AccountSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the outside reaches us. */
  readonly publicUrl: string;
  readonly cookieKeys: KeyRing;
  readonly secure: boolean;
}

export function createAccounts(
  settings: AccountSettings,
  deps: { readonly clock: Clock; readonly log: Logger },
): OidcProvider {
  return createOidcProvider({
    issuer: settings.issuer,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    redirectUri: `${settings.publicUrl}${CALLBACK}`,
    scope: 'openid',
    audience: 'latchkey:operator-state',
    cookieKeys: settings.cookieKeys,
    clock: deps.clock,
    report: (step, word) => deps.log.warn({ step, word }, 'an operator’s sign-in came to nothing'),
  });
}

/**
 * The same claims as a bearer token's. Of an access token, where it is one that our API takes; else of the ID token,
 * which is for us alone.
 */
async function signedIn(verify: VerifyBearer, { tokens, back }: Redeemed): Promise<Outcome> {
  const verdict = await verify(`Bearer ${tokens.access_token}`);
  const path = backPath(back);
  const endOf = (exp: number | undefined): Instant => ((exp ?? 0) * 1000) as Instant;
  if (verdict.ok)
    return {
      ok: true,
      caller: verdict.caller,
      tokenEnds: endOf(decodeJwt(tokens.access_token).exp),
      back: path,
    };
  const claims = tokens.claims();
  const read = claims === undefined ? null : callerOfClaims({ ...claims });
  if (claims === undefined || read === null || !read.ok) return { ok: false, reason: 'no-role' };
  return { ok: true, caller: read.caller, tokenEnds: endOf(claims.exp), back: path };
}

/** Mounts the sign-in with an account at the issuer of bearer tokens. */
export function addAccountRoutes(
  router: Router,
  deps: {
    readonly accounts: OidcProvider;
    readonly verify: VerifyBearer;
    readonly log: Logger;
    readonly settings: AccountSettings;
    readonly limitByAddress: RequestHandler;
    readonly letIn: (res: Response, caller: Caller, tokenEnds: Instant, back: string) => Promise<void>;
    readonly refuse: (req: Request, res: Response, reason: AccountRefusal) => Promise<void>;
  },
): void {
  const { accounts, settings, log } = deps;
  const cookie = { path: SIGN_IN, secure: settings.secure } as const;

  const begin: RequestHandler = async (req, res) => {
    try {
      const begun = await accounts.begin(backPath(req.query['back']));
      res.append(
        'set-cookie',
        setCookie(COOKIE, begun.state, { ...cookie, maxAgeSeconds: LOGIN_STATE_SECONDS }),
      );
      res.status(302).set('location', begun.location).end();
    } catch (error) {
      log.warn(
        { requestId: requestIdOf(req), err: describeError(error) },
        'an operator’s sign-in could not begin',
      );
      await deps.refuse(req, res, 'provider-unavailable');
    }
  };

  const finish: RequestHandler = async (req, res) => {
    res.append('set-cookie', clearCookie(COOKIE, cookie));
    const callback = new URL(req.originalUrl, settings.publicUrl);
    const outcome = await accounts.finish<Outcome>(
      callback,
      readCookie(req.get('cookie'), COOKIE),
      (redeemed) => signedIn(deps.verify, redeemed),
    );
    if (!outcome.ok) await deps.refuse(req, res, outcome.reason);
    else if (outcome.caller.role === 'admin')
      await deps.letIn(res, outcome.caller, outcome.tokenEnds, outcome.back);
    else await deps.refuse(req, res, 'no-role');
  };

  router.route(`${SIGN_IN}/account`).get(deps.limitByAddress, begin).all(methodNotAllowed('GET', 'HEAD'));
  router.route(CALLBACK).get(deps.limitByAddress, finish).all(methodNotAllowed('GET', 'HEAD'));
}
