import { type RawBuilder, sql } from 'kysely';
import type { Phase } from '../../workflows/contract/session.ts';
import type { Database } from '../connect.ts';
import type { InboxSource } from '../tables.ts';

interface Waiting {
  readonly count: number;
  /** Of the one that waits longest; 0 without any. */
  readonly oldestSeconds: number;
}

/** How the whole installation stands: counts and ages, nobody's names. */
export interface Standing {
  readonly inbox: readonly (Waiting & {
    readonly source: InboxSource;
    readonly state: 'stored' | 'quarantined';
  })[];
  readonly openSessions: readonly { readonly phase: Phase; readonly count: number }[];
  /** Paid, and without a run. */
  readonly unstarted: Waiting;
  readonly attention: readonly (Waiting & {
    readonly kind: 'session' | 'booking';
    readonly code: string;
  })[];
  readonly lateChanges: Waiting & {
    /** Those whose deadline is near. */
    readonly dueSoon: number;
  };
  readonly webhooksOut: Waiting;
  /** Revocations whose workflow has not heard of them. */
  readonly untold: number;
}

const SOURCES = ['saleor', 'calendly', 'calcom', 'zammad'] as const satisfies readonly InboxSource[];
const STATES = ['stored', 'quarantined'] as const;
const OPEN = [
  'opening',
  'awaiting-booking',
  'scheduled',
  'locked',
  'settling',
] as const satisfies readonly Phase[];

interface Row {
  readonly what:
    | 'inbox'
    | 'open'
    | 'unstarted'
    | 'session'
    | 'booking'
    | 'late'
    | 'due-soon'
    | 'out'
    | 'untold';
  readonly one: string | null;
  readonly other: string | null;
  readonly count: number;
  readonly since: Date | null;
}

/**
 * Counts what is open. Each part reads an index of only that, so that it costs nothing to have been in business for long.
 *
 * @param soon until when a deadline is near.
 */
export const standingQuery = (soon: Date): RawBuilder<Row> => sql<Row>`
    select 'inbox' as what, source as one, status as other, count(*)::float8 as count, min(received_at) as since
      from inbox where status = 'stored' group by source, status
    union all
    select 'inbox', source, status, count(*)::float8, min(received_at)
      from inbox where status = 'quarantined' group by source, status
    union all
    select 'open', phase, null, count(*)::float8, null from sessions where phase <> 'ended' group by phase
    union all
    select 'unstarted', null, null, count(*)::float8, min(intended_at) from sessions where start_state = 'intended'
    union all
    select 'session', one, null, count(*)::float8, min(since) from (
      select coalesce(raised ->> 'code', 'unknown') as one,
        coalesce(to_timestamp((raised ->> 'since')::float8 / 1000), updated_at) as since
      from sessions left join lateral jsonb_array_elements(attention) as raised on true
      where needs_attention
    ) as raised group by one
    union all
    select 'booking', 'unknown', null, count(*)::float8, min(updated_at) from bookings
      where needs_attention and deleted_at is null having count(*) > 0
    union all
    select 'late', null, null, count(*)::float8, min(late_requested_at) from sessions where late_deadline is not null
    union all
    select 'due-soon', null, null, count(*)::float8, null from sessions where late_deadline <= ${soon}
    union all
    select 'out', null, null, count(*)::float8, min(created_at) from webhook_deliveries where status = 'pending'
    union all
    select 'untold', null, null, count(*)::float8, null from revocations
      where session_key is not null and delivered_at is null
  `;

/**
 * How everything stands.
 *
 * @param at the moment that ages are counted to, and deadlines from.
 * @param soonMs how near a late change's deadline is near.
 */
export async function readStanding(db: Database, at: Date, soonMs: number): Promise<Standing> {
  const { rows } = await standingQuery(new Date(at.getTime() + soonMs)).execute(db);
  const waiting = (row: Row | undefined): Waiting => ({
    count: row?.count ?? 0,
    oldestSeconds: row?.since ? Math.max(0, at.getTime() - row.since.getTime()) / 1000 : 0,
  });
  const find = (what: Row['what'], one: string | null = null, other: string | null = null): Row | undefined =>
    rows.find((row) => row.what === what && row.one === one && row.other === other);
  const raised = (kind: 'session' | 'booking') =>
    rows.flatMap((row) =>
      row.what === kind && row.one !== null ? [{ kind, code: row.one, ...waiting(row) }] : [],
    );
  return {
    inbox: SOURCES.flatMap((source) =>
      STATES.map((state) => ({ source, state, ...waiting(find('inbox', source, state)) })),
    ),
    openSessions: OPEN.map((phase) => ({ phase, count: find('open', phase)?.count ?? 0 })),
    unstarted: waiting(find('unstarted')),
    attention: [...raised('session'), ...raised('booking')],
    lateChanges: { ...waiting(find('late')), dueSoon: find('due-soon')?.count ?? 0 },
    webhooksOut: waiting(find('out')),
    untold: find('untold')?.count ?? 0,
  };
}
