import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { BookingActivities } from '../../workflows/contract/booking.ts';
import type { AppointmentEvent } from '../../workflows/contract/events.ts';
import type { AppointmentUri } from '../../workflows/contract/values.ts';
import { bookingProvider, type BookingRun, checkBookingReplay, withBooking } from '../support/booking-rig.ts';
import { timeSkippingServer } from '../support/temporal.ts';
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

const ready = (run: BookingRun) => run.until('ready', (view) => view.linkReady);
const isScheduled = (view: { status: string }) => view.status === 'scheduled';
const ofNoShow = (set: boolean, event: AppointmentEvent, at: number): AppointmentEvent => ({
  type: set ? 'appointment.no-show' : 'appointment.no-show-cleared',
  appointment: event.appointment,
  occurredAt: at as AppointmentEvent['occurredAt'],
  receivedAt: at as AppointmentEvent['receivedAt'],
});

describe('a booking', () => {
  test('is scheduled, completed, and over when it has settled', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      await ready(run);
      const now = await run.now();
      const startsAt = now + 12 * DAY;
      await run.tell(calendar.book(startsAt, now));
      expect(await run.until('scheduled', isScheduled)).toMatchObject({
        startsAt: new Date(startsAt).toISOString(),
        nextInstant: new Date(startsAt + HOUR).toISOString(),
      });
      await run.skipTo(startsAt + HOUR + MINUTE);
      await run.until('completed', (view) => view.status === 'completed');
      expect(await run.result()).toBe('completed');
      expect(run.inputsOf('makeBookingLinkOf')).toEqual([{ bookingKey: run.key }]);
      expect(run.records().map(({ status, ended }) => [status, ended])).toEqual([
        ['scheduled', false],
        ['completed', false],
        ['completed', true],
      ]);
      const versions = run.records().map(({ version }) => version);
      expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    });
  });

  test('is cancelled by the client', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      await ready(run);
      const now = await run.now();
      await run.tell(calendar.book(now + 5 * DAY, now));
      await run.until('scheduled', isScheduled);
      await run.tell(calendar.cancel('client', await run.now()));
      await run.until('cancelled', (view) => view.reason === 'cancelled-by-client');
      expect(await run.result()).toBe('cancelled');
      expect(run.records().at(-1)).toMatchObject({ reason: 'cancelled-by-client', ended: true });
    });
  });

  test('is not booked: the provider is asked by reference, then it is given up', async () => {
    await booking({}, async (run) => {
      await ready(run);
      await run.skipTo(run.input.requestedAt + 30 * DAY - HOUR);
      expect((await run.view()).status).toBe('pending');
      expect(await run.result()).toBe('cancelled');
      expect(run.inputsOf('askProviderOf')).toEqual([{ bookingKey: run.key, appointment: null }]);
      expect(run.records().at(-1)).toMatchObject({ reason: 'not-booked', ended: true });
    });
  });

  test('moves in either order of the two halves', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      await ready(run);
      const now = await run.now();
      await run.tell(calendar.book(now + 5 * DAY, now));
      const [old, fresh] = calendar.move(now + 6 * DAY, now + MINUTE);
      await run.tell(fresh);
      await run.until('moved', (view) => view.reschedules === 1);
      await run.tell(old, fresh);
      const view = await run.until('moved', (seen) => seen.appointment === fresh.appointment);
      expect(view).toMatchObject({ status: 'scheduled', reschedules: 1 });
    });
  });

  test('half a move: the provider is asked for the other half', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      await ready(run);
      const now = await run.now();
      await run.tell(calendar.book(now + 5 * DAY, now));
      const [old, fresh] = calendar.move(now + 6 * DAY, now);
      await run.tell(old);
      await run.until('scheduled', isScheduled);
      await run.skipTo((await run.now()) + 11 * MINUTE);
      await run.until('moved', (view) => view.appointment === fresh.appointment);
      expect(run.inputsOf('askProviderOf')).toEqual([{ bookingKey: run.key, appointment: old.appointment }]);
    });
  });

  test('a no-show is set and cleared while it settles', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      await ready(run);
      const now = await run.now();
      const event = calendar.book(now + DAY, now);
      await run.tell(event);
      await run.skipTo(now + DAY + HOUR + MINUTE);
      await run.until('completed', (view) => view.status === 'completed');
      await run.tell(ofNoShow(true, event, now + DAY + HOUR));
      await run.until('a no-show', (view) => view.noShow);
      await run.tell(ofNoShow(false, event, now + DAY + HOUR + 1));
      await run.until('no no-show', (view) => !view.noShow);
      expect(await run.result()).toBe('completed');
      expect(run.records().map(({ noShow }) => noShow)).toContain(true);
      expect(run.records().at(-1)).toMatchObject({ noShow: false, ended: true });
    });
  });
});

