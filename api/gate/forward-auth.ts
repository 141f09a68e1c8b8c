import { type Request, type Response, Router } from 'express';
import type { AuditEntry } from '../../db/queries/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { setCookie } from '../../platform/cookies.ts';
import { sameSecret } from '../../platform/secrets.ts';
import { mintAccessCookie } from '../../platform/tokens.ts';
import { languageAsked } from '../pages/language.ts';
import { chosenLanguage, languageCookie, type Reader } from '../pages/language-choice.ts';
import { sendPage } from '../pages/layout.ts';
import { cannotTellPage, forbiddenPage, overPage } from '../pages/notices.ts';
import { chosenZone } from '../pages/zone-choice.ts';
import { methodNotAllowed, sendProblem } from '../problem.ts';
import { wantsHtml } from '../wants-html.ts';
import { within } from '../../platform/within.ts';
import { createGateCounters, type GateCounts } from './counters.ts';
import { ACCESS_COOKIE, ACCESS_COOKIE_SECONDS, readCredentials } from './credentials.ts';
import { decideGate, type GateDecision, type GateVerdict, idOf, type Route } from './decision.ts';
import { type AnswerAtOnce, createHotPath } from './hot-path.ts';
import { identityOf } from './identity.ts';
import type { GateMemory } from './memory.ts';
import { type GatedPath, loginPath, readGatedPath, sessionPath } from './paths.ts';
import { createRefusalAudit } from './refusals.ts';
import { createVerifiedTokens, type GateKeys } from './verified-tokens.ts';
import { createWriteTogether } from './write-together.ts';

/** All of an answer must be on its way before the gateway gives up, which it does after two seconds. */
const ANSWER_WITHIN_MS = 1700;

export interface ForwardAuthDependencies {
  /** What APISIX sends as `X-Gateway-Auth`. */
  readonly gatewaySecret: string;
  readonly keys: GateKeys;
  /** False only in development, where the gateway may be plain HTTP. */
  readonly secureCookies: boolean;
  readonly clock: Clock;
  readonly memory: GateMemory;
  /** Takes the sampled refusals; may fail. */
  readonly writeAudit: (entries: readonly AuditEntry[]) => Promise<void>;
  readonly report: (error: unknown) => void;
  /** Milliseconds that only go forward. Default `performance.now`. */
  readonly monotonic?: () => number;
  /** Runs work when this turn of the event loop is over. Default `setImmediate`. */
  readonly later?: (work: () => void) => void;
}

export interface ForwardAuth {
  /** `GET /forward-auth`, for the internal listener. */
  readonly router: Router;
  /** Goes before the router of the same listener. */
  readonly answerAtOnce: AnswerAtOnce;
  /**
   * Whether a GET of this path would pass now with what it brought, for an answer that lasts. It counts as no request.
   */
  stillPasses(given: {
    readonly path: string;
    readonly cookie: string | undefined;
    readonly authorization: string | undefined;
  }): Promise<StillPasses>;
  counts(): GateCounts;
  /** Resolves when no refusal waits to be written. */
  settled(): Promise<void>;
}

interface Judged {
  readonly decision: GateDecision;
  readonly route: Route;
  /** Where the session was looked for; null where nobody had to look. */
  readonly looked: 'in-memory' | 'in-stores' | null;
}

/** What a request brings to be judged by. */
interface Asked {
  readonly method: string;
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
  readonly wantsHtml: boolean;
}

/** What came of asking again about a request that passed: yes, no, or nobody could tell. */
export type StillPasses = 'passes' | 'refused' | 'unable';

const unable = (reason: 'late' | 'failed'): Judged => ({
  decision: { verdict: { status: 503, reason }, by: null },
  route: { kind: 'unavailable' },
  looked: null,
});

/** The raw URI where the gateway passes it; its normalised one may read differently from what upstream gets. */
function originalUri(req: Request): string {
  return req.get('x-original-uri') ?? req.get('x-forwarded-uri') ?? '';
}

/** Whom the gate's own page speaks to: nothing is read for it. A choice in the URI is remembered like any other. */
function spokenTo(req: Request, res: Response): Reader {
  const asked = new URLSearchParams(originalUri(req).split('?')[1]).get('lang');
  const chosen = chosenLanguage(asked, req.get('cookie'));
  if (chosen !== undefined && chosen === asked) res.append('set-cookie', languageCookie(chosen, '/customer'));
  return { language: chosen ?? languageAsked(req), here: '' };
}

/** The session as memory knows it, for these links and logins; undefined when memory cannot tell. */
function routeInMemory(memory: GateMemory, slug: string, ids: readonly string[]): Route | undefined {
  const snapshot = memory.hit(slug);
  if (snapshot === undefined) return undefined;
  const { sessionKey, tenantId, clientId, gate } = snapshot;
  return {
    kind: 'session',
    sessionKey,
    tenantId,
    clientId,
    reading: { kind: 'gate', gate },
    held: memory.isHeld(sessionKey),
    dead: new Set(ids.filter((id) => memory.isRevoked(id))),
  };
}

/**
 * May the request that the gateway describes pass? The gateway hands every answer from 300 up to the client as it
 * is, the exchange of a mailed token for a cookie among them.
 */
