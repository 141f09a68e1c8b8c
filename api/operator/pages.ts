import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Logger } from 'pino';
import { createLatchkeyClient } from '../../integrations/latchkey/client.ts';
import type { Clock } from '../../platform/clock.ts';
import { html } from '../../platform/html.ts';
import type { Caller } from '../auth/caller.ts';
import { readerOf } from '../pages/language-choice.ts';
import { sendPage } from '../pages/layout.ts';
import { operatorFrameWords } from '../pages/messages/operator-frame.ts';
import { methodNotAllowed, requestIdOf } from '../problem.ts';
import { describeError } from '../request-log.ts';
import { isSameOrigin } from '../same-origin.ts';
import { noticePage, sendAgain, sessionOverPage } from './again-pages.ts';
import { NothingToShow } from './answers.ts';
import { fieldsOf, isOfSession, sentForm } from './forms.ts';
import { framed } from './frame.ts';
import { INSIDE_ORIGIN, type InsideFetch } from './inside.ts';
import type { Operator, OperatorSessions } from './operator-session.ts';
import type { ToldCookies } from './told.ts';
import type { OperatorPage, OperatorView, PageAnswer, Place, Visit } from './visit.ts';
import { zoneOf } from './zone.ts';

export interface PagesDependencies {
  readonly log: Logger;
  readonly clock: Clock;
  readonly sessions: OperatorSessions;
  readonly told: ToldCookies;
  /** Whether this sign-in was ended. @throws when nobody can tell. */
  readonly isEnded: (sessionId: string) => Promise<boolean>;
  readonly inside: (caller: Caller, outer: Request) => InsideFetch;
  readonly ownOrigins: (req: Request) => readonly string[];
}

const FORM_LIMIT = '256kb';

type Failed = keyof (typeof operatorFrameWords)['en']['failed'];

/** The operators' pages, each behind the sign-in and inside the frame. */
export interface OperatorPages {
  /** @param place the place of the navigation that begins at this page. */
  add(page: OperatorPage, place?: Place): void;
  /** The operator whose browser asks; undefined: nobody is signed in. @throws when nobody can tell. */
  operatorOf(req: Request): Promise<Operator | undefined>;
  router(): Router;
}

export function createOperatorPages(deps: PagesDependencies): OperatorPages {
  const { log, clock, sessions, told } = deps;
  const router = Router({ caseSensitive: true, strict: true });
  const open: Place[] = [];
  const readForm = express.urlencoded({ extended: false, limit: FORM_LIMIT });

  async function operatorOf(req: Request): Promise<Operator | undefined> {
    const operator = await sessions.read(req.get('cookie'), clock());
    return operator === undefined || (await deps.isEnded(operator.sessionId)) ? undefined : operator;
  }

  async function visitOf(req: Request, res: Response, operator: Operator): Promise<Visit> {
    const reader = readerOf(req, null, req.method === 'POST' ? null : req.originalUrl);
    const fetch = deps.inside(operator.caller, req);
    const now = clock();
    return {
      req,
      res,
      operator,
      api: createLatchkeyClient({ baseUrl: INSIDE_ORIGIN, fetch }),
      fetch,
      reader,
      language: reader.language,
      zone: zoneOf(req),
      now,
      told: req.method === 'POST' ? null : await told.read(req.get('cookie'), now),
    };
  }

  /** A page that tells why there is no other. */
  function failure(visit: Visit, status: number, code: Failed): OperatorView {
    const { title, words } = operatorFrameWords[visit.language].failed[code];
    return { kind: 'view', status, title, place: null, body: html`<p>${words}</p>` };
  }

  function failureOf(visit: Visit, error: unknown): OperatorView {
    const known = operatorFrameWords.en.failed;
    if (error instanceof NothingToShow) {
      const code = Object.hasOwn(known, error.code) ? (error.code as Failed) : 'other';
      return failure(visit, error.status, code);
    }
    log.error({ requestId: requestIdOf(visit.req), err: describeError(error) }, 'page failed');
    return failure(visit, 500, 'other');
  }

  async function send(visit: Visit, answer: PageAnswer, failed: boolean): Promise<void> {
    const { req, res, operator, now } = visit;
    switch (answer.kind) {
      case 'sent':
        return;
      case 'go':
        if (answer.told !== undefined) res.append('set-cookie', await told.carry(answer.told, now));
        res.status(303).set('location', answer.to).end();
        return;
      case 'view': {
        if (visit.told !== null) res.append('set-cookie', told.end);
        const awake = sessions.awake(operator, now);
        if (awake !== null) res.append('set-cookie', await sessions.cookieOf(awake, now));
        const requestId = failed ? requestIdOf(req) : null;
        sendPage(res, answer.status ?? 200, framed(visit, answer, open, requestId));
      }
    }
  }

  /** Who is asked, then what is asked for. */
  function guarded(
    answer: (visit: Visit) => Promise<PageAnswer>,
    nobody: (req: Request, res: Response) => void,
  ): RequestHandler {
    return async (req, res) => {
      let operator: Operator | undefined;
      try {
        operator = await operatorOf(req);
      } catch (error) {
        log.warn(
          { requestId: requestIdOf(req), err: describeError(error) },
          'nobody can tell who is signed in',
        );
        const reader = readerOf(req, null, null);
        const { title, words } = operatorFrameWords[reader.language].failed['store-unavailable'];
        sendPage(res, 503, noticePage(reader, title, words));
        return;
      }
      if (operator === undefined) {
        nobody(req, res);
        return;
      }
      const visit = await visitOf(req, res, operator);
      try {
        await send(visit, await answer(visit), false);
      } catch (error) {
        if (res.headersSent) throw error;
        await send(visit, failureOf(visit, error), true);
      }
    };
  }

  const toSignIn = (req: Request, res: Response): void => {
    const back = new URLSearchParams({ back: req.originalUrl });
    res.status(303).set('location', `/admin/sign-in?${back.toString()}`).end();
  };

  /** A form of somebody else's page is not even shown again; one of an earlier session of ours is. */
  const take =
    (page: OperatorPage) =>
    async (visit: Visit): Promise<PageAnswer> => {
      const { req, operator } = visit;
      if (page.take === undefined) throw new NothingToShow(405, 'invalid-request');
      const fields = fieldsOf(req.body);
      if (!isOfSession(fields, operator)) return sendAgain(visit, fields);
      return page.take(visit, sentForm(fields));
    };

  const onlyOurs: RequestHandler = (req, res, next) => {
    if (isSameOrigin(req, deps.ownOrigins(req))) next();
    else {
      const reader = readerOf(req, null, null);
      const { title, words } = operatorFrameWords[reader.language].failed['cross-site'];
      sendPage(res, 403, noticePage(reader, title, words));
    }
  };

  return {
    add(page, place) {
      if (place !== undefined) open.push(place);
      const route = router.route(page.path);
      route.all((_req, res, next) => {
        res.set('cache-control', 'no-store');
        next();
      });
      const methods: string[] = [];
      if (page.show !== undefined) {
        route.get(guarded(page.show, toSignIn));
        methods.push('GET', 'HEAD');
      }
      if (page.take !== undefined) {
        route.post(
          onlyOurs,
          readForm,
          guarded(take(page), (req, res) => {
            const reader = readerOf(req, null, null);
            sendPage(res, 401, sessionOverPage(reader, req.originalUrl, fieldsOf(req.body)));
          }),
        );
        methods.push('POST');
      }
      route.all(methodNotAllowed(...methods));
    },
    operatorOf,
    router: () => router,
  };
}
