import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { sql } from 'kysely';
import { appointmentActivities } from '../../activities/appointments.ts';
import { bookingActivities } from '../../activities/booking.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { renewBookingLink } from '../../db/queries/booking.ts';
import { keepSchedulingLink } from '../../db/queries/bookings.ts';
import { customerOnce } from '../../db/queries/tickets.ts';
import type { SchedulingLink } from '../../integrations/scheduling/provider.ts';
import type { CalendlyClient } from '../../integrations/calendly/contract.ts';
import type { BookingKey, SessionKey } from '../../workflows/contract/values.ts';
import { intend, issueLink, linkKeys, writeCatalog } from '../support/booking-rows.ts';
import { vendorFailure } from './support/fakes.ts';
import { NOW } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

const MANY = 8;

let world: World;
let sessions: readonly SessionKey[];
let bookings: readonly BookingKey[];
beforeAll(async () => {
  world = await createWorld();
  sessions = await Promise.all(Array.from({ length: MANY }, (_, n) => world.another(n + 1)));
  const catalog = await writeCatalog(world.dependencies.db);
  bookings = await Promise.all(
    Array.from({ length: MANY }, async () => {
      const { linkId } = await issueLink(world.dependencies.db, catalog, NOW);
      return (await intend(world.dependencies.db, linkId, NOW)).booking_key;
    }),
  );
});
afterAll(() => world.close());

const linksOf = async (table: 'sessions' | 'bookings') =>
  (await world.dependencies.db.selectFrom(table).select('booking_url').execute()).flatMap(
    ({ booking_url: url }) => (url === null ? [] : [url]),
  );
const claims = () => world.dependencies.db.selectFrom('link_claims').selectAll().execute();

