import { z } from 'zod';

/** PostgreSQL's `integer`; ids of ours are never larger. */
const LARGEST_ID = 2_147_483_647;
const ID_MESSAGE = `must be a whole number from 1 to ${LARGEST_ID}`;

/** A positive id as a JSON number; a text of digits is not one. */
export const idSchema = z.int(ID_MESSAGE).min(1, ID_MESSAGE).max(LARGEST_ID, ID_MESSAGE);

/** The same in a path or a query, as digits without a sign or leading zeros. */
export const idTextSchema = z
  .string(ID_MESSAGE)
  .regex(/^[1-9]\d{0,9}$/, ID_MESSAGE)
  .transform(Number)
  .pipe(idSchema);

/** Something visible, and no control characters. It stands in the documentation too: no `\p{…}`, which few readers know. */
// oxlint-disable-next-line no-control-regex -- they are what it is about
const VISIBLE_TEXT = /^(?=\s*\S)[^\u0000-\u001F\u007F-\u009F]*$/;

/**
 * Text that is kept as it is given: something visible in it, no control characters (PostgreSQL takes no NUL), no half
 * of a surrogate pair.
 */
export function textSchema(longest: number) {
  const message = `must be text of 1 to ${longest} characters, without control characters`;
  return z
    .string(message)
    .min(1, message)
    .max(longest, message)
    .regex(VISIBLE_TEXT, message)
    .refine((text) => !/\p{Cs}/u.test(text), message);
}

const MOST_FIELDS_NAMED = 5;

/** One readable line that names the fields and what they must be, never what was sent in them. */
export function fieldProblems(error: z.ZodError): string {
  const problems = new Map<string, string>();
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) problems.set(key, `${key.slice(0, 40)}: is not a field of this request`);
    else {
      const field = issue.path.join('.');
      if (!problems.has(field))
        problems.set(field, field === '' ? issue.message : `${field}: ${issue.message}`);
    }
  }
  return [...problems.values()].slice(0, MOST_FIELDS_NAMED).join('; ');
}
