import { createHash } from 'node:crypto';
import type { Told } from './bookings.ts';
import {
  type CalcomState,
  type HeldBooking,
  type HeldEventType,
  type HeldLink,
  type HeldWebhook,
  type Ms,
  successorOf,
} from './state.ts';

/** `2026-03-28T09:00:00.000Z`: the API, and the flat bodies. */
const iso = (at: Ms): string => new Date(at).toISOString();
/** `2026-03-28T09:00:00Z`: a booking that is told. Parts of a second are kept, which no real booking has. */
const short = (at: Ms): string => iso(at).replace('.000Z', 'Z');
/** `2026-03-28T09:00:00+00:00`: one that is told as cancelled. */
const withOffset = (at: Ms): string => short(at).replace('Z', '+00:00');

/** Minutes ahead of UTC. */
function utcOffset(timeZone: string, at: Ms): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(name) ?? [];
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -size : size;
}

const firstAndLast = (name: string): { firstName: string; lastName: string } => {
  const [firstName = '', ...rest] = name.split(' ');
  return { firstName, lastName: rest.join(' ') };
};

const minutes = (ms: number): number => ms / 60_000;

/** Writes the wire's objects, with Cal.com's fields. The address is asked at each use: it is known once the twin listens. */
export function createRenderer(state: CalcomState, address: () => string) {
  const { host } = state;
  const videoUrl = ({ uid }: HeldBooking) => `${address()}/video/${uid}`;
  const titleOf = ({ eventType, attendee }: HeldBooking) =>
    `${eventType.title} between ${host.name} and ${attendee.name}`;

  function bookingUrl({ code, eventType }: HeldLink): string {
    return `${address()}/d/${code}/${eventType.slug}`;
  }

  /** As `/v2/bookings` answers it. */
  function booking(held: HeldBooking) {
    const { attendee, eventType } = held;
    const next = held.rescheduled ? successorOf(state, held.uid) : undefined;
    const responses = {
      email: attendee.email,
      name: attendee.name,
      guests: [],
      ...(held.reschedulingReason === null ? {} : { rescheduledReason: held.reschedulingReason }),
    };
    return {
      id: held.id,
      uid: held.uid,
      title: titleOf(held),
      description: '',
      hosts: [
        {
          id: host.id,
          name: host.name,
          email: host.email,
          displayEmail: host.email,
          username: host.username,
          timeZone: host.timeZone,
        },
      ],
      status: held.status.toLowerCase(),
      ...(held.status === 'CANCELLED'
        ? { cancellationReason: held.cancellationReason ?? '', cancelledByEmail: held.cancelledBy ?? '' }
        : {}),
      ...(held.reschedulingReason === null ? {} : { reschedulingReason: held.reschedulingReason }),
      rescheduledByEmail: (held.rescheduled ? next?.rescheduledBy : held.rescheduledBy) ?? null,
      ...(held.fromReschedule === null ? {} : { rescheduledFromUid: held.fromReschedule }),
      ...(next ? { rescheduledToUid: next.uid } : {}),
      start: iso(held.startsAt),
      end: iso(held.endsAt),
      duration: minutes(held.endsAt - held.startsAt),
      eventTypeId: eventType.id,
      eventType: { id: eventType.id, slug: eventType.slug },
      meetingUrl: videoUrl(held),
      location: videoUrl(held),
      absentHost: false,
      createdAt: iso(held.createdAt),
      updatedAt: iso(held.updatedAt),
      metadata: held.metadata,
      rating: null,
      icsUid: held.iCalUID,
      attendees: [
        {
          name: attendee.name,
          email: attendee.email,
          displayEmail: attendee.email,
          timeZone: attendee.timeZone,
          language: 'en',
          absent: held.absent,
        },
      ],
      guests: [],
      bookingFieldsResponses: responses,
    };
  }

  function eventTypeOutput(one: HeldEventType) {
    return {
      id: one.id,
      ownerId: host.id,
      lengthInMinutes: minutes(one.durationMs),
      title: one.title,
      slug: one.slug,
      description: '',
      locations: [{ type: 'integration', integration: 'cal-video' }],
      bookingFields: [],
      recurrence: null,
      metadata: {},
      price: 0,
      currency: 'usd',
      seatsPerTimeSlot: null,
      seats: { disabled: true },
      confirmationPolicy: one.requiresConfirmation
        ? { type: 'always', blockUnconfirmedBookingsInBooker: false }
        : { disabled: true },
      disableRescheduling: {
        disabled: one.disableRescheduling,
        ...(one.rescheduleNoticeMinutes > 0 ? { minutesBefore: one.rescheduleNoticeMinutes } : {}),
      },
      disableCancelling: { disabled: one.disableCancelling },
      hidden: false,
      users: [{ id: host.id, name: host.name, username: host.username }],
    };
  }

  function link(held: HeldLink, open: boolean) {
    const base = {
      linkId: held.code,
      eventTypeId: held.eventType.id,
      isExpired: !open,
      bookingUrl: bookingUrl(held),
    };
    return held.expiresAt === null
      ? { ...base, maxUsageCount: held.maxUsageCount ?? 0, usageCount: held.usageCount }
      : { ...base, expiresAt: iso(held.expiresAt) };
  }

  const webhook = (held: HeldWebhook) => ({ ...held, userId: host.id });

  const organizer = (at: Ms) => ({
    id: host.id,
    name: host.name,
    email: host.email,
    username: host.username,
    usernameInOrg: null,
    timeZone: host.timeZone,
    language: { locale: 'en' },
    timeFormat: 'h:mma',
    utcOffset: utcOffset(host.timeZone, at),
  });

  const attendees = ({ attendee, startsAt }: HeldBooking) => [
    {
      email: attendee.email,
      name: attendee.name,
      ...firstAndLast(attendee.name),
      timeZone: attendee.timeZone,
      language: { locale: 'en' },
      utcOffset: utcOffset(attendee.timeZone, startsAt),
    },
  ];

  const responses = (held: HeldBooking) => ({
    name: { label: 'your_name', value: held.attendee.name, isHidden: false },
    email: { label: 'email_address', value: held.attendee.email, isHidden: false },
    location: {
      label: 'location',
      value: { optionValue: '', value: 'integrations:daily' },
      isHidden: false,
    },
    notes: { label: 'additional_notes', isHidden: false },
    guests: { label: 'additional_guests', value: [], isHidden: false },
    rescheduleReason: {
      label: 'reason_for_reschedule',
      ...(held.reschedulingReason === null ? {} : { value: held.reschedulingReason }),
      isHidden: false,
    },
  });

  /** What each payload about a booking says of it. */
  const common = (held: HeldBooking) => ({
    bookerUrl: address(),
    type: held.eventType.slug,
    title: titleOf(held),
    description: '',
    additionalNotes: '',
    customInputs: {},
    organizer: organizer(held.startsAt),
    attendees: attendees(held),
    userFieldsResponses: {},
    eventTypeId: held.eventType.id,
    location: 'integrations:daily',
    hideOrganizerEmail: false,
    seatsPerTimeSlot: null,
    seatsShowAttendees: true,
    customReplyToEmail: null,
    requiresConfirmation: held.eventType.requiresConfirmation,
    organizationId: null,
    iCalUID: held.iCalUID,
    uid: held.uid,
    bookingId: held.id,
    eventTitle: held.eventType.title,
    currency: 'usd',
    length: minutes(held.eventType.durationMs),
  });

  function bookedPayload(held: HeldBooking, old: HeldBooking | undefined) {
    return {
      ...common(held),
      startTime: short(held.startsAt),
      endTime: short(held.endsAt),
      responses: responses(held),
      destinationCalendar: null,
      hideCalendarNotes: false,
      hideCalendarEventDetails: false,
      schedulingType: null,
      seatsShowAvailabilityCount: true,
      disableRescheduling: held.eventType.disableRescheduling,
      disableCancelling: held.eventType.disableCancelling,
      oneTimePassword: null,
      hashedLink: held.hashedLink,
      iCalSequence: held.iCalSequence,
      eventDescription: '',
      price: 0,
      status: held.status,
      appsStatus: [{ appName: 'daily-video', type: 'daily_video', success: 1, failures: 0, errors: [] }],
      metadata: { ...held.metadata, videoCallUrl: videoUrl(held) },
      ...(old
        ? {
            rescheduleId: old.id,
            rescheduleUid: old.uid,
            rescheduleStartTime: short(old.startsAt),
            rescheduleEndTime: short(old.endsAt),
            rescheduledBy: held.rescheduledBy,
          }
        : {}),
    };
  }

  /** Without metadata, and with labels of another kind. */
  const endedPayload = (held: HeldBooking) => ({
    ...common(held),
    startTime: withOffset(held.startsAt),
    endTime: withOffset(held.endsAt),
    responses: {
      name: { label: 'name', value: held.attendee.name },
      email: { label: 'email', value: held.attendee.email },
    },
    destinationCalendar: [],
    iCalSequence: held.iCalSequence + 1,
    eventDescription: null,
    price: null,
    status: held.status,
  });

  function noShowPayload({ attendee, absent, uid, id }: HeldBooking) {
    return {
      message: `${attendee.email} ${absent ? 'marked' : 'unmarked'} as no-show`,
      attendees: [{ email: attendee.email, noShow: absent }],
      bookingUid: uid,
      bookingId: id,
    };
  }

  /** The booking's row at the root of the body: its `createdAt` is the booking's. */
  function meeting(trigger: string, held: HeldBooking) {
    const digest = createHash('sha1').update(`${trigger}|${held.uid}|${held.endsAt}`).digest('hex');
    return {
      triggerEvent: trigger,
      id: held.id,
      uid: held.uid,
      idempotencyKey: `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`,
      userId: host.id,
      userPrimaryEmail: host.email,
      eventTypeId: held.eventType.id,
      title: titleOf(held),
      description: '',
      customInputs: {},
      responses: responses(held),
      startTime: iso(held.startsAt),
      endTime: iso(held.endsAt),
      location: 'integrations:daily',
      createdAt: iso(held.createdAt),
      updatedAt: iso(held.updatedAt),
      status: held.status,
      paid: false,
      destinationCalendarId: null,
      cancellationReason: null,
      rejectionReason: null,
      reassignReason: null,
      reassignById: null,
      dynamicEventSlugRef: null,
      dynamicGroupSlugRef: null,
      rescheduled: null,
      fromReschedule: held.fromReschedule,
      recurringEventId: null,
      smsReminderNumber: null,
      scheduledJobs: [],
      metadata: held.metadata,
      isRecorded: false,
      iCalUID: held.iCalUID,
      iCalSequence: held.iCalSequence,
      rating: null,
      ratingFeedback: null,
      noShowHost: false,
      oneTimePassword: null,
      cancelledBy: null,
      rescheduledBy: held.rescheduledBy,
      creationSource: 'WEBAPP',
      user: { email: host.email, name: host.name, timeZone: host.timeZone, username: host.username },
      attendees: [
        {
          id: held.id + 10,
          email: held.attendee.email,
          name: held.attendee.name,
          timeZone: held.attendee.timeZone,
          phoneNumber: null,
          locale: 'en',
          bookingId: held.id,
          noShow: held.absent,
        },
      ],
      payment: [],
      references: [],
      appsStatus: [],
    };
  }

  return {
    booking,
    bookingUrl,
    eventType: eventTypeOutput,
    link,
    webhook,

    /** `GET /v2/me`. */
    me: () => ({
      id: host.id,
      username: host.username,
      email: host.email,
      name: host.name,
      timeFormat: 24,
      weekStart: 'Monday',
      timeZone: host.timeZone,
      defaultScheduleId: 1,
      locale: 'en',
      avatarUrl: null,
    }),

    /** A webhook's whole body. */
    message(at: Ms, held: HeldBooking, told: Told): unknown {
      const enveloped = (payload: unknown) => ({
        triggerEvent: told.trigger,
        createdAt: iso(at),
        payload,
      });
      switch (told.trigger) {
        case 'BOOKING_CREATED':
        case 'BOOKING_REQUESTED':
        case 'BOOKING_RESCHEDULED':
          return enveloped(bookedPayload(held, 'old' in told ? told.old : undefined));
        case 'BOOKING_REJECTED':
          return enveloped(endedPayload(held));
        case 'BOOKING_CANCELLED': {
          const { cancelledBy, requestReschedule } = told;
          return enveloped({
            ...endedPayload(held),
            ...(cancelledBy === null ? {} : { cancelledBy }),
            cancellationReason: held.cancellationReason ?? '',
            requestReschedule,
          });
        }
        case 'BOOKING_NO_SHOW_UPDATED':
          return enveloped(noShowPayload(held));
        case 'MEETING_ENDED':
          return meeting(told.trigger, held);
      }
    },
  };
}

export type Renderer = ReturnType<typeof createRenderer>;
