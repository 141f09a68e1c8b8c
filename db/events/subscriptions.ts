import {
  BOOKING_WEBHOOKS,
  SESSION_WEBHOOKS,
  SYSTEM_WEBHOOKS,
  type WebhookEvent,
} from '../../workflows/contract/webhook.ts';

/** What an endpoint can ask for: single events, or all of a kind. */
export const SUBSCRIPTIONS = [
  'session.*',
  ...SESSION_WEBHOOKS,
  'booking.*',
  ...BOOKING_WEBHOOKS,
  'system.*',
  ...SYSTEM_WEBHOOKS,
] as const;

/** Whether what an endpoint asked for covers an event. */
export function isSubscribed(subscriptions: readonly string[], event: WebhookEvent): boolean {
  return subscriptions.includes(event) || subscriptions.includes(`${event.split('.')[0]}.*`);
}
