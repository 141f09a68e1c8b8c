import { z } from 'zod';
import type { ProviderAppointment } from '../scheduling/provider.ts';
import { CAMPAIGN_KEY, REFERENCE_KEY } from './booking-link.ts';
import { bookingUri } from './booking-uri.ts';
import type { CalcomAccount, CalcomEventType } from './contract.ts';

/** An ISO 8601 time: Cal.com writes `…Z`, `….000Z` and `…+00:00`. In milliseconds. */
export const wireTime = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** A uid; an empty text is none. */
const otherUid = z
  .string()
  .nullish()
  .transform((text) => text || null);

const personSchema = z.looseObject({ email: z.string().nullish() });

/** What a form's hidden fields brought. Values that are no text are not ours. */
export const metadataSchema = z.record(z.string(), z.unknown());

/** A booking as `/v2/bookings` answers it (version 2024-08-13). */
export const bookingSchema = z.looseObject({
  uid: z.string().min(1),
  status: z.enum(['accepted', 'pending', 'cancelled', 'rejected']),
  start: wireTime,
  end: wireTime,
  createdAt: wireTime,
  updatedAt: wireTime.nullish(),
  rescheduledFromUid: otherUid,
  rescheduledToUid: otherUid,
  hosts: z.array(personSchema).nullish(),
  attendees: z.array(personSchema.extend({ timeZone: z.string().nullish(), absent: z.boolean().nullish() })),
  location: z.string().nullish().catch(null),
  metadata: metadataSchema.nullish(),
});

export type WireBooking = z.output<typeof bookingSchema>;

/** Every answer that is none of an error. */
export const success = <Data extends z.ZodType>(data: Data) =>
  z.looseObject({ status: z.literal('success'), data });

const textOr = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** What of our link came back. */
export function marksOf(metadata: z.output<typeof metadataSchema> | null | undefined): {
  readonly reference: string | null;
  readonly campaign: string | null;
} {
  return { reference: textOr(metadata?.[REFERENCE_KEY]), campaign: textOr(metadata?.[CAMPAIGN_KEY]) };
}

/** Where the client joins: only what a browser can open; `integrations:daily` names an app and no place. */
export function joinUrlOf(...places: readonly unknown[]): string | null {
  return places.map(textOr).find((place) => place !== null && /^https?:\/\//i.test(place)) ?? null;
}

/** The pages of a booking, for whoever knows its uid. */
export function pagesOf(webUrl: string, uid: string): { rescheduleUrl: string; cancelUrl: string } {
  const id = encodeURIComponent(uid);
  return {
    rescheduleUrl: `${webUrl}/reschedule/${id}`,
    cancelUrl: `${webUrl}/booking/${id}?cancel=true`,
  };
}

function cancellationOf(booking: WireBooking): ProviderAppointment['cancellation'] {
  const at = booking.updatedAt ?? booking.createdAt;
  switch (booking.status) {
    case 'accepted':
    case 'pending':
      return null;
    case 'rejected':
      return { by: 'host', at };
    // Cal.com takes the name of who cancelled from its page's own address, where anybody can write the host's.
    case 'cancelled':
      return { by: 'client', at };
  }
}

/**
 * A booking, as Latchkey sees it. One that waits for its host's confirmation or for a payment holds its time, so it is
 * active. That a host asked the client to choose a new time looks here like a cancellation that nobody is named for:
 * only the webhook tells.
 *
 * @param webUrl where the pages are, without a slash at the end.
 */
export function toAppointment(booking: WireBooking, webUrl: string): ProviderAppointment {
  const uri = bookingUri(booking.uid);
  const cancellation = cancellationOf(booking);
  const [attendee] = booking.attendees;
  return {
    uri,
    eventUri: uri,
    createdAt: booking.createdAt,
    startsAt: booking.start,
    endsAt: booking.end,
    status: cancellation === null ? 'active' : 'cancelled',
    rescheduled: booking.rescheduledToUid !== null,
    replaces: booking.rescheduledFromUid === null ? null : bookingUri(booking.rescheduledFromUid),
    replacedBy: booking.rescheduledToUid === null ? null : bookingUri(booking.rescheduledToUid),
    noShow: attendee?.absent ?? false,
    cancellation,
    ...pagesOf(webUrl, booking.uid),
    joinUrl: joinUrlOf(booking.location),
    timeZone: attendee?.timeZone ?? null,
    ...marksOf(booking.metadata),
  };
}

export const accountSchema = z
  .looseObject({
    id: z.number().int(),
    email: z.string(),
    username: z.string().nullish(),
    timeZone: z.string().min(1),
  })
  .transform(
    ({ id, email, username, timeZone }): CalcomAccount => ({
      id,
      email,
      username: username ?? null,
      timeZone,
    }),
  );

const disabling = z
  .looseObject({ disabled: z.boolean().nullish(), minutesBefore: z.number().nullish() })
  .nullish();

const MINUTE = 60_000;

/** An event type (version 2024-06-14). Its `minimumRescheduleNotice` is `disableRescheduling.minutesBefore` there. */
export const eventTypeSchema = z
  .looseObject({
    id: z.number().int(),
    title: z.string(),
    slug: z.string(),
    lengthInMinutes: z.number().positive(),
    disableRescheduling: disabling,
    disableCancelling: disabling,
    confirmationPolicy: disabling,
    seats: disabling,
    seatsPerTimeSlot: z.number().nullish(),
  })
  .transform(
    (wire): CalcomEventType => ({
      id: wire.id,
      title: wire.title,
      slug: wire.slug,
      durationMs: wire.lengthInMinutes * MINUTE,
      rescheduleNoticeMs: (wire.disableRescheduling?.minutesBefore ?? 0) * MINUTE,
      reschedulingDisabled: wire.disableRescheduling?.disabled ?? false,
      cancellingDisabled: wire.disableCancelling?.disabled ?? false,
      // Either is `{"disabled": true}` or says how.
      needsConfirmation: wire.confirmationPolicy ? wire.confirmationPolicy.disabled !== true : false,
      seats: wire.seats ? wire.seats.disabled !== true : (wire.seatsPerTimeSlot ?? 0) > 0,
    }),
  );
