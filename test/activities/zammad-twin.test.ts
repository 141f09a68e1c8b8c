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
    [403, 'vendor-forbidden', true],
    [422, 'vendor-rejected', true],
    [500, 'vendor-unavailable', false],
  ])('%d is %s', async (status, type, nonRetryable) => {
    twin.faults.set({ kind: 'status', status });
    const failure = await open().catch((error: unknown) => error);
    expect(failure).toMatchObject({ type, nonRetryable });
    expect(JSON.stringify(failure) + String(failure) + world.logged.join()).not.toMatch(/zoe|@example/i);
  });
});
