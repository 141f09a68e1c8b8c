import { createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';

/** A shop's signing key, as Saleor has one at a time. */
export interface TwinKey {
  readonly kid: string;
  /** The body of `/.well-known/jwks.json`. */
  readonly jwks: Readonly<Record<string, unknown>>;
  /** A detached JWS (RFC 7797) over the raw bytes; the same body gives the same signature. */
  sign(body: Buffer): string;
}

async function keyOf(privateKey: KeyObject): Promise<TwinKey> {
  const { n, e } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (typeof n !== 'string' || typeof e !== 'string') throw new TypeError('not an RSA key');
  const kid = await calculateJwkThumbprint({ kty: 'RSA', n, e });
  const header = { alg: 'RS256', b64: false, crit: ['b64'], kid, typ: 'JWT' };
  const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
  return {
    kid,
    jwks: { keys: [{ kty: 'RSA', key_ops: ['verify'], n, e, use: 'sig', kid, alg: 'RS256' }] },
    sign(body) {
      const input = Buffer.concat([Buffer.from(`${encoded}.`), body]);
      return `${encoded}..${sign('RSA-SHA256', input, privateKey).toString('base64url')}`;
    },
  };
}

export async function makeTwinKey(): Promise<TwinKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return keyOf(privateKey);
}
