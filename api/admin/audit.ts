import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { type AuditRow, listAudit } from '../../db/queries/audit-log.ts';
import { callerOf } from '../auth/caller.ts';
import { problems } from '../operations/family.ts';
import { describeOperation } from '../operations/operation.ts';
import { reply, type Routes } from '../operations/routes.ts';
import { textSchema } from '../request-shape.ts';
import { cursorSchema, limitSchema, pageOf, pageSchemaOf } from './paging.ts';

const entrySchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    reason: z.string().nullable(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullable(),
  })
  .meta({ id: 'AuditEntry' });

export const listAuditOperation = describeOperation({
  id: 'listAudit',
  method: 'get',
  path: '/api/v1/admin/audit',
  tag: 'audit',
  summary: 'Who did what in this tenant, newest first',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  query: z.strictObject({
    limit: limitSchema,
    cursor: cursorSchema(z.tuple([z.string().regex(/^[1-9]\d{0,17}$/)])).optional(),
    subject: textSchema(200).optional(),
    action: textSchema(100).optional(),
  }),
  answers: { 200: { description: 'A page of entries.', body: pageSchemaOf(entrySchema) } },
  refusals: [],
});

const toJson = (row: AuditRow): z.input<typeof entrySchema> => ({
  id: row.id,
  at: row.at.toISOString(),
  actor: row.actor,
  action: row.action,
  subject: row.subject,
  reason: row.reason,
  details: row.details,
});

export function addAuditRoutes(routes: Routes, { db }: { readonly db: Database }): void {
  routes.add(listAuditOperation, async ({ query, res }) => {
    const { limit, cursor, subject, action } = query;
    const rows = await listAudit(db, {
      tenantId: callerOf(res).tenantId,
      after: cursor?.[0] ?? null,
      limit: limit + 1,
      subject: subject ?? null,
      action: action ?? null,
    });
    return reply(
      200,
      pageOf(rows, limit, toJson, (row) => [row.id]),
    );
  });
}
