import { randomBytes } from 'node:crypto';
import { type Booking, intendBooking } from '../../db/queries/bookings.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { bookingKeyOf, bookingWorkflowId } from '../../platform/session-ids.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { webAddress } from '../pages/web-address.ts';
import { BOOKING_POLICY } from './policy.ts';
import { awaitSchedulingLink, type SchedulingLinkDeps } from './scheduling-link.ts';
import { fromStore } from './stored.ts';
import type { LinkRefusal, LinkVerdict } from './validate.ts';

export interface BookWithLinkDeps extends SchedulingLinkDeps {
  /** `validateBookingLink` with what it stands on. */
  readonly validate: (token: string, now: Instant) => Promise<LinkVerdict>;
}

export type BookOutcome =
  | { readonly kind: 'refused'; readonly reason: LinkRefusal }
  /** It is booked, and its scheduling link is still being made: a repeat finds it. `language`: the client's code. */
  | { readonly kind: 'waiting'; readonly booking: Booking; readonly language: string }
  /** `fresh`: this call made the booking. */
  | {
      readonly kind: 'ready';
      readonly booking: Booking;
      readonly fresh: boolean;
      /** A web address, of the provider. */
      readonly schedulingUrl: string;
    };

/** While a booking waits for its scheduling link: after this a repeat is likely to find it. */
export const RETRY_AFTER_SECONDS = 5;

/** 128 bits: a form that was never shown is not guessed. */
export const newNonce = (): string => randomBytes(16).toString('base64url');

/**
 * Books with a link of the Booking Link API. One-time means one booking: every call with such a link leads to the same
 * scheduling link until an appointment was made with it. With a permanent link each nonce is a booking of its own.
 *
 * @param asked the link's token, and what tells one form from another: it becomes a part of the workflow's id.
 * @throws {CodedFailure} `store-unavailable`; `vendor-malformed` when the scheduling link is no web address.
 */
export async function bookWithLink(
  { token, nonce }: { readonly token: string; readonly nonce: string },
  deps: BookWithLinkDeps,
): Promise<BookOutcome> {
  const now = deps.clock();
  const verdict = await fromStore(deps.validate(token, now));
  if (!verdict.ok) return { kind: 'refused', reason: verdict.reason };
  const { linkId, purpose } = verdict.claims;
  const formOf = purpose === 'one-time-booking-link' ? null : nonce;
  const bookingKey = bookingKeyOf(linkId, formOf);
  const intention = await fromStore(
    intendBooking(deps.db, {
      bookingKey,
      linkId,
      nonce,
      workflowId: bookingWorkflowId(linkId, formOf),
      at: now,
      inputOf: ({ tenantId, provider }) => ({
        rulesVersion: 1,
        bookingKey,
        tenantId,
        provider,
        requestedAt: now,
        policy: BOOKING_POLICY,
      }),
    }),
  );
  if (intention.kind === 'refused') return { kind: 'refused', reason: intention.reason };
  if (intention.spent) return { kind: 'refused', reason: 'spent' };
  const { booking, fresh } = intention;
  const url = await awaitSchedulingLink(booking, deps);
  if (url === null) return { kind: 'waiting', booking, language: verdict.facts.language };
  const schedulingUrl = webAddress(url);
  if (schedulingUrl === null)
    throw new CodedFailure('vendor-malformed', 'the scheduling link is no web address');
  return { kind: 'ready', booking, fresh, schedulingUrl };
}
