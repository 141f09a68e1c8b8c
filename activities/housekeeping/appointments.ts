import { findBookingClient } from '../../db/queries/bookings.ts';
import { type OpenBooking, openBookings } from '../../db/queries/reconcile-bookings.ts';
import { type OpenSession, openSessions } from '../../db/queries/reconcile-sessions.ts';
import type { HousekeepingPage } from '../../workflows/contract/housekeeping.ts';
import type { AppointmentUri } from '../../workflows/contract/values.ts';
import { askForTruth } from '../provider-truth.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { type Finding, lookAtEach, type PageOf, pageOf, repaired } from './page.ts';
import { compareNoShow, compareProvider } from './provider.ts';
import { agrees, eventsOfTruth } from './truth.ts';

const PAGE_SIZE = 20;

/** A cursor in the second half of the job, which is about bookings. */
const BOOKINGS = 'bookings|';

/**
 * Open sessions and bookings at Cal.com against Cal.com. It sends each webhook once: what is lost is heard of here,
 * sooner than a look at everything every hour would. A run that is lost, the ticket and the route are the hourly look's.
 */
export function appointmentsJob(dependencies: HousekeepingDependencies): PageOf {
  const { db, log, clock, runs } = dependencies;

  async function compareSession(session: OpenSession): Promise<readonly Finding[]> {
    if (session.phase === 'ended') return [];
    return session.phase === 'settling'
      ? await compareNoShow(dependencies, session)
      : await compareProvider(dependencies, session);
  }

  async function compareBooking(booking: OpenBooking): Promise<readonly Finding[]> {
    const { bookingKey, workflowId, startsAt } = booking;
    const client = await findBookingClient(db, bookingKey);
    const asked = startsAt === null ? null : (booking.appointment as AppointmentUri | null);
    // Everybody's appointments fit a search for no address.
    if (!client || (asked === null && client.email === '')) return [];
    const truth = await askForTruth(dependencies, { kind: 'booking', key: bookingKey }, client, asked);
    if (agrees(truth, booking)) return [];
    const told = await runs.tell(workflowId, eventsOfTruth(truth, clock()));
    return told === 'delivered' ? [repaired('provider-told')] : [];
  }

  async function bookingsPage(after: string): Promise<HousekeepingPage> {
    const bookings = await openBookings(db, { at: 'calcom', after, limit: PAGE_SIZE });
    const about = { job: 'appointments', log, idOf: (one: OpenBooking) => one.bookingKey } as const;
    const looked = await lookAtEach(bookings, about, compareBooking);
    const last = bookings[looked.handled - 1];
    const isLast = looked.halted === null && bookings.length < PAGE_SIZE;
    return pageOf(looked, isLast || last === undefined ? null : BOOKINGS + last.bookingKey);
  }

  async function sessionsPage(after: string | null): Promise<HousekeepingPage> {
    const sessions = await openSessions(db, { after, limit: PAGE_SIZE, at: 'calcom' });
    const about = { job: 'appointments', log, idOf: (one: OpenSession) => one.sessionKey } as const;
    const looked = await lookAtEach(sessions, about, compareSession);
    const last = sessions[looked.handled - 1];
    const isLast = looked.halted === null && sessions.length < PAGE_SIZE;
    return pageOf(looked, isLast || last === undefined ? BOOKINGS : last.sessionKey);
  }

  return ({ cursor }) =>
    cursor?.startsWith(BOOKINGS) ? bookingsPage(cursor.slice(BOOKINGS.length)) : sessionsPage(cursor);
}
