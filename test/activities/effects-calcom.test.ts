import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { createCalcomClient } from '../../integrations/calcom/client.ts';
import { startCalcomTwin } from '../../integrations/calcom/twin.ts';
import type { AppointmentUri, Instant } from '../../workflows/contract/values.ts';
import {
  type Effect,
  eitherWay,
  expectOneEach,
  type OnCall,
  requestRows,
  requestsOf,
} from './support/effect-matrix.ts';
import { EMAIL, NOW, withdrawableLinkOf } from './support/rows.ts';
import { storedLinkOf, withdrawing } from './support/scheduling-links.ts';
import { faultsOf } from './support/vendor-faults.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const STARTS = '2026-12-01T10:00:00Z';
const MOVED = '2026-12-03T10:00:00Z';
const apiKey = 'cal_key';
const client = { name: 'Zoë Müller', email: EMAIL };
let units = 0;

/** A session at a Cal.com of its own. */
async function startSession(onCall: OnCall) {
  const sessionKey = await world.another((units += 1), { provider: 'calcom', event_type: '7' });
  const twin = await startCalcomTwin({ port: 0, apiKey, now: () => NOW, meetingsEveryMs: 0 });
  const dependenciesWith = (timeoutMs: number) => {
    const calcom = createCalcomClient({ baseUrl: twin.url, webUrl: twin.url, apiKey, timeoutMs, onCall });
    return { ...world.dependencies, scheduling: () => calcom };
  };
  const activities = eitherWay((timeoutMs) => createActivities(dependenciesWith(timeoutMs)));
  const storedLink = () => storedLinkOf(world.dependencies.db, sessionKey);
  return {
    twin,
    sessionKey,
    activities,
    storedLink,
    withdraw: withdrawing(dependenciesWith, sessionKey),
    /** Books with the stored link, before anything goes wrong. */
    booked: async () => {
      await activities(false).makeBookingLink({ sessionKey });
      return twin.book(await storedLink(), { ...client, startsAt: STARTS }).uri as AppointmentUri;
    },
  };
}

const BOOKING = '/v2/bookings/:id';

/** Asks, and answers with what was found. */
const asking = (name: string, requests: readonly string[], appointmentKnown: boolean): Effect => ({
  name,
  requests,
  expected: [{ startsAt: Date.parse(STARTS), end: { kind: 'none' } }],
  async start(onCall) {
    const { twin, sessionKey, activities, booked } = await startSession(onCall);
    const uri = await booked();
    let found: readonly { readonly startsAt: number; readonly end: unknown }[] = [];
    return {
      faults: twin.faults,
      async attempt(hasty) {
        const appointment = appointmentKnown ? uri : null;
        const { truth } = await activities(hasty).askProvider({ sessionKey, appointment });
        found = truth.appointments;
      },
      outcome: async () => found.map(({ startsAt, end }) => ({ startsAt, end })),
      close: () => twin.close(),
    };
  },
});

const effects: readonly Effect[] = [
  {
    name: 'makeBookingLink',
    requests: ['POST /v2/event-types/:id/private-links'],
    // The one link that the session hands out; it books once.
    expected: { again: 'the same', booked: 1, appointments: 1 },
    async start(onCall) {
      const { twin, sessionKey, activities, storedLink } = await startSession(onCall);
      return {
        faults: twin.faults,
        attempt: (hasty) => activities(hasty).makeBookingLink({ sessionKey }),
        async outcome() {
          const link = await storedLink();
          await activities(false).makeBookingLink({ sessionKey });
          const again = (await storedLink()) === link ? 'the same' : 'another';
          let booked = 0;
          for (const startsAt of [STARTS, MOVED]) {
            try {
              twin.book(link, { ...client, startsAt });
              booked += 1;
            } catch {
              // Closed, as a single-use link is.
            }
          }
          return { again, booked, appointments: twin.appointments().length };
        },
        close: () => twin.close(),
      };
    },
  },
  {
    name: 'withdrawLink',
    requests: ['DELETE /v2/event-types/:id/private-links/:id'],
    expected: { page: 404, settled: true },
    async start(onCall) {
      const { twin, sessionKey, activities, storedLink, withdraw } = await startSession(onCall);
      await activities(false).makeBookingLink({ sessionKey });
      return {
        faults: twin.faults,
        attempt: (hasty) => withdraw(hasty)(),
        async outcome() {
          const { settled_at } = await withdrawableLinkOf(world.dependencies.db, sessionKey);
          return { page: (await fetch(await storedLink())).status, settled: settled_at !== null };
        },
        close: () => twin.close(),
      };
    },
  },
  asking('askProvider for an appointment', [`GET ${BOOKING}`], true),
  asking('askProvider by reference', ['GET /v2/bookings'], false),
  {
    name: 'cancelAppointment',
    requests: [`POST ${BOOKING}/cancel`],
    expected: ['CANCELLED'],
    async start(onCall) {
      const { twin, sessionKey, activities, booked } = await startSession(onCall);
      const appointment = await booked();
      return {
        faults: twin.faults,
        attempt: (hasty) => activities(hasty).cancelAppointment({ sessionKey, appointment }),
        outcome: async () => twin.appointments().map(({ status }) => status),
        close: () => twin.close(),
      };
    },
  },
  {
    name: 'moveAppointment',
    // Looked up first; then both are read, for what the session is told.
    requests: [`GET ${BOOKING}`, `POST ${BOOKING}/reschedule`, `GET ${BOOKING}`, `GET ${BOOKING}`],
    expected: {
      held: [Date.parse(STARTS), Date.parse(MOVED)],
      told: [
        { startsAt: Date.parse(STARTS), end: 'replaced' },
        { startsAt: Date.parse(MOVED), end: 'none' },
      ],
    },
    async start(onCall) {
      const { twin, sessionKey, activities, booked } = await startSession(onCall);
      const appointment = await booked();
      const startsAt = Date.parse(MOVED) as Instant;
      let told: readonly { readonly startsAt: number; readonly end: string }[] = [];
      return {
        faults: twin.faults,
        async attempt(hasty) {
          const { truth } = await activities(hasty).moveAppointment({ sessionKey, appointment, startsAt });
          told = truth.appointments.map((one) => ({ startsAt: one.startsAt, end: one.end.kind }));
        },
        outcome: async () => ({ held: twin.appointments().map((one) => one.startsAt), told }),
        close: () => twin.close(),
      };
    },
  },
];

describe('one link, one appointment, one move, one cancellation', () => {
  test.each(effects)('$name makes these requests and no others', async (effect) => {
    const { requests, outcome } = await requestsOf(effect);
    expect(requests).toEqual(effect.requests);
    expect(outcome).toEqual(effect.expected);
  });

  test.each(requestRows(effects))('$title, under every fault', async ({ effect, nth }) => {
    await expectOneEach(effect, nth, faultsOf.calcom());
  });
});
