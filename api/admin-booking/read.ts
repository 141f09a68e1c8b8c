import { z } from 'zod';
import { describeOperation } from '../operations/operation.ts';
import { refusal, reply, type Routes } from '../operations/routes.ts';
import type { AdminBookingDependencies } from './dependencies.ts';
import { isKnown } from '../entity-tag.ts';
import { bookingAnswer, bookingParams, bookingReply, callersBooking, forAdmins } from './one-booking.ts';

const MESSAGE = 'Booking';

export const readAdminBooking = describeOperation({
  ...forAdmins,
  id: 'getBookingAsAdmin',
  method: 'get',
  path: '/api/v1/admin/booking/{id}',
  summary: 'One booking, with everything that is known of it',
  description: 'Reading it does not mark it as read.',
  params: bookingParams,
  headers: z.object({
    'if-none-match': z.string().optional().meta({ description: 'The `ETag` of the copy that is there.' }),
  }),
  answers: {
    200: bookingAnswer('The booking.', MESSAGE),
    304: {
      description: 'The copy that is there is this booking.',
      headers: { ETag: 'Of this very booking.' },
    },
  },
  refusals: [],
});

export function addReadBooking(
  routes: Routes,
  { db, shown }: Pick<AdminBookingDependencies, 'db' | 'shown'>,
): void {
  routes.add(readAdminBooking, async ({ params, headers, res }) => {
    const row = await callersBooking(db, res, params.id);
    if (row === undefined) return refusal('not-found');
    const whole = bookingReply(MESSAGE, row, shown);
    return isKnown(headers['if-none-match'], whole.headers['etag'] ?? '')
      ? reply(304, undefined, whole.headers)
      : whole;
  });
}
