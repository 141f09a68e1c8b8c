import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { msToTs } from '@temporalio/common/lib/time.js';
import { createLogger, type Logger } from '../../platform/log.ts';
import { type Stack, startStack } from '../../scripts/stack/start-stack.ts';
import { sessionBundle } from './bundle.ts';
import { TEST_PAYLOAD_KEYS } from './payload-keys.ts';
import { createTestDatabase } from './postgres.ts';
import { devServer } from './temporal.ts';

export interface TestEngine {
  readonly address: string;
  /** Makes a namespace of its own, so that stacks beside each other share only the server. */
  namespace(name: string): Promise<string>;
  close(): Promise<void>;
}

/** A real Temporal server for several stacks. */
export async function startEngine(): Promise<TestEngine> {
  const env = await devServer();
  const { connection } = env;
  return {
    address: env.address,
    async namespace(name) {
      await connection.workflowService.registerNamespace({
        namespace: name,
        workflowExecutionRetentionPeriod: msToTs('1 day'),
      });
      return name;
    },
    close: () => env.teardown(),
  };
}

const ANY_PORT = [
  'PORT',
  'INTERNAL_PORT',
  'CODEC_PORT',
  'SALEOR_TWIN_PORT',
  'ZAMMAD_TWIN_PORT',
  'APISIX_TWIN_ADMIN_PORT',
  'APISIX_TWIN_GATEWAY_PORT',
  'CALENDLY_TWIN_PORT',
  'CALCOM_TWIN_PORT',
  'MAIL_TWIN_PORT',
  'MAIL_TWIN_SMTP_PORT',
];

/** A whole stack with a database of its own on the test run's servers. */
export async function startTestStack(options: {
  engine: TestEngine;
  namespace?: string;
  worker?: 'here' | 'elsewhere';
  /** Default `left`: nothing runs but what the test asks for. */
  schedules?: 'ensured' | 'left';
  env?: Readonly<Record<string, string>>;
  /** What the stack writes; default: nothing. */
  log?: Logger;
}): Promise<Stack> {
  const database = await createTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-stack-'));
  const remove = async (): Promise<void> => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  const stack = await startStack({
    env: {
      PATH: process.env['PATH'],
      LATCHKEY_ENV: 'development',
      LATCHKEY_DATA: folder,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: options.engine.address,
      TEMPORAL_NAMESPACE: options.namespace ?? 'default',
      PAYLOAD_KEYS: TEST_PAYLOAD_KEYS,
      ...Object.fromEntries(ANY_PORT.map((name) => [name, '0'])),
      ...options.env,
    },
    log: options.log ?? createLogger({ level: 'silent', pretty: false }),
    progress: () => undefined,
    onDownload: () => undefined,
    bundle: await sessionBundle(),
    ...(options.worker ? { worker: options.worker } : {}),
    schedules: options.schedules ?? 'left',
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    ...stack,
    async close() {
      await stack.close();
      await remove();
    },
  };
}

export interface WorkerChild {
  /** SIGKILL: nothing is finished, nothing is said. */
  kill(): Promise<void>;
}

/** The worker's real process, as production runs it, from the built `dist`. */
export function spawnWorker(stack: Stack): WorkerChild {
  const main = fileURLToPath(new URL('../../dist/worker/main.js', import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...stack.env, LOG_LEVEL: 'silent' },
    stdio: 'ignore',
  });
  const exit = once(child, 'exit');
  return {
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
