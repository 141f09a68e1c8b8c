import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { CompactSign, compactVerify, errors, exportJWK, type JWK } from 'jose';
import type { KeyRing } from './keys.ts';

/** PKCS #8 of an Ed25519 key, up to its 32 bytes of seed (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;
const ALGORITHM = 'EdDSA';

/** A key of its own purpose, so that whoever can sign certificates with it can sign nothing else. */
function signingKey(secret: Uint8Array): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'latchkey:certificate', SEED_BYTES));
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

/**
 * Signs a statement of ours that others may want to verify: a compact JWS (RFC 7515) with Ed25519, by a key that is
 * derived from the ring's newest.
 */
export async function signCertificate(ring: KeyRing, claims: object): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: ALGORITHM, kid: ring.newest.id, typ: 'JWS' })
    .sign(signingKey(ring.newest.secret));
}

/** The public halves, as a JWK Set (RFC 7517). */
export async function certificateKeys(ring: KeyRing): Promise<readonly JWK[]> {
  return Promise.all(
    ring.all.map(async ({ id, secret }) => ({
      ...(await exportJWK(createPublicKey(signingKey(secret)))),
      kid: id,
      alg: ALGORITHM,
      use: 'sig',
    })),
  );
}

/** What a certificate says, or undefined when none of the ring's keys signed it. */
export async function readCertificate(ring: KeyRing, certificate: string): Promise<unknown> {
  try {
    const { payload } = await compactVerify(
      certificate,
      ({ kid }) => {
        const key = ring.byId(kid ?? '');
        if (!key) throw new errors.JWKSNoMatchingKey();
        return createPublicKey(signingKey(key.secret));
      },
      { algorithms: [ALGORITHM] },
    );
    return JSON.parse(Buffer.from(payload).toString());
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
