import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { BookingAnswer } from '../../api/booking/starts.ts';
import { lockUntilCommit } from '../../db/queries/lock.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import {
  accepted,
  ADMIN,
  type AdminBookingRig,
  AT,
  bookingOf,
  refusedFor,
  startAdminBookingRig,
  writeBooking,
} from './admin-booking-rig.ts';
import type { Answer } from './support/ask.ts';

let rig: AdminBookingRig;
beforeAll(async () => {
  rig = await startAdminBookingRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  await sql`truncate bookings, audit cascade`.execute(rig.db);
  rig.runs.asked.length = 0;
  rig.runs.starts.length = 0;
  rig.runs.away = false;
  rig.runs.onUpdate = async () => accepted;
});

const UNKNOWN = 'AAAAAAAAAAAAAAAAAAAAAA';
const SECRET = 'What was said <b>stays</b> here';

const row = (key: BookingKey) =>
  rig.db.selectFrom('bookings').selectAll().where('booking_key', '=', key).executeTakeFirstOrThrow();
const audited = () =>
  rig.db
    .selectFrom('audit')
    .select(['actor', 'tenant_id', 'action', 'subject', 'reason', 'details'])
    .orderBy('id')
    .execute();
const statusesOf = (answers: readonly Answer[]): number[] =>
  answers.map(({ status }) => status).toSorted((one, other) => one - other);
const errorOf = (answer: Answer): Record<string, unknown> =>
  answer.json?.['error'] as Record<string, unknown>;

/** As the run's own record would change it. */
const becomes =
  (status: 'scheduled' | 'completed' | 'cancelled') =>
  async (workflowId: string): Promise<BookingAnswer> => {
    await rig.db
      .updateTable('bookings')
      .set({ status, reason: status === 'cancelled' ? 'operator' : null, version: 2 })
      .where('workflow_id', '=', workflowId)
      .execute();
    return accepted;
  };

describe('GET /:id', () => {
  test('shows everything and marks nothing; its tag is strong and good for 304', async () => {
    const key = await writeBooking(rig.db, { meeting_notes: SECRET, appointment_uri: null });
    const before = await row(key);
    const answer = await rig.get(`${ADMIN}/${key}`);
    expect([answer.status, bookingOf(answer)]).toMatchObject([
      200,
      { _id: key, meetingNotes: SECRET, isRead: false },
    ]);
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    expect(await row(key)).toEqual(before);

    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await rig.get(`${ADMIN}/${key}`, { 'if-none-match': known });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    for (const unknown of ['"other"', '', 'nonsense', etag.slice(1, -1)])
      expect((await rig.get(`${ADMIN}/${key}`, { 'if-none-match': unknown })).status).toBe(200);
  });

  test('the tag is another one when anything that is shown is', async () => {
    const key = await writeBooking(rig.db);
    const tags = new Set<string | null>();
    for (const change of [{}, { is_read: true }, { status: 'scheduled' }, { meeting_notes: 'x' }] as const) {
      if (Object.keys(change).length > 0)
        await rig.db.updateTable('bookings').set(change).where('booking_key', '=', key).execute();
      tags.add((await rig.get(`${ADMIN}/${key}`)).headers.get('etag'));
    }
    expect(tags.size).toBe(4);
  });

  test('what is another tenant’s, deleted, a link’s or no id is not there', async () => {
    const foreign = await writeBooking(rig.db, { tenant_id: 2 });
    const deleted = await writeBooking(rig.db, { deleted_at: new Date(AT) });
    for (const id of [foreign, deleted, UNKNOWN, 'x', `${UNKNOWN}A`, '%00']) {
      const answer = await rig.get(`${ADMIN}/${id}`);
      expect([answer.status, errorOf(answer)['code']]).toEqual([404, 'not-found']);
    }
    expect((await rig.get(`${ADMIN}/${foreign}`, { authorization: 'Bearer stranger' })).status).toBe(200);
  });
});

