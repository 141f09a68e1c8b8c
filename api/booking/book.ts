import { randomBytes } from 'node:crypto';
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import { z } from 'zod';
import { type Booking, intendBooking } from '../../db/queries/bookings.ts';
import { CodedFailure, failures } from '../../platform/failures.ts';
import { bookingKeyOf, bookingWorkflowId } from '../../platform/session-ids.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { formOrJson } from '../form-or-json.ts';
import {
  badBookingLinkPage,
  type BookingForm,
  bookingLinkOverPage,
  bookingPage,
  bookingWaitPage,
} from '../pages/booking.ts';
import { pagePolicyText } from '../pages/layout.ts';
import { problemPage } from '../pages/notices.ts';
import { webAddress } from '../pages/web-address.ts';
import { codeOfError, methodNotAllowed, requestIdOf, sendProblem } from '../problem.ts';
import { isSameOrigin } from '../same-origin.ts';
import { wantsHtml } from '../wants-html.ts';
import { BOOKING_POLICY } from './policy.ts';
import { awaitSchedulingLink, type SchedulingLinkDeps } from './scheduling-link.ts';
import { fromStore } from './stored.ts';
import type { LinkRefusal, LinkVerdict } from './validate.ts';

export interface BookDependencies extends SchedulingLinkDeps {
  /** `validateBookingLink` with what it stands on. */
  readonly validate: (token: string, now: Instant) => Promise<LinkVerdict>;
  /** Origins whose forms are ours. */
  readonly origins: readonly string[];
  /** Origins that the provider's scheduling links lead to, e.g. `https://calendly.com`. */
  readonly schedulingOrigins: readonly string[];
  /** Charged for each POST, before anything is read. */
  readonly limits: readonly RequestHandler[];
}

/** After this a repeat is likely to find the link. */
const RETRY_AFTER_SECONDS = 5;
const LONGEST_TOKEN = 2048;

const bodySchema = z.strictObject({
  token: z.string().min(1).max(LONGEST_TOKEN),
  // It becomes a part of the workflow's id.
  nonce: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,64}$/)
    .optional(),
});

/** 128 bits: a form that was never shown is not guessed. */
const newNonce = (): string => randomBytes(16).toString('base64url');

/** Where a provider's scheduling pages are, by its API's address: only Calendly's own API lives apart from them. */
export function schedulingOriginOf(apiUrl: string): string {
  const { hostname, origin } = new URL(apiUrl);
  return hostname === 'api.calendly.com' ? 'https://calendly.com' : origin;
}

/**
 * A form on somebody else's page. What authorises a booking is the token in the body, which no browser adds by
 * itself, so a program without either header is let through, and so is `Origin: null`: that is what browsers which
 * know no `Sec-Fetch-Site` say of our own page, because it sends no referrer.
 */
function isCrossSite(req: Request, origins: readonly string[]): boolean {
  const origin = req.get('origin');
  if (req.get('sec-fetch-site') === undefined && (origin === undefined || origin === 'null')) return false;
  return !isSameOrigin(req, origins);
}

function sendPage(res: Response, status: number, page: string): void {
  res.status(status).type('html').send(page);
}

function refuseLink(req: Request, res: Response, reason: LinkRefusal): void {
  switch (reason) {
    case 'expired':
    case 'revoked':
    case 'spent':
      if (wantsHtml(req)) sendPage(res, failures['link-over'].status, bookingLinkOverPage(reason));
      else sendProblem(req, res, 'link-over', { reason });
      return;
    case 'malformed':
      if (wantsHtml(req)) sendPage(res, failures['invalid-request'].status, badBookingLinkPage());
      else sendProblem(req, res, 'invalid-request', { reason: 'no-token' });
      return;
    case 'bad-signature':
    case 'unknown-key':
    case 'wrong-algorithm':
    case 'wrong-issuer':
    case 'wrong-audience':
    case 'not-yet-valid':
    case 'bad-claims':
    case 'unknown-link':
      // Which of them it is helps only whoever tries to forge one.
      if (wantsHtml(req)) sendPage(res, failures['not-authenticated'].status, badBookingLinkPage());
      else sendProblem(req, res, 'not-authenticated', { reason: 'bad-token' });
      return;
  }
}

/** How `rateLimited` refuses before a booking: a person gets a page. */
export function refuseTooMany(req: Request, res: Response): void {
  if (!wantsHtml(req)) {
    sendProblem(req, res, 'too-many-requests');
    return;
  }
  const words = 'There were many attempts from your network. Please wait a little, then try again.';
  sendPage(res, failures['too-many-requests'].status, problemPage('One moment', words, requestIdOf(req)));
}

