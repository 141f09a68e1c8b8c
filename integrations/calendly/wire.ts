import { z } from 'zod';
import type { AppointmentEvent, AppointmentTruth } from '../../workflows/contract/events.ts';
import type { AppointmentUri, Instant } from '../../workflows/contract/values.ts';
import type { CalendlyAppointment } from './contract.ts';

/** An ISO 8601 time with any number of decimals, in whole milliseconds: Calendly writes microseconds. */
const wireTime = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const cancellationSchema = z.looseObject({
  canceler_type: z.string().nullish(),
  created_at: wireTime.nullish(),
});

/** A scheduled event; lenient, since old captures lack many fields. */
export const scheduledEventSchema = z.looseObject({
  uri: z.string().min(1),
  start_time: wireTime,
  end_time: wireTime,
  location: z
    .looseObject({ join_url: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
  cancellation: cancellationSchema.nullish(),
});

/** An invitee as the REST API answers it: a webhook's payload without `scheduled_event`. */
export const inviteeSchema = z.looseObject({
  uri: z.string().min(1),
  event: z.string().min(1).nullish(),
  status: z.enum(['active', 'canceled']),
  created_at: wireTime,
  updated_at: wireTime.nullish(),
  rescheduled: z.boolean().nullish(),
  old_invitee: z.string().min(1).nullish(),
  new_invitee: z.string().min(1).nullish(),
  no_show: z.looseObject({ uri: z.string().min(1), created_at: wireTime }).nullish(),
  cancellation: cancellationSchema.nullish(),
  reschedule_url: z.string().nullish(),
  cancel_url: z.string().nullish(),
  timezone: z.string().nullish(),
  tracking: z
    .looseObject({
      utm_content: z.string().nullish().catch(null),
      utm_campaign: z.string().nullish().catch(null),
    })
    .nullish(),
});

const webhookSchema = z.looseObject({
  event: z.string().min(1),
  created_at: wireTime,
  payload: inviteeSchema.extend({ scheduled_event: scheduledEventSchema }),
});

/** The page of a list endpoint. */
export function collectionSchema<Item extends z.ZodType>(item: Item) {
  return z.looseObject({
    collection: z.array(item),
    pagination: z.looseObject({ next_page_token: z.string().nullish() }),
  });
}

/** A webhook about an invitee. `createdAt` is the envelope's, in milliseconds, cut to whole seconds by Calendly. */
export interface CalendlyWebhook {
  /** Calendly's name; the alias `invitee.no_show` is read as `invitee_no_show.created`. */
  readonly event: string;
  /** The same for each repeat of one message, different for any two messages. */
  readonly deliveryKey: string;
  readonly createdAt: number;
  readonly appointment: CalendlyAppointment;
}

type WireInvitee = z.output<typeof inviteeSchema>;
type WireScheduledEvent = z.output<typeof scheduledEventSchema>;

function cancellationOf(
  invitee: WireInvitee,
  scheduledEvent: WireScheduledEvent,
): CalendlyAppointment['cancellation'] {
  if (invitee.status === 'active') return null;
  const told = invitee.cancellation ?? scheduledEvent.cancellation;
  return {
    by: told?.canceler_type === 'host' ? 'host' : 'client',
    at: told?.created_at ?? invitee.updated_at ?? invitee.created_at,
  };
}

/** An invitee and its event, as Latchkey sees them. */
export function toAppointment(invitee: WireInvitee, scheduledEvent: WireScheduledEvent): CalendlyAppointment {
  return {
    inviteeUri: invitee.uri,
    eventUri: invitee.event ?? scheduledEvent.uri,
    createdAt: invitee.created_at,
    startsAt: scheduledEvent.start_time,
    endsAt: scheduledEvent.end_time,
    status: invitee.status,
    rescheduled: invitee.rescheduled ?? false,
    oldInvitee: invitee.old_invitee ?? null,
    newInvitee: invitee.new_invitee ?? null,
    noShow: invitee.no_show ? { uri: invitee.no_show.uri, createdAt: invitee.no_show.created_at } : null,
    cancellation: cancellationOf(invitee, scheduledEvent),
    rescheduleUrl: invitee.reschedule_url ?? null,
    cancelUrl: invitee.cancel_url ?? null,
    joinUrl: scheduledEvent.location?.join_url ?? null,
    timeZone: invitee.timezone ?? null,
    reference: invitee.tracking?.utm_content ?? null,
    campaign: invitee.tracking?.utm_campaign ?? null,
  };
}

function canonicalEvent(event: string): string {
  return event === 'invitee.no_show' ? 'invitee_no_show.created' : event;
}

/**
 * An invitee is created and cancelled once, so its URI and that instant name the message. A no-show that is
 * cleared leaves nothing on the invitee, not even a new `updated_at`: only the envelope's time tells two apart.
 */
function deliveryKeyOf(event: string, envelopeTime: number, appointment: CalendlyAppointment): string {
  switch (event) {
    case 'invitee.created':
      return `${event}|${appointment.inviteeUri}|${appointment.createdAt}`;
    case 'invitee.canceled':
      return `${event}|${appointment.inviteeUri}|${appointment.cancellation?.at ?? envelopeTime}`;
    case 'invitee_no_show.created':
      return appointment.noShow
        ? `${event}|${appointment.noShow.uri}|${appointment.noShow.createdAt}`
        : `${event}|${appointment.inviteeUri}|${envelopeTime}`;
    default:
      return `${event}|${appointment.inviteeUri}|${envelopeTime}`;
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Reads a verified webhook's bytes. Undefined: not JSON, or not about an invitee with its event. */
export function parseCalendlyWebhook(body: Buffer): CalendlyWebhook | undefined {
  const checked = webhookSchema.safeParse(parseJson(body));
  if (!checked.success) return undefined;
  const { payload, created_at: createdAt } = checked.data;
  const event = canonicalEvent(checked.data.event);
  const appointment = toAppointment(payload, payload.scheduled_event);
  return { event, deliveryKey: deliveryKeyOf(event, createdAt, appointment), createdAt, appointment };
}

/**
 * What a webhook means to a session. `occurredAt` is Calendly's own instant of the change, capped at `receivedAt`.
 * Undefined: an event that no session needs to hear of.
 */
export function toAppointmentEvent(
  webhook: CalendlyWebhook,
  receivedAt: Instant,
): AppointmentEvent | undefined {
  const { appointment: invitee } = webhook;
  const appointment = invitee.inviteeUri as AppointmentUri;
  const heard = (at: number) => ({ occurredAt: Math.min(at, receivedAt) as Instant, receivedAt });
  const time = { startsAt: invitee.startsAt as Instant, endsAt: invitee.endsAt as Instant };
  switch (webhook.event) {
    case 'invitee.created':
      return invitee.oldInvitee === null
        ? { type: 'appointment.booked', appointment, ...time, ...heard(invitee.createdAt) }
        : {
            type: 'appointment.moved',
            appointment,
            replaces: invitee.oldInvitee as AppointmentUri,
            ...time,
            ...heard(invitee.createdAt),
          };
    case 'invitee.canceled': {
      const at = heard(invitee.cancellation?.at ?? webhook.createdAt);
      return wasReplaced(invitee)
        ? {
            type: 'appointment.reschedule-pending',
            appointment,
            replacedBy: invitee.newInvitee as AppointmentUri | null,
            ...at,
          }
        : {
            type: 'appointment.cancelled',
            appointment,
            by: invitee.cancellation?.by ?? 'client',
            ...at,
          };
    }
    case 'invitee_no_show.created':
      return {
        type: 'appointment.no-show',
        appointment,
        ...heard(invitee.noShow?.createdAt ?? webhook.createdAt),
      };
    case 'invitee_no_show.deleted':
      return { type: 'appointment.no-show-cleared', appointment, ...heard(webhook.createdAt) };
    default:
      return undefined;
  }
}

/** A cancel that is the old half of a reschedule; never a cancellation. */
function wasReplaced(invitee: CalendlyAppointment): boolean {
  return invitee.rescheduled || invitee.newInvitee !== null;
}

/** An answer of the REST API, as the core wants to be told. */
export function toAppointmentTruth(invitee: CalendlyAppointment): AppointmentTruth {
  return {
    appointment: invitee.inviteeUri as AppointmentUri,
    createdAt: invitee.createdAt as Instant,
    startsAt: invitee.startsAt as Instant,
    endsAt: invitee.endsAt as Instant,
    replaces: invitee.oldInvitee as AppointmentUri | null,
    noShow: invitee.noShow !== null,
    end: endOf(invitee),
  };
}

function endOf(invitee: CalendlyAppointment): AppointmentTruth['end'] {
  if (invitee.status === 'active') return { kind: 'none' };
  const at = (invitee.cancellation?.at ?? invitee.createdAt) as Instant;
  return wasReplaced(invitee)
    ? { kind: 'replaced', replacedBy: invitee.newInvitee as AppointmentUri | null, at }
    : { kind: 'cancelled', by: invitee.cancellation?.by ?? 'client', at };
}
