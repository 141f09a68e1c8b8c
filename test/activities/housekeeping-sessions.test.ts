import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { publishedGate } from '../../db/queries/gate.ts';
import { writePublication } from '../../db/queries/publication.ts';
import { recordAppointment } from '../../db/queries/appointments.ts';
import { leftLinks } from '../../db/queries/withdrawable-links.ts';
import { signReference } from '../../platform/reference.ts';
import { sessionRouteId, sessionWorkflowId } from '../../platform/session-ids.ts';
import type { Gate, Outcome, Phase } from '../../workflows/contract/session.ts';
import type { Instant, Provider, SessionKey } from '../../workflows/contract/values.ts';
import { vendorFailure } from './support/fakes.ts';
import { type Housekeeper, startHousekeeper } from './support/housekeeper.ts';
import { EMAIL, NOW, withdrawableLinkOf } from './support/rows.ts';
import { linkKeys } from './support/world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** When the test begins: the provider's clock never goes back, so each is later than the one before. */
let began = NOW;
const at = (hours: number): Instant => (began + hours * HOUR) as Instant;
const fine = { looked: 1, repaired: 0, raised: 0, failed: 0, notes: [] };

let house: Housekeeper;
let units = 0;
let current: SessionKey;
beforeAll(async () => {
  house = await startHousekeeper();
});
afterAll(() => house.close());
/** Each test has an open session of its own; those of the tests before are over. */
beforeEach(async () => {
  began = (began + 30 * DAY) as Instant;
  house.now = began;
  house.told.length = 0;
  house.runStates.clear();
  house.world.zammad.tickets.length = 0;
  house.calendly.faults.clear();
  await db().deleteFrom('appointments').execute();
  await db().deleteFrom('withdrawable_links').execute();
  await db().updateTable('sessions').set({ start_state: 'ended' }).execute();
  current = await another({ phase: 'awaiting-booking' });
});

const key = () => current;
const db = () => house.dependencies.db;

function another(more: { phase: Phase }): Promise<SessionKey> {
  units += 1;
  return house.world.another(units, more);
}

/** What the session's run has published last. */
async function publish(more: { startsAt?: Instant | null; endsAt?: Instant | null; until?: Instant } = {}) {
  const { startsAt = null, endsAt = null, until = at(30 * 24) } = more;
  const gate: Gate = {
    sessionKey: key(),
    version: began,
    state: 'live',
    access: 'granted',
    page: { from: began, until },
    join: [],
    linkId: null,
  };
  const phase = startsAt === null ? 'awaiting-booking' : 'scheduled';
  const record = { phase, outcome: null, startsAt, endsAt, cutoffAt: null, needsAttention: false } as const;
  await writePublication(db(), { sessionKey: key(), gate, record, entries: [], at: began });
}

/** A session that is as it should be: published, with its route. */
async function open(more: Parameters<typeof publish>[0] = {}): Promise<void> {
  await publish(more);
  await putRoute(40 * DAY);
}

const putRoute = (leaseMs: number) =>
  house.dependencies.apisix.putRoute({
    id: sessionRouteId(key()),
    slug: `slug-${key()}`,
    sessionKey: key(),
    ttlSeconds: leaseMs / 1000,
  });

const row = () =>
  db().selectFrom('sessions').selectAll().where('session_key', '=', key()).executeTakeFirstOrThrow();

/** Books by the session's own link. */
async function book(startsAt: Instant) {
  const { bookingUrl } = await house.dependencies.scheduling('calendly').createSchedulingLink('et-1', {
    reference: signReference(linkKeys, key()),
    campaign: null,
    name: 'Zoë',
    email: EMAIL,
  });
  return house.calendly.book(bookingUrl, { name: 'Zoë', email: EMAIL, startsAt: new Date(startsAt) });
}

type Booked = Awaited<ReturnType<typeof book>>;
const keep = (booked: Booked) =>
  recordAppointment(db(), {
    uri: booked.inviteeUri,
    session_key: key(),
    booking_key: null,
    provider: 'calendly',
    event_uri: booked.eventUri,
    starts_at: new Date(booked.startsAt),
    ends_at: new Date(booked.endsAt),
    reschedule_url: null,
    cancel_url: null,
    join_url: null,
    time_zone: null,
  });

