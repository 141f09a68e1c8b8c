import { sql } from 'kysely';
import type { Phase } from '../../workflows/contract/session.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import { fits, type SessionFilter } from './session-filter.ts';

/** A session with its client and its order, as its tenant's operator sees it. */
function sessionRows(db: Database) {
  return db
    .selectFrom('sessions')
    .innerJoin('clients', 'clients.id', 'sessions.client_id')
    .innerJoin('orders', (join) =>
      join
        .onRef('orders.saleor_domain', '=', 'sessions.saleor_domain')
        .onRef('orders.order_id', '=', 'sessions.order_id'),
    )
    .select([
      'sessions.session_key',
      'sessions.workflow_id',
      'sessions.slug',
      'sessions.start_state',
      'sessions.phase',
      'sessions.outcome',
      'sessions.needs_attention',
      'sessions.product_name',
      'sessions.variant_name',
      'sessions.client_id',
      'sessions.saleor_domain',
      'sessions.order_id',
      'sessions.line_id',
      'sessions.unit',
      'sessions.ticket_id',
      'sessions.ticket_number',
      'sessions.amount',
      'sessions.currency',
      'sessions.event_type',
      'sessions.time_zone',
      'sessions.language',
      'sessions.refused',
      'sessions.starts_at',
      'sessions.ends_at',
      'sessions.cutoff_at',
      'sessions.intended_at',
      'sessions.updated_at',
      'orders.number as order_number',
      'clients.email',
      'clients.first_name',
      'clients.last_name',
      'sessions.provider',
    ]);
}

export type SessionRow = Awaited<ReturnType<ReturnType<typeof sessionRows>['executeTakeFirstOrThrow']>>;

/** Undefined also for a session of another tenant. */
export async function findSessionRow(
  db: Database,
  tenantId: number,
  key: SessionKey,
): Promise<SessionRow | undefined> {
  return sessionRows(db)
    .where('sessions.session_key', '=', key)
    .where('sessions.tenant_id', '=', tenantId)
    .executeTakeFirst();
}

/** `created`: the newest first. `starts`: the next one first, those without a time last. */
export type SessionOrder = 'created' | 'starts';

/** Where the page before ended. */
export interface SessionPlace {
  /** Of what the list is ordered by; null: it has no start. */
  readonly at: Date | null;
  readonly key: SessionKey;
}

/** The value by which a row stands where it stands. */
export function placeOf(row: SessionRow, order: SessionOrder): SessionPlace {
  return { at: order === 'created' ? row.intended_at : row.starts_at, key: row.session_key };
}

function inOrder(db: Database, order: SessionOrder, after: SessionPlace | null) {
  const rows = sessionRows(db);
  if (order === 'created')
    return rows
      .$if(after !== null, (query) =>
        query.where(
          sql<boolean>`(sessions.intended_at, sessions.session_key) < (${after?.at}, ${after?.key})`,
        ),
      )
      .orderBy('sessions.intended_at', 'desc')
      .orderBy('sessions.session_key', 'desc');
  return rows
    .$if(after !== null, (query) =>
      query.where((is) => {
        if (after === null || after.at === null)
          return is.and([
            is('sessions.starts_at', 'is', null),
            is('sessions.session_key', '>', after?.key ?? ('' as SessionKey)),
          ]);
        return is.or([
          sql<boolean>`(sessions.starts_at, sessions.session_key) > (${after.at}, ${after.key})`,
          is('sessions.starts_at', 'is', null),
        ]);
      }),
    )
    .orderBy('sessions.starts_at', (by) => by.asc().nullsLast())
    .orderBy('sessions.session_key');
}

/** A page of a tenant's sessions that fit. */
export async function listSessions(
  db: Database,
  page: {
    readonly tenantId: number;
    readonly filter: SessionFilter;
    readonly order: SessionOrder;
    readonly after: SessionPlace | null;
    readonly limit: number;
  },
): Promise<readonly SessionRow[]> {
  return inOrder(db, page.order, page.after)
    .where((is) => fits(is, page.tenantId, page.filter))
    .limit(page.limit)
    .execute();
}

/** How many of a tenant's sessions fit, by phase. */
export async function countSessions(
  db: Database,
  tenantId: number,
  filter: SessionFilter,
): Promise<ReadonlyMap<Phase, number>> {
  const rows = await db
    .selectFrom('sessions')
    .select(['phase', (count) => count.fn.countAll<string>().as('many')])
    .where((is) => fits(is, tenantId, filter))
    .groupBy('phase')
    .execute();
  return new Map(rows.map(({ phase, many }) => [phase, Number(many)]));
}
