import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { appointmentLinks } from '../../db/queries/session-page.ts';
import type { Clock } from '../../platform/clock.ts';
import { CodedFailure, failures } from '../../platform/failures.ts';
import { formOrJson } from '../form-or-json.ts';
import type { SessionEngine } from '../gate/engine.ts';
import type { ReadGate } from '../gate/read-gate.ts';
import { gatewayOnly } from '../gateway-only.ts';
import { methodNotAllowed, requestIdOf, sendProblem } from '../problem.ts';
import { isSameOrigin } from '../same-origin.ts';
import { wantsHtml } from '../wants-html.ts';
import { placePage } from './action-page.ts';
import type { BookingOrigins } from './booking-widget.ts';
import { createActionRoutes, formReader } from './customer-actions.ts';
import { createRecordRoutes } from './customer-records.ts';
import { readerOf, remembersLanguage } from './language-choice.ts';
import { sendPage } from './layout.ts';
import { overPage, problemPage } from './notices.ts';
import { createSessionAccess } from './session-access.ts';
import type { SessionStreams } from './session-events.ts';
import { SESSION_NOTICES } from './session-notice.ts';
import { sessionPage } from './session-page.ts';
import { webAddress } from './web-address.ts';

export interface CustomerDependencies {
  readonly db: Database;
  readonly engine: SessionEngine;
  readonly readGate: ReadGate;
  readonly streams: SessionStreams;
  /** What the gateway sends as `X-Upstream-Auth`: without it no identity header is believed. */
  readonly upstreamSecret: string;
  /** Origins whose forms are ours: the gateway's, and the public one. */
  readonly origins: readonly string[];
  /** The gateway's, for addresses that leave the page. */
  readonly gatewayOrigin: string;
  readonly bookingOrigins: BookingOrigins;
  readonly clock: Clock;
}

const pageQuery = z.object({ notice: z.enum(SESSION_NOTICES).optional() });

/** The session's pages behind the gate, and the end of everything below `/customer`: the login stands before it. */
export function createCustomerPages(deps: CustomerDependencies): Router {
  const { db, gatewayOrigin } = deps;
  const router = Router({ caseSensitive: true, strict: true });
  const access = createSessionAccess(deps);

  router.use('/customer', gatewayOnly(deps.upstreamSecret), remembersLanguage('/customer'));

  function answerMissing(req: Request, res: Response): void {
    if (wantsHtml(req)) sendPage(res, 404, problemPage(readerOf(req), 'not-found', requestIdOf(req)));
    else sendProblem(req, res, 'not-found');
  }

  function answerOver(req: Request, res: Response): void {
    if (wantsHtml(req)) sendPage(res, 410, overPage(readerOf(req)));
    else sendProblem(req, res, 'session-over');
  }

  function answerClosed(req: Request, res: Response): void {
    if (wantsHtml(req)) sendPage(res, 409, problemPage(readerOf(req), 'not-now', requestIdOf(req)));
    else sendProblem(req, res, 'refused', { reason: 'closed' });
  }

  router
    .route('/customer/s/:slug')
    .get(async (req, res) => {
      const row = await access.rowOf(req, 'page');
      if (row === undefined) {
        answerMissing(req, res);
        return;
      }
      const facts = await access.factsOf(row);
      const { notice = null } = pageQuery.safeParse(req.query).data ?? {};
      const links =
        notice === 'choose-time' ? await appointmentLinks(db, row.sessionKey, facts.appointment) : undefined;
      sendPage(
        res,
        200,
        sessionPage({
          ...access.placeOf(req, row),
          facts,
          now: deps.clock(),
          notice,
          rescheduleUrl: webAddress(links?.rescheduleUrl ?? null),
          bookingOrigins: deps.bookingOrigins,
        }),
      );
    })
    .all(methodNotAllowed('GET', 'HEAD'));

  router
    .route('/customer/s/:slug/join')
    .get(async (req, res) => {
      const row = await access.rowOf(req, 'join');
      if (row === undefined) {
        answerMissing(req, res);
        return;
      }
      const { appointment } = await access.factsOf(row);
      const links = await appointmentLinks(db, row.sessionKey, appointment);
      const place = row.resource ?? links?.joinUrl ?? null;
      const address = webAddress(place);
      res.set('referrer-policy', 'no-referrer');
      if (address === null) sendPage(res, 200, placePage(place, access.placeOf(req, row)));
      else res.redirect(302, address);
    })
    .all(methodNotAllowed('GET', 'HEAD'));

  const sameOrigin: RequestHandler = (req, res, next) => {
    if (isSameOrigin(req, deps.origins)) next();
    else sendProblem(req, res, 'not-allowed', { reason: 'cross-site' });
  };
  const readForm = formReader(sameOrigin, formOrJson);
  router.use(
    createRecordRoutes({ db, access, streams: deps.streams, gatewayOrigin, readForm, answerMissing }),
  );
  router.use(
    createActionRoutes({
      db,
      access,
      engine: deps.engine,
      readGate: deps.readGate,
      gatewayOrigin,
      readForm,
      answerMissing,
      answerOver,
      answerClosed,
    }),
  );

  router.use('/customer', (req, res) => answerMissing(req, res));
  router.use('/customer', ((error, req, res, next) => {
    const code = error instanceof CodedFailure ? error.code : null;
    if (res.headersSent || !wantsHtml(req) || code === null) next(error);
    else sendPage(res, failures[code].status, problemPage(readerOf(req), 'failed', requestIdOf(req)));
  }) satisfies ErrorRequestHandler);
  return router;
}
