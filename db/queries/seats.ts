import { sql } from 'kysely';
import type { Database } from '../connect.ts';

interface FixedStart {
  readonly variantId: string;
  readonly startsAt: number;
}

/** Two orders of one start count one after the other. Held until the transaction ends. */
export async function lockStarts(
  transaction: Database,
  saleorDomain: string,
  starts: readonly FixedStart[],
): Promise<void> {
  for (const { variantId, startsAt } of starts) {
    const name = `start|${saleorDomain}|${variantId}|${startsAt}`;
    await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(transaction);
  }
}

/** How many units have this start: of those that were called off, or moved away, none. */
export async function takenSeats(
  transaction: Database,
  saleorDomain: string,
  { variantId, startsAt }: FixedStart,
): Promise<number> {
  const { taken } = await transaction
    .selectFrom('sessions')
    .select(({ fn }) => fn.countAll<string>().as('taken'))
    .where('saleor_domain', '=', saleorDomain)
    .where('variant_id', '=', variantId)
    .where('starts_at', '=', new Date(startsAt))
    .where((row) => row.or([row('outcome', 'is', null), row('outcome', 'in', ['completed', 'no-show'])]))
    .executeTakeFirstOrThrow();
  return Number(taken);
}
