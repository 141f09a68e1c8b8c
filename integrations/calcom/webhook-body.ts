import { z } from 'zod';
import type { AppointmentEvent } from '../../workflows/contract/events.ts';
import type { AppointmentUri, Instant } from '../../workflows/contract/values.ts';
import type { ProviderAppointment } from '../scheduling/provider.ts';
import { bookingUri } from './booking-uri.ts';
import { subscribedTriggers } from './subscription.ts';
import { joinUrlOf, marksOf, metadataSchema, pagesOf, wireTime } from './wire.ts';

/** What a body must tell for us to know which message it is. */
const envelope = { createdAt: wireTime };

const personSchema = z.looseObject({ email: z.string().nullish(), timeZone: z.string().nullish() });

/** A booking as most triggers tell it. */
const bookingSchema = z.looseObject({
  uid: z.string().min(1),
  startTime: wireTime,
  endTime: wireTime,
  bookerUrl: z.string().nullish(),
  attendees: z.array(personSchema).nullish(),
  location: z.unknown(),
  metadata: metadataSchema.nullish(),
  rescheduleUid: z.string().nullish(),
  requestReschedule: z.boolean().nullish(),
});

type Booking = z.output<typeof bookingSchema>;

const bodySchema = z.discriminatedUnion('triggerEvent', [
  z.looseObject({
    // A reschedule that the API made may be told as a booking that was requested.
    triggerEvent: z.enum(['BOOKING_CREATED', 'BOOKING_REQUESTED', 'BOOKING_RESCHEDULED']),
    ...envelope,
    payload: bookingSchema,
  }),
  z.looseObject({
    triggerEvent: z.enum(['BOOKING_CANCELLED', 'BOOKING_REJECTED']),
    ...envelope,
    payload: bookingSchema,
  }),
  z.looseObject({
    triggerEvent: z.literal('BOOKING_NO_SHOW_UPDATED'),
    ...envelope,
    payload: z.looseObject({ bookingUid: z.string().min(1) }),
  }),
  // Flat: the row of the booking as it was when it was made, `createdAt` included.
  z.looseObject({
    triggerEvent: z.literal('MEETING_ENDED'),
    uid: z.string().min(1),
    idempotencyKey: z.string().min(1).nullish(),
    endTime: wireTime,
    metadata: metadataSchema.nullish(),
  }),
]);

type Body = z.output<typeof bodySchema>;
type Trigger = Body['triggerEvent'];

const triggers: ReadonlySet<string> = new Set<Trigger>(subscribedTriggers);

/** Whether a message of this name is about a booking's course: others are sent to us by mistake. */
export function isBookingTrigger(name: string): boolean {
  return triggers.has(name);
}

/** A webhook about a booking. Instants in milliseconds. */
export interface CalcomWebhook {
  readonly trigger: Trigger;
  /** The same for each repeat of one message, different for any two messages. */
  readonly deliveryKey: string;
  /**
   * When Cal.com said it, signed with the body; for the end of a meeting, which carries no such instant, the meeting's
   * end.
   */
  readonly saidAt: number;
  /** `calcom:bookings/<uid>`. */
  readonly appointmentUri: string;
  /** What it took the place of, as far as the body tells. */
  readonly replaces: string | null;
  /** Our reference as it came back; verify its signature before use. Cancellations and no-shows tell none. */
  readonly reference: string | null;
  /** How it ended, where that is what the webhook tells. */
  readonly ending: { readonly by: 'client' | 'host'; readonly asksToReschedule: boolean } | null;
  /** Null: the body lacks a part of it, and Cal.com must be asked. */
  readonly appointment: ProviderAppointment | null;
}

/** A web address without a slash at its end; anything else is none. */
function webUrlOf(text: string | null | undefined): string | null {
  return text && URL.canParse(text) && /^https?:/.test(text) ? text.replace(/\/+$/, '') : null;
}

/** Null unless nothing needs to be asked. Metadata that is not there at all may have been anything. */
function bookedOf(payload: Booking, saidAt: number): ProviderAppointment | null {
  const { metadata, startTime: startsAt, endTime: endsAt } = payload;
  if (!metadata) return null;
  const uri = bookingUri(payload.uid);
  const webUrl = webUrlOf(payload.bookerUrl);
  return {
    uri,
    eventUri: uri,
    createdAt: saidAt,
    startsAt,
    endsAt,
    status: 'active',
    rescheduled: false,
    replaces: payload.rescheduleUid ? bookingUri(payload.rescheduleUid) : null,
    replacedBy: null,
    noShow: false,
    cancellation: null,
    ...(webUrl === null ? { rescheduleUrl: null, cancelUrl: null } : pagesOf(webUrl, payload.uid)),
    joinUrl: joinUrlOf(metadata['videoCallUrl'], payload.location),
    timeZone: payload.attendees?.[0]?.timeZone ?? null,
    ...marksOf(metadata),
  };
}

/**
 * Only a host who is signed in rejects, or asks for another time. Who is named in `cancelledBy` may be anybody: Cal.com
 * takes the name from its page's own address. So a cancellation counts as the client's, who gains nothing by it.
 */
