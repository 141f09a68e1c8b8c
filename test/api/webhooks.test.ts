import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectDatabase, type Database } from '../../db/connect.ts';
import type { InboxRow } from '../../db/tables.ts';
import { createSaleorVerifier } from '../../integrations/saleor/webhook.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { calendlyBody, saleorRequest } from './intake-requests.ts';
import {
  CALENDLY_SECRET,
  type IntakeRig,
  realVerifier,
  renamed,
  startIntake,
  trustingVerifier,
  emptyIntake,
} from './intake-rig.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let rig: IntakeRig;

const HOUR = 60 * 60 * 1000;
const orderB = saleorRequest('14-order-fully-paid-B');
const keys = { away: false };

const inbox = (): Promise<InboxRow[]> => db.selectFrom('inbox').selectAll().orderBy('id').execute();
const sessions = () => db.selectFrom('sessions').selectAll().orderBy('starts_at').orderBy('unit').execute();

async function problem(response: Response): Promise<[number, unknown]> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const body: unknown = await response.json();
  return [response.status, typeof body === 'object' && body && 'code' in body ? body.code : undefined];
}

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  keys.away = false;
  await emptyIntake(db);
});
afterEach(() => rig.close());

describe('Saleor', () => {
  let now: number;
  beforeEach(async () => {
    now = 0;
    rig = await startIntake({ db, at: orderB.receivedAt, verifier: realVerifier(keys, () => now) });
  });

  test('a real paid order is three sessions of one client, with what was bought', async () => {
    const response = await rig.saleor(orderB);
    expect([response.status, await response.json()]).toEqual([200, { status: 'stored' }]);
    expect(rig.kicks()).toBe(1);
    rig.temporal.down = true;
    await rig.sweep.runOnce();

    const intended = await sessions();
    expect(intended.map((one) => [one.start_state, one.unit, one.starts_at?.toISOString()])).toEqual([
      ['intended', 0, '2026-12-01T10:00:00.000Z'],
      ['intended', 0, '2026-12-02T14:00:00.000Z'],
      ['intended', 1, '2026-12-02T14:00:00.000Z'],
    ]);

    rig.temporal.down = false;
    rig.clock.advance(60_000);
    await rig.sweep.runOnce();
    const started = await sessions();
    expect(started.map((one) => one.start_state)).toEqual(['started', 'started', 'started']);
    expect(rig.temporal.starts.toSorted()).toEqual(started.map((one) => one.session_key).toSorted());
    expect(await inbox()).toMatchObject([{ status: 'done', reason: null, event: 'OrderFullyPaid' }]);

    expect(await db.selectFrom('clients').selectAll().execute()).toMatchObject([
      { email: 'plain.ascii@example.com', first_name: 'Ann', last_name: 'Lee', language: 'en' },
    ]);
    expect(await db.selectFrom('templates').selectAll().execute()).toMatchObject([
      { saleor_product_id: 'UHJvZHVjdDox', duration_minutes: 60, tenant_id: 1 },
    ]);
    expect(await db.selectFrom('calendars').selectAll().execute()).toMatchObject([
      { event_type: 'event-type-1', user_id: 5 },
    ]);
    for (const session of started) {
      expect(session).toMatchObject({
        amount: '49.0',
        currency: 'USD',
        resource: 'rdp://host-7.internal:3389',
        workflow_id: `session-${session.session_key}`,
        input: {
          rulesVersion: 1,
          sessionKey: session.session_key,
          tenantId: 1,
          paidAt: orderB.receivedAt,
          durationMs: HOUR,
          startsAt: session.starts_at?.getTime(),
          problems: [],
          policy: { cutoffMs: 24 * HOUR, refund: 'full', onCancel: 'rebook', remindersMs: [24 * HOUR, HOUR] },
        },
      });
      expect(session.slug).toMatch(/^[A-Za-z0-9_-]{22}$/);
      expect(JSON.stringify(session.input)).not.toMatch(/example\.com|Ann|Lee|49/);
    }
    expect(new Set(started.map((one) => one.slug)).size).toBe(3);
    expect(rig.log.map((line) => line.text).join()).not.toMatch(/example\.com|Ann|Lee/);
  });

  test('the same webhook ten times at once is one session per unit', async () => {
    const [first] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, () => rig.saleor(orderB))),
      rig.sweep.runOnce(),
    ]);
    expect(first.map((response) => response.status)).toEqual(Array(10).fill(200));
    const answers = await Promise.all(first.map(async (response) => JSON.stringify(await response.json())));
    expect(answers.filter((answer) => answer === '{"status":"stored"}')).toHaveLength(1);
    expect(rig.kicks()).toBe(1);
    await Promise.all([rig.sweep.runOnce(), rig.sweep.runOnce()]);
    expect(await inbox()).toHaveLength(1);
    expect(await sessions()).toHaveLength(3);
    expect(rig.temporal.starts).toHaveLength(3);
  });

  test('a byte changed, a header changed, a signature missing: 401, and nothing is kept', async () => {
    const tampered = Buffer.from(
      orderB.body.toString('latin1').replace('"quantity": 2', '"quantity": 9'),
      'latin1',
    );
    expect(tampered.equals(orderB.body)).toBe(false);
    const requests = [
      { ...orderB, body: tampered },
      { ...orderB, body: Buffer.from(JSON.stringify(JSON.parse(orderB.body.toString('utf8')))) },
      { ...orderB, body: Buffer.alloc(0) },
      {
        ...orderB,
        headers: { ...orderB.headers, 'saleor-event': 'order_paid', 'x-saleor-event': 'order_paid' },
      },
      {
        ...orderB,
        headers: { ...orderB.headers, 'saleor-domain': 'other.test', 'x-saleor-domain': 'other.test' },
      },
      { ...orderB, headers: {} },
      { ...orderB, headers: { ...orderB.headers, ...saleorRequest('11-order-fully-paid-A').headers } },
    ];
    for (const request of requests)
      expect(await problem(await rig.saleor(request))).toEqual([401, 'bad-signature']);
    expect(await inbox()).toEqual([]);
    expect(rig.kicks()).toBe(0);
  });

  test('keys away: 503, so that Saleor repeats; then 200', async () => {
    keys.away = true;
    const response = await rig.saleor(orderB);
    expect(response.headers.get('retry-after')).toBe('10');
    expect(await problem(response)).toEqual([503, 'keys-unavailable']);
    expect(await inbox()).toEqual([]);
    keys.away = false;
    now += 10_000;
    expect((await rig.saleor(orderB)).status).toBe(200);
  });

  test('PostgreSQL away: 503, since what is not stored may not be acknowledged', async () => {
    const nowhere = connectDatabase('postgres://nobody@127.0.0.1:1/nothing', {
      max: 1,
      onIdleError: () => undefined,
    });
    const lost = await startIntake({ db: nowhere.db, at: orderB.receivedAt, verifier: realVerifier(keys) });
    try {
      const answer = await lost.saleor(orderB);
      expect(answer.headers.get('retry-after')).toBe('10');
      expect(await problem(answer)).toEqual([503, 'store-unavailable']);
      expect(await problem(await lost.calendly(calendlyBody('invitee.created')))).toEqual([
        503,
        'store-unavailable',
      ]);
      expect(await lost.sweep.runOnce()).toBe(0);
    } finally {
      await lost.close();
      await nowhere.close();
    }
  });

  test('who installed the app cannot be looked up: 503, since a refusal would be final', async () => {
    const verifier = createSaleorVerifier({
      shopOf: async () => {
        throw new TypeError('away');
      },
    });
    const lost = await startIntake({ db, at: orderB.receivedAt, verifier });
    try {
      const answer = await lost.saleor(orderB);
      expect(answer.headers.get('retry-after')).toBe('10');
      expect(await problem(answer)).toEqual([503, 'store-unavailable']);
    } finally {
      await lost.close();
    }
  });

  test('an order that brings only its id is kept for a person', async () => {
    expect((await rig.saleor(saleorRequest('42-multi-event-fully-paid-E'))).status).toBe(200);
    await rig.sweep.runOnce();
    expect(await inbox()).toMatchObject([{ status: 'quarantined', reason: 'order-incomplete' }]);
    expect(await sessions()).toEqual([]);
  });

  test('refund and cancel of an order that was never ours are kept and done', async () => {
    for (const name of ['52-order-refunded-A', '54-order-cancelled-A'] as const)
      expect((await rig.saleor(saleorRequest(name))).status).toBe(200);
    await rig.sweep.runOnce();
    expect(await inbox()).toMatchObject([
      { status: 'done', reason: 'no-sessions' },
      { status: 'done', reason: 'no-sessions' },
    ]);
  });

  test('a body beyond the limit is 413, a compressed one 415', async () => {
    expect(await problem(await rig.saleor({ ...orderB, body: Buffer.alloc(1024 * 1024 + 1, 32) }))).toEqual([
      413,
      'too-large',
    ]);
    expect(
      await problem(
        await rig.saleor({ ...orderB, headers: { ...orderB.headers, 'content-encoding': 'gzip' } }),
      ),
    ).toEqual([415, 'unsupported-media-type']);
  });
});

