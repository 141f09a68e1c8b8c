import type { Selectable } from 'kysely';
import type { Database } from '../connect.ts';
import type { AuditTable } from '../tables.ts';

export type AuditRow = Selectable<AuditTable>;

/** A tenant's audit, newest first. */
export async function listAudit(
  db: Database,
  page: {
    readonly tenantId: number;
    /** The last id of the page before, or null. */
    readonly after: string | null;
    readonly limit: number;
    readonly subject: string | null;
    readonly action: string | null;
  },
): Promise<readonly AuditRow[]> {
  return db
    .selectFrom('audit')
    .selectAll()
    .where('tenant_id', '=', page.tenantId)
    .$if(page.after !== null, (query) => query.where('id', '<', page.after ?? ''))
    .$if(page.subject !== null, (query) => query.where('subject', '=', page.subject ?? ''))
    .$if(page.action !== null, (query) => query.where('action', '=', page.action ?? ''))
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();
}
