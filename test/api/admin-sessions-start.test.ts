import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { claimIntended, sessionByKey } from '../../db/queries/sessions.ts';
import { PAID_ELSEWHERE } from '../../platform/paid-elsewhere.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Answer } from './support/ask.ts';
import { runUrl, type SessionAdminRig, startSessionAdmin } from './support/session-admin-rig.ts';
import { after, HOUR, KEY, NOW } from './support/values.ts';

const PATH = '/api/v1/admin/sessions';
let rig: SessionAdminRig;
let keys = 0;

beforeAll(async () => {
  rig = await startSessionAdmin();
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.started.length = 0;
  rig.temporalIsAway = false;
  rig.now = NOW;
});

const order = {
  client: { email: 'Grace@Example.com', first_name: 'Grace', last_name: 'Hopper', language: 'en-US' },
  product: 'Compilers, an hour',
  duration: 'PT1H',
  amount: '120.50',
  currency: 'USD',
  payment_reference: 'Invoice 7',
};
const start = (body: object, key = `key-${++keys}`, headers: Record<string, string> = {}) =>
  rig.post(PATH, body, { 'idempotency-key': key, ...headers });
const idOf = (answer: Answer) => answer.json?.['id'] as SessionKey;
const rowOf = async (answer: Answer) => {
  const row = await sessionByKey(rig.db, idOf(answer));
  if (row === undefined) throw new Error('no such session');
  return row;
};
const count = async () => (await rig.db.selectFrom('sessions').select('session_key').execute()).length;

describe('a session that was paid elsewhere', () => {
  test('is written down like one of a shop, and started', async () => {
    const answer = await start(order, 'the-first');
    const id = idOf(answer);
    expect([answer.status, answer.json]).toEqual([201, { id, state: 'started', run_url: runUrl(id) }]);
    expect(answer.headers.get('location')).toBe(`${PATH}/${id}`);
    expect(answer.headers.get('idempotency-key')).toBe('the-first');
    expect(rig.started).toEqual([id]);
    const row = await rowOf(answer);
    expect(row).toMatchObject({
      tenant_id: rig.rows.tenantId,
      saleor_domain: PAID_ELSEWHERE,
      start_state: 'started',
      workflow_id: `session-${id}`,
      product_name: 'Compilers, an hour',
      amount: '120.50',
      currency: 'USD',
      event_type: 'usual',
      time_zone: 'Europe/Berlin',
      language: 'en-us',
      starts_at: null,
      resource: null,
      needs_attention: false,
    });
    expect(row.input).toMatchObject({
      sessionKey: id,
      tenantId: rig.rows.tenantId,
      paidAt: NOW,
      durationMs: HOUR,
      startsAt: null,
      policy: { cutoffMs: 24 * HOUR, refund: 'full' },
    });
    // What a history will hold: no person, no money.
    expect(JSON.stringify([row.input, row.order_id, row.line_id])).not.toMatch(
      /\bgrace\b|hopper|120\.50|invoice/i,
    );
    const audit = await rig.db.selectFrom('audit').selectAll().where('subject', '=', id).execute();
    expect(audit).toMatchObject([{ action: 'session.started-by-hand', actor: 'user:7' }]);
  });

  test('is in the list, without a shop, found by its reference', async () => {
    const { json } = await rig.get(`${PATH}?term=Invoice%207`);
    expect(json?.['items']).toMatchObject([
      { shop: null, order_number: 'Invoice 7', email: 'Grace@Example.com' },
    ]);
  });

  test('with all that can be said of it', async () => {
    const answer = await start({
      ...order,
      variant: 'Online',
      starts_at: '2026-12-10T10:00:00+01:00',
      time_zone: 'America/New_York',
      resource: 'https://meet.example/7',
      provider: 'calendly',
      event_type: 'special',
      policy: { cutoff: 'PT2H', reminders: ['PT1H', 'PT5M'], refund: 'none', on_cancel: 'end' },
    });
    const row = await rowOf(answer);
    expect(row).toMatchObject({
      variant_name: 'Online',
      time_zone: 'America/New_York',
      resource: 'https://meet.example/7',
      event_type: 'special',
      starts_at: new Date('2026-12-10T09:00:00Z'),
      ends_at: new Date('2026-12-10T10:00:00Z'),
      cutoff_at: new Date('2026-12-10T07:00:00Z'),
    });
    expect(row.input.policy).toMatchObject({
      cutoffMs: 2 * HOUR,
      remindersMs: [HOUR, 300_000],
      refund: 'none',
      onCancel: 'end',
      lateDeadlineMs: 12 * HOUR,
    });
  });
});

