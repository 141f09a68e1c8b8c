import { randomUUID } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { appointmentLinks, findPage, type PageRow } from '../../db/queries/gate.ts';
import type { Clock } from '../../platform/clock.ts';
import { CodedFailure, failures } from '../../platform/failures.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { formOrJson } from '../form-or-json.ts';
import { type SessionEngine, type UpdateAnswer, updateIdOf } from '../gate/engine.ts';
import { type Door, sessionPath } from '../gate/paths.ts';
import type { ReadGate } from '../gate/read-gate.ts';
import { gatewayOnly } from '../gateway-only.ts';
import { methodNotAllowed, requestIdOf, sendProblem } from '../problem.ts';
import { isSameOrigin } from '../same-origin.ts';
import { wantsHtml } from '../wants-html.ts';
import {
  acceptedPage,
  type ClientAction,
  placePage,
  refusedPage,
  unknownOutcomePage,
} from './action-page.ts';
import { readerOf, remembersLanguage } from './language-choice.ts';
import { sendPage } from './layout.ts';
import { webAddress } from './web-address.ts';
import { overPage, problemPage } from './notices.ts';
import { factsOfRow, factsOfView, type SessionFacts } from './session-facts.ts';
import { sessionPage } from './session-page.ts';

export interface CustomerDependencies {
  readonly db: Database;
  readonly engine: SessionEngine;
  readonly readGate: ReadGate;
  /** What the gateway sends as `X-Upstream-Auth`: without it no identity header is believed. */
  readonly upstreamSecret: string;
  /** Origins whose forms are ours: the gateway's, and the public one. */
  readonly origins: readonly string[];
  readonly clock: Clock;
}

const CLIENT_ACTIONS: readonly ClientAction[] = ['reschedule', 'cancel', 'late-change'];

const actionBody = z.object({
  nonce: z.string().min(1).max(200).optional(),
  /** Of a reschedule: where to, for a provider whose API moves appointments. Others go on at its page. */
  startsAt: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text) as Instant)
    .optional(),
});

