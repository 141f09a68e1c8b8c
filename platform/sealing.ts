import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { CodedFailure } from './failures.ts';
import type { Key, KeyRing } from './keys.ts';

/** A secret as it is stored. */
export interface Sealed {
  /** Which key of the ring it was sealed with. */
  readonly keyId: string;
  /** IV, ciphertext and tag. */
  readonly bytes: Buffer;
}

/** Encrypts secrets for the database. What a secret is about is authenticated with it: it opens nowhere else. */
export interface Sealing {
  /** With the ring's newest key. */
  seal(secret: string, about: string): Sealed;
  /** @throws {CodedFailure} `credential-unreadable`: its key is gone, or it is not what was stored for this. */
  open(sealed: Sealed, about: string): string;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D, section 8.2: a random IV has 96 bits. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param purpose keeps the keys of one use apart from those of any other (RFC 5869). */
export function createSealing(ring: KeyRing, purpose: string): Sealing {
  const cipherKey = (key: Key) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', key.secret, '', purpose, KEY_BYTES)));
  const keys = new Map(ring.all.map((key) => [key.id, cipherKey(key)]));
  const newest = { id: ring.newest.id, key: cipherKey(ring.newest) };
  const authenticated = (keyId: string, about: string): Buffer =>
    Buffer.from(JSON.stringify([purpose, keyId, about]));

  return {
    seal(secret, about) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, newest.key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(authenticated(newest.id, about));
      const inside = cipher.update(secret, 'utf8');
      return { keyId: newest.id, bytes: Buffer.concat([iv, inside, cipher.final(), cipher.getAuthTag()]) };
    },
    open({ keyId, bytes }, about) {
      const key = keys.get(keyId);
      if (key === undefined)
        throw new CodedFailure('credential-unreadable', 'the key of a stored credential is not in the ring');
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(authenticated(keyId, about));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        const inside = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
        return Buffer.concat([inside, decipher.final()]).toString('utf8');
      } catch {
        throw new CodedFailure('credential-unreadable', 'a stored credential cannot be decrypted');
      }
    },
  };
}
