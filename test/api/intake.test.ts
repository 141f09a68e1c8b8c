import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deliverToSession } from '../../api/intake/signal.ts';
import { deliverRow } from '../../api/intake/deliver.ts';
import { takeOrder } from '../../api/intake/orders.ts';
import { createSweep } from '../../api/intake/sweep.ts';
import type { Database } from '../../db/connect.ts';
import { claimDueDeliveries, countDeliveries, storeDelivery } from '../../db/queries/inbox.ts';
import { findOrMakeClient } from '../../db/queries/people.ts';
import { seedDevelopment } from '../../db/seed.ts';
import type { InboxRow, Session } from '../../db/tables.ts';
import { readSaleorEvent } from '../../integrations/saleor/wire.ts';
import { refundReason } from '../../integrations/saleor/client.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { refundMarkerOf } from '../../platform/session-ids.ts';
import { parseSaleorJson } from '../../integrations/saleor/wire-json.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { calendlyBody, saleorRequest } from './intake-requests.ts';
import {
  DOMAIN,
  type IntakeRig,
  referenceOf,
  renamed,
  startIntake,
  trustingVerifier,
  emptyIntake,
} from './intake-rig.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let rig: IntakeRig;

const MINUTE = 60_000;
const orderA = saleorRequest('11-order-fully-paid-A');
const orderB = saleorRequest('14-order-fully-paid-B');

const inbox = (): Promise<InboxRow[]> => db.selectFrom('inbox').selectAll().orderBy('id').execute();
const sessions = (): Promise<Session[]> =>
  db.selectFrom('sessions').selectAll().orderBy('starts_at').orderBy('unit').execute();
const settled = async () => (await inbox()).map((row) => [row.status, row.reason]);

async function saleor(request: { headers: Readonly<Record<string, string>>; body: Buffer }): Promise<void> {
  expect((await rig.saleor(request)).status).toBe(200);
}

async function calendly(body: Buffer): Promise<void> {
  expect((await rig.calendly(body)).status).toBe(200);
}

/** What an operator does to Saleor's rows. */
async function replay(): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ status: 'stored', reason: null, attempts: 0, next_attempt_at: new Date(rig.clock.now) })
    .where('source', '=', 'saleor')
    .execute();
}

/** Order A taken in and started. */
async function oneSession(): Promise<Session> {
  await saleor(orderA);
  await rig.sweep.runOnce();
  const [session] = await sessions();
  if (!session) throw new Error('no session');
  return session;
}

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyIntake(db);
  rig = await startIntake({ db, at: orderA.receivedAt, verifier: trustingVerifier });
});
afterEach(() => rig.close());

