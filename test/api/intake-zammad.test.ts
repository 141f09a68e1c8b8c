import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database } from '../../db/connect.ts';
import type { InboxRow } from '../../db/tables.ts';
import type { Ticket } from '../../integrations/zammad/contract.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { calendlyBody, saleorRequest } from './intake-requests.ts';
import {
  type IntakeRig,
  referenceOf,
  startIntake,
  trustingVerifier,
  ZAMMAD_SECRET,
  emptyIntake,
} from './intake-rig.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let rig: IntakeRig;
let key: SessionKey;

const MINUTE = 60_000;
const TICKET = 19;
const orderA = saleorRequest('11-order-fully-paid-A');

const inbox = (): Promise<InboxRow[]> =>
  db.selectFrom('inbox').selectAll().where('source', '=', 'zammad').orderBy('id').execute();
const settled = async () => (await inbox()).map((row) => [row.status, row.reason]);

/** As our custom payload has it; what it says of the action may be anything by now. */
const bodyOf = (change: object = {}) =>
  Buffer.from(
    JSON.stringify({
      ticket_id: String(TICKET),
      session_id: key,
      action: 'cancel',
      state: 'open',
      ...change,
    }),
  );

function agentSets(action: string, change: Partial<Ticket> = {}): void {
  rig.clock.advance(1000);
  rig.zammadApi.tickets.set(TICKET, {
    id: TICKET,
    number: '53001',
    sessionId: key,
    sessionRev: 1,
    sessionAction: action,
    updatedAt: rig.clock.now,
    state: 'open',
    customerId: 10,
    ...change,
  });
}

async function told(body = bodyOf(), delivery?: string): Promise<unknown> {
  const response = await rig.zammad(body, delivery);
  expect(response.status).toBe(200);
  return response.json();
}

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyIntake(db);
  rig = await startIntake({ db, at: orderA.receivedAt, verifier: trustingVerifier });
  expect((await rig.saleor(orderA)).status).toBe(200);
  await rig.sweep.runOnce();
  const session = await db
    .updateTable('sessions')
    .set({ ticket_id: TICKET })
    .returning('session_key')
    .executeTakeFirstOrThrow();
  key = session.session_key;
});
afterEach(() => rig.close());

describe('the request', () => {
  test('a delivery is kept once, however often and however changed it comes', async () => {
    expect(await told(bodyOf(), 'a-job')).toEqual({ status: 'stored' });
    expect(await told(bodyOf({ action: '' }), 'a-job')).toEqual({ status: 'duplicate' });
    expect(await inbox()).toMatchObject([
      { delivery_key: 'a-job', correlation: `ticket|${key}`, event: 'ticket.action', status: 'stored' },
    ]);
  });

  test('without a delivery id none is taken for a repeat: the same choice made twice has the same body', async () => {
    expect(await told(bodyOf(), '')).toEqual({ status: 'stored' });
    expect(await told(bodyOf(), '')).toEqual({ status: 'stored' });
  });

  test('an unsigned or wrongly signed one is 401, and nothing is kept', async () => {
    const signature = `sha1=${'0'.repeat(40)}`;
    for (const headers of [{}, { 'x-hub-signature': signature }])
      expect((await rig.post('/webhooks/zammad', headers, bodyOf())).status).toBe(401);
    expect(signature).not.toContain(ZAMMAD_SECRET);
    expect(await inbox()).toEqual([]);
  });

  test.each([
    ['a text of an agent’s', { session_id: 'my session | or so' }],
    ['nothing', { session_id: '' }],
  ])('%s in the session’s field ties it to nothing', async (_name, change) => {
    await told(bodyOf(change), 'a-job');
    expect(await inbox()).toMatchObject([{ correlation: 'unrelated|zammad|a-job' }]);
  });
});

