import { z } from 'zod';
import { idempotencyKeySchema } from '../idempotency-key.ts';
import { describeOperation } from '../operations/operation.ts';
import { vendorRefusals } from '../operations/vendor-refusals.ts';
import { CALENDLY_SIGNATURE } from '../webhooks/calendly-signature.ts';
import { statusChangeSchema } from './event-data.ts';
import { exampleBooking, exampleEventData, exampleScheduled, exampleVisitor } from './example.ts';
import { bookingApi, envelopeOf, succeeded } from './family.ts';
import { publicBookingSchema } from './model.ts';
import { visitorSchema } from './visitor.ts';

const shared = { tag: 'booking', family: bookingApi } as const;

const oneBooking = { params: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{22}$/) }) } as const;

export const CREATED_MESSAGE =
  'Booking request created successfully! Please use the provided link to schedule your meeting.';
export const FOUND_MESSAGE = 'Booking request found';
export const CHANGED_MESSAGE = 'Booking status updated';

const resultsOf = z.object({ booking: publicBookingSchema });

export const createBookingOperation = describeOperation({
  ...shared,
  id: 'createBooking',
  method: 'post',
  path: '/api/v1/public/booking',
  summary: 'Ask for a booking and get the link to choose a time with',
  description:
    'The link works once, carries a signed reference and fills in Calendly’s form. When Calendly does not answer in ' +
    'time, the default link is handed out instead; it carries the reference too, and `GET` shows the booking’s own ' +
    'as soon as there is one. Repeated within 24 hours with the same `Idempotency-Key` and the same body it is the ' +
    'same booking.',
  access: { kind: 'anyone' },
  limits: ['booking-requests-per-address'],
  headers: z.object({ 'idempotency-key': idempotencyKeySchema.optional() }),
  body: visitorSchema,
  bodyExample: exampleVisitor,
  answers: {
    201: {
      description: 'The booking, and its link once more.',
      body: envelopeOf(
        z.object({ ...resultsOf.shape, calendlyLink: publicBookingSchema.shape.calendlyLink }),
      ),
      example: succeeded(CREATED_MESSAGE, {
        booking: exampleBooking,
        calendlyLink: exampleBooking.calendlyLink,
      }),
    },
  },
  refusals: ['key-reused', 'not-found', 'store-unavailable'],
});

export const readBookingOperation = describeOperation({
  ...shared,
  ...oneBooking,
  id: 'getBooking',
  method: 'get',
  path: '/api/v1/public/booking/{id}',
  summary: 'A booking request, by its unguessable id',
  description: 'No more than the visitor gave, its status and its link.',
  access: { kind: 'anyone' },
  limits: ['booking-reads-per-address'],
  answers: {
    200: {
      description: 'The booking.',
      body: envelopeOf(resultsOf),
      example: succeeded(FOUND_MESSAGE, { booking: exampleBooking }),
    },
  },
  refusals: ['store-unavailable'],
});

export const changeStatusOperation = describeOperation({
  ...shared,
  ...oneBooking,
  id: 'updateBookingStatus',
  method: 'patch',
  path: '/api/v1/public/booking/{id}/status',
  summary: 'Tell what became of a booking',
  description:
    'For automations: with a bearer token of the booking’s tenant, or with Calendly’s signature over the body. A ' +
    'signature does not cover the path, so a signed request must name an appointment that is known to be this ' +
    'booking’s. An impossible transition is refused with those that are allowed. Repeated with the same ' +
    '`Idempotency-Key` it gets the first answer.',
  access: { kind: 'bearer-or-signature', roles: ['service', 'admin'], header: CALENDLY_SIGNATURE },
  headers: z.object({ 'idempotency-key': idempotencyKeySchema.optional() }),
  body: statusChangeSchema,
  bodyExample: { status: 'scheduled', eventData: exampleEventData },
  answers: {
    200: {
      description: 'The booking in its new status.',
      body: envelopeOf(resultsOf),
      example: succeeded(CHANGED_MESSAGE, { booking: exampleScheduled }),
    },
  },
  refusals: [
    'refused',
    'outcome-unknown',
    'store-unavailable',
    'engine-unavailable',
    ...vendorRefusals,
    'vendor-rejected',
  ],
});

export const publicBookingOperations = [
  createBookingOperation,
  readBookingOperation,
  changeStatusOperation,
] as const;
