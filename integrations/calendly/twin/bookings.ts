import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type {
  CalendlyState,
  CancelledBy,
  HeldCancellation,
  HeldEvent,
  HeldEventType,
  HeldInvitee,
  HeldLink,
  InviteeId,
  Micros,
  Tracking,
} from './state.ts';

/** Why Calendly would not do it. */
export type Refusal =
  | 'no-such-link'
  | 'no-such-invitee'
  | 'already-canceled'
  | 'in-the-past'
  | 'already-no-show';

export class BookingRefused extends Error {
  override readonly name = 'BookingRefused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`Calendly sandbox: ${refusal}`);
    this.refusal = refusal;
  }
}

/** An invitee and the event it is invited to. */
export interface Booking {
  readonly invitee: HeldInvitee;
  readonly event: HeldEvent;
}

export interface NewBooking {
  readonly name: string;
  readonly email: string;
  readonly timeZone: string;
  /** Milliseconds. */
  readonly startsAt: number;
  readonly durationMs?: number;
  readonly tracking: Tracking;
}

/** A page on which an event can be booked: once by a single-use link, any number of times on the host's own page. */
export interface Offer {
  readonly eventType: HeldEventType;
  /** @throws {BookingRefused} when the link was used meanwhile. */
  book(booking: NewBooking): Booking;
}

export interface Bookings {
  createLink(eventType: HeldEventType, shareUuid: string | null): HeldLink;
  /** What can be booked at a page's path, or undefined when its link was used or never existed. */
  offerAt(path: string): Offer | undefined;
  find(inviteeUuid: string): Booking | undefined;
  /** A new event and a new invitee; the old ones are cancelled. Two webhooks. */
  reschedule(inviteeUuid: string, startsAt: number): Booking;
  cancel(eventUuid: string, by: CancelledBy, reason: string | null): HeldCancellation;
  markNoShow(inviteeUuid: string): Booking;
  clearNoShow(inviteeUuid: string): Booking;
  /** Another time for the same event, without a webhook, as a change in the host's own calendar can be. */
  moveSilently(inviteeUuid: string, startsAt: number): Booking;
}

export interface BookingsOptions {
  readonly state: CalendlyState;
  /** Milliseconds. */
  readonly now: () => number;
  readonly joinUrl: (meetingId: number) => string;
  readonly emit: (name: string, at: Micros, booking: Booking) => void;
}

function splitName(name: string): { firstName: string | null; lastName: string | null } {
  const at = name.trim().lastIndexOf(' ');
  return at < 0
    ? { firstName: name.trim() || null, lastName: null }
    : { firstName: name.trim().slice(0, at), lastName: name.trim().slice(at + 1) };
}

