import type { AnswerRefusal } from '../auth/guard.ts';
import type { RefuseLimited } from '../limits/rate-limited.ts';
import { failures } from '../../platform/failures.ts';
import { sendFailure, sendRefusal } from './envelope.ts';

/** How `requireCaller` refuses before the Booking Link API: without a good bearer token there is no tenant. */
export const refuseCaller: AnswerRefusal = (req, res, refusal) => {
  switch (refusal.status) {
    case 401:
      sendRefusal(res, refusal.status, 'Tenant information required');
      return;
    case 403:
      sendRefusal(res, refusal.status, 'Not allowed');
      return;
    case 503:
      sendFailure(req, res, refusal.status);
      return;
  }
};

/** How `rateLimited` refuses before the Booking Link API. */
export const refuseLimited: RefuseLimited = (_req, res) =>
  sendRefusal(res, failures['too-many-requests'].status, 'Too many requests');
