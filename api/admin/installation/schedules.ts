import type { WorkflowExecutionStatusName } from '@temporalio/client';
import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import { writeAudit } from '../../../db/queries/audit.ts';
import type { Clock } from '../../../platform/clock.ts';
import {
  describeSchedule,
  type ScheduleSight,
  scheduleIdOf,
  triggerSchedule,
} from '../../../platform/schedules.ts';
import { HOUSEKEEPING_JOBS } from '../../../workflows/contract/housekeeping.ts';
import { actorOf, callerOf } from '../../auth/caller.ts';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { refusal, reply, type Routes } from '../../operations/routes.ts';
import type { RunUrl } from '../sessions/model.ts';
import { plainBody } from '../sessions/fields.ts';
import { ofInstallation } from './only-operators.ts';
import type { TemporalCalls } from './temporal-calls.ts';

export interface ScheduleDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly defaultTenantId: number;
  readonly temporal: TemporalCalls;
  readonly runUrl: RunUrl;
}

const shared = {
  tag: 'installation',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
} as const;

const RUN_STATES = ['running', 'completed', 'failed', 'cancelled', 'terminated', 'timed-out'] as const;
type RunState = (typeof RUN_STATES)[number];

const states: Readonly<Record<WorkflowExecutionStatusName, RunState | null>> = {
  UNSPECIFIED: null,
  UNKNOWN: null,
  RUNNING: 'running',
  PAUSED: 'running',
  CONTINUED_AS_NEW: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
};

const reportSchema = z
  .object({
    started_at: z.iso.datetime(),
    looked: z.int(),
    repaired: z.int().meta({ description: 'Put right without a person.' }),
    raised: z.int().meta({ description: 'A person must look.' }),
    failed: z.int().meta({ description: 'Could not be looked at or put right; the next run tries again.' }),
    untouched: z.int().meta({ description: 'Of somebody else’s: seen, and left alone.' }),
    notes: z.array(z.object({ code: z.string(), id: z.string() })).meta({
      description: 'The first of what was found: a code, and the id of what it is about.',
    }),
  })
  .meta({ id: 'HousekeepingReport' });

const scheduleSchema = z
  .object({
    id: z.enum(HOUSEKEEPING_JOBS),
    schedule_id: z.string().meta({ description: 'Its name in Temporal.' }),
    state: z.enum(['active', 'paused', 'missing']).meta({
      description: '`missing`: no worker has made it yet, or somebody deleted it.',
    }),
    note: z.string().nullable().meta({ description: 'What was noted when it was paused.' }),
    next_run_at: z.iso.datetime().nullable(),
    last_run: z
      .object({
        workflow_id: z.string(),
        started_at: z.iso.datetime(),
        state: z
          .enum(RUN_STATES)
          .nullable()
          .meta({ description: 'Null: Temporal does not keep it any more.' }),
        run_url: z.string().nullable().meta({ description: 'Its page in Temporal UI.' }),
      })
      .nullable(),
    last_report: reportSchema.nullable().meta({
      description: 'Of the last run that ended, as long as Temporal keeps it.',
    }),
  })
  .meta({
    id: 'HousekeepingSchedule',
    description: 'A job of the housekeeping, and how its last runs went.',
  });

const scheduleExample = {
  id: 'orders',
  schedule_id: 'latchkey-orders',
  state: 'active',
  note: null,
  next_run_at: '2026-11-21T11:05:00.000Z',
  last_run: {
    workflow_id: 'latchkey-orders-2026-11-21T10:05:00Z',
    started_at: '2026-11-21T10:05:02.000Z',
    state: 'completed',
    run_url: null,
  },
  last_report: {
    started_at: '2026-11-21T10:05:02.000Z',
    looked: 41,
    repaired: 1,
    raised: 0,
    failed: 0,
    untouched: 0,
    notes: [{ code: 'order-taken-in', id: 'T3JkZXI6MQ==' }],
  },
} as const;

