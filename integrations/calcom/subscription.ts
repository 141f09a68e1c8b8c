import type { SubscriptionChange } from '../scheduling/provider.ts';

/** The triggers that the webhook asks for. */
export const subscribedTriggers = [
  'BOOKING_CREATED',
  'BOOKING_REQUESTED',
  'BOOKING_RESCHEDULED',
  'BOOKING_CANCELLED',
  'BOOKING_REJECTED',
  'BOOKING_NO_SHOW_UPDATED',
  'MEETING_ENDED',
] as const;

/** A webhook as Cal.com lists it; it tells the secret again. */
export interface HeldWebhook {
  readonly id: string;
  readonly subscriberUrl: string;
  readonly active: boolean;
  readonly triggers: readonly string[];
  readonly secret: string | null;
  readonly payloadTemplate: string | null;
}

export interface WantedWebhook {
  readonly url: string;
  readonly secret: string;
}

/** What is written; it is the same for a new webhook and for one that is there. */
export interface WrittenWebhook {
  readonly subscriberUrl: string;
  readonly active: true;
  readonly triggers: readonly string[];
  readonly secret: string;
}

export interface WebhookCalls {
  list(): Promise<readonly HeldWebhook[]>;
  create(webhook: WrittenWebhook): Promise<void>;
  update(id: string, webhook: WrittenWebhook): Promise<void>;
  delete(id: string): Promise<void>;
  /** Whether `create` failed because there is one with this URL. */
  isTaken(error: unknown): boolean;
}

function faultOf(held: HeldWebhook, wanted: WantedWebhook): SubscriptionChange {
  if (!held.active) return 'was-disabled';
  if (held.secret !== wanted.secret) return 'had-other-secret';
  if (held.payloadTemplate) return 'had-a-template';
  const asked = new Set(held.triggers);
  return asked.size === subscribedTriggers.length && subscribedTriggers.every((trigger) => asked.has(trigger))
    ? 'none'
    : 'had-other-events';
}

/** What is wrong with the webhook of this URL. Changes nothing. */
export async function inspectCalcomWebhook(
  calls: Pick<WebhookCalls, 'list'>,
  wanted: WantedWebhook,
): Promise<SubscriptionChange> {
  const held = (await calls.list()).find(({ subscriberUrl }) => subscriberUrl === wanted.url);
  return held ? faultOf(held, wanted) : 'was-missing';
}

/**
 * Brings it about that there is one webhook with this URL as we need it. Safe when two do it at once. A change keeps
 * the webhook, so that nothing that happens meanwhile is untold; only a template cannot be taken away from it.
 */
export async function ensureCalcomWebhook(
  calls: WebhookCalls,
  wanted: WantedWebhook,
): Promise<SubscriptionChange> {
  const written: WrittenWebhook = {
    subscriberUrl: wanted.url,
    active: true,
    triggers: subscribedTriggers,
    secret: wanted.secret,
  };
  const held = (await calls.list()).find(({ subscriberUrl }) => subscriberUrl === wanted.url);
  const fault = held ? faultOf(held, wanted) : 'was-missing';
  if (fault === 'none') return fault;
  if (held && !held.payloadTemplate) {
    await calls.update(held.id, written);
    return fault;
  }
  if (held) await calls.delete(held.id);
  try {
    await calls.create(written);
  } catch (error) {
    // Somebody else was quicker, and made the same.
    if (calls.isTaken(error)) return 'none';
    throw error;
  }
  return fault;
}
