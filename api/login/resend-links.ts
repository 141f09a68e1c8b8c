import type { Database } from '../../db/connect.ts';
import { type ClientAccount, liveSessionsOf } from '../../db/queries/login.ts';
import type { Clock } from '../../platform/clock.ts';
import { reasonOf } from '../intake/deliver.ts';
import type { SessionStarter } from '../sessions/starter.ts';
import type { LoginLog } from './log.ts';

/** Sends the mail with the session's link again, for each live session of these accounts. Never throws for one. */
export type ResendLinks = (accounts: readonly ClientAccount[]) => Promise<void>;

/** More sessions than a person has open at once; the next ones are the ones that matter. */
const MOST_SESSIONS = 50;

/** The workflow mails: it alone knows which link is good, and whether one may be sent at all. */
export function createResendLinks(deps: {
  readonly db: Database;
  readonly starter: Pick<SessionStarter, 'signal'>;
  readonly clock: Clock;
  readonly log: LoginLog;
}): ResendLinks {
  return async (accounts) => {
    const sessions = await liveSessionsOf(deps.db, accounts, MOST_SESSIONS);
    for (const { sessionKey } of sessions) {
      const now = deps.clock();
      try {
        const heard = await deps.starter.signal(sessionKey, [
          { type: 'ticket.action', action: 'resend_link', occurredAt: now, receivedAt: now },
        ]);
        if (heard === 'not-found')
          deps.log.warn({ sessionKey }, 'link not sent again: the session has no open run');
      } catch (error) {
        const reason = reasonOf(error);
        deps.log.warn({ sessionKey, reason }, 'link not sent again');
        // The others would wait for the same deadline; the client can ask again.
        if (reason === 'engine-unavailable') return;
      }
    }
  };
}
