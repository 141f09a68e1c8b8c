import { createHash } from 'node:crypto';
import type { BookingRecord } from '../../workflows/contract/booking.ts';
import type { SessionRecord } from '../../workflows/contract/session.ts';
import type { BookingKey, Instant, SessionKey } from '../../workflows/contract/values.ts';
import type { WebhookEvent, WebhookMessage } from '../../workflows/contract/webhook.ts';
import type { Database } from '../connect.ts';
import { attentionEvent, systemEvent } from '../events/attention-events.ts';
import { bookingEvents } from '../events/booking-events.ts';
import { sessionEvents } from '../events/session-events.ts';
import { isSubscribed } from '../events/subscriptions.ts';
import type { AttentionRow } from '../tables.ts';
import { type AttentionChange, noteBooking, noteSession } from './attentions.ts';
import { insertDeliveries } from './webhook-deliveries.ts';

/** What several events of one change have in common. */
interface Change {
  readonly tenantId: number;
  readonly events: readonly WebhookEvent[];
  /** What it happened to, and in which version: the same change has the same messages. */
  readonly subject: string;
  readonly at: Date;
  readonly data: WebhookMessage['data'];
}

const iso = (at: Instant | Date | null): string | null => (at === null ? null : new Date(at).toISOString());

function messageIdOf(subject: string, event: WebhookEvent): string {
  const hash = createHash('sha256').update(`${subject}|${event}`).digest('base64url');
  return `msg_${hash.slice(0, 27)}`;
}

/** Owes a change's events to every endpoint that wants them. Each message once, however often it is announced. */
async function owe(trx: Database, { tenantId, events, subject, at, data }: Change): Promise<void> {
  if (events.length === 0) return;
  const endpoints = await trx
    .selectFrom('webhook_endpoints')
    .select(['endpoint_id', 'events'])
    .where('tenant_id', '=', tenantId)
    .where('state', '=', 'enabled')
    // One that is deleted meanwhile must not fail what is announced.
    .forKeyShare()
    .execute();
  const timestamp = at.toISOString();
  await insertDeliveries(
    trx,
    events.flatMap((event) =>
      endpoints
        .filter((endpoint) => isSubscribed(endpoint.events, event))
        .map((endpoint) => ({
          endpointId: endpoint.endpoint_id,
          tenantId,
          messageId: messageIdOf(subject, event),
          message: { type: event, timestamp, data },
          at,
        })),
    ),
  );
}

const attentionData = ({ code, step, since, deadline }: AttentionRow): WebhookMessage['data'] => ({
  code,
  step,
  since: since.toISOString(),
  deadline: iso(deadline),
});

/** Owes what was raised and what is gone, each once for each time that it was raised. */
async function oweAttention(
  trx: Database,
  { raised, gone }: AttentionChange,
  of: { readonly tenantId: number; readonly at: Date; readonly data: WebhookMessage['data'] },
): Promise<void> {
  const owed = [
    ...raised.map((row) => [row, 'raised'] as const),
    ...gone.map((row) => [row, 'gone'] as const),
  ];
  for (const [row, change] of owed) {
    const event = attentionEvent(row, change);
    if (event === null) continue;
    const data = { ...of.data, ...attentionData(row) };
    await owe(trx, { ...of, events: [event], subject: `attention|${row.attention_id}`, data });
  }
}

/**
 * Owes what the system found by itself to the installation's own tenant, each once.
 *
 * @returns how many there were.
 */
export async function announceFound(
  db: Database,
  { tenantId, at, limit }: { readonly tenantId: number; readonly at: Date; readonly limit: number },
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('attentions')
      .selectAll()
      .where('kind', 'in', ['quarantine', 'housekeeping'])
      .where('told_at', 'is', null)
      .orderBy('raised_at')
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const row of rows) {
      const event = systemEvent(row);
      if (event === null) continue;
      const data = { subject: row.subject, ...attentionData(row) };
      const subject = `attention|${row.attention_id}`;
      await owe(trx, { tenantId, events: [event], subject, at: row.raised_at, data });
    }
    const ids = rows.map((row) => row.attention_id);
    if (ids.length > 0)
      await trx.updateTable('attentions').set({ told_at: at }).where('attention_id', 'in', ids).execute();
    return rows.length;
  });
}

