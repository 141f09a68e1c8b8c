import { subscriptionWords } from '../scheduling/subscription-words.ts';
import type { Check } from '../setup/check.ts';
import { lookOfFailure } from '../setup/vendor-look.ts';
import type { CalendlyClient, CalendlySubscriptions } from './contract.ts';
import { isPlanRefusal } from './setup.ts';

const SETTINGS = {
  vendor: 'Calendly',
  address: 'CALENDLY_API_URL',
  credential: 'CALENDLY_API_TOKEN',
} as const;
const PROVISION = 'Run `npm run provision -- --only calendly`.';

/** @param url where we take Calendly's webhooks in. */
export function calendlyChecks(
  client: Pick<CalendlyClient, 'me'> & CalendlySubscriptions,
  url: string,
): readonly Check[] {
  return [
    {
      name: 'calendly-token',
      subject: 'Calendly answers, and takes `CALENDLY_API_TOKEN`',
      remedy: 'Make a personal access token at Calendly, put it into `CALENDLY_API_TOKEN` and restart.',
      after: [],
      async look() {
        try {
          await client.me();
          return { status: 'ok', message: 'Calendly takes the token' };
        } catch (error) {
          return lookOfFailure(error, SETTINGS);
        }
      },
    },
    {
      name: 'calendly-subscription',
      subject: 'Calendly has one active webhook subscription to our address, and its messages arrive',
      remedy: PROVISION,
      after: ['calendly-token'],
      async look() {
        try {
          const { fault, failingSince } = await client.inspectWebhook(url);
          switch (fault) {
            case 'was-missing':
              return { status: 'failed', message: `No webhook subscription leads to ${url}` };
            case 'was-disabled':
              return {
                status: 'failed',
                message: 'Calendly switched the webhook subscription off: it had not reached us for a day',
                remedy: `Look why (PUBLIC_URL, certificate, firewall). ${PROVISION}`,
              };
            case 'had-other-events':
            case 'had-other-secret':
            case 'had-a-template':
              return {
                status: 'failed',
                message: `The webhook subscription is not as wanted: ${subscriptionWords[fault]}`,
              };
            case 'none':
              break;
          }
          if (failingSince === null) return { status: 'ok', message: 'The webhook subscription is active' };
          return {
            status: 'warning',
            message: `The webhook subscription is active, and messages to it fail since ${failingSince}`,
            remedy:
              'Look why Calendly does not reach PUBLIC_URL; it switches the subscription off after a day.',
          };
        } catch (error) {
          if (!isPlanRefusal(error)) throw error;
          return {
            status: 'failed',
            message: "The account's plan has no webhooks",
            remedy: "Upgrade to Calendly's Standard plan or a higher one, then provision.",
          };
        }
      },
    },
  ];
}