export const listSchedulesOperation = describeOperation({
  ...shared,
  id: 'listSchedules',
  method: 'get',
  path: '/api/v1/admin/schedules',
  summary: 'The housekeeping: its schedules, and what their last runs came to',
  description:
    'Only for admins of the default tenant. What the codes of the notes mean stands in docs/operations.md.',
  answers: {
    200: {
      description: 'All of them.',
      body: z.object({ items: z.array(scheduleSchema) }),
      example: { items: [scheduleExample] },
    },
  },
  refusals: ['engine-unavailable'],
});

export const triggerScheduleOperation = describeOperation({
  ...shared,
  id: 'triggerSchedule',
  method: 'post',
  path: '/api/v1/admin/schedules/{id}/trigger',
  summary: 'Run a job of the housekeeping now',
  description:
    'Also one that is paused, which stays so. At most one run is under way at a time: while there is one, this is ' +
    'refused (409) with `under-way`; one that is not there with `missing`.',
  params: z.strictObject({ id: z.enum(HOUSEKEEPING_JOBS) }),
  body: plainBody,
  bodyExample: { reason: 'Zammad was restored from a back-up.' },
  answers: {
    202: {
      description: 'A run begins.',
      body: z.object({ id: z.enum(HOUSEKEEPING_JOBS) }),
      example: { id: 'orders' },
    },
  },
  refusals: ['refused', 'engine-unavailable'],
});

function toJson(sight: ScheduleSight, runUrl: RunUrl): z.input<typeof scheduleSchema> {
  const { job, state, note, nextRunAt, lastRun, lastReport } = sight;
  return {
    id: job,
    schedule_id: scheduleIdOf(job),
    state,
    note,
    next_run_at: nextRunAt?.toISOString() ?? null,
    last_run:
      lastRun === null
        ? null
        : {
            workflow_id: lastRun.workflowId,
            started_at: lastRun.startedAt.toISOString(),
            state: lastRun.status === null ? null : states[lastRun.status],
            run_url: lastRun.status === null ? null : runUrl(lastRun.workflowId),
          },
    last_report:
      lastReport === null
        ? null
        : {
            started_at: lastReport.startedAt,
            looked: lastReport.looked,
            repaired: lastReport.repaired,
            raised: lastReport.raised,
            failed: lastReport.failed,
            untouched: lastReport.untouched,
            notes: lastReport.notes.map(({ code, id }) => ({ code, id })),
          },
  };
}

const refusedBecause = {
  'under-way': 'A run of this job is under way.',
  missing: 'There is no such schedule: a worker makes it when it starts.',
} as const;

/** What looks after sessions every hour, and letting it look now. */
export function addScheduleRoutes(routes: Routes, deps: ScheduleDeps): void {
  const { db, clock, defaultTenantId, temporal, runUrl } = deps;

  routes.add(
    listSchedulesOperation,
    ofInstallation(defaultTenantId, async () => {
      const sights = await temporal.ask((client) =>
        Promise.all(HOUSEKEEPING_JOBS.map((job) => describeSchedule(client, job))),
      );
      return reply(200, { items: sights.map((sight) => toJson(sight, runUrl)) });
    }),
  );

  routes.add(
    triggerScheduleOperation,
    ofInstallation(defaultTenantId, async ({ params, body, res }) => {
      const caller = callerOf(res);
      const outcome = await temporal.ask((client) => triggerSchedule(client, params.id));
      await writeAudit(db, [
        {
          at: new Date(clock()),
          tenantId: caller.tenantId,
          actor: actorOf(caller),
          action: outcome === 'triggered' ? 'schedule.triggered' : 'schedule.trigger-refused',
          subject: `schedule:${params.id}`,
          reason: outcome === 'triggered' ? null : outcome,
          ...(body.reason === undefined ? {} : { details: { reason: body.reason } }),
        },
      ]);
      return outcome === 'triggered'
        ? reply(202, { id: params.id })
        : refusal('refused', { reason: outcome, detail: refusedBecause[outcome] });
    }),
  );
}
