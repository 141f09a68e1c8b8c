import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RevocationOrder } from '../../api/gate/revocations.ts';
import { customerOnce } from '../../db/queries/tickets.ts';
import type { Database } from '../../db/connect.ts';
import { type Answer, ask } from './support/ask.ts';
import { changeSession, publishGate, type Rows, writeLink } from './support/rows.ts';
import { runUrl, type SessionAdminRig, startSessionAdmin } from './support/session-admin-rig.ts';
import type { StubEngine } from './support/stub-engine.ts';
import { gateOf, HOUR, KEY, linkId, NOW, OTHER_KEY } from './support/values.ts';

let rig: SessionAdminRig;
let db: Database;
let rows: Rows;
let engine: StubEngine;
let origin: string;
let lines: readonly string[];
let orders: { readonly order: RevocationOrder; readonly actor: string }[];

beforeAll(async () => {
  rig = await startSessionAdmin();
  ({ db, rows, engine, origin, lines } = rig);
  orders = rig.revoked;
});
afterAll(() => rig.close());
beforeEach(async () => {
  orders.length = 0;
  rig.receipt = { fresh: true, state: 'confirmed' };
  engine.updateAnswer = { kind: 'answer', verdict: { accepted: true, next: 'none' } };
  engine.asked.updates.length = 0;
  await db.deleteFrom('audit').execute();
  await db.deleteFrom('gates').execute();
  await db.deleteFrom('links').where('link_id', '!=', linkId(1)).execute();
  await db
    .updateTable('clients')
    .set({ email: 'ada@example.com', email_key: 'ada@example.com', zammad_customer_id: 44 })
    .where('id', '=', rows.clientId)
    .execute();
  await changeSession(db, { start_state: 'started' });
});

const admin = (path: string): string => `/api/v1/admin/sessions/${KEY}/${path}`;