export function createForwardAuth(deps: ForwardAuthDependencies): ForwardAuth {
  const { memory } = deps;
  const monotonic = deps.monotonic ?? (() => performance.now());
  const tokens = createVerifiedTokens(deps.keys);
  const counters = createGateCounters();
  const audit = createRefusalAudit({ write: deps.writeAudit, clock: deps.clock, report: deps.report });

  async function judge(asked: Asked, path: GatedPath | undefined): Promise<Judged> {
    const { method } = asked;
    const tokenInUrl = method === 'GET' || method === 'HEAD' ? (path?.token ?? null) : null;
    const credentials = await readCredentials(
      tokens,
      { tokenInUrl, cookie: asked.cookie, authorization: asked.authorization },
      deps.clock(),
    );
    const ids = credentials.flatMap((one) => (one.kind === 'held' ? [idOf(one.holder)] : []));

    let route: Route = { kind: 'unknown' };
    let looked: Judged['looked'] = null;
    // A stranger's question costs no store anything, and its answer takes the same time for every slug.
    if (path !== undefined && ids.length > 0) {
      const known = routeInMemory(memory, path.slug, ids);
      looked = known ? 'in-memory' : 'in-stores';
      route = known ?? (await memory.look(path.slug, ids));
    }
    const request = {
      method,
      door: path?.door ?? 'page',
      wantsHtml: asked.wantsHtml,
      tokenInUrl: tokenInUrl !== null,
    } as const;
    return { decision: decideGate({ request, credentials, route, now: deps.clock() }), route, looked };
  }

  async function judgeInTime(asked: Asked, path: GatedPath | undefined): Promise<Judged> {
    const began = monotonic();
    const judged = await within(
      ANSWER_WITHIN_MS,
      judge(asked, path).catch((error: unknown) => {
        deps.report(error);
        return unable('failed');
      }),
      () => unable('late'),
    );
    // A process that was stopped meanwhile may hear of its answer before it hears of its timer.
    return monotonic() - began > ANSWER_WITHIN_MS ? unable('late') : judged;
  }

  async function answer(
    req: Request,
    res: Response,
    verdict: GateVerdict,
    path: GatedPath | undefined,
    html: boolean,
  ): Promise<void> {
    switch (verdict.status) {
      case 200:
        res.set(identityOf(verdict.session, verdict.access));
        res.status(200).end();
        return;
      case 303:
        if (verdict.exchange !== null && path !== undefined) {
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
        res
          .status(303)
          .set('location', path?.path ?? loginPath(null))
          .end();
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
        if (html) {
          const page = path?.door === 'join' ? sessionPath(path.slug) : null;
          const { reason, at } = verdict;
          const timeZone = chosenZone(req.get('cookie')) ?? null;
          sendPage(res, 403, forbiddenPage(spokenTo(req, res), { reason, at, timeZone, page }));
        } else sendProblem(req, res, 'not-allowed', { reason: verdict.reason, at: verdict.at });
        return;
      case 410:
        if (html) sendPage(res, 410, overPage(spokenTo(req, res)));
        else sendProblem(req, res, 'session-over');
        return;
      case 503:
        res.set('retry-after', '5');
        if (html) sendPage(res, 503, cannotTellPage(spokenTo(req, res)));
        else sendProblem(req, res, verdict.reason === 'store' ? 'store-unavailable' : 'engine-unavailable');
        return;
    }
  }

  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/forward-auth')
    .get(async (req, res) => {
      res.set({
        'cache-control': 'no-store',
        vary: 'Cookie, Authorization, Accept-Language',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
      });
      if (!sameSecret(req.get('x-gateway-auth'), deps.gatewaySecret)) {
        counters.countStranger();
        audit.stranger();
        sendProblem(req, res, 'not-authenticated');
        return;
      }
      const asked = monotonic();
      const path = readGatedPath(originalUri(req));
      const html = wantsHtml(req);
      const { decision, route, looked } = await judgeInTime(
        {
          method: req.get('x-forwarded-method') ?? '',
          cookie: req.get('cookie'),
          authorization: req.get('authorization'),
          wantsHtml: html,
        },
        path,
      );
      if (looked !== null) counters.countLook(looked);
      counters.count(decision.verdict, monotonic() - asked);
      audit.refused(decision, route, path?.slug ?? null);
      await answer(req, res, decision.verdict, path, html);
    })
    .all(methodNotAllowed('GET', 'HEAD'));

  return {
    router,
    answerAtOnce: createHotPath({
      gatewaySecret: deps.gatewaySecret,
      memory,
      tokens,
      counters,
      clock: deps.clock,
      write: createWriteTogether(deps.later),
    }),
    async stillPasses({ path, cookie, authorization }) {
      const { decision } = await judgeInTime(
        { method: 'GET', cookie, authorization, wantsHtml: false },
        readGatedPath(path),
      );
      const { status } = decision.verdict;
      return status === 200 ? 'passes' : status === 503 ? 'unable' : 'refused';
    },
    counts: () => counters.read(),
    settled: () => audit.settled(),
  };
}
