import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

export interface DatabaseConnection {
  readonly db: Database;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

const LINK_GRACE_MS = 2000;
const CLOSE_WITHIN_MS = 5000;

/**
 * A pool and the typed query builder on it.
 *
 * @param onIdleError is told when an idle connection breaks; without it the process would end.
 */
export function connectDatabase(
  url: string,
  options: { max: number; onIdleError: (error: Error) => void; statementTimeoutMs?: number },
): DatabaseConnection {
  const statementTimeoutMs = options.statementTimeoutMs ?? 15_000;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    connectionTimeoutMillis: 5000,
    statement_timeout: statementTimeoutMs,
    // The server's own limit does nothing for a link on which nothing arrives any more.
    query_timeout: statementTimeoutMs + LINK_GRACE_MS,
    keepAlive: true,
    application_name: 'latchkey',
  });
  pool.on('error', options.onIdleError);
  // While a connection is checked out nobody else listens; its query is rejected anyway.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: withoutLostLinks(pool) }) });
  return { db, pool, close: () => closeWithin(CLOSE_WITHIN_MS, db) };
}

/** pg has no code for it. */
const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';

/**
 * The same pool, but a link on which nothing was answered is closed instead of handed to the next one: it may be dead
 * for a quarter of an hour before the system says so, and everyone who got it would wait.
 */
function withoutLostLinks(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      let isLost = false;
      const ask = async (sql: string, parameters: readonly unknown[]) => {
        try {
          return await client.query(sql, [...parameters]);
        } catch (error) {
          isLost ||= isUnanswered(error);
          throw error;
        }
      };
      const link: PostgresPoolClient = Object.create(client, {
        query: { value: ask },
        release: { value: () => client.release(isLost) },
      });
      return link;
    },
    end: () => pool.end(),
  };
}

/** Saying goodbye to a server that does not answer takes for ever; the process that asks for it is about to end. */
async function closeWithin(ms: number, db: Database): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([db.destroy(), late]);
  } finally {
    clearTimeout(timer);
  }
}
