import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { connectDatabase } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { startPostgres } from '../../scripts/servers/postgres.ts';
import { showProgress } from '../../scripts/servers/progress.ts';
import { resolveTemporalCli, resolveTestServer } from '../../scripts/servers/temporal-binary.ts';
import { writeSessionBundle } from './bundle.ts';
import { keepFolder, keepPostgres } from './kept-servers.ts';
import { TEMPLATE_DATABASE } from './postgres.ts';

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function migrateTemplate(url: string): Promise<void> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await owner.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await owner.end();
  const template = new URL(url);
  template.pathname = `/${TEMPLATE_DATABASE}`;
  const connection = connectDatabase(template.href, { max: 2, onIdleError: () => undefined });
  await migrate(connection.db);
  // A database that somebody is connected to cannot be a template.
  await connection.close();
}

async function setUpPostgres(folder: string): Promise<void> {
  const server = await startPostgres({
    dataDir: join(folder, 'postgres'),
    port: 0,
    log: () => undefined,
    fast: true,
    path: process.env['PATH'],
  });
  keepPostgres(server);
  await migrateTemplate(server.url);
  process.env['LATCHKEY_TEST_POSTGRES'] = server.url;
}

/**
 * Runs once before all test files: one PostgreSQL with a migrated template, the Temporal executables, the bundled
 * workflow code. A server that cannot be had fails only the tests that need it, with the reason.
 */
export default async function globalSetup(): Promise<void> {
  const onProgress = showProgress(process.stderr);
  const binary = async (variable: string, resolve: typeof resolveTemporalCli) => {
    try {
      process.env[variable] = await resolve({ env: process.env, onProgress });
    } catch (error) {
      process.env[`${variable}_PROBLEM`] = messageOf(error);
    }
  };
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  keepFolder(folder);
  await Promise.all([
    writeSessionBundle(join(folder, 'workflows.js')),
    setUpPostgres(folder).catch((error: unknown) => {
      process.env['LATCHKEY_TEST_POSTGRES_PROBLEM'] = messageOf(error);
    }),
    binary('LATCHKEY_TEST_TEMPORAL_CLI', resolveTemporalCli),
    binary('LATCHKEY_TEST_TEMPORAL_TEST_SERVER', resolveTestServer),
  ]);
}
