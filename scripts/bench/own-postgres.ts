import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { startPostgres } from '../servers/postgres.ts';

export interface OwnPostgres {
  readonly url: string;
  readonly db: Database;
  /** What is opened on it is closed before it, last to first. */
  readonly closeLater: (close: () => Promise<void>) => void;
}

/** Benches on a PostgreSQL that is made for it, migrated, and gone afterwards. */
export async function onOwnPostgres<Result>(
  options: { readonly path: string | undefined; readonly progress: (line: string) => void },
  bench: (postgres: OwnPostgres) => Promise<Result>,
): Promise<Result> {
  const { progress } = options;
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // Also where the process is ended in the middle.
  process.once('exit', remove);
  const opened: (() => Promise<void>)[] = [async () => remove()];
  try {
    const postgres = await startPostgres({
      dataDir: join(folder, 'postgres'),
      port: 0,
      log: progress,
      path: options.path,
    });
    opened.push(() => postgres.close());
    const database = connectDatabase(postgres.url, { max: 4, onIdleError: () => undefined });
    opened.push(() => database.close());
    await migrate(database.db);
    return await bench({
      url: postgres.url,
      db: database.db,
      closeLater: (close) => void opened.push(close),
    });
  } finally {
    for (const close of opened.toReversed()) await close().catch((error: unknown) => progress(String(error)));
  }
}
