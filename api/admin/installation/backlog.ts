import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import {
  inboxLag,
  revocationsLag,
  startsLag,
  type Waiting,
  webhooksOutLag,
} from '../../../db/queries/inbox-lag.ts';
import type { Clock } from '../../../platform/clock.ts';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { reply, type Routes } from '../../operations/routes.ts';
import { ofInstallation } from './only-operators.ts';

const waitingFields = {
  count: z.int(),
  oldest_at: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'Since when the oldest waits; null without any.' }),
};
const waitingSchema = z.object(waitingFields).meta({ id: 'Waiting' });

const backlogSchema = z
  .object({
    at: z.iso.datetime(),
    inbox: z
      .array(
        z.object({
          source: z.enum(['saleor', 'calendly', 'calcom', 'zammad']),
          status: z.enum(['stored', 'quarantined']).meta({
            description: '`stored`: on its way or waiting; `quarantined`: a person must look.',
          }),
          ...waitingFields,
        }),
      )
      .meta({ description: 'Webhooks that were not brought to their session yet, by whom they are from.' }),
    webhooks: z
      .object({
        pending: waitingSchema.meta({ description: 'Not received yet.' }),
        failed: waitingSchema.meta({ description: 'Given up; they can be sent again.' }),
      })
      .meta({ description: 'Webhooks to tenants.' }),
    starts: waitingSchema.meta({ description: 'Sessions and bookings that have no run yet.' }),
    revocations: waitingSchema.meta({
      description: 'They hold at the gate, and their run has not heard of them yet.',
    }),
  })
  .meta({ id: 'Backlog' });

const none = { count: 0, oldest_at: null } as const;

export const readBacklogOperation = describeOperation({
  id: 'getBacklog',
  method: 'get',
  path: '/api/v1/admin/backlog',
  tag: 'installation',
  summary: 'What waits, and since when',
  description: 'Of all tenants together: only for admins of the default tenant.',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  answers: {
    200: {
      description: 'How much waits.',
      body: backlogSchema,
      example: {
        at: '2026-11-21T10:00:00.000Z',
        inbox: [
          { source: 'calendly', status: 'quarantined', count: 2, oldest_at: '2026-11-21T07:12:00.000Z' },
          { source: 'calendly', status: 'stored', ...none },
        ],
        webhooks: { pending: none, failed: none },
        starts: none,
        revocations: none,
      },
    },
  },
  refusals: [],
});

const toJson = ({ count, oldestAt }: Waiting): z.input<typeof waitingSchema> => ({
  count,
  oldest_at: oldestAt?.toISOString() ?? null,
});

export function addBacklogRoute(
  routes: Routes,
  {
    db,
    clock,
    defaultTenantId,
  }: { readonly db: Database; readonly clock: Clock; readonly defaultTenantId: number },
): void {
  routes.add(
    readBacklogOperation,
    ofInstallation(defaultTenantId, async () => {
      const [inbox, webhooks, starts, revocations] = await Promise.all([
        inboxLag(db),
        webhooksOutLag(db),
        startsLag(db),
        revocationsLag(db),
      ]);
      return reply(200, {
        at: new Date(clock()).toISOString(),
        inbox: inbox.map((lag) => ({ source: lag.source, status: lag.state, ...toJson(lag) })),
        webhooks: { pending: toJson(webhooks.pending), failed: toJson(webhooks.failed) },
        starts: toJson(starts),
        revocations: toJson(revocations),
      });
    }),
  );
}
