import type { Payload } from '@temporalio/common';
import express, { type RequestHandler, Router } from 'express';
import { CodedFailure } from '../../platform/failures.ts';
import type { PayloadCipher } from '../../platform/payload-codec/cipher.ts';
import { methodNotAllowed, sendProblem } from '../problem.ts';
import { readPayloads, showPayloads } from './payloads.ts';

/** Of a page of history; one payload has at most 2 MB at the server. */
const BODY_LIMIT = '8mb';

/** The last part of the path alone counts, as the protocol of remote codecs has it. */
const ENCODE = /^(?:\/[^/]+)*\/encode$/;
const DECODE = /^(?:\/[^/]+)*\/decode$/;

function each(change: (payload: Payload) => Payload): RequestHandler {
  return (req, res) => {
    const payloads = readPayloads(req.body);
    if (payloads === null) {
      sendProblem(req, res, 'invalid-request', { detail: 'Send Payloads as JSON.' });
      return;
    }
    try {
      res.set('cache-control', 'no-store').json(showPayloads(payloads.map(change)));
    } catch (error) {
      if (!(error instanceof CodedFailure)) throw error;
      sendProblem(req, res, error.code, { detail: error.message });
    }
  };
}

/**
 * Temporal's remote codec protocol: `POST /encode` and `POST /decode`, `Payloads` in and out. All namespaces have the
 * same keys here, so `X-Namespace` says nothing.
 *
 * @param guards of the pages that may ask, and of the people; they stand before the body is read.
 */
export function createCodecRoutes(
  cipher: PayloadCipher,
  guards: { readonly origin: RequestHandler; readonly operator: RequestHandler },
): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const onlyJson: RequestHandler = (req, res, next) => {
    if (req.is('application/json')) next();
    else sendProblem(req, res, 'unsupported-media-type', { detail: 'Send application/json.' });
  };
  const before = [guards.operator, onlyJson, express.json({ limit: BODY_LIMIT })];
  // Also answers what a browser asks beforehand.
  router.use([ENCODE, DECODE], guards.origin);
  router.post(
    ENCODE,
    ...before,
    each((payload) => cipher.seal(payload)),
  );
  router.post(
    DECODE,
    ...before,
    each((payload) => cipher.open(payload)),
  );
  router.all([ENCODE, DECODE], methodNotAllowed('POST', 'OPTIONS'));
  return router;
}
