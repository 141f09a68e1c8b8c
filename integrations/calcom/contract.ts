import type { SchedulingProvider, SubscriptionChange } from '../scheduling/provider.ts';

/** Whose key it is. */
export interface CalcomAccount {
  readonly id: number;
  readonly email: string;
  readonly username: string | null;
  readonly timeZone: string;
}

/** The rules of an event type that meet ours. Times in milliseconds. */
export interface CalcomEventType {
  readonly id: number;
  readonly title: string;
  readonly slug: string;
  readonly durationMs: number;
  /**
   * Guests cannot reschedule by Cal.com's own page later than this before the start; 0: at any time. Cal.com blocks
   * while `0 < start - now < notice`: the exact instant passes, and so does everything after the start.
   */
  readonly rescheduleNoticeMs: number;
  readonly reschedulingDisabled: boolean;
  readonly cancellingDisabled: boolean;
  /** The host has to confirm each booking before it stands. */
  readonly needsConfirmation: boolean;
  /** More than one attendee shares a booking: such an event type cannot be sold as sessions. */
  readonly seats: boolean;
}

/** Cal.com's API v2. Failures are `VendorFailure`s; it never retries by itself. */
export interface CalcomClient extends SchedulingProvider {
  readonly provider: 'calcom';
  readonly moveAppointment: NonNullable<SchedulingProvider['moveAppointment']>;
  me(): Promise<CalcomAccount>;
  /** Undefined when there is none with this number, or it is somebody else's. */
  readEventType(id: string): Promise<CalcomEventType | undefined>;
  /** A booking as Cal.com answers it, for showing. Undefined when Cal.com does not know it. */
  readBooking(uri: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Brings it about that the webhook with this URL is active, asks for our triggers and signs with this secret. */
  ensureWebhook(webhook: { readonly url: string; readonly secret: string }): Promise<SubscriptionChange>;
}

/** What the set-up and the doctor ask. */
export interface CalcomWebhooks {
  /** What `ensureWebhook` would put right. Changes nothing. */
  inspectWebhook(webhook: { readonly url: string; readonly secret: string }): Promise<SubscriptionChange>;
}
