import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { KeyRing } from '../platform/keys.ts';
import { TOKEN_ISSUER } from '../platform/tokens.ts';
import type { Instant } from '../workflows/contract/values.ts';

const ALGORITHM = 'HS256';

/** Texts for cookies: anybody can read them, and only we can have written them. */
export interface SignedTexts {
  /** @param until whole seconds count. */
  sign(claims: JWTPayload, now: Instant, until: Instant): Promise<string>;
  /** What was signed, `exp` among it; undefined for what is not ours, was changed, or is over. Never throws. */
  read(text: string | undefined, now: Instant): Promise<JWTPayload | undefined>;
}

/**
 * @param audience of its own for each use: no cookie or token of ours stands for another.
 * @param longest longer texts are not looked at.
 */
export function createSignedTexts(ring: KeyRing, audience: string, longest = 1024): SignedTexts {
  return {
    sign: (claims, now, until) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: ring.newest.id })
        .setIssuer(TOKEN_ISSUER)
        .setAudience(audience)
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(Math.floor(until / 1000))
        .sign(ring.newest.secret),
    async read(text, now) {
      if (text === undefined || text.length > longest) return undefined;
      try {
        const { payload } = await jwtVerify(
          text,
          ({ kid }) => {
            const key = kid === undefined ? undefined : ring.byId(kid);
            if (key === undefined) throw new Error('no key of ours');
            return key.secret;
          },
          {
            algorithms: [ALGORITHM],
            typ: 'JWT',
            issuer: TOKEN_ISSUER,
            audience,
            requiredClaims: ['exp'],
            currentDate: new Date(now),
          },
        );
        return payload;
      } catch {
        return undefined;
      }
    },
  };
}
