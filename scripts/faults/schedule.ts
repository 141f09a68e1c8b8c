import type { FaultInput } from '../../integrations/sandbox/faults.ts';
import type { Vendor as AnyVendor } from '../../platform/config.ts';

/** Those that the sessions of a storm need. */
export type Vendor = Exclude<AnyVendor, 'calcom'>;

/** What is killed with SIGKILL. */
export const victims = ['worker', 'api', 'temporal', 'postgres'] as const;
export type Victim = (typeof victims)[number];

export interface Kill {
  readonly kind: 'kill';
  /** Milliseconds after the storm begins, by a clock that stands still while a kill is awaited. */
  readonly at: number;
  /** One, or two at once. */
  readonly victims: readonly Victim[];
  /** How long each stays dead, in milliseconds. */
  readonly deadMs: number;
  /** The next fault waits until they are back; otherwise it may strike while they come up. */
  readonly awaited: boolean;
}

export interface VendorFault {
  readonly kind: 'vendor';
  readonly at: number;
  readonly vendor: Vendor;
  readonly rule: FaultInput;
}

export type StormEvent = Kill | VendorFault;

export interface ScheduleOptions {
  /** After this nothing fails any more, in milliseconds of the storm's clock. */
  readonly stormMs: number;
  /** Between two kills, on average. */
  readonly killEveryMs: number;
  /** Between two vendor faults, on average. */
  readonly faultEveryMs: number;
}

const vendors: readonly Vendor[] = ['saleor', 'zammad', 'apisix', 'calendly'];

/** Longer than a worker waits for a vendor. */
export const BEYOND_PATIENCE_MS = 6500;
/** How long a vendor's port is shut. */
const SHUT_MS = 1500;
/** How long a webhook that is to be overtaken is held back at most. */
const HELD_BACK_MS = 3000;

/** Requests that the product sends; the vendors' pages belong to the client, who is not part of the test. */
const paths: Readonly<Record<Vendor, string>> = {
  saleor: '^/graphql/',
  zammad: '^/api/v1/',
  apisix: '^/apisix/admin/',
  calendly: '^/(scheduling_links|scheduled_events|invitee_no_shows|users)',
};

const sendsWebhooks: ReadonlySet<Vendor> = new Set<Vendor>(['saleor', 'zammad', 'calendly']);

type FaultName = FaultInput['kind'] | 'rate-limited';

const requestFaults: readonly FaultName[] = [
  'drop',
  'status',
  'rate-limited',
  'delay',
  'refuse',
  'commit-then-hang-up',
  'commit-then-silence',
  'malformed',
  'wrong-content-type',
];
const webhookFaults: readonly FaultName[] = ['duplicate', 'reorder'];

function ruleOf(name: FaultName, vendor: Vendor, times: number): FaultInput {
  const path = paths[vendor];
  switch (name) {
    case 'rate-limited':
      return { kind: 'status', status: 429, headers: { 'retry-after': '1' }, path, times };
    case 'status':
      return { kind: 'status', status: 500, path, times };
    case 'delay':
    case 'commit-then-silence':
      return { kind: name, delayMs: BEYOND_PATIENCE_MS, path, times: 1 };
    case 'refuse':
      return { kind: 'refuse', delayMs: SHUT_MS, path, times: 1 };
    case 'drop':
    case 'commit-then-hang-up':
    case 'malformed':
    case 'wrong-content-type':
      return { kind: name, path, times };
    case 'duplicate':
    case 'lose':
      return { kind: name, times };
    case 'reorder':
      return { kind: 'reorder', delayMs: HELD_BACK_MS, times };
  }
}

/** A walk over all of `items` in a new order each time round, so that each comes as often as the others. */
function inTurns<T>(items: readonly T[], random: () => number): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = [...items];
    const [taken] = left.splice(Math.floor(random() * left.length), 1);
    if (taken === undefined) throw new RangeError('nothing to take in turns');
    return taken;
  };
}

/** Instants from `from` to `until`, `every` apart on average. */
function instants(from: number, until: number, every: number, random: () => number): number[] {
  const found: number[] = [];
  for (let at = from + random() * every; at < until; at += every * (0.4 + 1.2 * random()))
    found.push(Math.round(at));
  return found;
}

function killsOf({ stormMs, killEveryMs }: ScheduleOptions, random: () => number): Kill[] {
  const next = inTurns(victims, random);
  return instants(500, stormMs, killEveryMs, random).map((at, index) => {
    const first = next();
    // Every third time something else dies with it.
    const second = index % 3 === 2 ? next() : first;
    return {
      kind: 'kill',
      at,
      victims: first === second ? [first] : [first, second],
      deadMs: Math.round(200 + random() ** 2 * 3800),
      awaited: index % 4 !== 3,
    };
  });
}

function faultsOf({ stormMs, faultEveryMs }: ScheduleOptions, random: () => number): VendorFault[] {
  const next = inTurns(
    vendors.flatMap((vendor) =>
      [...requestFaults, ...(sendsWebhooks.has(vendor) ? webhookFaults : [])].map((name) => ({
        vendor,
        name,
      })),
    ),
    random,
  );
  return instants(0, stormMs, faultEveryMs, random).map((at) => {
    const { vendor, name } = next();
    return { kind: 'vendor', at, vendor, rule: ruleOf(name, vendor, 1 + Math.floor(random() * 2)) };
  });
}

/** What fails in a run and when: the same for the same numbers. */
export function planStorm(options: ScheduleOptions, random: () => number): readonly StormEvent[] {
  return [...killsOf(options, random), ...faultsOf(options, random)].toSorted((a, b) => a.at - b.at);
}

export const faultName = ({ kind, status }: FaultInput): string =>
  kind === 'status' ? `status ${status ?? 500}` : kind;
