import type { SubscriptionChange } from '../../integrations/calendly/contract.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { type Finding, lookAtEach, type PageOf, pageOf, raised, repaired } from './page.ts';

/** A person should know why it was switched off: for a day, nothing that it told was taken. */
const FINDINGS: Readonly<Record<SubscriptionChange, readonly Finding[]>> = {
  none: [],
  'was-missing': [repaired('subscription-was-missing')],
  'had-other-events': [repaired('subscription-had-other-events')],
  'was-disabled': [repaired('subscription-made-anew'), raised('subscription-was-disabled')],
};

/** Calendly's webhook subscription to our own address. */
export function subscriptionsJob({ log, calendly, subscription }: HousekeepingDependencies): PageOf {
  return async () => {
    const about = { job: 'subscriptions', log, idOf: () => 'calendly' } as const;
    const looked = await lookAtEach(
      [subscription],
      about,
      async (wanted) => FINDINGS[await calendly.ensureWebhook(wanted)],
    );
    return pageOf(looked, null);
  };
}