describe('a provider that is down', () => {
  const failing = (type: string, more: object = {}) =>
    ApplicationFailure.create({ type, message: type, ...more });

  /** In steps so small that no attempt is skipped over. */
  async function skipUntil(run: BookingRun, stepMs: number, happened: () => boolean | Promise<boolean>) {
    for (let steps = 0; !(await happened()); steps += 1) {
      if (steps > 100) throw new Error('it never happened');
      await run.skipTo((await run.now()) + stepMs);
    }
  }

  test('it is asked again soon, then once a minute for a day; the attempts are no history', async () => {
    let attempts = 0;
    const activities: Partial<BookingActivities> = {
      makeBookingLinkOf: async () => {
        attempts += 1;
        if (attempts < 5) throw failing('vendor-unavailable');
        return { kind: 'make-booking-link' };
      },
    };
    await booking(activities, async (run) => {
      await run.until('there', () => true);
      await skipUntil(run, 1000, () => attempts === 5);
      expect(await ready(run)).toMatchObject({ status: 'pending', attention: [] });
      expect(await run.ask('awaitLink', {})).toEqual({ accepted: true, next: 'booking-link' });
      const { events = [] } = await run.handle.fetchHistory();
      expect(events?.filter((event) => event.activityTaskStartedEventAttributes)).toHaveLength(1);
      const scheduled = events?.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
      expect(scheduled).toHaveLength(1);
      const { scheduleToCloseTimeout, retryPolicy } = scheduled?.[0] ?? {};
      expect(Number(scheduleToCloseTimeout?.seconds)).toBe((24 * HOUR) / 1000);
      expect(Number(retryPolicy?.initialInterval?.seconds)).toBe(1);
      expect(Number(retryPolicy?.maximumInterval?.seconds)).toBe(60);
      expect(retryPolicy).toMatchObject({ backoffCoefficient: 2, maximumAttempts: 0 });
    });
  });

  test('after a day a person is told, and who waits for the link; a retry makes it', async () => {
    let isDown = true;
    const activities: Partial<BookingActivities> = {
      makeBookingLinkOf: async () => {
        // The provider's own word on when to come back counts.
        if (isDown) throw failing('vendor-rate-limited', { nextRetryDelay: '7 hours' });
        return { kind: 'make-booking-link' };
      },
    };
    await booking(activities, async (run) => {
      await run.until('there', () => true);
      await skipUntil(run, 3 * HOUR, async () => (await run.view()).attention.length > 0);
      // What would come after the day is over is not waited for.
      const waited = (await run.now()) - run.input.requestedAt;
      expect(waited).toBeGreaterThanOrEqual(17 * HOUR);
      expect(waited).toBeLessThan(28 * HOUR);
      expect(await run.view()).toMatchObject({
        status: 'pending',
        linkReady: false,
        attention: [{ step: 'make-booking-link', code: 'vendor-rate-limited' }],
      });
      const refused = { accepted: false, reason: 'link-unavailable', at: null };
      expect(await run.ask('awaitLink', {})).toEqual(refused);
      isDown = false;
      const step = 'make-booking-link';
      expect(await run.ask('retryStep', { step })).toEqual({ accepted: true, next: 'none' });
      await ready(run);
      expect(await run.ask('awaitLink', {})).toEqual({ accepted: true, next: 'booking-link' });
    });
  });

  test('booked by another link meanwhile: no more attempts are made', async () => {
    const calendar = bookingProvider();
    let attempts = 0;
    const activities: Partial<BookingActivities> = {
      ...calendar.activities,
      makeBookingLinkOf: async () => {
        attempts += 1;
        throw failing('vendor-unavailable');
      },
    };
    await booking(activities, async (run) => {
      await run.until('there', () => true);
      await skipUntil(run, 1000, () => attempts >= 2);
      const now = await run.now();
      await run.tell(calendar.book(now + 5 * DAY, now));
      expect(await run.until('scheduled', isScheduled)).toMatchObject({ linkReady: true, attention: [] });
      const before = attempts;
      await run.skipTo(now + 10 * MINUTE);
      const { events } = await run.handle.fetchHistory();
      expect(events?.some((event) => event.activityTaskCancelRequestedEventAttributes)).toBe(true);
      expect(attempts).toBe(before);
    });
  });

  test('given up while the provider is silent: the run does not wait for it', async () => {
    let answer = (): void => undefined;
    const silence = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const activities: Partial<BookingActivities> = {
      makeBookingLinkOf: async () => {
        await silence;
        return { kind: 'make-booking-link' };
      },
    };
    await booking(activities, async (run) => {
      await run.until('there', () => true);
      for (; run.inputsOf('makeBookingLinkOf').length === 0; ) await run.view();
      expect(await run.ask('cancel', {})).toEqual({ accepted: true, next: 'none' });
      expect(await run.result()).toBe('cancelled');
      expect(run.inputsOf('makeBookingLinkOf')).toHaveLength(1);
      answer();
    });
  });

  test('a failed step is skipped; a malformed or unknown one is refused, and the run replays', async () => {
    const activities: Partial<BookingActivities> = {
      makeBookingLinkOf: async () => {
        throw ApplicationFailure.create({ type: 'row-missing', message: 'row-missing', nonRetryable: true });
      },
    };
    await booking(activities, async (run) => {
      await run.until('failed', ({ attention }) => attention.length > 0);
      expect(await run.ask('skipStep', { step: 'nonsense' })).toMatchObject({ reason: 'unknown-step' });
      await expect(run.ask('retryStep', { step: '' })).rejects.toBeInstanceOf(WorkflowUpdateFailedError);
      expect(await run.ask('skipStep', { step: 'make-booking-link' })).toMatchObject({ accepted: true });
      expect((await run.view()).attention).toEqual([]);
      expect(await run.ask('awaitLink', {})).toMatchObject({ reason: 'link-unavailable' });
    });
  });

  test('who waits while the link is being made is answered when it is stored', async () => {
    let make = (): void => undefined;
    const made = new Promise<void>((resolve) => {
      make = resolve;
    });
    const activities: Partial<BookingActivities> = {
      makeBookingLinkOf: async () => {
        await made;
        return { kind: 'make-booking-link' };
      },
    };
    await booking(activities, async (run) => {
      await run.until('there', () => true);
      const answer = run.ask('awaitLink', {});
      // The Update is in the history before the activity is allowed to end.
      for (;;) {
        const { events } = await run.handle.fetchHistory();
        if (events?.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes)) break;
      }
      make();
      expect(await answer).toEqual({ accepted: true, next: 'booking-link' });
    });
  });
});

