import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import { listSessions, placeOf, type SessionRow } from '../../../db/queries/session-list.ts';
import { callerOf } from '../../auth/caller.ts';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { refusal, reply, type Routes } from '../../operations/routes.ts';
import {
  allRows,
  CSV_TYPES,
  EXPORT_HEADERS,
  EXPORT_IS_WHOLE,
  fieldColumns,
  sendCsv,
  wantsCsv,
} from '../csv.ts';
import { limitSchema, pageOf, pageSchemaOf } from '../paging.ts';
import { filterFields } from './filter.ts';
import { type RunUrl, sessionExample, sessionSchema, toSession } from './model.ts';
import { cursorOf, placeIn, sessionCursor } from './place.ts';

export const listSessionsOperation = describeOperation({
  id: 'listSessions',
  method: 'get',
  path: '/api/v1/admin/sessions',
  tag: 'sessions',
  summary: 'The tenant’s paid sessions',
  description: EXPORT_IS_WHOLE,
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  query: z.strictObject({
    limit: limitSchema,
    cursor: sessionCursor.optional(),
    order: z
      .enum(['created', 'starts'], { error: 'must be created or starts' })
      .default('created')
      .meta({ description: '`created`: the newest first. `starts`: the next first, without a time last.' }),
    ...filterFields,
  }),
  answers: {
    200: {
      description: 'A page of sessions.',
      body: pageSchemaOf(sessionSchema),
      example: { items: [sessionExample], next_cursor: null },
      otherTypes: CSV_TYPES,
      headers: EXPORT_HEADERS,
    },
  },
  refusals: [],
});

export function addSessionList(
  routes: Routes,
  { db, runUrl }: { readonly db: Database; readonly runUrl: RunUrl },
): void {
  const toItem = (row: SessionRow) => toSession(row, runUrl);
  const columns = fieldColumns(sessionSchema, toItem);
  routes.add(listSessionsOperation, async ({ query, req, res }) => {
    const { limit, cursor, order, ...filter } = query;
    const wanted = { tenantId: callerOf(res).tenantId, filter, order };
    if (wantsCsv(req)) {
      const rows = allRows<SessionRow>((last, many) =>
        listSessions(db, {
          ...wanted,
          after: last === undefined ? null : placeOf(last, order),
          limit: many,
        }),
      );
      return sendCsv(res, 'sessions', columns, rows);
    }
    const after = placeIn(cursor, order);
    if (after === undefined)
      return refusal('invalid-request', {
        detail: 'cursor: must be the next_cursor of a page of this order',
      });
    const rows = await listSessions(db, { ...wanted, after, limit: limit + 1 });
    return reply(
      200,
      pageOf(rows, limit, toItem, (row) => cursorOf(row, order)),
    );
  });
}
