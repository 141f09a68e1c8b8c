import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import { inboxRow, listInbox } from '../../../db/queries/inbox-list.ts';
import type { Referred } from '../../intake/referred.ts';
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
import { entryExample, entryJson, entrySchema } from './entry.ts';
import { filterFields, inboxCursorSchema, inboxFilter, inboxIdSchema } from './filter.ts';
import { ofInstallation } from '../installation/only-operators.ts';
import { redactBody } from './redact-body.ts';

export interface InboxListDeps {
  readonly db: Database;
  readonly defaultTenantId: number;
  readonly referred: Referred;
}

export const listInboxOperation = describeOperation({
  id: 'listInbox',
  method: 'get',
  path: '/api/v1/admin/inbox',
  tag: 'intake',
  summary: 'The webhooks that came in, newest first',
  description:
    'The quarantine is `status=quarantined`. Only for admins of the default tenant, who run the installation: a ' +
    `webhook is stored before anybody knows whose it is. ${EXPORT_IS_WHOLE}`,
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  query: z.strictObject({
    limit: limitSchema,
    cursor: inboxCursorSchema.optional(),
    status: z.enum(['stored', 'done', 'quarantined']).optional(),
    ...filterFields,
  }),
  answers: {
    200: {
      description: 'A page of webhooks, without their bodies.',
      body: pageSchemaOf(entrySchema),
      example: { items: [entryExample], next_cursor: null },
      otherTypes: CSV_TYPES,
      headers: EXPORT_HEADERS,
    },
  },
  refusals: [],
});

const storedSchema = entrySchema
  .extend({
    body: z.unknown().meta({
      description:
        'What was sent, with everything that is not known to be harmless redacted. Null: pruned, or not JSON.',
    }),
  })
  .meta({ id: 'StoredWebhook' });

export const showInboxOperation = describeOperation({
  id: 'getInboxEntry',
  method: 'get',
  path: '/api/v1/admin/inbox/{id}',
  tag: 'intake',
  summary: 'A stored webhook, redacted',
  description:
    'Names, addresses, answers, links, tokens and every other text that is not known to be harmless read `[redacted]`.',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  params: z.strictObject({ id: inboxIdSchema }),
  answers: {
    200: {
      description: 'The webhook.',
      body: storedSchema,
      example: {
        ...entryExample,
        body: { event: 'invitee.created', payload: { email: '[redacted]', status: 'active' } },
      },
    },
  },
  refusals: ['not-found'],
});

export function addInboxListRoutes(routes: Routes, deps: InboxListDeps): void {
  const { db, defaultTenantId, referred } = deps;

  routes.add(
    listInboxOperation,
    ofInstallation(defaultTenantId, async ({ query, req, res }) => {
      const { limit, cursor, status } = query;
      const filter = inboxFilter(query, status === undefined ? null : [status]);
      if (wantsCsv(req))
        return sendCsv(
          res,
          'inbox',
          fieldColumns(entrySchema, entryJson),
          allRows((last, most) =>
            listInbox(db, filter, { after: last?.id ?? null, limit: most, order: 'desc' }),
          ),
        );
      const page = { after: cursor?.[0] ?? null, limit: limit + 1, order: 'desc' } as const;
      return reply(
        200,
        pageOf(await listInbox(db, filter, page), limit, entryJson, (row) => [row.id]),
      );
    }),
  );

  routes.add(
    showInboxOperation,
    ofInstallation(defaultTenantId, async ({ params }) => {
      const row = await inboxRow(db, params.id);
      if (row === undefined) return refusal('not-found');
      return reply(200, { ...entryJson(row), body: redactBody(row, referred) });
    }),
  );
}
