import { type RawBuilder, sql } from 'kysely';
import type { BookingKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { BookingStatus } from '../tables.ts';
import { type BookingRequest, bookingRequests } from './booking-requests.ts';

/** Every field that a list of bookings can be sorted by. */
export const bookingSorts = [
  'createdAt',
  'updatedAt',
  'firstName',
  'lastName',
  'companyName',
  'position',
  'email',
  'status',
  'scheduledAt',
  'isRead',
] as const;
export type BookingSort = (typeof bookingSorts)[number];
export type SortDirection = 'asc' | 'desc';

/** Which bookings, in which order. Bookings that are equal in the field that is sorted by follow in that of their keys. */
export interface BookingList {
  readonly tenantId: number;
  /** Each stands somewhere in the names, the company, the e-mail address or the position, in whatever case. */
  readonly words: readonly string[];
  readonly status: BookingStatus | null;
  readonly isRead: boolean | null;
  readonly sort: BookingSort;
  readonly direction: SortDirection;
}

/** Where a booking stands in its list: PostgreSQL's own text of what it is sorted by, and its key. */
export interface BookingPlace {
  readonly value: string;
  readonly key: BookingKey;
}

export type ListedBooking = BookingRequest & {
  /** `BookingPlace.value`; exact where a `Date` would be cut to milliseconds. */
  readonly place: string;
};

export interface BookingPage {
  /** Of the whole list. */
  readonly total: number;
  readonly rows: readonly ListedBooking[];
}

type SortedBy = { readonly type: 'text' | 'timestamptz' | 'boolean'; readonly value: RawBuilder<unknown> };

/** As people sort names, whatever the database's own collation. */
const byName = (column: string): SortedBy => ({
  type: 'text',
  value: sql`${sql.ref(`bookings.${column}`)} collate "und-x-icu"`,
});
const byTime = (column: string): SortedBy => ({ type: 'timestamptz', value: sql.ref(`bookings.${column}`) });

const sortedBy: Readonly<Record<Exclude<BookingSort, 'scheduledAt'>, SortedBy>> = {
  createdAt: byTime('created_at'),
  updatedAt: byTime('updated_at'),
  firstName: byName('first_name'),
  lastName: byName('last_name'),
  companyName: byName('company_name'),
  position: byName('position'),
  email: byName('email'),
  status: { type: 'text', value: sql.ref('bookings.status') },
  isRead: { type: 'boolean', value: sql.ref('bookings.is_read') },
};

function sortOf({ sort, direction }: BookingList): SortedBy {
  if (sort !== 'scheduledAt') return sortedBy[sort];
  // What has no time yet comes last, in either direction.
  const never = direction === 'asc' ? 'infinity' : '-infinity';
  return { type: 'timestamptz', value: sql`coalesce(bookings.starts_at, ${sql.lit(never)}::timestamptz)` };
}

/** The pattern is lowered as the column `search` is, and compared byte by byte. */
function contains(word: string): RawBuilder<boolean> {
  const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql`bookings.search like (lower(${pattern}::text collate "und-x-icu") collate "default")`;
}

function filterOf({ tenantId, words, status, isRead }: BookingList): RawBuilder<unknown> {
  return sql.join(
    [
      sql`bookings.tenant_id = ${tenantId}`,
      sql`bookings.kind = 'request'`,
      sql`bookings.deleted_at is null`,
      ...words.map(contains),
      ...(status === null ? [] : [sql`bookings.status = ${status}`]),
      ...(isRead === null ? [] : [sql`bookings.is_read = ${isRead}`]),
    ],
    sql` and `,
  );
}

/** Which part of a list. */
interface Part {
  readonly after: BookingPlace | null;
  readonly offset: number;
  readonly limit: number;
}

/**
 * Count and keys in one statement. What a search finds is found once, by the trigram index: were it left to the
 * planner, it might walk the whole order of the list for a word that hardly stands anywhere. Without words the two
 * are read from the indexes, each in its own way.
 */
async function findKeys(
  db: Database,
  list: BookingList,
  { after, offset, limit }: Part,
  counted: boolean,
): Promise<{ readonly total: number; readonly keys: readonly BookingKey[] }> {
  const { type, value } = sortOf(list);
  const [order, beyond] = list.direction === 'asc' ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`];
  const once = list.words.length > 0 ? sql`materialized` : sql`not materialized`;
  const from =
    after === null
      ? sql``
      : sql`where (place, booking_key) ${beyond} (${after.value}::${sql.raw(type)}, ${after.key})`;
  const { rows } = await sql<{ total: number; keys: BookingKey[] }>`
    with found as ${once} (
      select bookings.booking_key, ${value} as place from bookings where ${filterOf(list)}
    )
    select
      ${counted ? sql`(select count(*)::int from found)` : sql`0`} as total,
      array(
        select booking_key from found ${from}
        order by place ${order}, booking_key ${order}
        limit ${limit} offset ${offset}
      ) as keys
  `.execute(db);
  return rows[0] ?? { total: 0, keys: [] };
}

/** In the order of the keys; what was deleted meanwhile is left out. */
async function readRows(
  db: Database,
  list: BookingList,
  keys: readonly BookingKey[],
): Promise<readonly ListedBooking[]> {
  if (keys.length === 0) return [];
  const rows = await bookingRequests(db)
    .select(sql<string>`(${sortOf(list).value})::text`.as('place'))
    .where('bookings.tenant_id', '=', list.tenantId)
    .where('bookings.booking_key', 'in', [...keys])
    .execute();
  const byKey = new Map(rows.map((row) => [row.booking_key, row]));
  return keys.flatMap((key) => byKey.get(key) ?? []);
}

/** One page, and how long the whole list is. @param part `limit` may be one more than is shown, to tell of a next page. */
export async function pageOfBookings(db: Database, list: BookingList, part: Part): Promise<BookingPage> {
  const { total, keys } = await findKeys(db, list, part, true);
  return { total, rows: await readRows(db, list, keys) };
}

/** The bookings that follow a place; null: the first ones. */
export async function bookingsAfter(
  db: Database,
  list: BookingList,
  after: BookingPlace | null,
  limit: number,
): Promise<readonly ListedBooking[]> {
  const { keys } = await findKeys(db, list, { after, offset: 0, limit }, false);
  return readRows(db, list, keys);
}