describe('PUT', () => {
  const put = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    rig.send('PUT', ADMIN, body, headers);

  test('notes and the mark are kept as given, and audited without their words', async () => {
    const key = await writeBooking(rig.db);
    const meetingNotes = `${SECRET}\r\n\tsecond line 🎉`;
    const answer = await put({ _id: key, isRead: true, meetingNotes });
    expect([answer.status, answer.json?.['message'], bookingOf(answer)]).toMatchObject([
      200,
      'Booking updated',
      { _id: key, isRead: true, meetingNotes },
    ]);
    const read = await rig.get(`${ADMIN}/${key}`);
    expect(bookingOf(read)).toEqual(bookingOf(answer));
    expect(read.headers.get('etag')).toBe(answer.headers.get('etag'));
    expect(rig.runs.asked).toEqual([]);
    expect(await audited()).toEqual([
      {
        actor: 'user:7',
        tenant_id: 1,
        action: 'booking.changed',
        subject: key,
        reason: null,
        details: { isRead: true, meetingNotes: 'changed' },
      },
    ]);
    expect(bookingOf(await put({ _id: key, meetingNotes: null }))['meetingNotes']).toBeNull();
  });

  test('what changes nothing leaves no trace', async () => {
    const key = await writeBooking(rig.db, { meeting_notes: 'x' });
    const before = await row(key);
    for (const body of [{ _id: key }, { _id: key, isRead: false }, { _id: key, meetingNotes: 'x' }])
      expect((await put(body)).status).toBe(200);
    expect(await row(key)).toEqual(before);
    expect(await audited()).toEqual([]);
  });

  test('If-Match: with the tag of now it is done, with another nothing is', async () => {
    const key = await writeBooking(rig.db);
    const etag = (await rig.get(`${ADMIN}/${key}`)).headers.get('etag') ?? '';
    for (const stale of ['"other"', `W/${etag}`, '', etag.slice(1, -1)]) {
      const answer = await put({ _id: key, isRead: true, status: 'cancelled' }, { 'if-match': stale });
      expect([answer.status, errorOf(answer)['code']]).toEqual([412, 'precondition-failed']);
    }
    expect([(await row(key)).is_read, rig.runs.asked, await audited()]).toEqual([false, [], []]);
    expect((await put({ _id: key, isRead: true }, { 'if-match': `"other", ${etag}` })).status).toBe(200);
    expect((await put({ _id: key, isRead: false }, { 'if-match': etag })).status).toBe(412);
    expect((await put({ _id: key, isRead: false }, { 'if-match': '*' })).status).toBe(200);
  });

  test('of ten at once with the same tag one is done', async () => {
    const key = await writeBooking(rig.db);
    const etag = (await rig.get(`${ADMIN}/${key}`)).headers.get('etag') ?? '';
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        put({ _id: key, meetingNotes: `note ${n}` }, { 'if-match': etag }),
      ),
    );
    expect(statusesOf(answers)).toEqual([200, ...Array<number>(9).fill(412)]);
  });

  test('so it is where a run is asked for a status meanwhile', async () => {
    const key = await writeBooking(rig.db);
    const etag = (await rig.get(`${ADMIN}/${key}`)).headers.get('etag') ?? '';
    rig.runs.onUpdate = becomes('cancelled');
    const answers = await Promise.all(
      ['cancelled', 'cancelled', 'cancelled'].map((status, n) =>
        put({ _id: key, status, meetingNotes: `note ${n}` }, { 'if-match': etag }),
      ),
    );
    expect(statusesOf(answers)).toEqual([200, 412, 412]);
    expect(rig.runs.asked).toHaveLength(1);
  });

  test('one that waits for too long behind another is told so, and did nothing', async () => {
    const key = await writeBooking(rig.db);
    await rig.db.transaction().execute(async (trx) => {
      await lockUntilCommit(trx, `booking-change|${key}`);
      const answer = await put({ _id: key, isRead: true });
      expect([answer.status, errorOf(answer)]).toMatchObject([
        409,
        { code: 'refused', reason: 'change-running' },
      ]);
    });
    expect((await put({ _id: key, isRead: true })).status).toBe(200);
  });

  test('a status is the run’s to change; the whole booking is answered with its tag', async () => {
    const key = await writeBooking(rig.db);
    rig.runs.onUpdate = becomes('cancelled');
    const answer = await put({ _id: key, status: 'cancelled', isRead: true }, { 'idempotency-key': 'k-1' });
    expect([answer.status, bookingOf(answer)]).toMatchObject([
      200,
      { status: 'cancelled', reason: 'operator', isRead: true },
    ]);
    expect(answer.headers.get('idempotency-key')).toBe('k-1');
    expect((await rig.get(`${ADMIN}/${key}`)).headers.get('etag')).toBe(answer.headers.get('etag'));
    await put({ _id: key, status: 'cancelled' }, { 'idempotency-key': 'k-1' });
    await put({ _id: key, status: 'cancelled' });
    const [first, second, third] = rig.runs.asked;
    expect(first).toMatchObject({
      name: 'changeStatus',
      argument: { status: 'cancelled', appointment: null },
    });
    expect(second?.updateId).toBe(first?.updateId);
    expect(third?.updateId).not.toBe(first?.updateId);
    expect((await audited())[0]).toMatchObject({
      action: 'booking.changed',
      details: { status: 'cancelled', isRead: true },
    });
  });

  test('what the run does is waited for until it stands in the row', async () => {
    const key = await writeBooking(rig.db);
    rig.runs.onUpdate = async (workflowId) => {
      setTimeout(() => void becomes('cancelled')(workflowId), 150);
      return accepted;
    };
    expect(bookingOf(await put({ _id: key, status: 'cancelled' }))['status']).toBe('cancelled');
  });

  const refusals: readonly (readonly [string, BookingAnswer, number, object])[] = [
    [
      'impossible',
      refusedFor('impossible-transition', { allowed: ['scheduled', 'cancelled'] }),
      409,
      { code: 'refused', reason: 'impossible-transition', allowed: ['scheduled', 'cancelled'] },
    ],
    ['over', { kind: 'not-found' }, 409, { code: 'refused', reason: 'ended', allowed: [] }],
    ['unknown', { kind: 'unknown' }, 202, { code: 'outcome-unknown' }],
    ['silent', { kind: 'unavailable' }, 503, { code: 'engine-unavailable' }],
  ];
  test.each(refusals)('refused (%s), nothing is changed', async (_name, answered, status, error) => {
    const key = await writeBooking(rig.db);
    const before = await row(key);
    rig.runs.onUpdate = async () => answered;
    const answer = await put({ _id: key, status: 'completed', isRead: true, meetingNotes: 'x' });
    expect([answer.status, errorOf(answer)]).toMatchObject([status, error]);
    expect(await row(key)).toEqual(before);
  });

  test('one that the provider kept is cancelled all the same, and says so', async () => {
    const key = await writeBooking(rig.db);
    rig.runs.onUpdate = async (workflowId) => {
      await becomes('cancelled')(workflowId);
      return refusedFor('provider-failed');
    };
    const answer = await put({ _id: key, status: 'cancelled', isRead: true });
    expect([answer.status, errorOf(answer)]).toMatchObject([
      502,
      { code: 'vendor-rejected', reason: 'provider-failed' },
    ]);
    expect(await row(key)).toMatchObject({ status: 'cancelled', is_read: true });
    expect((await audited())[0]).toMatchObject({ action: 'booking.changed', reason: 'provider-failed' });
  });

  test('of one that has ended the row is the truth', async () => {
    const key = await writeBooking(rig.db, { start_state: 'ended', status: 'completed' });
    expect((await put({ _id: key, status: 'completed', isRead: true })).status).toBe(200);
    const answer = await put({ _id: key, status: 'pending', isRead: false });
    expect([answer.status, errorOf(answer)]).toMatchObject([
      409,
      { code: 'refused', reason: 'impossible-transition', allowed: [] },
    ]);
    expect((await row(key)).is_read).toBe(true);
    expect(rig.runs.asked).toEqual([]);
  });

  test('one that was never started is started first, or not now', async () => {
    const key = await writeBooking(rig.db, { start_state: 'intended' });
    rig.runs.away = true;
    expect((await put({ _id: key, status: 'cancelled', isRead: true })).status).toBe(503);
    expect(await row(key)).toMatchObject({ start_state: 'intended', is_read: false });
    rig.runs.away = false;
    rig.runs.onUpdate = becomes('cancelled');
    expect((await put({ _id: key, status: 'cancelled' })).status).toBe(200);
    expect(rig.runs.starts).toEqual([key]);
  });

  const good = { _id: UNKNOWN };
  test.each([
    ['no id', { isRead: true }, 400],
    ['an id that is no text', { _id: 7 }, 400],
    ['an unknown id', good, 404],
    ['an id that is none', { _id: 'x' }, 404],
    ['an unknown field', { ...good, email: 'x@y.example' }, 400],
    ['a status that is none', { ...good, status: 'done' }, 400],
    ['null for a status', { ...good, status: null }, 400],
    ['a text for a mark', { ...good, isRead: 'true' }, 400],
    ['notes that are too long', { ...good, meetingNotes: 'x'.repeat(10_001) }, 400],
    ['notes with NUL', { ...good, meetingNotes: 'a\u0000b' }, 400],
    ['notes with half a character', { ...good, meetingNotes: 'a\ud800' }, 400],
    ['a list', [], 400],
    ['no JSON', '{', 400],
    ['no object', 'null', 400],
  ])('refuses %s', async (_name, body, status) => {
    const answer = await put(body);
    expect([answer.status, answer.json?.['success'], answer.json?.['results']]).toEqual([
      status,
      false,
      null,
    ]);
    expect(errorOf(answer)['code']).toBe(status === 404 ? 'not-found' : 'invalid-request');
  });

  test('takes the longest notes, and refuses another tenant’s booking', async () => {
    const key = await writeBooking(rig.db);
    expect((await put({ _id: key, meetingNotes: '\n'.repeat(10_000) })).status).toBe(200);
    expect((await put({ _id: key, isRead: true }, { authorization: 'Bearer stranger' })).status).toBe(404);
    expect((await put({ _id: key, isRead: true }, { 'idempotency-key': 'ä' })).status).toBe(400);
  });
});

