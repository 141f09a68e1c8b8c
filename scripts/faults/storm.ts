import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSwitch } from '../../integrations/sandbox/faults.ts';
import { type Kill, faultName, type StormEvent, type Vendor, type VendorFault } from './schedule.ts';
import type { System } from './system.ts';

/** How often each thing happened, by its name. */
export type Tally = Readonly<Record<string, number>>;

export interface StormOptions {
  readonly system: Pick<System, 'members' | 'sandboxes'>;
  readonly events: readonly StormEvent[];
  /** Resolves when somebody who asks the system is answered, from one end to the other. */
  readonly works: () => Promise<void>;
  /** One line per fault. */
  readonly say: (line: string) => void;
}

const vendors: readonly Vendor[] = ['saleor', 'zammad', 'apisix', 'calendly'];

const signOf = ({ vendor, rule }: Pick<VendorFault, 'vendor' | 'rule'>): string =>
  `${vendor} ${faultName(rule)}`;

/** Lets everything fail that was planned. Resolves when all is back and no vendor fails any more. */
export async function rage({ system, events, works, say }: StormOptions): Promise<Tally> {
  const tally = new Map<string, number>();
  const count = (name: string, times: number) => tally.set(name, (tally.get(name) ?? 0) + times);
  const switches: Readonly<Record<Vendor, FaultSwitch>> = {
    saleor: system.sandboxes.saleor.faults,
    zammad: system.sandboxes.zammad.faults,
    apisix: system.sandboxes.apisix.faults,
    calendly: system.sandboxes.calendly.faults,
  };
  const returns: Promise<void>[] = [];

  function kill({ victims, deadMs }: Kill): Promise<unknown> {
    const names = victims.join(' and ');
    say(`${names} killed for ${(deadMs / 1000).toFixed(1)} s`);
    if (victims.length > 1) count('two at once', 1);
    const backs = victims.map((victim) => {
      count(`kill ${victim}`, 1);
      return system.members[victim].killFor(deadMs);
    });
    returns.push(...backs);
    return Promise.allSettled(backs);
  }

  function fail(fault: VendorFault): void {
    say(`${signOf(fault)}, ${fault.rule.times ?? 1} times`);
    count(signOf(fault), fault.rule.times ?? 1);
    switches[fault.vendor].set(fault.rule);
  }

  let began = Date.now();
  for (const event of events) {
    await sleep(Math.max(0, began + event.at - Date.now()));
    if (event.kind === 'vendor') {
      fail(event);
      continue;
    }
    const killedAt = Date.now();
    const back = kill(event);
    if (!event.awaited) continue;
    await back;
    await works();
    // However slow the machine is, the storm meets a system that works.
    began += Date.now() - killedAt;
  }
  await Promise.all(returns);
  for (const vendor of vendors) {
    // What nobody ran into did not happen.
    for (const { times, ...rule } of switches[vendor].list()) count(signOf({ vendor, rule }), -times);
    switches[vendor].clear();
  }
  return Object.fromEntries(
    [...tally].filter(([, times]) => times > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
