import { connectDatabase } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { ConfigurationError, loadLocalConfig } from '../platform/config.ts';
import { environment } from '../platform/environment.ts';
import { runScript } from './arguments.ts';

const LONG_MS = 10 * 60 * 1000;

await runScript(
  {
    command: 'npm run migrate',
    summary:
      'Brings the schema of the PostgreSQL at DATABASE_URL up to date. Safe while others do the same; ' +
      'every process also does it when it starts.',
  },
  async () => {
    const { databaseUrl } = loadLocalConfig(environment());
    if (!databaseUrl)
      throw new ConfigurationError([
        {
          variable: 'DATABASE_URL',
          problem: 'is not set: where PostgreSQL is; `npm start` runs and migrates its own',
        },
      ]);
    const connection = connectDatabase(databaseUrl, {
      max: 2,
      onIdleError: () => undefined,
      statementTimeoutMs: LONG_MS,
    });
    try {
      const run = await migrate(connection.db);
      return {
        ok: true,
        lines: run.length > 0 ? run.map((name) => `ran ${name}`) : ['The schema is up to date.'],
        json: { ok: true, ran: run },
      };
    } finally {
      await connection.close();
    }
  },
);
