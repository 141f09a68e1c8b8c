import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '../../platform/keys.ts';

export const CODE_DIGITS = 6;
/** Together with `MOST_TRIES` and the limit per address: a guess succeeds once in 200,000 mails. */
export const MOST_TRIES = 5;
export const CODE_GOOD_FOR_MS = 10 * 60_000;

/** Names one attempt to log in. 128 bits in 22 characters. */
export function newChallenge(): string {
  return randomBytes(16).toString('base64url');
}

export function isChallenge(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}

export function newCode(): string {
  return String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
}

/** A code as people type it, with blanks and hyphens; undefined when it is not one. */
export function readCode(typed: string): string | undefined {
  const digits = typed.replaceAll(/[\s-]/g, '');
  return digits.length === CODE_DIGITS && /^[0-9]+$/.test(digits) ? digits : undefined;
}

function hashWith(secret: Uint8Array, challenge: string, code: string): Buffer {
  return createHmac('sha256', secret).update(`latchkey:login-code|${challenge}|${code}`).digest();
}

/** What is stored of a code: six digits alone would be found by trying them all. */
export function codeHashOf(ring: KeyRing, challenge: string, code: string): Buffer {
  return hashWith(ring.newest.secret, challenge, code);
}

/** A hash that no code has: of an address that nobody has, or whose code is not made yet. */
export function hashOfNoCode(): Buffer {
  return randomBytes(32);
}

/** Whether a stored hash is this code's, under any of the ring's keys. Constant time. */
export function codeFits(ring: KeyRing, challenge: string, code: string, stored: Buffer): boolean {
  let fits = false;
  for (const { secret } of ring.all) {
    const hash = hashWith(secret, challenge, code);
    if (hash.length === stored.length && timingSafeEqual(hash, stored)) fits = true;
  }
  return fits;
}
