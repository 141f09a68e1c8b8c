import { createHmac, timingSafeEqual } from 'node:crypto';
import type { BookingKey, SessionKey } from '../workflows/contract/values.ts';
import type { KeyRing } from './keys.ts';

/** 66 bits: enough for a name that gives no access, short enough for a tracking parameter. */
const MAC_LENGTH = 11;
const SHAPE = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{11})$/;

function macOf(secret: Uint8Array, subject: string): string {
  return createHmac('sha256', secret).update(subject).digest('base64url').slice(0, MAC_LENGTH);
}

const ofSession = (key: string): string => `latchkey:reference|${key}`;
const ofBooking = (key: string): string => `latchkey:booking-reference|${key}`;

/**
 * A session's name for the outside, `<key>.<mac>`, signed with the ring's newest key. It travels through a
 * provider's tracking fields, where anyone can write, and comes back in webhooks. It opens nothing.
 */
export function signReference(ring: KeyRing, key: SessionKey): string {
  return `${key}.${macOf(ring.newest.secret, ofSession(key))}`;
}

/** A booking's name for the outside. What is signed differs, so that it never names a session of the same key. */
export function signBookingReference(ring: KeyRing, key: BookingKey): string {
  return `${key}.${macOf(ring.newest.secret, ofBooking(key))}`;
}

function isSigned(ring: KeyRing, subject: string, mac: string): boolean {
  let fits = false;
  for (const { secret } of ring.all)
    if (timingSafeEqual(Buffer.from(macOf(secret, subject)), Buffer.from(mac))) fits = true;
  return fits;
}

/** The session a reference names, or undefined unless one of the ring's keys signed it. Constant time. */
export function verifyReference(ring: KeyRing, text: string): SessionKey | undefined {
  const [, key, mac] = SHAPE.exec(text) ?? [];
  if (key === undefined || mac === undefined) return undefined;
  return isSigned(ring, ofSession(key), mac) ? (key as SessionKey) : undefined;
}

/** The booking a reference names, or undefined unless one of the ring's keys signed it as a booking's. */
export function verifyBookingReference(ring: KeyRing, text: string): BookingKey | undefined {
  const [, key, mac] = SHAPE.exec(text) ?? [];
  if (key === undefined || mac === undefined) return undefined;
  return isSigned(ring, ofBooking(key), mac) ? (key as BookingKey) : undefined;
}
