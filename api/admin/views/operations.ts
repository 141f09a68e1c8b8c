import { z } from 'zod';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { textSchema } from '../../request-shape.ts';
import { filterIssues } from './filters.ts';

export const VIEWS_PATH = '/api/v1/admin/views';
/** Of a tenant, its admins' own ones included. */
export const MOST_VIEWS = 100;
const MOST_FIELDS = 20;
const LONGEST_VALUE = 500;

const shared = {
  tag: 'views',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
} as const;

const LISTS = ['sessions', 'bookings', 'inbox'] as const;
const listSchema = z.enum(LISTS, `must be one of ${LISTS.join(', ')}`).meta({
  description: 'What it lists: `/api/v1/admin/sessions`, `…/booking` or `…/inbox`.',
});

const FILTER_MESSAGE = `must have at most ${MOST_FIELDS} fields, each a text of ${LONGEST_VALUE} characters at most`;
const filterSchema = z
  .record(z.string(), z.string(FILTER_MESSAGE).max(LONGEST_VALUE, FILTER_MESSAGE), FILTER_MESSAGE)
  .refine((filter) => Object.keys(filter).length <= MOST_FIELDS, FILTER_MESSAGE)
  .meta({
    description:
      'Parameters of that list’s query, all but `limit`, `cursor` and `page`, each as its address writes it.',
  });

const nameSchema = textSchema(80);

export const viewSchema = z
  .object({
    id: z.string(),
    list: listSchema,
    name: z.string(),
    filter: z.record(z.string(), z.string()),
    shared: z.boolean().meta({ description: 'Every admin of the tenant has it; otherwise its maker alone.' }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'SavedView', description: 'A filter of a list, kept under a name.' });

const bodySchema = z
  .strictObject(
    {
      list: listSchema,
      name: nameSchema.meta({
        description: 'Unique among your own, or among the shared ones, of that list.',
      }),
      filter: filterSchema,
      shared: z
        .boolean('must be true or false')
        .default(false)
        .meta({ description: 'Whether every admin of the tenant has it.' }),
    },
    'the body must be a JSON object',
  )
  .superRefine(({ list, filter }, context) => {
    for (const { path, message } of filterIssues(list, filter))
      context.addIssue({ code: 'custom', path: ['filter', ...path], message });
  })
  .meta({ id: 'SaveView' });

const bodyExample = {
  list: 'sessions',
  name: 'Needs a person',
  filter: { attention: 'true', order: 'starts' },
  shared: true,
} as const;

const viewExample = {
  id: 'Qm9va2luZ0lkRXhhbXBsZQ',
  ...bodyExample,
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
} as const;

const viewParams = z.strictObject({ id: z.string().regex(/^[\w-]{22}$/) });
const etag = { ETag: 'For `If-Match` of a change.' } as const;
const ifMatch = z.object({ 'if-match': textSchema(100).optional() });

export const listViewsOperation = describeOperation({
  ...shared,
  id: 'listViews',
  method: 'get',
  path: VIEWS_PATH,
  summary: 'The saved views: your own and the tenant’s, by name',
  query: z.strictObject({ list: listSchema.optional() }),
  answers: {
    200: {
      description: `All of them; a tenant has ${MOST_VIEWS} at most.`,
      body: z.object({ items: z.array(viewSchema) }),
      example: { items: [viewExample] },
    },
  },
  refusals: [],
});

export const createViewOperation = describeOperation({
  ...shared,
  id: 'createView',
  method: 'post',
  path: VIEWS_PATH,
  summary: 'Save a view',
  description: `Refused (409) with \`too-many-views\` above ${MOST_VIEWS}.`,
  body: bodySchema,
  bodyLimit: '32kb',
  bodyExample,
  answers: {
    201: {
      description: 'The view.',
      body: viewSchema,
      example: viewExample,
      headers: { ...etag, Location: 'Its address.' },
    },
  },
  refusals: ['already-exists', 'refused'],
});

export const readViewOperation = describeOperation({
  ...shared,
  id: 'getView',
  method: 'get',
  path: `${VIEWS_PATH}/{id}`,
  summary: 'One saved view',
  params: viewParams,
  answers: { 200: { description: 'The view.', body: viewSchema, example: viewExample, headers: etag } },
  refusals: [],
});

export const replaceViewOperation = describeOperation({
  ...shared,
  id: 'replaceView',
  method: 'put',
  path: `${VIEWS_PATH}/{id}`,
  summary: 'Replace a saved view',
  description: 'A shared view that is no longer shared becomes your own.',
  params: viewParams,
  headers: ifMatch,
  body: bodySchema,
  bodyLimit: '32kb',
  bodyExample,
  answers: {
    200: { description: 'The view as it is now.', body: viewSchema, example: viewExample, headers: etag },
  },
  refusals: ['already-exists', 'precondition-failed'],
});

export const deleteViewOperation = describeOperation({
  ...shared,
  id: 'deleteView',
  method: 'delete',
  path: `${VIEWS_PATH}/{id}`,
  summary: 'Delete a saved view',
  params: viewParams,
  headers: ifMatch,
  answers: { 204: { description: 'It is gone.' } },
  refusals: ['precondition-failed'],
});
