import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { InboxStatus } from '../tables.ts';

/** Of these units, those without a row. */
export async function unitsWithoutRow(
  db: Database,
  keys: readonly SessionKey[],
): Promise<readonly SessionKey[]> {
  if (keys.length === 0) return [];
  const rows = await db
    .selectFrom('sessions')
    .select('session_key')
    .where('session_key', 'in', [...keys])
    .execute();
  const known = new Set(rows.map((row) => row.session_key));
  return keys.filter((key) => !known.has(key));
}

/** In which states webhooks of this correlation are. */
export async function inboxStatesOf(db: Database, correlation: string): Promise<ReadonlySet<InboxStatus>> {
  const rows = await db
    .selectFrom('inbox')
    .select('status')
    .distinct()
    .where('source', '=', 'saleor')
    .where('correlation', '=', correlation)
    .execute();
  return new Set(rows.map((row) => row.status));
}

/** Sessions that were sold before this instant and have no run yet, the oldest first. */
export async function overdueStarts(
  db: Database,
  intendedBefore: Date,
  limit: number,
): Promise<readonly SessionKey[]> {
  const rows = await db
    .selectFrom('sessions')
    .select('session_key')
    .where('start_state', '=', 'intended')
    .where('intended_at', '<', intendedBefore)
    .orderBy('intended_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.session_key);
}
