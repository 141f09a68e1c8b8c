import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import {
  type KnownProcess,
  type KnownReplica,
  listProcesses,
  listReplicas,
} from '../../../db/queries/processes.ts';
import type { Clock } from '../../../platform/clock.ts';
import { failures, type FailureCode } from '../../../platform/failures.ts';
import { describeQueue, type QueueSight } from '../../../platform/task-queue.ts';
import { within } from '../../../platform/within.ts';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { reply, type Routes } from '../../operations/routes.ts';
import {
  CONCERNS,
  concernsOf,
  gatewayState,
  isSilent,
  type Look,
  type VendorState,
  vendorStates,
} from './health-rules.ts';
import { ofInstallation } from './only-operators.ts';
import type { TemporalCalls } from './temporal-calls.ts';

export interface HealthDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly defaultTenantId: number;
  readonly temporal: TemporalCalls;
  readonly namespace: string;
}

const codeSchema = z.enum(Object.keys(failures) as [FailureCode, ...FailureCode[]]);

const concernSchema = z.object({
  code: z.enum(CONCERNS),
  about: z.string().nullable().meta({ description: 'Which vendor, process, queue; or why.' }),
});

const queueSchema = z
  .object({
    kind: z.enum(['workflow', 'activity']),
    pollers: z.array(z.object({ identity: z.string(), last_seen_at: z.iso.datetime().nullable() })),
    backlog: z
      .int()
      .nullable()
      .meta({ description: 'About how many tasks wait; null: Temporal does not say.' }),
    backlog_seconds: z.number().nullable().meta({ description: 'How long the oldest of them has waited.' }),
  })
  .meta({ id: 'TaskQueueHealth' });

const vendorSchema = z
  .object({
    vendor: z
      .string()
      .meta({ description: 'Of a shop with its domain behind it; `gateway`: APISIX as clients meet it.' }),
    state: z.enum(['unasked', 'answering', 'failing', 'away']).meta({
      description:
        '`away`: at least one process parks its calls. `failing`: the last calls were not answered. `answering`: they ' +
        'were, be it with a refusal. `unasked`: nobody has called it since they started.',
    }),
    since: z.iso.datetime().nullable().meta({ description: 'Of the first call without an answer.' }),
    last_answer_at: z.iso.datetime().nullable(),
    last_failure: z.object({ code: codeSchema, at: z.iso.datetime() }).nullable(),
    parked: z.int().meta({ description: 'Calls that were not made in the outage that goes on.' }),
    away_in: z.int().meta({ description: 'How many processes take it for away.' }),
    processes: z.int().meta({ description: 'How many have a say.' }),
  })
  .meta({
    id: 'VendorHealth',
    description: 'A vendor, as the processes that live know it from their own calls.',
  });

const processSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['api', 'worker']),
    version: z.string(),
    build_id: z.string().nullable().meta({ description: 'Of a versioned worker.' }),
    started_at: z.iso.datetime(),
    seen_at: z.iso.datetime(),
    silent: z
      .boolean()
      .meta({ description: 'Not heard of for over 30 seconds: it died, or cannot reach PostgreSQL.' }),
  })
  .meta({ id: 'ProcessHealth' });

const replicaSchema = z
  .object({
    id: z.string(),
    started_at: z.iso.datetime(),
    live: z.boolean().meta({ description: 'Its lease runs: it may answer forward-auth from memory.' }),
    behind: z.int().meta({ description: 'Revocations that it has not confirmed yet.' }),
  })
  .meta({ id: 'ReplicaHealth' });

const healthSchema = z
  .object({
    at: z.iso.datetime(),
    concerns: z
      .array(concernSchema)
      .meta({ description: 'What a person should look at, worst first. None: all is well.' }),
    database: z.object({ reachable: z.boolean() }),
    temporal: z.object({
      reachable: z.boolean(),
      namespace: z.string(),
      queues: z.array(queueSchema).nullable(),
    }),
    vendors: z.array(vendorSchema).nullable(),
    gateway: z
      .object({
        state: z.enum(['pending', 'ready', 'failed', 'stopped']),
        code: codeSchema.nullable().meta({ description: 'Why the last attempt failed.' }),
      })
      .nullable()
      .meta({ description: 'How far setting APISIX up is, where it is worst.' }),
    processes: z.array(processSchema).nullable(),
    replicas: z.array(replicaSchema).nullable(),
  })
  .meta({ id: 'Health', description: 'Null: whoever knows it did not answer.' });

const EXAMPLE_AT = '2026-11-21T10:00:00.000Z';

