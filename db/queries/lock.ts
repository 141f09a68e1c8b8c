import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** An advisory lock that ends with the transaction; `name` is hashed, so it may hold an address. */
export async function lockUntilCommit(trx: Database, name: string): Promise<void> {
  const key = createHash('sha256').update(name).digest().readBigInt64BE();
  await sql`select pg_advisory_xact_lock(${key.toString()}::bigint)`.execute(trx);
}
