import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';

export const TEMPLATE_DATABASE = 'template_app';

export interface TestDatabase {
  readonly url: string;
  readonly connection: DatabaseConnection;
  /** Closes the connection and drops the database, whoever is still connected. */
  drop(): Promise<void>;
}

function serverUrl(database: string): string {
  const url = process.env['LATCHKEY_TEST_POSTGRES'];
  if (!url) throw new Error(`no PostgreSQL for tests: ${process.env['LATCHKEY_TEST_POSTGRES_PROBLEM']}`);
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function asOwner(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl('postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A database of its own with the newest schema and no rows, on the test run's PostgreSQL. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  // Copying the files costs a twentieth of writing each page to a log that nobody will recover from.
  await asOwner(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE} STRATEGY FILE_COPY`);
  const url = serverUrl(name);
  // An idle connection breaks when a test ends the server or drops the database; that is no failure.
  const connection = connectDatabase(url, { max: 10, onIdleError: () => undefined });
  return {
    url,
    connection,
    async drop() {
      await connection.close();
      await asOwner(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