export const readHealthOperation = describeOperation({
  id: 'getHealth',
  method: 'get',
  path: '/api/v1/admin/health',
  tag: 'installation',
  summary: 'How everything stands: vendors, Temporal, PostgreSQL, the gateway, our own processes',
  description:
    'Only for admins of the default tenant. Vendors are as our processes know them from the calls that they make ' +
    'anyway: nobody is called for this. Each process tells what it knows within seconds of a change, and every ten ' +
    'seconds; `npm run doctor` calls everybody, and says what is wrong with the configuration.',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  answers: {
    200: {
      description: 'Also where something is away: the answer says what.',
      body: healthSchema,
      example: {
        at: EXAMPLE_AT,
        concerns: [{ code: 'vendor-away', about: 'zammad' }],
        database: { reachable: true },
        temporal: {
          reachable: true,
          namespace: 'default',
          queues: [
            {
              kind: 'workflow',
              pollers: [{ identity: 'worker-1@host', last_seen_at: EXAMPLE_AT }],
              backlog: 0,
              backlog_seconds: 0,
            },
          ],
        },
        vendors: [
          {
            vendor: 'zammad',
            state: 'away',
            since: '2026-11-21T09:58:00.000Z',
            last_answer_at: '2026-11-21T09:57:59.000Z',
            last_failure: { code: 'vendor-timeout', at: '2026-11-21T09:59:51.000Z' },
            parked: 12,
            away_in: 1,
            processes: 2,
          },
        ],
        gateway: { state: 'ready', code: null },
        processes: [
          {
            id: 'api:1@host:aBcDeF',
            kind: 'api',
            version: '0.1.0',
            build_id: null,
            started_at: '2026-11-21T08:00:00.000Z',
            seen_at: EXAMPLE_AT,
            silent: false,
          },
        ],
        replicas: [{ id: 'host:1:0a1b2c3d', started_at: '2026-11-21T08:00:00.000Z', live: true, behind: 0 }],
      },
    },
  },
  refusals: [],
});

/** The page waits for it; a store that answers later is as good as away. */
const STORE_PATIENCE_MS = 3000;

/** What the rows say, or null. */
export async function lookInDatabase(db: Database): Promise<Look['database']> {
  const rows = Promise.all([listProcesses(db), listReplicas(db)]).then(
    ([processes, replicas]) => ({ processes, replicas }),
    () => null,
  );
  return within<Look['database']>(STORE_PATIENCE_MS, rows, () => null);
}

const queueJson = ({ kind, pollers, backlog, backlogAgeMs }: QueueSight): z.input<typeof queueSchema> => ({
  kind,
  pollers: pollers.map(({ identity, lastSeenAt }) => ({
    identity,
    last_seen_at: lastSeenAt?.toISOString() ?? null,
  })),
  backlog,
  backlog_seconds: backlogAgeMs === null ? null : backlogAgeMs / 1000,
});

const vendorJson = (state: VendorState): z.input<typeof vendorSchema> => ({
  vendor: state.vendor,
  state: state.state,
  since: state.since,
  last_answer_at: state.lastAnswerAt,
  last_failure: state.lastFailure,
  parked: state.parked,
  away_in: state.awayIn,
  processes: state.processes,
});

const processJson = (row: KnownProcess): z.input<typeof processSchema> => ({
  id: row.process_id,
  kind: row.kind,
  version: row.version,
  build_id: row.build_id,
  started_at: row.started_at.toISOString(),
  seen_at: row.seen_at.toISOString(),
  silent: isSilent(row),
});

const replicaJson = ({ id, startedAt, leaseMs, behind }: KnownReplica): z.input<typeof replicaSchema> => ({
  id,
  started_at: startedAt.toISOString(),
  live: leaseMs > 0,
  behind,
});

export function addHealthRoute(routes: Routes, deps: HealthDeps): void {
  const { db, clock, temporal, namespace } = deps;

  async function lookAtTemporal(): Promise<Look['temporal']> {
    try {
      return { queues: await temporal.ask((client) => describeQueue(client, namespace)) };
    } catch {
      return null;
    }
  }

  routes.add(
    readHealthOperation,
    ofInstallation(deps.defaultTenantId, async () => {
      const [found, rows] = await Promise.all([lookAtTemporal(), lookInDatabase(db)]);
      return reply(200, {
        at: new Date(clock()).toISOString(),
        concerns: concernsOf({ temporal: found, database: rows }),
        database: { reachable: rows !== null },
        temporal: {
          reachable: found !== null,
          namespace,
          queues: found === null ? null : found.queues.map(queueJson),
        },
        vendors: rows === null ? null : vendorStates(rows.processes).map(vendorJson),
        gateway: rows === null ? null : gatewayState(rows.processes),
        processes: rows === null ? null : rows.processes.map(processJson),
        replicas: rows === null ? null : rows.replicas.map(replicaJson),
      });
    }),
  );
}