/** A promise and what settles it. */
function gate<T>() {
  let open: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

/** The links of sessions and those of bookings are kept alike. */
const kinds = [
  {
    kind: 'sessions',
    keep: (make: () => Promise<string>) =>
      renewBookingLink(world.dependencies.db, sessions[0] ?? world.sessionKey, async ({ url }) =>
        url === null ? { bookingUrl: await make(), link: null } : null,
      ),
    makeAll: (db: Database, calendly: CalendlyClient) => {
      const { makeBookingLink } = appointmentActivities({
        ...world.dependencies,
        db,
        scheduling: () => calendly,
      });
      return sessions.map((sessionKey) => makeBookingLink({ sessionKey }));
    },
  },
  {
    kind: 'bookings',
    keep: (make: () => Promise<string>) =>
      keepSchedulingLink(world.dependencies.db, bookings[0] ?? ('' as BookingKey), make),
    makeAll: (db: Database, calendly: CalendlyClient) => {
      const { makeBookingLinkOf } = bookingActivities({
        db,
        clock: () => NOW,
        scheduling: () => calendly,
        linkKeys,
      });
      return bookings.map((bookingKey) => makeBookingLinkOf({ bookingKey }));
    },
  },
] as const;

describe.each(kinds)('links of $kind', ({ kind, keep, makeAll }) => {
  beforeEach(async () => {
    const { db } = world.dependencies;
    await db.updateTable(kind).set({ booking_url: null }).execute();
    await db.deleteFrom('link_claims').execute();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('while Calendly is silent none of them keeps a connection', async () => {
    const few = connectDatabase(world.url, { max: 2, onIdleError: () => undefined });
    try {
      const allAsked = gate<void>();
      const answer = gate<SchedulingLink>();
      let asked = 0;
      const createSchedulingLink = () => {
        asked += 1;
        if (asked === MANY) allAsked.open();
        return answer.promise;
      };
      const made = Promise.all(makeAll(few.db, { ...world.calendly, createSchedulingLink }));
      // With a connection each, only two of them would come as far as this.
      await Promise.race([allAsked.promise, made]);
      expect(few.pool.idleCount).toBe(few.pool.totalCount);
      const { rows } = await sql<{ one: number }>`select 1 as one`.execute(few.db);
      expect(rows).toEqual([{ one: 1 }]);
      expect(await linksOf(kind)).toEqual([]);
      answer.open({ bookingUrl: 'https://calendly.example/d/slow/60-min', link: null });
      await made;
      expect(await linksOf(kind)).toHaveLength(MANY);
      expect(await claims()).toEqual([]);
    } finally {
      await few.close();
    }
  });

  test('who comes meanwhile waits, and takes the link that was made', async () => {
    const [asked, answer] = [gate<void>(), gate<string>()];
    const first = keep(() => {
      asked.open();
      return answer.promise;
    });
    await asked.promise;
    const second = keep(() => Promise.reject(new Error('asked again')));
    // Time for it to look, and to ask again if it thought that it may.
    await Promise.race([second, sql`select pg_sleep(0.05)`.execute(world.dependencies.db)]);
    answer.open('https://calendly.example/d/1');
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(await linksOf(kind)).toEqual(['https://calendly.example/d/1']);
  });

  test('a call that fails gives the claim back', async () => {
    await expect(keep(() => Promise.reject(vendorFailure('vendor-unavailable')))).rejects.toMatchObject({
      code: 'vendor-unavailable',
    });
    expect(await claims()).toEqual([]);
    expect(await keep(() => Promise.resolve('https://calendly.example/d/2'))).toBe(true);
    expect(await linksOf(kind)).toEqual(['https://calendly.example/d/2']);
  });

  /** Somebody who has the claim and does not come back until `wake`. */
  async function stuck() {
    const [asked, answer] = [gate<void>(), gate<string>()];
    const done = keep(() => {
      asked.open();
      return answer.promise;
    });
    await asked.promise;
    return { done, wake: answer.open };
  }
  const endLeaseIn = (ms: number) =>
    world.dependencies.db
      .updateTable('link_claims')
      .set({ until: sql<Date>`now() + ${ms} * interval '1 millisecond'` })
      .returning('until')
      .executeTakeFirstOrThrow();

  test('of a claimer that crashed the lease runs out, and not before', async () => {
    const crashed = await stuck();
    const { until } = await endLeaseIn(300);
    let early: boolean | undefined;
    const made = await keep(async () => {
      const now = sql<{ early: boolean }>`select now() <= ${until}::timestamptz as early`;
      early = (await now.execute(world.dependencies.db)).rows[0]?.early;
      return 'https://calendly.example/d/3';
    });
    expect([made, early]).toEqual([true, false]);
    expect(await linksOf(kind)).toEqual(['https://calendly.example/d/3']);
    crashed.wake('https://calendly.example/d/late');
    await crashed.done;
  });

  test('one that comes to after its lease neither takes the next one’s claim away nor its link', async () => {
    const first = await stuck();
    await endLeaseIn(-1);
    const second = await stuck();
    const held = await claims();
    first.wake('https://calendly.example/d/first');
    expect(await first.done).toBe(true);
    expect(await claims()).toEqual(held);
    second.wake('https://calendly.example/d/second');
    expect(await second.done).toBe(true);
    expect(await linksOf(kind)).toEqual(['https://calendly.example/d/first']);
    expect(await claims()).toEqual([]);
  });

  test('who has waited for a whole lease fails, and may try again', async () => {
    const other = await stuck();
    const real = performance.now.bind(performance);
    let ahead = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => real() + ahead);
    const waiting = keep(() => Promise.reject(new Error('asked')));
    ahead = 3_600_000;
    await expect(waiting).rejects.toMatchObject({ code: 'vendor-timeout', retryable: true });
    other.wake('https://calendly.example/d/4');
    expect(await other.done).toBe(true);
  });
});

test('while Zammad is silent nobody keeps a connection for a customer, who is made once', async () => {
  const { db } = world.dependencies;
  const client = await db.selectFrom('clients').select(['id', 'email_key']).executeTakeFirstOrThrow();
  const single = connectDatabase(world.url, { max: 1, onIdleError: () => undefined });
  try {
    const [asked, answer] = [gate<void>(), gate<number>()];
    let made = 0;
    const makeAll = Array.from({ length: 4 }, () =>
      customerOnce(single.db, { id: client.id, emailKey: client.email_key }, () => {
        made += 1;
        asked.open();
        return answer.promise;
      }),
    );
    await asked.promise;
    // With a connection kept, this one would wait for Zammad.
    const { rows } = await sql<{ one: number }>`select 1 as one`.execute(single.db);
    expect(rows).toEqual([{ one: 1 }]);
    expect((await claims()).map(({ key }) => key).join()).not.toContain(client.email_key);
    answer.open(77);
    expect(await Promise.all(makeAll)).toEqual([77, 77, 77, 77]);
    expect([made, await claims()]).toEqual([1, []]);
  } finally {
    await single.close();
  }
});
