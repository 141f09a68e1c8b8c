import { type Selectable, sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { SavedViewsTable, ViewedList } from '../tables.ts';
import { lockUntilCommit } from './lock.ts';

export type SavedView = Selectable<SavedViewsTable>;

/** What stands in a view. */
export interface ViewContent {
  readonly list: ViewedList;
  readonly name: string;
  readonly filter: Readonly<Record<string, string>>;
  /** Null: every admin's of the tenant. */
  readonly owner: string | null;
}

/** Who looks: their own views and the tenant's shared ones are there, nobody else's. */
export interface Viewer {
  readonly tenantId: number;
  readonly actor: string;
}

/** Those of a list, or of all of them, by name. There are never more than a tenant may have. */
export async function listViews(
  db: Database,
  { tenantId, actor }: Viewer,
  list: ViewedList | null,
): Promise<readonly SavedView[]> {
  return db
    .selectFrom('saved_views')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((of) => of.or([of('owner', 'is', null), of('owner', '=', actor)]))
    .$if(list !== null, (query) => query.where('list', '=', list ?? 'sessions'))
    .orderBy('list')
    .orderBy(sql`lower(name)`)
    .orderBy('view_id')
    .execute();
}

export async function findView(
  db: Database,
  { tenantId, actor }: Viewer,
  viewId: string,
): Promise<SavedView | undefined> {
  return db
    .selectFrom('saved_views')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((of) => of.or([of('owner', 'is', null), of('owner', '=', actor)]))
    .where('view_id', '=', viewId)
    .executeTakeFirst();
}

/** Whatever is written to a tenant's views is written one after the other. */
export async function lockViews(trx: Database, tenantId: number): Promise<void> {
  await lockUntilCommit(trx, `saved-views|${tenantId}`);
}

/** How many views a tenant has, of all its admins. */
export async function countViews(db: Database, tenantId: number): Promise<number> {
  const { count } = await db
    .selectFrom('saved_views')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The view that has this name already, among those of the same owner and list. */
export async function viewOfName(
  db: Database,
  tenantId: number,
  { list, name, owner }: ViewContent,
): Promise<SavedView | undefined> {
  return db
    .selectFrom('saved_views')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('list', '=', list)
    .where(sql<boolean>`coalesce(owner, '') = ${owner ?? ''}`)
    .where(sql<boolean>`lower(name) = lower(${name})`)
    .executeTakeFirst();
}

export async function insertView(
  trx: Database,
  view: ViewContent & { readonly viewId: string; readonly tenantId: number; readonly at: Date },
): Promise<SavedView> {
  return trx
    .insertInto('saved_views')
    .values({
      view_id: view.viewId,
      tenant_id: view.tenantId,
      owner: view.owner,
      list: view.list,
      name: view.name,
      filter: JSON.stringify(view.filter),
      created_at: view.at,
      updated_at: view.at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @param viewId of a view that is there. */
export async function replaceView(
  trx: Database,
  viewId: string,
  { list, name, filter, owner }: ViewContent,
  at: Date,
): Promise<SavedView> {
  return trx
    .updateTable('saved_views')
    .set({ list, name, owner, filter: JSON.stringify(filter), updated_at: at })
    .where('view_id', '=', viewId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteView(trx: Database, viewId: string): Promise<void> {
  await trx.deleteFrom('saved_views').where('view_id', '=', viewId).execute();
}
