import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DateTime } from 'luxon';
import { sessionBundle } from '../support/bundle.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import { DAY, HOUR, MINUTE, type RigOptions, type RigSession, withSession } from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [env, bundle] = await Promise.all([timeSkippingServer(), sessionBundle()]);
});
afterAll(() => env.teardown());

const session = (
  options: Omit<RigOptions, 'env' | 'bundle'>,
  body: (session: RigSession) => Promise<void>,
): Promise<void> => withSession({ env, bundle, ...options }, body);

const opened = (one: RigSession) =>
  one.until('opened', (view) => view.phase === 'awaiting-booking' && view.ticketNumber !== null);

describe('a session from its payment to its end', () => {
  test('sleeps thirty days in one skip, is locked, ends, settles and closes', async () => {
    const provider = fakeProvider();
    await session({ activities: provider.activities }, async (one) => {
      await opened(one);
      const now = await one.now();
      const startsAt = now + 31 * DAY;
      await one.tell(provider.book(startsAt, now));
      const booked = await one.until('scheduled', (view) => view.phase === 'scheduled');
      expect(booked.cutoffAt).toBe(new Date(startsAt - DAY).toISOString());
      expect((await one.gate()).join).toEqual([
        { from: startsAt - 15 * MINUTE, until: startsAt + HOUR + 30 * MINUTE },
      ]);

      await one.skipTo(startsAt - DAY + MINUTE);
      await one.until('locked', (view) => view.phase === 'locked');
      expect(await one.ask('reschedule', { by: 'client' })).toEqual({
        accepted: false,
        reason: 'after-cutoff',
        at: startsAt - DAY,
      });

      await one.skipTo(startsAt + HOUR + 31 * MINUTE);
      await one.until('settling', (view) => view.phase === 'settling');
      expect((await one.gate()).state).toBe('over');

      expect(await one.result()).toBe('completed');
      expect(one.inputsOf('deleteRoute')).toHaveLength(1);
      expect((await one.view()).attention).toEqual([]);
    });
  });

  test('the final gate is published before the route is deleted and the run returns', async () => {
    await session({}, async (one) => {
      await opened(one);
      expect(await one.ask('cancel', { by: 'operator', refund: 'none' })).toMatchObject({ accepted: true });
      expect(await one.result()).toBe('cancelled');
      const order = one.calls.map(({ name, input }) =>
        name === 'publish' && JSON.stringify(input).includes('"state":"over"') ? 'publish-over' : name,
      );
      expect(order.indexOf('publish-over')).toBeGreaterThanOrEqual(0);
      expect(order.indexOf('deleteRoute')).toBeGreaterThan(order.indexOf('publish-over'));
      expect(await one.gate()).toMatchObject({ state: 'over' });
    });
  });

  test('no published version is lower than the one before', async () => {
    const provider = fakeProvider();
    await session({ activities: provider.activities }, async (one) => {
      await opened(one);
      const now = await one.now();
      await one.tell(provider.book(now + 3 * DAY, now));
      await one.until('scheduled', (view) => view.phase === 'scheduled');
      await one.ask('cancel', { by: 'agent', refund: 'none' });
      await one.result();
      const versions = one
        .inputsOf('publish')
        .map((input) => JSON.parse(JSON.stringify(input)).gate.version as number);
      expect(versions.length).toBeGreaterThan(2);
      // What shuts the gate is published at once, and again by whoever takes the route away.
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    });
  });

  test('is cancelled from Temporal UI as by an operator: gate, route and ticket are closed', async () => {
    const provider = fakeProvider();
    await session({ activities: provider.activities }, async (one) => {
      await opened(one);
      const now = await one.now();
      await one.tell(provider.book(now + 3 * DAY, now));
      await one.until('scheduled', (view) => view.phase === 'scheduled');
      await one.handle.cancel();
      expect(await one.result()).toBe('cancelled');
      expect((await one.handle.describe()).status.name).toBe('COMPLETED');
      expect(one.inputsOf('deleteRoute')).toHaveLength(1);
      expect(one.inputsOf('cancelAppointment')).toHaveLength(1);
      expect(JSON.stringify(one.inputsOf('writeTicket').at(-1))).toContain('"state":"closed"');
    });
  });
});

describe('the cutoff is an instant, whatever the wall clock does', () => {
  const zone = 'Europe/Berlin';
  const yearFrom = (now: number) => DateTime.fromMillis(now, { zone }).year + 1;
  const lastSunday = (year: number, month: number) => {
    const end = DateTime.fromObject({ year, month, day: 31, hour: 14 }, { zone });
    return end.minus({ days: end.weekday % 7 });
  };

  test.each([
    ['in spring, before the day of 23 hours', 3, 13],
    ['in autumn, before the day of 25 hours', 10, 15],
  ])('%s', async (_name, month, wallHour) => {
    const provider = fakeProvider();
    await session(
      { activities: provider.activities, policy: { bookingDeadlineMs: 400 * DAY } },
      async (one) => {
        await opened(one);
        const now = await one.now();
        const start = lastSunday(yearFrom(now), month);
        const startsAt = start.toMillis();
        await one.tell(provider.book(startsAt, now));
        const view = await one.until('scheduled', (seen) => seen.phase === 'scheduled');
        const cutoff = DateTime.fromISO(view.cutoffAt ?? '', { zone });
        expect(cutoff.toMillis()).toBe(startsAt - DAY);
        // Twenty-four hours before fourteen o'clock: an hour off on the wall.
        expect(cutoff.hour).toBe(wallHour);

        await one.skipTo(startsAt - DAY - 10 * MINUTE);
        expect(await one.ask('reschedule', { by: 'client' })).toMatchObject({ accepted: true });
        await one.skipTo(startsAt - DAY + MINUTE);
        await one.until('locked', (seen) => seen.phase === 'locked');
      },
    );
  });
});