describe('POST /:id/cancel', () => {
  const cancel = (key: string, body: unknown = { reason: 'Client asked' }, headers = {}): Promise<Answer> =>
    rig.send('POST', `${ADMIN}/${key}/cancel`, body, headers);

  test('keeps the reason before the run is asked, and is done when the run is', async () => {
    const key = await writeBooking(rig.db, { status: 'scheduled' });
    let known: string | null = null;
    rig.runs.onUpdate = async (workflowId) => {
      known = (await row(key)).cancel_reason;
      return becomes('cancelled')(workflowId);
    };
    const answer = await cancel(key, { reason: 'Client asked <b>' }, { 'idempotency-key': 'k-1' });
    expect(known).toBe('Client asked <b>');
    expect([answer.status, answer.json?.['message'], bookingOf(answer)]).toMatchObject([
      200,
      'Booking cancelled',
      { status: 'cancelled', reason: 'operator', cancelReason: 'Client asked <b>' },
    ]);
    expect(answer.headers.get('idempotency-key')).toBe('k-1');
    expect(rig.runs.asked).toMatchObject([{ name: 'cancel', argument: {} }]);
    expect(await audited()).toEqual([
      expect.objectContaining({ action: 'booking.cancelled', subject: key, reason: null, details: null }),
    ]);
  });

  test('the same key is the same Update; without one each request is its own', async () => {
    const key = await writeBooking(rig.db);
    rig.runs.onUpdate = async () => ({ kind: 'unknown' });
    for (const headers of [{ 'idempotency-key': 'k' }, { 'idempotency-key': 'k' }, {}, {}]) {
      const answer = await cancel(key, undefined, headers);
      expect([answer.status, errorOf(answer)['code']]).toEqual([202, 'outcome-unknown']);
      expect(answer.headers.get('idempotency-key')).toBeTruthy();
    }
    const ids = rig.runs.asked.map(({ updateId }) => updateId);
    expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 3]);
    // It may have been heard: then Calendly is to be told why.
    expect((await row(key)).cancel_reason).toBe('Client asked');
  });

  test.each([
    [refusedFor('impossible-transition', { allowed: [] }), 409, 'refused', null],
    [{ kind: 'not-found' } as const, 409, 'refused', null],
    [{ kind: 'unavailable' } as const, 503, 'engine-unavailable', null],
    [refusedFor('provider-failed'), 502, 'vendor-rejected', 'Client asked'],
  ])('%j is %i %s', async (answered, status, code, reason) => {
    const key = await writeBooking(rig.db, { status: 'scheduled' });
    rig.runs.onUpdate = async () => answered;
    const answer = await cancel(key);
    expect([answer.status, errorOf(answer)['code']]).toEqual([status, code]);
    expect((await row(key)).cancel_reason).toBe(reason);
  });

  test('one that is over is refused; one that an operator gave up is done', async () => {
    const completed = await writeBooking(rig.db, { start_state: 'ended', status: 'completed' });
    const answer = await cancel(completed);
    expect([answer.status, errorOf(answer)]).toMatchObject([409, { reason: 'ended', allowed: [] }]);
    const given = { start_state: 'ended', status: 'cancelled', reason: 'operator', cancel_reason: 'first' };
    const before = await writeBooking(rig.db, given);
    expect(bookingOf(await cancel(before))).toMatchObject({ cancelReason: 'first' });
    expect(rig.runs.asked).toEqual([]);
  });

  test('one that was never started is started first, or not now', async () => {
    const key = await writeBooking(rig.db, { start_state: 'intended' });
    rig.runs.away = true;
    const answer = await cancel(key);
    expect([answer.status, errorOf(answer)['code']]).toEqual([503, 'engine-unavailable']);
    expect((await row(key)).cancel_reason).toBeNull();
    rig.runs.away = false;
    rig.runs.onUpdate = becomes('cancelled');
    expect((await cancel(key)).status).toBe(200);
    expect(rig.runs.starts).toEqual([key]);
  });

  test.each([
    ['no reason', {}],
    ['an empty one', { reason: ' ' }],
    ['one that is too long', { reason: 'x'.repeat(501) }],
    ['one that is no text', { reason: 7 }],
    ['something else', { reason: 'x', refund: true }],
  ])('refuses %s', async (_name, body) => {
    const key = await writeBooking(rig.db);
    expect((await cancel(key, body)).status).toBe(400);
    expect(rig.runs.asked).toEqual([]);
  });

  test('of another tenant there is nothing to cancel', async () => {
    const key = await writeBooking(rig.db, { tenant_id: 2 });
    expect((await cancel(key)).status).toBe(404);
    expect((await cancel('x')).status).toBe(404);
    expect((await row(key)).cancel_reason).toBeNull();
  });
});

