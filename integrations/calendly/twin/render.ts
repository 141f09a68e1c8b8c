import {
  type CalendlyState,
  formatMicros,
  type HeldCancellation,
  type HeldEvent,
  type HeldInvitee,
  type HeldSubscription,
  type InviteeId,
  type Micros,
} from './state.ts';

/** Where URIs point: `api` is https://api.calendly.com, `pages` is https://calendly.com; the twin is both. */
export interface Addresses {
  readonly api: string;
  readonly pages: string;
}

/**
 * Writes the wire's objects, with Calendly's fields in Calendly's order. `addresses` is asked at each use: the
 * twin's own address is known only once it listens.
 */
export function createRenderer(host: CalendlyState['host'], addresses: () => Addresses) {
  const eventUri = (uuid: string) => `${addresses().api}/scheduled_events/${uuid}`;
  const inviteeUri = (id: InviteeId) => `${eventUri(id.eventUuid)}/invitees/${id.uuid}`;
  const userUri = () => `${addresses().api}/users/${host.userUuid}`;
  const organizationUri = () => `${addresses().api}/organizations/${host.organizationId}`;
  const eventTypeUri = (uuid: string) => `${addresses().api}/event_types/${uuid}`;
  const noShowUri = (uuid: string) => `${addresses().api}/invitee_no_shows/${uuid}`;
  const subscriptionUri = (id: string) => `${addresses().api}/webhook_subscriptions/${id}`;

  const cancellation = (held: HeldCancellation) => ({
    canceled_by: held.canceledBy,
    reason: held.reason,
    canceler_type: held.cancelerType,
    created_at: formatMicros(held.createdAt),
  });

  const scheduledEvent = (event: HeldEvent) => ({
    uri: eventUri(event.uuid),
    name: event.name,
    meeting_notes_plain: null,
    meeting_notes_html: null,
    status: event.cancellation ? 'canceled' : 'active',
    start_time: formatMicros(event.startsAt),
    end_time: formatMicros(event.endsAt),
    event_type: eventTypeUri(event.eventTypeUuid),
    location: {
      type: 'zoom_conference',
      status: 'pushed',
      join_url: event.meeting.joinUrl,
      data: { id: event.meeting.id, password: event.meeting.password },
    },
    invitees_counter: { total: 1, active: event.cancellation ? 0 : 1, limit: 1 },
    created_at: formatMicros(event.createdAt),
    updated_at: formatMicros(event.updatedAt),
    event_memberships: [{ user: userUri(), user_email: host.email, user_name: host.name }],
    event_guests: [],
    ...(event.cancellation ? { cancellation: cancellation(event.cancellation) } : {}),
  });

  const inviteeFields = (invitee: HeldInvitee, event: HeldEvent) => ({
    cancel_url: `${addresses().pages}/cancellations/${invitee.uuid}`,
    created_at: formatMicros(invitee.createdAt),
    email: invitee.email,
    event: eventUri(invitee.eventUuid),
    first_name: invitee.firstName,
    last_name: invitee.lastName,
    name: invitee.name,
    new_invitee: invitee.newInvitee ? inviteeUri(invitee.newInvitee) : null,
    old_invitee: invitee.oldInvitee ? inviteeUri(invitee.oldInvitee) : null,
    no_show: invitee.noShow
      ? { uri: noShowUri(invitee.noShow.uuid), created_at: formatMicros(invitee.noShow.createdAt) }
      : null,
    payment: null,
    questions_and_answers: invitee.answers,
    reconfirmation: null,
    reschedule_url: `${addresses().pages}/reschedulings/${invitee.uuid}`,
    rescheduled: invitee.newInvitee !== null,
    routing_form_submission: null,
    scheduling_method: null,
    invitee_scheduled_by: null,
    status: event.cancellation ? 'canceled' : 'active',
    text_reminder_number: null,
    timezone: invitee.timeZone,
    tracking: {
      utm_campaign: invitee.tracking.campaign,
      utm_source: invitee.tracking.source,
      utm_medium: invitee.tracking.medium,
      utm_content: invitee.tracking.content,
      utm_term: invitee.tracking.term,
      salesforce_uuid: null,
    },
    updated_at: formatMicros(invitee.updatedAt),
    uri: inviteeUri(invitee),
  });

  const ending = (event: HeldEvent) =>
    event.cancellation ? { cancellation: cancellation(event.cancellation) } : {};

  return {
    eventUri,
    inviteeUri,
    userUri,
    organizationUri,
    eventTypeUri,
    noShowUri,
    cancellation,

    /** `GET /scheduled_events/{uuid}`: the embedded event and `calendar_event`. */
    scheduledEvent: (event: HeldEvent) => ({ ...scheduledEvent(event), calendar_event: null }),

    /** `GET /scheduled_events/{e}/invitees/{i}`: a webhook's payload without `scheduled_event`. */
    invitee: (invitee: HeldInvitee, event: HeldEvent) => ({
      ...inviteeFields(invitee, event),
      ...ending(event),
    }),

    /** The envelope's `created_at` is cut to whole seconds and still written with six decimals. */
    webhook: (name: string, at: Micros, invitee: HeldInvitee, event: HeldEvent) => ({
      event: name,
      created_at: formatMicros(Math.floor(at / 1_000_000) * 1_000_000),
      created_by: userUri(),
      payload: {
        ...inviteeFields(invitee, event),
        scheduled_event: scheduledEvent(event),
        ...ending(event),
      },
    }),

    noShow: (invitee: HeldInvitee, noShow: { uuid: string; createdAt: Micros }) => ({
      uri: noShowUri(noShow.uuid),
      invitee: inviteeUri(invitee),
      created_at: formatMicros(noShow.createdAt),
    }),

    user: () => ({
      uri: userUri(),
      name: host.name,
      slug: host.slug,
      email: host.email,
      scheduling_url: `${addresses().pages}/${host.slug}`,
      timezone: host.timeZone,
      avatar_url: null,
      created_at: '2025-01-02T03:04:05.678123Z',
      updated_at: '2026-01-02T03:04:05.678123Z',
      current_organization: organizationUri(),
      resource_type: 'User',
      locale: 'en',
    }),

    subscription: (held: HeldSubscription, health: { retrySince: Micros | null; disabled: boolean }) => ({
      uri: subscriptionUri(held.id),
      callback_url: held.url,
      created_at: formatMicros(held.createdAt),
      updated_at: formatMicros(held.createdAt),
      retry_started_at: health.retrySince === null ? null : formatMicros(health.retrySince),
      state: health.disabled ? 'disabled' : 'active',
      events: held.events,
      scope: held.scope,
      organization: held.organization,
      user: held.user,
      creator: userUri(),
    }),
  };
}

export type Renderer = ReturnType<typeof createRenderer>;
