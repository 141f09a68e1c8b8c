import type { SubscriptionChange } from '../../integrations/scheduling/provider.ts';
import type { KeptSubscription } from '../../integrations/scheduling/subscriptions.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { type Finding, lookAtEach, type PageOf, pageOf, raised, repaired } from './page.ts';

/** A person should know why it was switched off: for a day, nothing that it told was taken. */
const FINDINGS: Readonly<Record<SubscriptionChange, readonly Finding[]>> = {
  none: [],
  'was-missing': [repaired('subscription-was-missing')],
  'had-other-events': [repaired('subscription-had-other-events')],
  'had-other-secret': [repaired('subscription-had-other-secret')],
  // Whoever wrote it wanted other bodies: they are read no more.
  'had-a-template': [repaired('subscription-made-anew'), raised('subscription-had-a-template')],
  'was-disabled': [repaired('subscription-made-anew'), raised('subscription-was-disabled')],
};

/** The providers' webhook subscriptions to our own addresses. */
export function subscriptionsJob({ log, subscriptions }: HousekeepingDependencies): PageOf {
  return async () => {
    const about = { job: 'subscriptions', log, idOf: (one: KeptSubscription) => one.provider } as const;
    const looked = await lookAtEach(subscriptions, about, async (one) => FINDINGS[await one.ensure()]);
    return pageOf(looked, null);
  };
}
