import { type OpenSession, openSessions } from '../../db/queries/reconcile-sessions.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { type Finding, lookAtEach, type PageOf, pageOf } from './page.ts';
import { compareNoShow, compareProvider } from './provider.ts';

const PAGE_SIZE = 20;

/**
 * Open sessions at Cal.com against Cal.com. It sends each webhook once: what is lost is heard of here, sooner than a
 * look at everything every hour would. A run that is lost, the ticket and the route are the hourly look's.
 */
export function appointmentsJob(dependencies: HousekeepingDependencies): PageOf {
  const { db, log } = dependencies;

  async function compare(session: OpenSession): Promise<readonly Finding[]> {
    if (session.phase === 'ended') return [];
    return session.phase === 'settling'
      ? await compareNoShow(dependencies, session)
      : await compareProvider(dependencies, session);
  }

  return async ({ cursor }) => {
    const sessions = await openSessions(db, { after: cursor, limit: PAGE_SIZE, at: 'calcom' });
    const about = { job: 'appointments', log, idOf: (one: OpenSession) => one.sessionKey } as const;
    const looked = await lookAtEach(sessions, about, compare);
    const last = sessions[looked.handled - 1];
    const isLast = looked.halted === null && sessions.length < PAGE_SIZE;
    return pageOf(looked, isLast || last === undefined ? null : last.sessionKey);
  };
}