const post = (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  rig.post(path, body, headers);

const audit = () => db.selectFrom('audit').selectAll().orderBy('id').execute();
const client = () =>
  db
    .selectFrom('clients')
    .select(['email', 'email_key', 'zammad_customer_id'])
    .where('id', '=', rows.clientId)
    .executeTakeFirstOrThrow();
const address = { email: 'grace@example.com' };

const actions = [
  ['link/reissue', undefined],
  ['link/revoke', undefined],
  ['access/revoke', undefined],
  ['access/restore', undefined],
  ['email', address],
] as const;
const updates = [
  ['link/reissue', undefined, 'reissueLink', 'link.reissue', 'link.reissued'],
  ['access/restore', undefined, 'restoreAccess', 'access.restore', 'access.restored'],
  ['email', address, 'correctEmail', 'link.reissue', 'link.reissued'],
] as const;

describe.each(actions)('%s, like each of them', (path, body) => {
  const nothingHappened = async () => {
    expect([orders, engine.asked.updates, await audit()]).toEqual([[], [], []]);
    expect(await client()).toMatchObject({ email: 'ada@example.com', zammad_customer_id: 44 });
  };

  test('wants an admin', async () => {
    expect((await post(admin(path), body, { authorization: '' })).status).toBe(401);
    expect((await post(admin(path), body, { authorization: 'Bearer tenant' })).status).toBe(403);
    await nothingHappened();
  });

  test('answers another tenant’s session like one that is not there, or is no key', async () => {
    const answers = [
      await post(admin(path), body, { authorization: 'Bearer stranger' }),
      await post(`/api/v1/admin/sessions/${'x'.repeat(22)}/${path}`, body),
      await post(`/api/v1/admin/sessions/x/${path}`, body),
    ];
    for (const { status, json, headers } of answers) {
      expect(status).toBe(404);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect({ ...json, requestId: '' }).toEqual({ ...answers[0]?.json, requestId: '' });
    }
    await nothingHappened();
  });

  test('takes nothing that it does not know', async () => {
    const more = await post(admin(path), { ...body, extra: 1 });
    expect([more.status, more.json?.['detail']]).toEqual([400, 'extra: is not a field of this request']);
    expect((await post(admin(path), { ...body, reason: 'x'.repeat(501) })).status).toBe(400);
    expect((await post(admin(path), [])).status).toBe(400);
    expect((await post(admin(path), body, { 'idempotency-key': 'a b' })).status).toBe(400);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await post(admin(path), { ...body, reason: 'x' }, form)).status).toBe(415);
    const untyped = await ask(origin + admin(path), {
      method: 'POST',
      headers: { authorization: 'Bearer admin', 'content-length': '2' },
      body: '{}',
    });
    expect(untyped.status).toBe(415);
    await nothingHappened();
  });

  test('is 410 for a session that is over', async () => {
    await publishGate(db, gateOf({ state: 'over' }));
    expect((await post(admin(path), body)).json).toMatchObject({ status: 410, code: 'session-over' });
    await db.deleteFrom('gates').execute();
    await changeSession(db, { start_state: 'ended' });
    expect((await post(admin(path), body)).status).toBe(410);
    await nothingHappened();
  });

  test('is a POST', async () => {
    const answer = await ask(origin + admin(path), { headers: { authorization: 'Bearer admin' } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('audits who did it and why; the why stands nowhere else', async () => {
    await post(admin(path), { ...body, reason: 'Asked for by phone' });
    await post(admin(path), body, { authorization: 'Bearer software' });
    const written = await audit();
    expect(written.filter(({ actor }) => actor === 'user:7')).not.toEqual([]);
    expect(written.filter(({ actor }) => actor === 'admin:robot')).not.toEqual([]);
    for (const row of written)
      expect(row).toMatchObject({ tenant_id: rows.tenantId, subject: KEY, at: new Date(NOW), reason: null });
    expect(written[0]?.details).toMatchObject({ reason: 'Asked for by phone' });
    expect(lines.join('')).not.toContain('phone');
    expect(JSON.stringify([orders, engine.asked.updates])).not.toContain('phone');
  });

  test('is not cached and names its idempotency key', async () => {
    const given = await post(admin(path), body, { 'idempotency-key': 'k-1' });
    expect([given.headers.get('cache-control'), given.headers.get('idempotency-key')]).toEqual([
      'no-store',
      'k-1',
    ]);
    expect((await post(admin(path), body)).headers.get('idempotency-key')).toMatch(/^[\w-]{36}$/);
  });
});

describe.each(updates)('%s', (path, body, name, refusable, done) => {
  test('is done by the workflow', async () => {
    const answer = await post(admin(path), body);
    expect([answer.status, answer.json]).toEqual([200, { state: 'done', run_url: runUrl(KEY) }]);
    expect(engine.asked.updates).toMatchObject([{ key: KEY, name, argument: {} }]);
    expect((await audit()).at(-1)).toMatchObject({ action: done, reason: null });
  });

  test('twice with one key is one Update, with another key another', async () => {
    for (const key of ['a', 'a', 'b']) await post(admin(path), body, { 'idempotency-key': key });
    const [first, second, third] = engine.asked.updates.map(({ updateId }) => updateId);
    expect(first).toBe(second);
    expect(third).not.toBe(first);
    expect(first).toMatch(/^[\w-]{43}$/);
  });

  test('refused: 409 with the rule’s reason and instant', async () => {
    const verdict = { accepted: false, reason: 'access-revoked', at: NOW } as const;
    engine.updateAnswer = { kind: 'answer', verdict };
    const answer = await post(admin(path), body);
    expect(answer.json).toMatchObject({
      status: 409,
      code: 'refused',
      reason: 'access-revoked',
      at: new Date(NOW).toISOString(),
    });
    expect((await audit()).at(-1)).toMatchObject({
      action: `${refusable}-refused`,
      reason: 'access-revoked',
    });
  });

  test('outcome unknown: 202, to be repeated with the same key', async () => {
    engine.updateAnswer = { kind: 'unknown' };
    const answer = await post(admin(path), body, { 'idempotency-key': 'again' });
    expect(answer.json).toMatchObject({ status: 202, code: 'outcome-unknown' });
    expect(answer.status).toBe(202);
    expect((await audit()).at(-1)).toMatchObject({ action: `${refusable}-unknown` });
    engine.updateAnswer = { kind: 'answer', verdict: { accepted: true, next: 'none' } };
    expect((await post(admin(path), body, { 'idempotency-key': 'again' })).status).toBe(200);
    expect(new Set(engine.asked.updates.map(({ updateId }) => updateId)).size).toBe(1);
  });

  test('Temporal away: 503', async () => {
    engine.updateAnswer = { kind: 'unavailable', why: 'no server' };
    expect((await post(admin(path), body)).json).toMatchObject({ status: 503, code: 'engine-unavailable' });
  });

  test.each([
    ['it has returned meanwhile', 'over', 410, undefined],
    ['it is yet to be started', 'intended', 409, 'opening'],
    ['it is gone without an end', 'started', 409, 'closed'],
  ] as const)('no run, %s', async (_, state, status, reason) => {
    const update = engine.update.bind(engine);
    engine.update = async (...asked) => {
      await update(...asked);
      if (state === 'over') await publishGate(db, gateOf({ state: 'over' }));
      return { kind: 'not-found' };
    };
    try {
      if (state === 'intended') await changeSession(db, { start_state: 'intended' });
      const answer = await post(admin(path), body);
      expect([answer.status, answer.json?.['reason']]).toEqual([status, reason]);
    } finally {
      engine.update = update;
    }
  });
});

describe('revoking', () => {
  test('access: confirmed by every replica', async () => {
    const answer = await post(admin('access/revoke'));
    expect([answer.status, answer.json]).toEqual([200, { state: 'confirmed', run_url: runUrl(KEY) }]);
    expect(orders).toEqual([{ order: { kind: 'access', sessionKey: KEY }, actor: 'user:7' }]);
    expect(await audit()).toMatchObject([{ action: 'access.revoked', details: { state: 'confirmed' } }]);
    expect(engine.asked.updates).toEqual([]);
  });

  test.each(['access/revoke', 'link/revoke'])('%s: 202 while a replica has not confirmed', async (path) => {
    rig.receipt = { fresh: false, state: 'unconfirmed' };
    const answer = await post(admin(path));
    expect([answer.status, answer.json]).toEqual([202, { state: 'unconfirmed', run_url: runUrl(KEY) }]);
    expect(await audit()).toMatchObject([{ details: { state: 'unconfirmed' } }]);
  });

  test.each(['access/revoke', 'link/revoke'])('%s: 503 when nothing was written', async (path) => {
    rig.receipt = new Error('Connection terminated');
    expect((await post(admin(path))).json).toMatchObject({ status: 503, code: 'store-unavailable' });
    expect(await audit()).toEqual([]);
  });

  test('a link: the named one, or the newest', async () => {
    for (const n of [2, 9, 10]) await writeLink(db, rows, KEY, linkId(n));
    const order = (n: number) => ({ kind: 'link', linkId: linkId(n), sessionKey: KEY, keepUntil: null });
    expect((await post(admin('link/revoke'))).status).toBe(200);
    expect((await post(admin('link/revoke'), { link_id: linkId(2) })).status).toBe(200);
    expect(orders.map((one) => one.order)).toEqual([order(10), order(2)]);
    expect(await audit()).toMatchObject([
      { action: 'link.revoked', details: { link: linkId(10), state: 'confirmed' } },
      { action: 'link.revoked', details: { link: linkId(2), state: 'confirmed' } },
    ]);
  });

  test('a repeat with the same key does not take the link that was issued since', async () => {
    const again = { 'idempotency-key': 'lost-answer' };
    await post(admin('link/revoke'), undefined, again);
    await writeLink(db, rows, KEY, linkId(2));
    await post(admin('link/revoke'), undefined, again);
    await post(admin('link/revoke'), undefined, { 'idempotency-key': 'a new wish'.replaceAll(' ', '-') });
    expect(orders.map(({ order }) => order.kind === 'link' && order.linkId)).toEqual([
      linkId(1),
      linkId(1),
      linkId(2),
    ]);
  });

  test('a link of another session, one that never was, and none at all', async () => {
    await writeLink(db, rows, OTHER_KEY, linkId(1, OTHER_KEY), rows.otherClientId);
    for (const link of [linkId(1, OTHER_KEY), linkId(7)]) {
      const answer = await post(admin('link/revoke'), { link_id: link });
      expect(answer.json).toMatchObject({ status: 409, code: 'refused', reason: 'unknown-link' });
    }
    await db.deleteFrom('links').where('session_key', '=', KEY).execute();
    try {
      expect((await post(admin('link/revoke'))).json).toMatchObject({ status: 409, reason: 'opening' });
    } finally {
      await writeLink(db, rows, KEY, linkId(1));
    }
    expect(orders).toEqual([]);
    expect((await audit()).map(({ action, reason }) => [action, reason])).toEqual([
      ['link.revoke-refused', 'unknown-link'],
      ['link.revoke-refused', 'unknown-link'],
      ['link.revoke-refused', 'opening'],
    ]);
  });
});

describe('the address', () => {
  test('is changed, its Zammad customer forgotten, a new link issued; the audit names neither address', async () => {
    const answer = await post(admin('email'), { email: 'Grace@Example.com' });
    expect(answer.status).toBe(200);
    expect(await client()).toEqual({
      email: 'Grace@Example.com',
      email_key: 'grace@example.com',
      zammad_customer_id: null,
    });
    const written = await audit();
    expect(written.map(({ action }) => action)).toEqual(['email.corrected', 'link.reissued']);
    expect(JSON.stringify(written)).not.toMatch(/ada|grace/i);
    // A request's random id may well spell a name.
    expect(lines.join('') + answer.text).not.toMatch(/(ada|grace)@/i);
  });

  test('may be repeated: another link is issued, nothing else changes', async () => {
    await post(admin('email'), address);
    await db.updateTable('clients').set({ zammad_customer_id: 45 }).where('id', '=', rows.clientId).execute();
    expect((await post(admin('email'), address)).status).toBe(200);
    expect(await client()).toMatchObject({ zammad_customer_id: 45 });
    expect((await audit()).map(({ action }) => action)).toEqual([
      'email.corrected',
      'link.reissued',
      'link.reissued',
    ]);
  });

  test('reaches the client’s other sessions too, and nobody else’s', async () => {
    const owner = (clientId: number) =>
      db.updateTable('sessions').set({ client_id: clientId }).where('session_key', '=', OTHER_KEY).execute();
    await owner(rows.clientId);
    try {
      expect((await post(admin('email'), address, { 'idempotency-key': 'k' })).status).toBe(200);
      expect(engine.asked.updates.map(({ key, name }) => [key, name])).toEqual([
        [OTHER_KEY, 'correctEmail'],
        [KEY, 'correctEmail'],
      ]);
      engine.updateAnswer = { kind: 'unknown' };
      const again = await post(admin('email'), address, { 'idempotency-key': 'k' });
      expect(again.json).toMatchObject({ code: 'outcome-unknown' });
      const [first, , repeated] = engine.asked.updates;
      expect(repeated).toEqual(first);
    } finally {
      await owner(rows.otherClientId);
    }
    engine.asked.updates.length = 0;
    engine.updateAnswer = { kind: 'answer', verdict: { accepted: true, next: 'none' } };
    await post(admin('email'), address);
    expect(engine.asked.updates.map(({ key }) => key)).toEqual([KEY]);
  });

  test('a change of letters alone keeps the customer', async () => {
    await post(admin('email'), { email: 'ADA@example.com' });
    expect(await client()).toEqual({
      email: 'ADA@example.com',
      email_key: 'ada@example.com',
      zammad_customer_id: 44,
    });
  });

  test('another address under the same key is another Update', async () => {
    const key = { 'idempotency-key': 'one' };
    await post(admin('email'), address, key);
    await post(admin('email'), { email: 'third@example.com' }, key);
    expect(new Set(engine.asked.updates.map(({ updateId }) => updateId)).size).toBe(2);
  });

  test('of another client of the tenant: 409, nothing changed, nothing sent', async () => {
    const answer = await post(admin('email'), { email: 'BOB@example.com' });
    expect(answer.json).toMatchObject({ status: 409, code: 'already-exists' });
    expect(await client()).toMatchObject({ email: 'ada@example.com', zammad_customer_id: 44 });
    expect(engine.asked.updates).toEqual([]);
    expect((await audit()).map(({ action }) => action)).toEqual(['email.correct-refused']);
  });

  test('beside whoever is making the old address’s customer: neither waits, and that number is not kept', async () => {
    await db
      .updateTable('clients')
      .set({ zammad_customer_id: null })
      .where('id', '=', rows.clientId)
      .execute();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let asked: () => void = () => undefined;
    const asking = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const making = customerOnce(db, { id: rows.clientId, emailKey: 'ada@example.com' }, async () => {
      asked();
      await held;
      return 99;
    });
    await asking;
    expect((await post(admin('email'), address)).status).toBe(200);
    finish();
    expect(await making).toBe(99);
    expect(await client()).toMatchObject({ email: address.email, zammad_customer_id: null });
  });

  test.each(['', 'ada', 'a b@example.com', `${'x'.repeat(250)}@example.com`, 7, null])(
    '%j is none',
    async (email) => {
      const answer = await post(admin('email'), { email });
      expect([answer.status, answer.json?.['detail']]).toEqual([400, 'email: must be an e-mail address']);
    },
  );
});

describe('the audit', () => {
  const read = (query: string, as = 'admin') =>
    ask(`${origin}/api/v1/admin/audit${query}`, { headers: { authorization: `Bearer ${as}` } });
  const itemsOf = (answer: Answer) => answer.json?.['items'] as Record<string, unknown>[];

  async function write(
    count: number,
    more: { tenant_id?: number | null; action?: string } = {},
  ): Promise<void> {
    for (let n = 0; n < count; n += 1)
      await db
        .insertInto('audit')
        .values({
          at: new Date(NOW + n * HOUR),
          tenant_id: rows.tenantId,
          actor: 'system',
          action: 'gate.refused',
          subject: `s-${n}`,
          reason: 'not-yours',
          details: null,
          ...more,
        })
        .execute();
  }

  test('page by page, newest first, each once while others are written', async () => {
    await write(5);
    const seen: unknown[] = [];
    let query = '?limit=2';
    for (;;) {
      const page = await read(query);
      expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
      seen.push(...itemsOf(page).map((item) => item['subject']));
      const cursor = page.json?.['next_cursor'];
      if (typeof cursor !== 'string') break;
      query = `?limit=2&cursor=${cursor}`;
      await write(1, { action: 'later' });
    }
    expect(seen).toEqual(['s-4', 's-3', 's-2', 's-1', 's-0']);
  });

  test('of one subject, of one action', async () => {
    await write(2);
    await post(admin('access/revoke'), { reason: 'x' });
    expect(itemsOf(await read('?subject=s-1'))).toMatchObject([{ subject: 's-1', action: 'gate.refused' }]);
    expect(itemsOf(await read('?action=access.revoked'))).toEqual([
      {
        id: expect.any(String),
        at: new Date(NOW).toISOString(),
        actor: 'user:7',
        action: 'access.revoked',
        subject: KEY,
        reason: null,
        details: { request: expect.any(String), state: 'confirmed', reason: 'x' },
      },
    ]);
    expect(itemsOf(await read(`?subject=${KEY}&action=gate.refused`))).toEqual([]);
  });

  test('is the tenant’s own, and an admin’s', async () => {
    await write(1);
    await write(1, { tenant_id: rows.tenantId + 1, action: 'theirs' });
    await write(1, { tenant_id: null, action: 'nobody’s' });
    expect(itemsOf(await read('')).map((item) => item['action'])).toEqual(['gate.refused']);
    expect(itemsOf(await read('', 'stranger')).map((item) => item['action'])).toEqual(['theirs']);
    expect((await read('', 'tenant')).status).toBe(403);
    expect((await read('', 'nobody')).status).toBe(401);
  });

  test.each(['?limit=0', '?limit=201', '?cursor=x', '?cursor=WyIwIl0', '?other=1', '?action=a&action=b'])(
    '%s is refused',
    async (query) => {
      expect((await read(query)).json).toMatchObject({ status: 400, code: 'invalid-request' });
    },
  );
});

test('access is not restored while the workflow has yet to hear that it was revoked', async () => {
  await db
    .insertInto('revocations')
    .values({
      kind: 'access',
      subject: KEY,
      session_key: KEY,
      actor: 'user:7',
      revoked_at: new Date(NOW),
      keep_until: null,
      delivered_at: null,
      next_attempt_at: new Date(NOW),
    })
    .execute();
  try {
    const answer = await post(admin('access/restore'));
    expect([answer.status, answer.json?.['reason'], answer.headers.get('retry-after')]).toEqual([
      409,
      'revocation-pending',
      '2',
    ]);
    expect(engine.asked.updates).toEqual([]);
  } finally {
    await db.deleteFrom('revocations').execute();
  }
  expect((await post(admin('access/restore'))).status).toBe(200);
});
