import type { SchedulingProvider, SubscriptionChange } from '../scheduling/provider.ts';

/** How the webhook subscription is. */
export interface SubscriptionHealth {
  /** What `ensureWebhook` would put right. */
  readonly fault: SubscriptionChange;
  /** Since when Calendly's messages fail and are tried again, as it writes instants. */
  readonly failingSince: string | null;
}

/** Calendly as a scheduling provider, and what only Calendly has. An appointment's URI is its invitee's. */
export interface CalendlyClient extends SchedulingProvider {
  readonly provider: 'calendly';
  /** Calendly has no call that moves an appointment. */
  readonly moveAppointment: null;
  /** The event of an invitee as Calendly answers it, for showing. Undefined when Calendly does not know it. */
  readEvent(inviteeUri: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** The invitee as Calendly answers it, for showing. */
  readInvitee(inviteeUri: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** The account as Calendly answers it, for showing. */
  readAccount(): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Asks Calendly to delete what it holds of these addresses as invitees; done there within seven days. Enterprise
   * plans only: others are answered `vendor-forbidden`.
   */
  requestInviteeDeletion(emails: readonly string[]): Promise<void>;
  me(): Promise<{ readonly uri: string; readonly organization: string; readonly timeZone: string }>;
  /**
   * Makes the webhook subscription with our own key, or makes it anew. Whether one that is active was made with this
   * key cannot be seen.
   */
  ensureWebhook(subscription: { url: string; signingKey: string }): Promise<SubscriptionChange>;
}

/** What the set-up and the doctor ask. */
export interface CalendlySubscriptions {
  /** Looks at the webhook subscription of this URL, and changes nothing. */
  inspectWebhook(url: string): Promise<SubscriptionHealth>;
}
