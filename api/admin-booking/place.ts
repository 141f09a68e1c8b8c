import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { z } from 'zod';
import { type BookingList, type BookingPlace, bookingSorts } from '../../db/queries/booking-list.ts';
import type { Key, KeyRing } from '../../platform/keys.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';

const CIPHER = 'A256GCM';

/** Longer than a cursor with the longest field that is sorted by. */
export const LONGEST_CURSOR = 2000;

/** A key of its own for this purpose (RFC 5869): the ring's secrets sign links. */
function cipherKey(key: Key): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key.secret, '', 'latchkey booking list', 32));
}

const placeSchema = z.tuple([z.enum(bookingSorts), z.enum(['asc', 'desc']), z.string(), z.string()]);

/**
 * A cursor: where a page ended. It stands in URLs and holds what the list is sorted by, which may be a name or an
 * address, so it is sealed (JWE, `dir` with A256GCM).
 */
export async function sealPlace(
  ring: KeyRing,
  { sort, direction }: Pick<BookingList, 'sort' | 'direction'>,
  { value, key }: BookingPlace,
): Promise<string> {
  const place: z.input<typeof placeSchema> = [sort, direction, value, key];
  return new CompactEncrypt(Buffer.from(JSON.stringify(place)))
    .setProtectedHeader({ alg: 'dir', enc: CIPHER, kid: ring.newest.id })
    .encrypt(cipherKey(ring.newest));
}

/** @returns undefined for what is not a cursor of ours, or is one of a list in another order. Never throws. */
export async function openPlace(
  ring: KeyRing,
  list: Pick<BookingList, 'sort' | 'direction'>,
  cursor: string,
): Promise<BookingPlace | undefined> {
  try {
    const { plaintext } = await compactDecrypt(
      cursor,
      ({ kid }) => {
        const key = kid === undefined ? undefined : ring.byId(kid);
        if (key === undefined) throw new Error('no key of ours');
        return cipherKey(key);
      },
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: [CIPHER] },
    );
    const [sort, direction, value, key] = placeSchema.parse(JSON.parse(Buffer.from(plaintext).toString()));
    if (sort !== list.sort || direction !== list.direction) return undefined;
    return { value, key: key as BookingKey };
  } catch {
    return undefined;
  }
}
