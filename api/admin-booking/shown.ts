import type { z } from 'zod';
import type { BookingRequest } from '../../db/queries/booking-requests.ts';
import { runUrlOf } from '../../platform/run-url.ts';
import { type adminBookingSchema, toAdminBooking } from '../booking-requests/model.ts';
import { type DefaultLinkSettings, defaultLinkOf } from '../booking-requests/visitor-link.ts';

/** What a booking is shown with that does not stand in its row. */
export interface Shown extends DefaultLinkSettings {
  /** Where Temporal UI is, or null. */
  readonly uiUrl: string | null;
  readonly namespace: string;
}

export type AdminBooking = z.input<typeof adminBookingSchema>;

/** A booking as an admin is shown it, everywhere the same: its entity tag is of this. */
export function shownBooking(row: BookingRequest, shown: Shown): AdminBooking {
  return toAdminBooking(row, {
    defaultLink: defaultLinkOf(row, shown),
    runUrl: runUrlOf(shown.uiUrl, shown.namespace, row.workflow_id),
  });
}
