import { z } from 'zod';
import type { FailureCode } from '../../platform/failures.ts';
import { createFamily } from '../operations/family.ts';
import { problemOf } from '../problem.ts';

const refusalSchema = z
  .object({
    success: z.literal(false),
    message: z.string().meta({ description: 'Empty where the failure is ours.' }),
    data: z.null(),
    error: z.string().meta({
      description:
        'What is wrong with the request, or the id under which the log has a failure of ours. It may be empty.',
    }),
  })
  .meta({ id: 'BookingLinkRefusal', description: 'The envelope of the Booking Link API when it refuses.' });

/** The body of a successful answer of the Booking Link API. */
export function envelopeOf<Data extends z.ZodType>(data: Data) {
  return z.object({ success: z.literal(true), message: z.string(), data, error: z.null() });
}

/** In the order in which the contract writes it. */
export const succeeded = <Data>(message: string, data: Data) =>
  ({ success: true, message, data, error: null }) as const;

/** The message that the contract has for a code; null: it leaves the words to us. */
function messageOf(code: FailureCode): string | null {
  switch (code) {
    case 'invalid-request':
    case 'too-large':
    case 'unsupported-media-type':
      return 'Invalid request data';
    case 'not-authenticated':
      return 'Tenant information required';
    default:
      return null;
  }
}

/**
 * The envelope `{success, message, data, error}`. What is missing is the message itself ("client not found"); of what
 * is wrong with a request, `error` has the details. Source: the Booking Link API's document.
 */
export const bookingLinkApi = createFamily({
  contentType: 'application/json',
  refusal: refusalSchema,
  codeAt: [],
  bodyOf(code, requestId, more) {
    const { title, status, detail } = problemOf(code, requestId, more);
    const refused = (message: string, error: string) => ({ success: false, message, data: null, error });
    if (status >= 500) return refused('', requestId ?? '');
    const message = messageOf(code);
    return message === null ? refused(detail ?? title, '') : refused(message, detail ?? '');
  },
});
