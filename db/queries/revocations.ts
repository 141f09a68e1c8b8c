import { sql } from 'kysely';
import type { Instant, LinkId, SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { RevocationKind } from '../tables.ts';

/** The channel on which revocations are told, and that a workflow has heard one. Payload: `RevocationNotice`. */
export const REVOCATION_CHANNEL = 'latchkey_revocation';

export interface Revocation {
  readonly seq: number;
  readonly kind: RevocationKind;
  /** A link's id, a session's key, or a login's id. */
  readonly subject: string;
  /** After this instant nothing that it revokes can be shown any more. Null: as long as its session may live. */
  readonly keepUntil: Instant | null;
}

export type RevocationNotice =
  | {
      readonly type: 'revoked';
      /** The revocation before this one: whoever has it has missed none. */
      readonly after: number;
      readonly revocation: Revocation;
    }
  /** The session's workflow has published a gate that knows of this revocation. */
  | { readonly type: 'released'; readonly seq: number };

export interface NewRevocation {
  readonly kind: RevocationKind;
  readonly subject: string;
  /** The session whose workflow is owed an Update, or null. */
  readonly sessionKey: SessionKey | null;
  readonly actor: string;
  readonly keepUntil: Instant | null;
}

/** One at a time: numbers are then given in the order of the commits. */
const LOCK = sql`select pg_advisory_xact_lock(hashtextextended('revocations', 0))`;

async function revokeLinkRow(trx: Database, order: NewRevocation): Promise<void> {
  await trx
    .updateTable('links')
    .set({ revoked_at: sql<Date>`clock_timestamp()`, revoked_by: order.actor })
    .where('link_id', '=', order.subject as LinkId)
    .where('session_key', order.sessionKey === null ? 'is' : '=', order.sessionKey)
    .where('revoked_at', 'is', null)
    .execute();
}

/** A session's access may be revoked again once the workflow has heard of the last time. */
async function standing(trx: Database, order: NewRevocation): Promise<number | undefined> {
  const row = await trx
    .selectFrom('revocations')
    .select('seq')
    .where('kind', '=', order.kind)
    .where('subject', '=', order.subject)
    .$if(order.kind === 'access', (query) => query.where('delivered_at', 'is', null))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && Number(row.seq);
}

/**
 * Writes a revocation, and tells of it with its commit. A repeat writes nothing and gets the number of the first.
 */
export async function writeRevocation(
  db: Database,
  order: NewRevocation,
): Promise<{ readonly seq: number; readonly fresh: boolean }> {
  return db.transaction().execute(async (trx) => {
    await LOCK.execute(trx);
    if (order.kind === 'link') await revokeLinkRow(trx, order);
    const earlier = await standing(trx, order);
    if (earlier !== undefined) return { seq: earlier, fresh: false };
    const before = await newestRevocation(trx);
    const { seq: given } = await trx
      .insertInto('revocations')
      .values({
        kind: order.kind,
        subject: order.subject,
        session_key: order.sessionKey,
        actor: order.actor,
        revoked_at: sql<Date>`clock_timestamp()`,
        keep_until: order.keepUntil === null ? null : new Date(order.keepUntil),
        next_attempt_at: sql<Date>`clock_timestamp()`,
      })
      .returning('seq')
      .executeTakeFirstOrThrow();
    const seq = Number(given);
    const notice: RevocationNotice = {
      type: 'revoked',
      after: before,
      revocation: { seq, kind: order.kind, subject: order.subject, keepUntil: order.keepUntil },
    };
    await tell(trx, notice);
    return { seq, fresh: true };
  });
}

async function tell(db: Database, notice: RevocationNotice): Promise<void> {
  await sql`select pg_notify(${REVOCATION_CHANNEL}, ${JSON.stringify(notice)})`.execute(db);
}

/** The number of the newest revocation, 0 when there is none. Everything up to it that will ever be is there. */
export async function newestRevocation(db: Database): Promise<number> {
  const row = await db
    .selectFrom('revocations')
    .select((of) => of.fn.max('seq').as('seq'))
    .executeTakeFirst();
  return Number(row?.seq ?? 0);
}

type Row = { seq: string; kind: RevocationKind; subject: string; keep_until: Date | null };

const revocationOf = (row: Row): Revocation => ({
  seq: Number(row.seq),
  kind: row.kind,
  subject: row.subject,
  keepUntil: row.keep_until === null ? null : (row.keep_until.getTime() as Instant),
});

/**
 * Every revocation that may still matter to a gate: access that its workflow has not heard of, logins and links that
 * can still be shown. A session that ended is kept for the month in which its run could be reset.
 */
export async function liveRevocations(db: Database): Promise<readonly Revocation[]> {
  const { rows } = await sql<Row>`
    select r.seq, r.kind, r.subject, r.keep_until from revocations r
    left join sessions s on s.session_key = r.session_key
    where case
      when r.kind = 'access' then r.delivered_at is null
      when r.keep_until is not null then r.keep_until > clock_timestamp() - interval '1 hour'
      else s.session_key is null or s.start_state <> 'ended'
        or s.updated_at > clock_timestamp() - interval '31 days'
    end
    order by r.seq
  `.execute(db);
  return rows.map(revocationOf);
}

/** What was revoked after this number, oldest first; access that its workflow has heard of is left out. */
export async function revocationsAfter(db: Database, seq: number): Promise<readonly Revocation[]> {
  const rows = await db
    .selectFrom('revocations')
    .select(['seq', 'kind', 'subject', 'keep_until'])
    .where('seq', '>', String(seq))
    .where((where) => where.or([where('kind', '<>', 'access'), where('delivered_at', 'is', null)]))
    .orderBy('seq')
    .execute();
  return rows.map(revocationOf);
}

/** A revocation whose session's workflow has not heard of it. */
export interface OwedRevocation {
  readonly seq: number;
  readonly kind: RevocationKind;
  readonly subject: string;
  readonly sessionKey: SessionKey;
  /** This one included. */
  readonly attempts: number;
}

/**
 * Takes due revocations that workflows are owed, oldest first, and counts the attempt. The claim is a lease: nobody
 * else gets the row for `leaseMs`, and it comes back by itself.
 */
export async function claimOwedRevocations(
  db: Database,
  claim: { readonly leaseMs: number; readonly limit: number },
): Promise<readonly OwedRevocation[]> {
  const { rows } = await sql<{
    seq: string;
    kind: RevocationKind;
    subject: string;
    session_key: SessionKey;
    attempts: number;
  }>`
    with due as materialized (
      select seq from revocations
      where session_key is not null and delivered_at is null and next_attempt_at <= clock_timestamp()
      order by next_attempt_at
      limit ${claim.limit}
      for update skip locked
    )
    update revocations set
      next_attempt_at = clock_timestamp() + ${claim.leaseMs}::float8 * interval '1 millisecond',
      attempts = revocations.attempts + 1
    from due where revocations.seq = due.seq
    returning revocations.seq, kind, subject, session_key, attempts
  `.execute(db);
  return rows.map(({ session_key, ...row }) => ({ ...row, seq: Number(row.seq), sessionKey: session_key }));
}

/** The session's workflow has heard it, and its gate is published: replicas need not hold the session any more. */
export async function settleRevocation(db: Database, seq: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const settled = await trx
      .updateTable('revocations')
      .set({ delivered_at: sql<Date>`clock_timestamp()` })
      .where('seq', '=', String(seq))
      .where('delivered_at', 'is', null)
      .executeTakeFirst();
    if (settled.numUpdatedRows === 1n) await tell(trx, { type: 'released', seq });
  });
}

/** Not delivered: due again after `ms`. */
export async function postponeRevocation(db: Database, seq: number, ms: number): Promise<void> {
  await sql`
    update revocations set next_attempt_at = clock_timestamp() + ${ms}::float8 * interval '1 millisecond'
    where seq = ${seq} and delivered_at is null
  `.execute(db);
}

/** Whether this session's workflow is yet to hear of a revocation: restoring it before that would be undone. */
export async function isOwedRevocation(db: Database, key: SessionKey): Promise<boolean> {
  const row = await db
    .selectFrom('revocations')
    .select('seq')
    .where('session_key', '=', key)
    .where('delivered_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
