import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createActivities } from '../../activities/create.ts';
import { createCalcomClient } from '../../integrations/calcom/client.ts';
import { type CalcomTwin, startCalcomTwin } from '../../integrations/calcom/twin.ts';
import type { AppointmentUri, Instant } from '../../workflows/contract/values.ts';
import { createWorld, type World } from '../activities/support/world.ts';
import { sessionBundle } from '../support/bundle.ts';
import { devServer } from '../support/temporal.ts';
import { withSession } from '../support/workflow-rig.ts';

const SECOND = 1000;

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let world: World;
let twin: CalcomTwin;

beforeAll(async () => {
  [env, bundle, world, twin] = await Promise.all([
    devServer(),
    sessionBundle(),
    createWorld(),
    startCalcomTwin({ port: 0, meetingsEveryMs: 0 }),
  ]);
});
afterAll(async () => {
  await Promise.all([env?.teardown(), world?.close(), twin?.close()]);
});

test('a session at Cal.com is booked, moved by its API, reminded of and cancelled, and no webhook but one is heard', async () => {
  const calcom = createCalcomClient({ baseUrl: twin.url, webUrl: twin.url, apiKey: 'k', timeoutMs: 5000 });
  const real = createActivities({ ...world.dependencies, scheduling: () => calcom });
  await withSession(
    {
      env,
      bundle,
      startWorker: false,
      input: { provider: 'calcom' },
      policy: { cutoffMs: 2 * SECOND, remindersMs: [4 * SECOND] },
      activities: {
        makeBookingLink: real.makeBookingLink,
        askProvider: real.askProvider,
        cancelAppointment: real.cancelAppointment,
        moveAppointment: real.moveAppointment,
        // The mail is left out, the question is not.
        async remind({ sessionKey, appointment }) {
          const { truth } = await real.askProvider({ sessionKey, appointment });
          return { kind: 'remind', truth, sent: true };
        },
      },
    },
    async (one) => {
      await world.another(1, { session_key: one.key, provider: 'calcom', event_type: '7' });
      await one.startWorker();
      await one.until('opened', (view) => view.phase === 'awaiting-booking');
      const linkOf = async () =>
        (
          await world.dependencies.db
            .selectFrom('sessions')
            .select('booking_url')
            .where('session_key', '=', one.key)
            .executeTakeFirstOrThrow()
        ).booking_url;
      let link = await linkOf();
      for (; link === null; link = await linkOf()) await one.quiet();

      const startsAt = new Date(Date.now() + 3600 * SECOND);
      const booked = twin.book(link, { name: 'Zoë', email: 'zoe@example.com', startsAt });
      const now = Date.now() as Instant;
      await one.tell({
        type: 'appointment.booked',
        appointment: booked.uri as AppointmentUri,
        startsAt: booked.startsAt as Instant,
        endsAt: booked.endsAt as Instant,
        occurredAt: now,
        receivedAt: now,
      });
      await one.until('scheduled', (view) => view.phase === 'scheduled');

      // Far enough for a busy machine, near enough to be reminded of while the test waits.
      const wanted = (Math.ceil(Date.now() / SECOND) * SECOND + 10 * SECOND) as Instant;
      expect(await one.ask('reschedule', { by: 'client', startsAt: wanted })).toEqual({
        accepted: true,
        next: 'moving',
      });
      const moved = await one.until('moved', (view) => view.startsAt === new Date(wanted).toISOString());
      expect(twin.appointments().map(({ uri, rescheduledTo }) => [uri, rescheduledTo !== null])).toEqual([
        [booked.uri, true],
        [moved.appointment, false],
      ]);

      for (let tries = 0; one.inputsOf('remind').length === 0; tries += 1) {
        if (tries > 600) throw new Error('nobody was reminded');
        await one.quiet();
      }
      expect(one.inputsOf('remind')).toMatchObject([{ appointment: moved.appointment, startsAt: wanted }]);

      expect(await one.ask('cancel', { by: 'operator', refund: 'none' })).toMatchObject({ accepted: true });
      expect(await one.result()).toBe('cancelled');
      expect(twin.appointments().at(-1)?.status).toBe('CANCELLED');
      expect((await one.view()).attention).toEqual([]);
    },
  );
});
