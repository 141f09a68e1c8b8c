import { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import { countSessions } from '../../../db/queries/session-list.ts';
import { callerOf } from '../../auth/caller.ts';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { reply, type Routes } from '../../operations/routes.ts';
import { filterFields, PHASES } from './filter.ts';

const countSchema = z
  .object({ total: z.int(), phases: z.record(z.enum(PHASES), z.int()) })
  .meta({ id: 'SessionCount' });

export const countSessionsOperation = describeOperation({
  id: 'countSessions',
  method: 'get',
  path: '/api/v1/admin/sessions/count',
  tag: 'sessions',
  summary: 'How many sessions fit a filter, by phase',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  query: z.strictObject(filterFields),
  answers: {
    200: {
      description: 'How many there are.',
      body: countSchema,
      example: {
        total: 9,
        phases: { opening: 0, 'awaiting-booking': 2, scheduled: 4, locked: 1, settling: 0, ended: 2 },
      },
    },
  },
  refusals: [],
});

export function addSessionCount(routes: Routes, { db }: { readonly db: Database }): void {
  routes.add(countSessionsOperation, async ({ query, res }) => {
    const many = await countSessions(db, callerOf(res).tenantId, query);
    const phases = Object.fromEntries(PHASES.map((phase) => [phase, many.get(phase) ?? 0]));
    const total = [...many.values()].reduce((sum, one) => sum + one, 0);
    return reply(200, { total, phases });
  });
}