/** Compares a session's record with its row, before the row is overwritten, and owes the events of the change. */
export async function announceSession(
  trx: Database,
  change: {
    readonly sessionKey: SessionKey;
    readonly gate: { readonly version: number };
    readonly record: SessionRecord;
    readonly at: Instant;
  },
): Promise<void> {
  const { sessionKey, record } = change;
  const row = await trx
    .selectFrom('sessions')
    .select(['tenant_id', 'client_id', 'template_id', 'order_id', 'line_id', 'unit'])
    .select(['phase', 'outcome', 'starts_at'])
    .where('session_key', '=', sessionKey)
    .executeTakeFirst();
  if (row === undefined) return;
  const startsAt = (row.starts_at?.getTime() ?? null) as Instant | null;
  const { version } = change.gate;
  const of = {
    tenantId: row.tenant_id,
    at: new Date(change.at),
    data: {
      session_id: sessionKey,
      client_id: row.client_id,
      template_id: row.template_id,
      order_id: row.order_id,
      line_id: row.line_id,
      unit: row.unit,
      phase: record.phase,
      outcome: record.outcome,
      starts_at: iso(record.startsAt),
      ends_at: iso(record.endsAt),
      cutoff_at: iso(record.cutoffAt),
      version,
    },
  };
  const events = sessionEvents({ phase: row.phase, outcome: row.outcome, startsAt }, record);
  await owe(trx, { ...of, events, subject: `session|${sessionKey}|${version}` });
  await oweAttention(trx, await noteSession(trx, sessionKey, record, of.at), of);
}

async function bookingRow(trx: Database, key: BookingKey) {
  return trx
    .selectFrom('bookings')
    .select(['tenant_id', 'kind', 'link_id', 'client_id', 'template_id', 'start_state', 'version'])
    .select(['status', 'reason', 'starts_at', 'ends_at', 'no_show', 'reschedules'])
    .where('booking_key', '=', key)
    .forUpdate()
    .executeTakeFirst();
}

type BookingRow = NonNullable<Awaited<ReturnType<typeof bookingRow>>>;
type Told = Pick<BookingRecord, 'status' | 'startsAt' | 'endsAt' | 'noShow' | 'reschedules' | 'version'> & {
  readonly reason: string | null;
};

function toldIn(row: BookingRow): Told {
  return {
    status: row.status,
    reason: row.reason,
    startsAt: (row.starts_at?.getTime() ?? null) as Instant | null,
    endsAt: (row.ends_at?.getTime() ?? null) as Instant | null,
    noShow: row.no_show,
    reschedules: row.reschedules,
    version: Number(row.version),
  };
}

async function oweBooking(trx: Database, key: BookingKey, row: BookingRow, told: Told, at: Date) {
  const before = { ...toldIn(row), started: row.start_state !== 'intended' };
  const { status, reason, noShow, reschedules, version } = told;
  // What was cancelled keeps the time that it was to be at, as its row does.
  const { startsAt, endsAt } = status === 'cancelled' && told.startsAt === null ? before : told;
  const change = {
    tenantId: row.tenant_id,
    at,
    data: {
      booking_id: key,
      kind: row.kind,
      link_id: row.link_id,
      client_id: row.client_id,
      template_id: row.template_id,
      status,
      reason,
      starts_at: iso(startsAt),
      ends_at: iso(endsAt),
      no_show: noShow,
      reschedules,
      version,
    },
  };
  const events = bookingEvents(before, { ...told, started: true });
  const created = events.filter((event) => event === 'booking.created');
  const later = events.filter((event) => event !== 'booking.created');
  // Of a booking that records before anyone confirmed its start, both sides announce that it was made.
  await owe(trx, { ...change, events: created, subject: `booking|${key}|0` });
  await owe(trx, { ...change, events: later, subject: `booking|${key}|${version}` });
  return change;
}

/** Owes `booking.created`, before the row is marked as started. */
export async function announceStartedBooking(trx: Database, key: BookingKey, at: Date): Promise<void> {
  const row = await bookingRow(trx, key);
  if (row !== undefined) await oweBooking(trx, key, row, toldIn(row), at);
}

/** Compares a booking's record with its row, before the row is overwritten, and owes the events of the change. */
export async function announceBooking(
  trx: Database,
  key: BookingKey,
  record: BookingRecord,
  at: Date,
): Promise<void> {
  const row = await bookingRow(trx, key);
  if (row === undefined || Number(row.version) >= record.version) return;
  const of = await oweBooking(trx, key, row, record, at);
  await oweAttention(trx, await noteBooking(trx, key, record.needsAttention, at), of);
}
