import type { PlanSetup } from '../setup/step.ts';
import { subscriptionWords } from '../scheduling/subscription-words.ts';
import type { CalcomClient, CalcomWebhooks } from './contract.ts';

/** What Cal.com must have for us. */
export interface CalcomSetup {
  readonly client: Pick<CalcomClient, 'ensureWebhook'> & CalcomWebhooks;
  /** Where we take its webhooks in. */
  readonly url: string;
  /** Ours; Cal.com signs with it. */
  readonly secret: string;
}

const SUBJECT = 'webhook';

/** The steps of Cal.com's set-up: the one webhook, with our own secret. */
export function planCalcom({ client, url, secret }: CalcomSetup): PlanSetup {
  return async () => {
    const fault = await client.inspectWebhook({ url, secret });
    if (fault === 'none') return [{ subject: SUBJECT, state: 'as-wanted', detail: null, apply: null }];
    return [
      {
        subject: SUBJECT,
        state: fault === 'was-missing' ? 'missing' : 'different',
        detail: subscriptionWords[fault],
        async apply() {
          const change = await client.ensureWebhook({ url, secret });
          return change === 'none'
            ? `${SUBJECT}: somebody else had made it so`
            : `${SUBJECT} written, to ${url}`;
        },
      },
    ];
  };
}
