import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { GatewayEventsTable } from '../tables.ts';

/** Refusals that are kept of one session; two batches at once may go a few beyond it. */
export const MOST_REFUSALS = 100;

/** What is worth keeping of a request that the gateway told of. */
export interface GatewayEvent {
  readonly slug: string;
  /** The same entry of the same session is kept once. */
  readonly entry: string;
  readonly event: GatewayEventsTable['event'];
  readonly status: number;
  readonly at: Date;
}

export interface KeptGatewayEvents {
  readonly kept: number;
  /** Were there already. */
  readonly repeated: number;
  /** Of a session that has `MOST_REFUSALS`. */
  readonly full: number;
  /** Of no session. */
  readonly unknown: number;
}

/** In one statement, however many there are. @param events no two of one slug and entry. */
export async function keepGatewayEvents(
  db: Database,
  events: readonly GatewayEvent[],
): Promise<KeptGatewayEvents> {
  const { rows } = await sql<{ known: number; fresh: number; kept: number }>`
    with told as (
      select * from unnest(
        ${events.map((one) => one.slug)}::text[], ${events.map((one) => one.entry)}::text[],
        ${events.map((one) => one.event)}::text[], ${events.map((one) => one.status)}::integer[],
        ${events.map((one) => one.at)}::timestamptz[]
      ) as told (slug, entry, event, status, at)
    ), known as (
      select s.session_key, told.* from told join sessions s on s.slug = told.slug
    ), fresh as (
      select known.*,
        row_number() over (partition by session_key, event order by at) + (
          select count(*) from gateway_events e
          where e.session_key = known.session_key and e.event = known.event
        ) as place
      from known
      where not exists (
        select from gateway_events e where e.session_key = known.session_key and e.entry = known.entry
      )
    ), kept as (
      insert into gateway_events (session_key, entry, at, event, status)
      select session_key, entry, at, event, status from fresh
      where place <= ${MOST_REFUSALS}
      -- Two batches that name the same sessions wait for each other in one order.
      order by session_key, entry
      on conflict do nothing
      returning 1
    )
    select (select count(*) from known)::integer as known, (select count(*) from fresh)::integer as fresh,
      (select count(*) from kept)::integer as kept
  `.execute(db);
  const { known, fresh, kept } = rows[0] ?? { known: 0, fresh: 0, kept: 0 };
  return { kept, repeated: known - fresh, full: fresh - kept, unknown: events.length - known };
}
