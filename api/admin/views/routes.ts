import type { z } from 'zod';
import { writeAudit } from '../../../db/queries/audit.ts';
import type { Database } from '../../../db/connect.ts';
import {
  countViews,
  deleteView,
  findView,
  insertView,
  listViews,
  lockViews,
  replaceView,
  type SavedView,
  viewOfName,
  type Viewer,
} from '../../../db/queries/saved-views.ts';
import type { Clock } from '../../../platform/clock.ts';
import { randomId } from '../../../platform/random-id.ts';
import { actorOf, type Caller, callerOf } from '../../auth/caller.ts';
import { entityTagOf, fitsIfMatch } from '../../entity-tag.ts';
import type { AnyOperation } from '../../operations/operation.ts';
import { type Outcome, type Reply, refusal, reply, type Routes } from '../../operations/routes.ts';
import {
  createViewOperation,
  deleteViewOperation,
  listViewsOperation,
  MOST_VIEWS,
  readViewOperation,
  replaceViewOperation,
  VIEWS_PATH,
  type viewSchema,
} from './operations.ts';

/** For the documentation. */
export const viewOperations = [
  listViewsOperation,
  createViewOperation,
  readViewOperation,
  replaceViewOperation,
  deleteViewOperation,
] as const satisfies readonly AnyOperation[];

const toJson = (row: SavedView): z.input<typeof viewSchema> => ({
  id: row.view_id,
  list: row.list,
  name: row.name,
  filter: row.filter,
  shared: row.owner === null,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

const tagOf = (row: SavedView): string => entityTagOf(toJson(row));

function shown(status: 200 | 201, row: SavedView, headers: Readonly<Record<string, string>> = {}): Reply {
  return reply(status, toJson(row), { ...headers, etag: tagOf(row) });
}

const viewerOf = (caller: Caller): Viewer => ({ tenantId: caller.tenantId, actor: actorOf(caller) });

const taken = (row: SavedView): Outcome =>
  refusal(
    'already-exists',
    { detail: 'There is a view of this name.' },
    { location: `${VIEWS_PATH}/${row.view_id}` },
  );

/** Filters that admins keep under a name: each their own, or all of a tenant the same. */
export function addViewRoutes(
  routes: Routes,
  { db, clock }: { readonly db: Database; readonly clock: Clock },
): void {
  async function audit(trx: Database, caller: Caller, verb: string, row: SavedView, at: Date): Promise<void> {
    await writeAudit(trx, [
      {
        at,
        tenantId: caller.tenantId,
        actor: actorOf(caller),
        action: `view.${verb}`,
        subject: `view:${row.view_id}`,
        reason: null,
        details: { list: row.list, shared: row.owner === null },
      },
    ]);
  }

  routes.add(listViewsOperation, async ({ query, res }) => {
    const rows = await listViews(db, viewerOf(callerOf(res)), query.list ?? null);
    return reply(200, { items: rows.map(toJson) });
  });

  routes.add(createViewOperation, async ({ body, res }) => {
    const caller = callerOf(res);
    const { tenantId, actor } = viewerOf(caller);
    const at = new Date(clock());
    const content = { ...body, owner: body.shared ? null : actor };
    return db.transaction().execute(async (trx): Promise<Outcome> => {
      await lockViews(trx, tenantId);
      const same = await viewOfName(trx, tenantId, content);
      if (same !== undefined) return taken(same);
      if ((await countViews(trx, tenantId)) >= MOST_VIEWS)
        return refusal('refused', {
          reason: 'too-many-views',
          detail: `A tenant has at most ${MOST_VIEWS} saved views.`,
        });
      const row = await insertView(trx, { ...content, viewId: randomId(), tenantId, at });
      await audit(trx, caller, 'created', row, at);
      return shown(201, row, { location: `${VIEWS_PATH}/${row.view_id}` });
    });
  });

  routes.add(readViewOperation, async ({ params, res }) => {
    const row = await findView(db, viewerOf(callerOf(res)), params.id);
    return row === undefined ? refusal('not-found') : shown(200, row);
  });

  /** Does something to a view that the caller has, which stays as it is meanwhile. */
  async function withView(
    caller: Caller,
    asked: { readonly id: string; readonly ifMatch: string | undefined },
    act: (trx: Database, row: SavedView) => Promise<Outcome>,
  ): Promise<Outcome> {
    return db.transaction().execute(async (trx): Promise<Outcome> => {
      await lockViews(trx, caller.tenantId);
      const row = await findView(trx, viewerOf(caller), asked.id);
      if (row === undefined) return refusal('not-found');
      return fitsIfMatch(asked.ifMatch, tagOf(row)) ? act(trx, row) : refusal('precondition-failed');
    });
  }

  routes.add(replaceViewOperation, async ({ params, headers, body, res }) => {
    const caller = callerOf(res);
    const content = { ...body, owner: body.shared ? null : actorOf(caller) };
    const asked = { id: params.id, ifMatch: headers['if-match'] };
    return withView(caller, asked, async (trx) => {
      const same = await viewOfName(trx, caller.tenantId, content);
      if (same !== undefined && same.view_id !== params.id) return taken(same);
      const at = new Date(clock());
      const row = await replaceView(trx, params.id, content, at);
      await audit(trx, caller, 'changed', row, at);
      return shown(200, row);
    });
  });

  routes.add(deleteViewOperation, async ({ params, headers, res }) => {
    const caller = callerOf(res);
    return withView(caller, { id: params.id, ifMatch: headers['if-match'] }, async (trx, row) => {
      await deleteView(trx, row.view_id);
      await audit(trx, caller, 'deleted', row, new Date(clock()));
      return reply(204, undefined);
    });
  });
}