describe('a session that is as it should be', () => {
  test('is looked at, and nothing is found', async () => {
    await open();
    expect(await house.run('sessions')).toMatchObject(fine);
    expect(house.told).toEqual([]);
  });

  test('thousands of them are pages of twenty', async () => {
    for (let more = 0; more < 20; more += 1) await another({ phase: 'opening' });
    const first = await house.page('sessions');
    expect(first).toMatchObject({ looked: 20, halted: null });
    expect(await house.page('sessions', first.cursor)).toMatchObject({ looked: 1, cursor: null });
  });
});

describe('a run that is lost', () => {
  test.each(['missing', 'lost', 'over'] as const)('%s: the gate is shut and stays so', async (state) => {
    await open();
    house.runStates.set(sessionWorkflowId(key()), state);
    expect(await house.run('sessions')).toMatchObject({
      raised: 1,
      notes: [{ code: `run-${state}`, id: key() }],
    });
    const shut = await publishedGate(db(), key());
    expect(shut?.gate).toMatchObject({ state: 'live', page: null, join: [] });
    expect(shut?.gate?.version).toBeGreaterThan(began);
    expect(await row()).toMatchObject({ needs_attention: true, start_state: 'started' });
    expect(await house.run('sessions')).toMatchObject(fine);
  });

  test('a session that has ended meanwhile is left alone', async () => {
    await open();
    house.runStates.set(sessionWorkflowId(key()), 'over');
    house.onAsked = () => db().updateTable('sessions').set({ start_state: 'ended' }).execute();
    expect(await house.run('sessions')).toMatchObject(fine);
    house.onAsked = async () => undefined;
    expect((await publishedGate(db(), key()))?.gate?.version).toBe(began);
  });
});

describe('the provider', () => {
  test('a booking whose webhook was lost is told', async () => {
    await open();
    const { inviteeUri } = await book(at(72));
    expect(await house.run('sessions')).toMatchObject({ notes: [{ code: 'provider-told', id: key() }] });
    expect(house.told).toMatchObject([
      {
        workflowId: sessionWorkflowId(key()),
        events: [
          { type: 'appointment.booked', appointment: inviteeUri, startsAt: at(72), occurredAt: began },
          { type: 'appointment.booked', appointment: inviteeUri, startsAt: at(72), receivedAt: began },
        ],
      },
    ]);
    await publish({ startsAt: at(72), endsAt: at(73) });
    house.now = at(1);
    await db()
      .updateTable('sessions')
      .set({ starts_at: new Date(at(72)), ends_at: new Date(at(73)) })
      .execute();
    expect(await house.run('sessions')).toMatchObject(fine);
  });

  test('a reschedule is told with both of its halves, by the provider’s instants', async () => {
    const booked = await book(at(72));
    await keep(booked);
    await open({ startsAt: at(72), endsAt: at(73) });
    house.now = at(2);
    const moved = house.calendly.reschedule(booked.inviteeUri, new Date(at(96)));
    house.now = at(3);
    expect((await house.run('sessions')).repaired).toBe(1);
    expect(house.told[0]?.events).toMatchObject([
      { type: 'appointment.booked', appointment: booked.inviteeUri, occurredAt: began },
      {
        type: 'appointment.reschedule-pending',
        appointment: booked.inviteeUri,
        replacedBy: moved.inviteeUri,
        occurredAt: at(2),
      },
      { type: 'appointment.moved', replaces: booked.inviteeUri, startsAt: at(96), occurredAt: at(2) },
      { type: 'appointment.moved', replaces: booked.inviteeUri, startsAt: at(96), occurredAt: at(3) },
    ]);
  });

  test('a cancellation, and a move without a new invitee', async () => {
    const booked = await book(at(72));
    await keep(booked);
    await open({ startsAt: at(72), endsAt: at(73) });
    house.now = at(1);
    // Earlier than before: only that it is said now makes it the newer word.
    house.calendly.moveSilently(booked.inviteeUri, new Date(at(48)));
    await house.run('sessions');
    expect(house.told.at(-1)?.events.at(-1)).toMatchObject({ startsAt: at(48), occurredAt: at(1) });
    house.calendly.cancel(booked.inviteeUri, 'host');
    house.now = at(2);
    await house.run('sessions');
    expect(house.told.at(-1)?.events.at(-1)).toMatchObject({
      type: 'appointment.cancelled',
      by: 'host',
      occurredAt: at(1),
    });
  });

  test('a no-show whose webhook was lost is told while the session settles, once', async () => {
    const booked = await book(at(72));
    await keep(booked);
    await open({ startsAt: at(72), endsAt: at(73) });
    await db().updateTable('sessions').set({ phase: 'settling' }).where('session_key', '=', key()).execute();
    house.now = at(74);
    expect(await house.run('sessions')).toMatchObject(fine);
    house.calendly.markNoShow(booked.inviteeUri);
    expect(await house.run('sessions')).toMatchObject({ notes: [{ code: 'no-show-told', id: key() }] });
    expect(house.told.at(-1)?.events).toEqual([
      { type: 'appointment.no-show', appointment: booked.inviteeUri, occurredAt: at(74), receivedAt: at(74) },
    ]);
    await db()
      .insertInto('timeline')
      .values({
        session_key: key(),
        seq: 1,
        at: new Date(at(74)),
        event: 'appointment.no-show',
        from_phase: 'settling',
        to_phase: 'settling',
        reason: 'no-show',
      })
      .execute();
    expect(await house.run('sessions')).toMatchObject(fine);
  });

  test('what it could not say is a failure of this session alone', async () => {
    await open();
    await another({ phase: 'opening' });
    house.calendly.faults.set({ kind: 'status', status: 503, times: 1 });
    expect(await house.run('sessions')).toMatchObject({
      looked: 2,
      failed: 1,
      notes: [{ code: 'vendor-unavailable', id: key() }],
    });
    expect(house.world.logged.join()).not.toContain('example.com');
  });

  test('one that is away for three ends the page, and the next goes on behind it', async () => {
    await open();
    for (let more = 0; more < 3; more += 1) await another({ phase: 'awaiting-booking' });
    house.calendly.faults.set({ kind: 'status', status: 503, times: 3 });
    const first = await house.page('sessions');
    expect(first).toMatchObject({ looked: 3, failed: 3, halted: 'vendor-unavailable' });
    expect(await house.page('sessions', first.cursor)).toMatchObject({ looked: 1, failed: 0, halted: null });
  });
});

