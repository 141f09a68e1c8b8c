import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import type { LimitName } from '../../api/limits/limits.ts';
import { createRateLimits, type LimitSettings, type RateLimitsDependencies } from '../../api/limits/store.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { pruneRateLimits } from '../../db/queries/rate-limits.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { ringOf } from './support/keys.ts';

const LIMIT = 3;
const limits: LimitSettings = {
  linksPerTenant: LIMIT,
  linksPerUser: LIMIT,
  linksPerAddress: LIMIT,
  bookingsPerAddress: LIMIT,
  loginsPerAddress: LIMIT,
  loginsPerEmail: 2,
  bookingRequestsPerAddress: LIMIT,
  bookingRequestsPerEmail: LIMIT,
  bookingReadsPerAddress: LIMIT,
  registrationsPerAddress: LIMIT,
};
const keys = ringOf('cookie');

let database: TestDatabase;
let other: DatabaseConnection;
beforeAll(async () => {
  database = await createTestDatabase();
  other = connectDatabase(database.url, { max: 5, onIdleError: () => undefined });
});
afterAll(async () => {
  await other.close();
  await database.drop();
});
afterEach(() => database.connection.db.deleteFrom('rate_limits').execute());

const limiter = (pool: Pool, more: Partial<RateLimitsDependencies> = {}) =>
  createRateLimits({ pool, limits, keys, ...more });
const rows = () =>
  database.connection.db
    .selectFrom('rate_limits')
    .select(['key', 'points', 'expire'])
    .orderBy('key')
    .execute();

