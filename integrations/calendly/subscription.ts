import type { SubscriptionChange } from '../scheduling/provider.ts';
import type { SubscriptionHealth } from './contract.ts';

/** A webhook subscription as Calendly lists it. Its signing key is never told again. */
export interface HeldSubscription {
  readonly uri: string;
  readonly callbackUrl: string;
  readonly state: string;
  /** Since when Calendly tries a message again and again, as it writes instants. */
  readonly retryStartedAt: string | null;
  readonly events: readonly string[];
}

export interface SubscriptionCalls {
  list(): Promise<readonly HeldSubscription[]>;
  create(): Promise<void>;
  delete(id: string): Promise<void>;
  /** Whether `create` failed because there is one with this URL. */
  isTaken(error: unknown): boolean;
}

/** Calendly switches a subscription off when it failed for a day; only a new one is ever sent to again. */
function faultOf(held: HeldSubscription, events: readonly string[]): SubscriptionChange {
  if (held.state === 'disabled') return 'was-disabled';
  const asked = new Set(held.events);
  return asked.size === events.length && events.every((event) => asked.has(event))
    ? 'none'
    : 'had-other-events';
}

/** What is wrong with the subscription of this URL, and since when messages to it fail. Changes nothing. */
export async function inspectSubscription(
  calls: Pick<SubscriptionCalls, 'list'>,
  wanted: { readonly url: string; readonly events: readonly string[] },
): Promise<SubscriptionHealth> {
  const held = (await calls.list()).find(({ callbackUrl }) => callbackUrl === wanted.url);
  if (held === undefined) return { fault: 'was-missing', failingSince: null };
  return { fault: faultOf(held, wanted.events), failingSince: held.retryStartedAt };
}

/**
 * Brings it about that there is one subscription with this URL that is active and asks for these events. Safe when two
 * do it at once.
 */
export async function ensureSubscription(
  calls: SubscriptionCalls,
  wanted: { readonly url: string; readonly events: readonly string[] },
): Promise<SubscriptionChange> {
  const held = (await calls.list()).find(({ callbackUrl }) => callbackUrl === wanted.url);
  const fault = held ? faultOf(held, wanted.events) : 'was-missing';
  if (fault === 'none') return fault;
  const id = held && /\/webhook_subscriptions\/([\w-]+)$/.exec(held.uri)?.[1];
  if (id) await calls.delete(id);
  try {
    await calls.create();
  } catch (error) {
    // Somebody else was quicker, and made the same.
    if (calls.isTaken(error)) return 'none';
    throw error;
  }
  return fault;
}
