import type { PlanSetup } from '../setup/step.ts';
import type { CalcomClient, CalcomWebhooks, WebhookChange } from './contract.ts';

/** What Cal.com must have for us. */
export interface CalcomSetup {
  readonly client: Pick<CalcomClient, 'ensureWebhook'> & CalcomWebhooks;
  /** Where we take its webhooks in. */
  readonly url: string;
  /** Ours; Cal.com signs with it. */
  readonly secret: string;
}

const SUBJECT = 'webhook';

const DETAILS: Readonly<Record<Exclude<WebhookChange, 'none'>, string>> = {
  'was-missing': 'there is none for our address',
  'was-disabled': 'it is switched off',
  'had-other-events': 'it asks for other triggers than we need',
  'had-other-secret': 'it has no secret, or another one: what it sends is refused',
  'had-a-template': 'a template of its own replaces the body; it is made anew',
};

/** What is wrong with the webhook, in a few words. */
export const webhookDetail = (fault: Exclude<WebhookChange, 'none'>): string => DETAILS[fault];

/** The steps of Cal.com's set-up: the one webhook, with our own secret. */
export function planCalcom({ client, url, secret }: CalcomSetup): PlanSetup {
  return async () => {
    const fault = await client.inspectWebhook({ url, secret });
    if (fault === 'none') return [{ subject: SUBJECT, state: 'as-wanted', detail: null, apply: null }];
    return [
      {
        subject: SUBJECT,
        state: fault === 'was-missing' ? 'missing' : 'different',
        detail: webhookDetail(fault),
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
