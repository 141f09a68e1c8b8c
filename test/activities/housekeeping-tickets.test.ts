import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { type Housekeeper, startHousekeeper } from './support/housekeeper.ts';
import { NOW } from './support/rows.ts';

const MINUTE = 60_000;
const before = (minutes: number): Instant => (NOW - minutes * MINUTE) as Instant;

let house: Housekeeper;
let units = 0;
let key: SessionKey;
beforeAll(async () => {
  house = await startHousekeeper();
});
afterAll(() => house.close());
beforeEach(async () => {
  units += 1;
  house.world.zammad.tickets.length = 0;
  await db().deleteFrom('inbox').execute();
  key = await house.world.another(units, { ticket_id: 1, ticket_number: '531' });
  await db().updateTable('sessions').set({ ticket_id: null }).where('session_key', '<>', key).execute();
});

const db = () => house.dependencies.db;
const rows = () =>
  db().selectFrom('inbox').select(['source', 'event', 'correlation', 'body', 'status']).execute();

/** The session's ticket, in which an agent chose something. */
function chosen(more: object = {}): void {
  house.world.zammad.stranger('531');
  Object.assign(house.world.zammad.tickets[0] ?? {}, {
    sessionId: key,
    sessionAction: 'cancel',
    updatedAt: before(10),
    ...more,
  });
}

const nothing = { looked: 1, repaired: 0, raised: 0, failed: 0 };

describe('a choice whose webhook was lost', () => {
  test('is told as the webhook would have told it, once', async () => {
    chosen();
    expect(await house.run('tickets')).toMatchObject({
      looked: 1,
      repaired: 1,
      notes: [{ code: 'action-told', id: '1' }],
    });
    const [row, ...others] = await rows();
    expect(row).toMatchObject({
      source: 'zammad',
      event: 'ticket.action',
      correlation: `ticket|${key}`,
      status: 'stored',
    });
    expect(JSON.parse(row?.body.toString() ?? '')).toEqual({ ticket_id: '1', session_id: key });
    expect(others).toEqual([]);
    expect(await house.run('tickets')).toMatchObject(nothing);
    expect(await rows()).toHaveLength(1);
  });

  test('is told again when the ticket was touched since: it may have been chosen anew', async () => {
    chosen();
    await house.run('tickets');
    Object.assign(house.world.zammad.tickets[0] ?? {}, { updatedAt: before(5) });
    expect(await house.run('tickets')).toMatchObject({ repaired: 1 });
  });

  test('is left to its webhook for as long as that may still come', async () => {
    chosen({ updatedAt: before(2) });
    expect(await house.run('tickets')).toMatchObject(nothing);
    expect(await rows()).toEqual([]);
  });
});

describe('what is no choice for a session', () => {
  test.each<[string, object]>([
    ['a ticket that was merged', { state: 'merged' }],
    ['a ticket without a session', { sessionId: '' }],
    ['a ticket that names another session', { sessionId: 'a'.repeat(22) }],
  ])('%s', async (_, more) => {
    chosen(more);
    expect(await house.run('tickets')).toMatchObject(nothing);
    expect(await rows()).toEqual([]);
  });

  test('a copy of the session’s ticket', async () => {
    chosen();
    await db().updateTable('sessions').set({ ticket_id: 99 }).where('session_key', '=', key).execute();
    expect(await house.run('tickets')).toMatchObject(nothing);
  });

  test('a ticket whose session is over', async () => {
    chosen();
    await db().updateTable('sessions').set({ start_state: 'ended' }).where('session_key', '=', key).execute();
    expect(await house.run('tickets')).toMatchObject(nothing);
  });

  test('no choice at all', async () => {
    chosen({ sessionAction: '' });
    expect(await house.run('tickets')).toMatchObject({ looked: 0 });
  });
});
