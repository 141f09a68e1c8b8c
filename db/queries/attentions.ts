import { createHash } from 'node:crypto';
import type { Attention, SessionRecord } from '../../workflows/contract/session.ts';
import type { BookingKey, Instant, SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { AttentionKind, AttentionRow } from '../tables.ts';

/** One thing that needs a person, as it was raised. */
export interface RaisedFact {
  readonly kind: AttentionKind;
  /** What it is about, e.g. `session|<key>` or `inbox|7`. */
  readonly subject: string;
  readonly sessionKey?: SessionKey;
  readonly bookingKey?: BookingKey;
  readonly step: string | null;
  readonly code: string;
  readonly requestId: string | null;
  /** Of a late change: when it is answered by default. */
  readonly deadline: Instant | null;
  readonly since: Instant;
}

export const sessionSubject = (key: SessionKey): string => `session|${key}`;
export const bookingSubject = (key: BookingKey): string => `booking|${key}`;
export const inboxSubject = (id: string): string => `inbox|${id}`;

/** The code of what is only known to need attention, and not why. */
export const UNNAMED = 'needs-attention';

/** The same fact, raised at the same instant, is the same row however often it is told. */
export function attentionIdOf({ kind, subject, step, code, since }: RaisedFact): string {
  const hash = createHash('sha256').update(`${kind}|${subject}|${step ?? ''}|${code}|${since}`);
  return `att_${hash.digest('base64url').slice(0, 22)}`;
}

/** Writes down what is raised. @returns the rows that were not there or were gone. */
export async function raise(
  trx: Database,
  facts: readonly RaisedFact[],
  at: Date,
): Promise<readonly AttentionRow[]> {
  if (facts.length === 0) return [];
  return (
    trx
      .insertInto('attentions')
      .values(
        facts.map((fact) => ({
          attention_id: attentionIdOf(fact),
          kind: fact.kind,
          subject: fact.subject,
          session_key: fact.sessionKey ?? null,
          booking_key: fact.bookingKey ?? null,
          step: fact.step,
          code: fact.code,
          request_id: fact.requestId,
          deadline: fact.deadline === null ? null : new Date(fact.deadline),
          since: new Date(fact.since),
          raised_at: at,
          mail_due_at: at,
        })),
      )
      // A run that was reset raises again what was gone; people were told of it then.
      .onConflict((conflict) =>
        conflict
          .column('attention_id')
          .doUpdateSet({ gone_at: null })
          .where('attentions.gone_at', 'is not', null),
      )
      .returningAll()
      .execute()
  );
}

/** Marks what is open of a subject as gone, but for these. @returns the rows. */
async function clear(
  trx: Database,
  of: { readonly subject: string; readonly kinds: readonly AttentionKind[]; readonly but: readonly string[] },
  at: Date,
): Promise<readonly AttentionRow[]> {
  return trx
    .updateTable('attentions')
    .set({ gone_at: at })
    .where('subject', '=', of.subject)
    .where('kind', 'in', [...of.kinds])
    .where('gone_at', 'is', null)
    .$if(of.but.length > 0, (query) => query.where('attention_id', 'not in', [...of.but]))
    .returningAll()
    .execute();
}

export interface AttentionChange {
  readonly raised: readonly AttentionRow[];
  readonly gone: readonly AttentionRow[];
}

/** Brings the rows of a session or booking to what its record says. */
async function bring(
  trx: Database,
  subject: string,
  facts: readonly RaisedFact[],
  at: Date,
): Promise<AttentionChange> {
  const raised = await raise(trx, facts, at);
  const but = facts.map(attentionIdOf);
  const gone = await clear(trx, { subject, kinds: ['attention', 'late-change'], but }, at);
  return { raised, gone };
}

/** The fact behind a record that only says that there is one: the open row's, else a new one. */
async function unnamed(
  trx: Database,
  of: Pick<RaisedFact, 'subject' | 'sessionKey' | 'bookingKey'>,
  at: Date,
): Promise<RaisedFact> {
  const open = await trx
    .selectFrom('attentions')
    .select('since')
    .where('subject', '=', of.subject)
    .where('code', '=', UNNAMED)
    .where('gone_at', 'is', null)
    .executeTakeFirst();
  const since = (open?.since ?? at).getTime() as Instant;
  return { ...of, kind: 'attention', step: null, code: UNNAMED, requestId: null, deadline: null, since };
}

/** In the transaction that writes the session's record, so that nothing that it says is lost or told twice. */
export async function noteSession(
  trx: Database,
  sessionKey: SessionKey,
  record: SessionRecord,
  at: Date,
): Promise<AttentionChange> {
  const subject = sessionSubject(sessionKey);
  const of = { subject, sessionKey } as const;
  const { attention, lateChange, needsAttention } = record;
  // A session that was started by an older release does not say what it is.
  if (attention === undefined)
    return bring(trx, subject, needsAttention ? [await unnamed(trx, of, at)] : [], at);
  const facts = attention.map(({ step, code, requestId, since }: Attention): RaisedFact => {
    return { ...of, kind: 'attention', step, code, requestId, deadline: null, since };
  });
  if (lateChange)
    facts.push({
      ...of,
      kind: 'late-change',
      step: null,
      code: 'late-change',
      requestId: null,
      deadline: lateChange.deadline,
      since: lateChange.requestedAt,
    });
  return bring(trx, subject, facts, at);
}

/** The same of a booking, whose record says no more than that there is something. */
export async function noteBooking(
  trx: Database,
  bookingKey: BookingKey,
  needsAttention: boolean,
  at: Date,
): Promise<AttentionChange> {
  const of = { subject: bookingSubject(bookingKey), bookingKey } as const;
  return bring(trx, of.subject, needsAttention ? [await unnamed(trx, of, at)] : [], at);
}

/** A webhook that nobody could bring to its session. */
export async function raiseQuarantined(
  trx: Database,
  { id, reason }: { readonly id: string; readonly reason: string | null },
  at: Date,
): Promise<void> {
  const since = at.getTime() as Instant;
  const code = reason ?? 'internal';
  const subject = inboxSubject(id);
  await raise(
    trx,
    [{ kind: 'quarantine', subject, step: null, code, requestId: null, deadline: null, since }],
    at,
  );
}

/** These webhooks are tried again, so that nobody has to look meanwhile. */
export async function clearQuarantined(trx: Database, ids: readonly string[], at: Date): Promise<void> {
  for (const id of ids) await clear(trx, { subject: inboxSubject(id), kinds: ['quarantine'], but: [] }, at);
}

const DAY = 86_400_000;

/** What the housekeeping raised. It says so each hour as long as it stands; people are told once a day. */
export async function raiseFound(
  db: Database,
  notes: readonly { readonly code: string; readonly id: string }[],
  at: Date,
): Promise<void> {
  const since = (at.getTime() - (at.getTime() % DAY)) as Instant;
  const facts = notes.map(({ code, id }): RaisedFact => {
    const subject = `found|${id}`;
    return { kind: 'housekeeping', subject, step: null, code, requestId: null, deadline: null, since };
  });
  const once = new Map(facts.map((fact) => [attentionIdOf(fact), fact]));
  await raise(db, [...once.values()], at);
}
