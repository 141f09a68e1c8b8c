import { z } from 'zod';
import { VendorFailure } from '../../platform/http-client.ts';
import type { PlanSetup, SetupStep } from '../setup/step.ts';
import { subscriptionWords } from '../scheduling/subscription-words.ts';
import type { CalendlyClient, CalendlySubscriptions } from './contract.ts';

/** What Calendly must have for us. */
export interface CalendlySetup {
  readonly client: Pick<CalendlyClient, 'ensureWebhook'> & CalendlySubscriptions;
  /** Where we take its webhooks in. */
  readonly url: string;
  /** Ours; Calendly never tells it again. */
  readonly signingKey: string;
}

const SUBJECT = 'webhook subscription';

const NEEDS_A_PLAN =
  "The account's plan has no webhooks: they need Calendly's Standard plan or a higher one. Upgrade it, then repeat.";

/** Calendly's refusal of what the account's plan does not have. */
export function isPlanRefusal(error: unknown): boolean {
  if (!(error instanceof VendorFailure) || error.status !== 403) return false;
  const body = z.looseObject({ message: z.string() }).safeParse(error.vendorBody);
  return body.success && /upgrade/i.test(body.data.message);
}

/** The steps of Calendly's set-up: the one webhook subscription, with our own signing key. */
export function planCalendly({ client, url, signingKey }: CalendlySetup): PlanSetup {
  async function apply(): Promise<string> {
    const change = await client.ensureWebhook({ url, signingKey });
    return change === 'none' ? `${SUBJECT}: somebody else had made it` : `${SUBJECT} made, to ${url}`;
  }

  return async (): Promise<readonly SetupStep[]> => {
    try {
      const { fault, failingSince } = await client.inspectWebhook(url);
      if (fault !== 'none')
        return [
          {
            subject: SUBJECT,
            state: fault === 'was-missing' ? 'missing' : 'different',
            detail: subscriptionWords[fault],
            apply,
          },
        ];
      const detail = failingSince === null ? null : `messages fail since ${failingSince}`;
      return [{ subject: SUBJECT, state: 'as-wanted', detail, apply: null }];
    } catch (error) {
      if (!isPlanRefusal(error)) throw error;
      return [{ subject: SUBJECT, state: 'unmanageable', detail: NEEDS_A_PLAN, apply: null }];
    }
  };
}
