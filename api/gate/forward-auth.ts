import { type Request, type Response, Router } from 'express';
import type { RouteRow } from '../../db/queries/gate.ts';
import type { Clock } from '../../platform/clock.ts';
import { setCookie } from '../../platform/cookies.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { sameSecret } from '../../platform/secrets.ts';
import { mintAccessCookie } from '../../platform/tokens.ts';
import type { LinkId } from '../../workflows/contract/values.ts';
import { cannotTellPage, forbiddenPage, overPage } from '../pages/notices.ts';
import { methodNotAllowed, sendProblem } from '../problem.ts';
import { wantsHtml } from '../wants-html.ts';
import { within } from '../within.ts';
import { ACCESS_COOKIE, ACCESS_COOKIE_SECONDS, readCredential } from './credentials.ts';
import { decideGate, type GateVerdict, type Route } from './decision.ts';
import { type GatedPath, loginPath, readGatedPath, sessionPath } from './paths.ts';
import type { ReadGate } from './read-gate.ts';

/** Every header that a 200 sets towards the upstream; the gateway removes a client's own. */
export const identityHeaders = ['X-Session-Id', 'X-Client-Id', 'X-Tenant-Id', 'X-Access'] as const;

/** All of an answer must be on its way before the gateway gives up, which it does after two seconds. */
const ANSWER_WITHIN_MS = 1700;

export interface ForwardAuthDependencies {
  /** What APISIX sends as `X-Gateway-Auth`. */
  readonly gatewaySecret: string;
  readonly keys: { readonly link: KeyRing; readonly cookie: KeyRing };
  /** False only in development, where the gateway may be plain HTTP. */
  readonly secureCookies: boolean;
  readonly clock: Clock;
  readonly findRoute: (slug: string, linkId: LinkId) => Promise<RouteRow | undefined>;
  readonly readGate: ReadGate;
  readonly report: (error: unknown) => void;
}

/** The raw URI where the gateway passes it; its normalised one may read differently from what upstream gets. */
function originalUri(req: Request): string {
  return req.get('x-original-uri') ?? req.get('x-forwarded-uri') ?? '';
}

/**
 * `GET /forward-auth`, for the gateway alone: may the request that it describes pass? The gateway hands every
 * answer from 300 up to the client as it is, the exchange of a mailed token for a cookie among them.
 */
export function createForwardAuth(deps: ForwardAuthDependencies): Router {
  async function judge(req: Request, path: GatedPath | undefined, html: boolean): Promise<GateVerdict> {
    const method = req.get('x-forwarded-method') ?? '';
    const tokenInUrl = method === 'GET' || method === 'HEAD' ? (path?.token ?? null) : null;
    const credential = await readCredential(
      deps.keys,
      { tokenInUrl, cookie: req.get('cookie'), authorization: req.get('authorization') },
      deps.clock(),
    );
    const request = {
      method,
      door: path?.door ?? 'page',
      wantsHtml: html,
      tokenInUrl: tokenInUrl !== null,
    } as const;

    let route: Route = { kind: 'unknown' };
    // A stranger's question costs no store anything, and its answer takes the same time for every slug.
    if (credential.kind === 'held' && path !== undefined) {
      const row = await deps.findRoute(path.slug, credential.holder.linkId);
      if (row !== undefined) route = { kind: 'session', ...row };
    }
    const decide = (reading: Awaited<ReturnType<ReadGate>>): GateVerdict =>
      decideGate({ request, credential, route, reading, now: deps.clock() });
    // Only where the gate has the last word is it worth asking.
    const early = decide({ kind: 'unavailable' });
    return early.status === 503 && route.kind === 'session'
      ? decide(await deps.readGate(route.sessionKey))
      : early;
  }

  async function answer(
    req: Request,
    res: Response,
    verdict: GateVerdict,
    path: GatedPath | undefined,
    html: boolean,
  ): Promise<void> {
    const page = (status: number, text: string): void => {
      res.status(status).type('html').send(text);
    };
    switch (verdict.status) {
      case 200:
        res.set({
          'X-Session-Id': verdict.holder.sessionKey,
          'X-Client-Id': String(verdict.holder.clientId),
          'X-Tenant-Id': String(verdict.holder.tenantId),
          'X-Access': verdict.access,
        } satisfies Record<(typeof identityHeaders)[number], string>);
        res.status(200).end();
        return;
      case 303:
        if (path === undefined) break;
        if (verdict.exchange !== null) {
          const value = await mintAccessCookie(
            deps.keys.cookie,
            verdict.exchange,
            deps.clock(),
            ACCESS_COOKIE_SECONDS,
          );
          res.append(
            'set-cookie',
            setCookie(ACCESS_COOKIE, value, {
              path: sessionPath(path.slug),
              maxAgeSeconds: ACCESS_COOKIE_SECONDS,
              secure: deps.secureCookies,
            }),
          );
        }
        res.status(303).set('location', path.path).end();
        return;
      case 302:
        res
          .status(302)
          .set('location', loginPath(path?.path ?? null))
          .end();
        return;
      case 401:
        res.set('www-authenticate', 'Bearer realm="session"');
        sendProblem(req, res, 'not-authenticated', { reason: verdict.reason });
        return;
      case 403:
        if (html) page(403, forbiddenPage(verdict.reason, verdict.at));
        else sendProblem(req, res, 'not-allowed', { reason: verdict.reason, at: verdict.at });
        return;
      case 410:
        if (html) page(410, overPage());
        else sendProblem(req, res, 'session-over');
        return;
      case 503:
        break;
    }
    res.set('retry-after', '5');
    if (html) page(503, cannotTellPage());
    else sendProblem(req, res, 'engine-unavailable');
  }

  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/forward-auth')
    .get(async (req, res) => {
      res.set({
        'cache-control': 'no-store',
        vary: 'Cookie, Authorization',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
      });
      if (!sameSecret(req.get('x-gateway-auth'), deps.gatewaySecret)) {
        sendProblem(req, res, 'not-authenticated');
        return;
      }
      const path = readGatedPath(originalUri(req));
      const html = wantsHtml(req);
      const judged = judge(req, path, html).catch((error: unknown): GateVerdict => {
        deps.report(error);
        return { status: 503 };
      });
      await answer(
        req,
        res,
        await within<GateVerdict>(ANSWER_WITHIN_MS, judged, () => ({ status: 503 })),
        path,
        html,
      );
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
