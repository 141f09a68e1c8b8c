import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { OpenGateMemory } from '../../api/gate/open-gate-memory.ts';
import { isOwedRevocation } from '../../db/queries/revocations.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import {
  deferred,
  type GateRig,
  linkOrder,
  publish,
  type ScriptedEngine,
  scriptedEngine,
  startGateRig,
  until,
} from './support/gate-rig.ts';
import { changeSession, writeLink } from './support/rows.ts';
import { proxyTo, type TcpProxy } from './support/tcp-proxy.ts';
import { gateOf, KEY, linkId, NOW, OTHER_KEY, SLUG } from './support/values.ts';

let rig: GateRig;
let engine: ScriptedEngine;

beforeAll(async () => {
  rig = await startGateRig();
});
beforeEach(() => {
  engine = scriptedEngine();
  // Temporal away: what a replica refuses, it refuses by itself.
  engine.onUpdate = () => ({ kind: 'unavailable', why: 'away' });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const LOGIN = 'login-of-22-characters';
const soon = (Date.now() + 3_600_000) as Instant;
const rows = () => rig.db.selectFrom('revocations').selectAll().orderBy('seq').execute();

describe('a revocation is acknowledged when every live replica refuses', () => {
  test('links, logins and access, on three replicas', async () => {
    const replicas = [await rig.open({ engine }), await rig.open({ engine }), await rig.open({ engine })];
    const [one] = replicas;
    for (const order of [
      linkOrder(linkId(1), KEY),
      { kind: 'login', loginId: LOGIN, keepUntil: soon },
      { kind: 'access', sessionKey: KEY },
    ] as const)
      expect(await one?.revocations.revoke(order, 'user:5')).toEqual({ fresh: true, state: 'confirmed' });
    for (const { memory } of replicas) {
      expect(memory.isRevoked(linkId(1))).toBe(true);
      expect(memory.isRevoked(LOGIN)).toBe(true);
      expect(memory.isHeld(KEY)).toBe(true);
      expect(memory.isRevoked(linkId(2))).toBe(false);
      expect(memory.isHeld(OTHER_KEY)).toBe(false);
    }
    expect(await rows()).toMatchObject([
      { kind: 'link', subject: linkId(1), session_key: KEY, actor: 'user:5', delivered_at: null },
      { kind: 'login', subject: LOGIN, session_key: null, keep_until: new Date(soon) },
      { kind: 'access', subject: KEY, session_key: KEY },
    ]);
    const link = await rig.db
      .selectFrom('links')
      .select(['revoked_at', 'revoked_by'])
      .where('link_id', '=', linkId(1))
      .executeTakeFirst();
    expect(link).toEqual({ revoked_at: expect.any(Date), revoked_by: 'user:5' });
  });

  test('a repeat writes nothing and is confirmed all the same', async () => {
    const one = await rig.open({ engine });
    const two = await rig.open({ engine });
    const first = await one.revocations.revoke(linkOrder(linkId(1), KEY), 'user:5');
    const again = await two.revocations.revoke(linkOrder(linkId(1), KEY), 'user:6');
    expect([first.fresh, again.fresh]).toEqual([true, false]);
    expect(again.state).toBe('confirmed');
    await one.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'user:5');
    expect(await two.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'user:5')).toEqual({
      fresh: false,
      state: 'confirmed',
    });
    expect(await rows()).toHaveLength(2);
    expect(
      await rig.db.selectFrom('links').select('revoked_by').where('link_id', '=', linkId(1)).execute(),
    ).toEqual([{ revoked_by: 'user:5' }]);
  });

  test('many at once, from all replicas, each applied before its answer', async () => {
    const replicas = [await rig.open({ engine }), await rig.open({ engine }), await rig.open({ engine })];
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const id = linkId(n + 2);
        const by = replicas[n % 3];
        const receipt = await by?.revocations.revoke(linkOrder(id, KEY), 'test');
        expect(receipt).toEqual({ fresh: true, state: 'confirmed' });
        for (const { memory } of replicas) expect(memory.isRevoked(id)).toBe(true);
      }),
    );
    const seqs = (await rows()).map((row) => Number(row.seq));
    expect(replicas.map((one) => one.stats().revocation)).toEqual([60, 60, 60].map(() => Math.max(...seqs)));
  });

  test('with nobody live it is acknowledged at once', async () => {
    const gate = await rig.open({ engine, settings: { heartbeatMs: 3_600_000, silenceMs: 3_600_000 } });
    await rig.db.deleteFrom('replicas').execute();
    expect(await gate.revocations.revoke(linkOrder(linkId(1), KEY), 'test')).toMatchObject({
      state: 'confirmed',
    });
  });

  test('without PostgreSQL nothing is revoked', async () => {
    const gate = await rig.open({ engine });
    await sql`alter table revocations rename to revocations_gone`.execute(rig.db);
    await expect(gate.revocations.revoke(linkOrder(linkId(1), KEY), 'test')).rejects.toThrow();
    await sql`alter table revocations_gone rename to revocations`.execute(rig.db);
    expect(gate.memory.isRevoked(linkId(1))).toBe(false);
    const link = await rig.db
      .selectFrom('links')
      .select('revoked_at')
      .where('link_id', '=', linkId(1))
      .executeTakeFirst();
    expect(link?.revoked_at).toBeNull();
  });

  test('a revocation that nobody was told of is found with the next', async () => {
    const gate = await rig.open({ engine });
    await sql`
      insert into revocations (kind, subject, actor, revoked_at, next_attempt_at)
      values ('login', ${LOGIN}, 'by-hand', now(), now())
    `.execute(rig.db);
    await gate.revocations.revoke(linkOrder(linkId(1), KEY), 'test');
    expect(gate.memory.isRevoked(LOGIN)).toBe(true);
  });

  test('a revocation told in a way that cannot be read is found in the rows', async () => {
    const gate = await rig.open({ engine });
    await sql`
      insert into revocations (kind, subject, actor, revoked_at, next_attempt_at)
      values ('login', ${LOGIN}, 'by-hand', now(), now())
    `.execute(rig.db);
    await sql`select pg_notify('latchkey_revocation', '{"type":"new"}')`.execute(rig.db);
    await until(() => gate.memory.isRevoked(LOGIN));
  });
});

