import { z } from 'zod';
import type { BookingRequest } from '../../db/queries/booking-requests.ts';

const shared = {
  _id: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  companyName: z.string(),
  companyWebsite: z.string(),
  position: z.string(),
  isDecisionMaker: z.boolean(),
  email: z.string(),
  businessPhone: z.object({ code: z.string(), number: z.string() }).nullable(),
  calendlyLink: z.string().meta({ description: 'Where the visitor chooses a time.' }),
  calendlyEventUri: z.string().nullable(),
  calendlyInviteeUri: z.string().nullable(),
  status: z.enum(['pending', 'scheduled', 'completed', 'cancelled']),
  scheduledAt: z.iso.datetime().nullable(),
};
const times = { createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() };

/** What the public API shows of a booking: no more than the visitor gave, its status and its link. */
export const publicBookingSchema = z
  .object({ ...shared, ...times })
  .meta({ id: 'PublicBooking', description: 'A booking request, as its visitor sees it.' });

/** What an admin is shown of a booking. The first part is the given model; the rest stands beside it. */
export const adminBookingSchema = z
  .object({
    ...shared,
    meetingNotes: z.string().nullable(),
    isRead: z.boolean(),
    ...times,
    reason: z
      .enum(['cancelled-by-client', 'cancelled-by-host', 'not-booked', 'operator'])
      .nullable()
      .meta({ description: 'Why it was cancelled.' }),
    cancelReason: z.string().nullable().meta({ description: 'An admin’s own words.' }),
    endsAt: z.iso.datetime().nullable(),
    noShow: z.boolean(),
    reschedules: z.int(),
    degraded: z
      .boolean()
      .meta({ description: 'The default link was handed out and there is no link of its own yet.' }),
    needsAttention: z.boolean(),
    runUrl: z.string().nullable().meta({ description: 'The run’s page in Temporal UI.' }),
  })
  .meta({ id: 'Booking', description: 'A booking request.' });

const iso = (at: Date | null): string | null => (at === null ? null : at.toISOString());

/**
 * The visitor's link: of what they booked with, or could still book with. Once either of two was booked, the other
 * is never handed out.
 *
 * @param defaultLink with the booking's signed reference in it.
 */
function linkOf(row: BookingRequest, defaultLink: string): string {
  if (row.booked_by_default_link) return defaultLink;
  return row.booking_url ?? defaultLink;
}

export function toPublicBooking(
  row: BookingRequest,
  defaultLink: string,
): z.input<typeof publicBookingSchema> {
  return {
    _id: row.booking_key,
    firstName: row.first_name,
    lastName: row.last_name,
    companyName: row.company_name,
    companyWebsite: row.company_website,
    position: row.position,
    isDecisionMaker: row.is_decision_maker,
    email: row.email,
    businessPhone:
      row.phone_code === null || row.phone_number === null
        ? null
        : { code: row.phone_code, number: row.phone_number },
    calendlyLink: linkOf(row, defaultLink),
    calendlyEventUri: row.event_uri,
    calendlyInviteeUri: row.appointment_uri,
    status: row.status,
    scheduledAt: iso(row.starts_at),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export function toAdminBooking(
  row: BookingRequest,
  shown: { readonly defaultLink: string; readonly runUrl: string | null },
): z.input<typeof adminBookingSchema> {
  const { createdAt, updatedAt, ...given } = toPublicBooking(row, shown.defaultLink);
  return {
    ...given,
    meetingNotes: row.meeting_notes,
    isRead: row.is_read,
    createdAt,
    updatedAt,
    reason: row.reason,
    cancelReason: row.cancel_reason,
    endsAt: iso(row.ends_at),
    noShow: row.no_show,
    reschedules: row.reschedules,
    degraded: row.default_link_at !== null && row.booking_url === null,
    needsAttention: row.needs_attention,
    runUrl: shown.runUrl,
  };
}