describe('the ticket', () => {
  const ticketed = async (change: (ticketId: number) => void): Promise<void> => {
    const ticket = await house.world.zammad.openTicket({
      title: 'Session',
      number: '53000001',
      customerId: 1,
      sessionId: key(),
      sessionStatus: 'scheduled',
      sessionRev: 1,
      tags: [],
      article: { subject: '', body: '', mailTo: null, internal: true },
    });
    await db()
      .updateTable('sessions')
      .set({ ticket_id: ticket.id })
      .where('session_key', '=', key())
      .execute();
    await open();
    change(ticket.id);
  };

  test('closed by hand is left to the next note; open is as it should be', async () => {
    await ticketed(() => undefined);
    expect(await house.run('sessions')).toMatchObject(fine);
    Object.assign(house.world.zammad.tickets[0] ?? {}, { state: 'closed' });
    expect(await house.run('sessions')).toMatchObject(fine);
    expect((await row()).needs_attention).toBe(false);
  });

  test('deleted: a new one is made, and its run is told', async () => {
    await ticketed(() => {
      // The id of the one that is gone is never given again.
      house.world.zammad.stranger('53000000');
      house.world.zammad.tickets.shift();
    });
    expect(await house.run('sessions')).toMatchObject({ notes: [{ code: 'ticket-deleted', id: key() }] });
    const { ticket_id, ticket_number } = await row();
    expect(ticket_id).toBe(house.world.zammad.tickets[1]?.id);
    expect(house.world.zammad.tickets[1]?.opening).toMatchObject({ sessionId: key(), sessionRev: 0 });
    expect(house.told).toEqual([
      {
        workflowId: sessionWorkflowId(key()),
        events: [
          {
            type: 'ticket.moved',
            why: 'deleted',
            ticketNumber: ticket_number,
            occurredAt: began,
            receivedAt: began,
          },
        ],
      },
    ]);
    expect(await house.run('sessions')).toMatchObject(fine);
  });

  test('merged: the session goes on where it was merged into', async () => {
    await ticketed(() => {
      house.world.zammad.stranger('53000000');
      Object.assign(house.world.zammad.tickets[1] ?? {}, { sessionId: '' });
      Object.assign(house.world.zammad.tickets[0] ?? {}, { state: 'merged' });
      house.world.zammad.mergedInto = async () => [2];
    });
    expect(await house.run('sessions')).toMatchObject({ notes: [{ code: 'ticket-merged', id: key() }] });
    expect(await row()).toMatchObject({ ticket_id: 2, ticket_number: '53000000' });
    expect(house.told).toMatchObject([{ events: [{ type: 'ticket.moved', why: 'merged' }] }]);
    expect(await house.run('sessions')).toMatchObject(fine);
  });

  test('out of our reach is raised, once', async () => {
    await ticketed(() => undefined);
    const { zammad } = house.world;
    const before = { ...zammad };
    zammad.getTicket = async () => {
      throw vendorFailure('ticket-out-of-reach');
    };
    expect(await house.run('sessions')).toMatchObject({
      notes: [{ code: 'ticket-out-of-reach', id: key() }],
    });
    expect((await row()).needs_attention).toBe(true);
    expect(await house.run('sessions')).toMatchObject(fine);
    Object.assign(zammad, before);
  });
});