describe('an operator', () => {
  test('cancels in Temporal UI: the appointment is cancelled at the provider, the row told, the run completed', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      await ready(run);
      const now = await run.now();
      const event = calendar.book(now + 5 * DAY, now);
      await run.tell(event);
      await run.until('scheduled', isScheduled);
      await run.handle.cancel();
      expect(await run.result()).toBe('cancelled');
      expect((await run.handle.describe()).status.name).toBe('COMPLETED');
      expect(run.inputsOf('cancelAppointmentOf')).toEqual([
        { bookingKey: run.key, appointment: event.appointment },
      ]);
      expect(run.records().at(-1)).toMatchObject({ reason: 'operator', ended: true });
    });
  });

  test('finds it by status and tenant', async () => {
    const calendar = bookingProvider();
    await booking(calendar.activities, async (run) => {
      await ready(run);
      const now = await run.now();
      await run.tell(calendar.book(now + 5 * DAY, now));
      await run.until('scheduled', isScheduled);
      const { typedSearchAttributes } = await run.handle.describe();
      const shown = Object.fromEntries(
        typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
      );
      expect(shown).toMatchObject({ SessionStatus: 'scheduled', TenantId: '1', NeedsAttention: 'no' });
    });
  });
});

test('malformed signals are left out, and nobody can send an operator’s event', async () => {
  await booking({}, async (run) => {
    await ready(run);
    const appointment = 'x' as AppointmentUri;
    await run.handle.signal('outsideEvents', [null, 7, { type: 'operator.cancel' }, { appointment }]);
    await run.handle.signal('outsideEvents', 'nothing');
    await run.handle.signal('unheardOf');
    await run.tell({ type: 'appointment.unheard-of' } as never);
    expect(await run.view()).toMatchObject({ status: 'pending', attention: [] });
  });
});

test('the replay check bites: another view, or another input, is a difference', async () => {
  await booking({}, async (run) => {
    await ready(run);
    const view = await run.view();
    const history = await run.handle.fetchHistory();
    const workflowId = run.handle.workflowId;
    await expect(
      checkBookingReplay({ workflowId, history, view: { ...view, reschedules: 7 } }),
    ).rejects.toThrow('reschedules');
  });
});
