import express, { type Request, Router } from 'express';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import type { CallerVerdict, VerifyBearer } from '../auth/caller.ts';
import { readerOf, remembersLanguage } from '../pages/language-choice.ts';
import { sendPage } from '../pages/layout.ts';
import { isSameOrigin } from '../same-origin.ts';
import { methodNotAllowed, sendProblem } from '../problem.ts';
import type { OperatorCookies } from './operator-cookie.ts';
import { signedInPage, signInPage, type TokenRefusal } from './sign-in-page.ts';

const formSchema = z.object({ token: z.string().trim().min(1).max(8192) });

interface Refused {
  readonly status: 401 | 403 | 503;
  readonly why: TokenRefusal;
}

function refusalOf(verdict: CallerVerdict): Refused | null {
  if (verdict.ok) return verdict.caller.role === 'admin' ? null : { status: 403, why: 'notAdmin' };
  if (verdict.reason === 'keys-unavailable') return { status: 503, why: 'keysAway' };
  return { status: 401, why: 'badToken' };
}

/** Whichever name this server is reached by: there is no other page of that name. */
const ownOrigins = (req: Request): readonly string[] => {
  const host = req.get('host') ?? '';
  return [`http://${host}`, `https://${host}`];
};

/** The sign-in of a browser: `/login` and `/logout`. */
export function createSignIn(deps: {
  readonly verify: VerifyBearer;
  readonly cookies: OperatorCookies;
  readonly clock: Clock;
  /** Where Temporal UI is. */
  readonly uiOrigin: string | null;
}): Router {
  const { verify, cookies, clock, uiOrigin } = deps;
  const router = Router({ caseSensitive: true, strict: true });
  const form = express.urlencoded({ extended: false, limit: '16kb' });

  router.use(['/', '/login', '/logout'], (_req, res, next) => {
    res.set('cache-control', 'no-store');
    next();
  });
  router.use('/login', remembersLanguage('/'));
  router.get('/', (_req, res) => res.redirect(303, '/login'));
  router.get('/login', async (req, res) => {
    const until = await cookies.goodUntil(req.get('cookie'), clock());
    const reader = readerOf(req);
    const page =
      until === undefined ? signInPage(reader, uiOrigin, null) : signedInPage(reader, uiOrigin, until);
    sendPage(res, 200, page);
  });
  router.post(['/login', '/logout'], (req, res, next) => {
    if (isSameOrigin(req, ownOrigins(req))) next();
    else sendProblem(req, res, 'not-allowed', { detail: 'Send the form of this page.' });
  });
  router.post('/login', form, async (req, res) => {
    const given = formSchema.safeParse(req.body);
    const token = given.success ? given.data.token : '';
    const verdict = await verify(`Bearer ${token}`);
    const refused = refusalOf(verdict);
    if (refused !== null) {
      sendPage(res, refused.status, signInPage(readerOf(req, null, '/login'), uiOrigin, refused.why));
      return;
    }
    // A token that is good has an end.
    const tokenEnds = ((decodeJwt(token).exp ?? 0) * 1000) as Instant;
    res.set('set-cookie', await cookies.issue(clock(), tokenEnds));
    res.redirect(303, '/login');
  });
  router.post('/logout', (_req, res) => {
    res.set('set-cookie', cookies.end);
    res.redirect(303, '/login');
  });
  router.all(['/', '/login'], methodNotAllowed('GET', 'POST'));
  router.all('/logout', methodNotAllowed('POST'));
  return router;
}
