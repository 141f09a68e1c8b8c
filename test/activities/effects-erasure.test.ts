import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import { startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import { createZammadClient } from '../../integrations/zammad/client.ts';
import { startZammadTwin } from '../../integrations/zammad/twin.ts';
import type { AppointmentUri } from '../../workflows/contract/values.ts';
import {
  type Effect,
  eitherWay,
  expectOneEach,
  type OnCall,
  requestRows,
  requestsOf,
} from './support/effect-matrix.ts';
import { EMAIL, NOW } from './support/rows.ts';
import { storedLinkOf } from './support/scheduling-links.ts';
import { faultsOf } from './support/vendor-faults.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let erasureId: string;
beforeAll(async () => {
  world = await createWorld();
  const { db } = world.dependencies;
  const client = await db.selectFrom('clients').selectAll().executeTakeFirstOrThrow();
  erasureId = randomUUID();
  await db
    .insertInto('erasures')
    .values({
      erasure_id: erasureId,
      tenant_id: client.tenant_id,
      client_id: client.id,
      actor: 'admin',
      created_at: new Date(NOW),
    })
    .execute();
});
afterAll(() => world?.close());

let units = 0;

/** A ticket with a note of ours on it, at a Zammad of its own. */
async function startTicket(onCall: OnCall) {
  const twin = await startZammadTwin({ port: 0 });
  const { url: baseUrl, token, group } = twin;
  const clientOf = (timeoutMs: number) => createZammadClient({ baseUrl, token, group, timeoutMs, onCall });
  const zammad = clientOf(10_000);
  const { id: ticketId } = await zammad.openTicket({
    title: 'Session of Zoë Müller',
    number: '53100000000000000001',
    customerId: await zammad.findOrCreateCustomer({ email: EMAIL, firstName: 'Zoë', lastName: 'Müller' }),
    sessionId: world.sessionKey,
    sessionStatus: 'ended',
    sessionRev: 1,
    tags: [],
    article: { subject: 'Paid', body: 'By Zoë Müller', mailTo: null, internal: true },
  });
  const activities = eitherWay((timeoutMs) =>
    createActivities({ ...world.dependencies, zammad: clientOf(timeoutMs) }),
  );
  return { twin, ticketId, activities };
}

const tickets: readonly Effect[] = [
  {
    name: 'blankTicket',
    requests: [
      'PUT /api/v1/tickets/:id',
      'GET /api/v1/ticket_articles/by_ticket/:id',
      'DELETE /api/v1/ticket_articles/:id',
    ],
    expected: [{ title: 'Erased', articles: 0 }],
    async start(onCall) {
      const { twin, ticketId, activities } = await startTicket(onCall);
      return {
        faults: twin.faults,
        attempt: (hasty) => activities(hasty).blankTicket({ erasureId, ticketId }),
        outcome: async () =>
          twin.tickets().map(({ id, title }) => ({ title, articles: twin.articles(id).length })),
        close: () => twin.close(),
      };
    },
  },
];

/** The person's appointment, at a Calendly of its own. */
async function startAppointment(onCall: OnCall) {
  const sessionKey = await world.another((units += 1));
  const token = 'pat';
  const twin = await startCalendlyTwin({ port: 0, token, eventTypeUuid: 'et-1', now: () => NOW });
  const activities = eitherWay((timeoutMs) => {
    const calendly = createCalendlyClient({ baseUrl: twin.url, token, timeoutMs, onCall });
    return createActivities({ ...world.dependencies, calendly, scheduling: () => calendly });
  });
  await activities(false).makeBookingLink({ sessionKey });
  const link = await storedLinkOf(world.dependencies.db, sessionKey);
  const person = { name: 'Zoë Müller', email: EMAIL };
  const { inviteeUri } = twin.book(link, { ...person, startsAt: '2026-12-01T10:00:00Z' });
  await activities(false).askProvider({ sessionKey, appointment: inviteeUri as AppointmentUri });
  return { twin, activities };
}

const appointments: readonly Effect[] = [
  {
    name: 'requestProviderDeletion',
    requests: ['POST /data_compliance/deletion/invitees'],
    expected: [],
    async start(onCall) {
      const { twin, activities } = await startAppointment(onCall);
      return {
        faults: twin.faults,
        attempt: (hasty) => activities(hasty).requestProviderDeletion({ erasureId }),
        outcome: async () => twin.appointments().map(({ email }) => email),
        close: () => twin.close(),
      };
    },
  },
];

const every = [
  ...requestRows(tickets).map((row) => ({ ...row, faults: faultsOf.zammad() })),
  ...requestRows(appointments).map((row) => ({ ...row, faults: faultsOf.calendly() })),
];

describe('nothing is left of a person', () => {
  test.each([...tickets, ...appointments])('$name makes these requests and no others', async (effect) => {
    expect(await requestsOf(effect)).toEqual({ requests: effect.requests, outcome: effect.expected });
  });

  test.each(every)('$title, under every fault', async ({ effect, nth, faults }) => {
    await expectOneEach(effect, nth, faults);
  });
});
