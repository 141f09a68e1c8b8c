import type { SubscriptionChange } from './provider.ts';

/** What is wrong with a webhook subscription, for an operator. */
export const subscriptionWords: Readonly<Record<Exclude<SubscriptionChange, 'none'>, string>> = {
  'was-missing': 'there is none for our address',
  'was-disabled': 'it is switched off',
  'had-other-events': 'it asks for other events than we need',
  'had-other-secret': 'it has no secret, or another one: what it sends is refused',
  'had-a-template': 'a template of its own replaces the body',
};