describe('the same key', () => {
  test('is the same session: 200, whenever it comes', async () => {
    const body = { ...order, starts_at: '2026-12-08T09:00:00Z' };
    const first = await start(body, 'again');
    const before = await count();
    for (const now of [NOW, after(48 * HOUR)]) {
      rig.now = now;
      const again = await start(body, 'again');
      expect([again.status, again.json]).toEqual([200, first.json]);
    }
    expect([await count(), rig.started]).toEqual([before, [idOf(first)]]);
  });

  test('five times at once is one session', async () => {
    const before = await count();
    const answers = await Promise.all(Array.from({ length: 5 }, () => start(order, 'at-once')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(await count()).toBe(before + 1);
  });

  test('with something else: 422, nothing changed', async () => {
    const first = await start(order, 'other');
    const second = await start({ ...order, amount: '1.00' }, 'other');
    expect(second.json).toMatchObject({ status: 422, code: 'key-reused' });
    expect((await rowOf(first)).amount).toBe('120.50');
  });

  test('a request that was refused does not take it', async () => {
    expect((await start({ ...order, starts_at: '2026-12-01T09:00:00Z' }, 'corrected')).status).toBe(400);
    expect((await start({ ...order, starts_at: '2026-12-21T09:00:00Z' }, 'corrected')).status).toBe(201);
  });
});

test('Temporal away: taken in all the same, and owed its run like every session', async () => {
  rig.temporalIsAway = true;
  const answer = await start(order, 'away');
  expect([answer.status, answer.json?.['state']]).toEqual([201, 'intended']);
  const now = new Date(after(HOUR));
  const owed = await claimIntended(rig.db, { now, intendedBefore: now, retryBefore: now, limit: 10 });
  expect(owed.map(({ session_key }) => session_key)).toEqual([idOf(answer)]);
  rig.temporalIsAway = false;
  expect((await start(order, 'away')).json).toMatchObject({ id: idOf(answer), state: 'started' });
  expect((await rowOf(answer)).start_state).toBe('started');
});

describe('refused', () => {
  const { client, ...without } = order;
  test.each<readonly [object, string | RegExp]>([
    [without, /^client/],
    [{ ...order, client: { ...client, email: 'grace' } }, 'client.email: must be an e-mail address'],
    [{ ...order, client: { ...client, language: 'x y' } }, /^client.language: must be a language tag/],
    [{ ...order, duration: 'PT0S' }, /^duration: must be more than nothing/],
    [{ ...order, duration: 60 }, /^duration: must be an ISO 8601 duration/],
    [{ ...order, starts_at: '2026-12-07T09:00:00Z' }, 'starts_at: must lie in the future'],
    [{ ...order, starts_at: '2026-12-10' }, /^starts_at: must be a date and time/],
    [{ ...order, time_zone: 'Mars/Olympus' }, /^time_zone: must be a time zone/],
    [{ ...order, amount: 49 }, /^amount: must be decimal text/],
    [{ ...order, amount: '-1' }, /^amount: must be decimal text/],
    [{ ...order, currency: 'eur' }, /^currency: must be three capital letters/],
    [{ ...order, provider: 'calcom' }, 'provider: is not set up'],
    [{ ...order, resource: 'javascript:alert(1)' }, 'resource: must be an http or https URL'],
    [{ ...order, policy: { cutoff: 'P1M' } }, /^policy.cutoff: must be an ISO 8601 duration/],
    [{ ...order, policy: { other: 1 } }, 'other: is not a field of this request'],
  ])('%j', async (body, detail) => {
    const before = await count();
    const answer = await start(body);
    expect(answer.json).toMatchObject({ status: 400, code: 'invalid-request' });
    expect(answer.json?.['detail']).toEqual(
      typeof detail === 'string' ? detail : expect.stringMatching(detail),
    );
    expect([await count(), rig.started]).toEqual([before, []]);
  });

  test('without a key, by who is no admin, for a tenant that is not there, too large', async () => {
    const before = await count();
    expect((await rig.post(PATH, order)).json?.['detail']).toMatch(/^idempotency-key: must be/);
    expect((await start(order, 'k', { authorization: 'Bearer tenant' })).status).toBe(403);
    expect((await start(order, 'k', { authorization: 'Bearer stranger' })).status).toBe(404);
    expect((await start({ ...order, variant: 'x'.repeat(110_000) }, 'k')).status).toBe(413);
    expect((await start(order, 'k', { 'content-type': 'text/plain' })).status).toBe(415);
    expect(await count()).toBe(before);
  });

  test('another method: 405', async () => {
    const answer = await rig.post(`${PATH}/${KEY}`, {});
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});
