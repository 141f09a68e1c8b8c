import { writeAudit } from '../../../db/queries/audit.ts';
import { findClient } from '../../../db/queries/catalog.ts';
import { runsOfPerson } from '../../../db/queries/erase-person.ts';
import { findErasure, findOrMakeErasure, listErasures } from '../../../db/queries/erasures.ts';
import { randomId } from '../../../platform/random-id.ts';
import { actorOf, callerOf } from '../../auth/caller.ts';
import { refusal, reply, type Routes } from '../../operations/routes.ts';
import { pageOf } from '../paging.ts';
import type { PrivacyDeps } from './dependencies.ts';
import { toErasure } from './model.ts';
import { eraseOperation, listErasuresOperation, readErasureOperation } from './operations.ts';

/** Erasing a person, and what became of it. */
export function addErasureRoutes(routes: Routes, { db, clock, linkKeys, onOwed }: PrivacyDeps): void {
  routes.add(eraseOperation, async ({ params, body, res }) => {
    const caller = callerOf(res);
    const { tenantId } = caller;
    const at = new Date(clock());
    const outcome = await db.transaction().execute(async (trx) => {
      const client = await findClient(trx, tenantId, params.id);
      if (client === undefined) return 'not-found' as const;
      if (body.running === 'refuse' && client.erased_at === null) {
        const { workflowIds } = await runsOfPerson(trx, client);
        if (workflowIds.length > 0) return { running: workflowIds };
      }
      const { erasure, made } = await findOrMakeErasure(trx, {
        tenantId,
        clientId: client.id,
        erasureId: randomId(),
        actor: actorOf(caller),
        at,
      });
      const action = made ? 'client.erasure-started' : 'client.erasure-repeated';
      const subject = `client:${client.id}`;
      const details = body.reason === undefined ? {} : { details: { reason: body.reason } };
      await writeAudit(trx, [
        { at, tenantId, actor: actorOf(caller), action, subject, reason: null, ...details },
      ]);
      return { erasure };
    });
    if (outcome === 'not-found') return refusal('not-found');
    if ('running' in outcome)
      return refusal('refused', { reason: 'running', detail: `It runs: ${outcome.running.join(', ')}.` });
    const shown = await toErasure(outcome.erasure, linkKeys);
    if (shown.status === 'done') return reply(200, shown);
    onOwed();
    return reply(202, shown, { location: `/api/v1/admin/clients/${params.id}/erasures/${shown.id}` });
  });

  routes.add(listErasuresOperation, async ({ params, query, res }) => {
    const { tenantId } = callerOf(res);
    if ((await findClient(db, tenantId, params.id)) === undefined) return refusal('not-found');
    const { limit, cursor } = query;
    const rows = await listErasures(db, {
      tenantId,
      clientId: params.id,
      after: cursor === undefined ? null : { createdAt: new Date(cursor[0]), erasureId: cursor[1] },
      limit: limit + 1,
    });
    const shown = new Map(
      await Promise.all(rows.map(async (row) => [row, await toErasure(row, linkKeys)] as const)),
    );
    return reply(
      200,
      pageOf(
        rows,
        limit,
        (row) => shown.get(row),
        (row) => [row.created_at.getTime(), row.erasure_id],
      ),
    );
  });

  routes.add(readErasureOperation, async ({ params, res }) => {
    const row = await findErasure(db, {
      tenantId: callerOf(res).tenantId,
      clientId: params.id,
      erasureId: params.erasure_id,
    });
    return row === undefined ? refusal('not-found') : reply(200, await toErasure(row, linkKeys));
  });
}
