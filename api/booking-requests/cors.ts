import { Router } from 'express';

/** Where visitors' forms post to and read from. Its last part, the status, is for programs, which need no leave. */
const FORM_PATHS = ['/api/v1/public/booking', '/api/v1/public/booking/:id'];

const ALLOWED_METHODS = 'GET, POST';
const ALLOWED_HEADERS = 'content-type, idempotency-key';
const READABLE_HEADERS = 'retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset';
const PREFLIGHT_SECONDS = '600';

/**
 * Lets pages of these origins use the form's endpoints from a browser, without credentials (Fetch standard, CORS).
 * What a browser of any other page gets it cannot read; and since only `application/json` is taken, it asks before it
 * sends anything. Goes before the routes. Without origins there is nothing to say, nor anyone to say it to.
 */
export function createFormCors(origins: readonly string[]): Router {
  const router = Router({ caseSensitive: true, strict: true });
  if (origins.length === 0) return router;
  router.all(FORM_PATHS, (req, res, next) => {
    // Also where nothing is allowed: what is kept of this answer does not fit another page.
    res.vary('Origin');
    const origin = req.get('origin');
    const allowed = origin !== undefined && origins.includes(origin);
    if (allowed)
      res.set({ 'access-control-allow-origin': origin, 'access-control-expose-headers': READABLE_HEADERS });
    const asksFirst = req.method === 'OPTIONS' && req.get('access-control-request-method') !== undefined;
    if (!allowed || !asksFirst) {
      next();
      return;
    }
    res.set({
      'access-control-allow-methods': ALLOWED_METHODS,
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': PREFLIGHT_SECONDS,
    });
    res.status(204).end();
  });
  return router;
}
