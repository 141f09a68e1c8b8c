import { type LeftAppointment, leftAppointments } from '../../db/queries/reconcile-sessions.ts';
import { providerOfAppointment } from '../../platform/appointment-uri.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { type Finding, type Looked, lookAtEach, raised, repaired } from './page.ts';

const PAGE_SIZE = 20;

/**
 * Appointments ahead of us whose session or booking is over. Not every link can be taken back, and none at once, so that
 * one may be made after the end. It keeps a slot, and a host waiting: it is cancelled. Whoever had their session and has
 * booked again is a person's business.
 */
export async function leftAppointmentsPage(
  { db, clock, log, scheduling }: HousekeepingDependencies,
  after: string,
): Promise<{ readonly looked: Looked; readonly next: string | null }> {
  const now = clock();

  async function compare({ uri, outcome }: LeftAppointment): Promise<readonly Finding[]> {
    const provider = scheduling(providerOfAppointment(uri));
    const found = await provider.getAppointment(uri);
    if (found?.status !== 'active' || found.startsAt <= now) return [];
    if (outcome === 'completed' || outcome === 'no-show') return [raised('appointment-after-end')];
    await provider.cancelAppointment(uri, 'The session is over.');
    return [repaired('appointment-cancelled')];
  }

  const left = await leftAppointments(db, { after, now: new Date(now), limit: PAGE_SIZE });
  const about = { job: 'sessions', log, idOf: (one: LeftAppointment) => one.uri } as const;
  const looked = await lookAtEach(left, about, compare);
  const last = left[looked.handled - 1];
  const isLast = looked.handled === left.length && left.length < PAGE_SIZE;
  return { looked, next: isLast || last === undefined ? null : last.uri };
}