describe('what counts is what the ticket says now', () => {
  test.each(['cancel', 'cancel_no_refund', 'approve_change', 'decline_change', 'resend_link'])(
    '%s is told to the session, at the time of the choice',
    async (action) => {
      agentSets(action);
      const { now } = rig.clock;
      await told(bodyOf({ action: 'something older' }));
      rig.clock.advance(MINUTE);
      await rig.sweep.runOnce();
      expect(await settled()).toEqual([['done', null]]);
      expect(rig.temporal.heardBy(key)).toEqual([
        { type: 'ticket.action', action, occurredAt: now, receivedAt: now },
      ]);
    },
  );

  test.each<[string, string, Partial<Ticket>, string, string]>([
    ['a field that was cleared meanwhile', '', {}, 'done', 'no-action'],
    ['a choice of the house’s own', 'call_back', {}, 'done', 'unknown-action'],
    ['a ticket about something else', 'cancel', { sessionId: '' }, 'done', 'no-session'],
    [
      'a key that is nobody’s',
      'cancel',
      { sessionId: 'abcdefghijklmnopqrstuv' },
      'quarantined',
      'unknown-session',
    ],
    ['the copy of a ticket', 'cancel', { id: TICKET + 1 }, 'quarantined', 'ticket-of-another'],
  ])('%s tells the session nothing', async (_name, action, change, status, reason) => {
    agentSets(action, change);
    await told();
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([[status, reason]]);
    expect(rig.temporal.heardBy(key)).toEqual([]);
  });

  test('a ticket that Zammad does not have, and a body that names none, are for a person', async () => {
    await told();
    await told(bodyOf({ ticket_id: '' }));
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([
      ['quarantined', 'unknown-ticket'],
      ['quarantined', 'malformed'],
    ]);
  });

  test('Zammad’s clock ahead of ours: one choice keeps its time at each look', async () => {
    agentSets('approve_change', { updatedAt: (rig.clock.now + MINUTE) as Instant });
    await told();
    await rig.sweep.runOnce();
    rig.clock.advance(1000);
    await told();
    await rig.sweep.runOnce();
    const [first, second] = rig.temporal.heardBy(key);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ occurredAt: rig.zammadApi.tickets.get(TICKET)?.updatedAt });
  });

  test('a session that is over: done', async () => {
    agentSets('cancel');
    rig.temporal.closeRun(key);
    await db.updateTable('sessions').set({ start_state: 'ended' }).execute();
    await told();
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['done', 'after-end']]);
  });
});

describe('what waits', () => {
  test('is one look and one signal for one ticket, and another ticket’s is not taken along', async () => {
    agentSets('cancel');
    rig.temporal.down = true;
    for (let index = 0; index < 5; index += 1) await told();
    await told(bodyOf({ ticket_id: '77' }));
    await rig.sweep.runOnce();
    rig.zammadApi.asked.length = 0;
    rig.temporal.down = false;
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([...Array(5).fill(['done', null]), ['quarantined', 'unknown-ticket']]);
    expect(rig.zammadApi.asked).toEqual([TICKET, 77]);
    expect(rig.temporal.signals).toHaveLength(1);
  });

  test('a choice made just after the look is looked at again', async () => {
    agentSets('');
    await told();
    rig.zammadApi.meanwhile = async () => {
      rig.zammadApi.meanwhile = async () => undefined;
      agentSets('cancel');
      await told();
    };
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([
      ['done', 'no-action'],
      ['done', null],
    ]);
    expect(rig.temporal.heardBy(key)).toMatchObject([{ action: 'cancel' }]);
  });

  test('Zammad away holds up its own rows, not the client’s appointment', async () => {
    agentSets('cancel');
    rig.zammadApi.failure = new VendorFailure(
      'vendor-timeout',
      { vendor: 'zammad', method: 'GET', path: '/' },
      { status: null, requestId: 'r' },
    );
    await told();
    await rig.calendly(calendlyBody('invitee.created', referenceOf(key)), rig.clock.now);
    await rig.sweep.runOnce();
    expect(rig.temporal.heardBy(key)).toMatchObject([{ type: 'appointment.booked' }]);
    expect(await settled()).toEqual([['stored', 'vendor-timeout']]);
    rig.zammadApi.failure = null;
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect(rig.temporal.heardBy(key)).toMatchObject([{}, { type: 'ticket.action' }]);
  });

  test('a vendor that says when to come again is not asked sooner', async () => {
    agentSets('cancel');
    rig.zammadApi.failure = new VendorFailure(
      'vendor-rate-limited',
      { vendor: 'zammad', method: 'GET', path: '/' },
      { status: 429, requestId: 'r', retryAfterMs: 90_000 },
    );
    await told();
    await rig.sweep.runOnce();
    rig.zammadApi.failure = null;
    rig.clock.advance(89_999);
    expect(await rig.sweep.runOnce()).toBe(0);
    rig.clock.advance(1);
    expect(await rig.sweep.runOnce()).toBe(1);
    expect(await settled()).toEqual([['done', null]]);
  });
});
