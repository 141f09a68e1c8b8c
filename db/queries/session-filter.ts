import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql } from 'kysely';
import type { Outcome, Phase } from '../../workflows/contract/session.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Tables } from '../tables.ts';

/** Which of a tenant's sessions. Everything that is given must fit; from is inside, to is not. */
export interface SessionFilter {
  readonly phase?: Phase | undefined;
  readonly outcome?: Outcome | undefined;
  readonly attention?: boolean | undefined;
  /** Whether a late change waits for its decision, as far as the timeline has it. */
  readonly late_change?: boolean | undefined;
  readonly starts_from?: Date | undefined;
  readonly starts_to?: Date | undefined;
  readonly created_from?: Date | undefined;
  readonly created_to?: Date | undefined;
  /** Part of the client's name or address, or of the product's name; or a whole order's or ticket's number. */
  readonly term?: string | undefined;
}

/** `%` and `_` stand for themselves. */
function within(term: string): string {
  return `%${term.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

/** One question per index: joined by `or`, none of them would be used. */
function found(tenantId: number, term: string) {
  const part = within(term);
  return sql<SessionKey>`(
    select session_key from sessions where tenant_id = ${tenantId} and lower(product_name) like ${part}
    union
    select session_key from sessions where tenant_id = ${tenantId} and ticket_number = ${term}
    union
    select session_key from sessions join clients on clients.id = sessions.client_id
    where clients.tenant_id = ${tenantId}
      and lower(clients.first_name || ' ' || clients.last_name || ' ' || clients.email) like ${part}
    union
    select session_key from sessions join orders using (saleor_domain, order_id)
    where orders.tenant_id = ${tenantId} and orders.number = ${term}
  )`;
}

/** What the rules call the beginning of a late change, as in the index `timeline_late_changes`, … */
const LATE_BEGUN = sql`('late-change', 'late-change-requested')`;
/** … and what ends one: an answer, or another time. */
const LATE_OVER = sql`(
  'late-change-approved', 'late-change-declined', 'late-change-withdrawn', 'approved-by-default',
  'declined-by-default', 'approved-by-grace', 'booked', 'moved', 'freed'
)`;

function lateChangePending() {
  return sql<SqlBool>`(
    sessions.phase in ('scheduled', 'locked') and sessions.session_key in (
      select begun.session_key from timeline as begun
      where begun.reason in ${LATE_BEGUN} and not exists (
        select from timeline as later
        where later.session_key = begun.session_key and later.seq > begun.seq and later.reason in ${LATE_OVER}
      )
    )
  )`;
}

/** What a row of `sessions` must be to fit. */
export function fits(
  is: ExpressionBuilder<Tables, 'sessions'>,
  tenantId: number,
  filter: SessionFilter,
): ExpressionWrapper<Tables, 'sessions', SqlBool> {
  const { phase, outcome, attention, late_change: late, term } = filter;
  return is.and([
    is('sessions.tenant_id', '=', tenantId),
    ...(phase === undefined ? [] : [is('sessions.phase', '=', phase)]),
    ...(outcome === undefined ? [] : [is('sessions.outcome', '=', outcome)]),
    ...(attention === undefined ? [] : [is('sessions.needs_attention', '=', attention)]),
    ...(late === undefined ? [] : [late ? lateChangePending() : is.not(lateChangePending())]),
    ...(filter.starts_from === undefined ? [] : [is('sessions.starts_at', '>=', filter.starts_from)]),
    ...(filter.starts_to === undefined ? [] : [is('sessions.starts_at', '<', filter.starts_to)]),
    ...(filter.created_from === undefined ? [] : [is('sessions.intended_at', '>=', filter.created_from)]),
    ...(filter.created_to === undefined ? [] : [is('sessions.intended_at', '<', filter.created_to)]),
    ...(term === undefined ? [] : [is('sessions.session_key', 'in', found(tenantId, term.trim()))]),
  ]);
}
