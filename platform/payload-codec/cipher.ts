import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { CodedFailure } from '../failures.ts';
import type { Key, KeyRing } from '../keys.ts';

/** `metadata.encoding` of an encrypted payload. */
export const ENCRYPTED = 'binary/encrypted';
/** The metadata field that names the key. */
export const KEY_ID = 'encryption-key-id';

/** Of what is inside, and of what is authenticated beside it. Another number is another format. */
const FORMAT = 1;
const CIPHER = 'aes-256-gcm';
const PURPOSE = 'latchkey temporal payload';
const KEY_BYTES = 32;
/** NIST SP 800-38D, section 8.2: a random IV has 96 bits, and a key is good for 2^32 of them. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** Encrypts and decrypts one payload. Neither waits for anything. */
export interface PayloadCipher {
  /** The whole payload, its metadata included, encrypted with the ring's newest key. */
  seal(payload: Payload): Payload;
  /**
   * The payload that was sealed; one that never was comes back as it is.
   *
   * @throws {CodedFailure} `payload-key-unknown` when its key is not in the ring, `payload-unreadable` when it was
   *   changed or is not of this format.
   */
  open(payload: Payload): Payload;
}

/** A key of its own for this purpose (RFC 5869), which only the cipher can use. */
function cipherKey(key: Key): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key.secret, '', PURPOSE, KEY_BYTES)));
}

/** What stands in clear beside the ciphertext and must be as it was. */
const authenticated = (keyId: string): Buffer =>
  Buffer.from(JSON.stringify([PURPOSE, FORMAT, ENCRYPTED, keyId]));

const textOf = (bytes: Uint8Array | null | undefined): string =>
  bytes ? Buffer.from(bytes).toString('utf8') : '';

const unreadable = (why: string): CodedFailure =>
  new CodedFailure('payload-unreadable', `The payload cannot be decrypted: ${why}`);

/** Who wrote the payload chose this text; only what an id may look like is repeated. */
const named = (keyId: string): string => (/^[\w.-]{1,64}$/.test(keyId) ? `"${keyId}"` : 'of no valid id');

/** A cipher for the payloads of workflows. The keys are derived once, here; nothing is read or asked afterwards. */
export function createPayloadCipher(ring: KeyRing): PayloadCipher {
  const keys = new Map(ring.all.map((key) => [key.id, cipherKey(key)]));
  const newest = { id: ring.newest.id, key: cipherKey(ring.newest), aad: authenticated(ring.newest.id) };
  const metadata = { encoding: Buffer.from(ENCRYPTED), [KEY_ID]: Buffer.from(newest.id) };

  return {
    seal(payload) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, newest.key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(newest.aad);
      const inside = cipher.update(PayloadMessage.encode(payload).finish());
      return {
        metadata: { ...metadata },
        data: Buffer.concat([iv, inside, cipher.final(), cipher.getAuthTag()]),
      };
    },
    open(payload) {
      const encoding = textOf(payload.metadata?.['encoding']);
      const keyBytes = payload.metadata?.[KEY_ID];
      if (encoding !== ENCRYPTED) {
        // Not ours as it stands, but it says that it was: its encoding was changed.
        if (keyBytes) throw unreadable('its encoding is not that of an encrypted one');
        return payload;
      }
      const keyId = textOf(keyBytes);
      const key = keys.get(keyId);
      if (key === undefined)
        throw new CodedFailure(
          'payload-key-unknown',
          `The key ${named(keyId)} of a payload is not among PAYLOAD_KEYS`,
        );
      const sealed = Buffer.from(payload.data ?? []);
      if (sealed.length < IV_BYTES + TAG_BYTES) throw unreadable('it is too short');
      const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(authenticated(keyId));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        const inside = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
        return PayloadMessage.decode(Buffer.concat([inside, decipher.final()]));
      } catch {
        // The library's words say nothing more.
        throw unreadable('it was changed, or encrypted with another key of this id');
      }
    },
  };
}
