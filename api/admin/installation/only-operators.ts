import { callerOf } from '../../auth/caller.ts';
import { type Handler, refusal } from '../../operations/routes.ts';

/**
 * Lets only admins of the default tenant through, who run the installation: for what concerns several tenants, as
 * webhooks do, which are stored before anybody knows whose they are, and as processes, vendors and schedules do.
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
          detail: 'This is the installation’s: only admins of its default tenant may see it.',
        });
}
