import { z } from 'zod';
import { parseDuration } from '../../../platform/duration.ts';
import type { SessionKey } from '../../../workflows/contract/values.ts';
import { textSchema } from '../../request-shape.ts';

const LONGEST_REASON = 500;
const DURATION_MESSAGE =
  'must be an ISO 8601 duration of weeks, days, hours, minutes and seconds, e.g. PT24H';
const ID_MESSAGE = 'must be the id of a session';
const IDEMPOTENCY_MESSAGE = 'must be 1 to 200 visible ASCII characters';

export const NOT_AN_OBJECT = 'the body must be a JSON object';

/** Why the operator does it, in words of their own. */
export const reasonSchema = textSchema(LONGEST_REASON)
  .optional()
  .meta({ description: 'Why: for the audit, and nowhere else.' });

/** The session's key: 22 characters of base64url. */
export const sessionIdSchema = z
  .string(ID_MESSAGE)
  .regex(/^[A-Za-z0-9_-]{22}$/, ID_MESSAGE)
  .transform((text) => text as SessionKey);

export const sessionParams = z.strictObject({ id: sessionIdSchema });

export const idempotencyKeySchema = z
  .string(IDEMPOTENCY_MESSAGE)
  .regex(/^[\x21-\x7e]{1,200}$/, IDEMPOTENCY_MESSAGE);

/** Without a key each request is one of its own. */
export const idempotencyHeaders = z.object({
  'idempotency-key': idempotencyKeySchema.optional().meta({
    description:
      'A repeat with the same key is not done a second time. The answer names the key that was used.',
  }),
});

/** Read as milliseconds. */
export const durationSchema = z.string(DURATION_MESSAGE).transform((text, context): number => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: DURATION_MESSAGE });
  return z.NEVER;
});

export interface PlainBody {
  readonly reason?: string | undefined;
}

/** Of an action that needs no more to be said; it may be left out as a whole. */
export const plainBody: z.ZodType<PlainBody> = z
  .strictObject({ reason: reasonSchema }, NOT_AN_OBJECT)
  .prefault({});
