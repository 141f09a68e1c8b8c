import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { addIntakeRoutes } from '../../api/admin/intake/intake-routes.ts';
import { ownerOfAppointments } from '../../db/queries/appointments.ts';
import type { Database } from '../../db/connect.ts';
import { storeDelivery } from '../../db/queries/inbox.ts';
import { parseCalendlyWebhook } from '../../integrations/calendly/webhook-body.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import type { BookingInput } from '../../workflows/contract/booking.ts';
import type { BookingKey, Instant, SessionKey } from '../../workflows/contract/values.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { toldAppointment } from '../support/told-appointment.ts';
import { calcomBody, calendlyBody, saleorRequest } from './intake-requests.ts';
import {
  bookingReferenceOf,
  type IntakeRig,
  referenceOf,
  startIntake,
  trustingVerifier,
} from './intake-rig.ts';
import { verifyNamed } from './support/named-callers.ts';
import { openRequest } from './support/open-request.ts';
import { changeSession, writeRows } from './support/rows.ts';
import { keepersOf, type ServedRoutes, serveRoutes } from './support/serve-routes.ts';
import { KEY, OTHER_KEY } from './support/values.ts';

const NOW = Date.parse('2026-12-07T09:00:00Z') as Instant;
const MINUTE = 60_000;
const INBOX = '/api/v1/admin/inbox';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let rig: IntakeRig;
let served: ServedRoutes;
let booking: BookingInput;
let tenantId: number;
let due = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
  ({ tenantId } = await writeRows(db));
  rig = await startIntake({ db, at: NOW, verifier: trustingVerifier });
  served = await serveRoutes({
    keepers: keepersOf(verifyNamed),
    add: (routes) =>
      addIntakeRoutes(routes, {
        db,
        clock: () => rig.clock.now,
        defaultTenantId: 1,
        referred: rig.deps.referred,
        scheduling: () => rig.calendlyApi,
        onDue: () => {
          due += 1;
        },
      }),
  });
});
afterAll(async () => {
  await served.close();
  await rig.close();
  await database.drop();
});
beforeEach(async () => {
  for (const table of ['appointments', 'bookings', 'inbox', 'audit'] as const)
    await db.deleteFrom(table).execute();
  await changeSession(db, { start_state: 'started' });
  rig.clock.now = NOW;
  rig.calendlyApi.failure = null;
  rig.calendlyApi.appointments.clear();
  booking = await openRequest(db, rig.temporal, { tenantId, at: NOW });
  due = 0;
});

interface Asked {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}

async function ask(
  path: string,
  options: { body?: unknown; as?: string; accept?: string } = {},
): Promise<Asked> {
  const { body, as = 'admin', accept = 'application/json' } = options;
  const response = await fetch(`${served.origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${as}`,
      accept,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    text,
    headers: response.headers,
    json: isJson ? Object(JSON.parse(text)) : {},
  };
}

