import type { Provider } from '../workflows/contract/values.ts';

/** Whose appointment a URI names: Cal.com has none of its own, so ours begin with its name. */
export function providerOfAppointment(uri: string): Provider {
  return uri.startsWith('calcom:') ? 'calcom' : 'calendly';
}
