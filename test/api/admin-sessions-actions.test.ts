import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Attention } from '../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import type { Answer } from './support/ask.ts';
import { changeSession, copySession, publishGate } from './support/rows.ts';
import { runUrl, type SessionAdminRig, startSessionAdmin } from './support/session-admin-rig.ts';
import { viewOf } from './support/session-view.ts';
import { gateOf, HOUR, KEY, NOW } from './support/values.ts';

const PATH = '/api/v1/admin/sessions';
let rig: SessionAdminRig;
let keys: readonly SessionKey[];

beforeAll(async () => {
  rig = await startSessionAdmin();
  const made: SessionKey[] = [];
  for (let n = 1; n <= 5; n += 1)
    made.push(await copySession(rig.db, n, { phase: 'locked', intended_at: new Date(NOW + n * HOUR) }));
  // Newest first, like every list.
  keys = made.toReversed();
});
afterAll(() => rig.close());
beforeEach(async () => {
  const { db, engine } = rig;
  engine.updateAnswer = { kind: 'answer', verdict: { accepted: true, next: 'none' } };
  engine.viewAnswer = { kind: 'unavailable', why: 'stub' };
  engine.asked.updates.length = 0;
  rig.revoked.length = 0;
  await db.deleteFrom('audit').execute();
  await db.deleteFrom('gates').execute();
  await db.deleteFrom('idempotency_keys').execute();
  await db.updateTable('sessions').set({ phase: 'locked' }).where('session_key', 'in', keys).execute();
  await changeSession(db, { start_state: 'started' });
});

const audit = () => rig.db.selectFrom('audit').selectAll().orderBy('id').execute();
const about = (action: string): string => `${PATH}/${KEY}/${action}`;
const under = (key: string) => ({ 'idempotency-key': key });

describe('refund/decision', () => {
  test('is decided when the gate is over, audited, and refused once the run has ended', async () => {
    await publishGate(rig.db, gateOf({ state: 'over' }));
    const answer = await rig.post(about('refund/decision'), { approve: true, reason: 'Ill' }, under('k-1'));
    expect([answer.status, answer.json]).toEqual([200, { state: 'done', run_url: runUrl(KEY) }]);
    expect(rig.engine.asked.updates).toMatchObject([{ name: 'decideRefund', argument: { approve: true } }]);
    const verdict = { accepted: false, reason: 'no-refund-to-decide', at: null } as const;
    rig.engine.updateAnswer = { kind: 'answer', verdict };
    expect((await rig.post(about('refund/decision'), { approve: false })).json).toMatchObject({
      status: 409,
      reason: 'no-refund-to-decide',
    });
    expect((await audit()).map(({ action, reason, details }) => [action, reason, details])).toMatchObject([
      ['refund.decided', null, { decision: 'approved', reason: 'Ill' }],
      ['refund.decide-refused', 'no-refund-to-decide', { decision: 'declined' }],
    ]);
    await changeSession(rig.db, { start_state: 'ended' });
    expect((await rig.post(about('refund/decision'), { approve: true })).status).toBe(410);
  });

  test.each([[{}], [{ approve: 'yes' }]])('%j is refused', async (body) => {
    expect((await rig.post(about('refund/decision'), body)).status).toBe(400);
    expect(rig.engine.asked.updates).toEqual([]);
  });
});

