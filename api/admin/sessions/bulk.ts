import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { rememberRequest } from '../../../db/queries/idempotency.ts';
import { listSessions } from '../../../db/queries/session-list.ts';
import { sessionWorkflowId } from '../../../platform/session-ids.ts';
import type { SessionKey } from '../../../workflows/contract/values.ts';
import { type Caller, callerOf } from '../../auth/caller.ts';
import { type Refusal, refusal, reply, type Routes } from '../../operations/routes.ts';
import { type Page, pageOf } from '../paging.ts';
import type { ActionDependencies, Outcome } from './action.ts';
import { bulkActions, type Prepared } from './bulk-actions.ts';
import { type BulkBody, bulkOperation, type BulkReply, type BulkResult } from './bulk-request.ts';
import { sessionIdSchema } from './fields.ts';
import type { RunUrl } from './model.ts';
import { cursorOf, placeIn } from './place.ts';

type BulkDependencies = ActionDependencies & { readonly runUrl: RunUrl };

/** Updates under way at once: a page is done in seconds, and no session's client waits behind it. */
const AT_ONCE = 8;

const pageSchema = z.object({ items: z.array(sessionIdSchema), next_cursor: z.string().nullable() });

/** The sessions that fit now. Newest first, by values that no action changes. */
async function matchingPage(
  { db }: BulkDependencies,
  caller: Caller,
  { filter, cursor, limit }: BulkBody,
): Promise<Page<SessionKey> | Refusal> {
  const after = placeIn(cursor, 'created');
  if (after === undefined)
    return refusal('invalid-request', { detail: 'cursor: must be the next_cursor of a page' });
  const wanted = { tenantId: caller.tenantId, filter, order: 'created', after } as const;
  const rows = await listSessions(db, { ...wanted, limit: limit + 1 });
  return pageOf(
    rows,
    limit,
    (row) => row.session_key,
    (row) => cursorOf(row, 'created'),
  );
}

/**
 * The page that this very request was given the first time: who was acted on may not fit the filter any more, and the
 * same request again must not go on to others.
 */
async function pageOfRequest(
  { db, clock }: BulkDependencies,
  caller: Caller,
  key: string,
  body: BulkBody,
  matching: Page<SessionKey>,
): Promise<Page<SessionKey> | Refusal> {
  const now = clock();
  const request = {
    scope: `sessions/bulk|${caller.tenantId}|${JSON.stringify(body.cursor ?? null)}`,
    key,
    request: body,
  };
  const remembered = await rememberRequest(db, request, {
    subject: JSON.stringify(matching),
    now,
  });
  switch (remembered.kind) {
    case 'first':
      return matching;
    case 'repeat':
      return pageSchema.parse(JSON.parse(remembered.subject));
    case 'other-request':
      return refusal('key-reused');
  }
}

function resultOf(id: SessionKey, outcome: Outcome, runUrl: RunUrl): BulkResult {
  const run_url = runUrl(sessionWorkflowId(id));
  if (outcome.kind === 'done') return { id, state: outcome.state, run_url };
  const { code, more } = outcome;
  return {
    id,
    state: 'refused',
    code,
    ...(more.reason === undefined ? {} : { reason: more.reason }),
    run_url,
  };
}

const nobodyAnswered = ({ code }: BulkResult): boolean =>
  code === 'engine-unavailable' || code === 'outcome-unknown';

/** Some at a time. Once nobody answers for any of those, the others are not tried: each would wait as long. */
async function actOnEach(
  deps: BulkDependencies,
  run: Extract<Prepared, { ok: true }>['run'],
  keys: readonly SessionKey[],
  asked: { readonly caller: Caller; readonly key: string },
): Promise<readonly BulkResult[]> {
  const results: BulkResult[] = [];
  let away = false;
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const some = keys.slice(from, from + AT_ONCE);
    const found = await Promise.all(
      some.map(async (id) => {
        const outcome = away ? refusal('engine-unavailable') : await run(deps, { ...asked, id });
        return resultOf(id, outcome, deps.runUrl);
      }),
    );
    away ||= found.every(nobodyAnswered);
    results.push(...found);
  }
  return results;
}

export function addSessionBulk(routes: Routes, deps: BulkDependencies): void {
  routes.add(bulkOperation, async ({ headers, body, res }) => {
    const caller = callerOf(res);
    const key = headers['idempotency-key'] ?? randomUUID();
    res.set('idempotency-key', key);
    const prepared = bulkActions[body.action]({ ...body.arguments, reason: body.reason });
    if (!prepared.ok) return refusal('invalid-request', { detail: `arguments: ${prepared.detail}` });
    const matching = await matchingPage(deps, caller, body);
    if ('kind' in matching) return matching;
    const page = body.dry_run ? matching : await pageOfRequest(deps, caller, key, body, matching);
    if ('kind' in page) return page;
    const results = body.dry_run
      ? page.items.map(
          (id): BulkResult => ({ id, state: 'planned', run_url: deps.runUrl(sessionWorkflowId(id)) }),
        )
      : await actOnEach(deps, prepared.run, page.items, { caller, key });
    const answer: BulkReply = {
      matched_page: page.items.length,
      results: [...results],
      next_cursor: page.next_cursor,
    };
    return reply(200, answer);
  });
}