describe('one session per paid unit', () => {
  test('both paid events, in any order and repeated, make no second session', async () => {
    for (const event of ['order_paid', 'order_fully_paid', 'order_paid'])
      await saleor(renamed(orderB, event, (text) => text.replace('34.095656', `34.${Math.random()}`)));
    await rig.sweep.runOnce();
    expect(await settled()).toEqual(Array(3).fill(['done', null]));
    expect(await sessions()).toHaveLength(3);
    expect(rig.temporal.starts).toHaveLength(3);
    expect(await db.selectFrom('clients').selectAll().execute()).toHaveLength(1);
  });

  test('an order that comes again long after its sessions ended starts none, although Temporal has forgotten them', async () => {
    await saleor(orderB);
    await rig.sweep.runOnce();
    await db.updateTable('sessions').set({ start_state: 'ended' }).execute();
    rig.temporal.forget();
    rig.clock.advance(400 * 24 * 60 * MINUTE);
    await saleor(renamed(orderB, 'order_fully_paid', (text) => text.replace('34.095656', '35.000001')));
    await rig.sweep.runOnce();
    expect(await settled()).toEqual(Array(2).fill(['done', null]));
    expect(await sessions()).toHaveLength(3);
    expect(rig.temporal.starts).toHaveLength(3);
  });

  test('ten transactions at once on one order: one winner, the same sessions for all', async () => {
    const event = readSaleorEvent(parseSaleorJson(orderB.body.toString('utf8')), 'order_fully_paid');
    const order = event?.order;
    if (!order) throw new Error('no order');
    const from = { domain: DOMAIN, at: rig.clock.now };
    const taken = await Promise.all(
      Array.from({ length: 10 }, () => takeOrder(db, order, from, rig.deps.orders)),
    );
    const slugs = taken.map((one) => (one.kind === 'taken' ? one.sessions.map((unit) => unit.slug) : []));
    expect(new Set(slugs.map((list) => list.join())).size).toBe(1);
    expect(slugs[0]).toHaveLength(3);
  });

  test('two orders of one person share client, calendar and template', async () => {
    await saleor(orderA);
    await saleor(renamed(orderB, 'order_fully_paid', (text) => text.replace('plain.ascii@', 'Zoe.Mueller@')));
    await rig.sweep.runOnce();
    expect(await sessions()).toHaveLength(4);
    for (const table of ['clients', 'calendars', 'templates', 'tenants'] as const)
      expect(await db.selectFrom(table).selectAll().execute()).toHaveLength(1);
  });

  test('two at once make one client', async () => {
    await seedDevelopment(db);
    const person = { tenantId: 1, firstName: 'A', lastName: 'B', language: 'en' };
    const made = await Promise.all(
      ['ada@example.test', ' ADA@example.test '].map((email) => findOrMakeClient(db, { ...person, email })),
    );
    expect(made[0]?.id).toBe(made[1]?.id);
  });

  test.each<[string, (text: string) => string, string, string]>([
    ['an unpaid order', (text) => text.replace('"isPaid": true', '"isPaid": false'), 'done', 'not-paid'],
    [
      'a partly paid order',
      (text) => text.replace('"chargeStatus": "FULL"', '"chargeStatus": "PARTIAL"'),
      'done',
      'not-paid',
    ],
    ['a cancelled order', (text) => text.replace('"UNFULFILLED"', '"CANCELED"'), 'done', 'order-cancelled'],
    ['an expired order', (text) => text.replace('"UNFULFILLED"', '"EXPIRED"'), 'done', 'order-cancelled'],
    [
      'an order without an address',
      (text) => text.replace('plain.ascii@example.com', ''),
      'quarantined',
      'order-without-address',
    ],
    [
      'an order under an id of another shape',
      (text) => text.replace(/"T3JkZXI6[^"]*"/, '"42"'),
      'quarantined',
      'malformed-id',
    ],
  ])('%s starts nothing', async (_name, change, status, reason) => {
    await saleor(renamed(orderB, 'order_fully_paid', change));
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([[status, reason]]);
    expect(await sessions()).toEqual([]);
    expect(rig.temporal.starts).toEqual([]);
  });

  test('an overcharged order is paid', async () => {
    await saleor(renamed(orderA, 'order_paid', (text) => text.replace('"FULL"', '"OVERCHARGED"')));
    await rig.sweep.runOnce();
    expect(rig.temporal.starts).toHaveLength(1);
  });

  test('a shop that is nobody’s is quarantined; a tenant’s own shop is theirs', async () => {
    const other = { ...orderA, headers: { ...orderA.headers, 'saleor-domain': 'other.test' } };
    await saleor(other);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['quarantined', 'unknown-shop']]);

    const tenant = await db
      .insertInto('tenants')
      .values({ name: 'Other', time_zone: 'Asia/Tokyo', saleor_domain: 'other.test' })
      .returning('id')
      .executeTakeFirstOrThrow();
    await replay();
    await rig.sweep.runOnce();
    expect(await sessions()).toMatchObject([{ tenant_id: tenant.id, saleor_domain: 'other.test' }]);
  });

  test('a paid line whose product is gone starts the others and is shown to a person', async () => {
    const body = orderB.body.toString('utf8');
    const start = body.indexOf('"variant": {', body.indexOf('"quantity": 2'));
    const end = body.indexOf('}, "transactions"') === -1 ? body.indexOf('], "transactions"') : 0;
    const gone = `${body.slice(0, start)}"variant": null}${body.slice(end)}`.replace(
      /\[\{"key": "session\.start", "value": "2026-12-02T14:00:00Z"\}\]/,
      '[]',
    );
    await saleor({ headers: orderB.headers, body: Buffer.from(gone) });
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['quarantined', 'line-without-product']]);
    expect(rig.temporal.starts).toHaveLength(1);
  });
});

