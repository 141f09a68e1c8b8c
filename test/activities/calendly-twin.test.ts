import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import { type CalendlyTwin, startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import type { SessionActivities } from '../../workflows/contract/activities.ts';
import type { AppointmentUri } from '../../workflows/contract/values.ts';
import { EMAIL, NOW } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let twin: CalendlyTwin;
let activities: SessionActivities;
beforeEach(async () => {
  world = await createWorld();
  twin = await startCalendlyTwin({ port: 0, token: 'pat', eventTypeUuid: 'et-1', now: () => NOW });
  const calendly = createCalendlyClient({ baseUrl: twin.url, token: 'pat', timeoutMs: 5000 });
  activities = createActivities({ ...world.dependencies, scheduling: () => calendly });
});
afterEach(async () => {
  await twin.close();
  await world.close();
});

const first = { name: 'Zoë Müller', email: EMAIL };
const startsAt = '2026-12-01T10:00:00Z';

/** The stored link, as the session's page hands it out. */
async function bookingLink(): Promise<string> {
  await activities.makeBookingLink({ sessionKey: world.sessionKey });
  const { booking_url: url } = await world.dependencies.db
    .selectFrom('sessions')
    .select('booking_url')
    .executeTakeFirstOrThrow();
  return url ?? '';
}

const book = async () => twin.book(await bookingLink(), { ...first, startsAt });
const ask = async (appointment: string | null) => {
  const { truth } = await activities.askProvider({
    sessionKey: world.sessionKey,
    appointment: appointment as AppointmentUri | null,
  });
  return truth.appointments;
};

describe('appointments at a Calendly that speaks its own wire format', () => {
  test('what was booked with our link is found by its reference', async () => {
    const booked = await book();
    expect(await ask(null)).toMatchObject([
      {
        appointment: booked.inviteeUri,
        startsAt: Date.parse(startsAt),
        replaces: null,
        end: { kind: 'none' },
      },
    ]);
  });

  test('a lost answer leaves a link that no one was handed', async () => {
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'POST', path: '^/scheduling_links$' });
    await expect(bookingLink()).rejects.toMatchObject({ type: 'vendor-unreachable', nonRetryable: false });
    const stored = await bookingLink();
    expect(await bookingLink()).toBe(stored);
    twin.book(stored, { ...first, startsAt });
    expect(await ask(null)).toHaveLength(1);
  });

  test('after a reschedule the old one leads to the new one', async () => {
    const booked = await book();
    const moved = twin.reschedule(booked.inviteeUri, '2026-12-02T10:00:00Z');
    const truths = await ask(booked.inviteeUri);
    expect(truths).toMatchObject([
      { appointment: booked.inviteeUri, end: { kind: 'replaced', replacedBy: moved.inviteeUri } },
      { appointment: moved.inviteeUri, replaces: booked.inviteeUri, end: { kind: 'none' } },
    ]);
    expect((await ask(null)).map((one) => one.appointment)).toContain(moved.inviteeUri);
  });

  test('cancelled twice, also after a lost answer, is cancelled once', async () => {
    const { inviteeUri } = await book();
    const cancel = () =>
      activities.cancelAppointment({
        sessionKey: world.sessionKey,
        appointment: inviteeUri as AppointmentUri,
      });
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'POST', path: 'cancellation$' });
    await expect(cancel()).rejects.toMatchObject({ type: 'vendor-unreachable' });
    await cancel();
    await cancel();
    expect(twin.appointments()).toMatchObject([{ status: 'canceled', canceledBy: 'host' }]);
    expect(await ask(inviteeUri)).toMatchObject([{ end: { kind: 'cancelled', by: 'host' } }]);
  });

  test('its rate limit is waited for', async () => {
    twin.faults.set({
      kind: 'status',
      status: 429,
      headers: { 'x-ratelimit-reset': '37', 'x-ratelimit-remaining': '0' },
    });
    await expect(bookingLink()).rejects.toMatchObject({
      type: 'vendor-rate-limited',
      nextRetryDelay: 37_000,
    });
  });
});
