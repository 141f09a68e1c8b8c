import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { vendorPaceStore } from '../../db/queries/vendor-paces.ts';
import { spacingOf, type Turn } from '../../platform/vendor-pace/pace.ts';
import { createAdmissions } from '../../platform/vendor-pace/vendors.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const DAY = 86_400_000;

let database: TestDatabase;
let replicas: readonly DatabaseConnection[];
beforeAll(async () => {
  database = await createTestDatabase();
  replicas = [1, 2, 3].map(() => connectDatabase(database.url, { max: 3, onIdleError: () => undefined }));
});
afterAll(async () => {
  for (const replica of replicas ?? []) await replica.close();
  await database?.drop();
});
beforeEach(() => database.connection.db.deleteFrom('vendor_paces').execute());

const stores = () => replicas.map(({ db }) => vendorPaceStore(db));

/** The instant of a turn by PostgreSQL's clock, as far as the clock of one statement tells. */
async function turnsOf(count: number, perMinute: number, patienceMs: number): Promise<readonly Turn[]> {
  const all = stores();
  return await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const store = all[n % all.length];
      if (!store) throw new Error('no store');
      return await store.takeTurn('calendly', spacingOf(perMinute), patienceMs);
    }),
  );
}

test('three replicas at once: no turn is given twice, and no minute has more than its rate', async () => {
  const started = performance.now();
  const turns = await turnsOf(150, 500, DAY);
  const took = performance.now() - started;
  expect(turns.every(({ kind }) => kind === 'now')).toBe(true);
  const waits = turns.map(({ waitMs }) => waitMs).sort((a, b) => a - b);
  const { intervalMs, roomMs } = spacingOf(500);
  // A tenth in a row, the rest evenly; each turn was told from when it was asked for.
  expect(waits.filter((ms) => ms === 0).length).toBeLessThanOrEqual(50 + Math.ceil(took / intervalMs));
  const last = waits.at(-1) ?? 0;
  expect(last).toBeGreaterThan(150 * intervalMs - roomMs - intervalMs - took - 1);
  expect(last).toBeLessThanOrEqual(150 * intervalMs - roomMs);
  const { rows } = await sql<{ ahead: number }>`
    select extract(epoch from next_at - asked_at)::float8 * 1000 as ahead from vendor_paces
  `.execute(database.connection.db);
  expect(Number(rows[0]?.ahead)).toBeGreaterThan(150 * intervalMs - took - 1);
});

test('who would wait too long takes no turn, and is told to come again one after the other', async () => {
  const { intervalMs } = spacingOf(60);
  const turns = await turnsOf(40, 60, 2000);
  const given = turns.filter(({ kind }) => kind === 'now');
  const later = turns.filter(({ kind }) => kind === 'later').map(({ waitMs }) => waitMs);
  expect(given.length).toBeGreaterThanOrEqual(6 + 1);
  expect(given.length).toBeLessThanOrEqual(6 + 3);
  expect(given.every(({ waitMs }) => waitMs <= 2000)).toBe(true);
  const sorted = [...later].sort((a, b) => a - b);
  expect(Math.min(...sorted)).toBeGreaterThan(2000 - intervalMs);
  expect((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)).toBeGreaterThan((later.length - 3) * intervalMs);
});

test('what the vendor asked for moves everybody’s next turn, and never brings it nearer', async () => {
  const [one, other] = stores();
  if (!one || !other) throw new Error('no store');
  const spacing = spacingOf(500);
  expect(await one.takeTurn('calendly', spacing, 2000)).toEqual({ kind: 'now', waitMs: 0 });
  await one.pause('calendly', spacing, 37_000);
  await other.pause('calendly', spacing, 1000);
  const turn = await other.takeTurn('calendly', spacing, 2000);
  expect(turn.kind).toBe('later');
  expect(turn.waitMs).toBeGreaterThan(30_000);
  expect(turn.waitMs).toBeLessThanOrEqual(38_000);
  // Others have a pace of their own.
  expect(await other.takeTurn('zammad', spacing, 2000)).toEqual({ kind: 'now', waitMs: 0 });
});

test('a 429 that one process gets keeps the others away too, for as long as the vendor asked', async () => {
  const lines: string[] = [];
  const write = (_fields: Record<string, unknown>, message: string) => void lines.push(message);
  const [one, other] = stores().map(
    (store) =>
      createAdmissions({
        rates: { saleor: 0, zammad: 0, apisix: 0, calendly: 500, calcom: 0 },
        store,
        places: 10,
        log: { info: write, warn: write },
      }).calendly,
  );
  if (!one || !other) throw new Error('no admission');
  const passage = await one.enter();
  if (passage.kind !== 'go') throw new Error('it must not go');
  passage.end({ code: 'vendor-rate-limited', retryAfterMs: 37_000 });
  // The end of a call waits for nobody; the others hear of it moments later.
  let next = await other.enter();
  while (next.kind === 'go') {
    next.end({ code: null, retryAfterMs: null });
    next = await other.enter();
  }
  expect(next.code).toBe('vendor-rate-limited');
  expect(next.afterMs).toBeGreaterThan(30_000);
  expect(lines).toEqual([]);
});