describe('a replica that is asleep', () => {
  let proxy: TcpProxy;
  let awake: OpenGateMemory;
  let asleep: OpenGateMemory;
  let hasty: OpenGateMemory;

  beforeEach(async () => {
    proxy = await proxyTo(rig.database.url);
    await publish(rig.db, gateOf());
    awake = await rig.open({ engine });
    hasty = await rig.open({ engine, settings: { confirmWithinMs: 100 } });
    asleep = await rig.open({
      engine,
      url: proxy.url,
      settings: { heartbeatMs: 50, freshMs: 500, leaseMs: 1500, silenceMs: 5000, statementMs: 5000 },
    });
    for (const { memory } of [awake, asleep]) await memory.look(SLUG, [linkId(1)]);
    expect(asleep.memory.hit(SLUG)).toBeDefined();
    proxy.silence();
  });
  afterEach(() => proxy.close());

  test('is waited for until its lease has run out; by then it answers nothing from memory', async () => {
    let acknowledged = false;
    const revoking = awake.revocations.revoke(linkOrder(linkId(1), KEY), 'test').then((receipt) => {
      acknowledged = true;
      return receipt;
    });
    await until(() => awake.memory.isRevoked(linkId(1)));
    while (asleep.memory.hit(SLUG) !== undefined) {
      expect(acknowledged).toBe(false);
      await new Promise(setImmediate);
    }
    expect(await revoking).toEqual({ fresh: true, state: 'confirmed' });
    expect(asleep.memory.hit(SLUG)).toBeUndefined();
    expect(asleep.memory.isRevoked(linkId(1))).toBe(false);
    // Looked up, it is refused.
    expect(await asleep.memory.look(SLUG, [linkId(1)])).toMatchObject({ dead: new Set([linkId(1)]) });
    proxy.resume();
    await until(() => asleep.memory.hit(SLUG) !== undefined);
    expect(asleep.memory.isRevoked(linkId(1))).toBe(true);
  });

  test('is asked in vain once the wait is over: written, and not confirmed', async () => {
    expect(await hasty.revocations.revoke(linkOrder(linkId(1), KEY), 'test')).toEqual({
      fresh: true,
      state: 'unconfirmed',
    });
    await until(() => awake.memory.isRevoked(linkId(1)));
    // Asked again, it waits again.
    expect(await awake.revocations.revoke(linkOrder(linkId(1), KEY), 'test')).toEqual({
      fresh: false,
      state: 'confirmed',
    });
  });

  test('keeps nobody else waiting longer than it does anyhow', async () => {
    const links = [2, 3, 4, 5].map((n) => linkId(n));
    for (const link of links) await writeLink(rig.db, rig.rows, KEY, link);
    const receipts = links.map((link) => awake.revocations.revoke(linkOrder(link, KEY), 'test'));
    await until(() => links.every((link) => awake.memory.isRevoked(link)));
    await until(() => awake.stats().revocationsWaiting === 4);
    expect((await Promise.all(receipts)).every(({ state }) => state === 'confirmed')).toBe(true);
  });
});

