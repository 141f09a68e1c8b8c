import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApisixTwin } from '../../integrations/apisix/twin.ts';
import { adminKey } from './apisix-support.ts';

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

function realOne(env: NodeJS.ProcessEnv): ApisixTarget | undefined {
  const { APISIX_ADMIN_URL: adminUrl, APISIX_ADMIN_KEY: key, GATEWAY_URL: gatewayUrl } = env;
  if (!adminUrl) return undefined;
  if (!key || !gatewayUrl)
    throw new Error('APISIX_ADMIN_URL is set: set APISIX_ADMIN_KEY and GATEWAY_URL too');
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

/** The twin always; a real APISIX, one that nothing else uses, when the environment names it. */
export function apisixTargets(env: NodeJS.ProcessEnv): readonly ApisixTarget[] {
  const real = realOne(env);
  if (real !== undefined) return [twin, real];
  process.stderr.write(
    'APISIX contract: against the twin only. For a real one set APISIX_ADMIN_URL, APISIX_ADMIN_KEY, GATEWAY_URL' +
      ' and, unless it runs on this machine, APISIX_CONTRACT_HOST (where it reaches this machine).\n',
  );
  return [twin];
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
