import type { Database } from '../connect.ts';
import type { AttentionRow } from '../tables.ts';
import { lockUntilCommit } from './lock.ts';

/** What is owed now, and what was sent or tried within the last minute by all processes together. */
export interface MailLoad {
  readonly owed: number;
  readonly recent: number;
  /** One of those was a digest. */
  readonly digest: boolean;
}

/** More than this are not read at once: a digest that lists so many says enough. */
const MOST_ROWS = 500;

/** A row with what its mail names besides. */
export interface OwedMail extends AttentionRow {
  readonly workflow_id: string | null;
  readonly ticket_number: string | null;
}

async function owedRows(trx: Database, now: Date): Promise<readonly OwedMail[]> {
  return trx
    .selectFrom('attentions')
    .leftJoin('sessions', 'sessions.session_key', 'attentions.session_key')
    .leftJoin('bookings', 'bookings.booking_key', 'attentions.booking_key')
    .selectAll('attentions')
    .select((on) => [
      on.fn.coalesce('sessions.workflow_id', 'bookings.workflow_id').as('workflow_id'),
      'sessions.ticket_number',
    ])
    .where('mail_state', '=', 'owed')
    .where('mail_due_at', '<=', now)
    .orderBy('attentions.raised_at')
    .orderBy('attentions.attention_id')
    .limit(MOST_ROWS)
    .execute();
}

/**
 * Takes the mails that are to be sent now. The claim is a lease: a process that dies gives the rows back by itself. One
 * process at a time takes, so that all of them together keep to what `plan` says.
 *
 * @param claim.plan how what is owed is mailed: one by one, in one mail, or not yet.
 * @param claim.idOf names a digest.
 */
export async function claimMails(
  db: Database,
  claim: {
    readonly now: Date;
    readonly leaseUntil: Date;
    readonly recentSince: Date;
    readonly plan: (load: MailLoad) => 'each' | 'digest' | 'later';
    readonly idOf: (rows: readonly AttentionRow[]) => string;
  },
): Promise<readonly (readonly OwedMail[])[]> {
  return db.transaction().execute(async (trx) => {
    await lockUntilCommit(trx, 'attention-mails');
    // What went away before anybody was told needs nobody any more.
    await trx
      .updateTable('attentions')
      .set({ mail_state: 'off' })
      .where('mail_state', '=', 'owed')
      .where('mail_attempts', '=', 0)
      .where('gone_at', 'is not', null)
      .execute();
    const rows = await owedRows(trx, claim.now);
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.attention_id);
    const recent = await trx
      .selectFrom('attentions')
      .select(({ fn }) => ['mail_id', fn.countAll<string>().as('count')])
      .where('mail_claimed_at', '>', claim.recentSince)
      .where('attention_id', 'not in', ids)
      .groupBy('mail_id')
      .execute();
    const plan = claim.plan({
      owed: rows.length,
      recent: recent.reduce((sum, { count }) => sum + Number(count), 0),
      digest: recent.some(({ count }) => Number(count) > 1),
    });
    if (plan === 'later') return [];
    const mails = plan === 'digest' ? [rows] : rows.map((row) => [row]);
    for (const mail of mails)
      await trx
        .updateTable('attentions')
        .set((set) => ({
          mail_id: claim.idOf(mail),
          mail_attempts: set('mail_attempts', '+', 1),
          mail_due_at: claim.leaseUntil,
          mail_claimed_at: claim.now,
        }))
        .where(
          'attention_id',
          'in',
          mail.map((row) => row.attention_id),
        )
        .execute();
    return mails;
  });
}

const idsOf = (rows: readonly AttentionRow[]): string[] => rows.map((row) => row.attention_id);

/** The mail server has taken them. */
export async function markMailed(db: Database, rows: readonly AttentionRow[]): Promise<void> {
  await db
    .updateTable('attentions')
    .set({ mail_state: 'sent' })
    .where('attention_id', 'in', idsOf(rows))
    .execute();
}

/** The mail server has not taken them; they are owed again from `dueAt` on. */
export async function putOffMails(db: Database, rows: readonly AttentionRow[], dueAt: Date): Promise<void> {
  await db
    .updateTable('attentions')
    .set({ mail_due_at: dueAt })
    .where('attention_id', 'in', idsOf(rows))
    .where('mail_state', '=', 'owed')
    .execute();
}

/** Nobody is to be mailed: what is owed would otherwise all be sent on the day on which somebody is. */
export async function dropOwedMails(db: Database): Promise<void> {
  await db.updateTable('attentions').set({ mail_state: 'off' }).where('mail_state', '=', 'owed').execute();
}

/** Deletes what is gone, or was found, before this instant. */
export async function pruneAttentions(db: Database, before: Date, limit: number): Promise<number> {
  const due = db
    .selectFrom('attentions')
    .select('attention_id')
    .where('raised_at', '<', before)
    .where((on) => on.or([on('gone_at', 'is not', null), on('kind', '=', 'housekeeping')]))
    .limit(limit);
  const gone = await db.deleteFrom('attentions').where('attention_id', 'in', due).executeTakeFirst();
  return Number(gone.numDeletedRows);
}
