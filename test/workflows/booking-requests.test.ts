import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { BookingActivities } from '../../workflows/contract/booking.ts';
import type { AppointmentTruth } from '../../workflows/contract/events.ts';
import type { AppointmentUri, Instant } from '../../workflows/contract/values.ts';
import { bookingProvider, type BookingRun, withBooking } from '../support/booking-rig.ts';
import { devServer, timeSkippingServer } from '../support/temporal.ts';
import { DAY, HOUR, MINUTE } from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await timeSkippingServer();
});
afterAll(() => env.teardown());

const booking = (
  activities: Partial<BookingActivities>,
  body: (run: BookingRun) => Promise<void>,
): Promise<void> => withBooking({ env, activities }, body);

const done = { accepted: true, next: 'none' };
const impossible = (...allowed: string[]) => ({
  accepted: false,
  reason: 'impossible-transition',
  at: null,
  allowed,
});

/** Ready, and booked in five days. */
async function scheduled(run: BookingRun, calendar: ReturnType<typeof bookingProvider>) {
  await run.until('ready', (view) => view.linkReady);
  const now = await run.now();
  const event = calendar.book(now + 5 * DAY, now);
  await run.tell(event);
  await run.until('scheduled', (view) => view.status === 'scheduled');
  return event;
}

function truthOf(startsAt: number, more: Partial<AppointmentTruth> = {}): AppointmentTruth {
  return {
    appointment: 'https://api.calendly.com/scheduled_events/E9/invitees/I9' as AppointmentUri,
    createdAt: (startsAt - DAY) as Instant,
    startsAt: startsAt as Instant,
    endsAt: (startsAt + HOUR) as Instant,
    replaces: null,
    noShow: false,
    end: { kind: 'none' },
    ...more,
  };
}

describe('cancel', () => {
  test('is answered when the provider has cancelled the appointment; the run is over', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      const { appointment } = await scheduled(run, calendar);
      expect(await run.ask('cancel', {})).toEqual(done);
      expect(run.inputsOf('cancelAppointmentOf')).toEqual([{ bookingKey: run.key, appointment }]);
      expect(run.inputsOf('askProviderOf')).toEqual([{ bookingKey: run.key, appointment: null }]);
      expect(await run.result()).toBe('cancelled');
      expect(run.records().at(-1)).toMatchObject({ status: 'cancelled', reason: 'operator', ended: true });
    });
  });

  test('before the webhook: the appointment is found at the provider, and cancelled', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      await run.until('ready', (view) => view.linkReady);
      const now = await run.now();
      const { appointment } = calendar.book(now + 5 * DAY, now);
      expect(await run.ask('cancel', {})).toEqual(done);
      expect(run.inputsOf('cancelAppointmentOf')).toEqual([{ bookingKey: run.key, appointment }]);
      expect(await run.result()).toBe('cancelled');
    });
  });

  test('the provider refuses: cancelled all the same, and a retry ends it', async () => {
    const calendar = bookingProvider();
    let refuses = true;
    const activities: Partial<BookingActivities> = {
      ...calendar.activities,
      cancelAppointmentOf: async (input) => {
        const type = 'vendor-forbidden';
        if (refuses) throw ApplicationFailure.create({ type, message: type, nonRetryable: true });
        return calendar.activities.cancelAppointmentOf(input);
      },
    };
    await booking(activities, async (run) => {
      const { appointment } = await scheduled(run, calendar);
      const step = `cancel-appointment:${appointment}`;
      const refused = await run.ask('cancel', {});
      expect(refused).toMatchObject({ accepted: false, reason: 'provider-failed' });
      expect(await run.view()).toMatchObject({
        status: 'cancelled',
        reason: 'operator',
        attention: [{ step, code: 'vendor-forbidden' }],
      });
      // It is cancelled already, and what is open is still open.
      expect(await run.ask('cancel', {})).toEqual(refused);
      expect(run.inputsOf('cancelAppointmentOf')).toHaveLength(1);
      refuses = false;
      expect(await run.ask('retryStep', { step })).toEqual(done);
      expect(await run.result()).toBe('cancelled');
    });
  });

  test('the provider cannot be searched: what is heard within the settle time is cancelled too', async () => {
    const calendar = bookingProvider();
    const activities: Partial<BookingActivities> = {
      ...calendar.activities,
      askProviderOf: async () => {
        const type = 'vendor-unauthorized';
        throw ApplicationFailure.create({ type, message: type, nonRetryable: true });
      },
    };
    await booking(activities, async (run) => {
      await run.until('ready', (view) => view.linkReady);
      expect(await run.ask('cancel', {})).toMatchObject({ accepted: false, reason: 'provider-failed' });
      const now = await run.now();
      const event = calendar.book(now + 5 * DAY, now);
      await run.tell(event);
      expect(await run.result()).toBe('cancelled');
      expect(run.inputsOf('cancelAppointmentOf')).toEqual([
        { bookingKey: run.key, appointment: event.appointment },
      ]);
      expect(run.records().at(-1)).toMatchObject({ reason: 'operator', needsAttention: false, ended: true });
    });
  });
});

