import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import type { Key, KeyRing } from '../../platform/keys.ts';

/** What a login at the provider must be continued with, and nobody but us may read or change. */
export interface LoginState {
  readonly state: string;
  readonly nonce: string;
  /** The PKCE verifier: with it and the code anybody could finish the login. */
  readonly verifier: string;
  readonly back: string | null;
}

export interface LoginStateSeal {
  seal(state: LoginState): Promise<string>;
  /** @returns undefined for what is not ours, was changed, or is too old. Never throws. */
  open(text: string | undefined): Promise<LoginState | undefined>;
}

/** How long a person may take at the provider. */
export const LOGIN_STATE_SECONDS = 600;

const CIPHER = 'A256GCM';
const LONGEST = 4096;

/** A key of its own for this purpose (RFC 5869): the ring's secrets sign cookies. */
function cipherKey(key: Key): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key.secret, '', 'latchkey login state', 32));
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/**
 * The state of a login under way as a text for a cookie: encrypted and authenticated (JWE, `dir` with A256GCM) with
 * a key that is derived from the ring of cookies; any key of the ring opens it.
 *
 * @param audience of one kind of login: another's states are not taken.
 */
export function createLoginStateSeal(ring: KeyRing, clock: Clock, audience: string): LoginStateSeal {
  const keys = new Map(ring.all.map((key) => [key.id, cipherKey(key)]));
  const newest = cipherKey(ring.newest);
  return {
    seal({ state, nonce, verifier, back }) {
      const now = Math.floor(clock() / 1000);
      return new EncryptJWT({ state, nonce, verifier, back })
        .setProtectedHeader({ alg: 'dir', enc: CIPHER, kid: ring.newest.id })
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + LOGIN_STATE_SECONDS)
        .encrypt(newest);
    },
    async open(text) {
      if (text === undefined || text.length > LONGEST) return undefined;
      try {
        const { payload } = await jwtDecrypt(
          text,
          ({ kid }) => {
            const key = kid === undefined ? undefined : keys.get(kid);
            if (key === undefined) throw new Error('no key of ours');
            return key;
          },
          {
            keyManagementAlgorithms: ['dir'],
            contentEncryptionAlgorithms: [CIPHER],
            audience,
            requiredClaims: ['exp'],
            currentDate: new Date(clock()),
          },
        );
        const { state, nonce, verifier, back } = payload;
        if (!isText(state) || !isText(nonce) || !isText(verifier)) return undefined;
        return { state, nonce, verifier, back: isText(back) ? back : null };
      } catch {
        return undefined;
      }
    },
  };
}
