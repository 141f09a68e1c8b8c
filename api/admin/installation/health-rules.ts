import type { KnownProcess, KnownReplica } from '../../../db/queries/processes.ts';
import { type GatewaySight, PROCESS_SILENCE_MS } from '../../../platform/process-report.ts';
import type { QueueSight } from '../../../platform/task-queue.ts';
import type { VendorSight } from '../../../platform/vendor-pace/sight.ts';

/** What a look at everything found. Null: whoever knows it did not answer. */
export interface Look {
  readonly temporal: { readonly queues: readonly QueueSight[] } | null;
  readonly database: {
    readonly processes: readonly KnownProcess[];
    readonly replicas: readonly KnownReplica[];
  } | null;
}

/** A vendor as all processes that live know it together. */
export interface VendorState extends VendorSight {
  /** How many of the processes take it for away. */
  readonly awayIn: number;
  /** How many processes have a say. */
  readonly processes: number;
}

/** Who is worst off decides how a vendor is called. */
const WORST_FIRST = [
  'away',
  'failing',
  'answering',
  'unasked',
] as const satisfies readonly VendorSight['state'][];

export const isSilent = (process: Pick<KnownProcess, 'silent_ms'>): boolean =>
  process.silent_ms > PROCESS_SILENCE_MS;

const latest = (instants: readonly (string | null)[]): string | null =>
  instants
    .filter((one) => one !== null)
    .toSorted()
    .at(-1) ?? null;

const earliest = (instants: readonly (string | null)[]): string | null =>
  instants.filter((one) => one !== null).toSorted()[0] ?? null;

function together(vendor: string, sights: readonly VendorSight[]): VendorState {
  const state = WORST_FIRST.find((one) => sights.some((sight) => sight.state === one)) ?? 'unasked';
  const failures = sights.flatMap(({ lastFailure }) => (lastFailure === null ? [] : [lastFailure]));
  const away = sights.filter((sight) => sight.state === 'away');
  return {
    vendor,
    state,
    since: earliest(sights.filter((sight) => sight.state === state).map(({ since }) => since)),
    lastAnswerAt: latest(sights.map(({ lastAnswerAt }) => lastAnswerAt)),
    lastFailure: failures.toSorted((one, other) => one.at.localeCompare(other.at)).at(-1) ?? null,
    parked: sights.reduce((sum, { parked }) => sum + parked, 0),
    awayIn: away.length,
    processes: sights.length,
  };
}

/** Each vendor as the processes that live know it. Those that are silent have no say: what they knew is old. */
export function vendorStates(processes: readonly KnownProcess[]): readonly VendorState[] {
  const sights = new Map<string, VendorSight[]>();
  for (const { vendors } of processes.filter((process) => !isSilent(process)))
    for (const sight of vendors) sights.set(sight.vendor, [...(sights.get(sight.vendor) ?? []), sight]);
  return [...sights]
    .map(([vendor, known]) => together(vendor, known))
    .toSorted((one, other) => one.vendor.localeCompare(other.vendor));
}

const GATEWAY_WORST_FIRST = ['failed', 'pending', 'stopped', 'ready'] as const;

/** How far the processes are with setting the gateway up; null: none of those that live says anything. */
export function gatewayState(processes: readonly KnownProcess[]): GatewaySight | null {
  const sights = processes.flatMap((one) => (isSilent(one) || one.gateway === null ? [] : [one.gateway]));
  for (const state of GATEWAY_WORST_FIRST) {
    const found = sights.find((one) => one.state === state);
    if (found !== undefined) return found;
  }
  return null;
}

export const CONCERNS = [
  'database-away',
  'engine-away',
  'no-worker',
  'tasks-wait',
  'vendor-away',
  'vendor-failing',
  'gateway-not-ready',
  'process-silent',
  'replica-behind',
  'versions-differ',
] as const;

/** What a person should look at, worst first, with what it is about. */
export interface Concern {
  readonly code: (typeof CONCERNS)[number];
  readonly about: string | null;
}

/** A task that waited for so long is not merely on its way. */
const LONG_BACKLOG_MS = 60_000;

function engineConcerns(temporal: Look['temporal']): readonly Concern[] {
  if (temporal === null) return [{ code: 'engine-away', about: null }];
  return temporal.queues.flatMap(({ kind, pollers, backlogAgeMs }): readonly Concern[] => [
    ...(pollers.length === 0 ? [{ code: 'no-worker', about: kind } as const] : []),
    ...((backlogAgeMs ?? 0) > LONG_BACKLOG_MS ? [{ code: 'tasks-wait', about: kind } as const] : []),
  ]);
}

function storeConcerns(database: Look['database']): readonly Concern[] {
  if (database === null) return [{ code: 'database-away', about: null }];
  const { processes, replicas } = database;
  const live = processes.filter((one) => !isSilent(one));
  const vendors = vendorStates(processes);
  const gateway = gatewayState(processes);
  const named = (code: Concern['code'], names: readonly string[]): readonly Concern[] =>
    names.map((about) => ({ code, about }));
  return [
    ...named(
      'vendor-away',
      vendors.filter(({ state }) => state === 'away').map(({ vendor }) => vendor),
    ),
    ...(gateway !== null && gateway.state !== 'ready'
      ? [{ code: 'gateway-not-ready', about: gateway.code } as const]
      : []),
    ...named(
      'process-silent',
      processes.filter(isSilent).map(({ process_id }) => process_id),
    ),
    ...named(
      'replica-behind',
      replicas.filter(({ leaseMs, behind }) => leaseMs > 0 && behind > 0).map(({ id }) => id),
    ),
    ...named(
      'vendor-failing',
      vendors.filter(({ state }) => state === 'failing').map(({ vendor }) => vendor),
    ),
    ...(new Set(live.map(({ version, build_id: build }) => `${version} ${build}`)).size > 1
      ? [{ code: 'versions-differ', about: null } as const]
      : []),
  ];
}

/** Everything that is not as it should be. None: all is well, as far as anybody knows. */
export function concernsOf({ temporal, database }: Look): readonly Concern[] {
  const found = [...engineConcerns(temporal), ...storeConcerns(database)];
  return CONCERNS.flatMap((code) => found.filter((one) => one.code === code));
}