describe('nothing lost', () => {
  test('Temporal away for hours: the row waits, is never quarantined, and is delivered afterwards', async () => {
    rig.temporal.down = true;
    await saleor(orderB);
    for (let pass = 0; pass < 40; pass += 1) {
      await rig.sweep.runOnce();
      rig.clock.advance(5 * MINUTE);
    }
    expect(await inbox()).toMatchObject([{ status: 'stored', reason: 'engine-unavailable' }]);
    expect((await sessions()).map((one) => one.start_state)).toEqual(Array(3).fill('intended'));

    rig.temporal.down = false;
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['done', null]]);
    expect((await sessions()).map((one) => one.start_state)).toEqual(Array(3).fill('started'));
    expect(rig.temporal.starts).toHaveLength(3);
  });

  test('a row that waits is not tried before its time', async () => {
    rig.temporal.down = true;
    await saleor(orderA);
    expect(await rig.sweep.runOnce()).toBe(1);
    expect(await rig.sweep.runOnce()).toBe(0);
    rig.clock.advance(1000);
    expect(await rig.sweep.runOnce()).toBe(1);
    rig.clock.advance(1999);
    expect(await rig.sweep.runOnce()).toBe(0);
    rig.clock.advance(1);
    expect(await rig.sweep.runOnce()).toBe(1);
  });

  test('a row that always fails is quarantined after twelve tries', async () => {
    let tries = 0;
    const broken = createSweep({
      ...rig.deps,
      starter: {
        async start() {
          tries += 1;
          throw new Error('plain.ascii@example.com is not welcome');
        },
        signal: async () => 'delivered',
        signalBooking: async () => 'delivered',
      },
    });
    await saleor(orderA);
    for (let pass = 0; pass < 20; pass += 1) {
      await broken.runOnce();
      await db
        .updateTable('sessions')
        .set({ intended_at: new Date(rig.clock.now + 1e9) })
        .execute();
      rig.clock.advance(MINUTE);
    }
    await broken.stop();
    expect(tries).toBe(12);
    expect(await settled()).toEqual([['quarantined', 'internal']]);
    expect(rig.log.map((line) => line.text).join()).not.toContain('example.com');
  });

  test('a process that died between the start and its record: started again after a minute, once', async () => {
    const session = await oneSession();
    await db.updateTable('sessions').set({ start_state: 'intended', started_at: null }).execute();
    rig.clock.advance(MINUTE - 1);
    expect(await rig.sweep.runOnce()).toBe(0);
    rig.clock.advance(1);
    expect(await rig.sweep.runOnce()).toBe(1);
    expect(await sessions()).toMatchObject([{ session_key: session.session_key, start_state: 'started' }]);
    expect(rig.temporal.attempts).toHaveLength(2);
    expect(rig.temporal.starts).toHaveLength(1);
    rig.clock.advance(10 * MINUTE);
    expect(await rig.sweep.runOnce()).toBe(0);
  });

  test('a process that died with a claimed row: it comes back when the lease ends', async () => {
    await saleor(orderA);
    const lease = { now: new Date(rig.clock.now), leaseUntil: new Date(rig.clock.now + MINUTE), limit: 10 };
    expect(await claimDueDeliveries(db, lease)).toHaveLength(1);
    expect(await rig.sweep.runOnce()).toBe(0);
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect(rig.temporal.starts).toHaveLength(1);
  });

  test('several sweeps at once take each row once', async () => {
    const receivedAt = new Date(rig.clock.now);
    for (let index = 0; index < 60; index += 1)
      await storeDelivery(db, {
        source: 'calendly',
        deliveryKey: `key-${index}`,
        correlation: `unrelated|calendly|${index}`,
        event: 'something',
        body: Buffer.from('{}'),
        receivedAt,
      });
    const sweeps = Array.from({ length: 4 }, () => createSweep(rig.deps));
    const taken = await Promise.all(sweeps.map((sweep) => sweep.runOnce()));
    expect(taken.reduce((sum, rows) => sum + rows, 0)).toBe(60);
    expect(await countDeliveries(db)).toEqual({ stored: 0, done: 60, quarantined: 0 });
    expect((await inbox()).every((row) => row.attempts === 1)).toBe(true);
    await Promise.all(sweeps.map((sweep) => sweep.stop()));
  });

  test('kick delivers by itself, and after stop nothing does', async () => {
    await saleor(orderA);
    rig.sweep.kick();
    for (let turn = 0; turn < 500 && rig.temporal.starts.length === 0; turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(rig.temporal.starts).toHaveLength(1);
    await rig.sweep.stop();
    await saleor(orderB);
    expect(await rig.sweep.runOnce()).toBe(0);
    expect((await inbox()).at(-1)).toMatchObject({ status: 'stored', attempts: 0 });
  });
});