describe('changeStatus', () => {
  test('scheduled by hand: it takes its course from there', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      await run.until('ready', (view) => view.linkReady);
      const startsAt = (await run.now()) + DAY;
      expect(await run.ask('changeStatus', { status: 'scheduled', appointment: null })).toEqual(
        impossible('scheduled', 'cancelled'),
      );
      const over = truthOf(startsAt - 3 * DAY);
      expect(await run.ask('changeStatus', { status: 'scheduled', appointment: over })).toEqual(
        impossible('scheduled', 'cancelled'),
      );
      const appointment = truthOf(startsAt);
      expect(await run.ask('changeStatus', { status: 'scheduled', appointment })).toEqual(done);
      expect(await run.view()).toMatchObject({
        status: 'scheduled',
        appointment: appointment.appointment,
        startsAt: new Date(startsAt).toISOString(),
      });
      expect(await run.ask('changeStatus', { status: 'scheduled', appointment: null })).toEqual(done);
      expect(await run.ask('changeStatus', { status: 'completed', appointment: null })).toEqual(
        impossible('cancelled'),
      );
      await run.skipTo(startsAt + HOUR + MINUTE);
      await run.until('completed', (view) => view.status === 'completed');
      expect(await run.ask('changeStatus', { status: 'completed', appointment: null })).toEqual(done);
      expect(await run.ask('changeStatus', { status: 'cancelled', appointment: null })).toEqual(impossible());
      expect(await run.ask('cancel', {})).toEqual(impossible());
      expect(run.inputsOf('cancelAppointmentOf')).toEqual([]);
      expect(await run.result()).toBe('completed');
    });
  });

  test('to cancelled: as a cancel, and the run is over', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      const { appointment } = await scheduled(run, calendar);
      expect(await run.ask('changeStatus', { status: 'cancelled', appointment: null })).toEqual(done);
      expect(run.inputsOf('cancelAppointmentOf')).toEqual([{ bookingKey: run.key, appointment }]);
      expect(await run.result()).toBe('cancelled');
    });
  });

  test('what the client cancelled stays the client’s', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      await scheduled(run, calendar);
      await run.tell(calendar.cancel('client', await run.now()));
      await run.until('cancelled', (view) => view.status === 'cancelled');
      expect(await run.ask('changeStatus', { status: 'cancelled', appointment: null })).toEqual(done);
      expect(await run.ask('changeStatus', { status: 'pending', appointment: null })).toEqual(impossible());
      expect(await run.ask('cancel', {})).toEqual(impossible());
      expect((await run.view()).reason).toBe('cancelled-by-client');
    });
  });

  test('malformed input is refused before it is history, in words that do not repeat it', async () => {
    await booking({}, async (run) => {
      await run.until('ready', (view) => view.linkReady);
      const good = truthOf(await run.now());
      const malformed: readonly unknown[] = [
        null,
        {},
        { status: 'vera@example.test', appointment: null },
        { status: 'toString', appointment: null },
        { status: 'scheduled' },
        { status: 'scheduled', appointment: 'A1' },
        { status: 'scheduled', appointment: { ...good, endsAt: null } },
        { status: 'scheduled', appointment: { ...good, startsAt: '2026-01-01' } },
        { status: 'scheduled', appointment: { ...good, appointment: '' } },
        { status: 'scheduled', appointment: { ...good, end: { kind: 'cancelled', at: 1, by: 'nobody' } } },
        { status: 'scheduled', appointment: { ...good, end: { kind: 'unheard-of' } } },
      ];
      for (const argument of malformed) {
        const error: unknown = await run
          .ask('changeStatus', argument as never)
          .then(() => undefined)
          .catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
        const cause = (error as WorkflowUpdateFailedError).cause as ApplicationFailure;
        expect(cause).toMatchObject({ type: 'invalid-request', nonRetryable: true });
        expect(cause.message).not.toContain('vera');
      }
      const { events } = await run.handle.fetchHistory();
      expect(events?.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toBe(false);
    });
  });
});

test('on a whole server: given up while the link is tried again and again, it is over at once', async () => {
  const server = await devServer();
  const calendar = bookingProvider();
  const activities: Partial<BookingActivities> = {
    ...calendar.activities,
    makeBookingLinkOf: async () => {
      const type = 'vendor-unavailable';
      // The run may not wait for the next attempt.
      throw ApplicationFailure.create({ type, message: type, nextRetryDelay: '1 hour' });
    },
  };
  try {
    await withBooking({ env: server, activities }, async (run) => {
      await run.until('there', () => true);
      const now = await run.now();
      const { appointment } = calendar.book(now + 5 * DAY, now);
      while (run.inputsOf('makeBookingLinkOf').length === 0) await run.view();
      await expect(run.ask('changeStatus', { status: 'nonsense' } as never)).rejects.toBeInstanceOf(
        WorkflowUpdateFailedError,
      );
      expect(await run.ask('cancel', {})).toEqual(done);
      expect(await run.result()).toBe('cancelled');
      expect(run.inputsOf('cancelAppointmentOf')).toEqual([{ bookingKey: run.key, appointment }]);
      expect(run.inputsOf('makeBookingLinkOf')).toHaveLength(1);
    });
  } finally {
    await server.teardown();
  }
});