function linkCode(): string {
  const text = randomBytes(8).toString('hex');
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8, 12)}`;
}

/** What can be done with the twin's appointments, by whichever door: page, API or test. */
export function createBookings({ state, now, joinUrl, emit }: BookingsOptions): Bookings {
  let last: Micros = 0;
  /** Strictly rising, so that no two changes carry the same instant. */
  const nowMicros = (): Micros => {
    last = Math.max(last + 1, Math.floor(now()) * 1000);
    return last;
  };

  function find(inviteeUuid: string): Booking | undefined {
    const invitee = state.invitees.get(inviteeUuid);
    const event = invitee && state.events.get(invitee.eventUuid);
    return invitee && event ? { invitee, event } : undefined;
  }

  function existing(inviteeUuid: string): Booking {
    const booking = find(inviteeUuid);
    if (!booking) throw new BookingRefused('no-such-invitee');
    return booking;
  }

  function changeable(booking: Booking | undefined): Booking {
    if (!booking) throw new BookingRefused('no-such-invitee');
    if (booking.event.cancellation) throw new BookingRefused('already-canceled');
    if (booking.event.endsAt <= now() * 1000) throw new BookingRefused('in-the-past');
    return booking;
  }

  function addEvent(
    template: { uuid: string; name: string },
    startsAt: number,
    durationMs: number,
  ): HeldEvent {
    const at = nowMicros();
    const meetingId = randomInt(100_000_000, 1_000_000_000);
    const event: HeldEvent = {
      uuid: randomUUID(),
      eventTypeUuid: template.uuid,
      name: template.name,
      startsAt: Math.round(startsAt * 1000),
      endsAt: Math.round((startsAt + durationMs) * 1000),
      meeting: { id: meetingId, password: randomBytes(4).toString('hex'), joinUrl: joinUrl(meetingId) },
      createdAt: at,
      updatedAt: at,
      cancellation: null,
    };
    state.events.set(event.uuid, event);
    return event;
  }

  function addInvitee(
    event: HeldEvent,
    person: Pick<
      HeldInvitee,
      'email' | 'firstName' | 'lastName' | 'name' | 'timeZone' | 'answers' | 'tracking'
    >,
    oldInvitee: InviteeId | null,
  ): HeldInvitee {
    const { email, firstName, lastName, name, timeZone, answers, tracking } = person;
    const invitee: HeldInvitee = {
      uuid: randomUUID(),
      eventUuid: event.uuid,
      email,
      firstName,
      lastName,
      name,
      timeZone,
      answers,
      tracking,
      createdAt: event.createdAt,
      updatedAt: event.createdAt,
      oldInvitee,
      newInvitee: null,
      noShow: null,
    };
    state.invitees.set(invitee.uuid, invitee);
    return invitee;
  }

  function end(booking: Booking, by: CancelledBy, reason: string | null): HeldCancellation {
    const cancellation: HeldCancellation = {
      canceledBy: by === 'host' ? state.host.name : booking.invitee.name,
      reason,
      cancelerType: by,
      createdAt: nowMicros(),
    };
    booking.event.cancellation = cancellation;
    booking.event.updatedAt = nowMicros();
    booking.invitee.updatedAt = booking.event.updatedAt;
    return cancellation;
  }

  function book(eventType: HeldEventType, booking: NewBooking): Booking {
    const event = addEvent(eventType, booking.startsAt, booking.durationMs ?? eventType.durationMs);
    const person = { ...booking, ...splitName(booking.name), name: booking.name.trim(), answers: [] };
    return { invitee: addInvitee(event, person, null), event };
  }

  function told(booking: Booking): Booking {
    emit('invitee.created', booking.event.createdAt, booking);
    return booking;
  }

  /** `/d/<code>/<event>`. */
  function offerOfLink(code: string): Offer | undefined {
    const link = state.links.get(code);
    if (!link || link.isDeleted || link.bookedBy !== null) return undefined;
    const { eventType } = link;
    return {
      eventType,
      book(booking) {
        if (link.isDeleted || link.bookedBy !== null) throw new BookingRefused('no-such-link');
        const made = book(eventType, booking);
        link.bookedBy = { eventUuid: made.event.uuid, uuid: made.invitee.uuid };
        return told(made);
      },
    };
  }

  /** `/<host>/<event>`. */
  function offerOfHost(slug: string): Offer | undefined {
    const eventType = state.eventTypes.find((one) => one.slug === slug);
    return eventType && { eventType, book: (booking) => told(book(eventType, booking)) };
  }

  return {
    createLink(eventType, shareUuid) {
      const link: HeldLink = {
        code: linkCode(),
        shareUuid,
        createdAt: nowMicros(),
        eventType,
        bookedBy: null,
        isDeleted: false,
      };
      state.links.set(link.code, link);
      return link;
    },
    offerAt(path) {
      const [root, id = ''] = path.split('/').filter(Boolean);
      if (root === 'd') return offerOfLink(id);
      return root === state.host.slug ? offerOfHost(id) : undefined;
    },
    find,
    reschedule(inviteeUuid, startsAt) {
      const old = changeable(find(inviteeUuid));
      const template = { uuid: old.event.eventTypeUuid, name: old.event.name };
      const event = addEvent(template, startsAt, (old.event.endsAt - old.event.startsAt) / 1000);
      const invitee = addInvitee(event, old.invitee, { eventUuid: old.event.uuid, uuid: inviteeUuid });
      old.invitee.newInvitee = { eventUuid: event.uuid, uuid: invitee.uuid };
      const { createdAt } = end(old, 'invitee', null);
      emit('invitee.canceled', createdAt, old);
      emit('invitee.created', createdAt, { invitee, event });
      return { invitee, event };
    },
    cancel(eventUuid, by, reason) {
      const invitee = [...state.invitees.values()].find((one) => one.eventUuid === eventUuid);
      const booking = changeable(invitee && find(invitee.uuid));
      const cancellation = end(booking, by, reason);
      emit('invitee.canceled', cancellation.createdAt, booking);
      return cancellation;
    },
    markNoShow(inviteeUuid) {
      const booking = existing(inviteeUuid);
      if (booking.invitee.noShow) throw new BookingRefused('already-no-show');
      // `updated_at` of the invitee does not move on a no-show.
      booking.invitee.noShow = { uuid: randomUUID(), createdAt: nowMicros() };
      emit('invitee_no_show.created', booking.invitee.noShow.createdAt, booking);
      return booking;
    },
    clearNoShow(inviteeUuid) {
      const booking = existing(inviteeUuid);
      if (booking.invitee.noShow) {
        booking.invitee.noShow = null;
        emit('invitee_no_show.deleted', nowMicros(), booking);
      }
      return booking;
    },
    moveSilently(inviteeUuid, startsAt) {
      const booking = existing(inviteeUuid);
      const { event } = booking;
      const length = event.endsAt - event.startsAt;
      event.startsAt = Math.round(startsAt * 1000);
      event.endsAt = event.startsAt + length;
      event.updatedAt = nowMicros();
      return booking;
    },
  };
}
