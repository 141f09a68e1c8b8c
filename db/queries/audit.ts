import type { Database } from '../connect.ts';

/** Who did what, or was refused what. No secret, no token, no personal data. */
export interface AuditEntry {
  readonly at: Date;
  readonly tenantId: number | null;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

export async function writeAudit(db: Database, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await db
    .insertInto('audit')
    .values(
      entries.map((entry) => ({
        at: entry.at,
        tenant_id: entry.tenantId,
        actor: entry.actor,
        action: entry.action,
        subject: entry.subject,
        reason: entry.reason,
        details: entry.details === undefined ? null : JSON.stringify(entry.details),
      })),
    )
    .execute();
}
