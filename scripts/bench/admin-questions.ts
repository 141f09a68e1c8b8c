import { sql } from 'kysely';
import type { Database } from '../../db/connect.ts';
import { type BookingList, bookingSorts } from '../../db/queries/booking-list.ts';

/** What is asked for, first page of it. */
export interface Question {
  readonly name: string;
  readonly list: BookingList;
}

/** The first page as it is shown without being told anything. */
export const plainQuestion = (tenantId: number): Question => ({
  name: 'plain',
  list: { tenantId, words: [], status: null, isRead: null, sort: 'createdAt', direction: 'desc' },
});

async function matches(db: Database, word: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from bookings where search like ${`%${word}%`}
  `.execute(db);
  return rows[0]?.n ?? 0;
}

/** Three letters in a row out of people's names: of those that at most one in a hundred bookings has, the most frequent. */
async function threeLetters(db: Database, bookings: number): Promise<string> {
  const names = await db
    .selectFrom('bookings')
    .select('last_name')
    .orderBy('booking_key')
    .limit(100)
    .execute();
  const candidates = new Set(
    names.flatMap(({ last_name: name }) =>
      Array.from({ length: Math.max(0, (name?.length ?? 0) - 2) }, (_, at) =>
        (name ?? '').slice(at, at + 3).toLowerCase(),
      ),
    ),
  );
  let best = { word: '', n: 0 };
  for (const word of candidates) {
    const n = await matches(db, word);
    if (n > best.n && n <= bookings / 100) best = { word, n };
  }
  if (best.n === 0) throw new Error('no three letters are rare enough');
  return best.word;
}

/** Filtered, sorted and searched pages: each way to sort, and each kind of term. */
export async function searchQuestions(
  db: Database,
  tenantId: number,
  bookings: number,
): Promise<readonly Question[]> {
  const { list: plain } = plainQuestion(tenantId);
  const rare = await threeLetters(db, bookings);
  const someone = await db
    .selectFrom('bookings')
    .select(['first_name', 'last_name', 'email'])
    .orderBy('created_at')
    .offset(Math.floor(bookings / 2))
    .limit(1)
    .executeTakeFirstOrThrow();
  const filtered: BookingList = { ...plain, words: [rare], status: 'pending' };
  const words = (...parts: readonly (string | null)[]): BookingList => ({
    ...filtered,
    status: null,
    words: parts.flatMap((part) => part ?? []),
  });
  return [
    ...bookingSorts.map((sort) => ({ name: `"${rare}", by ${sort}`, list: { ...filtered, sort } })),
    { name: `"${rare}", by lastName, unread`, list: { ...filtered, sort: 'lastName', isRead: false } },
    { name: `"${rare}", any status`, list: { ...filtered, status: null } },
    { name: 'a whole address', list: words(someone.email) },
    { name: 'a whole name, two words', list: words(someone.first_name, someone.last_name) },
    { name: 'a rare word and a frequent one', list: words(rare, 'gmbh') },
    { name: 'a word that nobody has', list: words('qqq') },
  ];
}
