import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { type AuditRow, listAudit } from '../../db/queries/audit-log.ts';
import { callerOf } from '../auth/caller.ts';
import { problems } from '../operations/family.ts';
import { type AnyOperation, describeOperation } from '../operations/operation.ts';
import { reply, type Routes } from '../operations/routes.ts';
import { textSchema } from '../request-shape.ts';
import {
  allRows,
  CSV_TYPES,
  EXPORT_HEADERS,
  EXPORT_IS_WHOLE,
  fieldColumns,
  sendCsv,
  wantsCsv,
} from './csv.ts';
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
  description: EXPORT_IS_WHOLE,
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  query: z.strictObject({
    limit: limitSchema,
    cursor: cursorSchema(z.tuple([z.string().regex(/^[1-9]\d{0,17}$/)])).optional(),
    subject: textSchema(200).optional().meta({ description: 'Only entries about this.' }),
    action: textSchema(100).optional().meta({ description: 'Only entries of this action.' }),
  }),
  answers: {
    200: {
      description: 'A page of entries.',
      body: pageSchemaOf(entrySchema),
      example: {
        items: [
          {
            id: '7',
            at: '2024-01-15T19:30:00.000Z',
            actor: 'user:5',
            action: 'link.created',
            subject: 'Zm9vYmFyLWxpbmstaWQtMD',
            reason: null,
            details: { purpose: 'one-time-booking-link', templateId: 1, clientId: 123 },
          },
        ],
        next_cursor: null,
      },
      otherTypes: CSV_TYPES,
      headers: EXPORT_HEADERS,
    },
  },
  refusals: [],
});

/** For the documentation. */
export const auditOperations = [listAuditOperation] as const satisfies readonly AnyOperation[];

const toJson = (row: AuditRow): z.input<typeof entrySchema> => ({
  id: row.id,
  at: row.at.toISOString(),
  actor: row.actor,
  action: row.action,
  subject: row.subject,
  reason: row.reason,
  details: row.details,
});

const exported = fieldColumns<AuditRow>(entrySchema, (row) => ({
  ...toJson(row),
  details: row.details === null ? null : JSON.stringify(row.details),
}));

export function addAuditRoutes(routes: Routes, { db }: { readonly db: Database }): void {
  routes.add(listAuditOperation, async ({ query, req, res }) => {
    const { limit, cursor, subject = null, action = null } = query;
    const wanted = { tenantId: callerOf(res).tenantId, subject, action };
    if (wantsCsv(req)) {
      const rows = allRows<AuditRow>((last, many) =>
        listAudit(db, { ...wanted, after: last?.id ?? null, limit: many }),
      );
      return sendCsv(res, 'audit', exported, rows);
    }
    const rows = await listAudit(db, { ...wanted, after: cursor?.[0] ?? null, limit: limit + 1 });
    return reply(
      200,
      pageOf(rows, limit, toJson, (row) => [row.id]),
    );
  });
}
