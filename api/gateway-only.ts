import type { RequestHandler } from 'express';
import { sameSecret } from '../platform/secrets.ts';
import { sendProblem } from './problem.ts';

/** Only what comes through the gateway is answered; nothing here is kept or indexed. */
export function gatewayOnly(upstreamSecret: string): RequestHandler {
  return (req, res, next) => {
    res.set({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'same-origin' });
    if (sameSecret(req.get('x-upstream-auth'), upstreamSecret)) next();
    else sendProblem(req, res, 'not-authenticated');
  };
}
