import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SessionKey } from '../workflows/contract/values.ts';
import type { KeyRing } from './keys.ts';

/** 66 bits: enough for a name that gives no access, short enough for a tracking parameter. */
const MAC_LENGTH = 11;
const SHAPE = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{11})$/;

function macOf(secret: Uint8Array, key: string): string {
  return createHmac('sha256', secret)
    .update(`latchkey:reference|${key}`)
    .digest('base64url')
    .slice(0, MAC_LENGTH);
}

/**
 * A session's name for the outside, `<key>.<mac>`, signed with the ring's newest key. It travels through a
 * provider's tracking fields, where anyone can write, and comes back in webhooks. It opens nothing.
 */
export function signReference(ring: KeyRing, key: SessionKey): string {
  return `${key}.${macOf(ring.newest.secret, key)}`;
}

/** The session a reference names, or undefined unless one of the ring's keys signed it. Constant time. */
export function verifyReference(ring: KeyRing, text: string): SessionKey | undefined {
  const [, key, mac] = SHAPE.exec(text) ?? [];
  if (key === undefined || mac === undefined) return undefined;
  let fits = false;
  for (const { secret } of ring.all)
    if (timingSafeEqual(Buffer.from(macOf(secret, key)), Buffer.from(mac))) fits = true;
  return fits ? (key as SessionKey) : undefined;
}
