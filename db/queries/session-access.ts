import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { errorCode } from '../../platform/error-code.ts';
import type { LinkId, SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { StartState } from '../tables.ts';
import { type AuditEntry, writeAudit } from './audit.ts';
import { emailKeyOf } from './people.ts';

/** A session as its tenant's operator acts on it. */
export interface AccessSubject {
  readonly sessionKey: SessionKey;
  readonly clientId: number;
  readonly startState: StartState;
  /** The session's final gate is published. */
  readonly over: boolean;
}

/** Undefined also for a session of another tenant. */
export async function findAccessSubject(
  db: Database,
  tenantId: number,
  key: SessionKey,
): Promise<AccessSubject | undefined> {
  const row = await db
    .selectFrom('sessions')
    .leftJoin('gates', 'gates.session_key', 'sessions.session_key')
    .select(['sessions.client_id', 'sessions.start_state', 'gates.gate'])
    .where('sessions.session_key', '=', key)
    .where('sessions.tenant_id', '=', tenantId)
    .executeTakeFirst();
  return (
    row && {
      sessionKey: key,
      clientId: row.client_id,
      startState: row.start_state,
      over: row.start_state === 'ended' || row.gate?.state === 'over',
    }
  );
}

/** Most sessions that one correction reaches. */
const MOST_SIBLINGS = 200;

/** The client's other sessions that have begun and are not over. */
export async function siblingsOf(
  db: Database,
  session: { readonly tenantId: number; readonly clientId: number; readonly sessionKey: SessionKey },
): Promise<readonly SessionKey[]> {
  const rows = await db
    .selectFrom('sessions')
    .select('session_key')
    .where('tenant_id', '=', session.tenantId)
    .where('client_id', '=', session.clientId)
    .where('start_state', '=', 'started')
    .where('session_key', '!=', session.sessionKey)
    .orderBy('intended_at', 'desc')
    .limit(MOST_SIBLINGS)
    .execute();
  return rows.map((row) => row.session_key);
}

export interface SessionLink {
  readonly linkId: LinkId;
  /** When it runs out by itself, or null. */
  readonly expiresAt: Date | null;
}

/** The session's link of this id, revoked or not; with null its newest. */
export async function linkOfSession(
  db: Database,
  key: SessionKey,
  linkId: LinkId | null,
): Promise<SessionLink | undefined> {
  return (
    db
      .selectFrom('links')
      .select(['link_id as linkId', 'expires_at as expiresAt'])
      .where('session_key', '=', key)
      .$if(linkId !== null, (query) => query.where('link_id', '=', linkId ?? ('' as LinkId)))
      // Two may be of one millisecond, and `…-10` comes after `…-9`.
      .orderBy('issued_at', 'desc')
      .orderBy(sql`length(link_id)`, 'desc')
      .orderBy('link_id', 'desc')
      .limit(1)
      .executeTakeFirst()
  );
}

/** What the audit says of what this very request did to the session; undefined: it did nothing yet. */
export async function doneByRequest(
  db: Database,
  key: SessionKey,
  action: string,
  requestId: string,
): Promise<AuditEntry['details'] | undefined> {
  const row = await db
    .selectFrom('audit')
    .select('details')
    .where('subject', '=', key)
    .where('action', '=', action)
    .where(sql`details ->> 'request'`, '=', requestId)
    .limit(1)
    .executeTakeFirst();
  return row?.details ?? undefined;
}

/** As much of an address as the audit holds: enough to see whether two entries mean the same one. */
export function addressMark(email: string): string {
  return createHash('sha256').update(emailKeyOf(email)).digest('hex').slice(0, 8);
}

export type AddressCorrection =
  | 'corrected'
  /** It was this address already. */
  | 'unchanged'
  /** Another client of the tenant has it. */
  | 'taken';

/**
 * Gives a client another address and forgets the Zammad customer of the old one, which is looked up anew by the new
 * address; audited in the same transaction. Whoever is just making the old address's customer finds that it changed,
 * and does not store it. A repeat changes nothing.
 */
export async function correctAddress(
  db: Database,
  correction: {
    readonly tenantId: number;
    readonly clientId: number;
    readonly email: string;
    readonly audit: AuditEntry;
  },
): Promise<AddressCorrection> {
  const email = correction.email.trim();
  const emailKey = emailKeyOf(email);
  try {
    return await db.transaction().execute(async (trx) => {
      const held = await trx
        .selectFrom('clients')
        .select(['email', 'email_key'])
        .where('id', '=', correction.clientId)
        .where('tenant_id', '=', correction.tenantId)
        .forUpdate()
        .executeTakeFirstOrThrow();
      if (held.email === email) return 'unchanged';
      await trx
        .updateTable('clients')
        .set({
          email,
          email_key: emailKey,
          ...(held.email_key === emailKey ? {} : { zammad_customer_id: null }),
        })
        .where('id', '=', correction.clientId)
        .execute();
      await writeAudit(trx, [correction.audit]);
      return 'corrected';
    });
  } catch (error) {
    // SQLSTATE unique_violation: (tenant_id, email_key).
    if (errorCode(error) === '23505') return 'taken';
    throw error;
  }
}
