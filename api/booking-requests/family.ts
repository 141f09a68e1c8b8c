import { z } from 'zod';
import { type FailureCode, failures } from '../../platform/failures.ts';
import { createFamily, type Family } from '../operations/family.ts';
import { problemOf } from '../problem.ts';

const refusalSchema = z
  .object({
    success: z.literal(false),
    message: z.string(),
    results: z.null(),
    error: z.object({
      code: z.enum(Object.keys(failures) as [FailureCode, ...FailureCode[]]).meta({
        description: 'Stable: branch on this.',
      }),
      reason: z.string().optional(),
      at: z.iso.datetime().optional(),
      allowed: z.array(z.string()).optional(),
      requestId: z.string().optional(),
    }),
  })
  .meta({ id: 'BookingApiRefusal', description: 'The envelope of the booking API when it refuses.' });

/** The body of a successful answer of the booking API. */
export function envelopeOf<Results extends z.ZodType>(results: Results) {
  return z.object({ success: z.literal(true), message: z.string(), results });
}

export const succeeded = <Results>(message: string, results: Results) =>
  ({ success: true, message, results }) as const;

/** The envelope `{success, message, results}` of the booking API with Calendly. */
export const bookingApi: Family = createFamily({
  contentType: 'application/json',
  refusal: refusalSchema,
  codeAt: ['error', 'code'],
  bodyOf(code, requestId, more) {
    const { type: _type, title, status: _status, detail, ...error } = problemOf(code, requestId, more);
    return { success: false, message: detail ?? title, results: null, error };
  },
});