test('an event we do not know, one without an order, and an order without sessions are kept and done', async () => {
  rig = await startIntake({ db, at: orderB.receivedAt, verifier: trustingVerifier });
  const bare = {
    headers: { 'saleor-event': 'product_updated' },
    body: Buffer.from('{"__typename": "ProductUpdated"}'),
  };
  const books = renamed(orderB, 'order_paid', (text) => text.replaceAll('paid-session', 'book'));
  for (const request of [renamed(orderB, 'order_confirmed'), bare, books])
    expect((await rig.saleor(request)).status).toBe(200);
  await rig.sweep.runOnce();
  expect((await inbox()).map((row) => [row.event, row.status, row.reason])).toEqual([
    ['OrderConfirmed', 'done', 'unknown-event'],
    ['ProductUpdated', 'done', 'no-order'],
    ['OrderPaid', 'done', 'no-session-lines'],
  ]);
  expect(await sessions()).toEqual([]);
});

test('all are told by POST alone', async () => {
  rig = await startIntake({ db, at: orderB.receivedAt, verifier: trustingVerifier });
  for (const path of ['/webhooks/saleor', '/webhooks/zammad', '/api/v1/public/calendly/webhook']) {
    const response = await rig.get(path);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await problem(response)).toEqual([405, 'method-not-allowed']);
  }
});

