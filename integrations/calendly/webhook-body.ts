import { z } from 'zod';
import type { AppointmentEvent } from '../../workflows/contract/events.ts';
import type { AppointmentUri, Instant } from '../../workflows/contract/values.ts';
import { subscribedEvents } from './client.ts';
import type { ProviderAppointment } from '../scheduling/provider.ts';
import { wasReplaced } from '../scheduling/truth.ts';
import { inviteeSchema, scheduledEventSchema, toAppointment, wireTime } from './wire.ts';

/** The events about an invitee, by Calendly's names and by one that documents of others give. */
const eventSchema = z
  .enum([...subscribedEvents, 'invitee.no_show'])
  .transform((event) => (event === 'invitee.no_show' ? 'invitee_no_show.created' : event));

type InviteeEvent = z.output<typeof eventSchema>;

/** Whether an event of this name is about an invitee: others are sent to us by mistake. */
export function isInviteeEvent(event: string): boolean {
  return eventSchema.safeParse(event).success;
}

/** What a body must tell for us to know which message it is. Old bodies (2020 to 2022) tell little more. */
const bodySchema = z.looseObject({
  event: eventSchema,
  created_at: wireTime,
  payload: inviteeSchema.extend({
    status: inviteeSchema.shape.status.nullish(),
    created_at: wireTime.nullish(),
    scheduled_event: scheduledEventSchema
      .extend({
        uri: z.string().min(1).nullish(),
        start_time: wireTime.nullish(),
        end_time: wireTime.nullish(),
      })
      .nullish(),
  }),
});

/** A webhook about an invitee. Instants in milliseconds. */
export interface CalendlyWebhook {
  readonly event: InviteeEvent;
  /** The same for each repeat of one message, different for any two messages. */
  readonly deliveryKey: string;
  /** The envelope's, cut to whole seconds by Calendly. */
  readonly createdAt: number;
  readonly inviteeUri: string;
  readonly eventUri: string | null;
  /** `tracking.utm_content` as it came; verify its signature before use. */
  readonly reference: string | null;
  /** When the no-show was set, where the body tells it. */
  readonly noShowAt: number | null;
  /** Null: the body lacks a part of it, and Calendly must be asked. */
  readonly appointment: ProviderAppointment | null;
}

type Payload = z.output<typeof bodySchema>['payload'];

/** When it was cancelled, as far as the body knows. Nothing of it is asked for: a repeat has the same key. */
function cancelledAt(payload: Payload): number | null {
  if (payload.status === 'active') return null;
  const told = payload.cancellation ?? payload.scheduled_event?.cancellation;
  return told?.created_at ?? payload.updated_at ?? payload.created_at ?? null;
}

/**
 * An invitee is created and cancelled once, so its URI and that instant name the message; the envelope's time may be
 * another one in a repeat. A no-show that is cleared leaves nothing on the invitee, not even a new `updated_at`: only
 * the envelope's time tells two apart.
 */
function deliveryKeyOf(event: InviteeEvent, envelopeTime: number, payload: Payload): string {
  switch (event) {
    case 'invitee.created':
      return `${event}|${payload.uri}|${payload.created_at ?? ''}`;
    case 'invitee.canceled':
      return `${event}|${payload.uri}|${cancelledAt(payload) ?? ''}`;
    case 'invitee_no_show.created':
      return payload.no_show
        ? `${event}|${payload.no_show.uri}|${payload.no_show.created_at}`
        : `${event}|${payload.uri}|${envelopeTime}`;
    case 'invitee_no_show.deleted':
      return `${event}|${payload.uri}|${envelopeTime}`;
  }
}

/**
 * Null unless nothing needs to be asked. A field that says null is told; one that is not there may have any value: a
 * cancel without `rescheduled` may be half of a reschedule.
 */
function appointmentOf(payload: Payload): ProviderAppointment | null {
  const { status, created_at: createdAt, scheduled_event: scheduled } = payload;
  const { uri, start_time: startTime, end_time: endTime } = scheduled ?? {};
  const others = [payload.rescheduled, payload.old_invitee, payload.new_invitee, payload.tracking];
  if (
    !status ||
    !uri ||
    typeof createdAt !== 'number' ||
    typeof startTime !== 'number' ||
    typeof endTime !== 'number' ||
    others.includes(undefined)
  )
    return null;
  return toAppointment(
    { ...payload, status, created_at: createdAt },
    { ...scheduled, uri, start_time: startTime, end_time: endTime },
  );
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Reads a verified webhook's bytes. Undefined: not JSON, not about an invitee, or with a value that cannot be. */
export function parseCalendlyWebhook(body: Buffer): CalendlyWebhook | undefined {
  const checked = bodySchema.safeParse(parseJson(body));
  if (!checked.success) return undefined;
  const { event, payload, created_at: createdAt } = checked.data;
  return {
    event,
    deliveryKey: deliveryKeyOf(event, createdAt, payload),
    createdAt,
    inviteeUri: payload.uri,
    eventUri: payload.event ?? payload.scheduled_event?.uri ?? null,
    reference: payload.tracking?.utm_content ?? null,
    noShowAt: payload.no_show?.created_at ?? null,
    appointment: appointmentOf(payload),
  };
}

/**
 * What a webhook means to a session or a booking. `occurredAt` is Calendly's own instant of the change, capped at
 * `receivedAt`.
 *
 * @param told the webhook's own appointment, or what Calendly answered where the body lacks it.
 */
export function toAppointmentEvent(
  webhook: CalendlyWebhook,
  told: ProviderAppointment,
  receivedAt: Instant,
): AppointmentEvent {
  const appointment = told.uri as AppointmentUri;
  const heard = (at: number) => ({ occurredAt: Math.min(at, receivedAt) as Instant, receivedAt });
  const time = { startsAt: told.startsAt as Instant, endsAt: told.endsAt as Instant };
  switch (webhook.event) {
    case 'invitee.created':
      return told.replaces === null
        ? { type: 'appointment.booked', appointment, ...time, ...heard(told.createdAt) }
        : {
            type: 'appointment.moved',
            appointment,
            replaces: told.replaces as AppointmentUri,
            ...time,
            ...heard(told.createdAt),
          };
    case 'invitee.canceled': {
      const at = heard(told.cancellation?.at ?? webhook.createdAt);
      return wasReplaced(told)
        ? {
            type: 'appointment.reschedule-pending',
            appointment,
            replacedBy: told.replacedBy as AppointmentUri | null,
            ...at,
          }
        : { type: 'appointment.cancelled', appointment, by: told.cancellation?.by ?? 'client', ...at };
    }
    case 'invitee_no_show.created':
      // What Calendly answers may be another no-show, set after this one was cleared.
      return { type: 'appointment.no-show', appointment, ...heard(webhook.noShowAt ?? webhook.createdAt) };
    case 'invitee_no_show.deleted':
      return { type: 'appointment.no-show-cleared', appointment, ...heard(webhook.createdAt) };
  }
}
