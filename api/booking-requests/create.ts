import { bookingByKey } from '../../db/queries/bookings.ts';
import { findBookingRequest, markDefaultLinkGiven } from '../../db/queries/booking-requests.ts';
import { findRequest } from '../../db/queries/idempotency.ts';
import { emailKeyOf } from '../../db/queries/people.ts';
import type { BookingKey, Instant } from '../../workflows/contract/values.ts';
import { awaitSchedulingLink, type SchedulingLinkDeps } from '../booking/scheduling-link.ts';
import { fromStore } from '../booking/stored.ts';
import type { RateLimits } from '../limits/limits.ts';
import { showStanding } from '../limits/rate-limited.ts';
import { type Outcome, refusal, reply, type Routes } from '../operations/routes.ts';
import {
  askForBooking,
  type BookingRequestSettings,
  keyedRequestOf,
  newBookingKey,
} from './ask-for-booking.ts';
import { succeeded } from './family.ts';
import { toPublicBooking } from './model.ts';
import { CREATED_MESSAGE, createBookingOperation } from './operations.ts';
import type { Visitor } from './visitor.ts';
import { type DefaultLinkSettings, defaultLinkOf } from './visitor-link.ts';

export interface CreateBookingDeps extends SchedulingLinkDeps, DefaultLinkSettings, BookingRequestSettings {
  readonly limits: RateLimits;
}

type PublicBooking = ReturnType<typeof toPublicBooking>;

const created = (booking: PublicBooking): Outcome =>
  reply(201, succeeded(CREATED_MESSAGE, { booking, calendlyLink: booking.calendlyLink }));

/**
 * For the field that people do not see. A refusal would teach a program to leave it empty, so it is told what everyone
 * is told, and nothing is kept. A person whose browser filled it in can still book with the link: the host sees the
 * appointment in their calendar, though it has no booking here.
 */
function pretendedOf(
  { homepage: _bait, ...visitor }: Visitor,
  defaultLink: string,
  now: Instant,
): PublicBooking {
  const at = new Date(now).toISOString();
  return {
    _id: newBookingKey(),
    ...visitor,
    businessPhone: visitor.businessPhone ?? null,
    calendlyLink: defaultLink,
    calendlyEventUri: null,
    calendlyInviteeUri: null,
    status: 'pending',
    scheduledAt: null,
    createdAt: at,
    updatedAt: at,
  };
}

/** `POST /api/v1/public/booking`: the row first, then its run and its link, as long as a person waits. */
export function addCreateBooking(routes: Routes, deps: CreateBookingDeps): void {
  const { db, clock, log, limits } = deps;

  /** The booking with the link that it can be booked with now. */
  async function answer(bookingKey: BookingKey): Promise<Outcome> {
    const booking = await fromStore(bookingByKey(db, bookingKey));
    const waits = booking?.status === 'pending' && booking.start_state !== 'ended';
    if (waits && (await awaitSchedulingLink(booking, deps)) === null)
      await fromStore(markDefaultLinkGiven(db, bookingKey, clock()));
    const row = await fromStore(findBookingRequest(db, bookingKey, null));
    // A repeat of one that was deleted meanwhile.
    if (row === undefined) return refusal('not-found');
    return created(toPublicBooking(row, defaultLinkOf(row, deps)));
  }

  routes.add(createBookingOperation, async ({ body, headers, res }) => {
    const now = clock();
    if (body.homepage) {
      log.info({ code: 'bait-taken' }, 'a booking request was dropped');
      return created(pretendedOf(body, deps.defaultLink, now));
    }
    const { homepage: _empty, businessPhone = null, ...rest } = body;
    const visitor = { ...rest, businessPhone };
    const key = headers['idempotency-key'];
    const keyed = key === undefined ? null : keyedRequestOf(key, visitor);
    if (keyed !== null) {
      // Looked for first: a repeat costs its visitor nothing.
      const before = await fromStore(findRequest(db, keyed, now));
      if (before.kind === 'other-request') return refusal('key-reused');
      if (before.kind === 'repeat') return answer(before.subject as BookingKey);
    }
    const standing = await limits.charge('booking-requests-per-email', emailKeyOf(body.email));
    showStanding(res, standing);
    if (!standing.allowed) return refusal('too-many-requests');
    const asked = await fromStore(askForBooking(db, { visitor, keyed, now }, deps));
    return asked.kind === 'other-request' ? refusal('key-reused') : answer(asked.bookingKey);
  });
}
