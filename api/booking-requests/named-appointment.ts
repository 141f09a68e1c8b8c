import type { Database } from '../../db/connect.ts';
import { type AppointmentOwner, ownerOfAppointments } from '../../db/queries/appointments.ts';
import type { ProviderAppointment, SchedulingProvider } from '../../integrations/scheduling/provider.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import type { Referred } from '../intake/referred.ts';
import type { EventData } from './event-data.ts';

export interface NamedAppointmentDeps {
  readonly db: Database;
  /** Null where it is not configured: then there is no appointment of its. */
  readonly calendly: Pick<SchedulingProvider, 'getAppointment'> | null;
  readonly referred: Referred;
}

export type NamedAppointment =
  | { readonly kind: 'named'; readonly appointment: ProviderAppointment }
  | {
      readonly kind: 'refused';
      /** Calendly does not know it; it is somebody else's; it is not as the request says. */
      readonly reason: 'unknown-appointment' | 'other-appointment' | 'appointment-differs';
    };

const refused = (reason: Extract<NamedAppointment, { kind: 'refused' }>['reason']): NamedAppointment => ({
  kind: 'refused',
  reason,
});

function agrees(told: EventData, { eventUri, startsAt }: ProviderAppointment): boolean {
  return (
    (told.eventUri === undefined || told.eventUri === eventUri) &&
    (told.scheduledAt === undefined || Date.parse(told.scheduledAt) === startsAt)
  );
}

/** Everyone who has a claim: by our signature in the appointment's tracking, and by what is recorded of its chain. */
async function ownersOf(
  { reference, uri, replaces, replacedBy }: ProviderAppointment,
  { db, referred }: NamedAppointmentDeps,
): Promise<readonly AppointmentOwner[]> {
  const signed = reference === null ? undefined : referred(reference);
  const chain = [uri, replaces, replacedBy].filter((one) => one !== null);
  const recorded = await ownerOfAppointments(db, chain);
  return [signed, recorded].filter((owner) => owner !== undefined);
}

/**
 * The appointment that a request names, as Calendly answers it: of the request itself only the address is believed.
 *
 * @param provenOnly an appointment that nothing ties to this booking is refused; else it is taken for this booking's.
 * @throws {CodedFailure} when Calendly does not answer.
 */
export async function namedAppointment(
  deps: NamedAppointmentDeps,
  bookingKey: BookingKey,
  told: EventData,
  provenOnly: boolean,
): Promise<NamedAppointment> {
  const appointment = await deps.calendly?.getAppointment(told.inviteeUri);
  if (appointment === undefined) return refused('unknown-appointment');
  const owners = await ownersOf(appointment, deps);
  const isOurs = (owner: AppointmentOwner): boolean => owner.kind === 'booking' && owner.key === bookingKey;
  if (!owners.every(isOurs) || (provenOnly && owners.length === 0)) return refused('other-appointment');
  return agrees(told, appointment) ? { kind: 'named', appointment } : refused('appointment-differs');
}
