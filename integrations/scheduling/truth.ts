import type { AppointmentTruth } from '../../workflows/contract/events.ts';
import type { AppointmentUri, Instant } from '../../workflows/contract/values.ts';
import type { ProviderAppointment } from './provider.ts';

/** A cancel that is the old half of a reschedule; never a cancellation. */
export function wasReplaced(appointment: ProviderAppointment): boolean {
  return appointment.rescheduled || appointment.replacedBy !== null;
}

/** A provider's answer, as the core wants to be told. */
export function toAppointmentTruth(appointment: ProviderAppointment): AppointmentTruth {
  return {
    appointment: appointment.uri as AppointmentUri,
    createdAt: appointment.createdAt as Instant,
    startsAt: appointment.startsAt as Instant,
    endsAt: appointment.endsAt as Instant,
    replaces: appointment.replaces as AppointmentUri | null,
    noShow: appointment.noShow,
    end: endOf(appointment),
  };
}

function endOf(appointment: ProviderAppointment): AppointmentTruth['end'] {
  if (appointment.status === 'active') return { kind: 'none' };
  const at = (appointment.cancellation?.at ?? appointment.createdAt) as Instant;
  return wasReplaced(appointment)
    ? { kind: 'replaced', replacedBy: appointment.replacedBy as AppointmentUri | null, at }
    : { kind: 'cancelled', by: appointment.cancellation?.by ?? 'client', at };
}
