import type { AppointmentOwner } from '../../db/queries/appointments.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { verifyBookingReference, verifyReference } from '../../platform/reference.ts';

/** What a provider's tracking field names, if our signature on it is good. */
export type Referred = (reference: string) => AppointmentOwner | undefined;

/** A session's reference and a booking's are signed over different texts, so none stands for the other. */
export function createReferred(linkKeys: KeyRing): Referred {
  return (reference) => {
    const session = verifyReference(linkKeys, reference);
    if (session !== undefined) return { kind: 'session', key: session };
    const booking = verifyBookingReference(linkKeys, reference);
    return booking === undefined ? undefined : { kind: 'booking', key: booking };
  };
}
