import { keyRing } from '../../platform/keys.ts';
import { createPayloadCipher } from '../../platform/payload-codec/cipher.ts';
import { createDataConverter } from '../../platform/payload-codec/data-converter.ts';

const keys = [
  { id: 'test-2', secret: new Uint8Array(32).fill(2) },
  { id: 'test-1', secret: new Uint8Array(32).fill(1) },
];

/** The keys of every history that a test makes, in whichever process. */
export const testPayloadKeys = keyRing(keys);

/** The same as the variable `PAYLOAD_KEYS` has them. */
export const TEST_PAYLOAD_KEYS = keys
  .map(({ id, secret }) => `${id}:${Buffer.from(secret).toString('base64')}`)
  .join(',');

/** What each client, worker and replay of a test is given: histories are encrypted as in production. */
export const testDataConverter = createDataConverter(testPayloadKeys);

/** Reads what they wrote. */
export const testPayloadCipher = createPayloadCipher(testPayloadKeys);
