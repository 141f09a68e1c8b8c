import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { OpenGateMemory } from '../../api/gate/open-gate-memory.ts';
import { tellPage } from '../../db/queries/session-page.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { type GateRig, linkOrder, publish, scriptedEngine, startGateRig, until } from './support/gate-rig.ts';
import { proxyTo, type TcpProxy } from './support/tcp-proxy.ts';
import { gateOf, KEY, linkId, NOW, SLUG } from './support/values.ts';

let rig: GateRig;
let proxy: TcpProxy;

beforeAll(async () => {
  rig = await startGateRig();
});
beforeEach(async () => {
  proxy = await proxyTo(rig.database.url);
});
afterEach(async () => {
  await proxy.close();
  await rig.reset();
});
afterAll(() => rig.close());

const ready = async (gate: OpenGateMemory): Promise<boolean> =>
  (await Promise.all(gate.readiness.map((one) => one.check()))).every(Boolean);

const listeners = async (): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
    where application_name = 'latchkey-gate' and datname = current_database()
  `.execute(rig.db);
  return rows[0]?.count ?? 0;
};

async function warm(gate: OpenGateMemory): Promise<void> {
  await publish(rig.db, gateOf());
  await gate.memory.look(SLUG, [linkId(1)]);
  expect(gate.memory.hit(SLUG)?.gate.version).toBe(NOW);
}

describe('a connection that breaks', () => {
  test('no hit until everything that was missed is there', async () => {
    const gate = await rig.open();
    await warm(gate);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey-gate' and datname = current_database()`.execute(
      rig.db,
    );
    await until(() => gate.stats().losses === 1);
    expect(gate.memory.hit(SLUG)).toBeUndefined();
    await publish(rig.db, gateOf({ version: NOW + 1, access: 'revoked' }));
    await until(() => gate.memory.hit(SLUG) !== undefined);
    expect(gate.memory.hit(SLUG)?.gate).toMatchObject({ version: NOW + 1, access: 'revoked' });
    expect(await ready(gate)).toBe(true);
    expect(await listeners()).toBe(1);
    expect(rig.events.map((event) => event.kind)).toEqual(['listening', 'lost', 'listening']);
  });

  test('while it is broken, looks answer and keep nothing', async () => {
    const gate = await rig.open({ url: proxy.url, settings: { statementMs: 200 } });
    await warm(gate);
    proxy.silence();
    proxy.cut();
    await until(() => gate.stats().losses === 1);
    await publish(rig.db, gateOf({ version: NOW + 1 }));
    expect(await gate.memory.look(SLUG, [linkId(1)])).toMatchObject({
      reading: { gate: { version: NOW + 1 } },
      dead: new Set(),
    });
    expect(gate.memory.hit(SLUG)).toBeUndefined();
    expect(await ready(gate)).toBe(false);
    proxy.resume();
    await until(() => gate.memory.hit(SLUG)?.gate.version === NOW + 1);
  });
});

describe('who follows a session', () => {
  test('hears of its gate, of its page, of every revocation, and that something may have been missed', async () => {
    const gate = await rig.open();
    await warm(gate);
    let told = 0;
    gate.changes.follow(KEY, () => {
      told += 1;
    });
    const changes: readonly (() => Promise<unknown>)[] = [
      () => publish(rig.db, gateOf({ version: NOW + 1 })),
      () => tellPage(rig.db, KEY),
      () => gate.revocations.revoke(linkOrder(linkId(1), KEY), 'test'),
      () =>
        sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey-gate' and datname = current_database()`.execute(
          rig.db,
        ),
    ];
    for (const change of changes) {
      const before = told;
      await change();
      await until(() => told > before);
    }
  });
});

describe('a connection that says nothing more', () => {
  test('two seconds after the last heartbeat was sent nothing is a hit, and it is opened anew', async () => {
    let now = 1_000_000;
    const gate = await rig.open({
      url: proxy.url,
      monotonic: () => now,
      settings: { heartbeatMs: 20, statementMs: 400 },
    });
    await warm(gate);
    proxy.silence();
    await publish(rig.db, gateOf({ version: NOW + 1, access: 'revoked' }));
    // Heartbeats go out at this very instant, and none comes back.
    now += 1999;
    expect(gate.memory.hit(SLUG)?.gate.version).toBe(NOW);
    now += 1;
    expect(gate.memory.hit(SLUG)).toBeUndefined();
    expect(await ready(gate)).toBe(false);
    now += 1;
    await until(() => gate.stats().losses === 1);
    proxy.resume();
    await until(() => gate.memory.hit(SLUG) !== undefined);
    expect(gate.memory.hit(SLUG)?.gate).toMatchObject({ version: NOW + 1, access: 'revoked' });
  });

  test('a late echo vouches only from when it was sent', async () => {
    let now = 1_000_000;
    const gate = await rig.open({
      url: proxy.url,
      monotonic: () => now,
      settings: { heartbeatMs: 20, silenceMs: 60_000, statementMs: 60_000 },
    });
    await warm(gate);
    proxy.silence();
    await new Promise((resolve) => {
      setTimeout(resolve, 60);
    });
    now += 5000;
    proxy.resume();
    // The heartbeat that was held up comes back first, five seconds old; the next one is good.
    expect(gate.memory.hit(SLUG)).toBeUndefined();
    await until(() => gate.memory.hit(SLUG) !== undefined);
    expect(gate.stats().freshForMs).toBe(2000);
    expect(gate.stats().losses).toBe(0);
  });
});

