/** Whose link it is, and which of theirs. */
export interface SchedulingFacts {
  /** Signed; it comes back with the appointment. */
  readonly reference: string;
  /** Tells links of the same reference apart; null for a link that is the only one. */
  readonly campaign: string | null;
  /** First and last name, or an empty text. */
  readonly name: string;
  readonly email: string;
}

/**
 * A provider's link that names whose appointment is booked with it, its form filled in. What the link's own query says
 * stays.
 */
export function schedulingUrl(link: string, facts: SchedulingFacts): string {
  const url = new URL(link);
  url.searchParams.set('utm_content', facts.reference);
  if (facts.campaign !== null) url.searchParams.set('utm_campaign', facts.campaign);
  if (facts.name !== '') url.searchParams.set('name', facts.name);
  url.searchParams.set('email', facts.email);
  return url.href;
}
