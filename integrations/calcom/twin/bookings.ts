import { randomBytes } from 'node:crypto';
import type { CalcomState, HeldBooking, HeldEventType, HeldLink, Ms } from './state.ts';

/** Why Cal.com would not do it. */
export type Refusal =
  | 'no-such-booking'
  | 'link-expired'
  | 'in-the-past'
  | 'already-cancelled'
  | 'already-ended'
  | 'cancelling-disabled'
  | 'rescheduling-disabled'
  | 'within-notice'
  | 'reason-missing'
  | 'not-started'
  | 'not-pending';

export class BookingRefused extends Error {
  override readonly name = 'BookingRefused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`Cal.com sandbox: ${refusal}`);
    this.refusal = refusal;
  }
}

/** What is told to webhooks, by its trigger. */
export type Told =
  | { readonly trigger: 'BOOKING_CREATED' | 'BOOKING_REQUESTED' | 'BOOKING_REJECTED' }
  | { readonly trigger: 'BOOKING_RESCHEDULED'; readonly old: HeldBooking }
  | { readonly trigger: 'BOOKING_REQUESTED'; readonly old: HeldBooking }
  | {
      readonly trigger: 'BOOKING_CANCELLED';
      readonly cancelledBy: string | null;
      readonly requestReschedule: boolean;
    }
  | { readonly trigger: 'BOOKING_NO_SHOW_UPDATED' }
  | { readonly trigger: 'MEETING_ENDED' };

