import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { sessionWorkflowId } from '../../../platform/session-ids.ts';
import { callerOf } from '../../auth/caller.ts';
import { problems } from '../../operations/family.ts';
import { type AnyOperation, describeOperation } from '../../operations/operation.ts';
import { reply, type Routes } from '../../operations/routes.ts';
import { reissueLink, restoreAccess, revokeAccess, revokeLink } from './access-actions.ts';
import { type Action, type ActionDependencies, perform } from './action.ts';
import {
  cancelSession,
  decideLateChange,
  grantCutoff,
  handOverSession,
  rescheduleSession,
  resendMail,
} from './course-actions.ts';
import { correctEmail } from './email-action.ts';
import { idempotencyHeaders, sessionParams } from './fields.ts';
import { type RunUrl, runUrlSchema } from './model.ts';
import { decideRefund } from './refund-action.ts';
import { retryStep, skipStep } from './step-actions.ts';

const replySchema = z
  .object({
    state: z.enum(['done', 'confirmed', 'unconfirmed']).meta({
      description:
        'Of a revocation `confirmed`: every replica refuses from here on; `unconfirmed`: it is written and will be.',
    }),
    run_url: runUrlSchema,
  })
  .meta({ id: 'SessionActionReply' });

const HEADERS = { 'Idempotency-Key': 'The key that was used.' } as const;

function operationOf<Body extends { readonly reason?: string | undefined }>(action: Action<Body>) {
  return describeOperation({
    id: action.operationId,
    method: 'post',
    path: `/api/v1/admin/sessions/{id}/${action.name}`,
    tag: 'sessions',
    summary: action.summary,
    ...(action.description === undefined ? {} : { description: action.description }),
    family: problems,
    access: { kind: 'bearer', roles: ['admin'] },
    params: sessionParams,
    headers: idempotencyHeaders,
    body: action.body,
    bodyExample: action.bodyExample,
    answers: {
      200: {
        description: 'It is done.',
        body: replySchema,
        example: { state: 'done', run_url: null },
        headers: HEADERS,
      },
      202: {
        description: 'It is written, or its outcome is not known: repeat with the same key.',
        body: replySchema,
        example: { state: 'unconfirmed', run_url: null },
        headers: HEADERS,
      },
    },
    refusals: ['refused', 'session-over', 'already-exists', 'engine-unavailable', 'store-unavailable'],
  });
}

interface Mounted {
  readonly operation: AnyOperation;
  addTo(routes: Routes, deps: ActionDependencies & { readonly runUrl: RunUrl }): void;
}

function mounted<Body extends { readonly reason?: string | undefined }>(action: Action<Body>): Mounted {
  const operation = operationOf(action);
  return {
    operation,
    addTo(routes, deps) {
      routes.add(operation, async ({ params, headers, body, res }) => {
        const key = headers['idempotency-key'] ?? randomUUID();
        res.set('idempotency-key', key);
        const outcome = await perform(deps, action, { caller: callerOf(res), id: params.id, key }, body);
        if (outcome.kind === 'refusal') return outcome;
        const { state } = outcome;
        const run_url = deps.runUrl(sessionWorkflowId(params.id));
        return reply(state === 'unconfirmed' ? 202 : 200, { state, run_url });
      });
    },
  };
}

const actions: readonly Mounted[] = [
  mounted(cancelSession),
  mounted(rescheduleSession),
  mounted(handOverSession),
  mounted(decideLateChange),
  mounted(decideRefund),
  mounted(grantCutoff),
  mounted(reissueLink),
  mounted(revokeLink),
  mounted(revokeAccess),
  mounted(restoreAccess),
  mounted(correctEmail),
  mounted(resendMail),
  mounted(retryStep),
  mounted(skipStep),
];

export const actionOperations: readonly AnyOperation[] = actions.map(({ operation }) => operation);

/** What is done about one session, below its address. What was done, and what was refused, is audited. */
export function addSessionActions(
  routes: Routes,
  deps: ActionDependencies & { readonly runUrl: RunUrl },
): void {
  for (const action of actions) action.addTo(routes, deps);
}
