import type { LinkFacts } from '../scheduling/provider.ts';

/** Cal.com keeps what stands in these query parameters as the booking's metadata, and tells it again. */
export const REFERENCE_KEY = 'bookingRef';
export const CAMPAIGN_KEY = 'campaign';

const parameter = (key: string): string => `metadata[${key}]`;

/** A booking page that names whose appointment is booked with it, its form filled in. What its own query says stays. */
export function markedLink(bookingUrl: string, facts: LinkFacts): string {
  const url = new URL(bookingUrl);
  url.searchParams.set(parameter(REFERENCE_KEY), facts.reference);
  if (facts.campaign !== null) url.searchParams.set(parameter(CAMPAIGN_KEY), facts.campaign);
  if (facts.name !== '') url.searchParams.set('name', facts.name);
  url.searchParams.set('email', facts.email);
  return url.href;
}

/** Which of our links a marked link is; null for any other URL. */
export function campaignOfLink(url: string): string | null {
  return URL.canParse(url) ? new URL(url).searchParams.get(parameter(CAMPAIGN_KEY)) : null;
}
