import { recordAppointment } from '../db/queries/appointments.ts';
import { type BookingSubject, findBookingSubject } from '../db/queries/booking.ts';
import type { CalendlyAppointment, CalendlyClient } from '../integrations/calendly/contract.ts';
import { toAppointmentTruth } from '../integrations/calendly/wire.ts';
import { CodedFailure } from '../platform/failures.ts';
import { verifyReference } from '../platform/reference.ts';
import type { ProviderTruth } from '../workflows/contract/events.ts';
import type { AppointmentUri, SessionKey } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** More reschedules than anyone makes; a bound for a chain that leads in a circle. */
const LONGEST_CHAIN = 50;

/** The session's booking facts, for a provider that this build speaks to. */
export async function bookingSubject(
  db: ActivityDependencies['db'],
  sessionKey: SessionKey,
): Promise<BookingSubject> {
  const subject = await findBookingSubject(db, sessionKey);
  if (!subject) throw new CodedFailure('row-missing', `no session ${sessionKey}`);
  if (subject.provider !== 'calendly') {
    throw new CodedFailure('not-configured', `no client for the provider of session ${sessionKey}`);
  }
  return subject;
}

/** An appointment and everything that replaced it, oldest first. */
export async function followReplacements(
  calendly: CalendlyClient,
  uri: string,
): Promise<readonly CalendlyAppointment[]> {
  const chain = new Map<string, CalendlyAppointment>();
  let next: string | null = uri;
  while (next !== null && !chain.has(next) && chain.size < LONGEST_CHAIN) {
    const found: CalendlyAppointment | undefined = await calendly.getAppointment(next);
    if (!found) break;
    chain.set(next, found);
    next = found.newInvitee;
  }
  return [...chain.values()];
}

/**
 * Asks the provider: for an appointment, that one and what replaced it; for null, every appointment of the client
 * that carries this session's signed reference. What was found is kept for the session's page.
 */
export async function askForTruth(
  { db, calendly, linkKeys }: Pick<ActivityDependencies, 'db' | 'calendly' | 'linkKeys'>,
  sessionKey: SessionKey,
  appointment: AppointmentUri | null,
): Promise<ProviderTruth> {
  const subject = await bookingSubject(db, sessionKey);
  const found =
    appointment === null
      ? (await calendly.findAppointments({ email: subject.email, since: subject.since })).filter(
          ({ reference }) => reference !== null && verifyReference(linkKeys, reference) === sessionKey,
        )
      : await followReplacements(calendly, appointment);
  for (const one of found) {
    await recordAppointment(db, {
      uri: one.inviteeUri,
      session_key: sessionKey,
      provider: 'calendly',
      event_uri: one.eventUri,
      starts_at: new Date(one.startsAt),
      ends_at: new Date(one.endsAt),
      reschedule_url: one.rescheduleUrl,
      cancel_url: one.cancelUrl,
      join_url: one.joinUrl,
      time_zone: one.timeZone,
    });
  }
  return { appointments: found.map(toAppointmentTruth) };
}
