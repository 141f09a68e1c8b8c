import { type AppointmentOwner, ownerOfAppointments } from '../../db/queries/appointments.ts';
import type { CalendlyAppointment } from '../../integrations/calendly/contract.ts';
import type { DeliveryDeps } from './dependencies.ts';

type OwnerDeps = Pick<DeliveryDeps, 'db' | 'referred' | 'calendly'>;

/** Far more reschedules than anyone makes; each costs two requests. */
const LONGEST_CHAIN = 10;

/**
 * Whose an appointment is, by what is known here: its signed reference, then an appointment that we know, then the one
 * that it replaces or is replaced by. An e-mail address never decides.
 */
export async function ownerOf(
  appointment: CalendlyAppointment,
  deps: Pick<OwnerDeps, 'db' | 'referred'>,
): Promise<AppointmentOwner | undefined> {
  const signed = appointment.reference === null ? undefined : deps.referred(appointment.reference);
  if (signed) return signed;
  const { inviteeUri, oldInvitee, newInvitee } = appointment;
  return ownerOfAppointments(
    deps.db,
    [inviteeUri, oldInvitee, newInvitee].filter((uri) => uri !== null),
  );
}

/**
 * The same for an appointment that nobody here knows: Calendly is asked for the one that it replaced, and for the one
 * before, until one of them is somebody's. Webhooks about those may have been lost, or have not come yet.
 *
 * @throws {CodedFailure} when Calendly does not answer.
 */
export async function ownerOfReplaced(
  appointment: CalendlyAppointment,
  deps: OwnerDeps,
): Promise<AppointmentOwner | undefined> {
  const asked = new Set([appointment.inviteeUri]);
  let next = appointment.oldInvitee;
  while (next !== null && !asked.has(next) && asked.size <= LONGEST_CHAIN) {
    asked.add(next);
    const older: CalendlyAppointment | undefined = await deps.calendly.getAppointment(next);
    if (older === undefined) return undefined;
    const owner = await ownerOf(older, deps);
    if (owner) return owner;
    next = older.oldInvitee;
  }
  return undefined;
}
