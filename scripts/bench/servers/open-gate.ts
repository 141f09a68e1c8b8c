import { composeGate, type Gate } from '../../../api/composition/gate.ts';
import { connectDatabase, type DatabaseConnection } from '../../../db/connect.ts';
import { systemClock } from '../../../platform/clock.ts';
import { loadConfig } from '../../../platform/config.ts';
import type { Key } from '../../../platform/keys.ts';
import type { Logger } from '../../../platform/log.ts';
import { createPublishedEngine } from './published-engine.ts';

export interface GateSettings {
  readonly databaseUrl: string;
  readonly gatewaySecret: string;
  readonly cookieKey: Key;
}

export interface BenchGate extends Gate {
  readonly database: DatabaseConnection;
  close(): Promise<void>;
}

/** A replica's gate as the API composes it, with the stand-in for Temporal. */
export async function openBenchGate(settings: GateSettings, log: Logger): Promise<BenchGate> {
  const { id, secret } = settings.cookieKey;
  const config = loadConfig({
    LATCHKEY_ENV: 'development',
    DATABASE_URL: settings.databaseUrl,
    GATEWAY_SECRET: settings.gatewaySecret,
    COOKIE_KEYS: `${id}:${Buffer.from(secret).toString('base64')}`,
  });
  const database = connectDatabase(config.database.url, {
    max: config.database.poolMax,
    onIdleError: () => undefined,
  });
  const engine = createPublishedEngine(database.db);
  const gate = await composeGate(config, { database, engine, clock: systemClock, log });
  return {
    ...gate,
    database,
    async close() {
      await gate.held.close();
      await gate.forwardAuth.settled();
      await database.close();
    },
  };
}
