import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ticketState } from '../../activities/tickets.ts';
import { ticketNumberOf } from '../../platform/session-ids.ts';
import { verifySessionToken } from '../../platform/tokens.ts';
import type { TicketNote } from '../../workflows/contract/effects.ts';
import type { LinkId } from '../../workflows/contract/values.ts';
import { vendorFailure } from './support/fakes.ts';
import { EMAIL, instant, NOW } from './support/rows.ts';
import { createWorld, linkKeys, type World } from './support/world.ts';

const note: TicketNote = {
  rev: 20,
  topic: 'booked',
  status: 'scheduled',
  state: 'open',
  toClient: true,
  clearAction: false,
  startsAt: instant('2026-12-01T10:00:00Z'),
  endsAt: instant('2026-12-01T11:00:00Z'),
  cutoffAt: instant('2026-11-30T10:00:00Z'),
  reason: null,
  linkId: null,
};

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const open = (w = world) => w.activities.openTicket({ sessionKey: w.sessionKey, rev: 10, status: 'opening' });

describe('openTicket', () => {
  test('twice is one ticket, one customer, remembered on the session', async () => {
    const first = await open();
    expect(await open()).toEqual(first);
    expect(first).toEqual({
      kind: 'open-ticket',
      ticketId: 1,
      ticketNumber: ticketNumberOf('53', world.sessionKey),
    });
    expect(world.zammad.tickets).toHaveLength(1);
    expect(world.zammad.tickets[0]?.opening).toMatchObject({
      title: 'Tax & <b>Law</b> / order 1001',
      sessionId: world.sessionKey,
      sessionRev: 10,
      article: { mailTo: null, internal: true },
    });
    const row = await world.dependencies.db.selectFrom('sessions').selectAll().executeTakeFirstOrThrow();
    expect([row.ticket_id, row.ticket_number]).toEqual([1, first.ticketNumber]);
  });

  test('an answer that was lost is found again', async () => {
    world.zammad.trouble.after.push(vendorFailure('vendor-unreachable'));
    await expect(open()).rejects.toMatchObject({ type: 'vendor-unreachable', nonRetryable: false });
    expect(await open()).toMatchObject({ ticketId: 1 });
    expect(world.zammad.tickets).toHaveLength(1);
  });

  test('ten at once are one ticket', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => open()));
    expect(new Set(all.map((one) => one.ticketId))).toEqual(new Set([1]));
    expect(world.zammad.tickets).toHaveLength(1);
  });

  test('three units at once have one customer', async () => {
    const others = [await world.another(1), await world.another(2)];
    await Promise.all(
      [world.sessionKey, ...others].map((sessionKey) =>
        world.activities.openTicket({ sessionKey, rev: 1, status: 'opening' }),
      ),
    );
    expect(world.zammad.customers).toEqual([EMAIL]);
    expect(world.zammad.tickets.map((ticket) => ticket.customerId)).toEqual([1, 1, 1]);
  });

  test("a stranger's ticket under our number: the next one", async () => {
    world.zammad.stranger(ticketNumberOf('53', world.sessionKey));
    expect(await open()).toMatchObject({ ticketNumber: ticketNumberOf('53', world.sessionKey, 1) });
  });

  test('strangers under all our numbers: a person must look', async () => {
    for (const n of [0, 1, 2]) world.zammad.stranger(ticketNumberOf('53', world.sessionKey, n));
    await expect(open()).rejects.toMatchObject({ type: 'vendor-conflict', nonRetryable: true });
  });

  test('nothing personal in the answer, an error or a log', async () => {
    world.zammad.trouble.before.push(vendorFailure('vendor-rejected'));
    const failure = await open().catch((error: unknown) => error);
    const told = [
      JSON.stringify(failure),
      String(failure),
      JSON.stringify(await open()),
      ...world.logged,
    ].join();
    expect(told).not.toMatch(/zoe|m[uü]ller|@example/i);
    expect(told).toContain('req-1');
  });

  test('a session that is not there', async () => {
    const sessionKey = 'x'.repeat(22) as World['sessionKey'];
    await expect(
      world.activities.openTicket({ sessionKey, rev: 1, status: 'opening' }),
    ).rejects.toMatchObject({ type: 'row-missing', nonRetryable: true });
  });
});