describe('the lease', () => {
  const replicas = () => rig.db.selectFrom('replicas').selectAll().execute();

  test('is renewed by heartbeats, counted by PostgreSQL, and ended by closing', async () => {
    const gate = await rig.open({ settings: { heartbeatMs: 20 } });
    const left = async (): Promise<number> => {
      const { rows } = await sql<{ ms: number }>`
        select extract(epoch from lease_until - clock_timestamp())::float8 * 1000 as ms from replicas
      `.execute(rig.db);
      return rows[0]?.ms ?? 0;
    };
    const [first] = await replicas();
    expect(first?.replica_id).toBe(gate.replicaId);
    expect(await left()).toBeGreaterThan(gate.stats().freshForMs);
    await until(async () => {
      const [now] = await replicas();
      return (now?.lease_until.getTime() ?? 0) > (first?.lease_until.getTime() ?? 0);
    });
    await gate.close();
    expect(await replicas()).toEqual([]);
    expect(gate.memory.hit(SLUG)).toBeUndefined();
    expect(await listeners()).toBe(0);
  });

  test('comes back when somebody took its row away', async () => {
    const gate = await rig.open({ settings: { heartbeatMs: 20 } });
    await gate.revocations.revoke(linkOrder(linkId(1), KEY), 'test');
    await rig.db.deleteFrom('replicas').execute();
    await until(async () => (await replicas()).length === 1);
    expect(await replicas()).toMatchObject([{ confirmed_seq: String(gate.stats().revocation) }]);
  });

  test('must outlive the belief in memory', async () => {
    await expect(rig.open({ settings: { leaseMs: 2000, freshMs: 2000 } })).rejects.toThrow('lease');
  });

  test('two processes of one name are two replicas', async () => {
    const one = await rig.open({ name: 'twin' });
    const two = await rig.open({ name: 'twin' });
    expect(one.replicaId).not.toBe(two.replicaId);
    expect(await replicas()).toHaveLength(2);
  });
});

describe('a start', () => {
  test('is ready only with every live revocation in memory', async () => {
    const engine = scriptedEngine();
    engine.onUpdate = () => ({ kind: 'unavailable', why: 'away' });
    const first = await rig.open({ engine });
    await first.revocations.revoke(linkOrder(linkId(1), KEY), 'test');
    const soon = (Date.now() + 3_600_000) as Instant;
    await first.revocations.revoke(
      { kind: 'login', loginId: 'login-of-22-characters', keepUntil: soon },
      'test',
    );
    await first.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'test');
    await first.close();

    const again = await rig.open();
    expect(await ready(again)).toBe(true);
    expect(again.memory.isRevoked(linkId(1))).toBe(true);
    expect(again.memory.isRevoked('login-of-22-characters')).toBe(true);
    expect(again.memory.isRevoked(linkId(2))).toBe(false);
    expect(again.memory.isHeld(KEY)).toBe(true);
  });

  test('without PostgreSQL goes on trying, and is not ready meanwhile', async () => {
    proxy.silence();
    const gate = await rig.open({
      url: proxy.url,
      settings: { openWithinMs: 50, statementMs: 100, reconnectMs: 50 },
    });
    expect(await ready(gate)).toBe(false);
    expect(gate.memory.hit(SLUG)).toBeUndefined();
    proxy.resume();
    await until(() => ready(gate));
  });

  test('closing does not wait for a dead peer', async () => {
    const gate = await rig.open({ url: proxy.url });
    proxy.silence();
    await gate.close();
    expect(await rig.db.selectFrom('replicas').selectAll().execute()).toEqual([]);
  });

  test('a clock far from PostgreSQL’s is not ready, and says so once', async () => {
    const skewed = await rig.open({
      clock: () => (systemClock() + 5000) as Instant,
      settings: { silenceMs: 2000 },
    });
    expect(await ready(skewed)).toBe(false);
    expect(await ready(skewed)).toBe(false);
    const said = rig.events.filter((event) => event.kind === 'skewed');
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ offset: { atMost: expect.any(Number) } });
    expect((await Promise.all(skewed.readiness.map((one) => one.check())))[0]).toBe(true);
  });
});
