import { type AppointmentOwner, appointmentRow, recordAppointment } from '../db/queries/appointments.ts';
import { type BookingSubject, findBookingSubject } from '../db/queries/booking.ts';
import type { ProviderAppointment, SchedulingProvider } from '../integrations/scheduling/provider.ts';
import { toAppointmentTruth } from '../integrations/scheduling/truth.ts';
import { providerOfAppointment } from '../platform/appointment-uri.ts';
import { CodedFailure } from '../platform/failures.ts';
import type { KeyRing } from '../platform/keys.ts';
import { verifyBookingReference, verifyReference } from '../platform/reference.ts';
import type { ProviderTruth } from '../workflows/contract/events.ts';
import type { AppointmentUri, Instant, Provider, SessionKey } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';

type Asking = Pick<ActivityDependencies, 'db' | 'clock' | 'scheduling' | 'linkKeys'>;

/** More reschedules than anyone makes; a bound for a chain that leads in a circle. */
const LONGEST_CHAIN = 50;

/** The session's booking facts. */
export async function bookingSubject(
  db: ActivityDependencies['db'],
  sessionKey: SessionKey,
): Promise<BookingSubject> {
  const subject = await findBookingSubject(db, sessionKey);
  if (!subject) throw new CodedFailure('row-missing', `no session ${sessionKey}`);
  return subject;
}

/** An appointment and everything that replaced it, oldest first. */
async function followReplacements(
  provider: SchedulingProvider,
  uri: string,
): Promise<readonly ProviderAppointment[]> {
  const chain = new Map<string, ProviderAppointment>();
  let next: string | null = uri;
  while (next !== null && !chain.has(next) && chain.size < LONGEST_CHAIN) {
    const found: ProviderAppointment | undefined = await provider.getAppointment(next);
    if (!found) break;
    chain.set(next, found);
    next = found.replacedBy;
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
 * Asks the provider: for an appointment, the one whose it is for that one and what replaced it; for null, the client's
 * for every appointment of theirs that carries the owner's signed reference. What was found is kept.
 *
 * @param client no appointment of theirs with this owner is older than `since`.
 */
export async function askForTruth(
  { db, clock, scheduling, linkKeys }: Asking,
  owner: AppointmentOwner,
  client: { readonly provider: Provider; readonly email: string; readonly since: Instant },
  appointment: AppointmentUri | null,
): Promise<ProviderTruth> {
  const { email, since } = client;
  const provider = scheduling(appointment === null ? client.provider : providerOfAppointment(appointment));
  const askedAt = clock();
  const found =
    appointment === null
      ? (await provider.findAppointments({ email, since })).filter(({ reference }) =>
          isReferredTo(linkKeys, owner, reference),
        )
      : await followReplacements(provider, appointment);
  for (const one of found) await recordAppointment(db, appointmentRow(owner, one));
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