describe('what workflows are owed', () => {
  const open = (settings: Parameters<GateRig['open']>[0] = {}) =>
    rig.open({
      engine,
      ...settings,
      settings: { deliverEveryMs: 20, deliveryRetry: { firstMs: 20, longestMs: 50 }, ...settings?.settings },
    });

  test('is delivered at once, with an Update of its own', async () => {
    engine.onUpdate = () => ({ kind: 'answer', verdict: { accepted: true, next: 'none' } });
    const gate = await rig.open({ engine });
    await gate.revocations.revoke(linkOrder(linkId(1), KEY), 'test');
    await gate.revocations.revoke({ kind: 'login', loginId: LOGIN, keepUntil: soon }, 'test');
    await gate.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'test');
    await until(async () => !(await isOwedRevocation(rig.db, KEY)));
    const [link, , access] = await rows();
    expect(engine.updates).toEqual([
      { name: 'revokeLink', argument: { linkId: linkId(1) }, updateId: `revocation-${link?.seq}` },
      { name: 'revokeAccess', argument: {}, updateId: `revocation-${access?.seq}` },
    ]);
    await until(() => !gate.memory.isHeld(KEY));
    expect(gate.memory.isRevoked(linkId(1))).toBe(true);
  });

  test('while Temporal is away every replica holds the session; delivered, they let go', async () => {
    const gate = await open();
    const other = await open();
    await gate.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'test');
    await until(() => engine.updates.length >= 3);
    expect(new Set(engine.updates.map((update) => update.updateId)).size).toBe(1);
    expect([gate, other].every(({ memory }) => memory.isHeld(KEY))).toBe(true);
    expect(await gate.memory.look(SLUG, [])).toMatchObject({ held: true });
    engine.onUpdate = () => ({ kind: 'answer', verdict: { accepted: true, next: 'none' } });
    await until(() => [gate, other].every(({ memory }) => !memory.isHeld(KEY)));
    expect(await gate.memory.look(SLUG, [])).toMatchObject({ held: false });
    const delivered = engine.updates.length;
    expect((await rows()).every((row) => row.delivered_at !== null && row.attempts <= delivered)).toBe(true);
  });

  test('is delivered by one replica at a time', async () => {
    const answer = deferred<undefined>();
    engine.onUpdate = async () => {
      await answer.promise;
      return { kind: 'answer', verdict: { accepted: true, next: 'none' } };
    };
    const gates = [await open(), await open(), await open()];
    await gates[0]?.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'test');
    await until(() => engine.updates.length > 0);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    expect(engine.updates).toHaveLength(1);
    answer.resolve(undefined);
    await until(async () => !(await isOwedRevocation(rig.db, KEY)));
  });

  test('a workflow that had revoked before is let go of only once that is published', async () => {
    engine.onUpdate = () => ({
      kind: 'answer',
      verdict: { accepted: false, reason: 'already-revoked', at: null },
    });
    engine.onGate = () => ({ kind: 'answer', value: gateOf({ version: NOW + 1, access: 'revoked' }) });
    await publish(rig.db, gateOf());
    const gate = await open();
    await gate.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'test');
    await until(() => engine.updates.length >= 3);
    expect(gate.memory.isHeld(KEY)).toBe(true);
    await publish(rig.db, gateOf({ version: NOW + 1, access: 'revoked' }));
    await until(() => !gate.memory.isHeld(KEY));
  });

  test('when a hold ends, the narrower gate is in memory already', async () => {
    await publish(rig.db, gateOf());
    const gate = await open();
    await gate.memory.look(SLUG, []);
    const narrower = gateOf({ version: NOW + 1, access: 'revoked', linkId: null });
    engine.onUpdate = async () => {
      await publish(rig.db, narrower);
      return { kind: 'answer', verdict: { accepted: true, next: 'none' } };
    };
    const seen: string[] = [];
    const revoking = gate.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'test');
    await until(() => gate.memory.isHeld(KEY));
    await until(() => {
      const access = gate.memory.hit(SLUG)?.gate.access;
      if (gate.memory.isHeld(KEY)) return false;
      seen.push(access ?? 'nothing');
      return true;
    });
    expect(seen).toEqual(['revoked']);
    expect(await revoking).toMatchObject({ state: 'confirmed' });
  });

  test('a run that is over needs nothing; one that has not begun, or is gone, stays owed', async () => {
    engine.onUpdate = () => ({ kind: 'not-found' });
    const gate = await open();
    await gate.revocations.revoke(linkOrder(linkId(1), KEY), 'test');
    await until(() => engine.updates.length >= 2);
    expect(await isOwedRevocation(rig.db, KEY)).toBe(true);
    expect(rig.reports).toContainEqual({
      sessionKey: KEY,
      kind: 'attention',
      why: 'revocation not delivered',
    });
    await changeSession(rig.db, { start_state: 'ended' });
    await until(async () => !(await isOwedRevocation(rig.db, KEY)));
  });

  test('access can be revoked again after it was restored', async () => {
    engine.onUpdate = () => ({ kind: 'answer', verdict: { accepted: true, next: 'none' } });
    const gate = await open();
    await gate.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'test');
    await until(async () => !(await isOwedRevocation(rig.db, KEY)));
    expect(await gate.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'test')).toMatchObject({
      fresh: true,
    });
    await until(() => engine.updates.length === 2);
    expect(new Set(engine.updates.map((update) => update.updateId)).size).toBe(2);
  });
});
