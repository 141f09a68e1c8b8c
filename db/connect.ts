import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

export interface DatabaseConnection {
  readonly db: Database;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * A pool and the typed query builder on it.
 *
 * @param onIdleError is told when an idle connection breaks; without it the process would end.
 */
export function connectDatabase(
  url: string,
  options: { max: number; onIdleError: (error: Error) => void; statementTimeoutMs?: number },
): DatabaseConnection {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    connectionTimeoutMillis: 5000,
    statement_timeout: options.statementTimeoutMs ?? 15_000,
    application_name: 'latchkey',
  });
  pool.on('error', options.onIdleError);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, close: () => db.destroy() };
}
