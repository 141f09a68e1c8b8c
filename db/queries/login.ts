import { type ExpressionBuilder, sql } from 'kysely';
import type { Outcome, Phase } from '../../workflows/contract/session.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { Tables } from '../tables.ts';
import { lockUntilCommit } from './lock.ts';

/** A person's account with one tenant. */
export interface ClientAccount {
  readonly tenantId: number;
  readonly clientId: number;
}

/** The accounts under this address that have a session; those with the newest sessions first. */
export async function accountsOfAddress(
  db: Database,
  emailKey: string,
  limit: number,
): Promise<readonly ClientAccount[]> {
  return db
    .selectFrom('clients')
    .innerJoin('sessions', 'sessions.client_id', 'clients.id')
    .select(['clients.tenant_id as tenantId', 'clients.id as clientId'])
    .where('clients.email_key', '=', emailKey)
    .groupBy(['clients.tenant_id', 'clients.id'])
    .orderBy((order) => order.fn.max('sessions.created_at'), 'desc')
    .orderBy('clients.id')
    .limit(limit)
    .execute();
}

/** The ticket that can carry a mail to this address, the address as the client gave it, and the language to write in. */
export interface Mailbox {
  readonly ticketId: number;
  readonly address: string;
  /** The session's language code. */
  readonly language: string;
}

/** The ticket of the newest session under this address; that of one that has not ended, where there is one. */
export async function mailboxOfAddress(db: Database, emailKey: string): Promise<Mailbox | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('clients', 'clients.id', 'sessions.client_id')
    .select(['sessions.ticket_id', 'sessions.language', 'clients.email'])
    .where('clients.email_key', '=', emailKey)
    .where('sessions.ticket_id', 'is not', null)
    .orderBy(sql`sessions.phase = 'ended'`)
    .orderBy('sessions.created_at', 'desc')
    .orderBy('sessions.session_key')
    .limit(1)
    .executeTakeFirst();
  return row === undefined || row.ticket_id === null
    ? undefined
    : { ticketId: row.ticket_id, address: row.email, language: row.language };
}

/** One of these accounts is the client's. */
const ownedBy = (accounts: readonly ClientAccount[]) => (where: ExpressionBuilder<Tables, 'sessions'>) =>
  where.or(
    accounts.map(({ tenantId, clientId }) =>
      where.and([where('tenant_id', '=', tenantId), where('client_id', '=', clientId)]),
    ),
  );

export interface LiveSession {
  readonly sessionKey: SessionKey;
  readonly slug: string;
  readonly productName: string;
  readonly variantName: string;
  readonly startsAt: Date | null;
  readonly timeZone: string;
}

const liveColumns = [
  'session_key as sessionKey',
  'slug',
  'product_name as productName',
  'variant_name as variantName',
  'starts_at as startsAt',
  'time_zone as timeZone',
] as const;

/** Sessions of these accounts that have a run and have not ended; the next one first, those without a time last. */
export async function liveSessionsOf(
  db: Database,
  accounts: readonly ClientAccount[],
  limit: number,
): Promise<readonly LiveSession[]> {
  if (accounts.length === 0) return [];
  return db
    .selectFrom('sessions')
    .select(liveColumns)
    .where(ownedBy(accounts))
    .where('start_state', '=', 'started')
    .where('phase', '<>', 'ended')
    .orderBy('starts_at', (order) => order.asc().nullsLast())
    .orderBy('session_key')
    .limit(limit)
    .execute();
}

/** A session as its client finds it after a login. */
export interface ListedSession extends LiveSession {
  readonly phase: Phase;
  readonly outcome: Outcome | null;
}

/** Sessions of these accounts: those that go on, the next one first; then those that are over, the last one first. */
export async function listedSessionsOf(
  db: Database,
  accounts: readonly ClientAccount[],
  most: { readonly ahead: number; readonly past: number },
): Promise<readonly ListedSession[]> {
  if (accounts.length === 0) return [];
  const started = db
    .selectFrom('sessions')
    .select([...liveColumns, 'phase', 'outcome'])
    .where(ownedBy(accounts))
    .where('start_state', '=', 'started');
  const [ahead, past] = await Promise.all([
    started
      .where('phase', 'not in', ['settling', 'ended'])
      .orderBy('starts_at', (order) => order.asc().nullsLast())
      .orderBy('session_key')
      .limit(most.ahead)
      .execute(),
    started
      .where('phase', 'in', ['settling', 'ended'])
      .orderBy('starts_at', (order) => order.desc().nullsLast())
      .orderBy('session_key')
      .limit(most.past)
      .execute(),
  ]);
  return [...ahead, ...past];
}

export interface NewChallenge {
  readonly challenge: string;
  readonly emailKey: string;
  /** Of no code yet: `giveCode` replaces it where the address is known. */
  readonly codeHash: Buffer;
  readonly at: Date;
  readonly expiresAt: Date;
}

