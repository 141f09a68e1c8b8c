import { hasHeard, type OpenSession } from '../../db/queries/reconcile-sessions.ts';
import type { AppointmentUri } from '../../workflows/contract/values.ts';
import { askForSession } from '../provider-truth.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { type Finding, repaired } from './page.ts';
import { agrees, eventsOfTruth, missedIn } from './truth.ts';

/** Tells a session that has another time than its provider. The core judges: a move that is heard late may be in time. */
export async function compareProvider(
  dependencies: HousekeepingDependencies,
  session: OpenSession,
): Promise<readonly Finding[]> {
  const { clock, runs } = dependencies;
  const { sessionKey, startsAt, phase } = session;
  if (phase === 'opening') return [];
  // Without a time, any appointment that was made by our link is news.
  const asked = startsAt === null ? null : (session.appointment as AppointmentUri | null);
  const truth = await askForSession(dependencies, sessionKey, asked);
  if (agrees(truth, session)) return [];
  const told = await runs.tell(session.workflowId, eventsOfTruth(truth, clock()));
  return told === 'delivered' ? [repaired('provider-told')] : [];
}

/** Tells a session that is over and still settles of a no-show that it has not heard of. */
export async function compareNoShow(
  dependencies: HousekeepingDependencies,
  { sessionKey, appointment, workflowId }: OpenSession,
): Promise<readonly Finding[]> {
  const { db, clock, runs } = dependencies;
  if (appointment === null) return [];
  const missed = missedIn(await askForSession(dependencies, sessionKey, appointment as AppointmentUri));
  if (missed === null || (await hasHeard(db, sessionKey, 'appointment.no-show'))) return [];
  const now = clock();
  const event = {
    type: 'appointment.no-show',
    appointment: missed,
    occurredAt: now,
    receivedAt: now,
  } as const;
  return (await runs.tell(workflowId, [event])) === 'delivered' ? [repaired('no-show-told')] : [];
}
