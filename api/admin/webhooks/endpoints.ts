import { randomBytes } from 'node:crypto';
import {
  changeEndpoint,
  deleteEndpoint,
  type EndpointChange,
  insertEndpoint,
  listEndpoints,
} from '../../../db/queries/webhooks.ts';
import { webhookSecret } from '../../../integrations/receivers/signature.ts';
import { targetProblem } from '../../../integrations/receivers/target.ts';
import { callerOf } from '../../auth/caller.ts';
import { fitsIfMatch } from '../../entity-tag.ts';
import { type Refusal, refusal, reply, type Routes } from '../../operations/routes.ts';
import { pageOf } from '../paging.ts';
import {
  changeEndpointOperation,
  createEndpointOperation,
  deleteEndpointOperation,
  listEndpointsOperation,
  MOST_ENDPOINTS,
  readEndpointOperation,
} from './endpoint-operations.ts';
import { tagOf, toEndpoint } from './model.ts';
import { auditWebhook, endpointOf, WEBHOOKS_PATH, type WebhookDeps, withEndpoint } from './shared.ts';

const newEndpointId = (): string => `whe_${randomBytes(15).toString('base64url')}`;

function refusedUrl(url: string | undefined, ownNetworks: readonly string[]): Refusal | null {
  const problem = url === undefined ? null : targetProblem(url, ownNetworks);
  return problem === null ? null : refusal('invalid-request', { detail: `url: ${problem}` });
}

/** What is given; a field that is left out stays as it is. */
function changeOf(
  body: {
    readonly [Field in keyof EndpointChange]: EndpointChange[Field] | undefined;
  },
): EndpointChange {
  const { url, description, events, state } = body;
  return {
    ...(url === undefined ? {} : { url }),
    ...(description === undefined ? {} : { description }),
    ...(events === undefined ? {} : { events }),
    ...(state === undefined ? {} : { state }),
  };
}

/** Endpoints that a tenant's events are sent to. */
export function addEndpointRoutes(routes: Routes, deps: WebhookDeps): void {
  const { db, clock, linkKeys, ownNetworks } = deps;

  routes.add(createEndpointOperation, async ({ body, res }) => {
    const caller = callerOf(res);
    const refused = refusedUrl(body.url, ownNetworks);
    if (refused) return refused;
    const at = new Date(clock());
    const made = await db.transaction().execute(async (trx) => {
      const { tenantId } = caller;
      const { url, events, description = null } = body;
      const endpointId = newEndpointId();
      const wanted = { endpointId, tenantId, url, description, events, at };
      const endpoint = await insertEndpoint(trx, wanted, MOST_ENDPOINTS);
      if (endpoint) await auditWebhook(trx, caller, 'created', endpointId, at);
      return endpoint;
    });
    if (made === undefined)
      return refusal('refused', {
        reason: 'too-many-endpoints',
        detail: `a tenant has at most ${MOST_ENDPOINTS} endpoints`,
      });
    const secret = webhookSecret(linkKeys, made.endpoint_id, made.secret_round);
    return reply(
      201,
      { ...toEndpoint(made), secret },
      { etag: tagOf(made), location: `${WEBHOOKS_PATH}/${made.endpoint_id}` },
    );
  });

  routes.add(listEndpointsOperation, async ({ query, res }) => {
    const { limit, cursor } = query;
    const rows = await listEndpoints(db, {
      tenantId: callerOf(res).tenantId,
      after: cursor === undefined ? null : { createdAt: new Date(cursor[0]), endpointId: cursor[1] },
      limit: limit + 1,
    });
    return reply(
      200,
      pageOf(rows, limit, toEndpoint, (row) => [row.created_at.getTime(), row.endpoint_id]),
    );
  });

  routes.add(readEndpointOperation, async ({ params, res }) => {
    const endpoint = await endpointOf(db, callerOf(res), params.id);
    if (endpoint === undefined) return refusal('not-found');
    return reply(200, toEndpoint(endpoint), { etag: tagOf(endpoint) });
  });

  routes.add(changeEndpointOperation, async ({ params, headers, body, res }) => {
    const caller = callerOf(res);
    const refused = refusedUrl(body.url, ownNetworks);
    if (refused) return refused;
    return withEndpoint(db, caller, params.id, async (trx, endpoint) => {
      if (!fitsIfMatch(headers['if-match'], tagOf(endpoint))) return refusal('precondition-failed');
      const at = new Date(clock());
      const changed = await changeEndpoint(trx, params.id, changeOf(body), at);
      const fields = Object.keys(body).toSorted().join(',');
      await auditWebhook(trx, caller, 'changed', params.id, at, { fields, state: changed.state });
      return reply(200, toEndpoint(changed), { etag: tagOf(changed) });
    });
  });

  routes.add(deleteEndpointOperation, async ({ params, headers, res }) => {
    const caller = callerOf(res);
    return withEndpoint(db, caller, params.id, async (trx, endpoint) => {
      if (!fitsIfMatch(headers['if-match'], tagOf(endpoint))) return refusal('precondition-failed');
      await deleteEndpoint(trx, params.id);
      await auditWebhook(trx, caller, 'deleted', params.id, new Date(clock()));
      return reply(204, undefined);
    });
  });
}