describe.each([
  [
    'cancel',
    { refund: 'none' },
    'cancel',
    { by: 'operator', refund: 'none' },
    'session.cancel',
    'led',
    { refund: 'none' },
  ],
  [
    'cancel',
    undefined,
    'cancel',
    { by: 'operator', refund: 'policy' },
    'session.cancel',
    'led',
    { refund: 'policy' },
  ],
  [
    'late-change/decide',
    { approve: false },
    'decideLateChange',
    { by: 'operator', approve: false },
    'late-change.decide',
    'd',
    { decision: 'declined' },
  ],
  [
    'cutoff',
    { cutoff: 'PT90M' },
    'moveCutoff',
    { cutoffMs: 5_400_000 },
    'cutoff.grant',
    'ed',
    { cutoffMs: '5400000' },
  ],
  ['mail/resend', undefined, 'resendLink', {}, 'link.mail', 'ed-again', {}],
] as const)('%s %j', (path, body, name, argument, action, ed, details) => {
  test('is an Update in the caller’s name, audited, with the way to the run', async () => {
    const answer = await rig.post(about(path), { ...body, reason: 'By phone' }, under('k-1'));
    expect([answer.status, answer.json]).toEqual([200, { state: 'done', run_url: runUrl(KEY) }]);
    expect(answer.headers.get('idempotency-key')).toBe('k-1');
    expect(rig.engine.asked.updates).toEqual([
      { key: KEY, name, argument, updateId: expect.stringMatching(/^[\w-]{43}$/), by: 'user:7' },
    ]);
    const [entry, ...others] = await audit();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      actor: 'user:7',
      action: `${action}${ed}`,
      subject: KEY,
      reason: null,
      details: { ...details, reason: 'By phone' },
    });
    expect(JSON.stringify(rig.engine.asked.updates)).not.toContain('phone');
  });

  test('the same key is the same Update', async () => {
    for (const key of ['a', 'a', 'b']) await rig.post(about(path), body, under(key));
    const [first, second, third] = rig.engine.asked.updates.map(({ updateId }) => updateId);
    expect([second === first, third === first]).toEqual([true, false]);
  });

  test('refused by the rules, not known, and nobody there', async () => {
    const verdict = { accepted: false, reason: 'already-granted', at: NOW } as const;
    rig.engine.updateAnswer = { kind: 'answer', verdict };
    expect((await rig.post(about(path), body)).json).toMatchObject({
      status: 409,
      code: 'refused',
      reason: 'already-granted',
      at: new Date(NOW).toISOString(),
    });
    rig.engine.updateAnswer = { kind: 'unknown' };
    expect((await rig.post(about(path), body)).status).toBe(202);
    rig.engine.updateAnswer = { kind: 'unavailable', why: 'stub' };
    expect((await rig.post(about(path), body)).status).toBe(503);
    expect((await audit()).map((row) => [row.action, row.reason])).toEqual([
      [`${action}-refused`, 'already-granted'],
      [`${action}-unknown`, null],
    ]);
  });

  test('over: 410', async () => {
    await publishGate(rig.db, gateOf({ state: 'over' }));
    expect((await rig.post(about(path), body)).json).toMatchObject({ status: 410, code: 'session-over' });
    expect([rig.engine.asked.updates, await audit()]).toEqual([[], []]);
  });

  test('over by then: a repeat is answered like the first, and does nothing', async () => {
    const first = await rig.post(about(path), body, under('the-last'));
    await publishGate(rig.db, gateOf({ state: 'over' }));
    const again = await rig.post(about(path), body, under('the-last'));
    expect([again.status, again.json]).toEqual([first.status, first.json]);
    expect([rig.engine.asked.updates.length, (await audit()).length]).toEqual([1, 1]);
  });
});

test.each(['access/revoke', 'link/revoke'])('%s over by then: the same', async (path) => {
  const first = await rig.post(about(path), undefined, under('revoked'));
  await publishGate(rig.db, gateOf({ state: 'over' }));
  const again = await rig.post(about(path), undefined, under('revoked'));
  expect([again.status, again.json]).toEqual([200, first.json]);
  expect(rig.revoked).toHaveLength(1);
});

test('a caller without a user: as much of the subject as tells two apart', async () => {
  await rig.post(about('mail/resend'), undefined, { authorization: 'Bearer software' });
  expect(rig.engine.asked.updates[0]?.by).toMatch(/^admin:[0-9a-f]{8}$/);
  expect((await audit())[0]?.actor).toBe('admin:robot');
});

test.each([
  ['cancel', { refund: 'half' }, 'refund: must be policy, full or none'],
  ['late-change/decide', {}, 'approve: must be true or false'],
  ['late-change/decide', undefined, 'the body must be a JSON object'],
  ['cutoff', { cutoff: 'soon' }, /^cutoff: must be an ISO 8601 duration/],
  ['cutoff', { cutoff: 90 }, /^cutoff: must be an ISO 8601 duration/],
  ['steps/retry', {}, /^step: must be the id of a step/],
  ['steps/skip', { step: 'a b' }, /^step: must be the id of a step/],
  ['mail/resend', { to: 'x' }, 'to: is not a field of this request'],
])('%s %j is refused', async (path, body, detail) => {
  const answer = await rig.post(about(path), body);
  expect(answer.json).toMatchObject({ status: 400, code: 'invalid-request' });
  expect(answer.json?.['detail']).toEqual(
    typeof detail === 'string' ? detail : expect.stringMatching(detail),
  );
  expect(rig.engine.asked.updates).toEqual([]);
});

const failedAt = (...steps: readonly (string | null)[]): void => {
  const attention = steps.map(
    (step): Attention => ({ step, code: 'vendor-unavailable', since: NOW as Instant, requestId: null }),
  );
  rig.engine.viewAnswer = { kind: 'answer', value: viewOf({ attention }) };
};