describe('writeTicket', () => {
  const changes = () => world.zammad.tickets[0]?.changes ?? [];

  test('twice is one note, also when the answer was lost', async () => {
    await open();
    world.zammad.trouble.after.push(vendorFailure('vendor-timeout'));
    const write = () => world.activities.writeTicket({ sessionKey: world.sessionKey, note });
    await expect(write()).rejects.toMatchObject({ type: 'vendor-timeout' });
    expect(await write()).toEqual({ kind: 'write-ticket' });
    expect(changes()).toHaveLength(1);
    expect(changes()[0]).toMatchObject({
      sessionRev: 20,
      sessionStatus: 'scheduled',
      state: 'open',
      clearAction: false,
      article: { mailTo: EMAIL, internal: false },
    });
  });

  test('a mail is in the language that was ordered in, a note for agents in English', async () => {
    await world.dependencies.db.updateTable('sessions').set({ language: 'de-ch' }).execute();
    await open();
    await world.activities.writeTicket({ sessionKey: world.sessionKey, note });
    const forAgents = { ...note, rev: 21, toClient: false };
    await world.activities.writeTicket({ sessionKey: world.sessionKey, note: forAgents });
    expect(changes().map(({ article }) => article.subject)).toEqual([
      'Ihre Sitzung ist gebucht: Tax & <b>Law</b>',
      'Your session is booked',
    ]);
  });

  test('a note for agents is no mail', async () => {
    await open();
    await world.activities.writeTicket({ sessionKey: world.sessionKey, note: { ...note, toClient: false } });
    expect(changes()[0]?.article).toMatchObject({ mailTo: null, internal: true });
  });

  test('the link mail carries a good token and stays out of the readable part', async () => {
    await open();
    const linkId = `${world.sessionKey}-1` as LinkId;
    const issued = await world.activities.issueLink({ sessionKey: world.sessionKey, linkId, revokes: null });
    const mail = { ...note, topic: 'link', linkId } as const;
    const written = await world.activities.writeTicket({ sessionKey: world.sessionKey, note: mail });
    const article = changes()[0]?.article;
    expect(article).toMatchObject({ mailTo: EMAIL, internal: true });
    const url = /href="([^"]+)"/.exec(article?.body ?? '')?.[1] ?? '';
    expect(url).toMatch(
      new RegExp(`^https://gateway\\.example/customer/s/slug-${world.sessionKey}\\?token=ey`),
    );
    const token = new URL(url).searchParams.get('token') ?? '';
    expect(await verifySessionToken(linkKeys, token, NOW)).toMatchObject({
      ok: true,
      claims: { sessionKey: world.sessionKey, linkId, userId: 5 },
    });
    expect(JSON.stringify([issued, written, world.logged])).not.toContain('eyJ');
  });

  test('a booked mail names the page without a token', async () => {
    await open();
    const linkId = `${world.sessionKey}-1` as LinkId;
    await world.activities.issueLink({ sessionKey: world.sessionKey, linkId, revokes: null });
    await world.activities.writeTicket({ sessionKey: world.sessionKey, note: { ...note, linkId } });
    expect(changes()[0]?.article.body).not.toContain('token');
    expect(changes()[0]?.article.internal).toBe(false);
  });

  test('a link that was revoked meanwhile is not mailed', async () => {
    await open();
    const { sessionKey } = world;
    const [first, second] = [`${sessionKey}-1` as LinkId, `${sessionKey}-2` as LinkId];
    await world.activities.issueLink({ sessionKey, linkId: first, revokes: null });
    await world.activities.issueLink({ sessionKey, linkId: second, revokes: first });
    await world.activities.writeTicket({ sessionKey, note: { ...note, topic: 'link', linkId: first } });
    expect(changes()[0]?.article.body).not.toContain('token');
  });

  test('a mail that asks the client to act brings the link along where there is one', async () => {
    await open();
    const { sessionKey } = world;
    const linkId = `${sessionKey}-1` as LinkId;
    await world.activities.writeTicket({ sessionKey, note: { ...note, topic: 'rebook', linkId } });
    await world.activities.issueLink({ sessionKey, linkId, revokes: null });
    await world.activities.writeTicket({ sessionKey, note: { ...note, rev: 21, topic: 'rebook', linkId } });
    expect(changes().map(({ article }) => [article.body.includes('?token=ey'), article.internal])).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  test('a link mail without its link is not sent', async () => {
    await open();
    const { sessionKey } = world;
    const linkId = `${sessionKey}-1` as LinkId;
    await expect(
      world.activities.writeTicket({ sessionKey, note: { ...note, topic: 'link', linkId } }),
    ).rejects.toMatchObject({ type: 'row-missing' });
    expect(changes()).toEqual([]);
  });

  test('a ticket that the row lost is found by its session', async () => {
    await open();
    await world.dependencies.db
      .updateTable('sessions')
      .set({ ticket_id: null, ticket_number: null })
      .execute();
    await world.activities.writeTicket({ sessionKey: world.sessionKey, note });
    expect(changes()).toHaveLength(1);
  });

  test('no ticket at all', async () => {
    await expect(world.activities.writeTicket({ sessionKey: world.sessionKey, note })).rejects.toMatchObject({
      type: 'row-missing',
    });
  });

  test.each([
    ['before the cutoff', '2026-11-21T10:00:00Z', 'pending reminder', '2026-11-30T10:00:00.000Z'],
    ['after the cutoff', '2026-11-30T10:00:00Z', 'pending reminder', '2026-12-01T10:00:00.000Z'],
    ['during the session', '2026-12-01T10:30:00Z', 'pending reminder', '2026-12-01T11:00:00.000Z'],
    ['after it', '2026-12-01T11:00:00Z', 'open', undefined],
  ])('pending %s', (_, now, state, pendingTime) => {
    expect(ticketState({ ...note, state: 'pending reminder' }, instant(now))).toEqual({
      state,
      ...(pendingTime === undefined ? {} : { pendingTime }),
    });
  });
});
