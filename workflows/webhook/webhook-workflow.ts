import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import {
  WEBHOOK_PATIENCE,
  type WebhookActivities,
  type WebhookInput,
  type WebhookOutcome,
} from '../contract/webhook.ts';
import { isEffectFailure } from '../session/failure.ts';

// The activity says itself when the next attempt is due; the policy is for failures of our own.
const { deliverWebhook } = proxyActivities<Pick<WebhookActivities, 'deliverWebhook'>>({
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: WEBHOOK_PATIENCE.totalMs,
  retry: {
    initialInterval: WEBHOOK_PATIENCE.firstWaitMs,
    backoffCoefficient: WEBHOOK_PATIENCE.waitGrowth,
    maximumInterval: WEBHOOK_PATIENCE.longestWaitMs,
  },
});

/** While PostgreSQL is away it is repeated for as long as it takes: a tenant must see what was not delivered. */
const { giveUpWebhook } = proxyActivities<Pick<WebhookActivities, 'giveUpWebhook'>>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/**
 * One message on its way to one receiver, for three days at most. The history holds the delivery's id and nothing of
 * what is sent.
 *
 * @returns what became of it, as its row says too.
 */
export async function webhookWorkflow({ deliveryId }: WebhookInput): Promise<WebhookOutcome> {
  try {
    return (await deliverWebhook({ deliveryId })).outcome;
  } catch (error) {
    if (!isEffectFailure(error)) throw error;
  }
  // The three days are over, or an operator has cancelled the run: its row must say so all the same.
  const { outcome } = await CancellationScope.nonCancellable(() => giveUpWebhook({ deliveryId }));
  return outcome;
}
