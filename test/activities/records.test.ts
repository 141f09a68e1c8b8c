import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Gate, SessionRecord, TimelineEntry } from '../../workflows/contract/session.ts';
import { instant, NOW } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let listener: pg.Client;
let heard: string[];
beforeEach(async () => {
  world = await createWorld();
  heard = [];
  listener = new pg.Client({ connectionString: world.url });
  listener.on('error', () => undefined);
  await listener.connect();
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await listener.query('listen latchkey_gate');
});
afterEach(async () => {
  await listener.end();
  await world.close();
});

const gate = (version: number, state: Gate['state'] = 'live'): Gate => ({
  sessionKey: world.sessionKey,
  version,
  state,
  access: 'granted',
  page: { from: NOW, until: instant('2026-12-01T12:00:00Z') },
  join: [],
  linkId: null,
});
const record: SessionRecord = {
  phase: 'scheduled',
  outcome: null,
  startsAt: instant('2026-12-01T10:00:00Z'),
  endsAt: instant('2026-12-01T11:00:00Z'),
  cutoffAt: instant('2026-11-30T10:00:00Z'),
  needsAttention: false,
};
const entry = (seq: number, reason = 'booked'): TimelineEntry => ({
  seq,
  at: NOW,
  event: 'appointment.booked',
  from: 'awaiting-booking',
  to: 'scheduled',
  reason,
});
const publish = (version: number, more: Partial<Parameters<World['activities']['publish']>[0]> = {}) =>
  world.activities.publish({
    sessionKey: world.sessionKey,
    gate: gate(version),
    record,
    entries: [],
    ...more,
  });

const gates = () => world.dependencies.db.selectFrom('gates').selectAll().execute();
const session = () => world.dependencies.db.selectFrom('sessions').selectAll().executeTakeFirstOrThrow();
const timeline = () => world.dependencies.db.selectFrom('timeline').selectAll().orderBy('seq').execute();
/** A query on the listening connection comes back after the notifications that were sent before it. */
const told = async () => {
  await listener.query('select 1');
  return heard.map((text): unknown => JSON.parse(text));
};

describe('publish', () => {
  test('gate, record and timeline together, and the gate is told', async () => {
    expect(await publish(7, { entries: [entry(1), entry(2)] })).toEqual({
      kind: 'publish',
      version: 7,
      seq: 2,
    });
    expect((await gates())[0]).toMatchObject({ version: '7', gate: gate(7), published_at: new Date(NOW) });
    expect(await session()).toMatchObject({
      phase: 'scheduled',
      outcome: null,
      starts_at: new Date('2026-12-01T10:00:00Z'),
      cutoff_at: new Date('2026-11-30T10:00:00Z'),
      needs_attention: false,
      start_state: 'started',
    });
    expect((await timeline()).map((row) => row.seq)).toEqual([1, 2]);
    expect(await told()).toEqual([gate(7)]);
    expect(Buffer.byteLength(heard[0] ?? '')).toBeLessThan(1024);
  });

  test('the same again changes nothing and is told once', async () => {
    await publish(7, { entries: [entry(1)] });
    await publish(7, { entries: [entry(1)] });
    expect(await timeline()).toHaveLength(1);
    expect(await told()).toHaveLength(1);
  });

  test('a lower version is answered and never overwrites, but its timeline stays', async () => {
    await publish(9, { record: { ...record, phase: 'locked' } });
    expect(await publish(8, { entries: [entry(1)] })).toEqual({ kind: 'publish', version: 8, seq: 1 });
    expect((await gates())[0]).toMatchObject({ version: '9', gate: gate(9) });
    expect((await session()).phase).toBe('locked');
    expect(await timeline()).toHaveLength(1);
    expect(await told()).toEqual([gate(9)]);
  });

  test('in any order at once, the highest stays', async () => {
    const versions = [5, 3, 9, 1, 7, 2, 8, 4, 6];
    await Promise.all(versions.map((version) => publish(version)));
    expect((await gates())[0]?.version).toBe('9');
    const order = (await told()).map((one) => (one as Gate).version);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order.at(-1)).toBe(9);
  });

  test('a timeline entry is never rewritten', async () => {
    await publish(1, { entries: [entry(1, 'first')] });
    await publish(2, { entries: [entry(1, 'second')] });
    expect((await timeline()).map((row) => row.reason)).toEqual(['first']);
  });

  test('the final gate ends the session; a reset run opens it again', async () => {
    await publish(10, { gate: gate(10, 'over'), record: { ...record, phase: 'settling' } });
    expect((await session()).start_state).toBe('started');
    await publish(11, {
      gate: gate(11, 'over'),
      record: { ...record, phase: 'ended', outcome: 'completed' },
    });
    expect(await session()).toMatchObject({ start_state: 'ended', phase: 'ended', outcome: 'completed' });
    await publish(12);
    expect((await session()).start_state).toBe('started');
  });

  test('versions of a workflow clock fit', async () => {
    const version = Date.parse('2099-01-01T00:00:00Z');
    await publish(version);
    expect((await gates())[0]?.version).toBe(String(version));
  });

  test('a session that is not there', async () => {
    const sessionKey = 'x'.repeat(22) as World['sessionKey'];
    await expect(publish(1, { sessionKey })).rejects.toMatchObject({ type: 'row-missing' });
  });
});
