import { startCalcomTwin } from '../../integrations/calcom/twin.ts';

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

function realOne(env: NodeJS.ProcessEnv): CalcomTarget | undefined {
  const { CALCOM_CONTRACT_API_KEY: apiKey, CALCOM_CONTRACT_EVENT_TYPE_ID: eventTypeId } = env;
  if (!apiKey) return undefined;
  if (!eventTypeId) throw new Error('CALCOM_CONTRACT_API_KEY is set: set CALCOM_CONTRACT_EVENT_TYPE_ID too');
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
 * The twin always; a real Cal.com when the environment names an account for it, one that nobody else uses: its event
 * type is booked, and it gets a webhook. The names differ from the product's own, so that no run books by mistake.
 */
export function calcomTargets(env: NodeJS.ProcessEnv): readonly CalcomTarget[] {
  const real = realOne(env);
  if (real !== undefined) return [twin, real];
  process.stderr.write(
    'Cal.com contract: against the twin only. For a real one set CALCOM_CONTRACT_API_KEY and' +
      ' CALCOM_CONTRACT_EVENT_TYPE_ID (of an event type that can be booked at 10:00 and 14:00 UTC, 60 to 90 days from now).\n',
  );
  return [twin];
}
