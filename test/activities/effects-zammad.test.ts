import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { createZammadClient } from '../../integrations/zammad/client.ts';
import { startZammadTwin } from '../../integrations/zammad/twin.ts';
import type { TicketNote } from '../../workflows/contract/effects.ts';
import type { Millis } from '../../workflows/contract/values.ts';
import {
  type Cell,
  type Effect,
  eitherWay,
  expectOneEach,
  type OnCall,
  requestRows,
  requestsOf,
} from './support/effect-matrix.ts';
import { instant } from './support/rows.ts';
import { faultsOf } from './support/vendor-faults.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const startsAt = instant('2099-12-01T10:00:00Z');
const note: TicketNote = {
  rev: 20,
  topic: 'booked',
  status: 'scheduled',
  state: 'open',
  toClient: true,
  clearAction: false,
  startsAt,
  endsAt: instant('2099-12-01T11:00:00Z'),
  cutoffAt: instant('2099-11-30T10:00:00Z'),
  reason: null,
  linkId: null,
};

let units = 0;

/** A session of a client of its own, at a Zammad of its own. */
async function startSession(onCall: OnCall) {
  const { db } = world.dependencies;
  const unit = (units += 1);
  const email = `client-${unit}@example.com`;
  const known = await db.selectFrom('clients').selectAll().executeTakeFirstOrThrow();
  const { id } = await db
    .insertInto('clients')
    .values({
      ...known,
      id: undefined,
      created_at: undefined,
      email,
      email_key: email,
      zammad_customer_id: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const sessionKey = await world.another(unit, { client_id: id });
  const twin = await startZammadTwin({ port: 0 });
  const { url: baseUrl, token, group } = twin;
  const activities = eitherWay((timeoutMs) => {
    const zammad = createZammadClient({ baseUrl, token, group, timeoutMs, onCall });
    return createActivities({ ...world.dependencies, zammad });
  });
  const opening = { sessionKey, rev: 10, status: 'opening' };
  return {
    twin,
    sessionKey,
    activities,
    open: (hasty: boolean) => activities(hasty).openTicket(opening),
    remembered: () =>
      db
        .selectFrom('sessions')
        .innerJoin('clients', 'clients.id', 'sessions.client_id')
        .select(['ticket_id', 'zammad_customer_id'])
        .where('session_key', '=', sessionKey)
        .executeTakeFirstOrThrow(),
    forgetTicket: () =>
      db
        .updateTable('sessions')
        .set({ ticket_id: null, ticket_number: null })
        .where('session_key', '=', sessionKey)
        .execute(),
    users: () => twin.users().filter((user) => user.email === email),
  };
}

type Session = Awaited<ReturnType<typeof startSession>>;

/** One ticket, one customer, both remembered; one first article, and as many mails. */
async function told({ twin, users, remembered }: Session) {
  const row = await remembered();
  const ticket = twin.tickets().find(({ state }) => state !== 'merged');
  return {
    tickets: twin.tickets().length,
    users: users().length,
    remembered: ticket?.id === row.ticket_id && users()[0]?.id === row.zammad_customer_id,
    rev: ticket?.sessionRev,
    articles: twin.tickets().flatMap(({ id }) => twin.articles(id)).length,
    mails: twin.mails().length,
  };
}

const opened = { tickets: 1, users: 1, remembered: true, rev: 10, articles: 1, mails: 0 };
const written = { ...opened, rev: 20, articles: 2, mails: 1 };

const cellOf = (session: Session, attempt: Cell['attempt']): Cell => ({
  faults: session.twin.faults,
  attempt,
  outcome: () => told(session),
  close: () => session.twin.close(),
});

const effects: readonly Effect[] = [
  {
    name: 'openTicket',
    requests: [
      'POST /api/v1/users/search',
      'POST /api/v1/users',
      'POST /api/v1/tickets/search',
      'POST /api/v1/tickets',
    ],
    expected: opened,
    async start(onCall) {
      const session = await startSession(onCall);
      return cellOf(session, session.open);
    },
  },
  {
    name: 'writeTicket',
    requests: ['GET /api/v1/tickets/:id', 'PUT /api/v1/tickets/:id'],
    expected: written,
    async start(onCall) {
      const session = await startSession(onCall);
      const { activities, sessionKey } = session;
      await session.open(false);
      return cellOf(session, (hasty) => activities(hasty).writeTicket({ sessionKey, note }));
    },
  },
  {
    name: 'writeTicket on a ticket that the row lost',
    requests: ['POST /api/v1/tickets/search', 'GET /api/v1/tickets/:id', 'PUT /api/v1/tickets/:id'],
    faulted: [0],
    expected: written,
    async start(onCall) {
      const session = await startSession(onCall);
      const { activities, sessionKey } = session;
      await session.open(false);
      await session.forgetTicket();
      return cellOf(session, (hasty) => activities(hasty).writeTicket({ sessionKey, note }));
    },
  },
  {
    name: 'writeTicket after somebody deleted the ticket',
    requests: [
      'GET /api/v1/tickets/:id',
      'POST /api/v1/tickets/search',
      'POST /api/v1/tickets',
      'GET /api/v1/tickets/:id',
      'PUT /api/v1/tickets/:id',
    ],
    faulted: [2],
    expected: written,
    async start(onCall) {
      const session = await startSession(onCall);
      const { activities, sessionKey, twin } = session;
      const { ticketId } = await session.open(false);
      twin.deletes(ticketId);
      return cellOf(session, (hasty) => activities(hasty).writeTicket({ sessionKey, note }));
    },
  },
  {
    name: 'writeTicket after agents merged the ticket',
    requests: [
      'GET /api/v1/tickets/:id',
      'GET /api/v1/links',
      'GET /api/v1/tickets/:id',
      'GET /api/v1/tickets/:id',
      'POST /api/v1/tags/add',
      'POST /api/v1/tags/add',
      'PUT /api/v1/tickets/:id',
      'GET /api/v1/tickets/:id',
      'PUT /api/v1/tickets/:id',
    ],
    faulted: [4, 6],
    // The other one's first article, ours, Zammad's about the merging, ours about it, and the note.
    expected: { ...written, tickets: 2, articles: 5 },
    async start(onCall) {
      const session = await startSession(onCall);
      const { activities, sessionKey, twin } = session;
      const { ticketId } = await session.open(false);
      await fetch(`${twin.url}/api/v1/tickets`, {
        method: 'POST',
        headers: { authorization: `Token token=${twin.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          title: 'A question',
          group: twin.group,
          customer_id: 1,
          number: '53001',
          article: { body: 'When?' },
        }),
      });
      twin.agentMerges(ticketId, '53001');
      return cellOf(session, (hasty) => activities(hasty).writeTicket({ sessionKey, note }));
    },
  },
  {
    name: 'remind',
    requests: ['GET /api/v1/tickets/:id', 'PUT /api/v1/tickets/:id'],
    faulted: [1],
    expected: written,
    async start(onCall) {
      const session = await startSession(onCall);
      const { activities, sessionKey } = session;
      await session.open(false);
      return cellOf(session, (hasty) =>
        activities(hasty).remind({
          sessionKey,
          appointment: null,
          startsAt,
          beforeMs: 3_600_000 as Millis,
          note,
        }),
      );
    },
  },
];

describe('one ticket, one customer, one mail', () => {
  test.each(effects)('$name makes these requests and no others', async (effect) => {
    expect(await requestsOf(effect)).toEqual({ requests: effect.requests, outcome: effect.expected });
  });

  test.each(requestRows(effects))('$title, under every fault', async ({ effect, nth }) => {
    await expectOneEach(effect, nth, faultsOf.zammad());
  });
});
