import { campaignOfLink } from '../calcom/booking-link.ts';
import { CALENDLY_CAMPAIGN } from '../calendly/scheduling-url.ts';

/** By which of our links an appointment is made with this one; null where it does not say. */
export function campaignOf(link: string): string | null {
  if (!URL.canParse(link)) return null;
  return new URL(link).searchParams.get(CALENDLY_CAMPAIGN) ?? campaignOfLink(link);
}
