import { callerOf } from '../../auth/caller.ts';
import { type Handler, refusal } from '../../operations/routes.ts';

/**
 * Lets only admins of the default tenant through, who run the installation. Webhooks are stored before anybody knows
 * whose they are: the rows have no tenant, and bodies and replays concern several tenants' clients.
 */
export function ofInstallation<Params, Query, Headers, Body>(
  defaultTenantId: number,
  handle: Handler<Params, Query, Headers, Body>,
): Handler<Params, Query, Headers, Body> {
  return async (asked) =>
    callerOf(asked.res).tenantId === defaultTenantId
      ? handle(asked)
      : refusal('not-allowed', {
          reason: 'tenant',
          detail: 'The inbox is the installation’s: only admins of its default tenant may see it.',
        });
}
