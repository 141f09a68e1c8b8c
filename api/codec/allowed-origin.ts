import type { RequestHandler } from 'express';
import { sendProblem } from '../problem.ts';

const ALLOWED_HEADERS = 'authorization, content-type, x-namespace';
const PREFLIGHT_SECONDS = '600';

/**
 * Lets the pages of one origin ask from a browser, with its cookie (Fetch standard, CORS). A request of any other
 * origin is refused before anything is looked at; a program sends no origin.
 *
 * @param allowed null: no page may ask.
 */
export function allowOrigin(allowed: string | null): RequestHandler {
  return (req, res, next) => {
    res.vary('Origin');
    const origin = req.get('origin');
    if (origin === undefined) {
      next();
      return;
    }
    if (origin !== allowed) {
      sendProblem(req, res, 'not-allowed', {
        detail: 'Pages of this origin may not ask; see CODEC_ALLOWED_ORIGIN.',
      });
      return;
    }
    res.set({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' });
    if (req.method !== 'OPTIONS') {
      next();
      return;
    }
    res.set({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': PREFLIGHT_SECONDS,
    });
    res.status(204).end();
  };
}
