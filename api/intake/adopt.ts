import {
  type AppointmentOwner,
  appointmentRow,
  ownerOfAppointments,
  recordAppointment,
} from '../../db/queries/appointments.ts';
import { bookingByKey } from '../../db/queries/bookings.ts';
import { sessionByKey } from '../../db/queries/sessions.ts';
import type { Database } from '../../db/connect.ts';
import type { InboxRow } from '../../db/tables.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import { providerOfAppointment } from '../../platform/appointment-uri.ts';
import type { AppointmentWebhook } from './appointment.ts';
import { readCalcom } from './calcom.ts';
import { readCalendly } from './calendly.ts';
import type { DeliveryDeps } from './dependencies.ts';

/** Why an appointment is not adopted. */
export type AdoptionRefusal =
  /** The row is another vendor's, or cannot be read. */
  | 'no-appointment'
  /** Its provider does not know it. */
  | 'unknown-appointment'
  /** It is somebody's, or it replaced one that is, or one of somebody's replaced it. */
  | 'appointment-of-another'
  /** The link that it was booked with names another owner, and we signed it. */
  | 'reference-of-another';

export type Adoption =
  | { readonly kind: 'adoptable'; readonly appointment: ProviderAppointment }
  | { readonly kind: 'unknown-owner' }
  | { readonly kind: 'over' }
  | { readonly kind: 'refused'; readonly reason: AdoptionRefusal };

/** Whose bodies tell of appointments. */
function readBody({ source, body }: Pick<InboxRow, 'source' | 'body'>): AppointmentWebhook | undefined {
  switch (source) {
    case 'calendly':
      return readCalendly(body);
    case 'calcom':
      return readCalcom(body);
    case 'saleor':
    case 'zammad':
      return undefined;
  }
}

const refused = (reason: AdoptionRefusal): Adoption => ({ kind: 'refused', reason });

/**
 * May this webhook's appointment be given to this owner? Its provider is asked for it: the stored body decides nothing but
 * which one it is.
 *
 * @throws {CodedFailure} when the provider does not answer.
 */
export async function examineAdoption(
  row: Pick<InboxRow, 'source' | 'body'>,
  owner: AppointmentOwner,
  deps: Pick<DeliveryDeps, 'db' | 'referred' | 'scheduling'>,
): Promise<Adoption> {
  const webhook = readBody(row);
  if (!webhook) return refused('no-appointment');
  const standing = await standingOf(deps.db, owner);
  if (standing !== 'open') return { kind: standing };

  const appointment = await deps.scheduling(providerOfAppointment(webhook.uri)).getAppointment(webhook.uri);
  if (!appointment) return refused('unknown-appointment');
  // The body's own as well: it is what the webhook would be delivered by.
  for (const reference of [appointment.reference, webhook.reference]) {
    const named = reference === null ? undefined : deps.referred(reference);
    if (named && !isSame(named, owner)) return refused('reference-of-another');
  }
  if (!(await isFreeFor(deps.db, appointment, owner))) return refused('appointment-of-another');
  return { kind: 'adoptable', appointment };
}

/**
 * Keeps the appointment as the owner's, in a transaction of the caller's.
 *
 * @returns false when somebody else got it meanwhile; then the caller must undo the transaction.
 */
export async function adopt(
  transaction: Database,
  appointment: ProviderAppointment,
  owner: AppointmentOwner,
): Promise<boolean> {
  await recordAppointment(transaction, appointmentRow(owner, appointment));
  return isFreeFor(transaction, appointment, owner);
}

async function standingOf(db: Database, owner: AppointmentOwner): Promise<'open' | 'over' | 'unknown-owner'> {
  if (owner.kind === 'session') {
    const session = await sessionByKey(db, owner.key);
    if (session === undefined) return 'unknown-owner';
    return session.start_state === 'ended' ? 'over' : 'open';
  }
  const booking = await bookingByKey(db, owner.key);
  if (booking === undefined || booking.deleted_at !== null) return 'unknown-owner';
  return booking.start_state === 'ended' ? 'over' : 'open';
}

/** Each of the three is asked for by itself: of several at once, only the first owner would be told. */
async function isFreeFor(
  db: Database,
  { uri, replaces, replacedBy }: ProviderAppointment,
  owner: AppointmentOwner,
): Promise<boolean> {
  for (const one of [uri, replaces, replacedBy]) {
    const holder = one === null ? undefined : await ownerOfAppointments(db, [one]);
    if (holder && !isSame(holder, owner)) return false;
  }
  return true;
}

const isSame = (one: AppointmentOwner, other: AppointmentOwner): boolean =>
  one.kind === other.kind && one.key === other.key;
