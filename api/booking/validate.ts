import type { Database } from '../../db/connect.ts';
import {
  findLinkStanding,
  type LinkBooking,
  type LinkFacts,
  type LinkStanding,
} from '../../db/queries/booking-links.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type BookingTokenClaims, type TokenRefusal, verifyBookingToken } from '../../platform/tokens.ts';
import type { Instant } from '../../workflows/contract/values.ts';

export interface ValidateLinkDependencies {
  readonly db: Database;
  /** Verifies with any of its keys, so that links outlive a rotation until their key is dropped. */
  readonly linkKeys: KeyRing;
}

/** `unknown-link`: well signed, but no such link was ever issued. `spent`: its one appointment has been booked. */
export type LinkRefusal = TokenRefusal | 'unknown-link' | 'revoked' | 'spent';

export type LinkVerdict =
  | {
      readonly ok: true;
      readonly claims: BookingTokenClaims;
      readonly facts: LinkFacts;
      /** How many bookings were made with it. */
      readonly uses: number;
      /**
       * Of a one-time link: the booking that waits for its appointment, to which every repeat leads. Null when there
       * is none yet, and for a permanent link.
       */
      readonly booking: Omit<LinkBooking, 'booked'> | null;
    }
  | { readonly ok: false; readonly reason: LinkRefusal };

/** Whoever stole a key can sign any claim, but writes no row. */
function isAsIssued(claims: BookingTokenClaims, row: LinkStanding['row']): boolean {
  return (
    row.tenant_id === claims.tenantId &&
    row.user_id === claims.userId &&
    row.calendar_id === claims.calendarId &&
    row.template_id === claims.templateId &&
    row.client_id === claims.clientId &&
    row.purpose === claims.purpose &&
    row.issued_at.getTime() === claims.issuedAt &&
    (row.expires_at?.getTime() ?? null) === claims.expiresAt
  );
}

/**
 * Whether a link of the Booking Link API may book now: three parts, signature, expiry, then its row: issued as the
 * claims say, not revoked, and of a one-time link not spent. Looking spends nothing, and neither does a booking that
 * has no appointment yet.
 *
 * @throws when PostgreSQL cannot be reached; never for what is wrong with a token.
 */
export async function validateBookingLink(
  deps: ValidateLinkDependencies,
  token: string,
  now: Instant,
): Promise<LinkVerdict> {
  const verdict = await verifyBookingToken(deps.linkKeys, token, now);
  if (!verdict.ok) return verdict;
  const { claims } = verdict;
  const standing = await findLinkStanding(deps.db, claims.linkId);
  if (standing === undefined || !isAsIssued(claims, standing.row))
    return { ok: false, reason: 'unknown-link' };
  if (standing.row.revoked_at !== null) return { ok: false, reason: 'revoked' };
  const { facts, uses } = standing;
  const booking = claims.purpose === 'one-time-booking-link' ? standing.booking : null;
  if (booking === null) return { ok: true, claims, facts, uses, booking };
  if (booking.booked) return { ok: false, reason: 'spent' };
  const { bookingKey, status, bookingUrl } = booking;
  return { ok: true, claims, facts, uses, booking: { bookingKey, status, bookingUrl } };
}