describe('what the shop does later', () => {
  const cancelled = saleorRequest('54-order-cancelled-A');
  const refunded = saleorRequest('52-order-refunded-A');

  test('a cancelled order is told to each of its sessions, at the shop’s own time', async () => {
    const session = await oneSession();
    rig.clock.advance(5 * MINUTE);
    await saleor(cancelled);
    await rig.sweep.runOnce();
    expect(rig.temporal.heardBy(session.session_key)).toEqual([
      {
        type: 'order.cancelled',
        occurredAt: Date.parse('2026-11-21T10:49:21.809Z'),
        receivedAt: rig.clock.now,
      },
    ]);
  });

  test('a provider’s clock ahead of ours is capped at the receipt', async () => {
    const session = await oneSession();
    await saleor(cancelled);
    await rig.sweep.runOnce();
    expect(rig.temporal.heardBy(session.session_key)).toMatchObject([{ occurredAt: rig.clock.now }]);
  });

  test.each<[string, { headers: Readonly<Record<string, string>>; body: Buffer }, string]>([
    ['nothing charged any more', refunded, 'order'],
    ['fully refunded', renamed(refunded, 'order_fully_refunded'), 'order'],
    [
      'a granted refund of all leaves the status at FULL',
      renamed(refunded, 'order_refunded', (text) =>
        text.replace('"chargeStatus": "NONE"', '"chargeStatus": "FULL"'),
      ),
      'order',
    ],
    [
      'a part',
      renamed(refunded, 'order_refunded', (text) =>
        text
          .replace('"chargeStatus": "NONE"', '"chargeStatus": "PARTIAL"')
          .replace(/"chargedAmount": \{"amount": 0\.0/, '"chargedAmount": {"amount": 20.5'),
      ),
      'unclear',
    ],
  ])('refund: %s', async (_name, request, scope) => {
    const session = await oneSession();
    await saleor(request);
    await rig.sweep.runOnce();
    expect(rig.temporal.heardBy(session.session_key)).toMatchObject([{ type: 'payment.refunded', scope }]);
  });

  test('a part is told to the unit that the shop names, and to no other', async () => {
    await saleor(orderB);
    await rig.sweep.runOnce();
    const sessions = await db.selectFrom('sessions').selectAll().orderBy('session_key').execute();
    expect(sessions).toHaveLength(3);
    const [mine] = sessions;
    if (!mine) throw new Error('no session');
    const part = renamed(orderB, 'order_refunded');

    rig.shopApi.failure = new CodedFailure('vendor-unavailable', 'away');
    await saleor(part);
    await rig.sweep.runOnce();
    expect((await settled()).at(-1)).toEqual(['stored', 'failed:vendor-unavailable']);

    rig.shopApi.failure = null;
    rig.shopApi.refunds = {
      grants: [
        {
          reason: refundReason(refundMarkerOf(mine.session_key)),
          lines: [{ lineId: mine.line_id, quantity: 1 }],
        },
      ],
      besideGrants: false,
    };
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect((await settled()).at(-1)).toEqual(['done', null]);
    expect(rig.shopApi.asked).toEqual([mine.order_id, mine.order_id]);
    expect(rig.temporal.signals).toMatchObject([
      { key: mine.session_key, events: [{ type: 'payment.refunded', scope: 'unit' }] },
    ]);
  });

  test('it reaches every unit, and waits for those that were never started', async () => {
    rig.temporal.down = true;
    await saleor(orderB);
    await saleor(renamed(orderB, 'order_cancelled'));
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([
      ['stored', 'engine-unavailable'],
      ['stored', null],
    ]);
    rig.temporal.down = false;
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual(Array(2).fill(['done', null]));
    expect(new Set(rig.temporal.signals.map((signal) => signal.key)).size).toBe(3);
  });
});

describe('appointments', () => {
  const created = (reference?: string) => calendlyBody('invitee.created', reference);

  test('a signed reference finds its session; the appointment is kept', async () => {
    const session = await oneSession();
    await calendly(created(referenceOf(session.session_key)));
    await rig.sweep.runOnce();
    expect(rig.temporal.heardBy(session.session_key)).toMatchObject([
      { type: 'appointment.booked', startsAt: Date.parse('2026-03-28T09:00:00Z') },
    ]);
    expect(await db.selectFrom('appointments').selectAll().execute()).toMatchObject([
      {
        session_key: session.session_key,
        provider: 'calendly',
        join_url: 'https://zoom.example.test/j/111',
        time_zone: 'Europe/Berlin',
      },
    ]);
    expect((await inbox()).at(-1)).toMatchObject({ correlation: `session|${session.session_key}` });
  });

  test('a reference that somebody made up finds nothing', async () => {
    const session = await oneSession();
    await calendly(created(`${session.session_key}.AAAAAAAAAAA`));
    await rig.sweep.runOnce();
    expect(rig.temporal.signals).toEqual([]);
    expect((await inbox()).at(-1)).toMatchObject({ status: 'stored', reason: 'no-session-yet' });
  });

  test('an event before its session waits, and is delivered after it', async () => {
    const session = await oneSession();
    await db.deleteFrom('sessions').execute();
    await calendly(created(referenceOf(session.session_key)));
    await rig.sweep.runOnce();
    expect((await inbox()).at(-1)).toMatchObject({ status: 'stored', reason: 'no-session-yet' });

    await replay();
    rig.clock.advance(2000);
    await rig.sweep.runOnce();
    rig.clock.advance(2000);
    await rig.sweep.runOnce();
    expect((await inbox()).map((row) => row.status)).toEqual(['done', 'done']);
    expect(rig.temporal.heardBy(session.session_key)).toHaveLength(1);
  });

  test('a session started while its event finds no run yet is not taken for lost', async () => {
    const session = await oneSession();
    const setState = (start_state: 'intended' | 'started') =>
      db
        .updateTable('sessions')
        .set({ start_state })
        .where('session_key', '=', session.session_key)
        .execute();
    await setState('intended');
    const starter = {
      start: async () => 'started' as const,
      signal: async () => {
        await setState('started');
        return 'not-found' as const;
      },
      signalBooking: async () => 'not-found' as const,
    };
    expect(await deliverToSession({ db, starter }, session.session_key, [])).toEqual({
      kind: 'wait',
      reason: 'session-not-started',
    });
  });

  test('an event before its session’s start waits, and is delivered after it', async () => {
    rig.temporal.down = true;
    await saleor(orderA);
    await rig.sweep.runOnce();
    const [session] = await sessions();
    const key = session?.session_key ?? ('' as SessionKey);
    rig.temporal.down = false;
    await calendly(created(referenceOf(key)));
    await rig.sweep.runOnce();
    expect((await inbox()).at(-1)).toMatchObject({ status: 'stored', reason: 'session-not-started' });
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect((await inbox()).map((row) => row.status)).toEqual(['done', 'done']);
    expect(rig.temporal.heardBy(key)).toHaveLength(1);
  });

  test('an event of no session waits ten minutes and is quarantined', async () => {
    await calendly(created());
    await rig.sweep.runOnce();
    rig.clock.advance(10 * MINUTE - 1);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['stored', 'no-session-yet']]);
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect(await settled()).toEqual([['quarantined', 'unmatched']]);
  });

  test('without a reference: the appointment that is known, and the one it replaces', async () => {
    const session = await oneSession();
    await calendly(created(referenceOf(session.session_key)));
    await rig.sweep.runOnce();
    await calendly(calendlyBody('reschedule.2.created_new', 'edited by the buyer'));
    await calendly(calendlyBody('reschedule.1.canceled_old', 'edited by the buyer'));
    await rig.sweep.runOnce();
    expect(
      rig.temporal
        .heardBy(session.session_key)
        .map((event) => event.type)
        .toSorted(),
    ).toEqual(['appointment.booked', 'appointment.moved', 'appointment.reschedule-pending']);
    expect(await db.selectFrom('appointments').selectAll().execute()).toHaveLength(2);
  });

  test('an appointment never changes hands', async () => {
    await saleor(orderB);
    await rig.sweep.runOnce();
    const [first, second] = await sessions();
    if (!first || !second) throw new Error('no sessions');
    await calendly(created(referenceOf(first.session_key)));
    await rig.sweep.runOnce();
    await calendly(calendlyBody('invitee.canceled', referenceOf(second.session_key)));
    await rig.sweep.runOnce();
    expect(await db.selectFrom('appointments').select('session_key').execute()).toEqual([
      { session_key: first.session_key },
    ]);
  });

  test('"not found" means over, lost or not yet, by the session’s own row', async () => {
    const session = await oneSession();
    rig.temporal.closeRun(session.session_key);
    await calendly(created(referenceOf(session.session_key)));
    await rig.sweep.runOnce();
    expect((await inbox()).at(-1)).toMatchObject({ status: 'quarantined', reason: 'run-missing' });

    await db.updateTable('sessions').set({ start_state: 'ended' }).execute();
    await calendly(calendlyBody('invitee.canceled', referenceOf(session.session_key)));
    await rig.sweep.runOnce();
    expect((await inbox()).at(-1)).toMatchObject({ status: 'done', reason: 'after-end' });
    expect(rig.temporal.starts).toHaveLength(1);
  });

  test('the rows of one session are delivered in the order they came, whatever failed in between', async () => {
    const session = await oneSession();
    const reference = referenceOf(session.session_key);
    rig.temporal.down = true;
    const bodies = ['invitee.created', 'reschedule.1.canceled_old', 'reschedule.2.created_new'] as const;
    await calendly(calendlyBody(bodies[0], reference));
    await rig.sweep.runOnce();
    rig.clock.advance(10);
    await calendly(calendlyBody(bodies[1], reference));
    await calendly(calendlyBody(bodies[2], reference));
    rig.temporal.down = false;
    // The younger two are due and the oldest is not: they stay behind it.
    expect(await rig.sweep.runOnce()).toBe(0);
    rig.clock.advance(MINUTE);
    await rig.sweep.runOnce();
    expect(rig.temporal.heardBy(session.session_key).map((event) => event.type)).toEqual([
      'appointment.booked',
      'appointment.reschedule-pending',
      'appointment.moved',
    ]);
  });

  test('a session’s waiting rows become one signal', async () => {
    const session = await oneSession();
    const reference = referenceOf(session.session_key);
    const bodies = ['invitee.created', 'reschedule.1.canceled_old', 'reschedule.2.created_new'] as const;
    for (const name of bodies) await calendly(calendlyBody(name, reference));
    await rig.sweep.runOnce();
    expect(rig.temporal.signals).toHaveLength(1);
    expect(rig.temporal.heardBy(session.session_key)).toHaveLength(3);
    expect((await settled()).slice(1)).toEqual(Array(3).fill(['done', null]));
    expect(await db.selectFrom('appointments').selectAll().execute()).toHaveLength(2);
  });

  test('a poisoned row keeps nobody else waiting, and its own session only until it is quarantined', async () => {
    const session = await oneSession();
    const correlation = `session|${session.session_key}`;
    await storeDelivery(db, {
      source: 'calendly',
      deliveryKey: 'poison',
      correlation,
      event: 'invitee.created',
      body: Buffer.from('{'),
      receivedAt: new Date(rig.clock.now),
    });
    await calendly(created(referenceOf(session.session_key)));
    await rig.sweep.runOnce();
    expect((await settled()).slice(1)).toEqual([
      ['quarantined', 'malformed'],
      ['done', null],
    ]);
  });
});

test('deliverRow says what one attempt came to', async () => {
  const session = await oneSession();
  const [row] = await inbox();
  if (!row) throw new Error('no row');
  expect(await deliverRow(row, rig.deps)).toEqual({ kind: 'done', reason: null });
  expect(rig.temporal.attempts).toEqual([session.session_key]);
});

test('the seed can be planted again, and generated ids go on after it', async () => {
  await seedDevelopment(db, { eventType: 'first' });
  await seedDevelopment(db, { eventType: 'second' });
  expect(await db.selectFrom('calendars').selectAll().execute()).toMatchObject([
    { id: 1, user_id: 5, event_type: 'second' },
  ]);
  await saleor(orderA);
  await rig.sweep.runOnce();
  expect(await sessions()).toMatchObject([{ tenant_id: 1, time_zone: 'Europe/Warsaw' }]);
  expect(await db.selectFrom('templates').select('id').execute()).toHaveLength(2);
  expect(rig.clock.now satisfies Instant).toBe(orderA.receivedAt);
});
