import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import { startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import type { CalendlyLinks } from '../../platform/config-providers.ts';
import type { AppointmentUri } from '../../workflows/contract/values.ts';
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
const token = 'pat';
const client = { name: 'Zoë Müller', email: EMAIL };
let units = 0;

/** A session at a Calendly of its own. */
async function startSession(onCall: OnCall, links: CalendlyLinks = 'single-use') {
  const sessionKey = await world.another((units += 1));
  const twin = await startCalendlyTwin({ port: 0, token, eventTypeUuid: 'et-1', now: () => NOW });
  const baseUrl = twin.url;
  const dependenciesWith = (timeoutMs: number) => {
    const calendly = createCalendlyClient({ baseUrl, token, timeoutMs, links, onCall });
    return { ...world.dependencies, scheduling: () => calendly };
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
      const { inviteeUri } = twin.book(await storedLink(), { ...client, startsAt: STARTS });
      return inviteeUri as AppointmentUri;
    },
  };
}

const standing = [{ startsAt: Date.parse(STARTS), end: { kind: 'none' } }];

const EVENT = '/scheduled_events/:id';

/** Asks, and answers with what was found. */
const asking = (name: string, requests: readonly string[], appointmentKnown: boolean): Effect => ({
  name,
  requests,
  expected: standing,
  async start(onCall) {
    const { twin, sessionKey, activities, booked } = await startSession(onCall);
    const uri = await booked();
    let found: readonly { readonly startsAt: number; readonly end: unknown }[] = [];
    return {
      faults: twin.faults,
      async attempt(hasty) {
        const { truth } = await activities(hasty).askProvider({
          sessionKey,
          appointment: appointmentKnown ? uri : null,
        });
        found = truth.appointments;
      },
      outcome: async () => found.map(({ startsAt, end }) => ({ startsAt, end })),
      close: () => twin.close(),
    };
  },
});

const making = (links: CalendlyLinks, request: string): Effect => ({
  name: `makeBookingLink, ${links}`,
  requests: [request],
  // The one link that the session hands out; it books once.
  expected: { again: 'the same', booked: 1, appointments: 1 },
  async start(onCall) {
    const { twin, sessionKey, activities, storedLink } = await startSession(onCall, links);
    return {
      faults: twin.faults,
      attempt: (hasty) => activities(hasty).makeBookingLink({ sessionKey }),
      async outcome() {
        const link = await storedLink();
        await activities(false).makeBookingLink({ sessionKey });
        const again = (await storedLink()) === link ? 'the same' : 'another';
        let booked = 0;
        for (const startsAt of [STARTS, '2026-12-02T10:00:00Z']) {
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
});

const effects: readonly Effect[] = [
  making('single-use', 'POST /scheduling_links'),
  making('share', 'POST /shares'),
  {
    name: 'withdrawLink',
    requests: ['DELETE /shares/:id'],
    expected: { page: 404, settled: true },
    async start(onCall) {
      const { twin, sessionKey, activities, storedLink, withdraw } = await startSession(onCall, 'share');
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
  asking('askProvider for an appointment', [`GET ${EVENT}/invitees/:id`, `GET ${EVENT}`], true),
  asking(
    'askProvider by reference',
    ['GET /users/me', 'GET /scheduled_events', `GET ${EVENT}/invitees`],
    false,
  ),
  {
    name: 'cancelAppointment',
    requests: [`POST ${EVENT}/cancellation`],
    expected: [{ status: 'canceled', canceledBy: 'host' }],
    async start(onCall) {
      const { twin, sessionKey, activities, booked } = await startSession(onCall);
      const appointment = await booked();
      return {
        faults: twin.faults,
        attempt: (hasty) => activities(hasty).cancelAppointment({ sessionKey, appointment }),
        outcome: async () => twin.appointments().map(({ status, canceledBy }) => ({ status, canceledBy })),
        close: () => twin.close(),
      };
    },
  },
];

describe('one link, one appointment, one cancellation', () => {
  test.each(effects)('$name makes these requests and no others', async (effect) => {
    const { requests, outcome } = await requestsOf(effect);
    // Invitee and event are read side by side.
    expect(requests.toSorted()).toEqual(effect.requests.toSorted());
    expect(outcome).toEqual(effect.expected);
  });

  test.each(requestRows(effects))('$title, under every fault', async ({ effect, nth }) => {
    await expectOneEach(effect, nth, faultsOf.calendly());
  });
});
