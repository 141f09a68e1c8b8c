// A whole stack with its vendors' twins, on the bench's own PostgreSQL and Temporal.
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { environment } from '../../../platform/environment.ts';
import type { Key } from '../../../platform/keys.ts';
import { createLogger } from '../../../platform/log.ts';
import type { StackAddresses } from '../../stack/addresses.ts';
import { apartFromOthers } from '../../stack/apart.ts';
import { type Stack, startStack } from '../../stack/start-stack.ts';
import { answerParent } from '../child.ts';

export interface StackOrder {
  readonly folder: string;
  readonly temporalAddress: string;
  readonly databaseUrl: string;
  /** That of the bench, so that it can read what the stack's workflows return. */
  readonly payloadKey: Key;
}

let stack: Stack | undefined;

const tasks = {
  async start({ folder, temporalAddress, databaseUrl, payloadKey }: StackOrder): Promise<StackAddresses> {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
      shutdownSignals: [],
    });
    stack = await startStack({
      env: {
        ...apartFromOthers(environment(), folder),
        TEMPORAL_ADDRESS: temporalAddress,
        DATABASE_URL: databaseUrl,
        PAYLOAD_KEYS: `${payloadKey.id}:${Buffer.from(payloadKey.secret).toString('base64')}`,
      },
      log: createLogger({ level: 'error', pretty: false, name: 'bench' }),
      progress: () => undefined,
      onDownload: () => undefined,
    });
    return stack.addresses;
  },
  close: async () => {
    await stack?.close();
  },
};
export type StackTasks = typeof tasks;

answerParent(tasks);
