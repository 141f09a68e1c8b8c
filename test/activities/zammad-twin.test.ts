import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { createZammadClient } from '../../integrations/zammad/client.ts';
import { startZammadTwin, type ZammadTwin } from '../../integrations/zammad/twin.ts';
import { ticketNumberOf } from '../../platform/session-ids.ts';
import type { SessionActivities } from '../../workflows/contract/activities.ts';
import type { TicketNote } from '../../workflows/contract/effects.ts';
import type { LinkId } from '../../workflows/contract/values.ts';
import { EMAIL, instant } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let twin: ZammadTwin;
let activities: SessionActivities;
beforeEach(async () => {
  world = await createWorld();
  twin = await startZammadTwin({ port: 0 });
  const zammad = createZammadClient({
    baseUrl: twin.url,
    token: twin.token,
    group: twin.group,
    timeoutMs: 5000,
  });
  activities = createActivities({ ...world.dependencies, zammad });
});
afterEach(async () => {
  await twin.close();
  await world.close();
});

const open = () => activities.openTicket({ sessionKey: world.sessionKey, rev: 10, status: 'opening' });
const clients = () => twin.users().filter((user) => user.email.toLowerCase() === EMAIL.toLowerCase());
const note = (more: Partial<TicketNote> = {}): TicketNote => ({
  rev: 20,
  topic: 'booked',
  status: 'scheduled',
  state: 'open',
  toClient: true,
  clearAction: false,
  startsAt: instant('2099-12-01T10:00:00Z'),
  endsAt: instant('2099-12-01T11:00:00Z'),
  cutoffAt: instant('2099-11-30T10:00:00Z'),
  reason: null,
  linkId: null,
  ...more,
});

describe('tickets on a Zammad that speaks its own wire format', () => {
  test('a customer that was deleted in Zammad is made anew', async () => {
    await world.dependencies.db.updateTable('clients').set({ zammad_customer_id: 4711 }).execute();
    await open();
    expect(twin.tickets()).toHaveLength(1);
    expect(clients()).toHaveLength(1);
    const { zammad_customer_id } = await world.dependencies.db
      .selectFrom('clients')
      .select('zammad_customer_id')
      .executeTakeFirstOrThrow();
    expect(zammad_customer_id).toBe(clients()[0]?.id);
  });

  test.each([
    ['the ticket', '^/api/v1/tickets$'],
    ['the customer', '^/api/v1/users$'],
  ])('%s was made, then the connection broke: exactly one after the repeat', async (_, path) => {
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'POST', path });
    await expect(open()).rejects.toMatchObject({ type: 'vendor-unreachable', nonRetryable: false });
    const opened = await open();
    expect(opened.ticketNumber).toBe(ticketNumberOf('53', world.sessionKey));
    expect(twin.tickets()).toHaveLength(1);
    expect(clients()).toHaveLength(1);
  });

  test('three units at once: three tickets, one user', async () => {
    const keys = [world.sessionKey, await world.another(1), await world.another(2)];
    await Promise.all(
      keys.map((sessionKey) => activities.openTicket({ sessionKey, rev: 1, status: 'opening' })),
    );
    expect(twin.tickets()).toHaveLength(3);
    expect(clients()).toHaveLength(1);
    expect(new Set(twin.tickets().map((ticket) => ticket.customerId))).toEqual(new Set([clients()[0]?.id]));
  });

  test('a mail was sent, then the connection broke: not sent again', async () => {
    await open();
    const write = () => activities.writeTicket({ sessionKey: world.sessionKey, note: note() });
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'PUT', path: '^/api/v1/tickets/\\d+$' });
    await expect(write()).rejects.toMatchObject({ type: 'vendor-unreachable' });
    await write();
    expect(twin.mails()).toHaveLength(1);
    expect(twin.mails()[0]).toMatchObject({ to: EMAIL, internal: false });
    expect(twin.tickets()[0]).toMatchObject({ sessionRev: 20, sessionStatus: 'scheduled', state: 'open' });
  });

  test('the link mail is sent and stays internal; an agent’s action is cleared; the ticket closes', async () => {
    const opened = await open();
    const { sessionKey } = world;
    const linkId = `${sessionKey}-1` as LinkId;
    await activities.issueLink({ sessionKey, linkId, revokes: null });
    await activities.writeTicket({ sessionKey, note: note({ topic: 'link', linkId }) });
    expect(twin.mails()[0]).toMatchObject({ to: EMAIL, internal: true });
    expect(twin.mails()[0]?.body).toContain(`/customer/s/slug-${sessionKey}?token=ey`);

    twin.agentSets(opened.ticketId, 'resend_link');
    await activities.writeTicket({
      sessionKey,
      note: note({
        rev: 30,
        topic: 'closed',
        state: 'closed',
        status: 'ended',
        clearAction: true,
        toClient: false,
      }),
    });
    expect(twin.tickets()[0]).toMatchObject({ state: 'closed', sessionAction: '', sessionRev: 30 });
    expect(twin.mails()).toHaveLength(1);
  });

  test('a pending ticket has its time', async () => {
    await open();
    await activities.writeTicket({ sessionKey: world.sessionKey, note: note({ state: 'pending reminder' }) });
    expect(twin.tickets()[0]).toMatchObject({ state: 'pending reminder' });
    expect(Date.parse(twin.tickets()[0]?.pendingTime ?? '')).toBe(Date.parse('2099-11-30T10:00:00Z'));
  });

  test.each([
    [401, 'vendor-unauthorized', true],
    [403, 'ticket-out-of-reach', true],
    [422, 'vendor-rejected', true],
    [500, 'vendor-unavailable', false],
  ])('%d is %s', async (status, type, nonRetryable) => {
    twin.faults.set({ kind: 'status', status });
    const failure = await open().catch((error: unknown) => error);
    expect(failure).toMatchObject({ type, nonRetryable });
    expect(JSON.stringify(failure) + String(failure) + world.logged.join()).not.toMatch(/zoe|@example/i);
  });
});

