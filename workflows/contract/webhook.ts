import type { Millis } from './values.ts';

/** What a tenant can be told of its sessions. */
export const SESSION_WEBHOOKS = [
  'session.opened',
  'session.booked',
  'session.moved',
  'session.locked',
  'session.cancelled',
  'session.ended',
  'session.attention_raised',
  'session.attention_cleared',
  'session.late_change_requested',
  'session.late_change_decided',
] as const;
export type SessionWebhook = (typeof SESSION_WEBHOOKS)[number];

/** What a tenant can be told of its bookings. */
export const BOOKING_WEBHOOKS = [
  'booking.created',
  'booking.scheduled',
  'booking.rescheduled',
  'booking.cancelled',
  'booking.completed',
  'booking.no_show',
  'booking.no_show_cleared',
  'booking.attention_raised',
  'booking.attention_cleared',
] as const;
export type BookingWebhook = (typeof BOOKING_WEBHOOKS)[number];

/**
 * What the installation's own tenant (`DEFAULT_TENANT_ID`) can be told: what the system cannot do without a person, and that
 * is of no one session.
 */
export const SYSTEM_WEBHOOKS = ['system.webhook_quarantined', 'system.housekeeping_raised'] as const;
export type SystemWebhook = (typeof SYSTEM_WEBHOOKS)[number];

/** Sent on request only, whatever an endpoint is subscribed to. */
export const TEST_WEBHOOK = 'webhook.test';

/** Told by what needs attention, not by what a session or booking comes to. */
export type AttentionWebhook =
  | 'session.attention_raised'
  | 'session.attention_cleared'
  | 'session.late_change_requested'
  | 'session.late_change_decided'
  | 'booking.attention_raised'
  | 'booking.attention_cleared';

/** What `type` of a message may be. */
export type WebhookEvent = SessionWebhook | BookingWebhook | SystemWebhook | typeof TEST_WEBHOOK;

/** The body that a receiver gets, as the Standard Webhooks specification words it. Ids, instants and codes only. */
export interface WebhookMessage {
  readonly type: WebhookEvent;
  /** ISO 8601: when it happened, not when it was sent. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/**
 * How patiently a message is delivered. Waits of 5, 12, 31, 78 seconds and on, some twenty-five attempts in all, as
 * the specification recommends.
 */
export const WEBHOOK_PATIENCE = {
  firstWaitMs: 5000,
  waitGrowth: 2.5,
  longestWaitMs: 4 * 3_600_000,
  totalMs: 3 * 86_400_000,
} as const satisfies Record<string, Millis>;

/** The input of `webhookWorkflow`. What is sent, and where to, stands in rows. */
export interface WebhookInput {
  readonly deliveryId: string;
}

/** `gone`: the endpoint was deleted, and the delivery with it. */
export type WebhookOutcome = 'delivered' | 'failed' | 'gone';

export const WEBHOOK_WORKFLOW = 'webhookWorkflow';

/** Both write what became of the delivery into its row. */
export interface WebhookActivities {
  /**
   * One attempt, written into the delivery's log. `failed`: no further attempt can help.
   *
   * @throws {ApplicationFailure} with a code of `platform/failures.ts` when a later attempt may do it.
   */
  deliverWebhook(input: WebhookInput): Promise<{ readonly outcome: WebhookOutcome }>;
  /** No further attempt will be made. A delivery that was made after all stays so. */
  giveUpWebhook(input: WebhookInput): Promise<{ readonly outcome: WebhookOutcome }>;
}