describe('the route', () => {
  const held = () => house.apisix.routes().filter(({ id }) => id === sessionRouteId(key()));

  test('that is missing is put again, with a lease that outlives the page', async () => {
    await publish();
    expect(await house.run('sessions')).toMatchObject({ notes: [{ code: 'route-missing', id: key() }] });
    expect(held()[0]?.expiresAt).toBeGreaterThan(at(30 * 24));
    expect(await house.run('sessions')).toMatchObject(fine);
  });

  test('whose lease ends before its session is given a longer one', async () => {
    await publish();
    await putRoute(2 * DAY);
    expect(await house.run('sessions')).toMatchObject({ notes: [{ code: 'lease-too-short', id: key() }] });
    expect(held()[0]?.expiresAt).toBeGreaterThan(at(30 * 24));
    expect(await house.run('sessions')).toMatchObject(fine);
  });
});

describe('an appointment that was made after the end', () => {
  async function ended(outcome: Outcome): Promise<Booked> {
    const booked = await book(at(72));
    await keep(booked);
    await db().updateTable('sessions').set({ start_state: 'ended', phase: 'ended', outcome }).execute();
    return booked;
  }
  const statusOf = (uri: string) =>
    house.calendly.appointments().find(({ inviteeUri }) => inviteeUri === uri)?.status;

  test.each(['expired', 'cancelled', 'refunded'] as const)('%s: is cancelled, once', async (outcome) => {
    const { inviteeUri } = await ended(outcome);
    expect(await house.run('sessions')).toMatchObject({
      repaired: 1,
      notes: [{ code: 'appointment-cancelled', id: inviteeUri }],
    });
    expect(statusOf(inviteeUri)).toBe('canceled');
    expect(await house.run('sessions')).toMatchObject({ repaired: 0, raised: 0, notes: [] });
  });

  test('whoever had their session is a person’s business', async () => {
    const { inviteeUri } = await ended('completed');
    expect(await house.run('sessions')).toMatchObject({
      raised: 1,
      notes: [{ code: 'appointment-after-end', id: inviteeUri }],
    });
    expect(statusOf(inviteeUri)).toBe('active');
  });

  test('one that is past keeps nobody waiting', async () => {
    await ended('expired');
    house.now = at(80);
    expect(await house.run('sessions')).toMatchObject({ looked: 0, repaired: 0 });
  });
});