/** The session's pages behind the gate, and the end of everything below `/customer`: the login stands before it. */
export function createCustomerPages(deps: CustomerDependencies): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.use('/customer', gatewayOnly(deps.upstreamSecret), remembersLanguage('/customer'));

  /** The session of this slug when the gate let the request through this door to it. */
  async function sessionOf(req: Request<{ slug: string }>, door: Door): Promise<PageRow | undefined> {
    if (req.get('x-access') !== door) return undefined;
    const row = await findPage(deps.db, req.params.slug);
    return row !== undefined && row.sessionKey === req.get('x-session-id') ? row : undefined;
  }

  async function factsOf(row: PageRow): Promise<SessionFacts> {
    const answer = await deps.engine.view(row.sessionKey);
    return answer.kind === 'answer' ? factsOfView(answer.value) : factsOfRow(row);
  }

  function answerMissing(req: Request, res: Response): void {
    if (wantsHtml(req)) sendPage(res, 404, problemPage(readerOf(req), 'not-found', requestIdOf(req)));
    else sendProblem(req, res, 'not-found');
  }

  function answerOver(req: Request, res: Response): void {
    if (wantsHtml(req)) sendPage(res, 410, overPage(readerOf(req)));
    else sendProblem(req, res, 'session-over');
  }

  router
    .route('/customer/s/:slug')
    .get(async (req, res) => {
      const row = await sessionOf(req, 'page');
      if (row === undefined) {
        answerMissing(req, res);
        return;
      }
      const facts = await factsOf(row);
      sendPage(res, 200, sessionPage({ row, facts, now: deps.clock(), nonce: randomUUID() }));
    })
    .all(methodNotAllowed('GET', 'HEAD'));

  router
    .route('/customer/s/:slug/join')
    .get(async (req, res) => {
      const row = await sessionOf(req, 'join');
      if (row === undefined) {
        answerMissing(req, res);
        return;
      }
      const { appointment } = await factsOf(row);
      const links = await appointmentLinks(deps.db, row.sessionKey, appointment);
      const place = row.resource ?? links?.joinUrl ?? null;
      const address = webAddress(place);
      res.set('referrer-policy', 'no-referrer');
      if (address === null) sendPage(res, 200, placePage(place, row));
      else res.redirect(302, address);
    })
    .all(methodNotAllowed('GET', 'HEAD'));

  async function answerAction(
    req: Request,
    res: Response,
    action: ClientAction,
    row: PageRow,
    key: string,
    answer: UpdateAnswer,
  ): Promise<void> {
    const html = wantsHtml(req);
    res.set('idempotency-key', key);
    switch (answer.kind) {
      case 'answer': {
        const { verdict } = answer;
        if (!verdict.accepted) {
          if (html) sendPage(res, 409, refusedPage(verdict.reason, verdict.at, row));
          else sendProblem(req, res, 'refused', { reason: verdict.reason, at: verdict.at });
          return;
        }
        let url: string | null = null;
        if (verdict.next === 'provider-page') {
          const { appointment } = await factsOf(row);
          const links = await appointmentLinks(deps.db, row.sessionKey, appointment);
          url = webAddress(links?.rescheduleUrl ?? null);
        }
        if (html) sendPage(res, 200, acceptedPage(action, verdict.next, url, row));
        else res.json({ accepted: true, next: verdict.next, url });
        return;
      }
      case 'unknown':
        if (html) sendPage(res, 202, unknownOutcomePage(action, key, row));
        else sendProblem(req, res, 'outcome-unknown');
        return;
      case 'not-found': {
        const reading = await deps.readGate(row.sessionKey);
        if (reading.kind === 'over' || (reading.kind === 'gate' && reading.gate.state === 'over'))
          answerOver(req, res);
        else if (html)
          sendPage(
            res,
            409,
            problemPage(readerOf(req, null, sessionPath(row.slug)), 'not-now', requestIdOf(req)),
          );
        else sendProblem(req, res, 'refused', { reason: 'closed' });
        return;
      }
      case 'unavailable':
        throw new CodedFailure('engine-unavailable', answer.why);
    }
  }

  function ask(
    key: SessionKey,
    action: ClientAction,
    startsAt: Instant | undefined,
    id: string,
  ): Promise<UpdateAnswer> {
    switch (action) {
      case 'reschedule':
        return deps.engine.update(
          key,
          'reschedule',
          { by: 'client', ...(startsAt !== undefined && { startsAt }) },
          id,
        );
      case 'cancel':
        return deps.engine.update(key, 'cancel', { by: 'client', refund: 'policy' }, id);
      case 'late-change':
        return deps.engine.update(key, 'requestLateChange', { by: 'client' }, id);
    }
  }

  function actionHandler(action: ClientAction) {
    return async (req: Request<{ slug: string }>, res: Response): Promise<void> => {
      const row = await sessionOf(req, 'page');
      if (row === undefined) {
        answerMissing(req, res);
        return;
      }
      const body = actionBody.safeParse(req.body ?? {});
      const header = req.get('idempotency-key');
      if (!body.success || (header !== undefined && !/^[\x21-\x7e]{1,200}$/.test(header))) {
        sendProblem(req, res, 'invalid-request');
        return;
      }
      const key = header ?? body.data.nonce ?? randomUUID();
      const { startsAt } = body.data;
      // Another time under the same key is another request.
      const id = updateIdOf(row.sessionKey, startsAt === undefined ? action : `${action}|${startsAt}`, key);
      const answer = await ask(row.sessionKey, action, startsAt, id);
      await answerAction(req, res, action, row, key, answer);
    };
  }

  const sameOrigin: RequestHandler = (req, res, next) => {
    if (isSameOrigin(req, deps.origins)) next();
    else sendProblem(req, res, 'not-allowed', { reason: 'cross-site' });
  };
  const readBody = [
    sameOrigin,
    formOrJson,
    express.urlencoded({ extended: false, limit: '8kb' }),
    express.json({ limit: '8kb' }),
  ];
  for (const action of CLIENT_ACTIONS)
    router
      .route(`/customer/s/:slug/${action}`)
      .post(readBody, actionHandler(action))
      .all(methodNotAllowed('POST'));

  router.use('/customer', (req, res) => answerMissing(req, res));
  router.use('/customer', ((error, req, res, next) => {
    const code = error instanceof CodedFailure ? error.code : null;
    if (res.headersSent || !wantsHtml(req) || code === null) next(error);
    else sendPage(res, failures[code].status, problemPage(readerOf(req), 'failed', requestIdOf(req)));
  }) satisfies express.ErrorRequestHandler);
  return router;
}
