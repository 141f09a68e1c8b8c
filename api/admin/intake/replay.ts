import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import { type AuditEntry, writeAudit } from '../../../db/queries/audit.ts';
import { inboxRow, listInbox, setDueAgain } from '../../../db/queries/inbox-list.ts';
import type { Clock } from '../../../platform/clock.ts';
import { actorOf, type Caller, callerOf } from '../../auth/caller.ts';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { refusal, reply, type Routes } from '../../operations/routes.ts';
import { textSchema } from '../../request-shape.ts';
import { pageOf } from '../paging.ts';
import { entryExample, entryJson, entrySchema } from './entry.ts';
import { filterFields, inboxCursorSchema, inboxFilter, inboxIdSchema } from './filter.ts';
import { ofInstallation } from '../installation/only-operators.ts';

export interface InboxReplayDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly defaultTenantId: number;
  /** Rows are due: the sweep takes them up. Must return at once. */
  readonly onDue: () => void;
}

const MOST_AT_ONCE = 100;

export const reasonSchema = textSchema(500)
  .optional()
  .meta({ description: 'Why, in words of your own; kept in the audit.' });

const AGAIN =
  'A webhook is delivered as if it had just come; sessions and bookings take each event as often as it comes, so ' +
  'that a repeated request does no harm and needs no idempotency key.';

export const replayInboxOperation = describeOperation({
  id: 'replayInboxEntry',
  method: 'post',
  path: '/api/v1/admin/inbox/{id}/replay',
  tag: 'intake',
  summary: 'Deliver a webhook again, from the quarantine or once more',
  description:
    `${AGAIN} Refused (409) for one that still waits and is delivered anyway (\`waiting\`), and for one whose body was ` +
    'emptied since it was settled (`pruned`).',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  params: z.strictObject({ id: inboxIdSchema }),
  body: z.strictObject({ reason: reasonSchema }).prefault({}),
  bodyExample: { reason: 'The tenant’s shop is known now.' },
  answers: {
    200: {
      description: 'It is due, and delivered within seconds.',
      body: entrySchema,
      example: {
        ...entryExample,
        status: 'stored',
        reason: null,
        attempts: 0,
        next_attempt_at: '2026-03-01T10:00:00.000Z',
        settled_at: null,
      },
    },
  },
  refusals: ['not-found', 'refused'],
});

const pageOfOutcomesSchema = z.object({
  items: z.array(
    z.object({
      id: inboxIdSchema,
      outcome: z.enum(['replayed', 'waiting', 'pruned']).meta({
        description: '`waiting`: somebody was quicker. `pruned`: its body is gone.',
      }),
    }),
  ),
  next_cursor: z.string().nullable().meta({ description: 'Of the next call; null: there is no more.' }),
});

export const replayInboxPageOperation = describeOperation({
  id: 'replayInbox',
  method: 'post',
  path: '/api/v1/admin/inbox/replay',
  tag: 'intake',
  summary: 'Deliver many webhooks again, a page at a time, oldest first',
  description: `${AGAIN} Repeat with \`next_cursor\` until it is null.`,
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  body: z.strictObject({
    filter: z.strictObject({
      status: z.enum(['done', 'quarantined']).default('quarantined'),
      ...filterFields,
    }),
    limit: z.int().min(1).max(MOST_AT_ONCE).default(MOST_AT_ONCE),
    cursor: inboxCursorSchema.optional(),
    reason: reasonSchema,
  }),
  bodyExample: { filter: { status: 'quarantined', reason: 'unknown-shop' }, limit: 100 },
  answers: {
    200: {
      description: 'What became of each webhook of this page.',
      body: pageOfOutcomesSchema,
      example: { items: [{ id: '4711', outcome: 'replayed' }], next_cursor: null },
    },
  },
  refusals: [],
});

/** Why a webhook cannot be delivered again: what was sent is gone, for it held personal data. */
export const PRUNED = {
  reason: 'pruned',
  detail: 'Its body was emptied since it was settled: there is nothing left to deliver.',
} as const;

function outcomeOf(isReplayed: boolean, prunedAt: Date | null): 'replayed' | 'waiting' | 'pruned' {
  if (isReplayed) return 'replayed';
  return prunedAt === null ? 'waiting' : 'pruned';
}

function entryOf(caller: Caller, id: string, reason: string | undefined, at: Date): AuditEntry {
  return {
    at,
    tenantId: caller.tenantId,
    actor: actorOf(caller),
    action: 'webhook.replayed',
    subject: `inbox:${id}`,
    reason: null,
    ...(reason === undefined ? {} : { details: { reason } }),
  };
}

export function addInboxReplayRoutes(routes: Routes, deps: InboxReplayDeps): void {
  const { db, defaultTenantId } = deps;

  /** @returns those that became due; the audit names exactly these. */
  function replay(ids: readonly string[], caller: Caller, reason: string | undefined) {
    const at = new Date(deps.clock());
    return db.transaction().execute(async (trx) => {
      const due = await setDueAgain(trx, ids, at);
      await writeAudit(
        trx,
        due.map(({ id }) => entryOf(caller, id, reason, at)),
      );
      return due;
    });
  }

  // Before `{id}`, which would take the word for an id.
  routes.add(
    replayInboxPageOperation,
    ofInstallation(defaultTenantId, async ({ body, res }) => {
      const { filter, limit, cursor, reason } = body;
      const rows = await listInbox(db, inboxFilter(filter, [filter.status]), {
        after: cursor?.[0] ?? null,
        limit: limit + 1,
        order: 'asc',
      });
      const ids = rows.slice(0, limit).map(({ id }) => id);
      const replayed = new Set((await replay(ids, callerOf(res), reason)).map(({ id }) => id));
      if (replayed.size > 0) deps.onDue();
      return reply(
        200,
        pageOf(
          rows,
          limit,
          ({ id, pruned_at: prunedAt }) => ({ id, outcome: outcomeOf(replayed.has(id), prunedAt) }),
          ({ id }) => [id],
        ),
      );
    }),
  );

  routes.add(
    replayInboxOperation,
    ofInstallation(defaultTenantId, async ({ params, body, res }) => {
      const [due] = await replay([params.id], callerOf(res), body.reason);
      if (due) {
        deps.onDue();
        return reply(200, entryJson(due));
      }
      const row = await inboxRow(db, params.id);
      if (row === undefined) return refusal('not-found');
      if (row.pruned_at !== null) return refusal('refused', PRUNED);
      return refusal('refused', {
        reason: 'waiting',
        at: row.next_attempt_at.getTime(),
        detail: 'It waits already, and is delivered without a replay.',
      });
    }),
  );
}