export interface NewBooking {
  readonly name: string;
  readonly email: string;
  readonly timeZone: string;
  readonly startsAt: Ms;
  readonly durationMs?: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A page on which an event can be booked: with a private link, or on the host's own page. */
export interface Offer {
  readonly eventType: HeldEventType;
  /** @throws {BookingRefused} when the link was used meanwhile. */
  book(booking: NewBooking): HeldBooking;
}

/** Who does it: the host, signed in or by API, or whoever opened the page. `email` is what they say they are. */
export interface Doer {
  readonly kind: 'host' | 'guest';
  readonly email: string | null;
}

export interface BookingsOptions {
  readonly state: CalcomState;
  readonly now: () => Ms;
  /** A booking's id counts on from here. */
  readonly firstId: number;
  readonly emit: (at: Ms, booking: HeldBooking, told: Told) => void;
}

/** The job that tells of ends leaves out what is older. */
const DAY = 24 * 60 * 60 * 1000;

const randomName = (bytes: number): string => randomBytes(bytes).toString('base64url').replace(/[-_]/g, 'x');

const isOver = ({ status }: HeldBooking): boolean => status === 'CANCELLED' || status === 'REJECTED';

/**
 * As Cal.com's code has it: blocked while `0 < start - now < notice`. So the exact instant passes, and whatever comes
 * after the start.
 */
export function isWithinNotice(startsAt: Ms, noticeMinutes: number, now: Ms): boolean {
  const left = startsAt - now;
  return left > 0 && left < noticeMinutes * 60_000;
}

/** What can be done with the twin's bookings, by whichever door: page, API or test. Its host has time at any time. */
export function createBookings({ state, now, firstId, emit }: BookingsOptions) {
  let lastId = firstId - 1;
  let last: Ms = 0;
  /** Strictly rising, so that no two changes carry the same instant. */
  const tick = (): Ms => {
    last = Math.max(last + 1, Math.floor(now()));
    return last;
  };

  function existing(uid: string): HeldBooking {
    const booking = state.bookings.get(uid);
    if (!booking) throw new BookingRefused('no-such-booking');
    return booking;
  }

  function add(
    made: Pick<HeldBooking, 'eventType' | 'attendee' | 'startsAt' | 'endsAt' | 'metadata'> &
      Partial<HeldBooking>,
    by: Doer,
  ): HeldBooking {
    if (made.startsAt <= now()) throw new BookingRefused('in-the-past');
    const uid = randomName(16);
    const at = tick();
    lastId += 1;
    const booking: HeldBooking = {
      hashedLink: null,
      fromReschedule: null,
      rescheduledBy: null,
      reschedulingReason: null,
      iCalUID: `${uid}@cal.example.test`,
      iCalSequence: 0,
      ...made,
      id: lastId,
      uid,
      createdAt: at,
      updatedAt: at,
      status: made.eventType.requiresConfirmation && by.kind === 'guest' ? 'PENDING' : 'ACCEPTED',
      rescheduled: false,
      cancelledBy: null,
      cancellationReason: null,
      absent: false,
      endIsDue: true,
    };
    state.bookings.set(uid, booking);
    return booking;
  }

  function book(
    eventType: HeldEventType,
    asked: NewBooking,
    hashedLink: string | null,
    by: Doer,
  ): HeldBooking {
    const { name, email, timeZone, startsAt, metadata } = asked;
    const booking = add(
      {
        eventType,
        attendee: { name: name.trim(), email, timeZone },
        startsAt,
        endsAt: startsAt + (asked.durationMs ?? eventType.durationMs),
        metadata,
        hashedLink,
      },
      by,
    );
    emit(booking.createdAt, booking, {
      trigger: booking.status === 'PENDING' ? 'BOOKING_REQUESTED' : 'BOOKING_CREATED',
    });
    return booking;
  }

  function end(booking: HeldBooking, how: Partial<HeldBooking> & Pick<HeldBooking, 'status'>): Ms {
    Object.assign(booking, how, { endIsDue: false, updatedAt: tick() });
    return booking.updatedAt;
  }

  /** Limited by time, a link counts no uses. */
  const isOpen = (link: HeldLink): boolean =>
    link.expiresAt === null
      ? link.maxUsageCount === null || link.usageCount < link.maxUsageCount
      : now() < link.expiresAt;

  const guest: Doer = { kind: 'guest', email: null };

  function offerOfLink(link: HeldLink): Offer {
    return {
      eventType: link.eventType,
      book(asked) {
        if (!isOpen(link)) throw new BookingRefused('link-expired');
        const booking = book(link.eventType, asked, link.code, guest);
        link.usageCount += 1;
        return booking;
      },
    };
  }

  return {
    createLink(eventType: HeldEventType, limit: Pick<HeldLink, 'maxUsageCount' | 'expiresAt'>): HeldLink {
      const link: HeldLink = { code: randomName(12), eventType, ...limit, usageCount: 0 };
      state.links.set(link.code, link);
      return link;
    },
    isOpen,

    /** What can be booked at a page's path, or undefined when its link was used up or never existed. */
    offerAt(path: string): Offer | undefined {
      const [root, id = ''] = path.split('/').filter(Boolean);
      const link = root === 'd' ? state.links.get(id) : undefined;
      if (root === 'd') return link && isOpen(link) ? offerOfLink(link) : undefined;
      const eventType =
        root === state.host.username ? state.eventTypes.find((one) => one.slug === id) : undefined;
      return eventType && { eventType, book: (asked) => book(eventType, asked, null, guest) };
    },

    /** As the host's own software books. */
    bookByApi: (eventType: HeldEventType, asked: NewBooking): HeldBooking =>
      book(eventType, asked, null, { kind: 'host', email: state.host.email }),

    find: (uid: string): HeldBooking | undefined => state.bookings.get(uid),

    /** A new booking with a new uid; the old one is cancelled. One webhook. */
    reschedule(uid: string, startsAt: Ms, by: Doer, reason: string | null): HeldBooking {
      const old = existing(uid);
      // Who was asked to choose a new time reschedules what is cancelled; the API lets nobody do so.
      const wasAsked =
        old.rescheduled &&
        by.kind === 'guest' &&
        ![...state.bookings.values()].some((one) => one.fromReschedule === uid);
      if (isOver(old) && !wasAsked) throw new BookingRefused('already-cancelled');
      if (by.kind === 'guest') {
        if (old.eventType.disableRescheduling) throw new BookingRefused('rescheduling-disabled');
        if (!isOver(old) && isWithinNotice(old.startsAt, old.eventType.rescheduleNoticeMinutes, now()))
          throw new BookingRefused('within-notice');
      }
      const { eventType, attendee, metadata, iCalUID, iCalSequence } = old;
      const booking = add(
        {
          eventType,
          attendee,
          metadata,
          startsAt,
          endsAt: startsAt + (old.endsAt - old.startsAt),
          fromReschedule: uid,
          rescheduledBy: by.email,
          reschedulingReason: reason,
          iCalUID,
          iCalSequence: iCalSequence + 1,
        },
        by,
      );
      end(old, { status: 'CANCELLED', rescheduled: true });
      const trigger = booking.status === 'PENDING' ? 'BOOKING_REQUESTED' : 'BOOKING_RESCHEDULED';
      emit(tick(), booking, { trigger, old });
      return booking;
    },

    cancel(uid: string, by: Doer, reason: string | null): HeldBooking {
      const booking = existing(uid);
      if (isOver(booking)) throw new BookingRefused('already-cancelled');
      if (booking.eventType.disableCancelling) throw new BookingRefused('cancelling-disabled');
      if (booking.endsAt <= now()) throw new BookingRefused('already-ended');
      if (by.kind === 'host' && !reason) throw new BookingRefused('reason-missing');
      end(booking, { status: 'CANCELLED', cancelledBy: by.email, cancellationReason: reason });
      emit(tick(), booking, {
        trigger: 'BOOKING_CANCELLED',
        cancelledBy: by.email,
        requestReschedule: false,
      });
      return booking;
    },

    /** The host asks the client to choose a new time. Nobody is named as having cancelled it; only the webhook tells. */
    requestReschedule(uid: string, reason: string | null): HeldBooking {
      const booking = existing(uid);
      if (isOver(booking)) throw new BookingRefused('already-cancelled');
      end(booking, { status: 'CANCELLED', rescheduled: true, cancellationReason: reason });
      const cancelledBy = state.host.email;
      emit(tick(), booking, { trigger: 'BOOKING_CANCELLED', cancelledBy, requestReschedule: true });
      return booking;
    },

    markAbsent(uid: string, absent: boolean): HeldBooking {
      const booking = existing(uid);
      if (now() < booking.startsAt) throw new BookingRefused('not-started');
      booking.absent = absent;
      emit(tick(), booking, { trigger: 'BOOKING_NO_SHOW_UPDATED' });
      return booking;
    },

    /** The host's answer to a booking that waits for it. */
    decide(uid: string, confirmed: boolean): HeldBooking {
      const booking = existing(uid);
      if (booking.status !== 'PENDING') throw new BookingRefused('not-pending');
      if (confirmed) {
        booking.status = 'ACCEPTED';
        booking.updatedAt = tick();
      } else end(booking, { status: 'REJECTED' });
      emit(tick(), booking, { trigger: confirmed ? 'BOOKING_CREATED' : 'BOOKING_REJECTED' });
      return booking;
    },

    /** Another time for the same booking, without a webhook, as a change in the host's own calendar can be. */
    moveSilently(uid: string, startsAt: Ms): HeldBooking {
      const booking = existing(uid);
      booking.endsAt += startsAt - booking.startsAt;
      booking.startsAt = startsAt;
      booking.updatedAt = tick();
      return booking;
    },

    /** Tells of each meeting that is over, once: what is not received is lost. */
    tellEnds(): void {
      for (const booking of state.bookings.values()) {
        if (!booking.endIsDue || booking.endsAt > now()) continue;
        booking.endIsDue = false;
        if (booking.endsAt > now() - DAY) emit(tick(), booking, { trigger: 'MEETING_ENDED' });
      }
    },
  };
}

export type Bookings = ReturnType<typeof createBookings>;
