import type { LinkFacts } from '../scheduling/provider.ts';

/** Where a link says by which of ours an appointment is made; it comes back with the appointment. */
export const CALENDLY_CAMPAIGN = 'utm_campaign';

/**
 * A link of Calendly's that names whose appointment is booked with it, its form filled in. What the link's own query
 * says stays.
 */
export function schedulingUrl(link: string, facts: LinkFacts): string {
  const url = new URL(link);
  url.searchParams.set('utm_content', facts.reference);
  if (facts.campaign !== null) url.searchParams.set(CALENDLY_CAMPAIGN, facts.campaign);
  if (facts.name !== '') url.searchParams.set('name', facts.name);
  url.searchParams.set('email', facts.email);
  return url.href;
}
