import type { Database } from '../../db/connect.ts';
import { findBookingRequest } from '../../db/queries/booking-requests.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import { fromStore } from '../booking/stored.ts';
import { refusal, reply, type Routes } from '../operations/routes.ts';
import { succeeded } from './family.ts';
import { toPublicBooking } from './model.ts';
import { FOUND_MESSAGE, readBookingOperation } from './operations.ts';
import { type DefaultLinkSettings, defaultLinkOf } from './visitor-link.ts';

export interface ReadBookingDeps extends DefaultLinkSettings {
  readonly db: Database;
}

/** `GET /api/v1/public/booking/:id`: whoever knows the id was given it. */
export function addReadBooking(routes: Routes, deps: ReadBookingDeps): void {
  routes.add(readBookingOperation, async ({ params }) => {
    const row = await fromStore(findBookingRequest(deps.db, params.id as BookingKey, null));
    if (row === undefined) return refusal('not-found');
    return reply(200, succeeded(FOUND_MESSAGE, { booking: toPublicBooking(row, defaultLinkOf(row, deps)) }));
  });
}
