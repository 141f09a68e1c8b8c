import type { Response } from 'express';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { type BookingRequest, findBookingRequest } from '../../db/queries/booking-requests.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import { callerOf } from '../auth/caller.ts';
import { bookingApi, envelopeOf, succeeded } from '../booking-requests/family.ts';
import { adminBookingSchema } from '../booking-requests/model.ts';
import type { Answer } from '../operations/operation.ts';
import { type Reply, reply } from '../operations/routes.ts';
import { entityTagOf } from '../entity-tag.ts';
import { exampleBooking } from './example.ts';
import { type Shown, shownBooking } from './shown.ts';

// What the operations on one booking have in common.

/** Who may, and how it is refused. */
export const forAdmins = {
  tag: 'admin-booking',
  family: bookingApi,
  access: { kind: 'bearer', roles: ['admin'] },
} as const;

export const isBookingKey = (text: string): text is BookingKey => /^[A-Za-z0-9_-]{22}$/.test(text);

export const bookingParams = z.strictObject({ id: z.string().refine(isBookingKey) });

/** An answer that shows a booking. */
export const bookingAnswer = (description: string, message: string): Answer => ({
  description,
  body: envelopeOf(z.object({ booking: adminBookingSchema })),
  example: succeeded(message, { booking: exampleBooking }),
  headers: { ETag: 'Of this very booking; for `If-Match`.' },
});

/** The booking, with its entity tag. */
export function bookingReply(
  message: string,
  row: BookingRequest,
  shown: Shown,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const booking = shownBooking(row, shown);
  return reply(200, succeeded(message, { booking }), { ...headers, etag: entityTagOf(booking) });
}

/** The caller's booking of this id; what is another tenant's is not there. */
export function callersBooking(
  db: Database,
  res: Response,
  key: BookingKey,
): Promise<BookingRequest | undefined> {
  return findBookingRequest(db, key, callerOf(res).tenantId);
}
