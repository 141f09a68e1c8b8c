import type { DatabaseConnection } from '../../db/connect.ts';
import { pendingMigrations } from '../../db/migrate.ts';
import { hearsItself } from '../../db/own-session.ts';
import type { Check } from '../../integrations/setup/check.ts';

/** Shorter than a check may take, so that its own words are told. */
const HEAR_MS = 2000;

export function postgresChecks(database: DatabaseConnection, url: string): readonly Check[] {
  return [
    {
      name: 'postgres-answers',
      subject: 'PostgreSQL answers at `DATABASE_URL`',
      remedy: 'Check `DATABASE_URL`: address, name of the database, user and password.',
      after: [],
      async look() {
        const { rows } = await database.pool.query<{ server_version: string }>('show server_version');
        return { status: 'ok', message: `PostgreSQL ${rows[0]?.server_version ?? ''}`.trim() };
      },
    },
    {
      name: 'postgres-session',
      subject: 'A connection is a session of its own: LISTEN works',
      remedy:
        'Let `DATABASE_URL` lead to PostgreSQL itself, or to a pooler of sessions (PgBouncer: `pool_mode = session`).',
      after: ['postgres-answers'],
      async look() {
        return (await hearsItself(url, HEAR_MS))
          ? { status: 'ok', message: 'A connection that listens hears' }
          : {
              status: 'failed',
              message: 'A connection that listens hears nothing: a pooler of transactions is in between',
            };
      },
    },
    {
      name: 'postgres-migrations',
      subject: 'The schema is up to date',
      remedy: 'Run `npm run migrate`, or `npm run provision -- --only postgres`.',
      after: ['postgres-answers'],
      async look() {
        const pending = await pendingMigrations(database.db);
        return pending.length === 0
          ? { status: 'ok', message: 'The schema is up to date' }
          : { status: 'failed', message: `Migrations that were not run: ${pending.join(', ')}` };
      },
    },
  ];
}
