import { z } from 'zod';
import { failures, type FailureCode } from '../../../platform/failures.ts';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { type BulkActionName, bulkActions } from './bulk-actions.ts';
import { idempotencyHeaders, NOT_AN_OBJECT, reasonSchema } from './fields.ts';
import { filterSchema } from './filter.ts';
import { runUrlSchema } from './model.ts';
import { sessionCursor } from './place.ts';

const MOST = 100;
const LIMIT_MESSAGE = `must be a whole number from 1 to ${MOST}`;
const NAMES = Object.keys(bulkActions) as [BulkActionName, ...BulkActionName[]];

const bulkBody = z.strictObject(
  {
    action: z.enum(NAMES, { error: `must be one of ${NAMES.join(', ')}` }),
    arguments: z
      .record(z.string(), z.unknown(), 'must be a JSON object')
      .default({})
      .meta({ description: 'The body of the action itself, without `reason`.' }),
    filter: filterSchema,
    reason: reasonSchema,
    dry_run: z
      .boolean('must be true or false')
      .default(false)
      .meta({ description: 'Only name the sessions.' }),
    cursor: sessionCursor.optional(),
    limit: z.int(LIMIT_MESSAGE).min(1, LIMIT_MESSAGE).max(MOST, LIMIT_MESSAGE).default(50),
  },
  NOT_AN_OBJECT,
);

export type BulkBody = z.output<typeof bulkBody>;

const resultSchema = z.object({
  id: z.string(),
  state: z.enum(['done', 'confirmed', 'unconfirmed', 'refused', 'planned']),
  code: z
    .enum(Object.keys(failures) as [FailureCode, ...FailureCode[]])
    .optional()
    .meta({ description: 'Of a refusal.' }),
  reason: z.string().optional().meta({ description: 'Of a refusal by the rules.' }),
  run_url: runUrlSchema,
});

export type BulkResult = z.input<typeof resultSchema>;

const bulkReply = z
  .object({
    matched_page: z.int().meta({ description: 'How many sessions of this page fit.' }),
    results: z.array(resultSchema),
    next_cursor: z.string().nullable().meta({ description: 'Null when no more sessions fit.' }),
  })
  .meta({ id: 'BulkReply' });

export type BulkReply = z.input<typeof bulkReply>;

const RUN_URL =
  'https://temporal.example.com/namespaces/default/workflows/session-abcdefghijklmnopqrstuv' as const;

export const bulkOperation = describeOperation({
  id: 'actOnSessions',
  method: 'post',
  path: '/api/v1/admin/sessions/bulk',
  tag: 'sessions',
  summary: 'Do the same about every session that fits a filter, page by page',
  description:
    'Each call acts on one page and names the next, so that whoever calls sees how it goes and can stop. The same ' +
    '`Idempotency-Key` and cursor again is the same page, and is done once, whatever fits the filter by then. ' +
    'When nobody answers for several sessions in a row, the rest of the page is left alone. `email` is not among the ' +
    'actions: every client has an address of their own.',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  headers: idempotencyHeaders,
  body: bulkBody,
  bodyExample: {
    action: 'steps/retry',
    arguments: { step: 'open-ticket' },
    filter: { attention: true },
    reason: 'Zammad is back',
    dry_run: false,
    limit: 100,
  },
  answers: {
    200: {
      description: 'What became of each session of the page.',
      body: bulkReply,
      example: {
        matched_page: 2,
        results: [
          { id: 'abcdefghijklmnopqrstuv', state: 'done', run_url: RUN_URL },
          {
            id: 'ABCDEFGHIJKLMNOPQRSTUV',
            state: 'refused',
            code: 'refused',
            reason: 'unknown-step',
            run_url: RUN_URL,
          },
        ],
        next_cursor: null,
      },
      headers: { 'Idempotency-Key': 'The key that was used.' },
    },
  },
  refusals: ['key-reused'],
});
