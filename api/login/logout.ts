import type { RequestHandler } from 'express';
import type { Clock } from '../../platform/clock.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Revocations } from '../gate/revocations.ts';
import { wantsHtml } from '../wants-html.ts';
import { stored } from './answers.ts';
import type { LoginLog } from './log.ts';
import { endLoginCookie, readLogin } from './login-cookie.ts';

/** Ends the login on every replica, then in the browser. Without a login it only clears the cookie. */
export function logOut(deps: {
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly log: LoginLog;
  readonly revocations: Revocations;
  readonly secureCookies: boolean;
}): RequestHandler {
  return async (req, res) => {
    const login = await readLogin(deps.keys, req.get('cookie'), deps.clock());
    if (login !== undefined) {
      const [first] = login.clients;
      // A login that could not be ended keeps its cookie: the person can try again.
      const receipt = await stored(
        deps.revocations.revoke(
          { kind: 'login', loginId: login.loginId, keepUntil: login.expiresAt },
          first === undefined ? 'client' : `client:${first.clientId}`,
        ),
      );
      if (receipt.state === 'unconfirmed')
        deps.log.warn({ loginId: login.loginId }, 'logout not confirmed by every replica yet');
    }
    res.append('set-cookie', endLoginCookie(deps.secureCookies));
    if (wantsHtml(req)) res.status(303).set('location', '/customer/login').end();
    else res.status(204).end();
  };
}
