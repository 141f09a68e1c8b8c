import { subscriptionWords } from '../scheduling/subscription-words.ts';
import type { Check, Look } from '../setup/check.ts';
import { lookOfFailure } from '../setup/vendor-look.ts';
import type { CalcomClient, CalcomEventType, CalcomWebhooks } from './contract.ts';

export interface CalcomDoctor {
  readonly client: Pick<CalcomClient, 'me' | 'readEventType'> & CalcomWebhooks;
  readonly eventTypeId: string;
  /** Where we take its webhooks in, and what they are to be signed with. */
  readonly webhook: { readonly url: string; readonly secret: string };
  /** Until how long before the start a session may be moved, where its product says nothing; in milliseconds. */
  readonly cutoffMs: number;
}

const SETTINGS = { vendor: 'Cal.com', address: 'CALCOM_API_URL', credential: 'CALCOM_API_KEY' } as const;
const PROVISION = 'Run `npm run provision -- --only calcom`.';
const MINUTE_MS = 60_000;

/** Whether sessions can be booked as this event type, and whether its rules agree with ours. */
export function lookAtEventType(eventType: CalcomEventType, cutoffMs: number): Look {
  const { rescheduleNoticeMs, seats, needsConfirmation, cancellingDisabled } = eventType;
  if (seats)
    return {
      status: 'failed',
      message: 'The event type has seats: several clients would share one booking',
      remedy: "Switch off 'Offer seats' at the event type, or name another one in `CALCOM_EVENT_TYPE_ID`.",
    };
  if (cancellingDisabled)
    return {
      status: 'failed',
      message: 'Cancelling is disabled at the event type: our own cancellations are refused too',
      remedy: "Switch off 'Disable cancelling' at the event type.",
    };
  if (needsConfirmation)
    return {
      status: 'warning',
      message: 'A host must confirm each booking of the event type: until then nothing is booked',
      remedy: "Switch off 'Requires confirmation' at the event type.",
    };
  if (rescheduleNoticeMs !== cutoffMs)
    return {
      status: 'warning',
      message: `Clients may reschedule at Cal.com until ${rescheduleNoticeMs / MINUTE_MS} minutes before the start, here until ${cutoffMs / MINUTE_MS}`,
    };
  return { status: 'ok', message: "The event type's rules agree with ours" };
}

export function calcomChecks({ client, eventTypeId, webhook, cutoffMs }: CalcomDoctor): readonly Check[] {
  return [
    {
      name: 'calcom-key',
      subject: 'Cal.com answers, and takes `CALCOM_API_KEY`',
      remedy: 'Make an API key at Cal.com (Settings, API keys), put it into `CALCOM_API_KEY` and restart.',
      after: [],
      async look() {
        try {
          await client.me();
          return { status: 'ok', message: 'Cal.com takes the key' };
        } catch (error) {
          return lookOfFailure(error, SETTINGS);
        }
      },
    },
    {
      name: 'calcom-webhook',
      subject: 'Cal.com has one active webhook to our address, with our secret',
      remedy: PROVISION,
      after: ['calcom-key'],
      async look() {
        const fault = await client.inspectWebhook(webhook);
        return fault === 'none'
          ? { status: 'ok', message: 'The webhook is as wanted' }
          : { status: 'failed', message: `The webhook is not as wanted: ${subscriptionWords[fault]}` };
      },
    },
    {
      name: 'calcom-event-type',
      subject: 'The event type is there, and its `minimumRescheduleNotice` is the default cutoff',
      remedy:
        "Set the event type's minimum reschedule notice to the cutoff; what is moved later at Cal.com becomes a late change.",
      after: ['calcom-key'],
      async look() {
        const eventType = await client.readEventType(eventTypeId);
        return eventType === undefined
          ? {
              status: 'failed',
              message: `There is no event type ${eventTypeId} that the key may see`,
              remedy: 'Put the number of an event type of the same account into `CALCOM_EVENT_TYPE_ID`.',
            }
          : lookAtEventType(eventType, cutoffMs);
      },
    },
  ];
}
