import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { ensureSchedule } from '../../../platform/schedules.ts';
import { connectClient, temporalSettings } from '../../../platform/temporal.ts';
import type { HousekeepingJob } from '../../../workflows/contract/housekeeping.ts';
import type { Calls, OperationRig } from './rig.ts';

/** A worker of a test's stack makes no schedules. */
async function makeSchedule({ stack }: OperationRig, job: HousekeepingJob): Promise<void> {
  const temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  await ensureSchedule(temporal.client, job);
  await temporal.close();
}

export const installationCalls = {
  getHealth: async ({ as }) => {
    const { body } = await as.admin.getHealth();
    expect(body).toMatchObject({ database: { reachable: true }, temporal: { reachable: true } });
  },
  getBacklog: ({ as }) => as.admin.getBacklog(),
  listSchedules: async (rig) => {
    const { as } = rig;
    await makeSchedule(rig, 'prune');
    await as.admin.triggerSchedule({ path: { id: 'prune' } });
    const ended = async (): Promise<boolean> => {
      const { status, body } = await as.admin.listSchedules();
      if (status !== 200) return false;
      expect(body.items.find(({ id }) => id === 'orders')).toMatchObject({ state: 'missing' });
      const prune = body.items.find(({ id }) => id === 'prune');
      return prune?.last_run?.state === 'completed' && prune.last_report?.failed === 0;
    };
    for (let tries = 0; tries < 100 && !(await ended()); tries += 1) await delay(100);
    expect(await ended()).toBe(true);
  },
  triggerSchedule: async (rig) => {
    const { as } = rig;
    const routes = { path: { id: 'routes' }, body: { reason: 'A test' } } as const;
    const missing = await as.admin.triggerSchedule(routes);
    expect([missing.status, missing.body]).toEqual([409, expect.objectContaining({ reason: 'missing' })]);
    await makeSchedule(rig, 'routes');
    await as.admin.triggerSchedule(routes);
  },
} as const satisfies Calls;
