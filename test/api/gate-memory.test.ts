import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { EngineAnswer } from '../../api/gate/engine.ts';
import type { OpenGateMemory } from '../../api/gate/open-gate-memory.ts';
import { connectDatabase } from '../../db/connect.ts';
import type { Gate } from '../../workflows/contract/session.ts';
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
import { changeSession, publishGate, revokeLink, writeLink } from './support/rows.ts';
import { gateOf, KEY, linkId, NOW, OTHER_KEY, OTHER_SLUG, SLUG } from './support/values.ts';

let rig: GateRig;
let engine: ScriptedEngine;
let gate: OpenGateMemory;

beforeAll(async () => {
  rig = await startGateRig();
});
beforeEach(() => {
  engine = scriptedEngine();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const open = async (options: Parameters<GateRig['open']>[0] = {}): Promise<OpenGateMemory> => {
  gate = await rig.open({ engine, ...options });
  return gate;
};
const gateAt = (version: number, more: Partial<Gate> = {}): Gate => gateOf({ version, ...more });
const LOGIN = 'login-of-22-characters';
const answers = (value: Gate): EngineAnswer<Gate> => ({ kind: 'answer', value });
const away: EngineAnswer<Gate> = { kind: 'unavailable', why: 'deadline' };

describe('a look', () => {
  test('finds the session, and is a hit from then on', async () => {
    await open();
    expect(gate.memory.hit(SLUG)).toBeUndefined();
    expect(await gate.memory.look(SLUG, [linkId(1)])).toEqual({
      kind: 'session',
      sessionKey: KEY,
      tenantId: rig.rows.tenantId,
      clientId: rig.rows.clientId,
      reading: { kind: 'gate', gate: gateOf() },
      held: false,
      dead: new Set(),
    });
    expect(gate.memory.hit(SLUG)).toEqual({
      slug: SLUG,
      sessionKey: KEY,
      tenantId: rig.rows.tenantId,
      clientId: rig.rows.clientId,
      gate: gateOf(),
    });
    expect(gate.stats()).toMatchObject({ hits: 1, misses: 1, looks: 1, engineQueries: 1, snapshots: 1 });
  });

  test('at nobody’s slug finds nobody, asks no workflow and keeps nothing', async () => {
    await open();
    expect(await gate.memory.look('nobodys-slug-0000000000', [])).toEqual({ kind: 'unknown' });
    expect(engine.gates).toEqual([]);
    expect(gate.stats().snapshots).toBe(0);
  });

  test('tells dead links and logins from good ones', async () => {
    await open();
    await writeLink(rig.db, rig.rows, KEY, linkId(2));
    await revokeLink(rig.db, linkId(2));
    await gate.revocations.revoke({ kind: 'login', loginId: LOGIN, keepUntil: NOW }, 'test');
    const other = 'other-login-of-22-char';
    const asked = [linkId(1), linkId(2), linkId(3), linkId(1, OTHER_KEY), LOGIN, other];
    const look = await gate.memory.look(SLUG, asked);
    expect(look).toMatchObject({
      kind: 'session',
      dead: new Set([linkId(2), linkId(3), linkId(1, OTHER_KEY), LOGIN]),
    });
  });

  test('together with others finds each caller’s own dead links', async () => {
    await open();
    await revokeLink(rig.db, linkId(1));
    await writeLink(rig.db, rig.rows, KEY, linkId(2));
    const ids = [linkId(1), linkId(2), linkId(1), linkId(2), linkId(2)];
    const found = await Promise.all(ids.map((id) => gate.memory.look(SLUG, [id])));
    expect(found.map((look) => look.kind === 'session' && look.dead.size)).toEqual([1, 0, 1, 0, 0]);
  });

  test('sees what was revoked before it came, though the question it joins is older', async () => {
    await open();
    const answer = deferred<EngineAnswer<Gate>>();
    engine.onGate = () => answer.promise;
    const early = gate.memory.look(SLUG, [linkId(1)]);
    await until(() => engine.gates.length > 0);
    await revokeLink(rig.db, linkId(1));
    await publishGate(rig.db, gateAt(NOW + 1, { linkId: null }));
    const late = gate.memory.look(SLUG, [linkId(1)]);
    await until(() => gate.stats().looks === 2);
    answer.resolve(answers(gateOf()));
    expect(await early).toMatchObject({ reading: { gate: { version: NOW } } });
    expect(await late).toMatchObject({
      reading: { gate: { version: NOW + 1, linkId: null } },
      dead: new Set([linkId(1)]),
    });
  });

  test('that is still waiting when a revocation is acknowledged knows of it', async () => {
    await open();
    const answer = deferred<EngineAnswer<Gate>>();
    engine.onGate = () => answer.promise;
    engine.onUpdate = () => ({ kind: 'unavailable', why: 'away' });
    const look = gate.memory.look(SLUG, [linkId(1)]);
    await until(() => engine.gates.length > 0);
    await gate.revocations.revoke(linkOrder(linkId(1), KEY), 'test');
    await gate.revocations.revoke({ kind: 'access', sessionKey: KEY }, 'test');
    answer.resolve(answers(gateOf()));
    expect(await look).toMatchObject({ held: true, dead: new Set([linkId(1)]) });
  });

  test('answers with what was heard while it waited, and that is what stays', async () => {
    await open();
    await gate.memory.look(OTHER_SLUG, []);
    const answer = deferred<EngineAnswer<Gate>>();
    engine.onGate = () => answer.promise;
    const look = gate.memory.look(SLUG, []);
    await until(() => engine.gates.length > 1);
    await publish(rig.db, gateAt(NOW + 5, { access: 'revoked' }));
    await publish(rig.db, gateAt(NOW + 5, { sessionKey: OTHER_KEY }));
    // Told in order: whoever has heard the second has heard the first.
    await until(() => gate.memory.hit(OTHER_SLUG)?.gate.version === NOW + 5);
    answer.resolve(answers(gateOf()));
    expect(await look).toMatchObject({ reading: { gate: { version: NOW + 5, access: 'revoked' } } });
    expect(gate.memory.hit(SLUG)?.gate).toMatchObject({ version: NOW + 5, access: 'revoked' });
  });

  test('without Temporal answers with the published gate, which counts as a hit', async () => {
    await open();
    engine.onGate = () => away;
    expect(await gate.memory.look(SLUG, [])).toMatchObject({ reading: { kind: 'unavailable' } });
    await publish(rig.db, gateOf());
    expect(await gate.memory.look(SLUG, [])).toMatchObject({ reading: { kind: 'gate', gate: gateOf() } });
    expect(gate.memory.hit(SLUG)?.gate).toEqual(gateOf());
    expect(rig.reports).toContainEqual({ sessionKey: KEY, kind: 'degraded', why: 'deadline' });
  });

  test('without PostgreSQL cannot tell, whatever Temporal says', async () => {
    await open();
    await sql`alter table links rename to links_gone`.execute(rig.db);
    expect(await gate.memory.look(SLUG, [])).toEqual({ kind: 'unavailable' });
    expect(engine.gates).toEqual([]);
    expect(rig.events).toContainEqual(expect.objectContaining({ kind: 'look-failed' }));
    await sql`alter table links_gone rename to links`.execute(rig.db);
    expect(await gate.memory.look(SLUG, [])).toMatchObject({ kind: 'session' });
  });

  test('does not wait for a PostgreSQL that hangs, and finds it again afterwards', async () => {
    await open({ settings: { storeWithinMs: 50 } });
    const blocker = connectDatabase(rig.database.url, { max: 1, onIdleError: () => undefined });
    const release = deferred<undefined>();
    const locked = deferred<undefined>();
    const holding = blocker.db.transaction().execute(async (trx) => {
      await sql`lock table links in access exclusive mode`.execute(trx);
      locked.resolve(undefined);
      await release.promise;
    });
    await locked.promise;
    expect(await gate.memory.look(SLUG, [])).toEqual({ kind: 'unavailable' });
    release.resolve(undefined);
    await holding;
    await blocker.close();
    await until(async () => (await gate.memory.look(SLUG, [])).kind === 'session');
  });
});

describe('a run that is gone', () => {
  test.each<EngineAnswer<Gate>>([{ kind: 'not-found' }, { kind: 'ended-uncleanly' }])(
    '$kind: closed, not kept, and a person is told once',
    async (silence) => {
      await open();
      await publish(rig.db, gateOf());
      engine.onGate = () => silence;
      expect(await gate.memory.look(SLUG, [])).toMatchObject({ reading: { kind: 'closed' } });
      expect(gate.memory.hit(SLUG)).toBeUndefined();
      const attention = async () =>
        (
          await rig.db
            .selectFrom('sessions')
            .select('needs_attention')
            .where('session_key', '=', KEY)
            .executeTakeFirstOrThrow()
        ).needs_attention;
      await until(attention);
      expect(rig.reports).toContainEqual({ sessionKey: KEY, kind: 'attention', why: silence.kind });

      await rig.db.updateTable('sessions').set({ needs_attention: false }).execute();
      await gate.memory.look(SLUG, []);
      expect(await attention()).toBe(false);

      // Temporal away now: what this replica knows of the run still counts, until something newer is published.
      engine.onGate = () => away;
      expect(await gate.memory.look(SLUG, [])).toMatchObject({ reading: { kind: 'closed' } });
      await publish(rig.db, gateAt(NOW + 1));
      expect(await gate.memory.look(SLUG, [])).toMatchObject({ reading: { kind: 'gate' } });
    },
  );

  test('is over where its rows say so', async () => {
    await open();
    engine.onGate = () => ({ kind: 'not-found' });
    await changeSession(rig.db, { start_state: 'ended' });
    expect(await gate.memory.look(SLUG, [])).toMatchObject({ reading: { kind: 'over' } });
    await changeSession(rig.db, { start_state: 'started' });
    await publish(rig.db, gateOf({ state: 'over', linkId: null }));
    expect(await gate.memory.look(SLUG, [])).toMatchObject({ reading: { kind: 'over' } });
    expect(gate.memory.hit(SLUG)?.gate.state).toBe('over');
  });

  test('is found out in the background, and found again when it was reset', async () => {
    await open({ settings: { recheckEveryMs: 5, recheckEachMs: 20 } });
    await publish(rig.db, gateOf());
    await gate.memory.look(SLUG, []);
    expect(gate.memory.hit(SLUG)).toBeDefined();
    engine.onGate = () => ({ kind: 'ended-uncleanly' });
    await until(() => gate.memory.hit(SLUG) === undefined);
    expect(await gate.memory.look(SLUG, [])).toMatchObject({ reading: { kind: 'closed' } });
    engine.onGate = () => answers(gateAt(NOW + 9));
    await gate.memory.look(SLUG, []);
    expect(gate.memory.hit(SLUG)?.gate.version).toBe(NOW + 9);
  });

  test('the background brings what was never told, and says nothing while Temporal is away', async () => {
    await open({ settings: { recheckEveryMs: 5, recheckEachMs: 20 } });
    await publish(rig.db, gateOf());
    await gate.memory.look(SLUG, []);
    engine.onGate = () => away;
    const asked = engine.gates.length;
    await until(() => engine.gates.length > asked + 2);
    expect(rig.reports).toEqual([]);
    expect(gate.memory.hit(SLUG)?.gate.version).toBe(NOW);
    engine.onGate = () => answers(gateAt(NOW + 2));
    await until(() => gate.memory.hit(SLUG)?.gate.version === NOW + 2);
  });

  test('a snapshot is asked about again only after its time', async () => {
    await open({ settings: { recheckEveryMs: 2, recheckEachMs: 3_600_000 } });
    await gate.memory.look(SLUG, []);
    await new Promise((resolve) => {
      setTimeout(resolve, 60);
    });
    expect(engine.gates).toHaveLength(1);
  });
});

describe('notifications', () => {
  test('replace what is kept, on every replica, without a question', async () => {
    const other = await rig.open({ engine });
    await open();
    await publish(rig.db, gateOf());
    for (const one of [gate, other]) await one.memory.look(SLUG, []);
    const asked = engine.gates.length;
    await publish(rig.db, gateAt(NOW + 1, { access: 'revoked' }));
    await until(() => [gate, other].every((one) => one.memory.hit(SLUG)?.gate.access === 'revoked'));
    expect(engine.gates).toHaveLength(asked);
  });

  test('one that cannot be read throws its session’s snapshot out, and no other', async () => {
    await open();
    await gate.memory.look(SLUG, []);
    await gate.memory.look(OTHER_SLUG, []);
    await sql`select pg_notify('latchkey_gate', ${JSON.stringify({ sessionKey: KEY, version: 'x' })})`.execute(
      rig.db,
    );
    await until(() => gate.memory.hit(SLUG) === undefined);
    expect(gate.memory.hit(OTHER_SLUG)).toBeDefined();
    expect(rig.events).toContainEqual({ kind: 'unreadable', channel: 'latchkey_gate' });
    await sql`select pg_notify('latchkey_gate', 'what')`.execute(rig.db);
    await until(() => gate.memory.hit(OTHER_SLUG) === undefined);
  });
});
