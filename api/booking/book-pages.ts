import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import { failures } from '../../platform/failures.ts';
import type { Gatekeepers } from '../operations/routes.ts';
import { badBookingLinkPage, bookingLinkOverPage, bookingPage, bookingWaitPage } from '../pages/booking.ts';
import { readerOf, remembersLanguage } from '../pages/language-choice.ts';
import { sendPage } from '../pages/layout.ts';
import { problemPage } from '../pages/notices.ts';
import { codeOfError, requestIdOf, sendProblem } from '../problem.ts';
import { wantsHtml } from '../wants-html.ts';
import { bookWithLinkSchema } from './book-operations.ts';
import { bookWithLink, type BookWithLinkDeps, newNonce, RETRY_AFTER_SECONDS } from './book-with-link.ts';
import { isCrossSite } from './cross-site.ts';
import { toldRefusal } from './link-refusal.ts';
import { fromStore } from './stored.ts';
import type { LinkRefusal } from './validate.ts';

export interface BookPageDependencies extends BookWithLinkDeps {
  /** Origins whose forms are ours. */
  readonly origins: readonly string[];
  /** Origins that the provider's scheduling links lead to, e.g. `https://calendly.com`. */
  readonly schedulingOrigins: readonly string[];
  /** Each form is charged before anything is read. */
  readonly keepers: Pick<Gatekeepers, 'limit'>;
}

const PATH = '/booking/book';
const FORM = 'application/x-www-form-urlencoded';

/** Where a provider's scheduling pages are, by its API's address: only Calendly's own API lives apart from them. */
export function schedulingOriginOf(apiUrl: string): string {
  const { hostname, origin } = new URL(apiUrl);
  return hostname === 'api.calendly.com' ? 'https://calendly.com' : origin;
}

function refuseLink(req: Request, res: Response, reason: LinkRefusal): void {
  const told = toldRefusal(reason);
  // Its address has the token in it, which is not repeated.
  const reader = readerOf(req, null, null);
  const page =
    told.code === 'link-over' ? bookingLinkOverPage(reader, told.reason) : badBookingLinkPage(reader);
  sendPage(res, failures[told.code].status, page);
}

function refuseTooMany(req: Request, res: Response): void {
  sendPage(
    res,
    failures['too-many-requests'].status,
    problemPage(readerOf(req, null, null), 'too-many', requestIdOf(req)),
  );
}

/** Leaves every other request to what is mounted after. */
const only =
  (isOurs: (req: Request) => boolean): RequestHandler =>
  (req, _res, next) =>
    isOurs(req) ? next() : next('route');

/**
 * `/booking/book` for people: where a link of the Booking Link API leads. A GET shows what it is for and spends
 * nothing, however often it is fetched; its form books, and leads on to the provider. What is no navigation of a
 * browser and no form goes on to the operations of the same path, with the headers that all its answers have.
 */
export function createBookPages(deps: BookPageDependencies): Router {
  const { log, schedulingOrigins } = deps;
  const router = Router({ caseSensitive: true, strict: true });

  const headers: RequestHandler = (_req, res, next) => {
    res.set({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    });
    next();
  };

  const show: RequestHandler = async (req, res) => {
    const { token } = req.query;
    if (typeof token !== 'string') {
      refuseLink(req, res, 'malformed');
      return;
    }
    const verdict = await fromStore(deps.validate(token, deps.clock()));
    if (!verdict.ok) {
      refuseLink(req, res, verdict.reason);
      return;
    }
    const { templateName, durationMinutes, clientFirstName, language } = verdict.facts;
    const offer = { templateName, durationMinutes, firstName: clientFirstName };
    const form = { token, nonce: newNonce(), schedulingOrigins };
    sendPage(res, 200, bookingPage(readerOf(req, language), offer, form));
  };

  const sameOrigin: RequestHandler = (req, res, next) => {
    if (isCrossSite(req, deps.origins)) sendProblem(req, res, 'not-allowed', { reason: 'cross-site' });
    else next();
  };

  const book: RequestHandler = async (req, res) => {
    const form = bookWithLinkSchema.safeParse(req.body ?? {});
    if (!form.success) {
      refuseLink(req, res, 'malformed');
      return;
    }
    const { token, nonce = newNonce() } = form.data;
    const outcome = await bookWithLink({ token, nonce }, deps);
    switch (outcome.kind) {
      case 'refused':
        refuseLink(req, res, outcome.reason);
        return;
      case 'waiting':
        res.set('retry-after', String(RETRY_AFTER_SECONDS));
        sendPage(
          res,
          202,
          bookingWaitPage(readerOf(req, outcome.language, null), { token, nonce, schedulingOrigins }),
        );
        return;
      case 'ready':
        res.redirect(303, outcome.schedulingUrl);
        return;
    }
  };

  router.use(PATH, headers, remembersLanguage('/booking'));
  router
    .route(PATH)
    .get(only(wantsHtml), show)
    .post(
      only((req) => typeof req.is(FORM) === 'string'),
      deps.keepers.limit('bookings-per-address', refuseTooMany),
      sameOrigin,
      express.urlencoded({ extended: false, limit: '8kb' }),
      book,
    );

  router.use(PATH, ((error, req, res, next) => {
    const { status } = failures[codeOfError(error)];
    if (res.headersSent || status < 500) {
      next(error);
      return;
    }
    log.warn({ requestId: requestIdOf(req), code: codeOfError(error) }, 'booking page failed');
    sendPage(res, status, problemPage(readerOf(req, null, null), 'failed-nothing-lost', requestIdOf(req)));
  }) satisfies ErrorRequestHandler);
  return router;
}
