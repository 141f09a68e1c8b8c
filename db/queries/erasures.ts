import type { Selectable } from 'kysely';
import type { Database } from '../connect.ts';
import type { ErasuresTable } from '../tables.ts';

export type Erasure = Selectable<ErasuresTable>;

interface Place {
  readonly tenantId: number;
  readonly clientId: number;
}

/** The client's erasure under this id. Another tenant's is not there. */
export async function findErasure(
  db: Database,
  { tenantId, clientId, erasureId }: Place & { readonly erasureId: string },
): Promise<Erasure | undefined> {
  return db
    .selectFrom('erasures')
    .selectAll()
    .where('erasure_id', '=', erasureId)
    .where('tenant_id', '=', tenantId)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
}

/** Newest first. */
export async function listErasures(
  db: Database,
  {
    tenantId,
    clientId,
    after,
    limit,
  }: Place & {
    readonly after: { readonly createdAt: Date; readonly erasureId: string } | null;
    readonly limit: number;
  },
): Promise<readonly Erasure[]> {
  return db
    .selectFrom('erasures')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('client_id', '=', clientId)
    .$if(after !== null, (query) =>
      query.where((of) =>
        of(
          of.refTuple('created_at', 'erasure_id'),
          '<',
          of.tuple(after?.createdAt ?? new Date(0), after?.erasureId ?? ''),
        ),
      ),
    )
    .orderBy('created_at', 'desc')
    .orderBy('erasure_id', 'desc')
    .limit(limit)
    .execute();
}

/**
 * The client's one erasure: the one that runs or is done, or else a new one. Of two who ask at once the second waits for
 * the first and gets its erasure.
 */
export async function findOrMakeErasure(
  trx: Database,
  wanted: Place & { readonly erasureId: string; readonly actor: string; readonly at: Date },
): Promise<{ readonly erasure: Erasure; readonly made: boolean }> {
  const { tenantId, clientId, erasureId, actor, at } = wanted;
  await trx.selectFrom('clients').select('id').where('id', '=', clientId).forUpdate().execute();
  const known = await trx
    .selectFrom('erasures')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  if (known) return { erasure: known, made: false };
  const erasure = await trx
    .insertInto('erasures')
    .values({ erasure_id: erasureId, tenant_id: tenantId, client_id: clientId, actor, created_at: at })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { erasure, made: true };
}

/** Erasures that are not over, oldest first. */
export async function runningErasures(db: Database, limit: number): Promise<readonly Erasure[]> {
  return db
    .selectFrom('erasures')
    .selectAll()
    .where('status', '=', 'running')
    .orderBy('created_at')
    .limit(limit)
    .execute();
}

/** A certificate is written once. */
export async function storeCertificate(
  db: Database,
  { erasureId, certificate, at }: { erasureId: string; certificate: string; at: Date },
): Promise<void> {
  await db
    .updateTable('erasures')
    .set({ status: 'done', certificate, finished_at: at })
    .where('erasure_id', '=', erasureId)
    .where('status', '=', 'running')
    .execute();
}
