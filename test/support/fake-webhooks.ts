import type { WebhookActivities } from '../../workflows/contract/webhook.ts';

/** Every receiver has everything at once. */
export function fakeWebhookActivities(): WebhookActivities {
  return {
    deliverWebhook: async () => ({ outcome: 'delivered' }),
    giveUpWebhook: async () => ({ outcome: 'failed' }),
  };
}