describe('what agents do to the ticket of a session that lives', () => {
  const row = () =>
    world.dependencies.db
      .selectFrom('sessions')
      .select(['ticket_id', 'ticket_number'])
      .executeTakeFirstOrThrow();
  const write = (more: Partial<TicketNote> = {}) =>
    activities.writeTicket({ sessionKey: world.sessionKey, note: note(more) });
  const subjects = (id: number) => twin.articles(id).map(({ subject }) => subject);
  /** The request of the same client that agents merge the session into. */
  async function inquiry(more: object = {}) {
    const response = await fetch(`${twin.url}/api/v1/tickets`, {
      method: 'POST',
      headers: { authorization: `Token token=${twin.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        title: 'A question',
        group: twin.group,
        customer_id: `guess:${EMAIL}`,
        article: { body: 'When?' },
        ...more,
      }),
    });
    return (await response.json()) as { id: number; number: string };
  }

  test('closed: the next note opens it again and says so, once', async () => {
    const { ticketId } = await open();
    twin.agentChanges(ticketId, { state: 'closed' });
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'PUT', path: '^/api/v1/tickets/\\d+$' });
    await expect(write()).rejects.toMatchObject({ type: 'vendor-unreachable' });
    expect(await write()).toEqual({ kind: 'write-ticket' });
    expect(twin.tickets()).toMatchObject([{ state: 'open', sessionRev: 20 }]);
    expect(subjects(ticketId)).toEqual(['Session opened', 'Opened again', expect.stringContaining('booked')]);
    expect(twin.mails()).toHaveLength(1);
    await write({ rev: 21, topic: 'closed', status: 'ended', state: 'closed', toClient: false });
    await write({ rev: 22, topic: 'refund', status: 'ended', toClient: false });
    expect(subjects(ticketId).filter((subject) => subject === 'Opened again')).toHaveLength(1);
  });

  test('assigned and prioritised: that is theirs', async () => {
    const { ticketId } = await open();
    twin.agentChanges(ticketId, { priority: '3 high', group: 'Users' });
    expect(await write()).toEqual({ kind: 'write-ticket' });
    expect(twin.tickets()).toMatchObject([{ priority: '3 high', group: 'Users', sessionRev: 20 }]);
  });

  test('moved to a group out of our reach: a person is told what to do, and the same note comes later', async () => {
    const { ticketId } = await open();
    twin.addsGroup('Lawyers');
    twin.agentChanges(ticketId, { group: 'Lawyers' });
    await expect(write()).rejects.toMatchObject({ type: 'ticket-out-of-reach', nonRetryable: true });
    expect(twin.tickets()).toHaveLength(1);
    twin.grants('Lawyers');
    await write();
    expect(twin.mails()).toHaveLength(1);
  });

  test('merged: the session goes on in the ticket that took it in, with fields and tags, and no mail twice', async () => {
    const { ticketId } = await open();
    await write();
    const into = await inquiry();
    twin.agentMerges(ticketId, into.number);
    // The note was written before, and the answer to that was lost.
    expect(await write()).toMatchObject({ moved: { why: 'merged', ticketNumber: into.number } });
    expect(twin.mails()).toHaveLength(1);
    expect(await write({ rev: 30 })).toEqual({ kind: 'write-ticket' });
    expect(twin.mails()).toHaveLength(2);
    expect(twin.tickets()).toMatchObject([
      { id: ticketId, state: 'merged', sessionRev: 20 },
      {
        id: into.id,
        sessionId: world.sessionKey,
        sessionStatus: 'scheduled',
        sessionRev: 30,
        tags: ['latchkey', 'session'],
      },
    ]);
    expect(subjects(into.id)).toContain('Session goes on here');
    expect(await row()).toEqual({ ticket_id: into.id, ticket_number: into.number });
  });

  test('merged while a choice of theirs was not answered: it stands in the other one then', async () => {
    const { ticketId } = await open();
    const into = await inquiry();
    twin.agentSets(ticketId, 'resend_link');
    twin.agentMerges(ticketId, into.number);
    await write();
    expect(twin.tickets()[1]).toMatchObject({ id: into.id, sessionAction: 'resend_link' });
  });

  test('merged, and the answer to each of our requests lost: it goes on there all the same, once', async () => {
    const { ticketId } = await open();
    const into = await inquiry();
    twin.agentMerges(ticketId, into.number);
    for (const [method, path] of [
      ['POST', '/tags/add$'],
      ['PUT', '^/api/v1/tickets/'],
      ['PUT', '^/api/v1/tickets/'],
    ] as const) {
      twin.faults.set({ kind: 'commit-then-hang-up', method, path });
      await expect(write()).rejects.toMatchObject({ type: 'vendor-unreachable' });
    }
    await write();
    expect(subjects(into.id).filter((subject) => subject === 'Session goes on here')).toHaveLength(1);
    expect(twin.mails()).toHaveLength(1);
  });

  test('merged through several: the last one is found', async () => {
    const { ticketId } = await open();
    const first = await inquiry();
    twin.agentMerges(ticketId, first.number);
    const last = await inquiry();
    twin.agentMerges(first.id, last.number);
    expect(await write()).toMatchObject({ moved: { ticketNumber: last.number } });
  });

  test('merged into another session’s ticket: each keeps one of its own, linked', async () => {
    const { ticketId } = await open();
    const other = await world.another(1);
    const { ticketNumber } = await activities.openTicket({ sessionKey: other, rev: 1, status: 'opening' });
    twin.agentMerges(ticketId, ticketNumber);
    const next = ticketNumberOf('53', world.sessionKey, 1);
    expect(await write()).toMatchObject({ moved: { why: 'merged', ticketNumber: next } });
    expect(twin.tickets().map(({ sessionId, state }) => [sessionId, state])).toEqual([
      [world.sessionKey, 'merged'],
      [other, 'open'],
      [world.sessionKey, 'open'],
    ]);
    expect(subjects(21)).toEqual(['Session opened', expect.stringContaining('booked')]);
  });

  test('deleted: a new ticket under the next number, which tells of the old one; older mails are not sent again', async () => {
    const opened = await open();
    await write();
    twin.deletes(opened.ticketId);
    const next = ticketNumberOf('53', world.sessionKey, 1);
    expect(await write({ rev: 30 })).toEqual({
      kind: 'write-ticket',
      moved: { why: 'deleted', ticketNumber: next },
    });
    expect(twin.tickets()).toMatchObject([{ number: next, sessionRev: 30, sessionId: world.sessionKey }]);
    expect(twin.mails()).toHaveLength(2);
    const [first] = twin.articles(twin.tickets()[0]?.id ?? 0);
    expect(first?.body).toContain(opened.ticketNumber);
    twin.deletes(twin.tickets()[0]?.id ?? 0);
    expect(await write({ rev: 40 })).toMatchObject({
      moved: { ticketNumber: ticketNumberOf('53', world.sessionKey, 2) },
    });
  });

  test('deleted, and the answer to the new ticket lost: one new ticket', async () => {
    const { ticketId } = await open();
    twin.deletes(ticketId);
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'POST', path: '^/api/v1/tickets$' });
    await expect(write()).rejects.toMatchObject({ type: 'vendor-unreachable' });
    await write();
    expect(twin.tickets()).toHaveLength(1);
    expect(twin.mails()).toHaveLength(1);
  });

  test('a 404 of something in between moves nothing', async () => {
    await open();
    const before = await row();
    twin.faults.set({ kind: 'status', status: 404, method: 'GET', path: '^/api/v1/tickets/' });
    // Zammad’s own words, but the ticket is found by its session.
    expect(await write()).toEqual({ kind: 'write-ticket' });
    expect(await row()).toEqual(before);
    expect(twin.tickets()).toHaveLength(1);
  });

  test('a reminder follows too', async () => {
    const { ticketId } = await open();
    twin.deletes(ticketId);
    const reminded = await activities.remind({
      sessionKey: world.sessionKey,
      appointment: null,
      startsAt: instant('2099-12-01T10:00:00Z'),
      beforeMs: 3_600_000,
      note: note(),
    });
    expect(reminded).toMatchObject({ sent: true, moved: { why: 'deleted' } });
  });
});
