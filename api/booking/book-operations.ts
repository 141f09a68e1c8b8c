import { z } from 'zod';
import { publicBookingSchema } from '../booking-requests/model.ts';
import { problems } from '../operations/family.ts';
import { type AnyOperation, describeOperation } from '../operations/operation.ts';
import { BODY_MESSAGE, linkTokenSchema, purposeSchema } from './link-requests.ts';

const shared = {
  path: '/booking/book',
  tag: 'booking-templates',
  family: problems,
  access: { kind: 'anyone' },
} as const;

const TOKEN = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...';
const NONCE_MESSAGE = 'must be 8 to 64 characters of A-Z, a-z, 0-9, _ and -';

const offerSchema = z
  .object({
    purpose: purposeSchema,
    name: z.string().meta({ description: 'Of the booking template.' }),
    duration_minutes: z.int(),
  })
  .meta({ id: 'BookingLinkOffer', description: 'What a booking link is for.' });

export const showBookingLinkOperation = describeOperation({
  ...shared,
  id: 'showBookingLink',
  method: 'get',
  summary: 'What a booking link is for',
  description:
    'Looking spends nothing, however often. The same address is a page for people: a browser’s navigation, which ' +
    'accepts `text/html`, is answered with that instead.',
  // Not a strict object: what carries a link on its way, such as a newsletter, adds parameters of its own.
  query: z.object({ token: linkTokenSchema.meta({ description: 'The link’s token.' }) }),
  answers: {
    200: {
      description: 'The link is good.',
      body: offerSchema,
      example: { purpose: 'one-time-booking-link', name: 'First talk', duration_minutes: 45 },
    },
  },
  refusals: ['not-authenticated', 'link-over', 'store-unavailable'],
});

/** `POST /booking/book`, as a program's JSON and as the page's form. */
export const bookWithLinkSchema = z
  .strictObject(
    {
      token: linkTokenSchema.meta({ description: 'The link’s token.' }),
      // It becomes a part of the workflow's id.
      nonce: z
        .string(NONCE_MESSAGE)
        .regex(/^[A-Za-z0-9_-]{8,64}$/, NONCE_MESSAGE)
        .optional()
        .meta({
          description:
            'With a permanent link, a repeat with the same one is the same booking; without one, each request is a ' +
            'booking of its own. A one-time link does not need it.',
        }),
    },
    BODY_MESSAGE,
  )
  .meta({ id: 'BookWithLink' });

const bookingFields = { booking_id: z.string(), status: publicBookingSchema.shape.status };

export const bookedSchema = z
  .object({
    ...bookingFields,
    scheduling_url: z
      .string()
      .meta({ description: 'The provider’s page on which the client chooses a time.' }),
  })
  .meta({ id: 'BookingWithLink', description: 'A booking that was made with a link.' });

export const waitingSchema = z.object({ ...bookingFields, scheduling_url: z.null() }).meta({
  id: 'WaitingBookingWithLink',
  description: 'A booking whose scheduling link is still being made.',
});

const pending = { booking_id: 'Zm9vYmFyLWxpbmstaWQtMD', status: 'pending' } as const;
const booked = {
  body: bookedSchema,
  example: { ...pending, scheduling_url: 'https://calendly.com/d/abcd-efg-hij/first-talk' },
};

export const bookWithLinkOperation = describeOperation({
  ...shared,
  id: 'bookWithLink',
  method: 'post',
  summary: 'Book with a booking link',
  description:
    'It needs no account: the token is the permission. With a one-time link every request leads to the same ' +
    'scheduling link until an appointment was made with it. The page’s own form, ' +
    '`application/x-www-form-urlencoded`, is answered with a redirect or a page instead.',
  limits: ['bookings-per-address'],
  body: bookWithLinkSchema,
  bodyLimit: '8kb',
  bodyExample: { token: TOKEN, nonce: 'order-4711' },
  answers: {
    200: { description: 'It was booked before.', ...booked },
    201: { description: 'Booked.', ...booked },
    202: {
      description: 'Booked; the scheduling link is not there yet. The same request again finds it.',
      body: waitingSchema,
      example: { ...pending, scheduling_url: null },
      headers: { 'Retry-After': 'Seconds after which a repeat is likely to find the link.' },
    },
  },
  refusals: ['not-authenticated', 'not-allowed', 'link-over', 'vendor-malformed', 'store-unavailable'],
});

/** Booking with a link, for the documentation. */
export const bookOperations = [
  showBookingLinkOperation,
  bookWithLinkOperation,
] as const satisfies readonly AnyOperation[];
