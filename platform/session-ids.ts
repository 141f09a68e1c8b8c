import { createHash } from 'node:crypto';
import type { BookingKey, LinkId, SessionKey } from '../workflows/contract/values.ts';

/** What names one paid unit: the n-th session (from 0) of one line of one order of one shop. */
export interface UnitIdentity {
  readonly saleorDomain: string;
  readonly orderUuid: string;
  readonly lineUuid: string;
  readonly unit: number;
}

/** The first 22 characters of base64url(sha256(saleorDomain | orderUuid | lineUuid | unit)). */
export function sessionKeyOf(identity: UnitIdentity): SessionKey {
  const text = `${identity.saleorDomain}|${identity.orderUuid}|${identity.lineUuid}|${identity.unit}`;
  return createHash('sha256').update(text).digest('base64url').slice(0, 22) as SessionKey;
}

export function sessionWorkflowId(key: SessionKey): string {
  return `session-${key}`;
}

/** `booking-<jti>` for a one-time link, `booking-<jti>-<nonce of the form>` for a permanent one. */
export function bookingWorkflowId(linkId: LinkId, nonce: string | null): string {
  return nonce === null ? `booking-${linkId}` : `booking-${linkId}-${nonce}`;
}

/** A visitor's booking, which no link was made for. */
export function bookingRequestWorkflowId(key: BookingKey): string {
  return `booking-${key}`;
}

/** A one-time link makes one booking, which bears its name; a permanent one makes one per form. */
export function bookingKeyOf(linkId: LinkId, nonce: string | null): BookingKey {
  if (nonce === null) return linkId.slice(0, 22) as BookingKey;
  return createHash('sha256').update(`${linkId}|${nonce}`).digest('base64url').slice(0, 22) as BookingKey;
}

/** What the reason of our granted refund for a session says, so that it is found again. */
export function refundMarkerOf(key: SessionKey): string {
  return `latchkey:${key}`;
}

export function sessionRouteId(key: SessionKey): string {
  return `sess-${key}`;
}

export function linkIdOf(key: SessionKey, n: number): LinkId {
  return `${key}-${n}` as LinkId;
}

/**
 * The ticket's explicit number: Zammad's system id and 18 decimal digits of the hash behind the session's key.
 * `attempt` > 0 derives the next number, for the case that a stranger's ticket holds the first.
 */
export function ticketNumberOf(systemId: string, key: SessionKey, attempt = 0): string {
  const hash =
    attempt === 0 ? Buffer.from(key, 'base64url') : createHash('sha256').update(`${key}|${attempt}`).digest();
  return systemId + (hash.readBigUInt64BE() % 10n ** 18n).toString().padStart(18, '0');
}
