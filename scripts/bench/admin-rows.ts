import { type Insertable, sql } from 'kysely';
import { BOOKING_POLICY } from '../../api/booking/policy.ts';
import type { Database } from '../../db/connect.ts';
import type { BookingsTable } from '../../db/tables.ts';
import type { BookingInput } from '../../workflows/contract/booking.ts';
import type { BookingKey, Instant } from '../../workflows/contract/values.ts';
import { seededRandom } from '../random.ts';

/** Of the generator: the same bookings in each run. */
export const SEED = 20_260_115;

const AT_ONCE = 1000;
const MINUTE = 60_000;
const FROM = Date.UTC(2025, 0, 1);

const SYLLABLES =
  'an be cor da el fi gro ha is jo ka lu mer no or pe qui ra sto ta ul ver wal xan yo zim berg ley mann sen'.split(
    ' ',
  );
const POSITIONS = ['CEO', 'CTO', 'Founder', 'Head of Sales', 'Head of Marketing', 'Buyer', 'Consultant'];
const STATUSES = ['pending', 'scheduled', 'completed', 'cancelled'] as const;

/** A booking as its request and its run would have left it; of made-up people with names of syllables. */
function bookingOf(n: number, tenantId: number, random: () => number): Insertable<BookingsTable> {
  const one = <T>(values: readonly T[]): T => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new Error('nothing to choose from');
    return value;
  };
  const name = (): string => {
    const text = one(SYLLABLES) + one(SYLLABLES) + (random() < 0.5 ? one(SYLLABLES) : '');
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
  const [firstName, lastName, company] = [name(), name(), `${name()} ${name()}`];
  const status = one(STATUSES);
  const at = (FROM + n * MINUTE) as Instant;
  const bookingKey = `bench${String(n).padStart(17, '0')}` as BookingKey;
  const startsAt = status === 'pending' ? null : new Date(at + random() * 30 * 24 * 60 * MINUTE);
  return {
    booking_key: bookingKey,
    kind: 'request',
    link_id: null,
    nonce: null,
    tenant_id: tenantId,
    client_id: null,
    template_id: null,
    first_name: firstName,
    last_name: lastName,
    company_name: `${company} GmbH`,
    company_website: 'https://company.example',
    position: one(POSITIONS),
    is_decision_maker: random() < 0.5,
    email: `${firstName}.${lastName}${n}@company.example`.toLowerCase(),
    is_read: random() < 0.5,
    workflow_id: `booking-${bookingKey}`,
    start_state: 'ended',
    intended_at: new Date(at),
    started_at: new Date(at),
    input: JSON.stringify({
      rulesVersion: 1,
      bookingKey,
      tenantId,
      provider: 'calendly',
      requestedAt: at,
      policy: BOOKING_POLICY,
    } satisfies BookingInput),
    provider: 'calendly',
    event_type: 'bench',
    booking_url: `https://calendly.example/d/${n}/hour?utm_content=${bookingKey}.AAAAAAAAAAA`,
    status,
    reason: status === 'cancelled' ? 'cancelled-by-client' : null,
    starts_at: startsAt,
    ends_at: startsAt,
    created_at: new Date(at),
    updated_at: new Date(at + random() * 7 * 24 * 60 * MINUTE),
  };
}

/** Made anew behind the rows it is the same index in a fraction of the time. */
async function withoutTrigrams(db: Database, write: () => Promise<void>): Promise<void> {
  const { rows } = await sql<{ indexdef: string }>`
    select indexdef from pg_indexes where indexname = 'bookings_requests_search'
  `.execute(db);
  await sql`drop index bookings_requests_search`.execute(db);
  await write();
  for (const { indexdef } of rows) await sql.raw(indexdef).execute(db);
}

/** @returns the tenant that all of them belong to. */
export async function writeBookings(db: Database, count: number): Promise<number> {
  const { id: tenantId } = await db
    .insertInto('tenants')
    .values({ name: 'Bench', time_zone: 'Europe/Berlin', saleor_domain: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  const random = seededRandom(SEED);
  await withoutTrigrams(db, async () => {
    for (let start = 0; start < count; start += AT_ONCE) {
      const rows = Array.from({ length: Math.min(AT_ONCE, count - start) }, (_, n) =>
        bookingOf(start + n, tenantId, random),
      );
      await db.insertInto('bookings').values(rows).execute();
    }
  });
  // As the server's own housekeeping would, sooner or later.
  await sql`vacuum analyze bookings`.execute(db);
  return tenantId;
}
