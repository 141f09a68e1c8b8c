import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { type AuditRow, listAudit } from '../../db/queries/audit-log.ts';
import { callerOf } from '../auth/caller.ts';
import { methodNotAllowed, sendProblem } from '../problem.ts';
import { fieldProblems, textSchema } from '../request-shape.ts';
import { cursorSchema, limitSchema, pageOf } from './paging.ts';

export interface AuditDependencies {
  readonly db: Database;
  /** Lets admins through and leaves their `Caller`. */
  readonly guard: RequestHandler;
}

const pageSchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema(z.tuple([z.string().regex(/^[1-9]\d{0,17}$/)])).optional(),
  subject: textSchema(200).optional(),
  action: textSchema(100).optional(),
});

const toJson = (row: AuditRow): object => ({
  id: row.id,
  at: row.at.toISOString(),
  actor: row.actor,
  action: row.action,
  subject: row.subject,
  reason: row.reason,
  details: row.details,
});

/** `GET /api/v1/admin/audit`: who did what in the caller's tenant, newest first. */
export function createAuditRoutes({ db, guard }: AuditDependencies): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/api/v1/admin/audit')
    .get(guard, async (req, res) => {
      res.set('cache-control', 'no-store');
      const parsed = pageSchema.safeParse(req.query);
      if (!parsed.success) {
        sendProblem(req, res, 'invalid-request', { detail: fieldProblems(parsed.error) });
        return;
      }
      const { limit, cursor, subject, action } = parsed.data;
      const rows = await listAudit(db, {
        tenantId: callerOf(res).tenantId,
        after: cursor?.[0] ?? null,
        limit: limit + 1,
        subject: subject ?? null,
        action: action ?? null,
      });
      res.json(pageOf(rows, limit, toJson, (row) => [row.id]));
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
