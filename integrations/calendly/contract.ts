/** An invitee of a Calendly event: what Latchkey calls an appointment. Instants in milliseconds. */
export interface CalendlyAppointment {
  readonly inviteeUri: string;
  readonly eventUri: string;
  readonly createdAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly status: 'active' | 'canceled';
  readonly rescheduled: boolean;
  readonly oldInvitee: string | null;
  readonly newInvitee: string | null;
  readonly noShow: { readonly uri: string; readonly createdAt: number } | null;
  readonly cancellation: { readonly by: 'client' | 'host'; readonly at: number } | null;
  readonly rescheduleUrl: string | null;
  readonly cancelUrl: string | null;
  readonly joinUrl: string | null;
  readonly timeZone: string | null;
  /** `tracking.utm_content` as it came; verify its signature before use. */
  readonly reference: string | null;
  /** `tracking.utm_campaign`: by which of our links it was booked. */
  readonly campaign: string | null;
}

/** What was wrong with the webhook subscription, and was put right. */
export type SubscriptionChange = 'none' | 'was-missing' | 'was-disabled' | 'had-other-events';

export interface CalendlyClient {
  /** POST /scheduling_links, max_event_count 1. Not idempotent: a repeat makes a second live link. */
  createSchedulingLink(eventTypeUuid: string): Promise<{ readonly bookingUrl: string }>;
  /** Invitee and its event. Undefined when Calendly does not know it. */
  getAppointment(inviteeUri: string): Promise<CalendlyAppointment | undefined>;
  /** Every appointment of this address from `since` on, pages followed; for a search by reference. */
  findAppointments(search: { email: string; since: number }): Promise<readonly CalendlyAppointment[]>;
  /** "already canceled" is success. */
  cancelAppointment(inviteeUri: string, reason: string): Promise<void>;
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