describe.each([
  ['steps/retry', 'retryStep', 'step.retried'],
  ['steps/skip', 'skipStep', 'step.skipped'],
] as const)('%s', (path, name, action) => {
  const asked = () => rig.engine.asked.updates.map((update) => [update.name, update.argument] as const);

  test('a step by its id; every failed one of its kind; one that the workflow alone knows', async () => {
    failedAt('write-ticket:1', 'write-ticket:2', 'write-ticket-later:3', null);
    await rig.post(about(path), { step: 'write-ticket:2' });
    await rig.post(about(path), { step: 'write-ticket' });
    await rig.post(about(path), { step: 'start-in-the-past' });
    expect(asked()).toEqual([
      [name, { step: 'write-ticket:2' }],
      [name, { step: 'write-ticket:1' }],
      [name, { step: 'write-ticket:2' }],
      [name, { step: 'start-in-the-past' }],
    ]);
    expect((await audit()).map((row) => [row.action, row.details?.['step']])).toEqual([
      [action, 'write-ticket:2'],
      [action, 'write-ticket:1'],
      [action, 'write-ticket:2'],
      [action, 'start-in-the-past'],
    ]);
  });

  test('a repeat, when the step is not there any more, is answered like the first', async () => {
    failedAt('refund');
    await rig.post(about(path), { step: 'refund' }, under('once'));
    failedAt();
    const again = await rig.post(about(path), { step: 'refund' }, under('once'));
    expect([again.status, asked()]).toEqual([200, [[name, { step: 'refund' }]]]);
    await rig.post(about(path), { step: 'refund' }, under('another'));
    expect(asked()).toHaveLength(2);
  });

  test('is there for what closes a session too, until the run has ended', async () => {
    failedAt('delete-route');
    await publishGate(rig.db, gateOf({ state: 'over' }));
    expect((await rig.post(about(path), { step: 'delete-route' })).status).toBe(200);
    await changeSession(rig.db, { start_state: 'ended' });
    expect((await rig.post(about(path), { step: 'delete-route' })).status).toBe(410);
  });

  test('nobody can say what failed: 503', async () => {
    expect((await rig.post(about(path), { step: 'refund' })).status).toBe(503);
    expect(asked()).toEqual([]);
  });
});

