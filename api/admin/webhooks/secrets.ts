import { rotateSecret } from '../../../db/queries/webhooks.ts';
import { webhookSecret } from '../../../integrations/receivers/signature.ts';
import { callerOf } from '../../auth/caller.ts';
import { describeOperation } from '../../operations/operation.ts';
import { refusal, reply, type Routes } from '../../operations/routes.ts';
import { secretSchema } from './model.ts';
import {
  auditWebhook,
  endpointOf,
  endpointParams,
  WEBHOOKS_PATH,
  type WebhookDeps,
  webhookOperation,
} from './shared.ts';

const answers = {
  200: {
    description: 'The secret that holds from now on.',
    body: secretSchema,
    example: { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=' },
  },
} as const;

export const readSecretOperation = describeOperation({
  ...webhookOperation,
  id: 'getWebhookSecret',
  method: 'get',
  path: `${WEBHOOKS_PATH}/{id}/secret`,
  summary: 'The secret of an endpoint',
  params: endpointParams,
  answers,
  refusals: [],
});

export const rotateSecretOperation = describeOperation({
  ...webhookOperation,
  id: 'rotateWebhookSecret',
  method: 'post',
  path: `${WEBHOOKS_PATH}/{id}/secret/rotate`,
  summary: 'Replace the secret of an endpoint',
  description:
    'Messages carry a signature by the new secret and one by the secret before it, until the next rotation. So the ' +
    'receiver can change over whenever it likes, and forgets the old secret when it does.',
  params: endpointParams,
  answers,
  refusals: [],
});

/** What receivers verify with: shown again at any time, since it is derived and never stored. */
export function addSecretRoutes(routes: Routes, deps: WebhookDeps): void {
  const { db, clock, linkKeys } = deps;

  routes.add(readSecretOperation, async ({ params, res }) => {
    const caller = callerOf(res);
    const endpoint = await endpointOf(db, caller, params.id);
    if (endpoint === undefined) return refusal('not-found');
    await auditWebhook(db, caller, 'secret-read', params.id, new Date(clock()));
    return reply(200, { secret: webhookSecret(linkKeys, params.id, endpoint.secret_round) });
  });

  routes.add(rotateSecretOperation, async ({ params, res }) => {
    const caller = callerOf(res);
    const at = new Date(clock());
    const rotated = await db.transaction().execute(async (trx) => {
      const endpoint = await rotateSecret(trx, { tenantId: caller.tenantId, endpointId: params.id }, at);
      if (endpoint)
        await auditWebhook(trx, caller, 'secret-rotated', params.id, at, { round: endpoint.secret_round });
      return endpoint;
    });
    if (rotated === undefined) return refusal('not-found');
    return reply(200, { secret: webhookSecret(linkKeys, params.id, rotated.secret_round) });
  });
}
