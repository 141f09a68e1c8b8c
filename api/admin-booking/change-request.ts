import { z } from 'zod';
import { describeOperation } from '../operations/operation.ts';
import { askingHeaders, KEY_ANSWERED } from '../booking/ask-run.ts';
import { bookingAnswer, forAdmins } from './one-booking.ts';

const LONGEST_NOTES = 10_000;
const NOTES_MESSAGE = `must be text of ${LONGEST_NOTES} characters at most, without control characters but line breaks and tabs`;

/** Kept as given; PostgreSQL takes no NUL, and half of a surrogate pair is no text. */
const notesSchema = z
  .string(NOTES_MESSAGE)
  .max(LONGEST_NOTES, NOTES_MESSAGE)
  .refine((text) => !/[^\P{Cc}\n\r\t]|\p{Cs}/u.test(text), NOTES_MESSAGE);

const statuses = ['pending', 'scheduled', 'completed', 'cancelled'] as const;

const bodySchema = z.strictObject(
  {
    _id: z.string('must be the id of a booking').max(100, 'must be the id of a booking'),
    status: z.enum(statuses, `must be one of ${statuses.join(', ')}`).optional(),
    isRead: z.boolean('must be true or false').optional(),
    meetingNotes: notesSchema.nullable().optional().meta({ description: 'Null erases them.' }),
  },
  'the body must be a JSON object',
);

/** What an admin wants changed. What is left out stays. */
export type Change = z.output<typeof bodySchema>;

export const CHANGED_MESSAGE = 'Booking updated';

export const updateBooking = describeOperation({
  ...forAdmins,
  id: 'updateBooking',
  method: 'put',
  path: '/api/v1/admin/booking',
  summary: 'Change a booking’s status, or what an admin keeps about it',
  description:
    'The status is the run’s to change, and it is asked first: when it refuses, nothing is changed. With `If-Match`, ' +
    'nothing is changed either when the booking is another by now.',
  headers: z.object({
    ...askingHeaders,
    'if-match': z.string().optional().meta({ description: 'The `ETag` of the booking that is to change.' }),
  }),
  body: bodySchema,
  bodyExample: {
    _id: 'kQ3vYw0bTf6mJ8sLx2ZaRg',
    status: 'completed',
    isRead: true,
    meetingNotes: 'Great meeting, follow up scheduled',
  },
  answers: { 200: { ...bookingAnswer('The booking as it is now.', CHANGED_MESSAGE), headers: KEY_ANSWERED } },
  refusals: [
    'not-found',
    'precondition-failed',
    'refused',
    'outcome-unknown',
    'vendor-rejected',
    'store-unavailable',
    'engine-unavailable',
  ],
});