describe('Calendly', () => {
  const at = Date.parse('2026-03-01T09:15:32Z');
  const created = calendlyBody('invitee.created');
  beforeEach(async () => {
    rig = await startIntake({ db, at, verifier: trustingVerifier });
  });

  test('a signed event is kept once, also when it is signed and spaced anew', async () => {
    expect((await rig.calendly(created)).status).toBe(200);
    rig.clock.advance(60_000);
    const again = await rig.calendly(Buffer.from(`${created.toString('utf8')}\n`));
    expect([again.status, await again.json()]).toEqual([200, { status: 'duplicate' }]);
    const [row, ...more] = await inbox();
    expect(more).toEqual([]);
    expect(row).toMatchObject({ source: 'calendly', event: 'invitee.created', status: 'stored' });
    expect(row?.body.equals(created)).toBe(true);
    expect(rig.kicks()).toBe(1);
  });

  test('Calendly repeats for a day without signing anew: 24 h old passes, 26 h does not', async () => {
    expect((await rig.calendly(created, at - 24 * HOUR)).status).toBe(200);
    expect(await problem(await rig.calendly(created, at - 26 * HOUR))).toEqual([401, 'bad-signature']);
    expect(await problem(await rig.calendly(created, at + 26 * HOUR))).toEqual([401, 'bad-signature']);
  });

  test('a body or signature that does not fit is 401', async () => {
    const path = '/api/v1/public/calendly/webhook';
    expect(await problem(await rig.post(path, {}, created))).toEqual([401, 'bad-signature']);
    const header = `t=${Math.floor(at / 1000)},v1=${'0'.repeat(64)}`;
    expect(await problem(await rig.post(path, { 'calendly-webhook-signature': header }, created))).toEqual([
      401,
      'bad-signature',
    ]);
    expect(header).not.toContain(CALENDLY_SECRET);
    expect(await inbox()).toEqual([]);
  });

  test('no-shows may come and go: each is another message', async () => {
    const marked = calendlyBody('invitee_no_show.created');
    const cleared = calendlyBody('invitee_no_show.deleted');
    const later = (body: Buffer) =>
      Buffer.from(
        body
          .toString('utf8')
          .replaceAll('6ee96ed4', '7ff07fe5')
          .replace('"created_at": "2026-03-28T11:00:00', '"created_at": "2026-03-28T11:05:00'),
      );
    const answers: unknown[] = [];
    for (const body of [marked, cleared, later(marked), later(cleared), marked])
      answers.push(await (await rig.calendly(body)).json());
    expect(answers).toEqual([
      { status: 'stored' },
      { status: 'stored' },
      { status: 'stored' },
      { status: 'stored' },
      { status: 'duplicate' },
    ]);
  });

  test('what is not about an invitee is kept and done; what is, and cannot be read, is for a person', async () => {
    for (const text of [
      '{"event":"routing_form_submission.created","payload":{}}',
      '{"event":"invitee.created"}',
      '{"event":"invitee.updated","created_at":"2026-03-01T09:15:31Z","payload":{"uri":"x"}}',
      '[]',
    ])
      expect((await rig.calendly(Buffer.from(text))).status).toBe(200);
    await rig.sweep.runOnce();
    expect((await inbox()).map((row) => [row.event, row.status, row.reason])).toEqual([
      ['routing_form_submission.created', 'done', 'unknown-event'],
      ['invitee.created', 'quarantined', 'malformed'],
      ['invitee.updated', 'done', 'unknown-event'],
      ['unknown', 'quarantined', 'malformed'],
    ]);
  });
});