/** Writes a challenge and ends the address's earlier ones. Of two at the same time the later one stays. */
export async function openChallenge(db: Database, challenge: NewChallenge): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockUntilCommit(trx, `login-challenge|${challenge.emailKey}`);
    await trx
      .updateTable('login_codes')
      .set({ expires_at: challenge.at })
      .where('email_key', '=', challenge.emailKey)
      .where('expires_at', '>', challenge.at)
      .execute();
    await trx
      .insertInto('login_codes')
      .values({
        challenge: challenge.challenge,
        email_key: challenge.emailKey,
        code_hash: challenge.codeHash,
        created_at: challenge.at,
        expires_at: challenge.expiresAt,
        used_at: null,
        article_id: null,
        article_gone_at: null,
      })
      .execute();
  });
}

/** Gives a challenge the code that is about to be sent. False when it has ended meanwhile. */
export async function giveCode(
  db: Database,
  challenge: string,
  codeHash: Buffer,
  at: Date,
): Promise<boolean> {
  const updated = await db
    .updateTable('login_codes')
    .set({ code_hash: codeHash })
    .where('challenge', '=', challenge)
    .where('expires_at', '>', at)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/** Remembers the article that carries the code, so that it can be deleted. */
export async function rememberArticle(db: Database, challenge: string, articleId: number): Promise<void> {
  await db
    .updateTable('login_codes')
    .set({ article_id: articleId })
    .where('challenge', '=', challenge)
    .execute();
}

/**
 * Spends one try, whatever the guess: each try is one row count of one statement, so that guesses at the same time
 * cannot be more than `mostTries` together.
 *
 * @returns undefined when the challenge is unknown, used, expired, or has no try left: then nothing was spent.
 */
export async function spendTry(
  db: Database,
  challenge: string,
  at: Date,
  mostTries: number,
): Promise<{ readonly codeHash: Buffer; readonly tries: number } | undefined> {
  const row = await db
    .updateTable('login_codes')
    .set((set) => ({ tries: set('tries', '+', 1) }))
    .where('challenge', '=', challenge)
    .where('tries', '<', mostTries)
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .returning(['code_hash', 'tries'])
    .executeTakeFirst();
  return row && { codeHash: row.code_hash, tries: row.tries };
}

/** Uses a challenge up, for exactly one caller. @returns the address's key, or undefined to everyone else. */
export async function useChallenge(db: Database, challenge: string, at: Date): Promise<string | undefined> {
  const row = await db
    .updateTable('login_codes')
    .set({ used_at: at })
    .where('challenge', '=', challenge)
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .returning('email_key')
    .executeTakeFirst();
  return row?.email_key;
}

export interface DueArticle {
  readonly challenge: string;
  readonly articleId: number;
  readonly expiresAt: Date;
}

/** Articles whose code was used, or was sent before `sentBefore`; the oldest first. */
export async function dueArticles(
  db: Database,
  due: { readonly sentBefore: Date; readonly limit: number; readonly without: readonly string[] },
): Promise<readonly DueArticle[]> {
  const rows = await db
    .selectFrom('login_codes')
    .select(['challenge', 'article_id', 'expires_at'])
    .where('article_id', 'is not', null)
    .where('article_gone_at', 'is', null)
    .where((where) => where.or([where('used_at', 'is not', null), where('created_at', '<=', due.sentBefore)]))
    .$if(due.without.length > 0, (query) => query.where('challenge', 'not in', [...due.without]))
    .orderBy('created_at')
    .limit(due.limit)
    .execute();
  return rows.flatMap(({ challenge, article_id: articleId, expires_at: expiresAt }) =>
    articleId === null ? [] : [{ challenge, articleId, expiresAt }],
  );
}

/** The article is deleted. */
export async function markArticleGone(db: Database, challenge: string, at: Date): Promise<void> {
  await db
    .updateTable('login_codes')
    .set({ article_gone_at: at })
    .where('challenge', '=', challenge)
    .execute();
}

/** The article can not be deleted any more, and holds a code that is good for nothing: it is left alone. */
export async function forgetArticle(db: Database, challenge: string): Promise<void> {
  await db.updateTable('login_codes').set({ article_id: null }).where('challenge', '=', challenge).execute();
}

/** @returns how many went. */
export async function pruneLoginCodes(db: Database, createdBefore: Date): Promise<number> {
  const deleted = await db
    .deleteFrom('login_codes')
    .where('created_at', '<', createdBefore)
    .executeTakeFirst();
  return Number(deleted.numDeletedRows);
}

/**
 * Runs the work on one replica at a time; whoever comes meanwhile goes without. A lock of its own rather than of
 * the rows: a client who types a code must not wait for a slow Zammad.
 *
 * @returns undefined when another replica is at it.
 */
export async function aloneAtLoginSweep<T>(db: Database, work: () => Promise<T>): Promise<T | undefined> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ mine: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended('login-sweep', 0)) as mine
    `.execute(trx);
    return rows[0]?.mine === true ? work() : undefined;
  });
}

/** Whether this login was ended. */
export async function isLoginRevoked(db: Database, loginId: string): Promise<boolean> {
  const row = await db
    .selectFrom('revocations')
    .select('seq')
    .where('kind', '=', 'login')
    .where('subject', '=', loginId)
    .executeTakeFirst();
  return row !== undefined;
}
