import type { AdminApi } from './admin-api.ts';
import { fieldsThatDiffer } from './compare.ts';
import type { GatewayBootstrap, GatewayControl, GatewayDifference } from './contract.ts';
import { type AdminResource, bootstrapResources, type ResourceName, unwantedResources } from './resources.ts';

const nameOf = ({ collection, id }: ResourceName): string => `${collection}/${id}`;

/** What is asked for and what is held, compared before anything is written. */
export function createGatewayControl(admin: AdminApi): GatewayControl {
  async function look(wanted: AdminResource): Promise<GatewayDifference | undefined> {
    const held = await admin.get(wanted);
    const resource = nameOf(wanted);
    if (held === undefined) return { resource, kind: 'missing', fields: [] };
    const fields = fieldsThatDiffer(held, wanted.body);
    return fields.length === 0 ? undefined : { resource, kind: 'different', fields };
  }

  async function lookForUnwanted(name: ResourceName): Promise<GatewayDifference | undefined> {
    const held = await admin.get(name);
    return held && { resource: nameOf(name), kind: 'unwanted', fields: [] };
  }

  async function go(settings: GatewayBootstrap, write: boolean): Promise<readonly GatewayDifference[]> {
    const differences: GatewayDifference[] = [];
    // The rule that denies comes first and the routes behind it last, so that nothing is open in between.
    for (const resource of bootstrapResources(settings)) {
      const difference = await look(resource);
      if (difference === undefined) continue;
      if (write) await admin.put(resource);
      differences.push(difference);
    }
    for (const name of unwantedResources(settings)) {
      const difference = await lookForUnwanted(name);
      if (difference === undefined) continue;
      if (write) await admin.delete(name);
      differences.push(difference);
    }
    return differences;
  }

  return {
    inspect: (settings) => go(settings, false),
    bootstrap: (settings) => go(settings, true),
  };
}
