import { type AppointmentOwner, ownerOfAppointments } from '../../db/queries/appointments.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import { providerOfAppointment } from '../../platform/appointment-uri.ts';
import type { DeliveryDeps } from './dependencies.ts';

type OwnerDeps = Pick<DeliveryDeps, 'db' | 'referred' | 'scheduling'>;

/** Far more reschedules than anyone makes; each costs two requests. */
const LONGEST_CHAIN = 10;

/**
 * Whose an appointment is, by what is known here: its signed reference, then an appointment that we know, then the one
 * that it replaces or is replaced by. An e-mail address never decides.
 */
export async function ownerOf(
  appointment: ProviderAppointment,
  deps: Pick<OwnerDeps, 'db' | 'referred'>,
): Promise<AppointmentOwner | undefined> {
  const signed = appointment.reference === null ? undefined : deps.referred(appointment.reference);
  if (signed) return signed;
  const { uri, replaces, replacedBy } = appointment;
  return ownerOfAppointments(
    deps.db,
    [uri, replaces, replacedBy].filter((one) => one !== null),
  );
}

/**
 * The same for an appointment that nobody here knows: its provider is asked for the one that it replaced, and for the one
 * before, until one of them is somebody's. Webhooks about those may have been lost, or have not come yet.
 *
 * @throws {CodedFailure} when the provider does not answer.
 */
export async function ownerOfReplaced(
  appointment: ProviderAppointment,
  deps: OwnerDeps,
): Promise<AppointmentOwner | undefined> {
  const provider = deps.scheduling(providerOfAppointment(appointment.uri));
  const asked = new Set([appointment.uri]);
  let next = appointment.replaces;
  while (next !== null && !asked.has(next) && asked.size <= LONGEST_CHAIN) {
    asked.add(next);
    const older: ProviderAppointment | undefined = await provider.getAppointment(next);
    if (older === undefined) return undefined;
    const owner = await ownerOf(older, deps);
    if (owner) return owner;
    next = older.replaces;
  }
  return undefined;
}
