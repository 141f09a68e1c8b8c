import type { AppointmentUri, Provider } from '../../contract/values.ts';
import type { SessionState } from '../state.ts';

/** Whose appointment a URI names: Cal.com has none of its own, so ours begin with its name. */
export function providerOf(appointment: AppointmentUri): Provider {
  return appointment.startsWith('calcom:') ? 'calcom' : 'calendly';
}

/** With whom the session books. */
export function bookedWith({ provider, input }: Pick<SessionState, 'provider' | 'input'>): Provider {
  return provider ?? input.provider;
}

/** Whether a provider's API moves this appointment. Calendly's moves none: the client goes to its page. */
export function isMovable(appointment: AppointmentUri | null): appointment is AppointmentUri {
  return appointment !== null && providerOf(appointment) === 'calcom';
}
