import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from '../../db/connect.ts';
import type { Tables } from '../../db/tables.ts';

/** Stands for a table that is read from end to end. */
export const WHOLE_TABLE = '(whole table)';

/** @param table the one that is looked at; the others are small. */
function namesIn(plan: unknown, table: string, found: Set<string>): void {
  if (typeof plan !== 'object' || plan === null) return;
  if ('Index Name' in plan && typeof plan['Index Name'] === 'string') found.add(plan['Index Name']);
  if ('Node Type' in plan && plan['Node Type'] === 'Seq Scan' && 'Relation Name' in plan)
    if (plan['Relation Name'] === table) found.add(WHOLE_TABLE);
  for (const part of Object.values(plan)) namesIn(part, table, found);
}

/** PostgreSQL's own plans for what queries send it, by EXPLAIN. */
export interface Plans {
  /** The indexes that a piece of work reads, and `WHOLE_TABLE` where it reads the named one from end to end. */
  indexesOf(table: string, work: (db: Database) => Promise<unknown>): Promise<readonly string[]>;
  close(): Promise<void>;
}

export function openPlans(url: string): Plans {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  // The server is stopped right after; whoever is still saying goodbye then is no failure.
  pool.on('error', () => undefined);
  let sent: { readonly sql: string; readonly parameters: readonly unknown[] }[] = [];
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => void sent.push(query),
  });
  return {
    async indexesOf(table, work) {
      sent = [];
      await work(db);
      const found = new Set<string>();
      for (const { sql, parameters } of sent) {
        const { rows } = await pool.query(`explain (format json) ${sql}`, [...parameters]);
        namesIn(rows, table, found);
      }
      return [...found].sort();
    },
    close: () => db.destroy(),
  };
}
