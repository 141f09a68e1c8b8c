import type { PlanSetup, SetupStep } from '../setup/step.ts';
import type { AdminApi } from './admin-api.ts';
import type { GatewayBootstrap, GatewayDifference } from './contract.ts';
import { type GatewayDemand, gatewayDemands } from './control.ts';
import { gatewayIds } from './resources.ts';

/** In an operator's words, by the id of what bootstrap makes. */
const WORDS: Readonly<Record<string, string>> = {
  [gatewayIds.denyRule]: 'global rule that denies',
  [gatewayIds.upstream]: 'upstream: our public listener',
  [gatewayIds.sessionService]: 'service of sessions, with forward-auth',
  [gatewayIds.openService]: 'service of what is public',
  [gatewayIds.customerRoute]: 'wildcard route of sessions',
  [gatewayIds.loginRoute]: 'route of the login',
  [gatewayIds.publicRoute]: 'routes of what is public',
  [gatewayIds.adminRoute]: 'route of the admin API',
};

/** What a resource is, e.g. of `services/latchkey-session`. */
export function gatewaySubject(resource: string): string {
  const id = resource.slice(resource.indexOf('/') + 1);
  return `${WORDS[id] ?? 'resource'} (${resource})`;
}

/** Where it differs, without a value: some are secrets. */
export function gatewayDetail({ kind, fields }: GatewayDifference): string {
  switch (kind) {
    case 'missing':
      return 'it is not there';
    case 'different':
      return `differs in ${fields.join(', ')}`;
    case 'unwanted':
      return 'is there, and APISIX_ADMIN_ALLOW names nobody; it is deleted';
  }
}

function stepOf(demand: GatewayDemand, difference: GatewayDifference | undefined): readonly SetupStep[] {
  const subject = gatewaySubject(demand.resource);
  if (difference !== undefined)
    return [
      {
        subject,
        state: difference.kind === 'missing' ? 'missing' : 'different',
        detail: gatewayDetail(difference),
        async apply() {
          await demand.write();
          return `${demand.resource} ${demand.wanted ? 'written' : 'deleted'}`;
        },
      },
    ];
  return demand.wanted ? [{ subject, state: 'as-wanted', detail: null, apply: null }] : [];
}

/**
 * The steps of the gateway's set-up, in the order in which nothing is open in between. The API does the same at each
 * start.
 */
export function planApisix(admin: AdminApi, settings: GatewayBootstrap): PlanSetup {
  return async () => {
    const steps: SetupStep[] = [];
    for (const demand of gatewayDemands(admin, settings)) steps.push(...stepOf(demand, await demand.look()));
    return steps;
  };
}