describe('a link that nobody should book with any more', () => {
  const nothing = { looked: 0, repaired: 0, raised: 0, failed: 0, notes: [] };
  const withdrawn = () => ({ repaired: 1, failed: 0, notes: [{ code: 'link-withdrawn', id: key() }] });
  const linked = async (): Promise<string> => {
    const activities = createActivities(house.dependencies);
    await activities.makeBookingLink({ sessionKey: key() });
    return (await row()).booking_url ?? '';
  };
  const handOver = (provider: Provider, eventType: string) =>
    createActivities(house.dependencies).handOver({ sessionKey: key(), provider, eventType });
  const end = () => db().updateTable('sessions').set({ start_state: 'ended', phase: 'ended' }).execute();
  const statusOf = async (url: string) => (await fetch(url)).status;

  test.each([
    { provider: 'calendly', eventType: 'et-1' },
    { provider: 'calcom', eventType: '7' },
  ] as const)('at $provider is withdrawn when its session is over, once', async ({ provider, eventType }) => {
    await handOver(provider, eventType);
    const url = await linked();
    await open();
    expect(await house.run('sessions')).toMatchObject(fine);
    expect(await statusOf(url)).toBe(200);
    await end();
    expect(await house.run('sessions')).toMatchObject(withdrawn());
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('not valid any more')]);
    expect(await house.run('sessions')).toMatchObject(nothing);
  });

  test('was made where the session does not book any more', async () => {
    await open();
    const old = await linked();
    await handOver('calcom', '7');
    expect((await row()).booking_link).toBeNull();
    const fresh = await linked();
    expect(await house.run('sessions')).toMatchObject({ ...withdrawn(), looked: 2 });
    expect([await statusOf(old), await statusOf(fresh)]).toEqual([404, 200]);
    expect(await house.run('sessions')).toMatchObject(fine);
  });

  test('one that was booked with is used up: left alone, and at the end settled without a word', async () => {
    const old = await linked();
    const booked = house.calendly.book(old, { name: 'Zoë', email: EMAIL, startsAt: new Date(at(72)) });
    await keep(booked);
    const fresh = await linked();
    await open({ startsAt: at(72), endsAt: at(73) });
    expect(fresh).not.toBe(old);
    expect(await house.run('sessions')).toMatchObject(fine);
    await end();
    house.now = at(80);
    expect(await house.run('sessions')).toMatchObject({ ...withdrawn(), looked: 2 });
    expect(await leftLinks(db(), { after: '', limit: 9 })).toEqual([]);
    expect(await statusOf(fresh)).toBe(404);
  });

  test('one that was booked with, as nobody here has heard, is said once', async () => {
    const url = await linked();
    house.calendly.book(url, { name: 'Zoë', email: EMAIL, startsAt: new Date(at(72)) });
    await end();
    expect(await house.run('sessions')).toMatchObject({
      repaired: 0,
      notes: [{ code: 'link-not-withdrawn', id: key() }],
    });
    expect(await house.run('sessions')).toMatchObject(nothing);
  });

  test('somebody deleted it by hand', async () => {
    await linked();
    const { link } = await withdrawableLinkOf(db(), key());
    await house.dependencies.scheduling('calendly').withdrawLink(link);
    await end();
    expect(await house.run('sessions')).toMatchObject({ ...nothing, looked: 1 });
    expect(await house.run('sessions')).toMatchObject(nothing);
  });

  test('while its provider is away the run says so, and the next one withdraws it', async () => {
    const url = await linked();
    await end();
    house.calendly.faults.set({ kind: 'status', status: 503, times: 1 });
    expect(await house.run('sessions')).toMatchObject({
      failed: 1,
      notes: [{ code: 'vendor-unavailable', id: key() }],
    });
    expect(await house.run('sessions')).toMatchObject(withdrawn());
    expect(await statusOf(url)).toBe(404);
  });

  test('hundreds of them are pages of twenty, appointments come after them', async () => {
    for (let more = 0; more < 21; more += 1) {
      const sessionKey = await another({ phase: 'awaiting-booking' });
      await db()
        .insertInto('withdrawable_links')
        .values({
          link: `calcom:event-types/7/private-links/gone${more}`,
          provider: 'calcom',
          session_key: sessionKey,
        })
        .execute();
    }
    await keep(await book(at(72)));
    await db().updateTable('sessions').set({ start_state: 'ended', outcome: 'expired' }).execute();
    const first = await house.page('sessions');
    expect(first).toMatchObject({ looked: 20, repaired: 0 });
    expect(await house.page('sessions', first.cursor)).toMatchObject({
      looked: 2,
      notes: [{ code: 'appointment-cancelled' }],
      cursor: null,
    });
  });
});
