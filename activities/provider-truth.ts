import {
  type AppointmentOwner,
  calendlyAppointmentRow,
  recordAppointment,
} from '../db/queries/appointments.ts';
import { type BookingSubject, findBookingSubject } from '../db/queries/booking.ts';
import type { CalendlyAppointment, CalendlyClient } from '../integrations/calendly/contract.ts';
import { toAppointmentTruth } from '../integrations/calendly/wire.ts';
import { CodedFailure } from '../platform/failures.ts';
import type { KeyRing } from '../platform/keys.ts';
import { verifyBookingReference, verifyReference } from '../platform/reference.ts';
import type { ProviderTruth } from '../workflows/contract/events.ts';
import type { AppointmentUri, Instant, SessionKey } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';

type Asking = Pick<ActivityDependencies, 'db' | 'clock' | 'calendly' | 'linkKeys'>;

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
async function followReplacements(
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

function isReferredTo(linkKeys: KeyRing, owner: AppointmentOwner, reference: string | null): boolean {
  if (reference === null) return false;
  switch (owner.kind) {
    case 'session':
      return verifyReference(linkKeys, reference) === owner.key;
    case 'booking':
      return verifyBookingReference(linkKeys, reference) === owner.key;
  }
}

/**
 * Asks the provider: for an appointment, that one and what replaced it; for null, every appointment of the client
 * that carries the owner's signed reference. What was found is kept.
 *
 * @param client no appointment of theirs with this owner is older than `since`.
 */
export async function askForTruth(
  { db, clock, calendly, linkKeys }: Asking,
  owner: AppointmentOwner,
  client: { readonly email: string; readonly since: Instant },
  appointment: AppointmentUri | null,
): Promise<ProviderTruth> {
  const { email, since } = client;
  const askedAt = clock();
  const found =
    appointment === null
      ? (await calendly.findAppointments({ email, since })).filter(({ reference }) =>
          isReferredTo(linkKeys, owner, reference),
        )
      : await followReplacements(calendly, appointment);
  for (const one of found) await recordAppointment(db, calendlyAppointmentRow(owner, one));
  return { askedAt, appointments: found.map(toAppointmentTruth) };
}

/** The same for a session, by what its row says of the client. */
export async function askForSession(
  dependencies: Asking,
  sessionKey: SessionKey,
  appointment: AppointmentUri | null,
): Promise<ProviderTruth> {
  const subject = await bookingSubject(dependencies.db, sessionKey);
  return askForTruth(dependencies, { kind: 'session', key: sessionKey }, subject, appointment);
}