let count = 0;
/** A row in the inbox as an earlier time left it. */
async function row(
  more: {
    status?: 'stored' | 'done' | 'quarantined';
    reason?: string | null;
    source?: 'saleor' | 'calendly' | 'calcom';
    event?: string;
    body?: Buffer;
    receivedAt?: number;
    correlation?: string;
  } = {},
): Promise<string> {
  count += 1;
  const { status = 'quarantined', reason = 'unmatched', source = 'calendly' } = more;
  const deliveryKey = `key-${count}`;
  await storeDelivery(db, {
    source,
    deliveryKey,
    correlation: more.correlation ?? `unrelated|${source}|${deliveryKey}`,
    event: more.event ?? 'invitee.created',
    body: more.body ?? calendlyBody('invitee.created'),
    receivedAt: new Date(more.receivedAt ?? NOW),
  });
  const { id } = await db
    .updateTable('inbox')
    .set({ status, reason, attempts: 3, settled_at: status === 'stored' ? null : new Date(NOW) })
    .where('delivery_key', '=', deliveryKey)
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

const stateOf = (id: string) =>
  db
    .selectFrom('inbox')
    .select(['status', 'reason', 'attempts', 'next_attempt_at', 'settled_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const audit = async () =>
  (await db.selectFrom('audit').selectAll().orderBy('id').execute()).map((one) => ({
    actor: one.actor,
    action: one.action,
    subject: one.subject,
    reason: one.reason,
    details: one.details,
  }));
function countOf(answers: readonly Asked[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
const itemsOf = (answer: Asked): Record<string, unknown>[] =>
  Array.isArray(answer.json['items']) ? answer.json['items'].map((item) => Object(item)) : [];
const idsOf = (answer: Asked) => itemsOf(answer).map((item) => item['id']);

describe('who may look', () => {
  test.each(['GET', 'replay', 'adopt', 'bulk'])('%s: admins of the default tenant alone', async (what) => {
    const id = await row();
    const paths: Readonly<Record<string, [string, unknown]>> = {
      GET: [`${INBOX}/${id}`, undefined],
      replay: [`${INBOX}/${id}/replay`, {}],
      adopt: [`${INBOX}/${id}/adopt`, { session_key: KEY }],
      bulk: [`${INBOX}/replay`, { filter: {} }],
    };
    const [path, body] = paths[what] ?? ['', undefined];
    for (const as of ['stranger', 'tenant', 'service'])
      expect(await ask(path, { body, as })).toMatchObject({ status: 403, json: { code: 'not-allowed' } });
    expect(await ask(path, { body, as: 'expired' })).toMatchObject({ status: 401 });
    expect(await stateOf(id)).toMatchObject({ status: 'quarantined' });
    expect(due).toBe(0);
  });

  test('the list too', async () => {
    await row();
    expect(await ask(INBOX, { as: 'stranger' })).toMatchObject({
      status: 403,
      json: { code: 'not-allowed', reason: 'tenant' },
    });
    expect(await ask(INBOX, { as: 'stranger', accept: 'text/csv' })).toMatchObject({ status: 403 });
  });
});

describe('the list', () => {
  test('pages newest first, and what comes meanwhile moves nothing', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await row());
    const first = await ask(`${INBOX}?limit=2`);
    expect(idsOf(first)).toEqual([ids[4], ids[3]]);
    await row();
    const second = await ask(`${INBOX}?limit=2&cursor=${String(first.json['next_cursor'])}`);
    expect(idsOf(second)).toEqual([ids[2], ids[1]]);
    const third = await ask(`${INBOX}?limit=2&cursor=${String(second.json['next_cursor'])}`);
    expect([idsOf(third), third.json['next_cursor']]).toEqual([[ids[0]], null]);
  });

  test('says what is known of each, and nothing of its body', async () => {
    const id = await row({ status: 'stored', reason: 'no-session-yet' });
    const answer = await ask(INBOX);
    expect(itemsOf(answer)).toEqual([
      {
        id,
        source: 'calendly',
        event: 'invitee.created',
        status: 'stored',
        reason: 'no-session-yet',
        correlation: expect.stringContaining('unrelated|calendly|'),
        delivery_key: expect.stringContaining('key-'),
        attempts: 3,
        received_at: '2026-12-07T09:00:00.000Z',
        next_attempt_at: '2026-12-07T09:00:00.000Z',
        settled_at: null,
        pruned_at: null,
      },
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.text).not.toMatch(/Ada|example\.test/);
  });

  test('is narrowed by everything that a row is known by', async () => {
    const wanted = await row({
      status: 'done',
      reason: 'after-end',
      source: 'saleor',
      event: 'OrderPaid',
      correlation: 'order|shop|1',
      receivedAt: NOW - MINUTE,
    });
    const other = await row({ receivedAt: NOW });
    const narrow: readonly [string, string][] = [
      ['status=done', 'status=quarantined'],
      ['source=saleor', 'source=calendly'],
      ['event=OrderPaid', 'event=invitee.created'],
      ['reason=after-end', 'reason=unmatched'],
      ['received_to=2026-12-07T09:00:00Z', 'received_from=2026-12-07T09:00:00Z'],
    ];
    for (const [fits, fitsNot] of narrow) {
      expect([fits, idsOf(await ask(`${INBOX}?${fits}`))]).toEqual([fits, [wanted]]);
      expect([fitsNot, idsOf(await ask(`${INBOX}?${fitsNot}`))]).toEqual([fitsNot, [other]]);
    }
    const correlation = encodeURIComponent('order|shop|1');
    expect(idsOf(await ask(`${INBOX}?correlation=${correlation}&status=done`))).toEqual([wanted]);
    expect(idsOf(await ask(`${INBOX}?correlation=${correlation}&status=stored`))).toEqual([]);
  });

  test.each([
    'status=lost',
    'source=stripe',
    'received_from=yesterday',
    'limit=0',
    'cursor=x',
    'page=2',
    'event=',
  ])('refuses %s', async (query) => {
    expect(await ask(`${INBOX}?${query}`)).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
  });

  test('as CSV: every row that fits, whatever the limit', async () => {
    for (let n = 0; n < 3; n += 1) await row();
    await row({ status: 'done', reason: '=1+1' });
    const answer = await ask(`${INBOX}?limit=1&status=quarantined`, { accept: 'text/csv' });
    const lines = answer.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe(
      'id,source,event,status,reason,correlation,delivery_key,attempts,received_at,next_attempt_at,settled_at,pruned_at',
    );
    expect(answer.headers.get('content-type')).toContain('text/csv');
    expect((await ask(`${INBOX}?status=done`, { accept: 'text/csv' })).text).toContain("'=1+1");
  });
});

describe('a stored webhook', () => {
  test('is shown redacted, with the key of our reference', async () => {
    const body = calendlyBody('invitee.canceled', referenceOf(KEY));
    const answer = await ask(`${INBOX}/${await row({ body })}`);
    expect(answer).toMatchObject({
      status: 200,
      json: {
        status: 'quarantined',
        body: {
          event: 'invitee.created'.replace('created', 'canceled'),
          payload: {
            uri: expect.stringContaining('/invitees/'),
            email: '[redacted]',
            name: '[redacted]',
            questions_and_answers: '[redacted]',
            cancel_url: '[redacted]',
            status: 'canceled',
            tracking: { utm_content: KEY, utm_source: '[redacted]' },
            cancellation: { canceler_type: 'invitee', canceled_by: '[redacted]', reason: '[redacted]' },
            scheduled_event: { start_time: '2026-03-28T09:00:00.000000Z', location: '[redacted]' },
          },
        },
      },
    });
    expect(answer.text).not.toMatch(/Ada|example|Tax|zoom|Ill|Host|reschedulings/);
  });

  test('a shop’s too', async () => {
    const { body } = saleorRequest('52-order-refunded-A');
    const answer = await ask(`${INBOX}/${await row({ source: 'saleor', body })}`);
    expect(answer).toMatchObject({
      json: {
        body: {
          __typename: 'OrderRefunded',
          order: {
            number: '1',
            chargeStatus: 'NONE',
            isPaid: false,
            userEmail: '[redacted]',
            metadata: '[redacted]',
          },
        },
      },
    });
    expect(answer.text).not.toMatch(/Zoë|Müller|example|48713988155|jaźń|rdp:|psp-/);
  });

  test('one that is no JSON has no body to show; one that is not there is 404', async () => {
    expect(await ask(`${INBOX}/${await row({ body: Buffer.from('Ada <ada@example.test>') })}`)).toMatchObject(
      {
        status: 200,
        json: { body: null },
      },
    );
    for (const id of ['999999999', '0', 'x', '1.5', '9'.repeat(30)])
      expect(await ask(`${INBOX}/${id}`)).toMatchObject({ status: 404, json: { code: 'not-found' } });
  });
});

describe('a replay', () => {
  test.each(['quarantined', 'done'] as const)(
    'of a row that is %s makes it due, and says who did it',
    async (status) => {
      const id = await row({ status });
      rig.clock.advance(MINUTE);
      const answer = await ask(`${INBOX}/${id}/replay`, { body: { reason: 'Asked for' } });
      expect(answer).toMatchObject({
        status: 200,
        json: { id, status: 'stored', reason: null, attempts: 0, settled_at: null },
      });
      expect(await stateOf(id)).toMatchObject({
        status: 'stored',
        attempts: 0,
        next_attempt_at: new Date(NOW + MINUTE),
      });
      expect(due).toBe(1);
      expect(await audit()).toEqual([
        {
          actor: 'user:7',
          action: 'webhook.replayed',
          subject: `inbox:${id}`,
          reason: null,
          details: { reason: 'Asked for' },
        },
      ]);
    },
  );

  test('needs no body', async () => {
    const id = await row();
    const response = await fetch(`${served.origin}${INBOX}/${id}/replay`, {
      method: 'POST',
      headers: { authorization: 'Bearer admin' },
    });
    expect(response.status).toBe(200);
  });

  test('of one that waits is refused, and changes nothing; of none is 404', async () => {
    const id = await row({ status: 'stored', reason: 'no-session-yet' });
    const before = await stateOf(id);
    expect(await ask(`${INBOX}/${id}/replay`, { body: {} })).toMatchObject({
      status: 409,
      json: { code: 'refused', reason: 'waiting' },
    });
    expect(await stateOf(id)).toEqual(before);
    expect(await ask(`${INBOX}/999999999/replay`, { body: {} })).toMatchObject({ status: 404 });
    expect([await audit(), due]).toEqual([[], 0]);
  });

  test('ten at once are one', async () => {
    const id = await row();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask(`${INBOX}/${id}/replay`, { body: {} })),
    );
    expect(countOf(answers)).toEqual({ 200: 1, 409: 9 });
    expect(await audit()).toHaveLength(1);
  });

  test('brings a quarantined appointment to the booking that is there by now', async () => {
    const body = calendlyBody('invitee.created', bookingReferenceOf(booking.bookingKey));
    const id = await row({ body });
    await ask(`${INBOX}/${id}/replay`, { body: {} });
    await rig.sweep.runOnce();
    expect(await stateOf(id)).toMatchObject({ status: 'done', reason: null });
  });

  test('refuses what it does not know', async () => {
    const id = await row();
    for (const body of [{ reason: '' }, { reason: 5 }, { why: 'x' }, []])
      expect(await ask(`${INBOX}/${id}/replay`, { body })).toMatchObject({ status: 400 });
  });
});

describe('a webhook whose body was pruned', () => {
  const pruned = async (): Promise<string> => {
    const id = await row();
    await db
      .updateTable('inbox')
      .set({ body: Buffer.alloc(0), pruned_at: new Date(NOW) })
      .where('id', '=', id)
      .execute();
    return id;
  };

  test('is shown as such, without a body', async () => {
    const id = await pruned();
    expect(await ask(`${INBOX}/${id}`)).toMatchObject({
      status: 200,
      json: { pruned_at: new Date(NOW).toISOString(), body: null, status: 'quarantined' },
    });
    expect((await ask(`${INBOX}/${await row()}`)).json).toMatchObject({ pruned_at: null });
  });

  test('is neither replayed nor adopted, and stays as it is', async () => {
    const id = await pruned();
    const refused = { status: 409, json: { code: 'refused', reason: 'pruned' } };
    expect(await ask(`${INBOX}/${id}/replay`, { body: {} })).toMatchObject(refused);
    expect(await ask(`${INBOX}/${id}/adopt`, { body: { session_key: KEY } })).toMatchObject(refused);
    const other = await row();
    expect((await ask(`${INBOX}/replay`, { body: { filter: {} } })).json).toMatchObject({
      items: [
        { id, outcome: 'pruned' },
        { id: other, outcome: 'replayed' },
      ],
    });
    expect(await stateOf(id)).toMatchObject({ status: 'quarantined', reason: 'unmatched', attempts: 3 });
  });
});

describe('many replays', () => {
  const replayPage = (body: object) => ask(`${INBOX}/replay`, { body });

  test('go page by page through what fits, oldest first, and tell what became of each', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await row({ reason: 'unknown-shop' }));
    const others = [
      await row({ reason: 'malformed' }),
      await row({ status: 'done', reason: 'unknown-shop' }),
    ];
    const filter = { reason: 'unknown-shop' };
    const seen: unknown[] = [];
    let cursor: unknown;
    for (let call = 0; call < 3; call += 1) {
      const answer = await replayPage({ filter, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      expect(answer.status).toBe(200);
      seen.push(...itemsOf(answer));
      cursor = answer.json['next_cursor'];
    }
    expect(cursor).toBeNull();
    expect(seen).toEqual(ids.map((id) => ({ id, outcome: 'replayed' })));
    for (const id of others) expect((await stateOf(id)).status).not.toBe('stored');
    expect((await audit()).map(({ subject }) => subject)).toEqual(ids.map((id) => `inbox:${id}`));
    expect(due).toBe(3);
  });

  test('at once share the rows: each becomes due once', async () => {
    for (let n = 0; n < 20; n += 1) await row();
    const pages = await Promise.all(Array.from({ length: 4 }, () => replayPage({ filter: {} })));
    const replayed = pages.flatMap((page) => itemsOf(page).filter(({ outcome }) => outcome === 'replayed'));
    expect(replayed).toHaveLength(20);
    expect(await audit()).toHaveLength(20);
  });

  test('nothing that fits is an empty page; done ones only when asked for', async () => {
    const id = await row({ status: 'done', reason: null });
    expect((await replayPage({ filter: {} })).json).toEqual({ items: [], next_cursor: null });
    expect(due).toBe(0);
    expect((await replayPage({ filter: { status: 'done' } })).json['items']).toEqual([
      { id, outcome: 'replayed' },
    ]);
  });

  test.each([
    {},
    { filter: { status: 'stored' } },
    { filter: { tenant: 1 } },
    { filter: {}, limit: 101 },
    { filter: {}, cursor: 'x' },
  ])('refuses %j', async (body) => {
    expect(await replayPage(body)).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
  });
});

describe('an adoption', () => {
  const strange = (name: 'invitee.created' | 'reschedule.2.created_new' = 'invitee.created') =>
    calendlyBody(name, 'edited by the visitor');
  const uri = parseCalendlyWebhook(strange())?.inviteeUri ?? '';
  const adopt = (id: string, body: object) => ask(`${INBOX}/${id}/adopt`, { body });
  const holder = () => ownerOfAppointments(db, [uri]);

  test('gives an appointment to a session: it is recorded, the webhook is due, and it is audited', async () => {
    rig.calendlyApi.knows(strange());
    const id = await row({ body: strange() });
    expect(await adopt(id, { session_key: KEY, reason: 'Told by phone' })).toMatchObject({
      status: 200,
      json: { id, status: 'stored', attempts: 0 },
    });
    expect(await holder()).toEqual({ kind: 'session', key: KEY });
    expect(due).toBe(1);
    expect(await audit()).toEqual([
      {
        actor: 'user:7',
        action: 'appointment.adopted',
        subject: `inbox:${id}`,
        reason: null,
        details: { session: KEY, reason: 'Told by phone' },
      },
    ]);
  });

  test('gives one of Cal.com’s too, which is asked of Cal.com', async () => {
    const appointment = 'calcom:bookings/bFJeNb2uX8ANpT3JL5EfXw';
    const told = toldAppointment({ uri: appointment, createdAt: NOW, startsAt: NOW + 3_600_000 });
    rig.calendlyApi.appointments.set(appointment, told);
    const body = calcomBody('BOOKING_CREATED', 'edited by the visitor');
    const id = await row({ source: 'calcom', event: 'BOOKING_CREATED', body });
    expect(await adopt(id, { session_key: KEY })).toMatchObject({ status: 200 });
    expect(await ownerOfAppointments(db, [appointment])).toEqual({ kind: 'session', key: KEY });
    await db.deleteFrom('appointments').where('uri', '=', appointment).execute();
  });

  test('gives one to a booking, whose run is told', async () => {
    rig.calendlyApi.knows(strange());
    const id = await row({ body: strange() });
    expect(await adopt(id, { booking_id: booking.bookingKey })).toMatchObject({ status: 200 });
    await rig.sweep.runOnce();
    expect(await stateOf(id)).toMatchObject({ status: 'done', reason: null });
    expect(rig.temporal.bookingSignals.at(-1)).toMatchObject({
      workflowId: `booking-${booking.bookingKey}`,
      events: [{ type: 'appointment.booked', appointment: uri }],
    });
  });

  test('again is the same; one that waits is tried at once', async () => {
    rig.calendlyApi.knows(strange());
    const id = await row({ body: strange() });
    await adopt(id, { session_key: KEY });
    expect(await adopt(id, { session_key: KEY })).toMatchObject({ status: 200, json: { status: 'stored' } });
    await db
      .updateTable('inbox')
      .set({ next_attempt_at: new Date(NOW + 10 * MINUTE) })
      .execute();
    await adopt(id, { session_key: KEY });
    expect(await stateOf(id)).toMatchObject({ next_attempt_at: new Date(NOW) });
  });

  const refusals: [string, string, () => Promise<string>][] = [
    ['no-appointment', 'a shop’s webhook', () => row({ source: 'saleor', event: 'OrderPaid' })],
    ['no-appointment', 'one that cannot be read', () => row({ body: Buffer.from('{') })],
    ['unknown-appointment', 'Calendly does not know it', () => row({ body: strange() })],
    [
      'appointment-of-another',
      'another session has it',
      async () => {
        const appointment = rig.calendlyApi.knows(strange());
        await claim(OTHER_KEY, appointment.uri);
        return row({ body: strange() });
      },
    ],
    [
      'appointment-of-another',
      'it replaced one of another session',
      async () => {
        const { replaces } = rig.calendlyApi.knows(strange('reschedule.2.created_new'));
        await claim(OTHER_KEY, replaces ?? '');
        return row({ body: strange('reschedule.2.created_new') });
      },
    ],
    [
      'reference-of-another',
      'Calendly says that it was made with another’s link',
      async () => {
        rig.calendlyApi.knows(calendlyBody('invitee.created', referenceOf(OTHER_KEY)));
        return row({ body: strange() });
      },
    ],
    [
      'reference-of-another',
      'the body says so',
      async () => {
        rig.calendlyApi.knows(strange());
        return row({
          body: calendlyBody('invitee.created', bookingReferenceOf('A'.repeat(22) as BookingKey)),
        });
      },
    ],
  ];

  async function claim(key: SessionKey, appointment: string): Promise<void> {
    await db
      .insertInto('appointments')
      .values({
        uri: appointment,
        session_key: key,
        provider: 'calendly',
        event_uri: 'e',
        starts_at: new Date(NOW),
        ends_at: new Date(NOW),
        reschedule_url: null,
        cancel_url: null,
        join_url: null,
        time_zone: null,
      })
      .execute();
  }

  test.each(refusals)('is refused (%s): %s', async (reason, _why, make) => {
    const id = await make();
    const before = await stateOf(id);
    expect(await adopt(id, { session_key: KEY })).toMatchObject({
      status: 409,
      json: { code: 'refused', reason },
    });
    expect(await stateOf(id)).toEqual(before);
    expect(await audit()).toMatchObject([
      { action: 'appointment.adopt-refused', reason, details: { session: KEY } },
    ]);
    expect(due).toBe(0);
  });

  test('two at once for different owners: one gets it', async () => {
    rig.calendlyApi.knows(strange());
    const id = await row({ body: strange() });
    const answers = await Promise.all([
      adopt(id, { session_key: KEY }),
      adopt(id, { session_key: OTHER_KEY }),
      adopt(id, { booking_id: booking.bookingKey }),
    ]);
    expect(countOf(answers)).toEqual({ 200: 1, 409: 2 });
    expect((await audit()).filter(({ action }) => action === 'appointment.adopted')).toHaveLength(1);
  });

  test('to one that is over is 410, to one that is not there 404; Calendly is not even asked', async () => {
    const id = await row({ body: strange() });
    rig.calendlyApi.asked.length = 0;
    await changeSession(db, { start_state: 'ended' });
    expect(await adopt(id, { session_key: KEY })).toMatchObject({
      status: 410,
      json: { code: 'session-over' },
    });
    await db.updateTable('bookings').set({ start_state: 'ended' }).execute();
    expect(await adopt(id, { booking_id: booking.bookingKey })).toMatchObject({ status: 410 });
    await db
      .updateTable('bookings')
      .set({ deleted_at: new Date(NOW) })
      .execute();
    expect(await adopt(id, { booking_id: booking.bookingKey })).toMatchObject({
      status: 404,
      json: { reason: 'unknown-booking' },
    });
    expect(await adopt(id, { session_key: 'Z'.repeat(22) })).toMatchObject({
      status: 404,
      json: { reason: 'unknown-session' },
    });
    expect(await adopt('999999999', { session_key: KEY })).toMatchObject({ status: 404 });
    expect(rig.calendlyApi.asked).toEqual([]);
  });

  test.each([
    ['vendor-timeout', 504],
    ['vendor-unreachable', 502],
    ['vendor-rate-limited', 503],
  ] as const)('Calendly fails (%s): %i, and nothing changes', async (code, status) => {
    const id = await row({ body: strange() });
    const call = { vendor: 'calendly', method: 'GET', path: '/x' };
    rig.calendlyApi.failure = new VendorFailure(code, call, {
      status: null,
      requestId: 'r',
      vendorBody: 'ada@example.test is unknown',
    });
    const answer = await adopt(id, { session_key: KEY });
    expect(answer).toMatchObject({ status, json: { code } });
    expect(answer.text + served.lines.join('')).not.toContain('ada@example.test');
    expect([await stateOf(id), await holder()]).toMatchObject([{ status: 'quarantined' }, undefined]);
  });

  test.each([
    {},
    { session_key: KEY, booking_id: KEY },
    { session_key: 'short' },
    { booking_id: 7 },
    { session_key: KEY, force: true },
  ])('refuses %j', async (body) => {
    expect(await adopt(await row(), body)).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
  });
});
