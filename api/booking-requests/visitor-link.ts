import { type BookingRequest, DEFAULT_LINK } from '../../db/queries/booking-requests.ts';
import { markedLink } from '../../integrations/scheduling/marked-link.ts';
import type { Provider } from '../../workflows/contract/values.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { signBookingReference } from '../../platform/reference.ts';

export interface DefaultLinkSettings {
  /** With whom visitors book. */
  readonly provider: Provider;
  /** `CALENDLY_DEFAULT_LINK`, `CALCOM_DEFAULT_LINK`: a page that anyone can book on, any number of times. */
  readonly defaultLink: string;
  readonly linkKeys: KeyRing;
}

/** The default link as one visitor is given it: an appointment that is made with it is known as their booking's. */
export function defaultLinkOf(
  booking: Pick<BookingRequest, 'booking_key' | 'first_name' | 'last_name' | 'email'>,
  { provider, defaultLink, linkKeys }: DefaultLinkSettings,
): string {
  return markedLink(provider, defaultLink, {
    reference: signBookingReference(linkKeys, booking.booking_key),
    campaign: DEFAULT_LINK,
    name: `${booking.first_name} ${booking.last_name}`.trim(),
    email: booking.email,
  });
}