describe('in bulk', () => {
  const bulk = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    rig.post(`${PATH}/bulk`, { filter: { phase: 'locked' }, ...body }, headers);
  const resultsOf = (answer: Answer) => answer.json?.['results'] as Record<string, unknown>[];
  const askedOf = () => rig.engine.asked.updates.map(({ key }) => key);

  test('page by page; each with what became of it', async () => {
    const first = await bulk({ action: 'cancel', arguments: { refund: 'full' }, limit: 3, reason: 'Fire' });
    expect([first.status, first.json?.['matched_page']]).toEqual([200, 3]);
    expect(resultsOf(first)).toEqual(
      keys.slice(0, 3).map((id) => ({ id, state: 'done', run_url: runUrl(id) })),
    );
    rig.engine.updateAnswer = { kind: 'answer', verdict: { accepted: false, reason: 'settling', at: null } };
    const cursor = first.json?.['next_cursor'];
    const second = await bulk({ action: 'cancel', cursor, limit: 3 });
    expect(resultsOf(second)).toEqual(
      keys
        .slice(3)
        .map((id) => ({ id, state: 'refused', code: 'refused', reason: 'settling', run_url: runUrl(id) })),
    );
    expect(second.json?.['next_cursor']).toBeNull();
    expect(askedOf().toSorted()).toEqual(keys.toSorted());
    expect(rig.engine.asked.updates[0]?.argument).toEqual({ by: 'operator', refund: 'full' });
    const written = await audit();
    expect(written.map((row) => row.subject).toSorted()).toEqual(keys.toSorted());
    expect(written.filter((row) => row.details?.['reason'] === 'Fire')).toHaveLength(3);
  });

  test('the same key and cursor again: the same page, the same Updates, whoever fits by then', async () => {
    const asked = { action: 'cancel', limit: 2 };
    const first = await bulk(asked, under('lost'));
    const ids = rig.engine.asked.updates.map(({ updateId }) => updateId);
    await rig.db
      .updateTable('sessions')
      .set({ phase: 'ended' })
      .where('session_key', 'in', keys.slice(0, 2))
      .execute();
    const again = await bulk(asked, under('lost'));
    expect(again.json).toEqual(first.json);
    // Those of one page are sent beside each other, in no order.
    const repeated = rig.engine.asked.updates.slice(2).map(({ updateId }) => updateId);
    expect(repeated.toSorted()).toEqual(ids.toSorted());
    expect(new Set(askedOf())).toEqual(new Set(keys.slice(0, 2)));
    const other = await bulk({ ...asked, action: 'mail/resend' }, under('lost'));
    expect(other.json).toMatchObject({ status: 422, code: 'key-reused' });
    expect(rig.engine.asked.updates).toHaveLength(4);
    const next = await bulk({ ...asked, cursor: first.json?.['next_cursor'] }, under('lost'));
    expect(resultsOf(next).map(({ id }) => id)).toEqual(keys.slice(2, 4));
  });

  test('a dry run names the sessions and does nothing', async () => {
    const answer = await bulk({ action: 'access/revoke', dry_run: true }, under('dry'));
    expect(resultsOf(answer).map(({ id, state }) => [id, state])).toEqual(keys.map((id) => [id, 'planned']));
    expect([rig.engine.asked.updates, rig.revoked, await audit()]).toEqual([[], [], []]);
    expect((await bulk({ action: 'access/revoke' }, under('dry'))).status).toBe(200);
    expect(rig.revoked).toHaveLength(5);
  });

  test('nobody answers: the rest of the page is left alone', async () => {
    const many = await Promise.all(
      Array.from({ length: 10 }, (_, n) => copySession(rig.db, 100 + n, { phase: 'settling' })),
    );
    rig.engine.updateAnswer = { kind: 'unknown' };
    const answer = await bulk({ action: 'mail/resend', filter: { phase: 'settling' } });
    expect(rig.engine.asked.updates).toHaveLength(8);
    expect(resultsOf(answer).map(({ code }) => code)).toEqual([
      ...Array.from({ length: 8 }, () => 'outcome-unknown'),
      'engine-unavailable',
      'engine-unavailable',
    ]);
    expect(answer.json?.['matched_page']).toBe(many.length);
  });

  test.each([
    ['late-change/decide', { approve: true }],
    ['cutoff', { cutoff: 'PT1H' }],
    ['link/reissue', undefined],
    ['access/restore', undefined],
    ['mail/resend', undefined],
  ])('%s', async (action, given) => {
    const answer = await bulk({ action, ...(given === undefined ? {} : { arguments: given }) });
    expect(resultsOf(answer).map(({ state }) => state)).toEqual(keys.map(() => 'done'));
    expect(askedOf().toSorted()).toEqual(keys.toSorted());
  });

  test('a failed step of each', async () => {
    failedAt('write-ticket:7');
    await bulk({ action: 'steps/retry', arguments: { step: 'write-ticket' } });
    expect(rig.engine.asked.updates.map(({ argument }) => argument)).toEqual(
      keys.map(() => ({ step: 'write-ticket:7' })),
    );
  });

  test.each([
    [{ action: 'cancel', filter: {} }, 'filter: must have at least one condition'],
    [{ action: 'cancel', filter: undefined }, /^filter/],
    [{ action: 'cancel', filter: { phase: 'locked', state: 'x' } }, 'state: is not a field of this request'],
    [{ action: 'email', arguments: { email: 'a@example.com' } }, /^action: must be one of/],
    [{ action: 'cutoff' }, /^arguments: cutoff: must be/],
    [{ action: 'cancel', arguments: { other: 1 } }, 'arguments: other: is not a field of this request'],
    [{ action: 'cancel', limit: 101 }, 'limit: must be a whole number from 1 to 100'],
    [{ action: 'cancel', cursor: 'x' }, 'cursor: must be the next_cursor of a page'],
  ])('%j is refused', async (body, detail) => {
    const answer = await bulk(body);
    expect(answer.json).toMatchObject({ status: 400, code: 'invalid-request' });
    expect(answer.json?.['detail']).toEqual(
      typeof detail === 'string' ? detail : expect.stringMatching(detail),
    );
    expect([rig.engine.asked.updates, rig.revoked, await audit()]).toEqual([[], [], []]);
  });

  test('reaches the caller’s own tenant alone, and is an admin’s', async () => {
    const theirs = await bulk({ action: 'cancel' }, { authorization: 'Bearer stranger' });
    expect([theirs.status, resultsOf(theirs)]).toEqual([200, []]);
    expect((await bulk({ action: 'cancel' }, { authorization: 'Bearer tenant' })).status).toBe(403);
    expect(rig.engine.asked.updates).toEqual([]);
  });
});
