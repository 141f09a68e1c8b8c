import { z } from 'zod';

const MOST_PER_PAGE = 200;
const PER_PAGE = 50;
const LIMIT_MESSAGE = `must be a whole number from 1 to ${MOST_PER_PAGE}`;
const LONGEST_CURSOR = 300;

/** `limit=` of a list. */
export const limitSchema = z
  .string(LIMIT_MESSAGE)
  .regex(/^[1-9]\d{0,2}$/, LIMIT_MESSAGE)
  .transform(Number)
  .pipe(z.int().min(1, LIMIT_MESSAGE).max(MOST_PER_PAGE, LIMIT_MESSAGE))
  .default(PER_PAGE)
  .meta({ description: `Items per page. Without it: ${PER_PAGE}.` });

/**
 * `cursor=` of a list: where the page before ended. It is opaque, not secret: what it may reach is decided by the
 * tenant, on every query.
 *
 * @param place the values that the list is ordered by.
 */
export function cursorSchema<Place>(place: z.ZodType<Place>) {
  return z
    .string('must be the next_cursor of a page')
    .max(LONGEST_CURSOR, 'must be the next_cursor of a page')
    .transform((text, context): Place => {
      let value: unknown;
      try {
        value = JSON.parse(Buffer.from(text, 'base64url').toString());
      } catch {
        value = undefined;
      }
      const parsed = place.safeParse(value);
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', message: 'must be the next_cursor of a page' });
      return z.NEVER;
    })
    .meta({ description: 'The `next_cursor` of the page before.' });
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly next_cursor: string | null;
}

/** The body of a page, for the documentation. */
export function pageSchemaOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
  });
}

/**
 * A page of a list that is ordered by unchanging values, so that what is added meanwhile moves nothing.
 *
 * @param rows one more than `limit` when there is a next page.
 * @param placeOf the values that the list is ordered by, as `cursorSchema` reads them.
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  placeOf: (row: Row) => readonly (string | number | null)[],
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    next_cursor:
      last === undefined || rows.length <= limit
        ? null
        : Buffer.from(JSON.stringify(placeOf(last))).toString('base64url'),
  };
}
