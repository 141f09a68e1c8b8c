/** Where a link of Calendly's says by which of our links an appointment is made. */
export const CALENDLY_CAMPAIGN = 'utm_campaign';
/** The same in a link of Cal.com's. */
export const CALCOM_CAMPAIGN = 'metadata[campaign]';

/** By which of our links an appointment is made with this one; null where it does not say. */
export function campaignOf(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const { searchParams } = new URL(link);
  return searchParams.get(CALENDLY_CAMPAIGN) ?? searchParams.get(CALCOM_CAMPAIGN);
}
