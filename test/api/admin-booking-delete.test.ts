import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { BookingAnswer } from '../../api/booking/starts.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import {
  accepted,
  ADMIN,
  type AdminBookingRig,
  AT,
  refusedFor,
  resultOf,
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
  rig.runs.away = false;
  rig.runs.onUpdate = async () => accepted;
});

const UNKNOWN = 'AAAAAAAAAAAAAAAAAAAAAA';
const row = (key: BookingKey) =>
  rig.db.selectFrom('bookings').selectAll().where('booking_key', '=', key).executeTakeFirstOrThrow();
const remove = (ids: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  rig.send('DELETE', `${ADMIN}/${ids}`, undefined, headers);
const outcomesOf = (answer: Answer): unknown[] => resultOf(answer, 'outcomes') as unknown[];
const audited = () =>
  rig.db.selectFrom('audit').select(['action', 'subject', 'reason']).orderBy('id').execute();

test('a live one is cancelled first, then it is out of sight and what its visitor gave is gone', async () => {
  const key = await writeBooking(rig.db, {
    status: 'scheduled',
    starts_at: new Date(AT),
    booking_url: 'https://calendly.example/d/1?name=John&email=john%40acme.example',
    meeting_notes: 'He was polite',
    cancel_reason: 'John asked',
  });
  rig.runs.onUpdate = async () => {
    expect(await row(key)).toMatchObject({ deleted_at: null, email: 'john@acme.example' });
    return accepted;
  };
  const answer = await remove(key);
  expect([answer.status, outcomesOf(answer)]).toEqual([200, [{ _id: key, outcome: 'deleted' }]]);
  expect(rig.runs.asked).toMatchObject([{ name: 'cancel', argument: {} }]);
  const left = await row(key);
  expect(left).toMatchObject({
    deleted_at: expect.any(Date),
    first_name: '',
    email: '',
    phone_code: null,
    phone_number: null,
    meeting_notes: null,
    cancel_reason: null,
    booking_url: null,
    start_state: 'started',
  });
  const text = JSON.stringify(left).replaceAll(key, '').toLowerCase();
  for (const given of ['john', 'doe', 'acme', 'ceo', '555', 'polite']) expect(text).not.toContain(given);
  expect((await rig.get(`${ADMIN}/${key}`)).status).toBe(404);
  expect(outcomesOf(await remove(key))).toEqual([{ _id: key, outcome: 'not-found' }]);
  expect(await audited()).toEqual([{ action: 'booking.deleted', subject: key, reason: null }]);
});

test('each id’s outcome is told once, in the order given; 207 when some are still there', async () => {
  const [good = '', silent = '', kept = '', slow = ''] = await Promise.all(
    Array.from({ length: 4 }, () => writeBooking(rig.db)),
  );
  const foreign = await writeBooking(rig.db, { tenant_id: 2 });
  const answers: Readonly<Record<string, BookingAnswer>> = {
    [silent]: { kind: 'unavailable' },
    [kept]: refusedFor('provider-failed'),
    [slow]: { kind: 'unknown' },
  };
  rig.runs.onUpdate = async (workflowId) => answers[workflowId.replace('booking-', '')] ?? accepted;
  const answer = await remove([UNKNOWN, good, 'x', silent, kept, foreign, slow, good].join(','));
  expect(answer.status).toBe(207);
  expect(answer.json?.['message']).toBe('3 of 7 bookings were not deleted');
  expect(outcomesOf(answer)).toEqual([
    { _id: UNKNOWN, outcome: 'not-found' },
    { _id: good, outcome: 'deleted' },
    { _id: 'x', outcome: 'not-found' },
    { _id: silent, outcome: 'failed', code: 'engine-unavailable' },
    { _id: kept, outcome: 'failed', code: 'vendor-rejected' },
    { _id: foreign, outcome: 'not-found' },
    { _id: slow, outcome: 'failed', code: 'outcome-unknown' },
  ]);
  for (const key of [silent, kept, slow, foreign])
    expect(await row(key as BookingKey)).toMatchObject({ deleted_at: null, first_name: 'John' });
});

test.each([
  ['has ended', { start_state: 'ended', status: 'completed' }, accepted, 0],
  ['took place', { status: 'completed' }, refusedFor('impossible-transition'), 1],
  ['has no run any more', { status: 'scheduled' }, { kind: 'not-found' } as const, 1],
])('one that %s has nothing to be cancelled', async (_name, given, answered, asked) => {
  const key = await writeBooking(rig.db, given);
  rig.runs.onUpdate = async () => answered;
  expect((await remove(key)).status).toBe(200);
  expect(rig.runs.asked).toHaveLength(asked);
  expect((await row(key)).deleted_at).not.toBeNull();
});

describe('one that was never started', () => {
  test('gets no run any more', async () => {
    const key = await writeBooking(rig.db, { start_state: 'intended' });
    rig.runs.onUpdate = async () => ({ kind: 'not-found' });
    expect((await remove(key)).status).toBe(200);
    expect(await row(key)).toMatchObject({ start_state: 'ended', status: 'cancelled', reason: 'operator' });
  });

  test('stays while Temporal cannot say so', async () => {
    const key = await writeBooking(rig.db, { start_state: 'intended' });
    rig.runs.away = true;
    expect(outcomesOf(await remove(key))).toEqual([
      { _id: key, outcome: 'failed', code: 'engine-unavailable' },
    ]);
    expect(await row(key)).toMatchObject({ start_state: 'intended', deleted_at: null });
  });

  test('stays when it was started meanwhile', async () => {
    const key = await writeBooking(rig.db, { start_state: 'intended' });
    rig.runs.onUpdate = async () => {
      await rig.db
        .updateTable('bookings')
        .set({ start_state: 'started' })
        .where('booking_key', '=', key)
        .execute();
      return { kind: 'not-found' };
    };
    expect(outcomesOf(await remove(key))).toEqual([{ _id: key, outcome: 'failed', code: 'outcome-unknown' }]);
    expect((await row(key)).deleted_at).toBeNull();
  });
});

test('a hundred are asked ten at a time, and a repeat with the same key asks the same', async () => {
  const keys: BookingKey[] = [];
  for (let n = 0; n < 100; n += 1) keys.push(await writeBooking(rig.db));
  let under = 0;
  let most = 0;
  const goOn: (() => void)[] = [];
  rig.runs.onUpdate = async () => {
    under += 1;
    most = Math.max(most, under);
    // Ten wait for each other, however slowly they come, and a moment longer for one too many.
    const released = new Promise<void>((resolve) => goOn.push(resolve));
    if (goOn.length === 10) {
      await delay(2);
      for (const release of goOn.splice(0)) release();
    }
    await released;
    under -= 1;
    return { kind: 'unavailable' };
  };
  const first = await remove(keys.join(','), { 'idempotency-key': 'k' });
  const ids = rig.runs.asked.splice(0).map(({ updateId }) => updateId);
  await remove(keys.join('%2C'), { 'idempotency-key': 'k' });
  expect(outcomesOf(first).map((one) => (one as { _id: string })._id)).toEqual(keys);
  expect([most, new Set(ids).size]).toEqual([10, 100]);
  expect(rig.runs.asked.map(({ updateId }) => updateId).toSorted()).toEqual(ids.toSorted());
  expect((await remove([...keys, UNKNOWN].join(','))).status).toBe(400);
});

test.each([',', `${UNKNOWN},`, `,${UNKNOWN}`, '%20'])('"%s" names no bookings', async (ids) => {
  expect((await remove(ids)).status).toBe(400);
  expect(rig.runs.asked).toEqual([]);
});