function endingOf(
  trigger: 'BOOKING_CANCELLED' | 'BOOKING_REJECTED',
  asksToReschedule: boolean,
): NonNullable<CalcomWebhook['ending']> {
  return trigger === 'BOOKING_REJECTED'
    ? { by: 'host', asksToReschedule: false }
    : { by: asksToReschedule ? 'host' : 'client', asksToReschedule };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function read(body: Body): CalcomWebhook {
  const nothing = { replaces: null, reference: null, ending: null, appointment: null };
  switch (body.triggerEvent) {
    case 'BOOKING_CREATED':
    case 'BOOKING_REQUESTED':
    case 'BOOKING_RESCHEDULED': {
      const { triggerEvent: trigger, createdAt: saidAt, payload } = body;
      const { uid, rescheduleUid, metadata } = payload;
      return {
        trigger,
        deliveryKey: `${trigger}|${uid}|${saidAt}`,
        saidAt,
        appointmentUri: bookingUri(uid),
        replaces: rescheduleUid ? bookingUri(rescheduleUid) : null,
        reference: marksOf(metadata).reference,
        ending: null,
        appointment: bookedOf(payload, saidAt),
      };
    }
    case 'BOOKING_CANCELLED':
    case 'BOOKING_REJECTED': {
      const { triggerEvent: trigger, createdAt: saidAt, payload } = body;
      return {
        ...nothing,
        trigger,
        deliveryKey: `${trigger}|${payload.uid}|${saidAt}`,
        saidAt,
        appointmentUri: bookingUri(payload.uid),
        reference: marksOf(payload.metadata).reference,
        ending: endingOf(trigger, payload.requestReschedule ?? false),
      };
    }
    case 'BOOKING_NO_SHOW_UPDATED': {
      const { triggerEvent: trigger, createdAt: saidAt, payload } = body;
      return {
        ...nothing,
        trigger,
        deliveryKey: `${trigger}|${payload.bookingUid}|${saidAt}`,
        saidAt,
        appointmentUri: bookingUri(payload.bookingUid),
      };
    }
    case 'MEETING_ENDED': {
      const { triggerEvent: trigger, uid, endTime: saidAt, idempotencyKey } = body;
      return {
        ...nothing,
        trigger,
        deliveryKey: `${trigger}|${idempotencyKey ?? `${uid}|${saidAt}`}`,
        saidAt,
        appointmentUri: bookingUri(uid),
        reference: marksOf(body.metadata).reference,
      };
    }
  }
}

/**
 * Reads a verified webhook's bytes. Undefined: not JSON, not about a booking's course, with a value that cannot be, or
 * rewritten by a template of the webhook's own.
 */
export function parseCalcomWebhook(body: Buffer): CalcomWebhook | undefined {
  const checked = bodySchema.safeParse(parseJson(body));
  return checked.success ? read(checked.data) : undefined;
}

const HOUR = 60 * 60 * 1000;

/** Cal.com sends at once, and drops the ends of meetings after a day. */
const OLDEST_MS = 25 * HOUR;
/** How far its clock and ours may differ. */
const AHEAD_MS = 5 * 60 * 1000;

/**
 * Whether a webhook may be a message and not the repeat of a captured one: the signature has no time, so a body stays
 * signed for ever.
 */
export function ageOf({ saidAt }: Pick<CalcomWebhook, 'saidAt'>, now: number): 'fresh' | 'stale' | 'early' {
  if (saidAt > now + AHEAD_MS) return 'early';
  return saidAt < now - OLDEST_MS ? 'stale' : 'fresh';
}

/**
 * What Cal.com answered for a webhook's booking, with what the webhook itself says of its end: an answer may be from
 * before the cancel, and never tells that the host asked the client to choose a new time.
 */
export function withEnding(webhook: CalcomWebhook, answered: ProviderAppointment): ProviderAppointment {
  const { ending, saidAt } = webhook;
  if (ending === null) return answered;
  return {
    ...answered,
    status: 'cancelled',
    rescheduled: answered.rescheduled || ending.asksToReschedule,
    cancellation: { by: ending.by, at: saidAt },
  };
}

/**
 * What a webhook means to a session or a booking. `occurredAt` is Cal.com's own instant of the change, capped at
 * `receivedAt`.
 *
 * @param appointment the webhook's own, or what Cal.com answered where the body lacks it.
 */
export function toAppointmentEvent(
  webhook: CalcomWebhook,
  { startsAt, endsAt, noShow, ...told }: ProviderAppointment,
  receivedAt: Instant,
): AppointmentEvent {
  const appointment = webhook.appointmentUri as AppointmentUri;
  const heard = { occurredAt: Math.min(webhook.saidAt, receivedAt) as Instant, receivedAt };
  const time = { startsAt: startsAt as Instant, endsAt: endsAt as Instant };
  switch (webhook.trigger) {
    case 'BOOKING_CREATED':
    case 'BOOKING_REQUESTED':
    case 'BOOKING_RESCHEDULED': {
      // By what it replaces, not by the trigger's name.
      const replaces = (webhook.replaces ?? told.replaces) as AppointmentUri | null;
      return replaces === null
        ? { type: 'appointment.booked', appointment, ...time, ...heard }
        : { type: 'appointment.moved', appointment, replaces, ...time, ...heard };
    }
    case 'BOOKING_CANCELLED':
    case 'BOOKING_REJECTED':
      return webhook.ending?.asksToReschedule
        ? { type: 'appointment.reschedule-pending', appointment, replacedBy: null, ...heard }
        : { type: 'appointment.cancelled', appointment, by: webhook.ending?.by ?? 'client', ...heard };
    case 'BOOKING_NO_SHOW_UPDATED':
      // The body may tell of guests, or of the host: what counts is what is held of the client now.
      return { type: noShow ? 'appointment.no-show' : 'appointment.no-show-cleared', appointment, ...heard };
    case 'MEETING_ENDED':
      return { type: 'appointment.ended', appointment, ...heard };
  }
}