/**
 * `/booking/book`: where a link of the Booking Link API leads. A GET shows what it is for and spends nothing, however
 * often it is fetched; a POST books. One-time means one booking: each POST of a one-time link leads to the same
 * scheduling link until an appointment was made with it.
 */
export function createBookRoutes(deps: BookDependencies): Router {
  const { db, clock, log, schedulingOrigins } = deps;
  const router = Router({ caseSensitive: true, strict: true });
  const policy = pagePolicyText(schedulingOrigins);

  router.use('/booking/book', (_req, res, next) => {
    res.set({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
      'content-security-policy': policy,
    });
    next();
  });

  const show: RequestHandler = async (req, res) => {
    const { token } = req.query;
    const verdict: LinkVerdict =
      typeof token === 'string' && token !== ''
        ? await fromStore(deps.validate(token, clock()))
        : { ok: false, reason: 'malformed' };
    if (!verdict.ok || typeof token !== 'string') {
      refuseLink(req, res, verdict.ok ? 'malformed' : verdict.reason);
      return;
    }
    const { templateName, durationMinutes, clientFirstName } = verdict.facts;
    if (wantsHtml(req)) {
      const offer = { templateName, durationMinutes, firstName: clientFirstName };
      sendPage(res, 200, bookingPage(offer, { token, nonce: newNonce(), schedulingOrigins }));
    } else
      res.json({ purpose: verdict.claims.purpose, name: templateName, duration_minutes: durationMinutes });
  };

  function answerWait(req: Request, res: Response, booking: Booking, form: BookingForm): void {
    res.set('retry-after', String(RETRY_AFTER_SECONDS));
    if (wantsHtml(req)) sendPage(res, 202, bookingWaitPage(form));
    else
      res.status(202).json({ booking_id: booking.booking_key, status: booking.status, scheduling_url: null });
  }

  const book: RequestHandler = async (req, res) => {
    const body = bodySchema.safeParse(req.body ?? {});
    if (!body.success) {
      if (wantsHtml(req)) sendPage(res, failures['invalid-request'].status, badBookingLinkPage());
      else
        sendProblem(req, res, 'invalid-request', {
          detail: 'Send token, and nonce if you like: 8 to 64 characters of A-Z, a-z, 0-9, _ and -.',
        });
      return;
    }
    const { token, nonce = newNonce() } = body.data;
    const now = clock();
    const verdict = await fromStore(deps.validate(token, now));
    if (!verdict.ok) {
      refuseLink(req, res, verdict.reason);
      return;
    }
    const { linkId, purpose } = verdict.claims;
    const formOf = purpose === 'one-time-booking-link' ? null : nonce;
    const bookingKey = bookingKeyOf(linkId, formOf);
    const intention = await fromStore(
      intendBooking(db, {
        bookingKey,
        linkId,
        nonce,
        workflowId: bookingWorkflowId(linkId, formOf),
        at: now,
        inputOf: ({ tenantId, provider }) => ({
          rulesVersion: 1,
          bookingKey,
          tenantId,
          provider,
          requestedAt: now,
          policy: BOOKING_POLICY,
        }),
      }),
    );
    if (intention.kind === 'refused' || intention.spent) {
      refuseLink(req, res, intention.kind === 'refused' ? intention.reason : 'spent');
      return;
    }
    const { booking, fresh } = intention;
    const url = await awaitSchedulingLink(booking, deps);
    if (url === null) {
      answerWait(req, res, booking, { token, nonce, schedulingOrigins });
      return;
    }
    const address = webAddress(url);
    if (address === null) throw new CodedFailure('vendor-malformed', 'the scheduling link is no web address');
    if (wantsHtml(req)) res.redirect(303, address);
    else
      res
        .status(fresh ? 201 : 200)
        .json({ booking_id: booking.booking_key, status: booking.status, scheduling_url: address });
  };

  const sameOrigin: RequestHandler = (req, res, next) => {
    if (isCrossSite(req, deps.origins)) sendProblem(req, res, 'not-allowed', { reason: 'cross-site' });
    else next();
  };

  router
    .route('/booking/book')
    .get(show)
    .post(
      ...deps.limits,
      sameOrigin,
      formOrJson,
      express.urlencoded({ extended: false, limit: '8kb' }),
      express.json({ limit: '8kb' }),
      book,
    )
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));

  router.use('/booking/book', ((error, req, res, next) => {
    const { status } = failures[codeOfError(error)];
    if (res.headersSent || !wantsHtml(req) || status < 500) {
      next(error);
      return;
    }
    log.warn({ requestId: requestIdOf(req), code: codeOfError(error) }, 'booking page failed');
    const words = 'This did not work, and nothing is lost. Please try again in a minute.';
    sendPage(res, status, problemPage('Please try again', words, requestIdOf(req)));
  }) satisfies ErrorRequestHandler);
  return router;
}
