import { SignJWT } from 'jose';
import type { KeyRing } from '../../platform/keys.ts';
import { TOKEN_ISSUER } from '../../platform/tokens.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import type { Caller } from './caller.ts';

/** Of its own, so that neither a link nor a cookie is ever a caller's token. */
export const API_AUDIENCE = 'latchkey:api';
/** The one algorithm of our own keys. */
export const LOCAL_ALGORITHM = 'HS256';

const seconds = (instant: number): number => Math.floor(instant / 1000);

/** A bearer token of our own, signed with the ring's newest key. */
export function mintCallerToken(
  ring: KeyRing,
  caller: Caller,
  now: Instant,
  expiresAt: Instant,
): Promise<string> {
  return new SignJWT({
    tenant_id: caller.tenantId,
    role: caller.role,
    ...(caller.userId === null ? {} : { user_id: caller.userId }),
    sub: caller.subject,
    iat: seconds(now),
    exp: seconds(expiresAt),
    iss: TOKEN_ISSUER,
    aud: API_AUDIENCE,
  })
    .setProtectedHeader({ alg: LOCAL_ALGORITHM, typ: 'JWT', kid: ring.newest.id })
    .sign(ring.newest.secret);
}
