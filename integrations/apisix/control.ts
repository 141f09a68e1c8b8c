import type { AdminApi } from './admin-api.ts';
import { fieldsThatDiffer } from './compare.ts';
import type { GatewayBootstrap, GatewayControl, GatewayDifference } from './contract.ts';
import { type AdminResource, bootstrapResources, type ResourceName, unwantedResources } from './resources.ts';

/** One resource as it should be: there with this body, or not there at all. */
export interface GatewayDemand {
  /** `<collection>/<id>` as in the Admin API's path. */
  readonly resource: string;
  readonly wanted: boolean;
  /** Undefined: it is as it should be. Changes nothing. */
  look(): Promise<GatewayDifference | undefined>;
  /** Writes it, whatever is there. */
  write(): Promise<void>;
}

const nameOf = ({ collection, id }: ResourceName): string => `${collection}/${id}`;

function demandOf(admin: AdminApi, wanted: AdminResource): GatewayDemand {
  const resource = nameOf(wanted);
  return {
    resource,
    wanted: true,
    async look() {
      const held = await admin.get(wanted);
      if (held === undefined) return { resource, kind: 'missing', fields: [] };
      const fields = fieldsThatDiffer(held, wanted.body);
      return fields.length === 0 ? undefined : { resource, kind: 'different', fields };
    },
    write: () => admin.put(wanted),
  };
}

function absenceOf(admin: AdminApi, name: ResourceName): GatewayDemand {
  const resource = nameOf(name);
  return {
    resource,
    wanted: false,
    look: async () => (await admin.get(name)) && { resource, kind: 'unwanted', fields: [] },
    async write() {
      await admin.delete(name);
    },
  };
}

/** Everything that the gateway must have. The rule that denies comes first and the routes behind it last, so that nothing is open in between. */
export function gatewayDemands(admin: AdminApi, settings: GatewayBootstrap): readonly GatewayDemand[] {
  return [
    ...bootstrapResources(settings).map((wanted) => demandOf(admin, wanted)),
    ...unwantedResources(settings).map((name) => absenceOf(admin, name)),
  ];
}

/** What is asked for and what is held, compared before anything is written. */
export function createGatewayControl(admin: AdminApi): GatewayControl {
  async function go(settings: GatewayBootstrap, write: boolean): Promise<readonly GatewayDifference[]> {
    const differences: GatewayDifference[] = [];
    for (const demand of gatewayDemands(admin, settings)) {
      const difference = await demand.look();
      if (difference === undefined) continue;
      if (write) await demand.write();
      differences.push(difference);
    }
    return differences;
  }

  return {
    inspect: (settings) => go(settings, false),
    bootstrap: (settings) => go(settings, true),
  };
}
