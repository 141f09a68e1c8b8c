import { z } from 'zod';
import type { ProviderAppointment } from '../scheduling/provider.ts';

/** An ISO 8601 time with any number of decimals, in whole milliseconds: Calendly writes microseconds. */
export const wireTime = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

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

/** The page of a list endpoint. */
export function collectionSchema<Item extends z.ZodType>(item: Item) {
  return z.looseObject({
    collection: z.array(item),
    pagination: z.looseObject({ next_page_token: z.string().nullish() }),
  });
}

type WireInvitee = z.output<typeof inviteeSchema>;
type WireScheduledEvent = z.output<typeof scheduledEventSchema>;

function cancellationOf(
  invitee: WireInvitee,
  scheduledEvent: WireScheduledEvent,
): ProviderAppointment['cancellation'] {
  if (invitee.status === 'active') return null;
  const told = invitee.cancellation ?? scheduledEvent.cancellation;
  return {
    by: told?.canceler_type === 'host' ? 'host' : 'client',
    at: told?.created_at ?? invitee.updated_at ?? invitee.created_at,
  };
}

/** An invitee and its event, as Latchkey sees them. */
export function toAppointment(invitee: WireInvitee, scheduledEvent: WireScheduledEvent): ProviderAppointment {
  return {
    uri: invitee.uri,
    eventUri: invitee.event ?? scheduledEvent.uri,
    createdAt: invitee.created_at,
    startsAt: scheduledEvent.start_time,
    endsAt: scheduledEvent.end_time,
    status: invitee.status === 'active' ? 'active' : 'cancelled',
    rescheduled: invitee.rescheduled ?? false,
    replaces: invitee.old_invitee ?? null,
    replacedBy: invitee.new_invitee ?? null,
    noShow: (invitee.no_show ?? null) !== null,
    cancellation: cancellationOf(invitee, scheduledEvent),
    rescheduleUrl: invitee.reschedule_url ?? null,
    cancelUrl: invitee.cancel_url ?? null,
    joinUrl: scheduledEvent.location?.join_url ?? null,
    timeZone: invitee.timezone ?? null,
    reference: invitee.tracking?.utm_content ?? null,
    campaign: invitee.tracking?.utm_campaign ?? null,
  };
}
