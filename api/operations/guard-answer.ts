import type { AnswerRefusal } from '../auth/guard.ts';
import type { Family } from './family.ts';

/** How a caller without a good bearer token, or of another role, is refused in this family. */
export function guardAnswer(family: Family): AnswerRefusal {
  return (req, res, refused) => {
    switch (refused.status) {
      case 401:
        family.refuse(req, res, 'not-authenticated', { reason: refused.reason });
        return;
      case 403:
        family.refuse(req, res, 'not-allowed', { reason: 'role' });
        return;
      case 503:
        family.refuse(req, res, 'keys-unavailable');
        return;
    }
  };
}
