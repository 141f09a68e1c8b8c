import { z } from 'zod';
import {
  type BookingList,
  bookingsAfter,
  type ListedBooking,
  pageOfBookings,
} from '../../db/queries/booking-list.ts';
import { allRows, CSV_TYPES, EXPORT_HEADERS, sendCsv, wantsCsv } from '../admin/csv.ts';
import { callerOf } from '../auth/caller.ts';
import { bookingApi, envelopeOf, succeeded } from '../booking-requests/family.ts';
import { adminBookingSchema } from '../booking-requests/model.ts';
import { describeOperation } from '../operations/operation.ts';
import { refusal, reply, type Routes } from '../operations/routes.ts';
import type { AdminBookingDependencies } from './dependencies.ts';
import { exampleBooking } from './example.ts';
import { bookingColumns } from './export.ts';
import { limitOf, listOf, listQuerySchema } from './list-query.ts';
import { openPlace, sealPlace } from './place.ts';
import { type AdminBooking, shownBooking } from './shown.ts';

const resultsSchema = z.object({
  bookings: z.array(adminBookingSchema),
  pagination: z.object({
    page: z.int().nullable().meta({ description: 'Null where a cursor was followed.' }),
    limit: z.int(),
    total: z.int().meta({ description: 'Of all pages.' }),
    totalPages: z.int(),
    nextCursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
  }),
});

export const listBookingsOperation = describeOperation({
  id: 'listBookings',
  method: 'get',
  path: '/api/v1/admin/booking',
  tag: 'admin-booking',
  summary: 'The tenant’s bookings, searched, filtered, sorted',
  description:
    'By page or by cursor; by cursor nothing is shown twice while others are added. With `Accept: text/csv`: every ' +
    'booking of the filter, whatever `page`, `limit` and `cursor` say.',
  family: bookingApi,
  access: { kind: 'bearer', roles: ['admin'] },
  query: listQuerySchema,
  answers: {
    200: {
      description: 'A page of bookings, or all of them as CSV.',
      body: envelopeOf(resultsSchema),
      example: succeeded('Bookings', {
        bookings: [exampleBooking],
        pagination: { page: 1, limit: 10, total: 1, totalPages: 1, nextCursor: null },
      }),
      otherTypes: CSV_TYPES,
      headers: EXPORT_HEADERS,
    },
  },
  refusals: [],
});

const placeOf = (row: ListedBooking) => ({ value: row.place, key: row.booking_key });

async function* everyBooking(
  { db, shown }: Pick<AdminBookingDependencies, 'db' | 'shown'>,
  list: BookingList,
): AsyncGenerator<AdminBooking, void, undefined> {
  const rows = allRows<ListedBooking>((last, limit) =>
    bookingsAfter(db, list, last === undefined ? null : placeOf(last), limit),
  );
  for await (const row of rows) yield shownBooking(row, shown);
}

export function addListBookings(
  routes: Routes,
  { db, shown }: Pick<AdminBookingDependencies, 'db' | 'shown'>,
): void {
  routes.add(listBookingsOperation, async ({ query, req, res }) => {
    const list = listOf(query, callerOf(res).tenantId);
    res.vary('Accept');
    if (wantsCsv(req)) return sendCsv(res, 'bookings', bookingColumns, everyBooking({ db, shown }, list));

    const after = query.cursor === undefined ? null : await openPlace(shown.linkKeys, list, query.cursor);
    if (after === undefined)
      return refusal('invalid-request', { detail: 'cursor: must be the nextCursor of a page in this order' });
    const limit = limitOf(query);
    const page = query.page ?? 1;
    const offset = (page - 1) * limit;
    const { total, rows } = await pageOfBookings(db, list, { after, offset, limit: limit + 1 });
    const onPage = rows.slice(0, limit);
    const last = rows.length > limit ? onPage.at(-1) : undefined;
    return reply(
      200,
      succeeded('Bookings', {
        bookings: onPage.map((row) => shownBooking(row, shown)),
        pagination: {
          page: after === null ? page : null,
          limit,
          total,
          totalPages: Math.ceil(total / limit),
          nextCursor: last === undefined ? null : await sealPlace(shown.linkKeys, list, placeOf(last)),
        },
      } satisfies z.input<typeof resultsSchema>),
    );
  });
}
