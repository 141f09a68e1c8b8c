import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApisixTwin } from '../../integrations/apisix/twin.ts';
import { adminKey } from './apisix-support.ts';
import { contractAgainst, namedBy } from './contract-subject.ts';

/** An APISIX that the contract is held against. */
export interface ApisixTarget {
  readonly name: string;
  open(): Promise<OpenApisix>;
}

export interface OpenApisix {
  readonly adminUrl: string;
  readonly adminKey: string;
  readonly gatewayUrl: string;
  /** Where it reaches servers of this process. */
  readonly here: string;
  /** Lets leases run on by so many seconds. */
  pass(seconds: number): Promise<void>;
  close(): Promise<void>;
}

const twin: ApisixTarget = {
  name: 'the twin',
  async open() {
    let ahead = 0;
    const started = await startApisixTwin({
      adminPort: 0,
      gatewayPort: 0,
      adminKey,
      now: () => Date.now() + ahead,
    });
    return {
      ...started,
      adminKey,
      here: '127.0.0.1',
      async pass(seconds) {
        ahead += seconds * 1000;
      },
    };
  },
};

const NEEDS = ['APISIX_ADMIN_URL', 'APISIX_ADMIN_KEY', 'GATEWAY_URL'] as const;

function realOne(env: NodeJS.ProcessEnv): ApisixTarget | undefined {
  const named = namedBy(env, NEEDS);
  if ('missing' in named) return undefined;
  const { APISIX_ADMIN_URL: adminUrl, APISIX_ADMIN_KEY: key, GATEWAY_URL: gatewayUrl } = named.values;
  return {
    name: `APISIX at ${new URL(adminUrl).host}`,
    async open() {
      return {
        adminUrl,
        adminKey: key,
        gatewayUrl,
        here: env['APISIX_CONTRACT_HOST'] || '127.0.0.1',
        async pass(seconds) {
          await sleep(seconds * 1000);
        },
        async close() {},
      };
    },
  };
}

/**
 * The twin, or where it is asked for a real APISIX, one that nothing else uses; none where that is not named. Where it
 * does not run on this machine, `APISIX_CONTRACT_HOST` is where it reaches this machine.
 */
export function apisixTargets(env: NodeJS.ProcessEnv): readonly ApisixTarget[] {
  if (contractAgainst(env) === 'twins') return [twin];
  const real = realOne(env);
  return real === undefined ? [] : [real];
}

/** A port where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 1;
}

/** Looks until it holds: a change needs a moment to reach every worker of a gateway. */
export async function eventually<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  const deadline = performance.now() + 8000;
  for (;;) {
    const seen = await look();
    if (holds(seen) || performance.now() > deadline) return seen;
    await sleep(20);
  }
}
