import { z } from 'zod';
import { type BookingList, bookingSorts } from '../../db/queries/booking-list.ts';
import { LONGEST_CURSOR } from './place.ts';

const PER_PAGE = 10;
const MOST_PER_PAGE = 100;
const MOST_WORDS = 8;
const LONGEST_TERM = 200;

/** A parameter that may be left out, or be left empty as forms do: both mean "not given". */
function optional<T>(schema: z.ZodType<T, string>, message: string) {
  return z.union([z.literal('').transform(() => undefined), schema], message).optional();
}

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return optional(z.enum(values), `must be one of ${values.join(', ')}`);
}

function wholeNumber(most: number) {
  const schema = z
    .string()
    .regex(/^[1-9]\d{0,6}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(most));
  return optional(schema, `must be a whole number from 1 to ${most}`);
}

const termSchema = z
  .string()
  .max(LONGEST_TERM)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text))
  .transform((text) => [...new Set(text.split(/\s+/u).filter((word) => word !== ''))])
  .refine((words) => words.length <= MOST_WORDS);
const TERM_MESSAGE = `must be ${MOST_WORDS} words of ${LONGEST_TERM} characters in all at most, without control characters`;

export const listQuerySchema = z
  .strictObject({
    page: wholeNumber(1_000_000).meta({ description: 'Default 1.' }),
    limit: wholeNumber(MOST_PER_PAGE).meta({
      description: `Bookings per page, ${MOST_PER_PAGE} at most. Default ${PER_PAGE}.`,
    }),
    cursor: optional(z.string().max(LONGEST_CURSOR), 'must be the nextCursor of a page').meta({
      description: 'Instead of `page`: the `nextCursor` of a page in the same order.',
    }),
    term: optional(termSchema, TERM_MESSAGE).meta({
      description:
        'Words that must all stand somewhere in names, company, e-mail address or position, in whatever case. ' +
        'A search for words of one or two characters alone looks at every booking.',
    }),
    status: oneOf(['pending', 'scheduled', 'completed', 'cancelled']),
    isRead: oneOf(['true', 'false']),
    sortBy: oneOf(bookingSorts).meta({ description: 'Default `createdAt`.' }),
    sortDirection: oneOf(['asc', 'desc']).meta({
      description: 'Default `desc`. Bookings without a time stand at the end of either.',
    }),
  })
  .refine(({ page, cursor }) => page === undefined || cursor === undefined, {
    path: ['cursor'],
    message: 'goes without page',
  });

export type ListQuery = z.output<typeof listQuerySchema>;

/** The list that a tenant's admin asked for. */
export function listOf(query: ListQuery, tenantId: number): BookingList {
  return {
    tenantId,
    words: query.term ?? [],
    status: query.status ?? null,
    isRead: query.isRead === undefined ? null : query.isRead === 'true',
    sort: query.sortBy ?? 'createdAt',
    direction: query.sortDirection ?? 'desc',
  };
}

export const limitOf = (query: ListQuery): number => query.limit ?? PER_PAGE;