describe('a limit', () => {
  test('is used up by all processes together', async () => {
    const one = limiter(database.connection.pool);
    const two = limiter(other.pool);
    const standings = [];
    for (const limits of [one, two, one, two]) standings.push(await limits.charge('links-per-tenant', '7'));
    expect(standings.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    for (const { limit, resetSeconds } of standings) {
      expect(limit).toBe(LIMIT);
      expect(resetSeconds).toBeGreaterThan(0);
      expect(resetSeconds).toBeLessThanOrEqual(60);
    }
    expect(await one.charge('links-per-tenant', '8')).toMatchObject({ allowed: true, remaining: 2 });
    expect(await two.charge('links-per-user', '7')).toMatchObject({ allowed: true, remaining: 2 });
  });

  test('lets exactly so many of a crowd through', async () => {
    const both = [limiter(database.connection.pool), limiter(other.pool)];
    const crowd = await Promise.all(
      Array.from({ length: 10 }, () => both.map((one) => one.charge('bookings-per-address', 'a'))).flat(),
    );
    expect(crowd.filter(({ allowed }) => allowed)).toHaveLength(LIMIT);
  });

  test('begins anew when its window is over', async () => {
    const before = limiter(database.connection.pool);
    for (let n = 0; n < LIMIT; n += 1) await before.charge('links-per-user', '7:5');
    expect(await limiter(other.pool).charge('links-per-user', '7:5')).toMatchObject({ allowed: false });
    await database.connection.db
      .updateTable('rate_limits')
      .set({ expire: Date.now() - 1 })
      .execute();
    // A process that has not seen it used up and so does not remember until when.
    expect(await limiter(other.pool).charge('links-per-user', '7:5')).toMatchObject({
      allowed: true,
      remaining: LIMIT - 1,
    });
  });

  test('of codes for one e-mail address lasts a quarter of an hour', async () => {
    const { resetSeconds, limit } = await limiter(database.connection.pool).charge(
      'logins-per-email',
      'ada@example.com',
    );
    expect(limit).toBe(2);
    expect(resetSeconds).toBeGreaterThan(800);
    expect(resetSeconds).toBeLessThanOrEqual(900);
  });

  test('that is used up costs the store nothing more', async () => {
    const limited = limiter(other.pool);
    for (let n = 0; n <= LIMIT; n += 1) await limited.charge('links-per-tenant', '9');
    const [row] = await rows();
    for (let n = 0; n < 20; n += 1)
      expect(await limited.charge('links-per-tenant', '9')).toMatchObject({ allowed: false, remaining: 0 });
    expect(await rows()).toEqual([row]);
  });
});

describe('the rows', () => {
  test('hold neither addresses nor e-mail addresses, and a stranger cannot compute them', async () => {
    const limited = limiter(database.connection.pool);
    const names: readonly LimitName[] = [
      'links-per-address',
      'bookings-per-address',
      'logins-per-address',
      'logins-per-email',
    ];
    for (const name of names) {
      await limited.charge(name, '203.0.113.7');
      await limited.charge(name, 'ada@example.com');
    }
    await limiter(other.pool, { keys: ringOf('another') }).charge('logins-per-email', 'ada@example.com');
    const stored = (await rows()).map(({ key }) => key);
    expect(stored).toHaveLength(9);
    expect(stored.join()).not.toMatch(/203|ada|example/);
    for (const key of stored) expect(key).toMatch(/^[a-z-]+:[\w-]{43}$/);
  });

  test('take any key, however long and odd', async () => {
    const limited = limiter(database.connection.pool);
    for (const key of ['x'.repeat(10_000), 'a\u0000b', '💥', ''])
      expect(await limited.charge('logins-per-email', key)).toMatchObject({ allowed: true, remaining: 1 });
    expect(await rows()).toHaveLength(4);
  });

  test('are deleted once their window is over, and no earlier', async () => {
    const limited = limiter(database.connection.pool);
    await limited.charge('links-per-tenant', '1');
    await limited.charge('links-per-tenant', '2');
    const { db } = database.connection;
    const now = Date.now() as Instant;
    await db
      .updateTable('rate_limits')
      .set({ expire: now - 1 })
      .where('key', '=', 'links-per-tenant:1')
      .execute();
    expect(await pruneRateLimits(db, now)).toBe(1);
    expect((await rows()).map(({ key }) => key)).toEqual(['links-per-tenant:2']);
    expect(await pruneRateLimits(db, now)).toBe(0);
  });
});

describe('while PostgreSQL is away', () => {
  /** The pool, which can be told to fail or to hang. */
  function fragile(pool: Pool) {
    const state = { mood: 'well' as 'well' | 'failing' | 'hanging', asked: 0 };
    const query = (text: never): unknown => {
      state.asked += 1;
      if (state.mood === 'failing') return Promise.reject(new Error('connection refused'));
      if (state.mood === 'hanging') return new Promise(() => undefined);
      return pool.query(text);
    };
    return { state, pool: { query } as unknown as Pool };
  }

  test.each(['failing', 'hanging'] as const)('and %s, each process counts for itself', async (mood) => {
    const { state, pool } = fragile(database.connection.pool);
    const reports: unknown[] = [];
    let elapsed = 0;
    const limited = limiter(pool, {
      // Long enough for the real store on a busy machine.
      patienceMs: 500,
      elapsed: () => elapsed,
      report: (error) => reports.push(error),
    });
    expect(await limited.charge('links-per-tenant', '7')).toMatchObject({ allowed: true, remaining: 2 });

    state.mood = mood;
    const standings = [];
    for (let n = 0; n < 4; n += 1) standings.push(await limited.charge('links-per-tenant', '7'));
    expect(standings.map(({ allowed }) => allowed)).toEqual([true, true, true, false]);
    expect(standings[3]).toMatchObject({ limit: LIMIT, remaining: 0 });
    // One request found out; the others did not wait for it.
    expect(state.asked).toBe(2);
    expect(reports).toHaveLength(1);

    elapsed += 5001;
    await Promise.all([1, 2, 3].map(() => limited.charge('links-per-tenant', '8')));
    expect(state.asked).toBe(3);
    expect(reports).toHaveLength(1);

    state.mood = 'well';
    elapsed += 5001;
    expect(await limited.charge('links-per-tenant', '7')).toMatchObject({ allowed: true, remaining: 1 });
    expect(await limited.charge('links-per-tenant', '7')).toMatchObject({ allowed: true, remaining: 0 });
    expect((await rows()).map(({ key, points }) => [key, points])).toEqual([['links-per-tenant:7', 3]]);
  });

  test('nothing is thrown when nobody listens', async () => {
    const gone = new URL(database.url);
    gone.port = '1';
    const nowhere = connectDatabase(gone.href, { max: 1, onIdleError: () => undefined });
    try {
      const limited = limiter(nowhere.pool);
      for (const remaining of [2, 1, 0])
        expect(await limited.charge('links-per-address', '203.0.113.7')).toMatchObject({
          allowed: true,
          remaining,
        });
      expect(await limited.charge('links-per-address', '203.0.113.7')).toMatchObject({ allowed: false });
    } finally {
      await nowhere.close();
    }
  });
});
