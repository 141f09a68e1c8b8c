import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';

/** Of these keys, those of sessions that are not over. */
export async function openAmong(db: Database, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await db
    .selectFrom('sessions')
    .select('session_key')
    .where('session_key', 'in', keys as readonly SessionKey[])
    .where('start_state', '!=', 'ended')
    .execute();
  return new Set(rows.map((row) => row.session_key));
}
