import { startCalcomTwin } from '../../integrations/calcom/twin.ts';
import { contractAgainst, namedBy } from './contract-subject.ts';

/** A Cal.com that the contract is held against. */
export interface CalcomTarget {
  readonly name: string;
  open(): Promise<OpenCalcom>;
}

export interface OpenCalcom {
  readonly apiUrl: string;
  readonly webUrl: string;
  readonly apiKey: string;
  readonly eventTypeId: string;
  close(): Promise<void>;
}

const twin: CalcomTarget = {
  name: 'the twin',
  async open() {
    const apiKey = 'cal_a-key-that-must-not-leak';
    const started = await startCalcomTwin({ port: 0, apiKey, meetingsEveryMs: 0 });
    const { url } = started;
    return { apiUrl: url, webUrl: url, apiKey, eventTypeId: '7', close: () => started.close() };
  },
};

const NEEDS = ['CALCOM_CONTRACT_API_KEY', 'CALCOM_CONTRACT_EVENT_TYPE_ID'] as const;

function realOne(env: NodeJS.ProcessEnv): CalcomTarget | undefined {
  const named = namedBy(env, NEEDS);
  if ('missing' in named) return undefined;
  const { CALCOM_CONTRACT_API_KEY: apiKey, CALCOM_CONTRACT_EVENT_TYPE_ID: eventTypeId } = named.values;
  const apiUrl = env['CALCOM_CONTRACT_API_URL'] || 'https://api.cal.com';
  return {
    name: `Cal.com at ${new URL(apiUrl).host}`,
    async open() {
      return {
        apiUrl,
        webUrl: env['CALCOM_CONTRACT_WEB_URL'] || 'https://cal.com',
        apiKey,
        eventTypeId,
        async close() {},
      };
    },
  };
}

/**
 * The twin, or where it is asked for a real account, one that nobody else uses; none where that is not named: its event
 * type is booked at 10:00 and 14:00 UTC, 60 to 90 days from now. The names differ from the product's own, so that no
 * run books by mistake.
 */
export function calcomTargets(env: NodeJS.ProcessEnv): readonly CalcomTarget[] {
  if (contractAgainst(env) === 'twins') return [twin];
  const real = realOne(env);
  return real === undefined ? [] : [real];
}
