import type { RequestHandler } from 'express';
import { sendProblem } from './problem.ts';

/** A body that is neither a form nor JSON is refused before it is read; none at all is fine. */
export const formOrJson: RequestHandler = (req, res, next) => {
  const typed = req.get('content-type') !== undefined;
  if (typed && req.is(['application/x-www-form-urlencoded', 'application/json']) === false)
    sendProblem(req, res, 'unsupported-media-type', {
      detail: 'Send application/json or application/x-www-form-urlencoded.',
    });
  else next();
};
