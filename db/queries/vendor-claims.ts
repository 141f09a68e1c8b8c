import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { CodedFailure } from '../../platform/failures.ts';
import type { Database } from '../connect.ts';

/** A vendor's call ends within 5 s; this is a little longer, for what is read and stored around it. */
const ONE_CALL_MS = 8000;

/** Between two looks at a claim that somebody else has. Waits differ, so that those who wait do not all come at once. */
const WAIT_MS = { least: 100, most: 200 } as const;

/** PostgreSQL's clock alone says when a lease is over: those who claim run on several machines. */
async function takeClaim(db: Database, key: string, holder: string, leaseMs: number): Promise<boolean> {
  const taken = await sql`
    insert into link_claims (key, holder, until)
    values (${key}, ${holder}, now() + ${leaseMs} * interval '1 millisecond')
    on conflict (key) do update set holder = excluded.holder, until = excluded.until
    where link_claims.until < now()
    returning key
  `.execute(db);
  return taken.rows.length === 1;
}

async function awaitClaim(db: Database, key: string, holder: string, leaseMs: number): Promise<void> {
  const deadline = performance.now() + leaseMs;
  while (!(await takeClaim(db, key, holder, leaseMs))) {
    if (performance.now() >= deadline)
      throw new CodedFailure('vendor-timeout', `others have kept the claim of ${key} all the time`);
    await sleep(WAIT_MS.least + Math.random() * (WAIT_MS.most - WAIT_MS.least));
  }
}

async function giveBack(db: Database, key: string, holder: string): Promise<void> {
  try {
    await db.deleteFrom('link_claims').where('key', '=', key).where('holder', '=', holder).execute();
  } catch {
    // The lease ends by itself, and what the work came to counts more.
  }
}

/**
 * Does work that a vendor is called in, one caller at a time, and keeps no connection and no lock while the vendor is
 * silent. A claim that its holder never gave back ends by itself. So a holder that stood still may come to beside the
 * next one: whoever stores must check again that what they read is still so.
 *
 * @param db no transaction: nobody else would see the claim.
 * @param leaseMs longer than the work can take. Default: that of one call.
 * @throws {CodedFailure} `vendor-timeout` when others had the claim for as long as one lease.
 */
export async function underVendorClaim<T>(
  db: Database,
  key: string,
  work: () => Promise<T>,
  leaseMs: number = ONE_CALL_MS,
): Promise<T> {
  const holder = randomUUID();
  await awaitClaim(db, key, holder, leaseMs);
  try {
    return await work();
  } finally {
    await giveBack(db, key, holder);
  }
}
