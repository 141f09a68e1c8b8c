import { type Kysely, Migrator } from 'kysely';
import { sessionsMigration } from './migrations/0001-sessions.ts';
import { gateMigration } from './migrations/0002-gate.ts';
import { requestsMigration } from './migrations/0003-requests.ts';
import { nothingLostMigration } from './migrations/0004-nothing-lost.ts';
import { vendorPaceMigration } from './migrations/0005-vendor-pace.ts';
import { sessionProviderMigration } from './migrations/0006-session-provider.ts';
import { saleorAppsMigration } from './migrations/0007-saleor-apps.ts';
import { gatewayEventsMigration } from './migrations/0008-gateway-events.ts';
import { withdrawableLinksMigration } from './migrations/0009-withdrawable-links.ts';
import { operatorsMigration } from './migrations/0010-operators.ts';
import { inboxTraceMigration } from './migrations/0011-inbox-trace.ts';
import { standingMigration } from './migrations/0014-standing.ts';
import { lateChangesMigration } from './migrations/0015-late-changes.ts';
import { attentionsMigration } from './migrations/0016-attentions.ts';
import type { Tables } from './tables.ts';

const migrations = {
  '0001-sessions': sessionsMigration,
  '0002-gate': gateMigration,
  '0003-requests': requestsMigration,
  '0004-nothing-lost': nothingLostMigration,
  '0005-vendor-pace': vendorPaceMigration,
  '0006-session-provider': sessionProviderMigration,
  '0007-saleor-apps': saleorAppsMigration,
  '0008-gateway-events': gatewayEventsMigration,
  '0009-withdrawable-links': withdrawableLinksMigration,
  '0010-operators': operatorsMigration,
  '0011-inbox-trace': inboxTraceMigration,
  '0014-standing': standingMigration,
  '0015-late-changes': lateChangesMigration,
  '0016-attentions': attentionsMigration,
};

const migratorOf = (db: Kysely<Tables>): Migrator =>
  new Migrator({ db, provider: { getMigrations: async () => migrations } });

/** The names of the migrations that were not run yet, oldest first. Changes nothing. */
export async function pendingMigrations(db: Kysely<Tables>): Promise<readonly string[]> {
  const all = await migratorOf(db).getMigrations();
  return all.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

/**
 * Brings the schema up to date. Safe when several processes start at once: kysely holds an advisory lock.
 *
 * @returns the names of the migrations that were run, oldest first.
 */
export async function migrate(db: Kysely<Tables>): Promise<readonly string[]> {
  const { error, results } = await migratorOf(db).migrateToLatest();
  if (error) throw error;
  return (results ?? []).map((result) => result.migrationName);
}