describe('the rest of the contract', () => {
  test.each([
    ['POST', ADMIN],
    ['PUT', `${ADMIN}/${UNKNOWN}`],
    ['DELETE', ADMIN],
    ['DELETE', `${ADMIN}/${UNKNOWN}/cancel`],
  ] as const)('%s %s is no method of that path', async (method, path) => {
    const answer = await rig.send(method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toMatch(/[A-Z]/);
  });

  test('a body that is no JSON, by its type', async () => {
    const answer = await rig.send('PUT', ADMIN, 'a=1', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect([answer.status, errorOf(answer)['code']]).toEqual([415, 'unsupported-media-type']);
  });

  test('callers who are no admins', async () => {
    const key = await writeBooking(rig.db);
    for (const [method, path, body] of [
      ['PUT', ADMIN, { _id: key, isRead: true }],
      ['POST', `${ADMIN}/${key}/cancel`, { reason: 'x' }],
      ['DELETE', `${ADMIN}/${key}`, undefined],
    ] as const) {
      for (const [authorization, status] of [
        ['Bearer nobody', 401],
        ['Bearer tenant', 403],
        ['Bearer service', 403],
      ] as const)
        expect((await rig.send(method, path, body, { authorization })).status).toBe(status);
    }
    expect(await row(key)).toMatchObject({ is_read: false, deleted_at: null });
  });

  test('no log line has what a visitor or an admin wrote', () => {
    const text = rig.lines.join('');
    expect(text).toContain(ADMIN);
    for (const secret of [SECRET, 'john@acme.example', 'Client asked', 'note 3'])
      expect(text).not.toContain(secret);
  });
});
