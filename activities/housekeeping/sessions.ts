import { raiseAttention } from '../../db/queries/gate.ts';
import { type OpenSession, openSessions, shutLostSession } from '../../db/queries/reconcile-sessions.ts';
import { isMerged } from '../../integrations/zammad/wire.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { sessionRouteId } from '../../platform/session-ids.ts';
import type { HousekeepingPage } from '../../workflows/contract/housekeeping.ts';
import { gatewayActivities, hasOwnRoute } from '../gateway.ts';
import { ticketHome, unlessGone } from '../ticket-home.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { leftAppointmentsPage } from './left-appointments.ts';
import { leftLinksPage } from './left-links.ts';
import {
  type Finding,
  type Looked,
  lookAtEach,
  type PageOf,
  pageOf,
  raised,
  repaired,
  together,
} from './page.ts';
import { compareNoShow, compareProvider } from './provider.ts';

const PAGE_SIZE = 20;

/** A page of the second half. */
interface OverPage {
  readonly looked: Looked;
  readonly cursor: string | null;
}

/** Cursors in the second half of the job, which is about what is over: its links, then its appointments. */
const LINKS = 'links|';
const OVER = 'over|';

/** Open sessions against their run, provider, ticket and route; then links and appointments that what is over has left behind. */
export function sessionsJob(dependencies: HousekeepingDependencies): PageOf {
  const { db, clock, log, runs, zammad, routes } = dependencies;
  const gateway = gatewayActivities(dependencies);
  const home = ticketHome(dependencies);

  /**
   * A ticket that agents closed is left alone: the next note opens it again. One that they merged or deleted is followed
   * at once, since in the new one they may already act.
   */
  async function compareTicket({
    sessionKey,
    workflowId,
    ticketId,
    phase,
  }: OpenSession): Promise<readonly Finding[]> {
    if (ticketId === null) return [];
    try {
      const seen = await unlessGone(() => zammad.getTicket(ticketId));
      if ('found' in seen && !isMerged(seen.found)) return [];
      const left = 'left' in seen ? seen.left : ({ why: 'merged', ticket: seen.found } as const);
      // Every note of the session's, also one that is on its way, is newer.
      const { move } = await home.moveOn(await home.subjectOf(sessionKey), ticketId, left, {
        rev: 0,
        status: phase,
      });
      if (move === null) return [];
      const now = clock();
      await runs.tell(workflowId, [{ type: 'ticket.moved', ...move, occurredAt: now, receivedAt: now }]);
      return [repaired(`ticket-${move.why}`)];
    } catch (error) {
      if (!(error instanceof CodedFailure) || error.code !== 'ticket-out-of-reach') throw error;
      return (await raiseAttention(db, sessionKey)) ? [raised(error.code)] : [];
    }
  }

  async function compareRoute({ sessionKey, gate, phase }: OpenSession): Promise<readonly Finding[]> {
    // Until it has opened, its own run is just putting it.
    if (gate?.state !== 'live' || gate.page === null || phase === 'opening') return [];
    if (dependencies.routeMode === 'shared') return [];
    const { until } = gate.page;
    const route = await routes.readRoute(sessionRouteId(sessionKey));
    const isShort = route?.leaseUntil !== undefined && route.leaseUntil !== null && route.leaseUntil < until;
    if (route !== undefined && !isShort) return [];
    if (!(await hasOwnRoute(dependencies, sessionKey))) return [];
    await gateway.putRoute({ sessionKey, until });
    return [repaired(isShort ? 'lease-too-short' : 'route-missing')];
  }

  async function compare(session: OpenSession): Promise<readonly Finding[]> {
    const state = await runs.stateOf(session.workflowId);
    if (state !== 'running') {
      const isNew = await shutLostSession(db, session.sessionKey, clock());
      return isNew ? [raised(`run-${state}`)] : [];
    }
    // After the end the run itself tidies up; until it has settled, a host may say that nobody came.
    if (session.phase === 'settling') return await compareNoShow(dependencies, session);
    if (session.phase === 'ended') return [];
    return [
      ...(await compareProvider(dependencies, session)),
      ...(await compareTicket(session)),
      ...(await compareRoute(session)),
    ];
  }

  async function appointmentsPage(after: string): Promise<OverPage> {
    const { looked, next } = await leftAppointmentsPage(dependencies, after);
    return { looked, cursor: next === null ? null : OVER + next };
  }

  async function linksPage(after: string): Promise<OverPage> {
    const links = await leftLinksPage(dependencies, after);
    if (links.next !== null) return { looked: links.looked, cursor: LINKS + links.next };
    if (links.looked.halted !== null) return { looked: links.looked, cursor: OVER };
    const appointments = await appointmentsPage('');
    return { looked: together(links.looked, appointments.looked), cursor: appointments.cursor };
  }

  async function openPage(after: string | null): Promise<HousekeepingPage> {
    const sessions = await openSessions(db, { after, limit: PAGE_SIZE });
    const about = { job: 'sessions', log, idOf: (one: OpenSession) => one.sessionKey } as const;
    const looked = await lookAtEach(sessions, about, compare);
    const last = sessions[looked.handled - 1];
    if (last !== undefined && (looked.halted !== null || sessions.length === PAGE_SIZE))
      return pageOf(looked, last.sessionKey);
    const over = await linksPage('');
    return pageOf(together(looked, over.looked), over.cursor);
  }

  return async ({ cursor }) => {
    const over = cursor?.startsWith(LINKS)
      ? await linksPage(cursor.slice(LINKS.length))
      : cursor?.startsWith(OVER)
        ? await appointmentsPage(cursor.slice(OVER.length))
        : null;
    return over === null ? openPage(cursor) : pageOf(over.looked, over.cursor);
  };
}
