import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { PAID_ELSEWHERE } from '../../platform/paid-elsewhere.ts';
import type { Outcome, Phase, Policy } from '../../workflows/contract/session.ts';
import type { AppointmentUri, Instant, Provider, SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';

/**
 * The channel on which is told that a session's page shows something new that no gate was published for, as a booking
 * link; the payload is the session's key.
 */
export const PAGE_CHANNEL = 'latchkey_page';

/** Tells, with the commit, that a session's page shows something new. */
export async function tellPage(trx: Database, key: SessionKey): Promise<void> {
  await sql`select pg_notify(${PAGE_CHANNEL}, ${key})`.execute(trx);
}

/** What the session's page shows of the purchase; the rules' own facts come from the workflow. */
export interface PageRow {
  readonly sessionKey: SessionKey;
  readonly slug: string;
  /** The business that sold it. */
  readonly tenantName: string;
  readonly productName: string;
  readonly variantName: string;
  readonly timeZone: string;
  /** Of the order, as the shop writes it. */
  readonly language: string;
  readonly resource: string | null;
  readonly bookingUrl: string | null;
  readonly provider: Provider;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly cutoffAt: Date | null;
  /** What was frozen at the payment; null for a row that never had it. */
  readonly policy: Policy | null;
  readonly paidAt: Instant | null;
  readonly durationMs: number | null;
  /** The shop's number of the order; null where there was no shop. */
  readonly orderNumber: string | null;
  /** Whether a shop took the money, and so can give it back. */
  readonly paidInShop: boolean;
  /** Counts from 0, of `units` of the same line. */
  readonly unit: number;
  readonly units: number;
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
  /** Of the last gate that was published; 0 where none was. */
  readonly gateVersion: number;
  /** Changes whenever the newest appointment or its links do. */
  readonly appointmentMark: string | null;
}

export async function findPage(db: Database, slug: string): Promise<PageRow | undefined> {
  const { rows } = await sql<Omit<PageRow, 'gateVersion'> & { readonly gateVersion: string }>`
    select s.session_key as "sessionKey", s.slug, t.name as "tenantName", s.product_name as "productName",
      s.variant_name as "variantName", s.time_zone as "timeZone", s.language, s.resource,
      s.booking_url as "bookingUrl", s.provider, s.phase, s.outcome, s.starts_at as "startsAt",
      s.ends_at as "endsAt", s.cutoff_at as "cutoffAt", s.input -> 'policy' as policy,
      s.input -> 'paidAt' as "paidAt", s.input -> 'durationMs' as "durationMs",
      case when s.saleor_domain = ${PAID_ELSEWHERE} then null else o.number end as "orderNumber",
      s.saleor_domain <> ${PAID_ELSEWHERE} as "paidInShop", s.unit,
      (
        select count(*)::int from sessions u
        where u.saleor_domain = s.saleor_domain and u.order_id = s.order_id and u.line_id = s.line_id
      ) as units,
      s.amount::text as amount, s.currency, coalesce(g.version, 0) as "gateVersion",
      (
        select concat_ws(' ', a.uri, a.join_url, a.reschedule_url) from appointments a
        where a.session_key = s.session_key order by a.created_at desc limit 1
      ) as "appointmentMark"
    from sessions s
    join tenants t on t.id = s.tenant_id
    left join orders o on o.saleor_domain = s.saleor_domain and o.order_id = s.order_id
    left join gates g on g.session_key = s.session_key
    where s.slug = ${slug}
  `.execute(db);
  const [row] = rows;
  return row && { ...row, gateVersion: Number(row.gateVersion) };
}

/** Stands for what a page shows: another mark, another page. It tells nothing of what it stands for. */
export function pageMark(row: PageRow): string {
  const shown = [row.gateVersion, row.provider, row.bookingUrl, row.appointmentMark, row.phase, row.outcome];
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 16);
}

/** Where the client goes on at the provider, and when the appointment is. */
export interface AppointmentLinks {
  readonly uri: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly rescheduleUrl: string | null;
  readonly cancelUrl: string | null;
  readonly joinUrl: string | null;
}

/** The appointment's links; with null, those of the session's newest appointment. */
export async function appointmentLinks(
  db: Database,
  key: SessionKey,
  uri: AppointmentUri | null,
): Promise<AppointmentLinks | undefined> {
  return db
    .selectFrom('appointments')
    .select([
      'uri',
      'starts_at as startsAt',
      'ends_at as endsAt',
      'reschedule_url as rescheduleUrl',
      'cancel_url as cancelUrl',
      'join_url as joinUrl',
    ])
    .where('session_key', '=', key)
    .$if(uri !== null, (query) => query.where('uri', '=', uri ?? ''))
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** One decision about a session, as its timeline has it. */
export interface Decision {
  readonly seq: number;
  readonly at: Date;
  readonly event: string;
  readonly reason: string;
}

/**
 * What was decided about a session, newest first.
 *
 * @param told only for these reasons, and not of these events.
 * @param before only what is older than this entry; null: from the newest.
 */
export async function decisionsOf(
  db: Database,
  key: SessionKey,
  told: { readonly reasons: readonly string[]; readonly exceptEvents: readonly string[] },
  before: number | null,
  limit: number,
): Promise<readonly Decision[]> {
  return db
    .selectFrom('timeline')
    .select(['seq', 'at', 'event', 'reason'])
    .where('session_key', '=', key)
    .where('reason', 'in', [...told.reasons])
    .where('event', 'not in', [...told.exceptEvents])
    .$if(before !== null, (query) => query.where('seq', '<', before ?? 0))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
}
