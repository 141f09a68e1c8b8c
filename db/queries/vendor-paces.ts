import { sql } from 'kysely';
import type { PaceStore } from '../../platform/vendor-pace/pace.ts';
import type { Database } from '../connect.ts';

const ms = (value: number) => sql`${value} * interval '1 millisecond'`;

/** Who has to wait until after this is not served, but told when to come again. */
const limit = (roomMs: number, patienceMs: number) => sql`pace.next_at - excluded.asked_at
  <= ${ms(roomMs + patienceMs)}`;

/**
 * The turns of a vendor's requests, one row per vendor, by PostgreSQL's clock. Each turn is one statement that moves
 * the row on, so that two processes never have the same one. Who is told to come again joins a line with the same
 * spacing: they come back as fast as they can be served, and not all at once.
 */
export function vendorPaceStore(db: Database): PaceStore {
  return {
    async takeTurn(vendor, { intervalMs, roomMs }, patienceMs) {
      const near = limit(roomMs, patienceMs);
      const { rows } = await sql<{ granted: boolean; wait_ms: number }>`
        insert into vendor_paces as pace (vendor, next_at, line_at, asked_at, granted)
        values (${vendor}, clock_timestamp() + ${ms(intervalMs)}, clock_timestamp(), clock_timestamp(), true)
        on conflict (vendor) do update set
          asked_at = excluded.asked_at,
          granted = ${near},
          next_at = case when ${near}
            then greatest(pace.next_at, excluded.asked_at) + ${ms(intervalMs)}
            else pace.next_at end,
          line_at = case when ${near}
            then pace.line_at
            else greatest(pace.line_at, pace.next_at - ${ms(roomMs)}) + ${ms(intervalMs)} end
        returning granted, extract(epoch from
          case when granted then next_at - ${ms(intervalMs + roomMs)} else line_at end - asked_at
        )::float8 * 1000 as wait_ms
      `.execute(db);
      const [turn] = rows;
      if (turn === undefined) throw new Error('an upsert returns its row');
      return { kind: turn.granted ? 'now' : 'later', waitMs: Math.max(0, Math.ceil(turn.wait_ms)) };
    },

    async pause(vendor, { roomMs }, pauseMs) {
      const until = sql`clock_timestamp() + ${ms(pauseMs + roomMs)}`;
      await sql`
        insert into vendor_paces as pace (vendor, next_at, line_at, asked_at, granted)
        values (${vendor}, ${until}, clock_timestamp(), clock_timestamp(), false)
        on conflict (vendor) do update set next_at = greatest(pace.next_at, excluded.next_at)
      `.execute(db);
    },
  };
}
